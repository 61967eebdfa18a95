"""Evidence on Polya's urn: all outcomes, and two categories for long."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from numerics.workflow import Workflow
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.loops import POOL_DIVERSITY, Loop, Reading, enumerated, measured, shares_of
from proofs.discrete.pools import (
    ROUND_OFF,
    enclosed,
    from_the_pool,
    grown,
    pool_diversity,
    still_to_lose,
)
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.discrete.urn import (
    DIVERSITY,
    DIVERSITY_LIMIT,
    FIRST,
    MOMENT,
    POLYA_URN,
    SQUARES_LIMIT,
    TOTAL,
)

LONG = 1200


def urn(setting: Setting) -> Loop:
    """Return the loop that starts from the counts c."""
    counts = tuple(map(int, setting.numbers("c")))
    workflow = Workflow("accumulate", real=sum(counts))
    return Loop(shares_of(counts), 1, setting.generations, workflow, counts)


SQUARES = Reading(
    lambda state, loop: 1 - POOL_DIVERSITY.exact(state, loop),
    lambda run, loop: run.pool_squares,
    lambda loop: (1 / len(loop.start), 1.0),
)


def two_categories(setting: Setting) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the law of the count of category i after LONG rounds, all others taken together."""
    counts = list(map(int, setting.numbers("c")))
    first = np.zeros(sum(counts) + 1)
    first[counts[setting.integer("i") - 1 if "i" in setting.fixed else 0]] = 1.0
    return np.asarray(grown(first, LONG, from_the_pool(1)))


def enclose_diversity(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return where the diversity of two categories ends."""
    law = two_categories(setting)
    return [enclosed(pool_diversity(law), still_to_lose(law.size - 1, 1))]


def enclose_squares(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return where the sum of squared shares of two categories ends."""
    (left,) = enclose_diversity(setting, bench)
    return [Enclosed(1 - left.high, 1 - left.low)]


def enclose_moment(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return where the mean k-th power of a share ends.

    It rises, by the mean square of the changes times k (k-1)/2 at most.
    """
    law, order = two_categories(setting), setting.integer("k")
    size = law.size - 1
    seen = Fraction(float(law @ (np.arange(size + 1) / size) ** order))
    room = seen * ROUND_OFF
    return [Enclosed(seen - room, seen + Fraction(order * (order - 1), 2 * size) + room)]


FEW = (
    setting((0, 1, 2, 5), c=(1, 2)),
    setting((1, 4), c=(2, 1, 1)),
    setting((3,), c=(1, 1)),
    setting((12,), c=(3, 5)),
)
LARGE = (setting((5, 30), c=(3, 7)), setting((20,), c=(5, 1, 2, 4)))
TWO = (setting(c=(1, 2)), setting(c=(3, 1)), setting(c=(5, 4)), setting(c=(1, 1)))
POWERS = (
    setting(c=(2, 3), i=1, k=3),
    setting(c=(1, 2, 2), i=1, k=2),
    setting(c=(1, 4, 2), i=2, k=4),
    setting(c=(1, 1), i=2, k=1),
)
LAW = "pools of two categories"
SHARE = s.c[s.i] / TOTAL
ORDERED = sp.Sum(s.c[s.i] * (s.c[s.i] - 1), (s.i, 1, s.K)) / (TOTAL * (TOTAL - 1))

POLYA_URN_CASE = Case(
    POLYA_URN,
    witnesses=(
        Witness(Route.ENUMERATED, "squares", enumerated(urn, SQUARES), FEW, "all outcomes", 2),
        Witness(
            Route.MEASURED, "squares", measured(urn, SQUARES), LARGE, "forward runs", margin=0.05
        ),
        Witness(Route.ENCLOSED, "squares-limit", enclose_squares, TWO, LAW, 2),
        Witness(
            Route.ENUMERATED, "diversity", enumerated(urn, POOL_DIVERSITY), FEW, "all outcomes", 2
        ),
        Witness(Route.ENCLOSED, "diversity-limit", enclose_diversity, TWO, LAW, 2),
        Witness(Route.ENCLOSED, "moment", enclose_moment, POWERS, LAW, 2),
    ),
    mutants=(
        Mutant("squares: the limit at once", "squares", SQUARES_LIMIT),
        Mutant("squares: one round fewer", "squares", 1 - DIVERSITY.subs(s.n, s.n - 1)),
        Mutant("squares: nothing changes", "squares", 1 - FIRST),
        Mutant("squares: resampled, not added", "squares", 1 - FIRST * (1 - 1 / TOTAL) ** s.n),
        Mutant("squares end: not one more", "squares-limit", 1 - FIRST),
        Mutant("squares end: one fewer", "squares-limit", ORDERED),
        Mutant(
            "squares end: one more in all", "squares-limit", SQUARES_LIMIT * (TOTAL + 1) / TOTAL
        ),
        Mutant("the limit at once", "diversity", DIVERSITY_LIMIT),
        Mutant("one round fewer", "diversity", DIVERSITY.subs(s.n, s.n - 1)),
        Mutant("nothing changes", "diversity", FIRST),
        Mutant("end: N0 - 1 over N0", "diversity-limit", FIRST * (TOTAL - 1) / TOTAL),
        Mutant("end: two more", "diversity-limit", FIRST * TOTAL / (TOTAL + 2)),
        Mutant("end: nothing changes", "diversity-limit", FIRST),
        Mutant("moment: not rising", "moment", SHARE**s.k),
        Mutant("moment: one order more", "moment", MOMENT.subs(s.k, s.k + 1)),
        Mutant("moment: absorbed", "moment", SHARE),
    ),
)

CASES = (POLYA_URN_CASE,)
