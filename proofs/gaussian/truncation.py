"""Evidence on refits of points that are cut off: expansions with cut moments, and simulation."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from numerics import moments_variants
from numerics.gaussian_variants import Variant
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian import varied
from proofs.gaussian.varied import BITS, ball, enclosed
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian import truncation as law
from theory.gaussian.truncation import INSIDE, KEPT, PEAK, TRUNCATION, C


def expanded(setting: Setting, order: int, generations: int) -> arb:
    """Return a ball around E variance^order, every point expanded, cut moments integrated."""
    cut = setting.numbers("c")[0]

    def moment(power: int) -> Fraction | arb:
        return moments_variants.cut_moment(power, cut, BITS)

    size = setting.integer("M")
    return ball(moments_variants.expected((0, order), size, generations, moment=moment))


def enclose_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean variance."""
    return [enclosed(expanded(setting, 1, n)) for n in setting.generations]


def measure_mean(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean variance of simulated runs, its second moment by expansion."""
    variant = Variant(cut=float(setting.numbers("c")[0]))
    seen = varied.run("mean", setting, bench, 400_000, variant)
    return [
        sampled.known_second_moment(
            seen.variance[:, g], float(expanded(setting, 2, n).upper()) * (1 + ROUNDING)
        )
        for g, n in enumerate(setting.generations)
    ]


LOST = 2 * C * PEAK

TRUNCATION_CASE = Case(
    TRUNCATION,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "mean",
            enclose_mean,
            (
                setting((1, 3), M=2, c=1),
                setting((0, 2), M=5, c=3),
                setting((1, 20), M=3, c="1/2"),
                setting((4,), M=10, c="8/5"),
            ),
            "every point expanded; moments by ball quadrature",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "mean",
            measure_mean,
            (setting((1, 5), M=5, c=1), setting((2, 6), M=10, c=2), setting((10,), M=20, c=3)),
            "forward runs, all points drawn",
            margin=0.03,
        ),
    ),
    mutants=(
        Mutant("not cut", "mean", s.sigma**2),
        Mutant("chance of staying inside", "mean", s.sigma**2 * INSIDE**s.n),
        Mutant("points lost, not redrawn", "mean", s.sigma**2 * (INSIDE - LOST) ** s.n),
        Mutant("one tail", "mean", s.sigma**2 * (1 - C * PEAK / INSIDE) ** s.n),
        Mutant("MLE", "mean", s.sigma**2 * (KEPT * (1 - 1 / s.M)) ** s.n),
        Mutant("real data not cut", "mean", law.MEAN.subs(s.n, s.n - 1)),
        Mutant("half width of a uniform", "mean", s.sigma**2 * (C**2 / 3) ** s.n),
        Mutant("clipped at the cut", "mean", s.sigma**2 * sp.Max(
            INSIDE - LOST + C**2 * (1 - INSIDE), 0) ** s.n),
    ),
)  # fmt: skip

CASES = (TRUNCATION_CASE,)
