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
# # When real data saves you, and how much
#
# The loop need not train on its own output alone. At the end you will know
#
# * which ways of **keeping or adding data** stop the collapse, and at what level;
# * **how much** real data keeps 90, 95 or 99 % of the diversity: a number of points a generation,
#   nearly the same for every training set that is large beside it;
# * that **keeping everything** stops the collapse without any new real point, but not the error;
# * when a pool that also gets real points **learns** the real law in the end, and how fast;
# * that made points can be worth something, and **at most how much**.
#
# The curves are exact laws of the mean; the marks are simulations that draw every batch.

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import brentq

from numerics import discrete_workflows, gaussian_workflows, streams
from numerics.start import Start
from numerics.workflow import Workflow
from proofs.inputs import read_counts
from proofs.style import STYLE
from theory.lookup import law

plt.style.use(STYLE)

# %% [markdown]
# ## 1. Five ways to go on
#
# Ten equally frequent categories, $M = 50$ draws a generation. What is left of the diversity? Where
# batches are kept, that of the pool is shown.

# %%
categories, samples, runs, record = 10, 50, 1000, (1, 3, 10, 30, 100, 300)
even = ",".join([str(Fraction(1, categories))] * categories)
first, fine = 1 - 1 / categories, np.unique(np.geomspace(1, 300, 40).astype(int)).tolist()
ways = (
    ("only the last batch (A02)", Workflow(), "A02", {}),
    ("2 % fresh real draws (A22)", Workflow(fresh_share=0.02), "A22", {"g": Fraction(1, 50)}),
    ("10 % fresh real draws (A22)", Workflow(fresh_share=0.1), "A22", {"g": Fraction(1, 10)}),
    ("pool, all batches fitted (A26)", Workflow("accumulate"), "A26", {}),
    ("pool, 50 of its points fitted (A29)", Workflow("subsample"), "A29", {}),
)
figure, ax = plt.subplots(figsize=(4.6, 3.2))
lines, marks = ("-", "--", ":", "-.", (0, (6, 2, 1, 2, 1, 2))), "os^Dv"
for (name, workflow, code, more), line, mark in zip(ways, lines, marks, strict=True):
    key = streams.derive_key("workflows", name)
    seen = discrete_workflows.simulate(
        np.full(categories, 0.1), samples, record, key, 0, runs, workflow
    )
    exact = [law(code, "diversity", p=even, M=samples, n=n, **more) / first for n in fine]
    ax.plot(fine, exact, linestyle=line, color="C0")
    squares = seen.squares if workflow.keep == "replace" else seen.pool_squares
    share = (1 - squares.mean(axis=0)) / first
    ax.plot(record, share, mark, color="black", markersize=3.5, markerfacecolor="white")
    ax.plot(
        [], [], linestyle=line, marker=mark, color="black", markersize=3.5,
        markerfacecolor="white", label=name,
    )  # fmt: skip
ax.set(xscale="log", xlabel="generation $n$", ylabel="share of the diversity left", ylim=(0, 1.02))
_ = ax.legend(loc="lower left")

# %% [markdown]
# Only the first way ends at 0. What remains in the others is known exactly.
#
# ## 2. How much is needed?
#
# Let each draw be real with chance $g$. The share of the diversity that remains (A22) is nearly
# $1 - 1/(1 + 2 M g)$: not the share $g$ matters but $M g$, the number of real draws a generation.
# The curves for 100 and 10 000 nearly lie on one another. That for 20 stays lower: even 20 draws
# from the real law itself keep no more than $1 - 1/20$ on average.

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.8))
counts = np.geomspace(0.1, 19, 40)
left = {}
for size, line in ((20, ":"), (100, "--"), (10_000, "-")):
    point = {"H0": Fraction(1, 2), "M": size}
    left[size] = [
        2 * law("A22", "diversity-limit", g=Fraction(count / size), **point) for count in counts
    ]
    ax.plot(counts, left[size], linestyle=line, color="C0", label=f"$M = {size}$")
ax.set(
    xscale="log", xlabel="real draws a generation, $M g$", ylabel="share of the diversity left",
    ylim=(0, 1.02),
)  # fmt: skip
_ = ax.legend()

# %%
print("real draws a generation (and their share of the batch) that keep")
print("     M            90 %             95 %             99 %")
for size in (100, 1000, 100_000):
    print(f"{size:6}", end="")
    for wanted in (0.90, 0.95, 0.99):
        share = brentq(
            lambda g, size=size, wanted=wanted: (
                2 * law("A22", "diversity-limit", H0="1/2", M=size, g=Fraction(g)) - wanted
            ),
            1e-9,
            1,
        )
        print(f"   {share * size:5.2f} ({share:7.3%})", end="")
    print()

