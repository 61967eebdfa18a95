"""Evidence on the best normal law: distances with certificates, all first samples visited."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import sympy as sp
from flint import acb, arb, ctx

from numerics.transport_line import distance
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.other_starts import (
    BITS,
    COIN,
    FLAT,
    MARGIN,
    SKEWED,
    enclose_risk,
    normal_product,
    points_of,
    seen,
)
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.gaussian import one_normal as law
from theory.gaussian.other_starts import KAP
from theory.rounding import ends

CERTIFIED = "plan and potential, integrated over each cell"


def shape(start: str) -> dict[str, Fraction]:
    """Return kap and sigma of a finite sample whose standard deviation is rational."""
    points = points_of(start)
    square = sum((x * x for x in points), Fraction(0)) / len(points)
    sigma = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    assert sigma**2 == square
    return {"kap": Fraction(normal_product(start)) / sigma, "sigma": sigma}


def off(start: str, mean: str, deviation: str | None = None) -> Setting:
    """Return a setting with a normal law to be compared with a sample; by default the best one."""
    shown = shape(start)
    best = (shown["kap"] * shown["sigma"]).limit_denominator(10**8)
    return setting(start=f"{start} {mean} {deviation or best}", **shown)


def enclose_fit(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the distance of a sample from the normal law with its moments."""
    (sigma,) = setting.numbers("sigma")
    return [Enclosed(*ends(distance(points_of(setting.start), Fraction(0), sigma, BITS)))]


def enclose_law(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the distance of a sample from the normal law that the setting names."""
    start, mean, deviation = setting.start.split()
    ball = distance(points_of(start), Fraction(mean), Fraction(deviation), BITS)
    return [Enclosed(*ends(ball))]


def enclose_first(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean distance of the first fit, from every first sample in turn."""
    assert setting.generations == (1,)
    points, size = points_of(setting.start), setting.integer("M")
    fits: Counter[tuple[Fraction, Fraction]] = Counter()
    for drawn in itertools.product(points, repeat=size):
        mean = sum(drawn, Fraction(0)) / size
        fits[mean, sum(((x - mean) ** 2 for x in drawn), Fraction(0)) / (size - 1)] += 1
    total = arb(0)
    with ctx.workprec(BITS):
        for (mean, variance), times in fits.items():
            deviation = Fraction(_root(variance, 2**60), 2**60)
            # Its root is off by 2^-60 at most, and W2 by no more than that.
            ball = distance(points, mean, deviation, BITS).sqrt() + arb(0, arb(2) ** -60)
            total += times * ball**2
        total /= len(points) ** size
    return [Enclosed(*ends(total))]


def _root(value: Fraction, scale: int) -> int:
    """Return the root of a number times the scale, rounded down."""
    return math.isqrt(value.numerator * scale**2 // value.denominator)


def polygon(corners: int, turn: Fraction) -> Setting:
    """Return a setting with the corners of a regular polygon of covariance I as D_0.

    turn: angle of the first corner, over pi.
    """
    angles = [math.pi * (float(turn) + 2 * j / corners) for j in range(corners)]
    axes = ([math.sqrt(2) * f(angle) for angle in angles] for f in (math.cos, math.sin))
    kap = sum(normal_product(",".join(str(Fraction(x)) for x in axis)) for axis in axes) / 2
    return setting(start=str(corners), kap=Fraction(kap), trace=2)


def enclose_polygon(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the distance of the corners of a regular polygon from the standard normal law.

    Each point goes to the nearest corner: no plan is cheaper, and each corner gets its share, as
    the polygon is regular. From a point at the distance r of the middle, at the angle t of the
    nearest corner, it is r^2 + 2 - 2 sqrt(2) r cos t; both are integrated.
    """
    corners = int(setting.start)
    with ctx.workprec(BITS):
        far = acb.integral(lambda r, _: r * r * (-r * r / 2).exp(), 0, 24).real
        sector = arb.pi() / corners
        towards = acb.integral(lambda t, _: t.cos(), 0, sector).real / sector
        rest = arb(0, arb(2) ** -300)  # beyond 24
        ball = 2 + 2 - 2 * arb(2).sqrt() * (far + rest) * towards
    return [Enclosed(*ends(ball))]


def first(start: str, size: int) -> Setting:
    """Return a setting with the first fit to a sample."""
    return setting((1,), start=start, M=size, **shape(start))


def later(start: str, generations: Sequence[int], size: int) -> Setting:
    """Return a setting with later fits."""
    given = seen(start, tuple(generations), size)
    kept = {name: given.fixed[name] for name in ("M", "sigma", "kap")}
    return Setting(kept, given.generations, start)


SIGMA2 = s.sigma**2

ONE_NORMAL_CASE = Case(
    law.ONE_NORMAL,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "w2",
            enclose_fit,
            tuple(setting(start=start, **shape(start)) for start in (COIN, SKEWED, FLAT)),
            CERTIFIED,
            quick=2,
            margin=MARGIN,
        ),
        Witness(
            Route.ENCLOSED,
            "floor",
            enclose_law,
            (off(COIN, "0"), off(SKEWED, "0"), off(SKEWED, "1/2", "1"), off(FLAT, "0", "4")),
            CERTIFIED,
            quick=2,
            margin=MARGIN,
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_first,
            (first(COIN, 14), first(FLAT, 4), first(SKEWED, 3)),
            "all first samples, each with plan and potential",
            margin=MARGIN,
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_risk,
            (later(COIN, (2, 3), 3), later(SKEWED, (2, 9), 2)),
            "all first samples; ball quadrature over the points",
            margin=MARGIN,
        ),
        Witness(
            Route.ENCLOSED,
            "axes",
            enclose_polygon,
            (polygon(4, Fraction(1, 4)), polygon(3, Fraction(0)), polygon(4, Fraction(1, 5))),
            "ball quadrature, each point to its nearest corner",
            quick=2,
            margin=MARGIN,
        ),
    ),
    mutants=(
        Mutant("best law, not the fit", "w2", law.FLOOR),
        Mutant("once, not twice", "w2", SIGMA2 * (1 - KAP)),
        Mutant("square of the correlation", "w2", 2 * law.FLOOR),
        Mutant("as if normal", "w2", sp.Integer(0)),
        Mutant("the fit is the best", "floor", law.DISTANCE),
        Mutant("half of the fit's", "floor", law.DISTANCE / 2),
        Mutant("of the deviations", "floor", SIGMA2 * (1 - KAP) ** 2),
        Mutant("paid in every generation", "risk", law.DRIFT + s.n * law.DISTANCE),
        Mutant("drift alone", "risk", law.DRIFT),
        Mutant("paid, but no drift", "risk", law.DISTANCE),
        Mutant("mended by samples", "risk", law.DRIFT + law.DISTANCE / s.M),
        Mutant("best laws all the way", "risk", law.DRIFT + law.FLOOR),
        Mutant("once, not twice (axes)", "axes", s.trace * (1 - KAP)),
        Mutant("for each axis the whole trace", "axes", 2 * law.AXES),
        Mutant("square of the mean", "axes", 2 * s.trace * (1 - KAP**2)),
    ),
)

CASES = (ONE_NORMAL_CASE,)
