"""Evidence on pair coalescence, all of it forward in time: no ancestral line is ever followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import sympy as sp

from numerics import workflows
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete import resampling
from proofs.discrete.resampling import enumerate_counts, geometric
from proofs.gaussian import refitting
from proofs.gaussian.refitting import expanded, fourth
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.coalescence import ACCUMULATE, MIXTURE, PAIR_COALESCENCE, replace_factor
from theory.domain import Value

#: The mean of h over pairs of points, given the values and how often each occurs.
Functional = Callable[[tuple[Fraction, ...], tuple[Fraction, ...]], Fraction]


def differing(values: tuple[Fraction, ...], shares: tuple[Fraction, ...]) -> Fraction:
    """Return the share of ordered pairs that differ: h = [x != y], the diversity."""
    return 1 - sum((share * share for share in shares), Fraction(0))


def variance(values: tuple[Fraction, ...], shares: tuple[Fraction, ...]) -> Fraction:
    """Return the variance with divisor M: the mean of (x - y)^2 / 2 over ordered pairs."""
    mean = sum((share * x for x, share in zip(values, shares, strict=True)), Fraction(0))
    return sum(
        (share * (x - mean) ** 2 for x, share in zip(values, shares, strict=True)), Fraction(0)
    )


def listed(start: str) -> tuple[Fraction, ...]:
    """Return the numbers of a start written as a list."""
    return tuple(Fraction(entry) for entry in start.split(","))


def law_of(setting: Setting) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], Functional]:
    """Return values, their probabilities, and the functional, for what the start says.

    Numbers of sum 1 are the probabilities of categories; any others are a sample of points, each
    as likely as the next.
    """
    numbers = listed(setting.start)
    places = tuple(Fraction(place) for place in range(len(numbers)))
    if sum(numbers) == 1 and min(numbers) > 0:
        return places, numbers, differing
    return numbers, (Fraction(1, len(numbers)),) * len(numbers), variance


def with_parameters(setting: Setting, **more: Value) -> Setting:
    """Return a setting that also carries what the kernels need and the claim does not."""
    return Setting({**setting.fixed, **more}, setting.generations, setting.start)


def average(
    law: Mapping[tuple[Fraction, ...], Fraction] | Mapping[tuple[int, ...], Fraction],
    setting: Setting,
) -> Exact:
    """Return the mean of the functional over a law of shares or counts, over its first value."""
    values, start, functional = law_of(setting)
    total = Fraction(0)
    for state, weight in law.items():
        size = sum(state)
        total += weight * functional(values, tuple(Fraction(c) / size for c in state))
    return Exact(total / functional(values, start))


def enumerate_replace(setting: Setting, bench: Bench) -> list[Exact]:
    """Return diversity, or variance of resampled points, over all outcomes, over its start."""
    values, start, functional = law_of(setting)

    def after(counts: tuple[int, ...], total: int) -> Fraction:
        shares = tuple(Fraction(count, total) for count in counts)
        return functional(values, shares) / functional(values, start)

    return enumerate_counts(with_parameters(setting, p=start), after)


def enumerate_refits(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean MLE variance of refitted normals, every point of every fit expanded."""
    mle = with_parameters(setting, estimator="mle")
    return [Exact(expanded(mle, n, {(0, 1): 1})) for n in setting.generations]


