"""Evidence on repeated ridge fits of an orthogonal design."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from numerics.linear_noise import Expansion, expand
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.regression import refitting
from proofs.regression.refitting import RUNS, number
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.regression import ridge as law
from theory.regression.model import NOISE, SIGNAL, T
from theory.regression.ridge import KEPT, LAM, RIDGE_CLAIM, SPREAD

#: Orthogonal columns of squared length T, by T.
DESIGNS: dict[int, tuple[tuple[int, ...], ...]] = {
    1: ((1,),),
    2: ((1, 1), (1, -1)),
    3: ((1, 1, 1),),
    4: ((1, 1, 1, 1), (1, -1, 1, -1), (1, 1, -1, -1), (1, -1, -1, 1)),
    5: ((1, 2, 0, 0, 0), (2, -1, 0, 0, 0), (0, 0, 1, 2, 0)),
}
FOLLOWED = "all noise followed exactly"


def design(setting: Setting) -> list[list[int]]:
    """Return the rows of the design."""
    columns = DESIGNS[setting.integer("T")][: setting.integer("d")]
    return [list(row) for row in zip(*columns, strict=True)]


def expansion(setting: Setting, rounds: int) -> Expansion:
    """Return the weights after 1..rounds rounds, all noise followed."""
    return expand(design(setting), rounds, number(setting, "lam"))


def weights(setting: Setting) -> list[Fraction]:
    """Return true weights of squared length w2 on the first axis, up to a common root."""
    return [Fraction(int(j == 0)) for j in range(setting.integer("d"))]


def parts(setting: Setting) -> list[tuple[Fraction, Fraction]]:
    """Return bias and spread at the generations; all directions are alike."""
    found = expansion(setting, max(*setting.generations, 1))
    signal, noise = number(setting, "w2"), number(setting, "sigma") ** 2
    unit = weights(setting)
    return [(signal * found.bias(n, unit), noise * found.spread(n)) for n in setting.generations]


def enumerate_error(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the error."""
    return [Exact(bias + spread) for bias, spread in parts(setting)]


def enumerate_limit(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the error where the spread stays what it is, nothing being left of the truth."""
    found = expansion(setting, 1)
    kept, spread = found.truth[0][0][0], number(setting, "sigma") ** 2 * found.spread(1)
    assert found.truth[0] == [
        [kept * int(i == j) for j in range(setting.integer("d"))]
        for i in range(setting.integer("d"))
    ]
    return [Exact(number(setting, "w2") + spread / (1 - kept**2))]


def measure_error(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the error in forward runs; the weights are normal, of known mean and spread."""
    seen = refitting.run(
        "ridge", setting, bench, 80_000, estimator="ridge", penalty=float(number(setting, "lam")),
        design=np.array(design(setting), np.float64),
    )  # fmt: skip
    second = {
        n: float((bias + spread) ** 2 + 2 * spread**2 + 4 * bias * spread)
        for n, (bias, spread) in zip(setting.generations, parts(setting), strict=True)
    }
    return refitting.measured(refitting.errors(seen, setting), lambda n: second[n], setting)


FITS = (
    setting((0, 1, 3), T=1, d=1, lam=1),
    setting((1, 2), T=2, d=2, lam="1/3", sigma="1/2"),
    setting((2, 5), T=5, d=3, lam=2, w2=4),
    setting((4,), T=3, d=1, lam=10, sigma=0),
    setting((3,), T=4, d=4, lam="1/10", w2=0, sigma=3),
)

RIDGE_CASE = Case(
    RIDGE_CLAIM,
    witnesses=(
        Witness(Route.ENUMERATED, "error", enumerate_error, FITS, FOLLOWED, quick=3),
        Witness(
            Route.MEASURED,
            "error",
            measure_error,
            (
                setting((1, 4), T=4, d=3, lam=1, w2=2),
                setting((2,), T=5, d=2, lam="1/2"),
                setting((10,), T=2, d=1, lam=3, sigma=2),
            ),
            RUNS,
            margin=0.06,
        ),
        Witness(
            Route.ENUMERATED,
            "limit",
            enumerate_limit,
            tuple(Setting(one.fixed) for one in FITS),
            "one round, and its fixed point",
            quick=2,
        ),
    ),
    mutants=(
        Mutant("noise alone", "error", SPREAD),
        Mutant("bias alone", "error", law.ERROR - SPREAD),
        Mutant("noise not shrunk", "error", law.ERROR - SPREAD + SPREAD / KEPT**2),
        Mutant("bias opened wrongly", "error", (1 - KEPT ** (2 * s.n)) * SIGNAL + SPREAD),
        Mutant("one fit", "error", law.ERROR.subs(s.n, 1)),
        Mutant("penalty per row", "error", law.ERROR.subs(LAM, T * LAM)),
        Mutant("truth kept", "limit", law.LIMIT - SIGNAL),
        Mutant("noise of one fit", "limit", SIGNAL + NOISE**2 * s.d * KEPT**2 / T),
        Mutant(
            "shrunk once",
            "limit",
            SIGNAL + NOISE**2 * s.d * KEPT**2 / (T * (1 - KEPT)),
        ),
    ),
)

CASES = (RIDGE_CASE,)
