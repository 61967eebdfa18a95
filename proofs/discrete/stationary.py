"""Evidence on a little fresh data, from the stationary law of the exact chain."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import numpy as np
import sympy as sp

from numerics import transition, transition_limits
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.chains import Array, around, named
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.discrete.stationary import (
    FIRST,
    LITTLE_FRESH_DATA,
    MOMENT,
    OTHER,
    SHARE,
    THETA,
    VARIANCE_FIXED,
    BetaLaw,
)


@lru_cache(maxsize=16)
def settled(share: Fraction, samples: int, fresh: Fraction) -> Array:
    """Return the stationary law of the count of one category."""
    shares = np.arange(samples + 1) / samples
    success = float(fresh) * float(share) + (1 - float(fresh)) * shares
    return transition_limits.stationary_law(transition.transition_chain(success))


def law_at(setting: Setting) -> tuple[Array, Array, Fraction]:
    """Return the shares that the category can have, their stationary law, and their mean."""
    share, size = setting.numbers("p")[setting.integer("i") - 1], setting.integer("M")
    fresh = setting.fixed.get("g")
    if not isinstance(fresh, Fraction):
        fresh = setting.numbers("theta")[0] / size
    return np.arange(size + 1) / size, settled(share, size, fresh), share


def enclose_variance(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the variance of the settled share."""
    shares, law, mean = law_at(setting)
    return [around(float(law @ (shares - float(mean)) ** 2))]


def enclose_moment(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return a moment of the settled share."""
    shares, law, _ = law_at(setting)
    return [around(float(law @ shares ** setting.integer("k")))]


def enclose_distribution(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the probability that the settled share is at most x."""
    _, law, _ = law_at(setting)
    place = setting.numbers("x")[0] * setting.integer("M")
    return [around(float(law[: int(place) + 1].sum()))]


PAIR, THREE = ("3/10", "7/10"), ("1/2", "3/10", "1/5")
PLACES = (
    setting(p=PAIR, i=1, M=200, g="1/200"),
    setting(p=THREE, i=3, M=100, g="1/1000"),
    setting(p=PAIR, i=2, M=400, g="1/40"),
)
LADDER = (
    setting(p=PAIR, i=1, theta=1, M=100),
    setting(p=PAIR, i=1, theta=1, M=200),
    setting(p=THREE, i=2, theta="1/4", M=60),
    setting(p=THREE, i=2, theta="1/4", M=240),
    setting(p=PAIR, i=1, theta=5, M=150),
    setting(p=PAIR, i=1, theta=5, M=600),
)


def filled(**more: int | str) -> tuple[Setting, ...]:
    """Return the places with further parameters."""
    extra = named(more).fixed
    return tuple(replace(place, fixed={**place.fixed, **extra}) for place in PLACES)


HALF_WEIGHT = sp.RisingFactorial(FIRST / 2, s.k) / sp.RisingFactorial((FIRST + OTHER) / 2, s.k)
CHAIN = "stationary law of the chain"
LITTLE_FRESH_DATA_CASE = Case(
    LITTLE_FRESH_DATA,
    witnesses=(
        Witness(Route.ENCLOSED, "variance", enclose_variance, PLACES, CHAIN),
        Witness(Route.ENCLOSED, "variance-fixed-inflow", enclose_variance, LADDER, CHAIN, 2),
        Witness(Route.ENCLOSED, "moment", enclose_moment, (*filled(k=3), *filled(k=5)), CHAIN),
        Witness(
            Route.ENCLOSED,
            "distribution",
            enclose_distribution,
            (*filled(x="1/5")[:2], *filled(x="1/2")[:2]),
            CHAIN,
        ),
    ),
    mutants=(
        Mutant("one M g", "variance", SHARE * (1 - SHARE) / (1 + s.M * s.g)),
        Mutant("four M g", "variance", SHARE * (1 - SHARE) / (1 + 4 * s.M * s.g)),
        Mutant("no 1", "variance", SHARE * (1 - SHARE) / (2 * s.M * s.g)),
        Mutant("binomial", "variance", SHARE * (1 - SHARE) / s.M),
        Mutant("inflow: one theta", "variance-fixed-inflow", SHARE * (1 - SHARE) / (1 + THETA)),
        Mutant("inflow: a 2 for the 1", "variance-fixed-inflow", VARIANCE_FIXED / 2),
        Mutant("inflow: 3 theta", "variance-fixed-inflow", SHARE * (1 - SHARE) / (1 + 3 * THETA)),
        Mutant("half the weight", "moment", HALF_WEIGHT),
        Mutant("one order less", "moment", MOMENT.subs(s.k, s.k - 1)),
        Mutant("independent powers", "moment", SHARE**s.k),
        Mutant("absorbed", "moment", SHARE),
        Mutant("half the weights", "distribution", BetaLaw(s.x, FIRST / 2, OTHER / 2)),
        Mutant("the other category", "distribution", BetaLaw(s.x, OTHER, FIRST)),
        Mutant("uniform", "distribution", s.x),
        Mutant("one draw more", "distribution", BetaLaw(s.x, FIRST + 1, OTHER + 1)),
    ),
)

CASES = (LITTLE_FRESH_DATA_CASE,)