def enumerate_pool(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the functional of the pool over all outcomes, over its start."""
    _, start, _ = law_of(setting)
    size = setting.integer("M")
    return [average(workflows.pooled(start, size, n), setting) for n in setting.generations]


def enumerate_mixture(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the functional of the mixture over all outcomes, over its start."""
    _, start, _ = law_of(setting)
    (share,), size = setting.numbers("al"), setting.integer("M")
    return [average(workflows.mixed(start, size, share, n), setting) for n in setting.generations]


def measure_counts(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the diversity of simulated resampling over its start: between 0 and 1/H_0."""
    start = listed(setting.start)
    run = resampling.simulate("counts", with_parameters(setting, p=start), bench, 100_000)
    first = float(differing(start, start))
    found = []
    for g, n in enumerate(setting.generations):
        size = refitting.sizes(setting, n)[-1]
        ceiling = (1 - 1 / min(size, len(start))) / first
        found.append(sampled.bounded((1 - run.pairs[:, g] / size**2) / first, 0.0, ceiling))
    return found


def measure_refits(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the MLE variance of simulated refits, at n small enough for a plain mean."""
    mle = with_parameters(setting, estimator="mle")
    run = refitting.simulate("refits", mle, bench, 100_000)
    return [
        sampled.known_second_moment(run.variance[:, g], fourth(mle, n).variance)
        for g, n in enumerate(setting.generations)
    ]


def product(term: sp.Expr, last: sp.Expr = s.n - 1) -> sp.Expr:
    """Return the product of a term in i over the generations."""
    return sp.Product(term, (s.i, 0, last))


def rounds(term: sp.Expr) -> sp.Expr:
    """Return the product of a term in k over the rounds."""
    return sp.Product(term, (s.k, 1, s.n))


SIZE = s.sizes[s.i]

WITNESSES = (
    Witness(
        Route.ENUMERATED,
        "replace",
        enumerate_replace,
        (
            setting((1, 2, 3), start="1/3,2/3", M=(3, 2, 4)),
            setting((1, 3), start="0,1,4", M=3),
            setting((1, 2), start="1/7,2/7,4/7", M=(4, 5)),
            setting((1, 2), start="-1,0,0,5", M=(2, 4)),
            setting((1, 2), start="1/2,1/2", M=1),
        ),
        "categories and points resampled, all outcomes",
        quick=2,
    ),
    Witness(
        Route.ENUMERATED,
        "replace",
        enumerate_refits,
        (
            setting((1, 2, 3), M=(2, 5, 3)),
            setting((1, 20), M=20),
            setting((1, 2), M=1),
        ),
        "normals refitted (mle), every point expanded",
    ),
    Witness(
        Route.ENUMERATED,
        "accumulate",
        enumerate_pool,
        (
            setting((1, 2, 3), start="1/3,2/3", M=2),
            setting((1, 2), start="0,1,4", M=3),
            setting((1, 2, 4), start="1/7,2/7,4/7", M=1),
            setting((4,), start="1/10,9/10", M=3),
        ),
        "all outcomes",
        quick=2,
    ),
    Witness(
        Route.ENUMERATED,
        "mixture",
        enumerate_mixture,
        (
            setting((1, 2, 3), start="1/3,2/3", M=2, al="1/2"),
            setting((1, 2), start="0,1,4", M=3, al="2/3"),
            setting((0, 4), start="1/10,9/10", M=1, al="9/10"),
            setting((2,), start="1/2,1/2", M=4, al=0),
            setting((2,), start="1/2,1/3,1/6", M=3, al=1),
        ),
        "all outcomes",
        quick=2,
    ),
    Witness(
        Route.MEASURED,
        "replace",
        measure_counts,
        (
            setting((1, 4), start="3/10,7/10", M=(40, 20, 10, 5)),
            setting((1, 5, 20), start=",".join(map(str, geometric(6))), M=20),
        ),
        "categories resampled, forward runs",
        margin=0.05,
    ),
    Witness(
        Route.MEASURED,
        "replace",
        measure_refits,
        (
            setting((3,), M=(10, 40, 20)),
            setting((1, 5), M=20),
        ),
        "normals refitted (mle), all points drawn",
        margin=0.05,
    ),
)

PAIR_COALESCENCE_CASE = Case(
    PAIR_COALESCENCE,
    WITNESSES,
    mutants=(
        Mutant("a sample never paired with itself", "replace", product(1 - 1 / (SIZE - 1))),
        Mutant("two copies of each sample", "replace", product(1 - 1 / (2 * SIZE))),
        Mutant("last generation forgotten", "replace", product(1 - 1 / SIZE, s.n - 2)),
        Mutant("exponential decay", "replace", sp.exp(-sp.Sum(1 / SIZE, (s.i, 0, s.n - 1)))),
        Mutant("first size throughout", "replace", replace_factor(s.sizes[0])),
        Mutant("last batch only", "accumulate", (1 - 1 / s.M) ** s.n),
        Mutant("pool size for its square", "accumulate", rounds(1 - 1 / (s.M * s.k))),
        Mutant("one round too many", "accumulate", ACCUMULATE.subs(s.n, s.n + 1)),
        Mutant("one batch more", "accumulate", rounds(1 - 1 / (s.M * (s.k + 1) ** 2))),
        Mutant("share for its square", "mixture", (1 - s.alpha / s.M) ** s.n),
        Mutant("unbiased fit", "mixture", (1 + s.alpha * (1 - s.alpha) / s.M) ** s.n),
        Mutant("no mixing", "mixture", (1 - 1 / s.M) ** s.n),
        Mutant("one generation too many", "mixture", MIXTURE.subs(s.n, s.n + 1)),
        Mutant("M - 1 for M", "mixture", (1 - s.alpha**2 / (s.M - 1)) ** s.n),
    ),
)

CASES = (PAIR_COALESCENCE_CASE,)
