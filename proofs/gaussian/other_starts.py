"""Evidence on real laws that are not normal."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import sympy as sp
from flint import acb, arb, ctx, fmpq
from scipy.special import ndtri
from scipy.stats import norm

from numerics import moments, quadrature
from numerics.transport_line import distance
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.accumulation import RUNS
from proofs.gaussian.refitting import expanded, fourth, simulate
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian import other_starts as law
from theory.rounding import ends

BITS = 96
#: Digits of the parameters that are not rational leave so much room.
MARGIN = 1e-12

Quantiles = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]

#: Quantile functions of mean 0 and variance 1.
QUANTILES: dict[str, Quantiles] = {
    "uniform": lambda u: math.sqrt(12) * (u - 0.5),
    "exponential": lambda u: -np.log1p(-u) - 1.0,
}
LEVELS = (np.arange(1_000_000) + 0.5) / 1_000_000


def points_of(start: str) -> list[Fraction]:
    """Return a start written as numbers, in order."""
    return sorted(Fraction(entry) for entry in start.split(","))


def first_deviation(start: str, size: int) -> arb:
    """Return a ball around the mean first standard deviation, all samples visited."""
    return moments.expected_root_from_sample([[x] for x in points_of(start)], size, BITS)


def normal_product(start: str) -> float:
    """Return the mean product of the quantiles of a finite sample and of a normal law."""
    points = points_of(start)
    ends_ = norm.pdf(ndtri(np.arange(len(points) + 1) / len(points)))
    return float(sum(float(x) * (a - b) for x, a, b in zip(points, ends_, ends_[1:], strict=False)))


def seen(start: str, generations: tuple[int, ...], size: int) -> Setting:
    """Return a setting with a finite sample as D_0, and what the claim says of its shape."""
    points = points_of(start)
    square = sum((x * x for x in points), Fraction(0)) / len(points)
    power = sum((x**4 for x in points), Fraction(0)) / len(points)
    root = math.sqrt(square)
    return setting(
        generations,
        start=start,
        M=size,
        sigma=Fraction(root).limit_denominator(10**6),
        kap=Fraction(normal_product(start) / root),
        s1=Fraction(float(first_deviation(start, size).mid()) / root),
        kurt=power / square**2 - 3,
    )


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the risk from a finite sample: all first samples visited, later points integrated."""
    size, (sigma,) = setting.integer("M"), setting.numbers("sigma")
    one = quadrature.expected_root_of_points(size, size - 1, BITS)
    root = first_deviation(setting.start, size)
    product = arb(normal_product(setting.start))
    found = []
    for n in setting.generations:
        total = sigma**2 + expanded(setting, n, {(2, 0): 1, (0, 1): 1})
        value = fmpq(total.numerator, total.denominator) - 2 * product * root * one ** (n - 1)
        found.append(Enclosed(*ends(value)))
    return found


def apart(start: str, m: int | str, root: int | str, mu: int | str = 0) -> Setting:
    """Return a setting with N(m, root^2) and a finite sample, moved so that its mean is mu."""
    points = points_of(start)
    square = sum((x * x for x in points), Fraction(0)) / len(points)
    sigma = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    assert sigma**2 == square
    return setting(
        start=f"{start} {root}",
        m=m,
        mu=mu,
        v=Fraction(root) ** 2,
        sigma=sigma,
        kap=Fraction(normal_product(start)) / sigma,
    )


