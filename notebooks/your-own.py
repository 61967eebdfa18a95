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
# # Your own loop, your own data
#
# You have a training loop, a table of counts or a sample, and a law that may or may not describe
# it. At the end you will know
#
# * how to confront **your own recursion** with a known rate, so that the verdict can go against it;
# * how to start the claims of this project from **your own counts or sample**;
# * the calls behind `collapse value`, `collapse show` and `collapse simulate`;
# * **how many runs** it takes to see an error of a given size, and what a verdict from fewer means.

# %%
from contextlib import chdir
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

from numerics import intervals
from numerics.workflow import Workflow
from proofs import sampled, simulation
from proofs.ledger import Run, status
from proofs.real import read_cases
from proofs.style import STYLE
from proofs.verdict import Outcome, confront
from theory.claim import Relation, value_ball, value_exact
from theory.claims import find
from theory.lookup import law
from theory.point import parse_point

plt.style.use(STYLE)

# %% [markdown]
# ## 1. Your own recursion
#
# Three ways to fit a centre and a spread. The first is the textbook's. The second is robust: the
# median, and the median absolute deviation. The third shrinks the spread towards the value 1 that
# it is believed to have. Write yours in their place.


# %%
def textbook(points):
    return points.mean(axis=1, keepdims=True), points.std(axis=1, ddof=1, keepdims=True)


def robust(points):
    centre = np.median(points, axis=1, keepdims=True)
    return centre, 1.4826 * np.median(np.abs(points - centre), axis=1, keepdims=True)


def shrunk(points):
    centre, spread = textbook(points)
    return centre, 0.9 * spread + 0.1


def trained(fit, runs, samples, generations, random):
    centre, spread = np.zeros((runs, 1)), np.ones((runs, 1))
    for _ in range(generations):
        centre, spread = fit(centre + spread * random.standard_normal((runs, samples)))
    return 2 * np.log(spread[:, 0])


# %% [markdown]
# `trained` is the whole loop, in plain NumPy: it returns $\ln \sigma_n^2$ of each run. The law is
# B04, on the mean and the variance of that logarithm for the unbiased fit of a Gaussian. If a loop
# obeys it, Catoni's interval misses the mean with the probability $\alpha$ at most, for any number
# of runs. So a law outside the interval is **refuted**. One inside is called consistent where the
# interval stays within 10 % of it. Where a wider interval holds the law, the outcome is undecided:
# five runs decide nothing, and what helps is more runs, not a wider margin.

# %%
runs, samples, generations, alpha = 20_000, 20, 10, 1e-6
exact, variance = (
    law("B04", name, M=samples, n=generations) for name in ("mean-log", "variance-log")
)
logs = {}
print(f"mean of ln variance after {generations} generations of {samples} points: law {exact:.4f}")
for seed, fit in enumerate((textbook, robust, shrunk)):
    logs[fit] = trained(fit, runs, samples, generations, np.random.default_rng(seed))
    seen = sampled.known_variance(logs[fit], variance)
    sides = (Fraction(exact), Fraction(exact))
    verdict = confront(Relation.EQUALS, sides, seen, alpha, margin=0.1)
    print(f"{fit.__name__:>9}: seen in [{verdict.low:+.4f}, {verdict.high:+.4f}]: ", end="")
    print(f"{verdict.outcome.value}; would catch an error of {verdict.limit:.1%}")
for fit in (robust, shrunk):
    print(f"{fit.__name__:>9}: {logs[fit].mean() / exact:.2f} times as fast as the law")

# %% [markdown]
# The robust loop collapses much faster: a median absolute deviation of 20 points is a noisy
# measure, and noise is what drives the collapse. The shrunk loop collapses more slowly: it holds on
# to a true value from outside.
#
# The mean is one number. The law of $\sigma_n^2$ has all quantiles (B06), and a loop that obeys it
# stays below the $q$-quantile in the share $q$ of its runs. That is the diagonal, and the band
# holds the whole curve at once (Dvoretzky, Kiefer, Wolfowitz and Massart).

# %%
levels = np.arange(1, 10) / 10
quantiles = [
    np.log(law("B06", "quantile", M=samples, n=generations, q=Fraction(q).limit_denominator(10)))
    for q in levels
]
room = intervals.dkw(np.linspace(0, 1, runs), alpha).critical
figure, ax = plt.subplots(figsize=(3.6, 3.2))
ax.fill_between(levels, levels - room, levels + room, color="0.85", linewidth=0, label="law (B06)")
for (fit, seen), mark in zip(logs.items(), "os^", strict=True):
    below = np.array([(seen <= quantile).mean() for quantile in quantiles])
    ax.plot(levels, below, mark, color="black", markersize=3.5, markerfacecolor="white",
            label=fit.__name__)  # fmt: skip
    worst = np.abs(below - levels).max()
    found = "refuted" if worst > room else "not refuted"
    print(f"{fit.__name__:>9}: farthest from the diagonal {worst:.4f}, allowed {room:.4f}: {found}")
