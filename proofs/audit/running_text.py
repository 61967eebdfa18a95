"""What is said of the rows of a bigram model that is fitted to a running text.

One text of L places from two values; the row of a holds the chance that b follows it. The fitted
chance is N_ab / N_a. All texts are enumerated.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from numerics import running_text
from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.case import Bench, Route, Setting, Witness, setting
from proofs.verdict import Exact
from theory.claim import Relation
from theory.domain import Domain, Kind, Parameter

CHANCE = sp.Symbol("p_ab", positive=True)
BACK = sp.Symbol("p_ba", positive=True)
FIRST = sp.Symbol("p_a", positive=True)
PLACES = sp.Symbol("L", integer=True, positive=True)
TEXTS = Domain(
    (
        Parameter("L", PLACES, "places of the text", Kind.INTEGER, 2),
        Parameter("p_ab", CHANCE, "chance that b follows a", Kind.REAL, 0, 1, True, True),
        Parameter("p_ba", BACK, "chance that a follows b", Kind.REAL, 0, 1, True),
        Parameter("p_a", FIRST, "chance that a comes first", Kind.REAL, 0, 1, True),
    )
)


def law(setting: Setting) -> tuple[tuple[Fraction, ...], tuple[tuple[Fraction, ...], ...], int]:
    """Return the law of the first place, the rows, and the length of the text; a is 0, b is 1."""
    (chance,), (back,), (first,) = map(setting.numbers, ("p_ab", "p_ba", "p_a"))
    rows = ((1 - chance, chance), (back, 1 - back))
    return (first, 1 - first), rows, setting.integer("L")


def fitted(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean fitted chance, given that a has a place after it."""
    return [Exact(running_text.fitted_chance(*law(setting), 0, 1))]


def ratio(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E N_ab / E N_a."""
    followed, visited = running_text.mean_counts(*law(setting), 0, 1)
    return [Exact(followed / visited)]


def variance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E (N_ab - p_ab N_a)^2 / E N_a."""
    _, visited = running_text.mean_counts(*law(setting), 0, 1)
    return [Exact(running_text.squared_excess(*law(setting), 0, 1) / visited)]


#: The shortest text has one pair, the next one two.
SETTINGS = (
    setting(L=2, p_ab="1/2", p_ba="1/2", p_a=1),
    setting(L=3, p_ab="1/2", p_ba="1/2", p_a=1),
    setting(L=3, p_ab="1/2", p_ba="1/2", p_a="1/2"),
    setting(L=2, p_ab="1/3", p_ba="1/5", p_a="1/4"),
    setting(L=4, p_ab="1/3", p_ba="2/5", p_a="1/4"),
    setting(L=7, p_ab="3/4", p_ba="1/3", p_a="1/6"),
)


def rows_of(observe: object, quantity: str) -> tuple[Witness, ...]:
    """Return the experiment on all texts."""
    return (
        Witness(Route.ENUMERATED, quantity, observe, SETTINGS, "all texts", quick=4),  # type: ignore[arg-type]
    )


ROWS = (
    Row(
        id="text-row-mean",
        reference="common practice: bigrams of one running text resampled row by row",
        printed="A fitted row has the mean of the row itself: E[N_ab / N_a given N_a > 0] = p_ab",
        seen=Seen.SECOND_HAND,
        reading=(
            "No one work: it is what 'row by row a Wright-Fisher model' needs. It holds for one "
            "pair, and for contexts that are drawn apart from what follows them."
        ),
        quantity=printed(Relation.EQUALS, CHANCE),
        domain=TEXTS,
        witnesses=rows_of(fitted, "fitted"),
        corrected_by="text-ratio-of-means",
        expected=Ruling.REFUTED,
        remark="How often a is seen depends on what followed it before; the row is no martingale.",
    ),
    Row(
        id="text-ratio-of-means",
        reference="Wald's first identity, for the visits to a",
        printed="E N_ab / E N_a = p_ab, for every length of the text",
        seen=Seen.SECOND_HAND,
        quantity=printed(Relation.EQUALS, CHANCE),
        domain=TEXTS,
        witnesses=rows_of(ratio, "ratio"),
        expected=Ruling.CONFIRMED,
    ),
    Row(
        id="text-variance",
        reference="Wald's second identity, for the visits to a",
        printed="E (N_ab - p_ab N_a)^2 = p_ab (1 - p_ab) E N_a, for every length of the text",
        seen=Seen.SECOND_HAND,
        quantity=printed(Relation.EQUALS, CHANCE * (1 - CHANCE)),
        domain=TEXTS,
        witnesses=rows_of(variance, "variance"),
        expected=Ruling.CONFIRMED,
    ),
)