# %% [markdown]
# A batch of 100 draws from the real law itself has 99 % of its diversity on average: that is where
# the last column of the first row comes from.
#
# ## 3. Keep everything
#
# No new real point, but all batches stay in the training set. Then the share
# $\sin(\pi/\sqrt M) / (\pi/\sqrt M)$ of the diversity stays for ever (A26). What was lost in the
# first batches is not found again.

# %%
for size in (4, 10, 50, 1000):
    kept = 2 * law("A26", "diversity-limit", H0="1/2", M=size)
    print(f"M = {size:4}: share of the diversity that stays {kept:.4f}")

# %% [markdown]
# If the pool starts with 50 real points and real draws join it each round, it learns the real law.
# How fast depends on whether they are more than half of a round (A39 with A39b, A39c, A39d): ten
# times more rounds divide the mean squared distance by

# %%
for real in (30, 25, 10, 1):
    point = {"p": even, "N0": 50, "m_r": real, "m_s": 50 - real}
    far, farther = (law("A39", "distance", n=n, **point) for n in (1000, 10_000))
    print(f"{real:2} real of 50 draws a round: {far / farther:5.2f}")

# %% [markdown]
# ## 4. Gaussians: what made points are worth
#
# Each round is fitted to $n_r$ fresh real points and $n_s$ made ones. Drift and variance settle.
# The fitted mean is then as good as that of some number of real points alone: more than $n_r$, but
# never more than $2 n_r - 1$, however many are made (B32).

# %%
real, runs, last = 5, 4000, 200
normal = Start.named("normal")
print("made   drift, exact   drift, seen         worth, in real points")
for made in (0, 5, 20, 45):
    key = streams.derive_key("workflows", "worth", made)
    seen = gaussian_workflows.simulate(
        normal, real + made, (last,), key, 0, runs, Workflow(fresh=real)
    )
    squares = seen.mean[:, 0] ** 2
    point = {"n_r": real, "n_s": made, "lam": 1}
    exact = law("B32", "drift", n=last, sigma=1, **point)
    print(f"{made:4}   {exact:.4f}         {squares.mean():.4f} +- ", end="")
    print(f"{squares.std() / runs**0.5:.4f}    {law('B32', 'effective', **point):.2f}")

# %% [markdown]
# ## 5. A real text
#
# The words of *Pride and Prejudice*, 2000 draws a generation. In the second half of the table each
# draw is from the novel itself with the chance 1/10:

# %%
novel = read_counts("pride-and-prejudice")
samples, record = 2000, (1, 10, 100, 1000)
settings = ((0, 60), (Fraction(1, 10), 12))  # share from the novel, and runs
start = np.array(novel.law(), float)
key = streams.derive_key("workflows", "novel")
alone, helped = (
    discrete_workflows.simulate(start, samples, record, key, 0, runs, Workflow(fresh_share=share))
    for share, runs in settings
)
print("means with one standard error of the diversity")
print(f"      its own words alone, {settings[0][1]} runs", end="")
print(f"          a tenth from the novel, {settings[1][1]} runs")
print("   n  kinds  diversity          exact       kinds  diversity          exact")
for g, n in enumerate(record):
    print(f"{n:4}", end="")
    for run, (share, runs) in zip((alone, helped), settings, strict=True):
        exact = law("A22", "diversity", H0=novel.diversity(), M=samples, g=share, n=n)
        error = run.squares[:, g].std(ddof=1) / runs**0.5
        print(f"  {run.survivors[:, g].mean():5.1f}  {1 - run.squares[:, g].mean():.4f}", end="")
        print(f" +- {error:.4f}   {exact:.4f}     ", end="")
    print()
kinds = law("A15", p=",".join(map(str, novel.law())), M=samples, n=1)
print(f"{samples} draws from the novel itself hold {kinds:.1f} kinds on average (A15)")

# %% [markdown]
# A tenth keeps nearly all of the diversity. It does not keep the rare words: the kinds in a
# generation stay far below those in as many draws from the novel.
#
# **To go on:** `collapse value A22:diversity-limit H0=1/2 M=1000 g=1/100`; `collapse verify A39`,
# or `A26` or `B32`; `collapse show B38` says how to weigh real against made points.
