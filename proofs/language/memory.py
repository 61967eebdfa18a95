"""Evidence on short contexts: divergences of the laws of all words of a few letters."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from numerics import memory
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.language.memory import (
    BIGRAM,
    BY_LETTER,
    BY_NOTHING,
    CHANCES,
    LETTERS,
    RATE,
    SHORT_MEMORY,
    TOTAL,
    UNIGRAM,
    WEIGHTS,
    Lumped,
    fitted,
    mean_entropy,
)
from theory.rounding import ends

#: Letters of the words whose laws are compared: the increment is the same from 2 on.
LETTERS_COMPARED = 3


def source(setting: Setting) -> memory.Model:
    """Return the source with a memory of two letters."""
    rows: dict[memory.Word, tuple[Fraction, ...]] = {}
    for pair in LETTERS:
        (chance,) = setting.numbers(f"p{pair}")
        rows[int(pair[0]), int(pair[1])] = (1 - chance, chance)
    return rows


def _enclosed(ball: arb) -> Enclosed:
    return Enclosed(*ends(ball))


def bigram(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the divergence per letter of the fitted bigram model."""
    true = source(setting)
    fit = memory.fit(true, 1)
    return [_enclosed(memory.divergence_per_letter(true, fit, LETTERS_COMPARED))]


def unigram(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the divergence per letter of the fitted letter frequencies."""
    true = source(setting)
    fit = memory.fit(true, 0)
    return [_enclosed(memory.divergence_per_letter(true, fit, LETTERS_COMPARED))]


def bigram_entropies(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the entropy of a letter given one before, less that given four."""
    true = source(setting)
    return [_enclosed(memory.entropy_rate(true, 1) - memory.entropy_rate(true, 4))]


def unigram_entropies(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the entropy of a letter, less that given four before."""
    true = source(setting)
    return [_enclosed(memory.entropy_rate(true, 0) - memory.entropy_rate(true, 4))]


def again(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the divergence per letter of the bigram model fitted n times over."""
    true = model = source(setting)
    found, at = [], 0
    for n in setting.generations:
        while at < n:
            model, at = memory.fit(model, 1), at + 1
        found.append(_enclosed(memory.divergence_per_letter(true, model, LETTERS_COMPARED)))
    return found


def chances(*values: str) -> dict[str, str]:
    """Return the chances of 1 after 00, 01, 10 and 11 by name."""
    return {f"p{pair}": value for pair, value in zip(LETTERS, values, strict=True)}


CHAINS = (
    chances("1/2", "2/3", "1/4", "4/5"),
    chances("1/10", "9/10", "1/2", "1/3"),
    chances("99/100", "1/7", "1/50", "3/5"),
    chances("1/3", "1/3", "2/3", "1/5"),
)
ONE = tuple(setting(**chain) for chain in CHAINS)
REFITTED = tuple(setting((1, 2, 3), **chain) for chain in CHAINS[:3])


def reverse(lumped: Lumped) -> sp.Expr:
    """Return the divergence of the source from the model, the wrong way round."""
    total = []
    for pair in LETTERS:
        true, fit = CHANCES[pair], fitted(*lumped[pair])
        gain = fit * sp.log(fit / true) + (1 - fit) * sp.log((1 - fit) / (1 - true))
        total.append(WEIGHTS[pair] * gain)
    return sp.Add(*total) / TOTAL


SHORT_MEMORY_CASE = Case(
    SHORT_MEMORY,
    witnesses=(
        Witness(Route.ENCLOSED, "order-1", bigram, ONE, "laws of all words", quick=2),
        Witness(Route.ENCLOSED, "order-1", bigram_entropies, ONE, "entropies of all words", 2),
        Witness(Route.ENCLOSED, "order-0", unigram, ONE, "laws of all words", quick=2),
        Witness(Route.ENCLOSED, "order-0", unigram_entropies, ONE, "entropies of all words", 2),
        Witness(Route.ENCLOSED, "again", again, REFITTED, "laws of all words, refitted"),
    ),
    mutants=(
        Mutant("no letter known", "order-1", UNIGRAM),
        Mutant("the other way round", "order-1", reverse(BY_LETTER)),
        Mutant("in bits", "order-1", BIGRAM / sp.log(2)),
        Mutant("entropy of the model", "order-1", mean_entropy(BY_LETTER)),
        Mutant("order 0: one letter known", "order-0", UNIGRAM - BIGRAM),
        Mutant("order 0: the other way round", "order-0", reverse(BY_NOTHING)),
        Mutant("order 0: in bits", "order-0", UNIGRAM / sp.log(2)),
        Mutant("from fair letters", "order-0", sp.log(2) - RATE),
        Mutant("paid every time", "again", s.n * BIGRAM),
        Mutant("forgets in the end", "again", BIGRAM + (UNIGRAM - BIGRAM) * (1 - 1 / s.n)),
        Mutant("wears off", "again", BIGRAM / s.n),
        Mutant("half again", "again", BIGRAM * (2 - sp.Rational(1, 2) ** (s.n - 1))),
    ),
)

CASES = (SHORT_MEMORY_CASE,)
