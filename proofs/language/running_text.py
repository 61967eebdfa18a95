"""Evidence on the pair counts of a running text: all texts of a given length, in exact rationals.

Two values by the claim's parameters, or more values by the name of a chain in `CHAINS`.
"""

from __future__ import annotations

from fractions import Fraction

from numerics import running_text
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Exact
from theory.language.running_text import (
    FAIR_BIAS,
    LONG_RUN,
    ROWS_AS_PRINTED,
    RUNNING_TEXT,
    SQUARE,
    VARIANCE,
    VISITS,
    L,
    a,
    ab,
    ba,
)

Law = tuple[Fraction, ...]
Chain = tuple[Law, tuple[Law, ...]]


def law_of(*weights: int) -> Law:
    """Return the law with these weights."""
    return tuple(Fraction(weight, sum(weights)) for weight in weights)


#: Law of the first place, and the rows; a is the first value, b the second.
CHAINS: dict[str, Chain] = {
    "three values": (law_of(1, 2, 3), (law_of(1, 1, 2), law_of(3, 1, 1), law_of(1, 5, 2))),
    "three in a ring": (law_of(1, 0, 0), (law_of(1, 3, 0), law_of(0, 1, 1), law_of(2, 0, 1))),
    "four values": (
        law_of(1, 1, 1, 1),
        (law_of(1, 2, 1, 1), law_of(0, 0, 1, 0), law_of(1, 1, 1, 1), law_of(4, 1, 0, 0)),
    ),
}


def chain(setting: Setting) -> tuple[Law, tuple[Law, ...], int]:
    """Return the law of the first place, the rows, and the length of the text."""
    length = setting.integer("L")
    (chance,) = setting.numbers("p_ab")
    if setting.start in CHAINS:
        first, rows = CHAINS[setting.start]
        assert rows[0][1] == chance
        return first, rows, length
    (back,), (start,) = map(setting.numbers, ("p_ba", "p_a"))
    return (start, 1 - start), ((1 - chance, chance), (back, 1 - back)), length


def excess(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E N_ab - p_ab E N_a over all texts."""
    first, rows, length = chain(setting)
    followed, visited = running_text.mean_counts(first, rows, length, 0, 1)
    return [Exact(followed - rows[0][1] * visited)]


def square(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E (N_ab - p_ab N_a)^2 over all texts."""
    return [Exact(running_text.squared_excess(*chain(setting), 0, 1))]


def square_per_visit(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E (N_ab - p_ab N_a)^2 / E N_a over all texts."""
    _, visited = running_text.mean_counts(*chain(setting), 0, 1)
    return [Exact(running_text.squared_excess(*chain(setting), 0, 1) / visited)]


def fitted(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean fitted chance over all texts in which a has a place after it."""
    return [Exact(running_text.fitted_chance(*chain(setting), 0, 1))]


def independent(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the bias of the fitted chance where every place is b with chance p_ab."""
    (chance,) = setting.numbers("p_ab")
    law = (1 - chance, chance)
    length = setting.integer("L")
    return [Exact(running_text.fitted_chance(law, (law, law), length, 0, 1) - chance)]


TWO = (
    setting(L=2, p_ab="1/2", p_ba="1/2", p_a=1),
    setting(L=3, p_ab="1/2", p_ba="1/2", p_a=1),
    setting(L=4, p_ab="1/3", p_ba="2/5", p_a="1/4"),
    setting(L=7, p_ab="3/4", p_ba="1/3", p_a="1/6"),
    setting(L=5, p_ab="1/3", p_ba=0, p_a="1/2"),
    setting(L=6, p_ab="1/5", p_ba=1, p_a="2/3"),
    setting(L=9, p_ab="1/10", p_ba="9/10", p_a="1/2"),
)
MORE = (
    setting(L=4, p_ab="1/4", start="three values"),
    setting(L=5, p_ab="3/4", start="three in a ring"),
    setting(L=4, p_ab="2/5", start="four values"),
    setting(L=6, p_ab="1/4", start="three values"),
)
FAIR = tuple(
    setting(L=length, p_ab=chance)
    for length, chance in ((2, "1/2"), (3, "1/2"), (5, "1/3"), (8, "3/4"), (9, "1/20"))
)
ANY = (*TWO[:3], *MORE[:2], *TWO[3:], *MORE[2:])

RUNNING_TEXT_CASE = Case(
    RUNNING_TEXT,
    witnesses=(
        Witness(Route.ENUMERATED, "mean-excess", excess, ANY, "all texts", quick=5),
        Witness(Route.ENUMERATED, "squared-excess", square, TWO, "all texts", quick=3),
        Witness(Route.ENUMERATED, "square-per-visit", square_per_visit, ANY, "all texts", quick=5),
        Witness(Route.ENUMERATED, "fitted", fitted, TWO, "all texts", quick=3),
        Witness(Route.ENUMERATED, "independent-bias", independent, FAIR, "all texts", quick=3),
    ),
    mutants=(
        Mutant("the last place counts as a visit", "mean-excess", -VARIANCE),
        Mutant("a bias of one visit", "mean-excess", VARIANCE / L),
        Mutant("the biased row times its visits", "mean-excess", ab / (L - 1)),
        Mutant("L visits", "squared-excess", VARIANCE * L),
        Mutant("all places are visits", "squared-excess", VARIANCE * (L - 1)),
        Mutant("in the long run", "squared-excess", VARIANCE * (L - 1) * LONG_RUN),
        Mutant("Poisson pairs", "squared-excess", ab * VISITS),
        Mutant("one place too many", "squared-excess", SQUARE.subs(L, L + 1)),
        Mutant("Poisson pairs, per visit", "square-per-visit", ab),
        Mutant("two values that repel", "square-per-visit", VARIANCE * (1 - 1 / L)),
        Mutant("per visit and place", "square-per-visit", VARIANCE / (L - 1)),
        Mutant("a martingale", "fitted", ab),
        Mutant("bias of independent places", "fitted", ab + FAIR_BIAS),
        Mutant("first order", "fitted", ab + VARIANCE * (1 - LONG_RUN) / (L - 1)),
        Mutant("the long run", "fitted", ab * (1 + 1 / (L * (a + ba)))),
        Mutant("no bias", "independent-bias", 0 * ab),
        Mutant("any context is seen", "independent-bias", ab / (L - 1)),
        Mutant("downward", "independent-bias", -FAIR_BIAS),
        Mutant("one place more", "independent-bias", FAIR_BIAS.subs(L, L + 1)),
        Mutant("first order, independent", "independent-bias", VARIANCE / ((1 - ab) * L)),
    ),
)

#: The shortest text has one pair and no bias; the next one has two.
SHORTEST = (
    setting(L=2, p_ab="1/2", p_ba="1/2", p_a="1/2"),
    setting(L=3, p_ab="1/2", p_ba="1/2", p_a="1/2"),
    setting(L=3, p_ab="1/2", p_ba="1/2", p_a=1),
    setting(L=3, p_ab="1/3", p_ba="1/5", p_a="1/4"),
    setting(L=6, p_ab="1/3", p_ba="1/5", p_a="1/4"),
)

ROWS_AS_PRINTED_CASE = Case(
    ROWS_AS_PRINTED,
    witnesses=(
        Witness(Route.ENUMERATED, "fitted", fitted, SHORTEST, "all texts, the shortest first", 2),
    ),
)

CASES = (RUNNING_TEXT_CASE, ROWS_AS_PRINTED_CASE)
