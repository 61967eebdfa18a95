"""Evidence on laws blended from the fit, the law before and the real law."""

from __future__ import annotations

from numerics.workflow import Workflow
from proofs.case import Case, Route, Setting, Witness, setting
from proofs.discrete.distances import witnesses, wrong_balances
from proofs.discrete.loops import DIVERSITY, Loop, enumerated
from proofs.discrete.resampling import geometric, uniform
from theory import symbols as s
from theory.discrete.blend import BLEND_AS_PRINTED, BLENDED, BLENDS
from theory.discrete.distance import Balance

PAIR, THREE = ("1/3", "2/3"), ("1/2", "1/3", "1/6")


def blended(setting: Setting) -> Loop:
    """Return the loop with weights alpha, 1 - alpha - gamma, gamma."""
    (fit,), (real,) = setting.numbers("al"), setting.numbers("g")
    workflow = Workflow(alpha=fit, beta=1 - fit - real, gamma=real)
    return Loop(setting.numbers("p"), setting.integer("M"), setting.generations, workflow)


def printed(setting: Setting) -> Loop:
    """Return the loop with alpha = gamma = 0."""
    workflow = Workflow(alpha=0, beta=1)
    return Loop(setting.numbers("p"), setting.integer("M"), setting.generations, workflow)


NOISE = s.alpha**2 / s.M
BLENDS_CASE = Case(
    BLENDS,
    witnesses(
        blended,
        few=(
            setting((0, 1, 2, 3), p=PAIR, M=2, al="1/2", g="1/4"),
            setting((1, 2), p=THREE, M=2, al="1/3", g="1/3"),
            setting((1, 3), p=("1/4", "3/4"), M=1, al="2/3", g="1/6", be="1/6"),
            setting((3,), p=PAIR, M=2, al="3/4", g=0),
            setting((2,), p=PAIR, M=3, al=0, g="1/2"),
            setting((4,), p=PAIR, M=3, al=1, g=0),
        ),
        settled=(
            setting((6,), p=PAIR, M=2, al="1/10", g="17/20"),
            setting((8,), p=PAIR, M=1, al="1/5", g="4/5"),
            setting((6,), p=THREE, M=1, al="1/20", g="19/20"),
        ),
        large=(
            setting((6,), p=("3/10", "7/10"), M=4, al="4/5", g="1/10"),
            setting((5,), p=geometric(5), M=4, al="3/4", g=0),
        ),
        settled_large=(
            setting((15,), p=("3/10", "7/10"), M=3, al="3/4", g="1/4"),
            setting((8,), p=uniform(10), M=3, al="1/2", g="1/2"),
        ),
    ),
    wrong_balances(
        {
            "weight not squared": Balance(s.alpha * s.H0 / s.M, (1 - s.g) ** 2 - s.alpha / s.M),
            "law before forgotten": Balance(BLENDED.gain, s.alpha**2 * (1 - 1 / s.M)),
            "pair not doubled": Balance(BLENDED.gain, (1 - s.g) ** 2),
            "real weight not squared": Balance(BLENDED.gain, 1 - s.g - NOISE),
            "noise of fresh share": Balance(s.H0 / s.M, (1 - s.g) ** 2 - NOISE),
        }
    ),
)

BLEND_AS_PRINTED_CASE = Case(
    BLEND_AS_PRINTED,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "diversity",
            enumerated(printed, DIVERSITY),
            tuple(setting((1, 2, 3), p=law, M=size) for size in (1, 2) for law in (PAIR, THREE)),
            "all outcomes, the smallest first",
            quick=2,
        ),
    ),
)

CASES = (BLENDS_CASE, BLEND_AS_PRINTED_CASE)
