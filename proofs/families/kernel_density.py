"""Evidence on refitted kernel densities: all outcomes, exact moments, and runs of three kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import sympy as sp

from numerics import kernel_density, moments_kernel_density
from numerics.kernel_density import KERNELS, Kernel
from numerics.kernel_density_outcomes import Atoms, moments_after
from numerics.moments_kernel_density import Estimate
from numerics.start import Start
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import FOURTH
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Observation
from theory import symbols as s
from theory.families import kernel_density as law

Look = Callable[[Setting, Bench], list[Observation]]
Terms = Mapping[tuple[int, int], int]

ONE = Fraction(1)
#: Fourth moments of the kernels, each of variance 1.
FOURTH_OF_KERNEL: Mapping[Kernel, Fraction] = {
    "gaussian": Fraction(3),
    "rectangular": Fraction(9, 5),
    "epanechnikov": Fraction(15, 7),
}
#: Laws of mean 0 and variance 1 with few atoms.
ATOMS: Mapping[str, Atoms] = {
    "two-point": ((-ONE, ONE / 2), (ONE, ONE / 2)),
    "lopsided": ((-ONE / 2, 4 * ONE / 5), (2 * ONE, ONE / 5)),
}
#: Each quantity as a polynomial in mean and variance of the estimate: weights of mean^a variance^b.
QUANTITIES: Mapping[str, Terms] = {
    "variance": {(0, 1): 1},
    "drift": {(2, 0): 1},
    "total": {(0, 1): 1, (2, 0): 1},
}
OUTCOMES = "all outcomes of few points"
EXPANDED = "every point's moments"
RUNS = "forward runs, {} kernel"


def deviation(setting: Setting) -> Fraction:
    """Return the standard deviation of D_0, 1 unless the setting says otherwise."""
    return setting.numbers("sigma")[0] if "sigma" in setting.fixed else ONE


def bandwidth(setting: Setting) -> tuple[Fraction, bool]:
    """Return h or h_0, and whether it is h_0."""
    adaptive = "h0" in setting.fixed
    return setting.numbers("h0" if adaptive else "h")[0], adaptive


# --- exactly --------------------------------------------------------------------------------------


def after(setting: Setting, n: int, kernel: str = "lopsided") -> tuple[Fraction, Fraction]:
    """Return mean variance and drift after n generations, from all outcomes."""
    width, adaptive = bandwidth(setting)
    sigma = deviation(setting)
    start = tuple((sigma * place, weight) for place, weight in ATOMS[setting.start])
    return moments_after(start, ATOMS[kernel], setting.integer("M"), n, width, adaptive)


def enumerate_outcomes(quantity: str) -> Look:
    """Return the experiment that visits all outcomes of a generation."""

    def enumerate_(setting: Setting, bench: Bench) -> list[Observation]:
        found: list[Observation] = []
        for n in setting.generations:
            variance, drift = after(setting, n)
            value = {"variance": variance, "drift": drift, "total": variance + drift}[quantity]
            found.append(Exact(value))
        return found

    return enumerate_


def expanded(
    terms: Terms, setting: Setting, n: int, square: Fraction, adaptive: bool,
    kernel: Kernel = "gaussian",
) -> Fraction:  # fmt: skip
    """Return a sum of moments after n generations, for that square of h or h_0."""
    sigma = deviation(setting)
    start = (ONE, Fraction(0), sigma**2, Fraction(0), sigma**4 * FOURTH[setting.start])
    estimate = Estimate(setting.integer("M"), square, adaptive, FOURTH_OF_KERNEL[kernel])
    total = Fraction(0)
    for monomial, weight in terms.items():
        total += weight * moments_kernel_density.expected(monomial, estimate, n, start)
    return total


def enumerate_moments(quantity: str) -> Look:
    """Return the experiment that follows the moments of all points."""

    def enumerate_(setting: Setting, bench: Bench) -> list[Observation]:
        width, adaptive = bandwidth(setting)
        terms = QUANTITIES[quantity]
        return [Exact(expanded(terms, setting, n, width**2, adaptive)) for n in setting.generations]

    return enumerate_


def where_it_stays(value: Callable[[Fraction], Fraction], target: bool) -> Fraction:
    """Return the x with value(x) = x, or with value(x) = 1 (target), of a function seen affine."""
    zero, one, two = (value(Fraction(x)) for x in (1, 2, 3))
    slope = one - zero
    if two - one != slope:
        raise ArithmeticError(f"{zero}, {one}, {two} do not lie on a line")
    ends = zero - slope  # at x = 0
    return (1 - ends) / slope if target else ends / (1 - slope)


def enumerate_level(setting: Setting, bench: Bench) -> list[Observation]:
    """Return the variance of D_0 that one generation keeps: it is affine in it."""
    width, _ = bandwidth(setting)

    def mean_variance(square: Fraction) -> Fraction:
        start = (ONE, Fraction(0), square, Fraction(0), square**2)
        estimate = Estimate(setting.integer("M"), width**2)
        return moments_kernel_density.expected((0, 1), estimate, 1, start)

    return [Exact(where_it_stays(mean_variance, False))]


def measure_level(setting: Setting, bench: Bench) -> list[Observation]:
    """Return the mean variance in the generations where it no longer moves."""
    late = Setting(setting.fixed, (12 * setting.integer("M"),), setting.start)
    return measure("variance", "rectangular", 40_000)(late, bench)


def enumerate_infinite(setting: Setting, bench: Bench) -> list[Observation]:
    """Return the variance of D_0 with n kernels added, from all sums of their atoms."""
    width, _ = bandwidth(setting)
    sigma = deviation(setting)
    found: list[Observation] = []
    for n in setting.generations:
        summed = {sigma * place: weight for place, weight in ATOMS[setting.start]}
        for _ in range(n):
            longer: dict[Fraction, Fraction] = {}
            for place, weight in summed.items():
                for step, share in ATOMS["lopsided"]:
                    at = place + width * step
                    longer[at] = longer.get(at, Fraction(0)) + weight * share
            summed = longer
        mean = sum((place * weight for place, weight in summed.items()), Fraction(0))
        square = sum((place**2 * weight for place, weight in summed.items()), Fraction(0))
        found.append(Exact(square - mean**2))
    return found


def enumerate_critical(setting: Setting, bench: Bench) -> list[Observation]:
    """Return the square of h_0 that keeps the mean variance: it is affine in it."""

    def grown(square: Fraction) -> Fraction:
        return expanded(QUANTITIES["variance"], setting, 1, square, True)

    return [Exact(where_it_stays(grown, True))]


def enclose_rule(setting: Setting, bench: Bench) -> list[Observation]:
    """Return the growth with the rule of thumb: between those with two rational h_0^2."""
    size, scale = setting.integer("M"), 2**80
    below = sp.integer_nthroot(16 * scale**5 // (9 * size**2), 5)[0]
    ends = (Fraction(int(below), scale), Fraction(int(below) + 1, scale))
    low, high = (expanded(QUANTITIES["variance"], setting, 1, end, True) for end in ends)
    return [Enclosed(low, high)]


# --- by simulation --------------------------------------------------------------------------------


def measure(quantity: str, kernel: Kernel, replicates: int = 90_000) -> Look:
    """Return the experiment that draws every point."""

    def measure_(setting: Setting, bench: Bench) -> list[Observation]:
        width, adaptive = bandwidth(setting)
        run = simulate(f"{quantity} {kernel}", setting, bench, float(width), adaptive, kernel,
                       replicates)  # fmt: skip
        values = {
            "variance": run.variance,
            "drift": run.mean**2,
            "total": run.variance + run.mean**2,
        }[quantity]
        squared = {
            (a + b, c + d): 2 if (a, c) != (b, d) else 1
            for a, c in QUANTITIES[quantity]
            for b, d in QUANTITIES[quantity]
        }
        seconds = (
            expanded(squared, setting, n, width**2, adaptive, kernel) for n in setting.generations
        )
        return [
            sampled.known_second_moment(values[:, g], float(second) * (1 + ROUNDING))
            for g, second in enumerate(seconds)
        ]

    return measure_


def simulate(
    experiment: str, setting: Setting, bench: Bench, width: float, adaptive: bool, kernel: Kernel,
    replicates: int,
) -> kernel_density.KernelRun:  # fmt: skip
    """Return kernel density runs from a D_0 of mean 0."""
    start = Start.named(setting.start, root=float(deviation(setting)))
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> kernel_density.KernelRun:
        return kernel_density.simulate(
            start, setting.integer("M"), setting.generations, key, first, last, width, kernel,
            adaptive,
        )  # fmt: skip

    return bench.campaign(work, bench.replicates(replicates))


def measure_rule(setting: Setting, bench: Bench) -> list[Observation]:
    """Return the mean variance of the estimate from D_0 of variance 1, with the rule of thumb."""
    size = setting.integer("M")
    width = (4 / (3 * size)) ** 0.2
    one = Setting(setting.fixed, (1,), setting.start)
    run = simulate("rule", one, bench, width, True, "epanechnikov", 90_000)
    square = Fraction(width) ** 2 * (1 + Fraction(1, 10**9))
    second = expanded({(0, 2): 1}, setting, 1, square, True, "epanechnikov")
    found: list[Observation] = [
        sampled.known_second_moment(run.variance[:, 0], float(second) * (1 + ROUNDING))
    ]
    return found


# --- D06 ------------------------------------------------------------------------------------------

FEW = (
    setting((0, 1, 3), start="two-point", M=2, h="1/2"),
    setting((1, 2), start="lopsided", M=3, h=1, sigma=2),
    setting((2,), start="lopsided", M=1, h="1/3"),
    setting((1,), start="two-point", M=5, h=2),
)
MANY = (setting((1, 20), M=10, h="1/10"), setting((3, 12), M=50, h=2, sigma=3))
DRAWN = (
    setting((1, 6), M=6, h="1/2"),
    setting((3,), start="uniform", M=10, h=1, sigma="1/2"),
)

WANDERING_CASE = Case(
    law.WANDERING,
    witnesses=(
        *(
            Witness(Route.ENUMERATED, name, enumerate_outcomes(name), FEW, OUTCOMES, 2)
            for name in QUANTITIES
        ),
        *(
            Witness(Route.ENUMERATED, name, enumerate_moments(name), MANY, EXPANDED)
            for name in QUANTITIES
        ),
        *(
            Witness(
                Route.MEASURED, name, measure(name, kernel), DRAWN, RUNS.format(kernel), margin=0.05
            )
            for kernel, name in zip(KERNELS, QUANTITIES, strict=True)
        ),
        Witness(
            Route.ENUMERATED,
            "level",
            enumerate_level,
            (setting(M=2, h=1), setting(M=7, h="3/5"), setting(M=1, h=2)),
            EXPANDED,
            2,
        ),
        Witness(
            Route.MEASURED,
            "level",
            measure_level,
            (setting(M=4, h="1/2"),),
            RUNS.format("rectangular"),
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "infinite",
            enumerate_infinite,
            (
                setting((0, 1, 6), start="lopsided", h="1/2"),
                setting((4,), start="two-point", h=3, sigma="1/2"),
            ),
            "all sums of atoms",
            2,
        ),
    ),
    mutants=(
        Mutant("kernels forgotten", "variance", s.sigma**2 * law.KEPT**s.n),
        Mutant("nothing lost", "variance", law.TOTAL),
        Mutant("M - 1 for M", "variance", law.VARIANCE.subs(s.M, s.M - 1)),
        Mutant("kernel lost with the points", "variance", law.VARIANCE - law.H**2),
        Mutant("h for h^2", "variance", law.VARIANCE.subs(law.H, sp.sqrt(law.H))),
        Mutant("no last kernel", "total", law.TOTAL - law.H**2),
        Mutant("half a kernel", "total", s.sigma**2 + s.n * law.H**2 / 2),
        Mutant("deviations added", "total", (s.sigma + s.n * law.H) ** 2),
        Mutant("kernels shared by M", "total", s.sigma**2 + s.n * law.H**2 / s.M),
        Mutant("plain refit", "drift", s.sigma**2 * (1 - law.KEPT**s.n)),
        Mutant("h^2 a generation", "drift", s.n * law.H**2),
        Mutant("sigma^2 / M a generation", "drift", s.n * s.sigma**2 / s.M),
        Mutant("one generation ahead", "drift", law.DRIFT.subs(s.n, s.n + 1)),
        Mutant("unbiased level", "level", (s.M - 1) * law.H**2),
        Mutant("level h^2", "level", law.H**2),
        Mutant("width M h", "level", (s.M * law.H) ** 2),
        Mutant("collapse", "level", sp.Integer(0)),
        Mutant("no kernel at first", "infinite", s.sigma**2 + (s.n - 1) * law.H**2),
        Mutant("bandwidths added", "infinite", s.sigma**2 + s.n**2 * law.H**2),
        Mutant("kept within bounds", "infinite", s.sigma**2 + law.H**2),
    ),
)


# --- D07 ------------------------------------------------------------------------------------------

PAIRS = (
    setting((0, 1, 3), start="two-point", M=2, h0="1/2"),
    setting((1, 3), start="lopsided", M=2, h0=2, sigma=3),
)
SCALED = (
    setting((1, 5), M=3, h0="7/10"),
    setting((2, 20), M=10, h0="1/3", sigma=2),
    setting((30,), M=50, h0="1/2"),
)
THUMB = (setting(M=2), setting(M=3), setting(M=10), setting(M=324), setting(M=10_000))
BELOW = 1 - 1 / (s.M - 1)

EXPLODING_CASE = Case(
    law.EXPLODING,
    witnesses=(
        Witness(
            Route.ENUMERATED, "variance", enumerate_outcomes("variance"), PAIRS, OUTCOMES, 2
        ),
        Witness(
            Route.ENUMERATED, "variance", enumerate_moments("variance"), SCALED, EXPANDED, 2
        ),
        *(
            Witness(
                Route.MEASURED,
                "variance",
                measure("variance", kernel),
                (setting((1, 4), M=8, h0="1/2"), setting((2,), start="uniform", M=5, h0="1/5")),
                RUNS.format(kernel),
                margin=0.05,
            )
            for kernel in KERNELS[:2]
        ),
        Witness(
            Route.ENUMERATED,
            "critical",
            enumerate_critical,
            tuple(setting(M=size) for size in (2, 3, 10, 1000)),
            EXPANDED,
            3,
        ),
        Witness(Route.ENCLOSED, "rule-of-thumb", enclose_rule, THUMB, EXPANDED, 3),
        Witness(
            Route.MEASURED,
            "rule-of-thumb",
            measure_rule,
            (setting(M=5), setting(M=30)),
            RUNS.format("epanechnikov"),
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("unbiased spread", "variance", s.sigma**2 * (1 + law.RATIO**2) ** s.n),
        Mutant("h_0 for h_0^2", "variance", law.SCALED.subs(law.RATIO, sp.sqrt(law.RATIO))),
        Mutant(
            "kernel beside the loss", "variance",
            s.sigma**2 * (1 - 1 / s.M + law.RATIO**2) ** s.n,
        ),
        Mutant("one generation too few", "variance", law.SCALED.subs(s.n, s.n - 1)),
        Mutant("no compounding", "variance", s.sigma**2 * (1 + s.n * (law.FACTOR - 1))),
        Mutant("1/M", "critical", 1 / s.M),
        Mutant("h_0 itself", "critical", 1 / sp.sqrt(s.M - 1)),
        Mutant("two degrees lost", "critical", 2 / (s.M - 1)),
        Mutant("one more point", "critical", 1 / (s.M + 1)),
        Mutant("unbiased rule", "rule-of-thumb", 1 + law.RULE),
        Mutant("1.06 for (4/3)^(1/5)", "rule-of-thumb",
               law.KEPT * (1 + sp.Rational(53, 50) ** 2 / s.M ** sp.Rational(2, 5))),
        Mutant("h_0 of the rule unsquared", "rule-of-thumb", law.KEPT * (1 + sp.sqrt(law.RULE))),
        Mutant("rule neither grows nor falls", "rule-of-thumb", sp.Integer(1)),
        Mutant("loss of M - 1", "rule-of-thumb", BELOW * (1 + law.RULE)),
    ),
)  # fmt: skip

CASES = (WANDERING_CASE, EXPLODING_CASE)
