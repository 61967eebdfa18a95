"""Evidence on the W2 risk in d dimensions, and on the trace of the root of the covariance."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, fmpq

from numerics import gaussian, quadrature
from numerics.start import Start
from numerics.wasserstein import covariance_root
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian import spectra
from proofs.gaussian.dimensions import Floats, axes, shape, simulate
from proofs.gaussian.refitting import divisor
from proofs.gaussian.retraining import CONTRACTION_MUTANTS, CONTRACTION_WITNESS
from proofs.gaussian.spectra import ENCLOSURE_BITS, Number, diagonal
from proofs.gaussian.walk import expected
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian import transport as law
from theory.gaussian.transport import NU, RISK_BOUNDS, TRACE_OF_ROOT
from theory.hypergeometric import Gauss
from theory.rounding import ends

HALF = Fraction(1, 2)


def root_of_points(size: int, over: int, axes_: int) -> arb:
    """Return E tr S^(1/2) for 2 or 3 standard normal points on a line or in the plane.

    over: the divisor of S. On a line it is integrated over the points. Two points in the plane have
    one nonzero eigenvalue, half the squared length of their difference. For three, S is G^T G with
    four independent normals a, b, c, d as entries of G, their differences whitened: (tr S^(1/2))^2
    is a^2 + b^2 + c^2 + d^2 + 2 abs(a d - b c), the larger of the squared lengths of
    (a + d, c - b) and (a - d, c + b), which are independent with coordinates of variance 2. The
    larger of two lengths is their sum less the smaller one, and the squared smaller one is half an
    exponential.
    """
    if axes_ == 1:
        return quadrature.expected_root_of_points(size, over, ENCLOSURE_BITS)
    assert axes_ == 2
    length = quadrature.expected_power(2, over, HALF, ENCLOSURE_BITS)
    if size == 2:
        return length
    assert size == 3
    return arb(2).sqrt() * length * (2 - 1 / arb(2).sqrt())


# ------------------------------------------------------------- the trace of the root


def rooted(generations: tuple[int, ...], roots: tuple[int, ...], M: int, **more: Number) -> Setting:
    """Return a setting whose start has the squares of these deviations as eigenvalues."""
    variances = [r * r for r in roots]
    return diagonal(generations, variances, M=M, d=len(roots), root=sum(roots), **more)


def enclose_root(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E tr Sigma_n^(1/2): on a line for any n, in the plane for one fit of N(0, I)."""
    size, variances = setting.integer("M"), spectra.variances(setting)
    one = root_of_points(size, divisor(setting, size), len(variances))
    found = []
    for n in setting.generations:
        assert len(variances) == 1 or (n == 1 and set(variances) == {1})
        start = setting.integer("root") if len(variances) == 1 else 1
        found.append(Enclosed(*ends(start * one**n)))
    return found


