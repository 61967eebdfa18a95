"""Evidence from exact chains of two categories: doubles, with room for what they round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from numerics import transition, transition_limits
from proofs.case import Setting, exactly
from proofs.verdict import Enclosed

Array = npt.NDArray[np.float64]

#: The chains round by some 1e-15 a generation; this is far more.
ROOM = Fraction(1, 10**11)


def named(fixed: Mapping[str, int | str], generations: tuple[int, ...] = ()) -> Setting:
    """Return a setting from plain values whose parameters may have any name, such as lambda."""
    return Setting({name: exactly(value) for name, value in fixed.items()}, generations)


def around(value: float, room: Fraction = ROOM) -> Enclosed:
    """Return bounds on a nonnegative number known up to a small relative error."""
    centre = Fraction(value)
    return Enclosed(centre * (1 - room), centre * (1 + room))


def between(low: float, high: float) -> Enclosed:
    """Return bounds as exact fractions."""
    return Enclosed(Fraction(low), Fraction(high))


def counts_after(share: Fraction, samples: int, generations: tuple[int, ...]) -> list[Array]:
    """Return the law of the count of one category at each generation, the first of them >= 1."""
    chain = transition.transition_chain(np.arange(samples + 1) / samples)
    law, at, found = transition.binomial_law(samples, float(share)), 1, []
    for n in generations:
        law, at = transition.transition_law(chain, law, n - at), n
        found.append(law)
    return found


def lost_by(share: Fraction, samples: int, generations: tuple[int, ...]) -> list[Enclosed]:
    """Return the probability that a category has no draw at each generation, in order."""
    return [around(float(law[0])) for law in counts_after(share, samples, generations)]


# --- the category that wins ----------------------------------------------------------------------


def winner(samples: int) -> transition.TransitionChain:
    """Return the chain of X - 1 for the count X of the category that is left in the end, M >= 2.

    A step from x to y is y/x times as likely given that this category wins. A binomial weight of
    (M, x/M) at y, times y/x, is that of (M - 1, x/M) at y - 1. So one draw is safe, and nothing is
    used but the transition probabilities.
    """
    return transition.transition_chain(np.arange(1, samples + 1) / samples)


@lru_cache(maxsize=4)
def _mean_to_win(samples: int) -> Array:
    return transition_limits.absorption(winner(samples)).mean


def mean_of_any(shares: Sequence[Fraction], samples: int) -> Enclosed:
    """Return the mean time until one category is left, however many there are.

    Category i wins with probability p_i.
    """
    total = 1.0
    for share, many in Counter(shares).items() if samples > 1 else ():
        law = transition.binomial_law(samples - 1, float(share))
        total += many * float(share) * float(law @ _mean_to_win(samples))
    return around(total)
