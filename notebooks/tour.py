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
# # A tour of model collapse
#
# A model is fitted to data, the next model to what the first one generates, and so on. After ten
# minutes you will know
#
# * why **every run** of that loop loses its diversity while the **average run** stays faithful;
# * both theorems behind it, for categories and for Gaussians, with their exact rates;
# * how a theorem is stated, derived and put at risk here, and how a wrong one is caught;
# * how to put the same questions to your own data and to your own formula.
#
# Every number below comes out of the code beside it.

# %%
from dataclasses import replace
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from IPython.display import Image, Markdown, Math, display
from PIL import Image as Picture

from numerics import discrete, gaussian, intervals, streams
from numerics.start import Start
from proofs import derived
from proofs.case import Mutant
from proofs.cases import case_of
from proofs.inputs import read_counts, read_sample
from proofs.ledger import Run
from proofs.style import STYLE
from theory import symbols as s
from theory.claim import value_ball, value_exact
from theory.claims import CLAIMS, find
from theory.lookup import formula, law
from theory.point import parse_point, write_point

plt.style.use(STYLE)

# %% [markdown]
# ## 1. The loop
#
# Ten balls of ten colours. Draw ten times with replacement, let the draws be the new urn, repeat.
# This is the smallest model that is trained on its own output.

# %%
urn, random = np.arange(10), np.random.default_rng(2024)
print(0, *urn)
for generation in range(1, 100):
    urn = random.choice(urn, urn.size)
    print(generation, *np.sort(urn))
    if np.ptp(urn) == 0:
        break

# %% [markdown]
# A colour that is missed once never comes back. In the end one colour is left, and nothing more
# can happen. No colour was preferred, no step was biased: chance alone has emptied the urn.
#
# ## 2. Categories
#
# The model is a law $p$ over categories. Given $p_n$, the counts of $M$ draws are multinomial, and
# $p_{n+1}$ is their shares. The **diversity** $H_n = 1 - \sum_i p_{n,i}^2$ is the chance that two
# draws differ.

# %%
Math(formula("A02"))

# %% [markdown]
# So the diversity loses the share $1/M$ in each generation, whatever the categories. Below: three
# runs, the mean of many runs, and this law.

# %%
categories, samples, runs = 10, 50, 2000
record = tuple(range(1, 201))
key = streams.derive_key("tour", "diversity")
seen = discrete.simulate(np.full(categories, 1 / categories), samples, record, key, 0, runs)
diversity = 1 - seen.pairs / samples**2
exact = [law("A02", H0=Fraction(categories - 1, categories), M=samples, n=n) for n in record]

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.6))
ax.plot(record, diversity[:3].T, color="0.6", linewidth=0.7)
ax.plot(record[9::10], diversity.mean(axis=0)[9::10], "o", color="black", markersize=3)
ax.plot(record, exact, "--", color="C1", linewidth=1.5)
ax.plot([], [], color="0.6", label="one run")
ax.plot([], [], "o", color="black", markersize=3, label=f"mean of {runs} runs")
ax.plot([], [], "--", color="C1", linewidth=1.5, label="exact law")
ax.set(xlabel="generation $n$", ylabel="diversity $H_n$", xlim=(0, record[-1]), ylim=(0, 1))
_ = ax.legend()
# %% [markdown]
# No single run looks like the law: each one sticks, drops, and ends at 0. The law is about their
# mean.
#
# ### Who is left?
#
# Every run ends with one category. Which one is a lottery, and the tickets are the real
# probabilities:

# %%
Math(formula("A05"))

# %%
p = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))
runs, key = 10_000, streams.derive_key("tour", "absorption")
ended = discrete.simulate(np.array(p, float), 20, (1000,), key, 0, runs)
print(f"{(ended.winner >= 0).sum()} of {runs} runs have ended, the last one at generation", end=" ")
print(ended.absorbed_at.max())
for i, wins in enumerate(np.bincount(ended.winner, minlength=len(p)).tolist()):
    low, high = intervals.clopper_pearson(wins, runs, 1e-6)
    chance = law("A05", p=",".join(map(str, p)), i=i + 1, M=20)
    print(
        f"category {i + 1}: exact {chance:.4f}, seen {wins / runs:.4f} in [{low:.4f}, {high:.4f}]"
    )

# %% [markdown]
# That is also why the average hides the collapse: a category of probability $p_i$ ends at 1 in the
# share $p_i$ of all runs and at 0 in the others, so its mean never moves.

# %%
Math(formula("A01"))

# %% [markdown]
# ## 3. Gaussians
#
# Now the model is $\mathcal{N}(\mu_n, \sigma_n^2)$, fitted to $M$ points drawn from the model
# before; the variance has the divisor $M - 1$, so it is unbiased. Each fit multiplies $\sigma_n^2$
# by an independent chi-square over its degrees of freedom. Its mean stays for ever,

# %%
Math(formula("B02", "mean"))

# %% [markdown]
# and yet the standard deviation shrinks, because a root is concave, and almost every run decays at
# a rate that is known exactly:

