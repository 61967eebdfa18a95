"""Evidence on the law of the fitted variance after n generations: tails, densities, quantiles.

With two or three points, and one or two generations, densities are integrated over the points
themselves; runs are counted at any size.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb

from numerics import product_tail
from numerics.gaussian import GaussianRun
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import FREE_NORMALS, divisor, simulate
from proofs.gaussian.varied import enclosed
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gamma_product import LogProductBelow, LogProductDensity
from theory.gaussian import product_law as law
from theory.gaussian.product_law import PRODUCT_LAW, QUANTILES
from theory.gaussian.rate import RATE, RATE_MLE, SPREAD

BITS = 64
#: Halvings of the bracket around a quantile.
HALVINGS = 44


def tail(setting: Setting, generations: int, level: Fraction) -> arb:
    """Return the probability that the variance exceeds a level, integrated."""
    size = setting.integer("M")
    return product_tail.survival(size - 1, divisor(setting, size), generations, level, BITS)


def enclose_density(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the density at x, integrated over all but one factor."""
    size, level = setting.integer("M"), setting.numbers("x")[0]
    return [
        enclosed(product_tail.density(size - 1, divisor(setting, size), n, level, BITS))
        for n in setting.generations
    ]


def enclose_survival(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the probability that the variance exceeds x."""
    return [enclosed(tail(setting, n, setting.numbers("x")[0])) for n in setting.generations]


def enclose_cdf(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the probability that the variance is at most x."""
    return [enclosed(1 - tail(setting, n, setting.numbers("x")[0])) for n in setting.generations]


def runs(setting: Setting, bench: Bench) -> GaussianRun:
    """Return simulated runs, fewer of them where each takes longer."""
    return simulate("law", setting, bench, 400_000 // max(setting.integer("M") // 5, 1))


def measure_cdf(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs whose variance is at most x."""
    found, level = runs(setting, bench).log_variance, math.log(setting.numbers("x")[0])
    counts = np.count_nonzero(found <= level, axis=0)
    return [sampled.share(int(count), len(found)) for count in counts]


def measure_survival(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs whose variance exceeds x."""
    found, level = runs(setting, bench).log_variance, math.log(setting.numbers("x")[0])
    counts = np.count_nonzero(found > level, axis=0)
    return [sampled.share(int(count), len(found)) for count in counts]


def enclose_quantile(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return a bracket around the quantile, halved while integrals tell on which side it lies."""
    aim = 1 - setting.numbers("q")[0]
    goal = arb(aim.numerator) / aim.denominator
    found = []
    for n in setting.generations:
        low, high = Fraction(1, 2**40), Fraction(2**6)
        for _ in range(HALVINGS + 40):
            middle = (low + high) / 2 if low > high / 4 else 2 * low
            above = tail(setting, n, middle)
            if above > goal:
                low = middle
            elif above < goal:
                high = middle
            else:
                break
            if high - low < low / 2**HALVINGS:
                break
        found.append(Enclosed(low, high))
    return found


def measure_quantile(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the sample quantile, between those of levels moved by the DKW distance.

    Source: Massart, Annals of Probability 18 (1990), Corollary 1.
    """
    level = float(setting.numbers("q")[0])
    values = np.sort(np.exp(runs(setting, bench).log_variance), axis=0)
    size = len(values)

    def at(share: float, column: int) -> float:
        place = math.floor(share * size)
        if place < 0:
            return 0.0
        return float(values[place, column]) if place < size else math.inf

    def observed(column: int) -> Sampled:
        def interval(alpha: float) -> tuple[float, float]:
            reach = math.sqrt(math.log(2 / alpha) / (2 * size)) + 2 / size
            return at(level - reach, column), at(level + reach, column)

        return Sampled(at(level, column), size, interval, "order statistics, DKW")

    return [observed(column) for column in range(values.shape[1])]


#: At two and three points nothing is taken for granted about degrees of freedom.
ON_POINTS = (
    setting((1, 2), M=2, x="1/2"),
    setting((1, 2), M=3, x="3/2", estimator="mle"),
    setting((1, 2), M=3, x="1/50"),
    setting((2,), M=2, x=3),
    setting((1, 2), M=2, x="1/1000000"),
)
OF_NORMALS = (setting((1, 2), M=12, x="4/5"), setting((2,), M=30, x="1/2", estimator="mle"))
RUNS = (
    setting((1, 5), M=4, x="1/4"),
    setting((3, 30), M=10, x="1/5", estimator="mle"),
    setting((50,), M=30, x="1/10"),
)


def witnesses(quantity: str) -> tuple[Witness, ...]:
    """Return the evidence on a probability or on the density."""
    enclose = {"density": enclose_density, "cdf": enclose_cdf, "survival": enclose_survival}
    measure = {"cdf": measure_cdf, "survival": measure_survival}
    found = [
        Witness(
            Route.ENCLOSED,
            quantity,
            enclose[quantity],
            ON_POINTS,
            "ball quadrature over the points",
            quick=3,
        ),
        Witness(
            Route.ENCLOSED,
            quantity,
            enclose[quantity],
            OF_NORMALS,
            "ball quadrature over free normals",
            principles=FREE_NORMALS,
        ),
    ]
    if quantity in measure:
        found.append(
            Witness(
                Route.MEASURED,
                quantity,
                measure[quantity],
                RUNS,
                "forward runs, all points drawn",
                margin=0.1,
            )
        )
    return tuple(found)


UNBIASED, MLE = s.M - 1, s.M
SHIFT = law.logarithm(UNBIASED)
NORMAL = (sp.log(s.x) - s.n * RATE) / sp.sqrt(2 * s.n * SPREAD)
WHOLE = s.n * law.HALF
TOGETHER = sp.log(s.x) + sp.log(WHOLE)
ONE = sp.Integer(1)

PRODUCT_LAW_CASE = Case(
    PRODUCT_LAW,
    witnesses=tuple(one for name in law.LAWS for one in witnesses(name)),
    mutants=(
        Mutant("density of the logarithm", "density", LogProductDensity(law.HALF, s.n, SHIFT)),
        Mutant("estimators exchanged", "density", law.density(MLE), law.density(UNBIASED)),
        Mutant("M for M - 1 in the shape", "density", LogProductDensity(s.M / 2, s.n, SHIFT) / s.x),
        Mutant(
            "log-normal",
            "density",
            sp.exp(-(NORMAL**2)) / (s.x * sp.sqrt(2 * sp.pi * s.n * SPREAD)),
        ),
        Mutant(
            "one sample of all points", "density", LogProductDensity(WHOLE, ONE, TOGETHER) / s.x
        ),
        Mutant("upper tail", "cdf", law.above(UNBIASED), law.above(MLE)),
        Mutant("estimators exchanged (cdf)", "cdf", law.below(MLE), law.below(UNBIASED)),
        Mutant("M for M - 1 in the shape (cdf)", "cdf", LogProductBelow(s.M / 2, s.n, SHIFT)),
        Mutant("log-normal (cdf)", "cdf", (1 + sp.erf(NORMAL)) / 2),
        Mutant("one sample of all points (cdf)", "cdf", LogProductBelow(WHOLE, ONE, TOGETHER)),
        Mutant("lower tail", "survival", law.below(UNBIASED), law.below(MLE)),
        Mutant("estimators exchanged (survival)", "survival", law.above(MLE), law.above(UNBIASED)),
        Mutant("log-normal (survival)", "survival", (1 - sp.erf(NORMAL)) / 2),
    ),
)


# --- B06: quantiles -------------------------------------------------------------------------------

QUANTILE_RUNS = (
    setting((1, 10), M=10, q="1/2"),
    setting((50,), M=50, q="1/10"),
    setting((40,), M=40, q="1/2", estimator="mle"),
    setting((5,), M=4, q="4/5"),
)


def quantile_witnesses(quantity: str) -> tuple[Witness, ...]:
    """Return the evidence on quantiles, for the law and for its approximation."""
    return (
        Witness(
            Route.ENCLOSED,
            quantity,
            enclose_quantile,
            (
                setting((1, 2), M=3, q="1/2"),
                setting((1,), M=2, q="1/10", estimator="mle"),
                setting((2,), M=2, q="9/10"),
            ),
            "bracket by ball quadrature over the points",
            quick=1,
        ),
        Witness(
            Route.MEASURED,
            quantity,
            measure_quantile,
            QUANTILE_RUNS,
            "forward runs, all points drawn; order statistics",
            quick=2,
            margin=0.2,
        ),
    )


OTHER = sp.sqrt(2) * sp.erfinv(1 - 2 * s.q)
QUANTILES_CASE = Case(
    QUANTILES,
    # With few points the approximation is too coarse to be confronted with brackets.
    witnesses=(*quantile_witnesses("quantile"), quantile_witnesses("clt")[1]),
    mutants=(
        Mutant("normal approximation", "quantile", law.CLT, law.CLT_MLE),
        Mutant("estimators exchanged", "quantile", law.QUANTILE_MLE, law.QUANTILE),
        Mutant("median for all", "quantile", law.QUANTILE.subs(s.q, sp.Rational(1, 2))),
        Mutant("from above", "quantile", law.QUANTILE.subs(s.q, 1 - s.q)),
        Mutant("mean", "clt", s.sigma**2, s.sigma**2 * (1 - 1 / s.M) ** s.n),
        Mutant(
            "spread of one generation",
            "clt",
            s.sigma**2 * sp.exp(s.n * RATE + law.Z * sp.sqrt(SPREAD)),
        ),
        Mutant("estimators exchanged (normal)", "clt", law.CLT_MLE, law.CLT),
        Mutant("from above (normal)", "clt", s.sigma**2 * sp.exp(
            s.n * RATE + OTHER * sp.sqrt(s.n * SPREAD))),
        Mutant("rate of the deviation", "clt", s.sigma**2 * sp.exp(
            s.n * RATE / 2 + law.Z * sp.sqrt(s.n * SPREAD)), s.sigma**2 * sp.exp(
            s.n * RATE_MLE / 2 + law.Z * sp.sqrt(s.n * SPREAD))),
    ),
)  # fmt: skip

CASES = (PRODUCT_LAW_CASE, QUANTILES_CASE)
