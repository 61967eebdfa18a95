"""Evidence on the Lyapunov exponents of the covariance and on its condition number.

Between two generations at which the eigenvalues lie far apart, the mean growth of the logarithm of
each is its exponent, up to a correction of the order of the ratio of two of them.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import gaussian, quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.gaussian import spectra
from proofs.gaussian.long_runs import LONG as LONG_RUN
from proofs.gaussian.long_runs import measure_spectrum
from proofs.gaussian.spectra import ENCLOSURE_BITS, Floats, Number, diagonal
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian import exponents as law
from theory.gaussian.exponents import CONDITION_NUMBER, LYAPUNOV_SPECTRUM
from theory.rounding import ends

#: Generations between which the growth is taken: late ones from N(0, I), and any from eigenvalues
#: that lie far apart, few of them, so that the smaller ones are not lost in rounding.
LATE, ANY = (30, 90), (1, 31)
#: Room in the variance of the growth for what is left of the start.
ROOM = 1.25
#: Eigenvalues above this share of the largest are accurate to better than a part in a thousand.
RESOLVED = 1e-12
#: Generations of the long runs.
LONG = (100, 1100)
#: Dimensions and samples of the longest ones.
SPACE = (50, 60)


def isotropic(d: int, M: int, **more: Number) -> Setting:
    """Return a setting that starts at N(0, I)."""
    return diagonal((), (1,) * d, M=M, d=d, **more)


def apart(d: int, M: int, **more: Number) -> Setting:
    """Return a setting whose eigenvalues each are a hundredth of the one before."""
    return diagonal((), [Fraction(1, 100**j) for j in range(d)], M=M, d=d, **more)


def logarithms(run: gaussian.MultivariateRun) -> Floats:
    """Return the logarithms of the eigenvalues, the largest first, (R, G, d).

    The smallest is what the determinant, which is tracked without cancellation, leaves for it.
    """
    found = np.empty(run.covariance.shape[:-1])
    values = spectra.eigenvalues(run)[..., :-1]
    if values.size and (values[..., -1] < RESOLVED * values[..., 0]).any():
        raise ArithmeticError("an eigenvalue is lost in the rounding of a larger one")
    found[..., :-1] = np.log(values)
    found[..., -1] = run.log_determinant - found[..., :-1].sum(axis=-1)
    return found


def growth(
    experiment: str, setting: Setting, bench: Bench, function: Callable[[Floats], Floats]
) -> Sampled:
    """Return the mean growth a generation of a function of the logarithms (R, G, d)."""
    between = LATE if len(set(spectra.variances(setting))) == 1 else ANY
    values = spectra.simulate(
        experiment, setting, bench, 5000, lambda run: function(logarithms(run)), between
    )
    steps = between[1] - between[0]
    return sampled.known_variance(
        (values[:, 1] - values[:, 0]) / steps, ROOM * spread(setting) / steps
    )


def spread(setting: Setting) -> float:
    """Return the variance of the logarithms of the heights that the growth is made of."""
    size = setting.integer("M")
    places = (setting.integer("i"),) if "i" in setting.fixed else (1, setting.integer("d"))
    return sum(float(quadrature.variance_log(size - i, ENCLOSURE_BITS).upper()) for i in places)


def measure_exponent(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean growth of the logarithm of one eigenvalue."""
    place = setting.integer("i") - 1
    return [growth("exponent", setting, bench, lambda logs: logs[..., place])]