def measure_root(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean trace of the root; by Schwarz its square is at most d times the trace.

    The mean trace is exact, and with the MLE at most that of the start.
    """

    def trace_of_root(run: gaussian.MultivariateRun) -> Floats:
        values = np.maximum(spectra.eigenvalues(run), 0.0)
        return np.asarray(np.sqrt(values).sum(axis=-1))

    values = spectra.simulate("root", setting, bench, 60_000, trace_of_root)
    second = float(setting.integer("d") * sum(spectra.variances(setting)))
    return [sampled.known_second_moment(column, second) for column in values.T]


TRACE_OF_ROOT_CASE = Case(
    TRACE_OF_ROOT,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "trace-root",
            enclose_root,
            (
                rooted((1, 6), (3,), 2),
                rooted((2,), (1,), 3, estimator="mle"),
                rooted((1,), (1, 1), 3),
                rooted((1,), (1, 1), 2, estimator="mle"),
                rooted((40,), (2,), 3),
            ),
            "ball quadrature over the points",
            quick=3,
        ),
        Witness(
            Route.MEASURED,
            "trace-root",
            measure_root,
            (
                rooted((1, 8), (1, 2), 6),
                rooted((4,), (1, 1, 1), 5, estimator="mle"),
                rooted((2,), (1, 2, 3, 4), 3),
            ),
            "forward runs, eigenvalues",
        ),
        CONTRACTION_WITNESS,
    ),
    mutants=(
        *CONTRACTION_MUTANTS,
        Mutant(
            "rate of the root of the trace",
            "trace-root",
            s.trace_of_root * s.c4(s.d * (s.M - 1) + 1) ** (2 * s.n),
        ),
        Mutant(
            "one point too few",
            "trace-root",
            s.trace_of_root * s.c4(s.M - 1) ** s.n,
        ),
        Mutant("one point too many", "trace-root", s.trace_of_root * s.c4(s.M + 1) ** s.n),
        Mutant(
            "one generation too many",
            "trace-root",
            law.TRACE_ROOT.subs(s.n, s.n + 1),
            law.TRACE_ROOT_MLE.subs(s.n, s.n + 1),
        ),
        Mutant("estimators exchanged", "trace-root", law.TRACE_ROOT_MLE, law.TRACE_ROOT),
        Mutant("never falls", "trace-root", s.trace_of_root, s.trace_of_root),
        Mutant("twice the bound", "trace-root", 2 * law.TRACE_ROOT, 2 * law.TRACE_ROOT_MLE),
    ),
)


# ------------------------------------------------------------------------ the W2 risk


def shaped(generations: tuple[int, ...], variances: tuple[int, ...], M: int) -> Setting:
    """Return a setting whose start has these eigenvalues."""
    return axes(generations, M, variances, det=math.prod(variances))


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E W2^2 on a line for any n, and in the plane for one fit of N(0, v I).

    Drift and trace are expanded exactly; the overlap is v times an integral.
    """
    size = setting.integer("M")
    _, variances = shape(setting)
    one = root_of_points(size, size - 1, len(variances))
    found = []
    for n in setting.generations:
        assert len(variances) == 1 or (n == 1 and len(set(variances)) == 1)
        known = expected(setting, (2, 0), n) + expected(setting, (0, 1), n) + sum(variances)
        ball = arb(fmpq(known.numerator, known.denominator)) - 2 * variances[0] * one**n
        found.append(Enclosed(*ends(ball)))
    return found


def enclose_plane(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E W2^2 of one fit of 2 or 3 points in the plane."""
    (sigma,) = setting.numbers("sigma")
    same = axes((1,), setting.integer("M"), (int(sigma**2),) * 2)
    return enclose_risk(same, bench)


def overlap(run: gaussian.MultivariateRun, start: Start) -> Floats:
    """Return tr(R C R)^(1/2), C the fitted covariance and R the root of the real one, (R, G)."""
    root = covariance_root(start.covariance)
    return np.asarray(
        np.sqrt(np.maximum(np.linalg.eigvalsh(root @ run.covariance @ root), 0.0)).sum(axis=-1)
    )


def measure_risk(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return E W2^2: exact drift and traces, less twice the overlap in simulated runs.

    By Schwarz the squared overlap is at most d tr(R C R), whose mean is d tr Sigma_0^2.
    """
    values = simulate("risk", setting, bench, 60_000, overlap)
    _, variances = shape(setting)
    second = float(len(variances) * sum(v * v for v in variances))
    found = []
    for column, n in zip(values.T, setting.generations, strict=True):
        known = expected(setting, (2, 0), n) + expected(setting, (0, 1), n) + sum(variances)
        found.append(less(float(known), sampled.known_second_moment(column, second)))
    return found


def less(known: float, seen: Sampled) -> Sampled:
    """Return the observation of a known number less twice what was seen."""

    def interval(alpha: float) -> tuple[float, float]:
        low, high = seen.ends(alpha)
        return known - 2 * high, known - 2 * low

    return Sampled(known - 2 * seen.estimate, seen.replicates, interval, seen.method)


def measure_plane(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean W2^2 of one fit in the plane, in the same way."""
    (sigma,) = setting.numbers("sigma")
    return measure_risk(axes((1,), setting.integer("M"), (int(sigma**2),) * 2), bench)


CLOSE = (
    shaped((1, 8), (1,), 2),
    shaped((1, 10), (4,), 3),
    shaped((1,), (1, 1), 3),
)
IN_SPACE = (
    shaped((2, 5), (1, 1), 4),
    shaped((3,), (4, 5, 6), 6),
    shaped((3,), (1, 9), 5),
)


def risk_witnesses(quantity: str) -> tuple[Witness, ...]:
    """Return the evidence on E W2^2 that both of its bounds are confronted with."""
    return (
        Witness(
            Route.ENCLOSED,
            quantity,
            enclose_risk,
            CLOSE,
            "expanded polynomials and ball quadrature over the points",
            quick=2,
        ),
        Witness(
            Route.MEASURED, quantity, measure_risk, IN_SPACE, "forward runs, matrix square roots"
        ),
    )


def plane(overlap_: sp.Expr) -> sp.Expr:
    """Return the risk of one fit in the plane with another mean trace of the root."""
    return s.sigma**2 * (2 / s.M + 4 - 2 * overlap_)


RISK_BOUNDS_CASE = Case(
    RISK_BOUNDS,
    witnesses=(
        *risk_witnesses("lower"),
        *risk_witnesses("upper"),
        Witness(
            Route.ENCLOSED,
            "plane",
            enclose_plane,
            (setting(M=3, sigma=1), setting(M=2, sigma=3), setting(M=3, sigma=2)),
            "expanded polynomials and ball quadrature over the points",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "plane",
            measure_plane,
            (setting(M=4, sigma=1), setting(M=6, sigma=2)),
            "forward runs, matrix square roots",
            margin=0.1,
        ),
    ),
    mutants=(
        Mutant("three halves", "lower", sp.Rational(3, 2) * s.trace * s.n / s.M),
        Mutant("d drifts too many", "lower", law.LOWER + s.trace),
        Mutant(
            "rate of the trace",
            "lower",
            s.trace * (s.n / s.M + 2 * (1 - law.ON_A_LINE**2)),
        ),
        Mutant("drift left out", "lower", law.LOWER - s.trace * s.n / s.M),
        Mutant("two traces more", "upper", s.trace * (s.n / s.M + 2)),
        Mutant("lower bound", "upper", s.trace * (s.n / s.M + 1 - law.ON_A_LINE)),
        Mutant(
            "all heights alike",
            "upper",
            s.trace * (s.n / s.M + 2) - 2 * s.d * s.det ** (1 / s.d) * s.c4(s.M + 1) ** s.n,
        ),
        Mutant("round for ever", "upper", s.trace * s.n / s.M),
        Mutant("as on two lines", "plane", plane(2 * s.c4(s.M))),
        Mutant(
            "round",
            "plane",
            plane(sp.sqrt(2) * law.MEAN_ROOT_OF_TRACE),
        ),
        Mutant("M for M - 1", "plane", law.PLANE.subs(s.M, s.M + 1)),
        Mutant(
            "shape of one more point",
            "plane",
            plane(law.MEAN_ROOT_OF_TRACE * Gauss(-HALF, NU, NU + 1, -1)),
        ),
        Mutant("leading order", "plane", 3 * s.sigma**2 / s.M),
    ),
)

CASES = (TRACE_OF_ROOT_CASE, RISK_BOUNDS_CASE)
