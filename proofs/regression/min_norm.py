"""Evidence on pseudo-inverse fits of fewer rows than dimensions."""

from __future__ import annotations

from fractions import Fraction

from numerics.inverse_moments import inverse_trace, ratio
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.regression import refitting
from proofs.regression.refitting import RUNS, number
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.regression import min_norm as law
from theory.regression.min_norm import FORGOTTEN, GATHERED, MIN_NORM, NOISE_OF_ONE, SHARE
from theory.regression.model import NOISE, SIGNAL, T

INTEGRATED = "densities integrated; length and overlap followed round by round"


def kept(setting: Setting) -> Fraction:
    """Return the mean squared length of T coordinates of a random direction."""
    rows, d = setting.integer("T"), setting.integer("d")
    return ratio([(rows, 1), (d - rows, 0)], 1)


def added(setting: Setting) -> Fraction:
    """Return the squared length that the noise of one fit adds: X has d columns of T rows."""
    return number(setting, "sigma") ** 2 * inverse_trace(setting.integer("d"), setting.integer("T"))


def enumerate_error(setting: Setting, bench: Bench) -> list[Exact]:
    """Return |w_n|^2 - 2 w_n'w* + |w*|^2, followed round by round."""
    share, noise, signal = kept(setting), added(setting), number(setting, "w2")
    length, overlap = [signal], [signal]
    for _ in range(max(setting.generations)):
        length.append(share * length[-1] + noise)
        overlap.append(share * overlap[-1])
    return [Exact(length[n] - 2 * overlap[n] + signal) for n in setting.generations]


def enumerate_limit(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the error where length and overlap stay what they are."""
    share, noise, signal = kept(setting), added(setting), number(setting, "w2")
    return [Exact(noise / (1 - share) + signal)]


def enumerate_projection(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean share of a squared length that a projection keeps."""
    return [Exact(kept(setting))]


def measure_error(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the error in forward runs.

    Given the inputs, w_n - w* is normal: its mean has a squared length of n |w*|^2 at most, as
    each round forgets across what the next one keeps, and its noise only shrinks afterwards.
    """
    seen = refitting.run("min-norm", setting, bench, 100_000, estimator="min-norm")
    one = refitting.second_inverse_moment(setting.integer("d"), setting.integer("T")) ** 0.5
    one *= float(number(setting, "sigma")) ** 2
    signal = float(number(setting, "w2"))
    values = refitting.errors(seen, setting)
    return refitting.measured(values, lambda n: refitting.of_normal(n * (signal + one)), setting)


def measure_projection(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the squared length that one fit without noise leaves of the true weights."""
    once = Setting({**setting.fixed, "sigma": Fraction(0)}, (1,))
    seen = refitting.run("projection", once, bench, 50_000, estimator="min-norm")
    shares = (seen.weights[:, 0] ** 2).sum(axis=1)
    return [sampled.bounded(shares.clip(0.0, 1.0), 0.0, 1.0)]


FITS = (
    setting((0, 1, 3), T=1, d=3),
    setting((1, 2), T=2, d=5, sigma="1/2", w2=3),
    setting((2, 4), T=4, d=9, w2="1/4"),
    setting((30,), T=2, d=4, sigma=0),
    setting((5,), T=6, d=11, sigma=2, w2=0),
)
POINTS = tuple(Setting(one.fixed) for one in FITS)

MIN_NORM_CASE = Case(
    MIN_NORM,
    witnesses=(
        Witness(Route.ENUMERATED, "error", enumerate_error, FITS, INTEGRATED, quick=3),
        Witness(
            Route.MEASURED,
            "error",
            measure_error,
            (
                setting((1, 2), T=3, d=12),
                setting((1,), T=5, d=16, w2=2),
                setting((2,), T=2, d=10, w2="1/8"),
            ),
            RUNS,
            margin=0.12,
        ),
        Witness(Route.ENUMERATED, "limit", enumerate_limit, POINTS, INTEGRATED, quick=3),
        Witness(
            Route.ENUMERATED,
            "projection",
            enumerate_projection,
            POINTS,
            "density of a random direction, integrated",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "projection",
            measure_projection,
            (setting(T=3, d=7), setting(T=1, d=4)),
            RUNS,
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("noise alone", "error", GATHERED),
        Mutant("nothing forgotten", "error", s.n * NOISE_OF_ONE),
        Mutant(
            "no loss of one",
            "error",
            SIGNAL * FORGOTTEN + NOISE**2 * T / (s.d - T) * FORGOTTEN / (1 - SHARE),
        ),
        Mutant(
            "mean weights alone",
            "error",
            SIGNAL * FORGOTTEN**2 + GATHERED,
        ),
        Mutant("noise never forgotten", "error", SIGNAL * FORGOTTEN + s.n * NOISE_OF_ONE),
        Mutant(
            "rows and columns exchanged",
            "error",
            law.ERROR.subs(SHARE, 1 - SHARE),
        ),
        Mutant("noise alone (limit)", "limit", NOISE_OF_ONE / (1 - SHARE)),
        Mutant("truth alone", "limit", SIGNAL),
        Mutant("noise of the last fit", "limit", SIGNAL + NOISE_OF_ONE),
        Mutant("share of the root", "projection", SHARE**2),
        Mutant("what is forgotten", "projection", 1 - SHARE),
        Mutant("one dimension lost", "projection", T / (s.d - 1)),
    ),
)

CASES = (MIN_NORM_CASE,)