ax.set(xlabel="probability $q$ by the law", ylabel="share of the runs below")
_ = ax.legend(loc="lower right")

# %% [markdown]
# ### A law for your loop
#
# A fit that follows the points wherever they are moved and stretched, as `robust` does, multiplies
# the spread by an independent factor each time. Then one generation tells all: the mean of
# $\ln \sigma_n^2$ is $n$ times that of the first. The loop `shrunk` does not follow the points, and
# the prediction can see it:

# %%
for seed, fit in enumerate((robust, shrunk), 10):
    first = trained(fit, runs, samples, 1, np.random.default_rng(seed))
    means = generations * first.mean(), logs[fit].mean()
    errors = generations * first.std() / runs**0.5, logs[fit].std() / runs**0.5
    apart = (means[1] - means[0]) / np.hypot(*errors)
    print(
        f"{fit.__name__:>9}: {generations} times the first {means[0]:.3f} +- {errors[0]:.3f}, ",
        end="",
    )
    print(f"seen {means[1]:.3f} +- {errors[1]:.3f}, {abs(apart):.1f} standard errors apart")

# %% [markdown]
# ### A loop over categories
#
# A sampler of a language model often draws from the most probable categories alone: the fewest
# whose shares add up to `top`. How much diversity is left? It lies in $[0, 1]$, so no variance need
# be known for an interval (Maurer and Pontil). The law is A02; diversity does not ask for the names
# of the categories, so they may be sorted. Write your sampler in place of this one.


# %%
def nucleus(shares, top):
    ordered = -np.sort(-shares, axis=1)
    kept = np.where(np.cumsum(ordered, axis=1) - ordered < top, ordered, 0)
    return kept / kept.sum(axis=1, keepdims=True)


real = [Fraction(share, 100) for share in (30, 20, 15, 10, 8, 6, 5, 3, 2, 1)]
draws, rounds = 50, 10
kept = law("A02", p=",".join(map(str, real)), M=draws, n=rounds)
print(f"diversity after {rounds} generations of {draws} draws: law {kept:.4f}")
for seed, top in enumerate((1, 0.95), 20):
    random, shares = np.random.default_rng(seed), np.tile(np.array(real, float), (runs, 1))
    for _ in range(rounds):
        shares = random.multinomial(draws, nucleus(shares, top)) / draws
    seen = sampled.bounded(1 - (shares**2).sum(axis=1), 0, 1)
    verdict = confront(Relation.EQUALS, (Fraction(kept), Fraction(kept)), seen, alpha, margin=0.05)
    print(f"top {top:4}: seen in [{verdict.low:.4f}, {verdict.high:.4f}]: ", end="")
    print(f"{verdict.outcome.value}; would catch an error of {verdict.limit:.1%}")

# %% [markdown]
# ## 2. Your own counts, your own sample
#
# On the command line: `collapse verify --counts orchard.csv`, `collapse verify --data waits.csv`.
# The same in Python, with two small files made here and two claims each. Runs that start from the
# file are the evidence, within one false-alarm budget; `effort` multiplies their number:

# %%
with TemporaryDirectory() as folder, chdir(folder):
    Path("orchard.csv").write_text("kind,trees\napple,41\npear,23\nplum,9\nquince,1\nmedlar,1\n")
    waits = [f"{-30 * np.log(1 - (i + 0.5) / 40):.1f}" for i in range(40)]
    Path("waits.csv").write_text("\n".join(["minutes", *waits]))
    counted = read_cases("orchard.csv", None, None, {"A02", "A11"})
    measured = read_cases(None, "waits.csv", None, {"B28b", "B43"})
for cases, effort in ((counted, 1), (measured, 0.25)):
    print(*cases.notes, sep="\n")
    findings = {}
    for finding in Run(quick=True, effort=effort, workers=1).examine(cases):
        findings[finding.claim.code] = finding
        print(f"  {finding.claim.code:4} {finding.claim.title}")
        print(f"       {status(finding.claim, findings)}; checks: {len(finding.checks)}, ", end="")
        print(f"the bluntest would catch an error of {finding.weakest().verdict.limit:.1%}")
    print(*(f"  left out: {line}" for line in cases.skipped), sep="\n")
missed, floor = (
    next(check.verdict.law for check in findings["B28b"].checks if check.quantity == name)
    for name in ("w2", "floor")
)
print(f"the Gaussian with their mean and variance is off the waits by {missed:.4f} of their")
print(f"variance, the nearest Gaussian by {floor:.4f} (B28b)")

# %% [markdown]
# The waits are plainly not Gaussian, and B28b says what that costs: a part of the variance that no
# sample size mends. What is left out is named, with a reason.
#
# ## 3. Values, claims, workflows
#
# `collapse value A02 p=1/2,3/10,1/5 M=100 n=50` is an exact rational; where there is none, a ball
# certainly holds the value:

