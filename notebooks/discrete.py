# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Categories: who is lost, when, and who is left
#
# The model is a law over categories, and the next one is the shares of $M$ draws from it. At the
# end you will know
#
# * how soon a **rare category** is lost, and why the first generation decides most of it;
# * what a **vocabulary** with a long tail loses, generation by generation;
# * **when** a run is down to one category: the whole law of that time, and not only its mean;
# * which **approximations** of that time hold, and how far they are off.
#
# Each law below is a claim with a code, and the simulations know nothing of it: they draw counts.

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Math

from numerics import discrete, enumeration, intervals, streams
from proofs.style import STYLE
from theory.lookup import formula, law

plt.style.use(STYLE)

# %% [markdown]
# ## 1. Small enough to count
#
# With three categories and $M = 4$ draws there are 15 tables of counts. So all outcomes of a
# generation can be listed, each with its exact probability: no formula, and no chance.

# %%
p, samples = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)), 4
words = ",".join(map(str, p))
for n in (1, 2, 4, 8):
    tables = enumeration.law_after(p, samples, n)
    diversity = sum(
        chance * (1 - sum(Fraction(count, samples) ** 2 for count in counts))
        for counts, chance in tables.items()
    )
    lost = sum(chance for counts, chance in tables.items() if counts[2] == 0)
    ended = sum(chance for counts, chance in tables.items() if max(counts) == samples)
    print(f"n = {n}, counted out:  diversity {float(diversity):.6f},", end=" ")
    print(f"third category lost {float(lost):.6f}, one category left {float(ended):.6f}")
    print(f"       by the laws:  diversity {law('A02', p=words, M=samples, n=n):.6f},", end=" ")
    print(f"third category lost {law('A17', q=p[2], M=samples, n=n):.6f},", end=" ")
    print(f"one category left {law('A14', p=words, M=samples, n=n):.6f}")

# %% [markdown]
# ## 2. A rare category
#
# One generation misses a category of probability $q$ with the probability

# %%
Math(formula("A16", "lost"))

# %% [markdown]
# and what is missed never comes back. Afterwards the chance that it is lost goes on rising, to
# $1 - q$. The paper gives that limit as the chance itself; it is never reached.

# %%
samples, runs, record = 100, 4000, (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377)
rare = (Fraction(1, 200), Fraction(1, 50), Fraction(1, 10))
figure, ax = plt.subplots(figsize=(4.6, 2.8))
generations = np.unique(np.geomspace(1, record[-1], 20).astype(int)).tolist()
styles = (("-", "o"), ("--", "s"), (":", "^"))
for q, (line, mark) in zip(rare, styles, strict=True):
    key = streams.derive_key("discrete", "rare", str(q))
    start = np.array([q, 1 - q], float)
    seen = discrete.simulate(start, samples, record, key, 0, runs)
    ax.plot(generations, [law("A17", q=q, M=samples, n=n) for n in generations], line, color="C0")
    share = (seen.tracked == 0).mean(axis=0)
    ax.plot(record, share, mark, color="black", markersize=3.5, markerfacecolor="white")
    ax.plot(
        [],
        [],
        line + mark,
        color="C0",
        markersize=3.5,
        markerfacecolor="white",
        label=f"$q = {float(q)}$",
    )
ax.set(xscale="log", xlabel="generation $n$", ylabel="probability that it is lost", ylim=(0, 1.02))
_ = ax.legend(title=f"lines: A17; marks: {runs} runs, $M = {samples}$", title_fontsize=7)

# %% [markdown]
# How good is the agreement? These intervals hold the true chance, but for one case in a million:

# %%
for g, n in list(enumerate(record))[::4]:
    low, high = intervals.clopper_pearson(int((seen.tracked[:, g] == 0).sum()), runs, 1e-6)
    exact = law("A17", q=rare[-1], M=samples, n=n)
    print(f"q = 1/10, n = {n:3}: law {exact:.5f}, seen in [{low:.5f}, {high:.5f}]")

# %% [markdown]
# ## 3. A vocabulary
#
# Word frequencies fall like $i^{-b}$, a Zipf law. How many of 1000 words are still there? The sum
# of section 2 over all words is exact (A15). For an endless vocabulary and $1 \ll n \ll M$ it falls
# like $n^{-1/b}$ (A35), whatever the details.