def enclose_distance(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the distance of a finite sample from a normal law, certified from both sides."""
    (m,), (mu,) = setting.numbers("m"), setting.numbers("mu")
    start, root = setting.start.split()
    points = [x + mu for x in points_of(start)]
    return [Enclosed(*ends(distance(points, m, Fraction(root), BITS)))]


def enumerate_variance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the variance of the fitted variance, all first samples visited."""
    return [
        Exact(expanded(setting, n, {(0, 2): 1}) - expanded(setting, n, {(0, 1): 1}) ** 2)
        for n in setting.generations
    ]


def measure_risk(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean of the squared differences of a million quantiles, over simulated runs.

    W2^2 - 1 = mean^2 + (v - 2 kap sqrt(v)), and the square of the last has a mean of at most
    E v^2 + 4 - 4 kap, since E v^(3/2) >= 1.
    """
    run = simulate("risk", setting, bench, 200_000)
    normal, real = ndtri(LEVELS), QUANTILES[setting.start](LEVELS)
    product, squares = float(np.mean(normal * real)), float(np.mean(real * real))
    width = float(np.mean(normal * normal))
    found = []
    for g, n in enumerate(setting.generations):
        mean, variance = run.mean[:, g], run.variance[:, g]
        values = mean**2 + variance * width + squares - 2 * np.sqrt(variance) * product
        far = fourth(setting, n)
        bound = (math.sqrt(far.mean) + math.sqrt(far.variance + 4 - 4 * product)) ** 2 * (
            1 + ROUNDING
        )
        found.append(sampled.known_variance(values, bound))
    return found


def enclose_coupling(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return kap by integrating Q(Phi(z)) z phi(z), Q of mean 0 and variance 1, over the line.

    Beyond 16 both integrands are below 2 z^3 phi(z), the integral of which is below 1e-50.
    """
    with ctx.workprec(200):
        half = acb(2).sqrt()
        scale = 1 / (2 * arb.pi()).sqrt()

        def integrand(z: acb, analytic: bool) -> acb:
            above = (z / half).erfc() / 2
            if setting.start == "uniform":
                value = acb(12).sqrt() * (fmpq(1, 2) - above)
            else:
                value = -above.log(analytic=analytic) - 1
            return value * z * (-z * z / 2).exp() * scale

        fine = arb(2) ** -120
        body = acb.integral(integrand, -16, 16, rel_tol=fine, abs_tol=fine).real
        return [Enclosed(*ends(body + arb(0, 1e-50)))]


#: Their standard deviations are rational.
COIN, SKEWED, FLAT = "-1,1", "-1,-1,-1,-1,4", "-7,-1,1,7"
SAMPLES = (
    seen(COIN, (1, 3), 2),
    seen(FLAT, (1, 2), 3),
    seen(SKEWED, (2, 4), 2),
)
#: E s_1 / sigma of two points: a third of sqrt(6), and half of sqrt(2).
LARGE = (
    setting(
        (1, 3), start="uniform", M=2, kap=Fraction(math.sqrt(3 / math.pi)),
        s1=Fraction(math.sqrt(2 / 3)), kurt="-6/5",
    ),
    setting(
        (1, 2), start="exponential", M=2, kap=Fraction(0.90319728563),
        s1=Fraction(math.sqrt(1 / 2)), kurt=6,
    ),
)  # fmt: skip

OTHER_CASE = Case(
    law.OTHER_STARTS,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "distance",
            enclose_distance,
            (
                apart(COIN, 0, 1),
                apart(SKEWED, 1, 3, "1/2"),
                apart(FLAT, "-3/2", 2, 5),
                apart(SKEWED, 1, 0, 3),
                apart(COIN, "1/3", "1/4", "-2"),
            ),
            "plan and potential, integrated over each cell",
            quick=3,
            margin=MARGIN,
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_risk,
            SAMPLES,
            "all first samples; ball quadrature over the points",
            quick=2,
            margin=MARGIN,
        ),
        Witness(Route.MEASURED, "risk", measure_risk, LARGE, RUNS, margin=0.15),
        Witness(
            Route.ENUMERATED,
            "variance",
            enumerate_variance,
            (seen(COIN, (1, 3), 2), seen(SKEWED, (1, 2), 3), seen(FLAT, (2,), 4)),
            "all first samples, later draws expanded",
            quick=2,
        ),
        *(
            Witness(
                Route.ENCLOSED,
                f"kap-{start}",
                enclose_coupling,
                (setting(start=start),),
                "ball quadrature over the quantiles",
            )
            for start in QUANTILES
        ),
    ),
    mutants=(
        Mutant("kap of a normal law", "distance", law.DISTANCE.subs(law.KAP, 1)),
        Mutant("nothing in common", "distance", law.DISTANCE.subs(law.KAP, 0)),
        Mutant("deviation for variance", "distance", law.DISTANCE.subs(law.FITTED, law.FITTED**2)),
        Mutant("means left out", "distance", law.DISTANCE - (law.MEAN - law.REAL_MEAN) ** 2),
        Mutant("square of kap", "distance", law.DISTANCE.subs(law.KAP, law.KAP**2)),
        Mutant("as from a normal law", "risk", law.RISK.subs({law.KAP: 1, law.S1: s.c4(s.M)})),
        Mutant("kap left out", "risk", law.RISK.subs(law.KAP, 1)),
        Mutant("s1 left out", "risk", law.RISK.subs(law.S1, s.c4(s.M))),
        Mutant("one factor too many", "risk", law.RISK.subs(law.S1, law.S1 * s.c4(s.M))),
        Mutant("as from a normal law (variance)", "variance", law.VARIANCE.subs(law.KURT, 0)),
        Mutant(
            "kurtosis in every generation",
            "variance",
            s.sigma**4 * ((law.GROWTH + law.KURT / s.M) ** s.n - 1),
        ),
        Mutant(
            "kurtosis itself, not the excess", "variance", law.VARIANCE.subs(law.KURT, law.KURT + 3)
        ),
        Mutant("normal (uniform)", "kap-uniform", sp.Integer(1)),
        Mutant("root of the correlation", "kap-uniform", sp.sqrt(law.UNIFORM)),
        Mutant("square of the correlation", "kap-uniform", law.UNIFORM**2),
        Mutant("normal (exponential)", "kap-exponential", sp.Integer(1)),
        Mutant("as uniform", "kap-exponential", law.UNIFORM),
        Mutant("nine tenths", "kap-exponential", sp.Rational(9, 10)),
    ),
)

CASES = (OTHER_CASE,)