# %%
claim = find("A02")
point = parse_point(claim, ["p=1/2,3/10,1/5", "M=100", "n=2"])
print("A02:", value_exact(claim, claim.quantity(), point), "=", law("A02", H0="31/50", M=100, n=2))
claim = find("B40")
point = parse_point(claim, ["M=20"])
print("B40:", value_ball(claim, claim.quantity("critical"), point, 128).str(30))

# %% [markdown]
# `collapse show B40` says when such a value may be used, and what it rests on:

# %%
print(f"{claim.code}  {claim.id}\n{claim.title}\n\n{claim.statement}\n")
print("domain:", claim.domain.text())
print("rests on:", ", ".join(f"{code} ({find(code).title})" for code in claim.uses()))

# %% [markdown]
# `collapse simulate discrete --categories 10 --samples 50 --workflow accumulate --real 50` keeps 50
# real points and every batch; `--fresh-share 0.05` draws each point from the real law with the
# probability 1/20. The plans are the same here, and so are the digests that identify a result:

# %%
sizes, even = (50, 100, 1000, "your-own", 10), ",".join(["1/10"] * 10)
for name, workflow, code, point in (
    ("last batch only", Workflow(), "A02", {}),
    ("a twentieth real", Workflow(fresh_share=0.05), "A22", {"g": "1/20"}),
    ("50 real, all kept", Workflow("accumulate", real=50), "A27", {"N0": 50}),
):
    plan = simulation.plan_discrete(*sizes, workflow=workflow)
    result = simulation.simulate(plan, threads=1)
    column = plan.columns.index("pool_diversity" if workflow.keep == "accumulate" else "diversity")
    exact = law(code, "diversity", p=even, M=50, n=100, **point)
    print(f"{name:>17}: diversity {result.mean[-1, column]:.4f} +- ", end="")
    print(f"{result.error[-1, column]:.4f}, {code} {exact:.4f}; digest {result.digest[:12]}")

# %% [markdown]
# ## 4. How many runs?
#
# "Not refuted" is worth what would have been refuted. The detection limit is the smallest relative
# error of a law that a check would have caught, with the probability 0.999. Take the loop that
# divides by $M$ in place of $M - 1$, and the law of the unbiased one. Its mean logarithm is lower
# by $-\ln(1 - 1/M)$ a generation:


# %%
def likeliest(points):
    return points.mean(axis=1, keepdims=True), points.std(axis=1, keepdims=True)


exact, variance = (law("B04", name, M=samples, n=1) for name in ("mean-log", "variance-log"))
sides, lower = (Fraction(exact), Fraction(exact)), -np.log(1 - 1 / samples)
print(f"lower by {lower:.4f} a generation: {lower / abs(exact):.0%} of the law {exact:+.4f}")
for runs in (100, 1000, 10_000, 100_000):
    seen = trained(likeliest, runs, samples, 1, np.random.default_rng(runs))
    verdict = confront(Relation.EQUALS, sides, sampled.known_variance(seen, variance), alpha)
    found = "refuted" if verdict.outcome is Outcome.REFUTED else "not refuted"
    print(
        f"{runs:6} runs: seen in [{verdict.low:+.4f}, {verdict.high:+.4f}], law {exact:+.4f}: ",
        end="",
    )
    print(f"{found}; would catch an error of {verdict.limit:.0%}")

# %% [markdown]
# The error is large beside this law, since the unbiased rate is so small. Still, few runs do not
# see it; an error below the limit may be caught by luck, one above it nearly always will be. Four
# times the runs halve the limit. Rare events take more runs than common ones, and fewer false
# alarms cost little:

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.9))
sizes = np.geomspace(1000, 1_000_000, 4).astype(int).tolist()
styles = ((Fraction(1, 500), ":", "^"), (Fraction(1, 20), "--", "s"), (Fraction(1, 2), "-", "o"))
for chance, line, mark in styles:
    strict, usual = (
        [
            confront(
                Relation.EQUALS, (chance, chance), sampled.share(round(chance * n), n), a
            ).limit
            for n in sizes
        ]
        for a in (alpha, 0.05)
    )
    ax.plot(
        sizes, strict, line + mark, color="black", markersize=3.5, markerfacecolor="white",
        label=f"probability {float(chance)}, false alarm {alpha:g}",
    )  # fmt: skip
    ax.plot(sizes, usual, linestyle=line, color="0.6")
    needed = sizes[-1] * (strict[-1] / 0.01) ** 2
    print(f"probability {float(chance)}: about {needed:.1g} runs see an error of 1 %")
ax.plot([], [], color="0.6", label="the same, false alarm 0.05")
ax.set(xscale="log", yscale="log", xlabel="independent runs", ylabel="smallest relative error seen")
ax.set_ylim(bottom=3e-4)
_ = ax.legend(loc="lower left")

# %% [markdown]
# **To go on:** `collapse verify --effort 10` multiplies the runs of every check. A law of your own
# is put at risk in section 4 of the notebook `tour`; to make it a claim, the README has four steps.
