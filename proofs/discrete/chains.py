"""Evidence from exact chains of two categories: doubles, with room for what they round."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from numerics import transition
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