# %%
Math(formula("B03"))

# %%
Math(formula("B04", "rate"))

# %% [markdown]
# ($\operatorname{polygamma}(0, x)$ is the digamma function; the rate is negative for every $M$.)

# %%
samples, runs, record = 20, 2000, tuple(range(1, 401))
key = streams.derive_key("tour", "gaussian")
fits = gaussian.simulate(Start.named("normal"), samples, record, key, 0, runs)
rate = law("B04", "rate", M=samples, n=1)

figure, ax = plt.subplots(figsize=(4.6, 2.8))
ax.semilogy(record, fits.variance[:12].T, color="0.6", linewidth=0.5)
median = np.median(fits.variance, axis=0)
ax.plot(record[19::20], median[19::20], "o", color="black", markersize=3, label="median of all")
exact = [np.exp(n * rate) for n in record]
ax.plot(record, exact, "--", color="C1", linewidth=1.5, label="exact rate")
ax.axhline(law("B02", "mean", M=samples, n=1), color="C2", linestyle=":", label="exact mean")
ax.set(xlabel="generation $n$", ylabel=r"$\sigma_n^2 / \sigma^2$", xlim=(0, record[-1]))
_ = ax.legend(loc="lower left")
# %% [markdown]
# Grey: twelve runs. How can the mean stay where hardly any run remains? It is carried by runs so
# rare that no simulation meets enough of them; the plain average of what was simulated is then no
# estimate of it:

# %%
for n in (1, 10, 50, 100, 200, 400):
    variance = fits.variance[:, n - 1]
    print(
        f"n = {n:3}: exact mean {law('B02', 'mean', M=samples, n=n):.0f}, "
        f"average of the runs {variance.mean():.3f}, "
        f"still above the start {(variance > 1).mean():.1%} of them"
    )

# %% [markdown]
# ### The mean walks away
#
# Meanwhile nothing holds the mean in its place. Every fit moves it by the error of a mean of $M$
# points:

# %%
Math(formula("B10"))

# %% [markdown]
# This is Fig. 4 of the paper with the exact laws laid over it. `collapse figures` draws it, and
# writes what a reader must know into the file.

# %%
picture = "pictures/gaussian-recursion.png"
display(Image(picture, width=510), Markdown(Picture.open(picture).info["Description"]))

# %% [markdown]
# ### In $d$ dimensions
#
# This is Theorem 3.1 of the paper, and both halves have a rate. The mean drifts as before, and the
# covariance collapses at least as fast as a geometric sequence:

# %%
Math(formula("B44"))

# %%
Math(formula("B43", "gaussian"))

# %%
samples, dimensions, record = 20, 3, (1, 5, 20, 80)
key = streams.derive_key("tour", "dimensions")
start = Start.named("normal", np.zeros(dimensions))
fits = gaussian.simulate_multivariate(start, samples, record, key, 0, 4000)
drift = (fits.mean**2).sum(axis=2).mean(axis=0)
root = np.sqrt(np.trace(fits.covariance, axis1=2, axis2=3)).mean(axis=0)
for g, n in enumerate(record):
    point = {"M": samples, "n": n, "d": dimensions, "trace": dimensions}
    print(
        f"n = {n:2}: drift {drift[g]:.3f} (exact {law('B44', **point):.3f}), "
        f"mean root of the trace {root[g]:.4f} (at most {law('B43', 'gaussian', **point):.4f})"
    )

# %% [markdown]
# ## 4. A claim, opened up
#
# Nothing here asks to be believed. A claim is a value with a permanent code:

# %%
claim = find("B03")
print(f"{claim.code}  {claim.id}\n{claim.title}\n\n{claim.statement}\n")
print("domain:", claim.domain.text())
print("sources:", "; ".join(source.text() for source in claim.sources))
print("rests on:", ", ".join(f"{code} ({find(code).title})" for code in claim.uses()))

# %% [markdown]
# At a point of its domain a law is an exact rational where there is one, and otherwise a ball: an
# interval that certainly holds the value.

# %%
point = parse_point(find("A02"), ["p=1/2,3/10,1/5", "M=10", "n=5"])
print("A02:", value_exact(find("A02"), find("A02").quantity(), point))
point = parse_point(claim, ["M=10", "n=5"])
print("B03:", value_ball(claim, claim.quantity(), point, 128).str(30))

# %% [markdown]
# Its derivation is a list of steps. A computed step is evaluated on both sides, at points of its
# domain, exactly or in balls, so SymPy is not asked whether it holds. A cited theorem must name its
# hypotheses, and what shows each. Here they are checked again:

# %%
derivation = claim.derivation()
for premise in derivation.premises:
    print(f"premise {premise.name!r}: {premise.text}\n")
for step in derivation.steps:
    print(f"{type(step).__name__.lower()} {step.name!r}: {step.text}\n")
for report in derived.check(claim, frozenset(other.code for other in CLAIMS)):
    print(f"{'FAILS ' + report.fault if report.fault else 'holds'}: {report.name} ", end="")
    print(f"({report.kind}, {report.checked} points or parts)")

