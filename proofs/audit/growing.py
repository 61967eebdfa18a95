"""Rows on sample sizes that grow: section 4.2 of the paper, with Gaussians and with categories."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import sympy as sp
from flint import arb

from numerics import point_moments
from proofs.audit.gaussian import ARXIV, EXPANDED
from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.case import Bench, Route, Setting, Witness, setting
from proofs.discrete import schedules
from proofs.verdict import Enclosed, Exact
from theory import symbols as s
from theory.claim import Relation
from theory.domain import DEVIATION, GENERATIONS, Domain, Kind, Parameter
from theory.gaussian.schedules import FIRST, GROWTH, M0
from theory.rounding import ends

PRINTED = "The sample size has to grow superlinearly for the distance to stay finite."


def drift(sizes: Sequence[int]) -> Fraction:
    """Return E mean^2 after one fit for each size, in units of sigma^2, every point expanded."""
    return point_moments.expected((2, 0), sizes, len(sizes))


# --- necessary -----------------------------------------------------------------------------------

#: The size of generation i = 1, 2, ... by the name of the schedule.
SIZES: Mapping[str, Callable[[int], int]] = {
    "twice i": lambda i: 2 * i,
    "cubes except i at powers of 4": lambda i: max(2, i if is_power_of_four(i) else i**3),
    "always 5": lambda i: 5,
    "powers of 4 from i up": lambda i: max(2, 4 ** (((i - 1).bit_length() + 1) // 2)),
    "thrice i plus 7": lambda i: 3 * i + 7,
    "squares except 2 at powers of 4": lambda i: 2 if is_power_of_four(i) else max(2, i**2),
    "i and 1000 i in turn": lambda i: max(2, i if i % 2 else 1000 * i),
}


def is_power_of_four(number: int) -> bool:
    """Return whether a positive integer is 1, 4, 16, ..."""
    return number & (number - 1) == 0 and number.bit_length() % 2 == 1


def touches(sizes: Sequence[int], slope: int) -> int:
    """Return how often M_i <= c i, each i at least twice the one before."""
    found, last = 0, 0
    for i, size in enumerate(sizes, 1):
        if size <= slope * i and i >= 2 * last:
            found, last = found + 1, i
    return found


def not_superlinear(name: str, generations: int, slope: int) -> Setting:
    """Return a setting with a schedule by name; it is counted how often M_i <= c i, and M falls."""
    sizes = [SIZES[name](i) for i in range(1, generations + 1)]
    falls = sum(later < earlier for earlier, later in pairwise(sizes))
    return setting(sizes=name, n=generations, c=slope, j=touches(sizes, slope), falls=falls)


def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean square drift under a schedule by name."""
    size = SIZES[setting.text("sizes")]
    return [Exact(drift([size(i) for i in range(1, setting.integer("n") + 1)]))]


SLOPE = Parameter("c", sp.Symbol("c", positive=True), "M_i <= c i is asked for", Kind.INTEGER, 1)
TOUCHES = Parameter("j", sp.Symbol("j"), "times that M_i <= c i, i doubled", Kind.INTEGER, 0)
FALLS = Parameter("falls", sp.Symbol("falls"), "times that the size falls", Kind.INTEGER, 0)
NAMED = Parameter("sizes", sp.Symbol("sizes"), "sizes", Kind.CHOICE, choices=tuple(SIZES))
SCHEDULED = (NAMED, GENERATIONS, SLOPE, TOUCHES)

# --- sufficient ----------------------------------------------------------------------------------

#: Places up to this power of 2 are added up one by one, later ones in parts of a block.
SHORT = 6
#: n = 2^k fits from here on count as many.
MANY = 64
ADDED, KEPT = Fraction(1, 10), Fraction(9, 10)

POWER = sp.Symbol("k", integer=True, positive=True)
FITS = Parameter("k", POWER, "n = 2^k - 2 fits, with the places 2, ..., 2^k - 1", Kind.INTEGER, 2)


def shares(first: int, last: int) -> Iterator[arb]:
    """Yield balls around sums of 1/M_i over the places 2^first <= i < 2^last, M_i rounded up.

    The size grows with the place, so that 2^(j - SHORT) neighbours differ by little.
    """
    for place in range(2**first, 2 ** min(last, SHORT)):
        yield 1 / schedules.size_at(arb(place)).ceil()
    for block in range(max(first, SHORT), last):
        width = arb(2) ** (block - SHORT)
        below = schedules.size_at(width * 2**SHORT)
        for part in range(2**SHORT + 1, 2 ** (SHORT + 1) + 1):
            above = schedules.size_at(width * part)
            yield (width / (above + 1)).union(width / below)
            below = above