def measure_condition(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean growth of the logarithm of the condition number."""
    return [growth("condition", setting, bench, lambda logs: logs[..., 0] - logs[..., -1])]


def enclose_exponent(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean logarithm of the variance of two points on a line."""
    return [Enclosed(*ends(spectra.corner_log(setting)))]


def measure_long(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the growth of the trace over long runs: that of the largest eigenvalue."""
    assert setting.integer("i") == 1

    def log_trace(run: gaussian.MultivariateRun) -> Floats:
        return np.asarray(np.log(np.trace(run.covariance, axis1=2, axis2=3)))

    values = spectra.simulate("long", setting, bench, 400, log_trace, LONG)
    steps = LONG[1] - LONG[0]
    return [
        sampled.known_variance(
            (values[:, 1] - values[:, 0]) / steps, ROOM * spread(setting) / steps
        )
    ]


def exponent(freedom: sp.Expr, divisor: sp.Expr) -> sp.Expr:
    """Return the mean logarithm of a chi-square over a divisor."""
    return sp.digamma(freedom / 2) - sp.log(divisor / 2)


LYAPUNOV_SPECTRUM_CASE = Case(
    LYAPUNOV_SPECTRUM,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "exponent",
            enclose_exponent,
            (isotropic(1, 2, i=1), isotropic(1, 2, i=1, estimator="mle")),
            "ball quadrature, two points on a line",
        ),
        Witness(
            Route.MEASURED,
            "exponent",
            measure_exponent,
            (
                isotropic(2, 5, i=2),
                isotropic(2, 5, i=1),
                apart(3, 12, i=2),
                apart(3, 12, i=3),
                isotropic(2, 6, i=2, estimator="mle"),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.05,
        ),
        Witness(
            Route.MEASURED,
            "exponent",
            measure_long,
            (isotropic(3, 6, i=1), isotropic(5, 12, i=1, estimator="mle")),
            "long forward runs, all points drawn",
            margin=0.1,
        ),
        # The whole spectrum at d = 50 after 10^5 generations, each place with its own share of the
        # false-alarm budget. The largest two are small: what is chance is a larger part of them.
        Witness(
            Route.MEASURED,
            "exponent",
            measure_spectrum,
            (isotropic(3, 8, i=2), *(isotropic(*SPACE, i=i) for i in range(3, SPACE[0] + 1))),
            f"{LONG_RUN} generations, all points drawn, on a logarithmic scale",
            margin=0.1,
        ),
        Witness(
            Route.MEASURED,
            "exponent",
            measure_spectrum,
            (isotropic(3, 8, i=1), *(isotropic(*SPACE, i=i) for i in (1, 2))),
            f"{LONG_RUN} generations, all points drawn, on a logarithmic scale",
            margin=0.3,
        ),
    ),
    mutants=(
        Mutant("all alike", "exponent", exponent(s.M - 1, s.M - 1)),
        Mutant("mean of the exponents", "exponent", law.volume(s.d, s.M - 1) / s.d),
        Mutant("one freedom too many", "exponent", exponent(s.M - s.i + 1, s.M - 1)),
        Mutant("over its own freedom", "exponent", exponent(s.M - s.i, s.M - s.i)),
        Mutant("smallest first", "exponent", exponent(s.M - s.d - 1 + s.i, s.M - 1)),
        Mutant("estimators exchanged", "exponent", law.EXPONENT_MLE, law.EXPONENT),
        Mutant("rate of the deviation", "exponent", law.EXPONENT / 2, law.EXPONENT_MLE / 2),
        Mutant("first order", "exponent", -s.i / (s.M - 1)),
    ),
)

CONDITION_NUMBER_CASE = Case(
    CONDITION_NUMBER,
    witnesses=(
        Witness(
            Route.MEASURED,
            "rate",
            measure_condition,
            (
                isotropic(2, 5),
                apart(3, 12),
                apart(4, 30),
                isotropic(2, 6, estimator="mle"),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.1,
        ),
    ),
    mutants=(
        Mutant("shape kept", "rate", sp.Integer(0)),
        Mutant("first order", "rate", (s.d - 1) / (s.M - 1)),
        Mutant(
            "one dimension too many",
            "rate",
            sp.digamma((s.M - 1) / 2) - sp.digamma((s.M - s.d - 1) / 2),
        ),
        Mutant("M for M - 1", "rate", sp.digamma(s.M / 2) - sp.digamma((s.M - s.d) / 2)),
        Mutant("of the deviations", "rate", law.CONDITION_RATE / 2),
        Mutant("logarithms of the freedoms", "rate", sp.log((s.M - 1) / (s.M - s.d))),
    ),
)

CASES = (LYAPUNOV_SPECTRUM_CASE, CONDITION_NUMBER_CASE)
