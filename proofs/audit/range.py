"""How far an approximation reaches: the generations up to which its error stays small."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from proofs.audit.row import Range, Row, named
from proofs.comparison import law_ends
from theory.claim import Claim, Quantity
from theory.domain import Point

#: Generations beyond which nothing is searched.
MOST = 2**24


@dataclass(frozen=True)
class Reach:
    """The last generation at which the relative error is at most `level`.

    last: None where the error stays that small up to `MOST` generations; 0 where it never is.
    share: last over the scale of the range.
    """

    place: Point
    level: Fraction
    last: int | None
    share: float | None


def reaches(row: Row, range: Range) -> tuple[Reach, ...]:
    """Return how far the printed law reaches, for each place and each level of the error."""
    claim, quantity = named(range.law)
    own = row.claim(quantity.name)
    found = []
    for place in range.places:
        scale = place[range.scale]
        assert isinstance(scale, Fraction)
        for level in range.levels:
            last = _last(own, claim, quantity, place, level)
            share = None if last is None else last / float(scale)
            found.append(Reach(place, level, last, share))
    return tuple(found)


def _last(
    own: Claim, claim: Claim, quantity: Quantity, place: Point, level: Fraction
) -> int | None:
    """Return the last generation with an error of at most `level`: doubling, then halving."""

    def small(n: int) -> bool:
        point = {**place, "n": Fraction(n)}
        return error(own, claim, quantity, point) <= level

    if not small(1):
        return 0
    below, above = 1, 2
    while small(above):
        below, above = above, 2 * above
        if above > MOST:
            return None
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if small(middle) else (below, middle)
    return below


def error(own: Claim, claim: Claim, quantity: Quantity, point: Point) -> Fraction:
    """Return the relative error of the printed law at a point, from the middles of both balls."""
    middles = []
    for each in (own, claim):
        low, high = law_ends(*each.law_at(each.quantity(quantity.name), point), rational=False)
        middles.append((low + high) / 2)
    printed, exact = middles
    return abs(printed - exact) / abs(exact)