# %% [markdown]
# A derivation can rest on a wrong picture of the model, so there must be evidence that knows
# nothing of it and could refute it. For this claim that is an integral in balls, and forward runs
# that draw every point. And since a check is worth what it can catch, wrong laws that look right
# stand beside the true one; each of them has to be refuted. The last figure of a line is the
# smallest relative error of the law that this check would have caught.

# %%
(finding,) = Run(quick=True).examine([case_of(claim)])
for check in finding.checks:
    verdict = check.verdict
    place = ", ".join(f"{name} = {value}" for name, value in write_point(check.point).items())
    print(
        f"{check.route.value:>8} at {place}: law {verdict.law:.6f}, seen in [{verdict.low:.6f}, "
        f"{verdict.high:.6f}]: {verdict.outcome.value}; would catch {verdict.limit:.1g}"
    )
print()
for name, routes in finding.mutants.items():
    print(f"{name}: refuted by {', '.join(route.value for route in routes) or 'NOTHING'}")

# %% [markdown]
# Now a wrong law of our own. The first order of $c_4(M)$ is $1 - 1/(4M)$, so why not the handier
# $e^{-n/(4M)}$? At $M = 100$ the two differ so little that no plot would tell:

# %%
mine = Mutant("exponential", "mean", s.sigma * sp.exp(-s.n / (4 * s.M)))
for samples in (100, 2):
    values = {s.sigma: 1, s.n: 1, s.M: samples}
    true, wrong = law("B03", M=samples, n=1), float(mine.law.subs(values))
    print(f"M = {samples}: {true:.7f} against {wrong:.7f}")
(finding,) = Run(quick=True).examine([replace(case_of(claim), mutants=(mine,))])
print("refuted by:", *(route.value for route in finding.mutants["exponential"]))

# %% [markdown]
# ## 5. A real text
#
# The words of *Pride and Prejudice* as categories: draw words from the novel, draw the next text
# from that one, and so on.

# %%
novel = read_counts("pride-and-prejudice")
print(*novel.notes)
samples, runs, record = 2000, 8, (1, 10, 100, 1000, 4000)
key = streams.derive_key("tour", "novel")
seen = discrete.simulate(np.array(novel.law(), float), samples, record, key, 0, runs)
for g, n in enumerate(record):
    kinds, diversity = seen.survivors[:, g].mean(), 1 - seen.pairs[:, g].mean() / samples**2
    exact = law("A02", H0=novel.diversity(), M=samples, n=n)
    print(
        f"n = {n:4}: {kinds:6.1f} kinds of words left, diversity {diversity:.3f} "
        f"(means of {runs} runs), exact mean diversity {exact:.3f}"
    )

# %% [markdown]
# The kinds of words go first, the rare ones at once. Diversity counts what is frequent and lasts
# longer, but not for ever. In the end the novel is one word, and which one is again a lottery with
# exact chances:

# %%
for word, chance in list(zip(novel.names, novel.law(), strict=True))[:5]:
    print(f"{word!r:6} for ever: probability {chance} = {float(chance):.4f}")

# %% [markdown]
# ## 6. A real sample
#
# Old Faithful: how long an eruption lasts and how long one waits for the next. The real law $D_0$
# is the sample itself, drawn with replacement, and it has two peaks. The bound for any $D_0$
# starts one generation later, since only the refitted points are Gaussian:

# %%
Math(formula("B43", "general"))

# %%
geyser = read_sample("old-faithful")
print(*geyser.notes, "standardised, so that the trace adds like to like", sep="; ")
samples, record = 20, (1, 10, 50)
key = streams.derive_key("tour", "geyser")
fits = gaussian.simulate_multivariate(
    Start.sample(geyser.standardised()), samples, record, key, 0, 4000
)
drift = (fits.mean**2).sum(axis=2).mean(axis=0)
root = np.sqrt(np.trace(fits.covariance, axis1=2, axis2=3)).mean(axis=0)
for g, n in enumerate(record):
    point = {"M": samples, "n": n, "d": 2, "trace": 2}
    print(
        f"n = {n:2}: drift {drift[g]:.3f} (exact {law('B44', **point):.3f}), "
        f"mean root of the trace {root[g]:.4f} (at most {law('B43', 'general', **point):.4f})"
    )

# %% [markdown]
# ## 7. Your own
#
# * **Your data.** `collapse verify --counts FILE` takes a table of counts, or any text;
#   `collapse verify --data FILE.csv` takes a numeric sample. Each claim that applies is confronted
#   with it, and each line says what it would have missed.
# * **Your point.** `collapse value B03 M=1000000 n=100000 --digits 30`.
# * **Your formula.** Section 4 in your own words: `Mutant("mine", "mean", law)` in a claim's case.
#   If it is refuted, it is wrong. If it survives on the full grid, make it a claim: the README says
#   how, in four steps.
# * **Everything.** `collapse verify --mutants` runs all claims, with the matrix of wrong laws.