def enclose_long_drift(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean square drift after n = 2^k - 2 fits: each adds 1/M_i (B10)."""
    return [Enclosed(*ends(sum(shares(1, setting.integer("k")), arb(0))))]


def enumerate_short_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the same for few fits, every point expanded."""
    return [Exact(drift([int(m) for m in schedules.superlinear(2 ** setting.integer("k") - 2)]))]


def enclose_added(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return what the places from 2^k to 2^(2k) add to the drift (B10)."""
    power = setting.integer("k")
    return [Enclosed(*ends(sum(shares(power, 2 * power), arb(0))))]


def enclose_kept(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the share of the diversity that those places leave: prod (1 - 1/M_i) (B39).

    x <= -ln(1 - x) <= x/(1 - x), with the first and largest x = 1/M_i in the denominator.
    """
    power = setting.integer("k")
    spent = sum(shares(power, 2 * power), arb(0))
    most = 1 / schedules.size_at(arb(2) ** power)
    return [Enclosed(ends((-spent / (1 - most)).exp())[0], ends((-spent).exp())[1])]


LATER = tuple(setting(k=power) for power in (MANY, 256, 1024))
BLOCKS = "dyadic blocks of places, in balls"

ROWS = (
    Row(
        id="sec-4.2-superlinear-necessary",
        reference=f"{ARXIV}, section 4.2",
        printed=PRINTED,
        seen=Seen.TEXT,
        reading="Necessary: sizes that are not superlinear have M_i <= c i again and again, for "
        "some c. If that is so j times, i at least doubled from one time to the next, the mean "
        "square drift is at least sigma^2 j/(2c).",
        quantity=printed(Relation.AT_LEAST, TOUCHES.symbol / (2 * SLOPE.symbol)),
        domain=Domain((*SCHEDULED, FALLS)),
        condition=Domain((*SCHEDULED, replace(FALLS, high=0))),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "drift",
                enumerate_drift,
                tuple(
                    not_superlinear(name, generations, slope)
                    for generations, slope in ((64, 1), (64, 4), (256, 1), (300, 7))
                    for name in SIZES
                ),
                EXPANDED,
                quick=2 * len(SIZES),
            ),
        ),
        expected=Ruling.CONDITIONS,
        figure="drift",
        remark="Only for sizes that never fall: else a schedule that is usually very large may "
        "have small exceptions. The exact condition is that sum 1/M_i is finite (B15).",
    ),
    Row(
        id="sec-4.2-superlinear-sufficient",
        reference=f"{ARXIV}, section 4.2",
        printed=PRINTED,
        seen=Seen.TEXT,
        reading="Sufficient: with the superlinear sizes ceil(i ln i), i = 2, 3, ..., the mean "
        f"square drift stays finite. Then it comes to rest: from n = 2^{MANY} fits on, all those "
        "up to n^2 add at most sigma^2/10. Here n = 2^k.",
        quantity=printed(Relation.AT_MOST, sp.Rational(ADDED)),
        domain=Domain((FITS.at_least(MANY),)),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "added",
                enclose_added,
                LATER,
                BLOCKS,
                quick=2,
                principles=frozenset({"B10"}),
            ),
        ),
        corrected_by="sec-4.2-superlinear-growth",
        figure="added to the drift up to n^2",
        expected=Ruling.REFUTED,
        remark="It never comes to rest: from n to n^2 it grows by about sigma^2 ln 2, however "
        "large n is. The condition is sum 1/M_i < oo (B15); it is met by i^1.15.",
    ),
    Row(
        id="sec-4.2-superlinear-growth",
        reference=f"in place of {ARXIV}, section 4.2",
        printed="With the superlinear sizes ceil(i ln i), i = 2, 3, ..., the mean square drift "
        "exceeds every bound: it is at least sigma^2 (ln ln(n+2) - ln ln 3).",
        seen=Seen.NOWHERE,
        reading="Here n = 2^k - 2.",
        quantity=printed(
            Relation.AT_LEAST, sp.log(POWER * sp.log(2)) - sp.log(sp.log(sp.Integer(3)))
        ),
        domain=Domain((FITS,)),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "drift",
                enumerate_short_drift,
                tuple(setting(k=power) for power in (2, 3, 5, 8)),
                EXPANDED,
                quick=3,
            ),
            Witness(
                Route.ENCLOSED,
                "drift",
                enclose_long_drift,
                tuple(setting(k=power) for power in (4, 16, 64, 256, 1024, 4096)),
                BLOCKS,
                quick=6,
                principles=frozenset({"B10"}),
            ),
        ),
        expected=Ruling.CONFIRMED,
    ),
    Row(
        id="sec-4.2-superlinear-categories",
        reference=f"{ARXIV}, section 4.2",
        printed=PRINTED,
        seen=Seen.TEXT,
        reading="Sufficient, and for categories: with sizes ceil(i ln i) some diversity is kept "
        f"for ever. Then, from n = 2^{MANY} generations on, nine tenths of what is there are left "
        "after n^2. Here n = 2^k.",
        quantity=printed(Relation.AT_LEAST, sp.Rational(KEPT)),
        domain=Domain((FITS.at_least(MANY),)),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "kept",
                enclose_kept,
                LATER,
                BLOCKS,
                quick=2,
                principles=frozenset({"B39"}),
            ),
        ),
        corrected_by="A21",
        figure="share of the diversity left after n^2",
        expected=Ruling.REFUTED,
        remark="About half is lost from n to n^2 generations, however large n is.",
    ),
    Row(
        id="sec-4.2-quadratic",
        reference=f"{ARXIV}, section 4.2",
        printed="Perhaps the sample size has to grow quadratically.",
        seen=Seen.TEXT,
        reading="Sufficient: with M_i = M0 i^2 the drift ends at sigma^2 pi^2/(6 M0).",
        quantity=printed(Relation.EQUALS, s.sigma**2 * sp.pi**2 / (6 * M0)),
        domain=Domain((FIRST, replace(GROWTH, low=1, high=1, low_open=False), DEVIATION)),
        against=("B15:final-drift",),
        expected=Ruling.EXACT,
        remark="It is more than is needed: M_i = M0 i^(1+delta) with any delta > 0 suffices.",
    ),
)