# %%
words, b, samples, runs = 1000, Fraction(3, 2), 500, 64
record = (1, 3, 10, 30, 100)
weights = [Fraction(round(1e6 * i ** -float(b))) for i in range(1, words + 1)]
total = sum(weights)
zipf = [weight / total for weight in weights]
key = streams.derive_key("discrete", "vocabulary")
seen = discrete.simulate(np.array(zipf, float), samples, record, key, 0, runs)

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.8))
listed = ",".join(map(str, zipf))
exact = [law("A15", p=listed, M=samples, n=n) for n in record]
power = [law("A35", "categories", b=b, M=samples, n=n) for n in record]
ax.loglog(record, exact, "-", color="C0", label="exact, 1000 words (A15)")
ax.loglog(record, power, "--", color="C1", label="endless vocabulary (A35)")
ax.loglog(
    record, seen.survivors.mean(axis=0), "o", color="black", markersize=3.5,
    markerfacecolor="white", label=f"mean of {runs} runs",
)  # fmt: skip
ax.set(xlabel="generation $n$", ylabel="words left")
_ = ax.legend()

# %% [markdown]
# The words go at once; most of those that the first text still had are gone after ten generations.
# The diversity counts what is frequent, and has hardly moved by then:

# %%
pairs = 1 - seen.pairs.mean(axis=0) / samples**2
for g, n in enumerate(record):
    print(f"n = {n:3}: {exact[g]:5.1f} words left, diversity {pairs[g]:.3f} (mean of the runs)")

# %% [markdown]
# ## 4. The time to the end
#
# Let $T$ be the generation at which one category is left. Looking back from it, the $M$ draws of
# a generation have fewer and fewer ancestors; the run has ended when these agree. That gives the
# whole law of $T$ (A14) at the cost of a triangular recursion.

# %%
categories, samples, runs, most = 10, 50, 20_000, 300
even = ",".join([str(Fraction(1, categories))] * categories)
key = streams.derive_key("discrete", "end")
ended = discrete.simulate(np.full(categories, 1 / categories), samples, (4000,), key, 0, runs)
print(f"{(ended.absorbed_at > 0).sum()} of {runs} runs have ended, the last at generation", end=" ")
print(ended.absorbed_at.max())

# %%
width = 10
edges = np.arange(0, most + 1, width)
below = np.array([law("A14", p=even, M=samples, n=n) for n in edges[1:]])
figure, ax = plt.subplots(figsize=(4.6, 2.8))
counts, _ = np.histogram(ended.absorbed_at - 1, edges)
ax.bar(
    edges[:-1], counts / runs / width, width, align="edge", color="0.85", edgecolor="0.6",
    linewidth=0.4, label=f"{runs} runs",
)  # fmt: skip
ax.plot(edges[1:] - width / 2, np.diff(below, prepend=0) / width, "o", color="C0", markersize=3)
ax.plot([], [], "o", color="C0", markersize=3, label="exact law, of the same spans (A14)")
mean = law("A11", p=even, M=samples)
ax.axvline(mean, color="black", linestyle="--", label=f"its mean, {mean:.1f} (A11)")
ax.set(xlabel="generation $T$ of the end", ylabel="probability per generation", xlim=(0, most))
_ = ax.legend()

# %% [markdown]
# The tail falls by $1 - 1/M$ a generation, whatever the categories: that is the rate at which the
# diversity decays. The mean has a well-known approximation by a diffusion (A13).
# It is too large, by a third of $\ln M$ and a constant that is known (A13b):

# %%
print("   M     exact  diffusion  excess  corrected      error")
for size in (5, 20, 100, 500):
    exact, crude, fine = (law(code, p=even, M=size) for code in ("A11", "A13", "A13b"))
    print(f"{size:4} {exact:9.3f} {crude:10.3f} {crude - exact:7.3f} ", end="")
    print(f"{fine:10.3f} {fine - exact:10.5f}")
print(f"mean of the {runs} runs with M = {samples}: {ended.absorbed_at.mean():.2f},", end=" ")
print(f"exact {mean:.2f}, standard error {ended.absorbed_at.std() / runs**0.5:.2f}")

# %% [markdown]
# ## 5. Who is left
#
# Category $i$ is the last one with the probability $p_i$ (A05): no category is favoured, and the
# rare ones seldom win. The more even the shares, the later the end:

# %%
for shares in ("1/2,1/2", "9/10,1/10", "99/100,1/100", "1/2,3/10,1/5"):
    print(
        f"p = {shares:12}: mean end at M = 50 after {law('A11', p=shares, M=50):6.2f} generations"
    )

# %% [markdown]
# **To go on:** `collapse value A11 p=1/2,1/2 M=1000`; `collapse verify A17` confronts that law
# with evidence, and so for `A14` and `A15`; the notebook `workflows` puts real data into the loop.
