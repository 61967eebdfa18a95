"""What an n-gram with a short context loses on a source with a longer memory, and when it pays."""

from collections.abc import Mapping

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.discrete.branching import FROM_ONE
from theory.domain import Domain, Kind, Parameter

LETTERS = ("00", "01", "10", "11")
CHANCES = {pair: sp.Symbol(f"p{pair}", positive=True) for pair in LETTERS}
AFTER = tuple(
    Parameter(
        f"p{pair}",
        symbol,
        f"chance of 1 after {pair}",
        Kind.REAL,
        low=0,
        high=1,
        low_open=True,
        high_open=True,
        aliases=(f"p_{pair}",),
    )
    for pair, symbol in CHANCES.items()
)
SOURCE = Domain(AFTER)

#: Stationary weights of the last two letters, and their sum.
WEIGHTS = {
    "00": (1 - CHANCES["10"]) / CHANCES["00"],
    "01": sp.Integer(1),
    "10": sp.Integer(1),
    "11": CHANCES["01"] / (1 - CHANCES["11"]),
}
TOTAL = sp.Add(*WEIGHTS.values())


def fitted(*contexts: str) -> sp.Expr:
    """Return the chance of 1 after any of these pairs: what infinite text fits."""
    ones = sp.Add(*(WEIGHTS[pair] * CHANCES[pair] for pair in contexts))
    return ones / sp.Add(*(WEIGHTS[pair] for pair in contexts))


Lumped = Mapping[str, tuple[str, ...]]
#: Which pairs each context of the fitted model lumps, by its last letter, or all of them.
BY_LETTER = {"00": ("00", "10"), "10": ("00", "10"), "01": ("01", "11"), "11": ("01", "11")}
BY_NOTHING = dict.fromkeys(LETTERS, LETTERS)


def entropy(chance: sp.Expr) -> sp.Expr:
    """Return the Shannon entropy, in nats, of a letter that is 1 with that chance."""
    return -chance * sp.log(chance) - (1 - chance) * sp.log(1 - chance)


def mean_entropy(lumped: Lumped) -> sp.Expr:
    """Return the entropy of the next letter given the context of a model."""
    return sp.Add(*(WEIGHTS[pair] * entropy(fitted(*lumped[pair])) for pair in LETTERS)) / TOTAL


def divergence(lumped: Lumped) -> sp.Expr:
    """Return the mean divergence of the next letter's law in the source from the model's."""
    total = []
    for pair in LETTERS:
        true, fit = CHANCES[pair], fitted(*lumped[pair])
        gain = true * sp.log(true / fit) + (1 - true) * sp.log((1 - true) / (1 - fit))
        total.append(WEIGHTS[pair] * gain)
    return sp.Add(*total) / TOTAL


RATE = sp.Add(*(WEIGHTS[pair] * entropy(CHANCES[pair]) for pair in LETTERS)) / TOTAL
BIGRAM = divergence(BY_LETTER)
UNIGRAM = divergence(BY_NOTHING)

SOURCE_PREMISE = Premise(
    "source",
    "A stationary text of the letters 0 and 1, whose next letter depends on the last two: it is 1 "
    "with chance p_uv after u v, none of these 0 or 1.",
)
FIT = Premise(
    "fit",
    "A model of order k has for each context of k letters the chances of the next letter in an "
    "infinite text; it generates a stationary text of its own, and is fitted again.",
)


def _stationary_steps() -> tuple[Identity, Identity, Citation]:
    """Return the steps to the law of pairs and to the divergence per letter."""
    p00, p01, p10, p11 = (CHANCES[pair] for pair in LETTERS)
    w00, _, w10, w11 = (WEIGHTS[pair] for pair in LETTERS)
    return (
        Identity(
            "pair 00",
            "The weights of pairs reproduce themselves: 00 comes after 000 and 100,",
            w00 * (1 - p00) + w10 * (1 - p10),
            w00,
            SOURCE,
        ),
        Identity(
            "pair 11",
            "11 after 011 and 111, and 01 comes as often as 10.",
            p01 + w11 * p11,
            w11,
            SOURCE,
        ),
        Citation(
            "chain rule",
            "The divergence of texts grows with each letter by the mean divergence of its law "
            "given the letters before, once the first two are passed.",
            "chain rule of relative entropy",
            "Cover & Thomas, Elements of Information Theory, theorem 2.5.3",
            (
                Hypothesis("the law of pairs, 0 to 1", "pair 00"),
                Hypothesis("and of 11", "pair 11"),
                Hypothesis("the source's law of the next letter", "source"),
                Hypothesis("the model's, all chances positive", "fit"),
            ),
        ),
    )


def derive_short_memory() -> Derivation:
    """Return the derivation of the divergence per letter and of its not growing."""
    zero, one = fitted(*BY_LETTER["00"]), fitted(*BY_LETTER["01"])
    ones = (WEIGHTS["01"] + WEIGHTS["11"]) / TOTAL
    return Derivation(
        (SOURCE_PREMISE, FIT),
        (
            *_stationary_steps(),
            Identity(
                "order 1",
                "Given the context, the mean of the log of a fitted chance is minus an entropy: "
                "the divergence is the entropy given one letter less that given two.",
                mean_entropy(BY_LETTER) - RATE,
                BIGRAM,
                SOURCE,
                concludes=("order-1",),
            ),
            Identity(
                "order 0",
                "The same with no letter known.",
                mean_entropy(BY_NOTHING) - RATE,
                UNIGRAM,
                SOURCE,
                concludes=("order-0",),
            ),
            Identity(
                "same letters",
                "The text of the fitted model has 1 as often as the source,",
                zero / (zero + 1 - one),
                ones,
                SOURCE,
            ),
            Identity(
                "same pairs",
                "and 01 as often, so all pairs: a second fit finds the same chances.",
                (1 - ones) * zero,
                WEIGHTS["01"] / TOTAL,
                SOURCE,
            ),
            Induction(
                "paid once",
                "What is fitted does not change any more, nor how far it is from the source.",
                s.n,
                BIGRAM,
                PREVIOUS,
                BIGRAM,
                Domain((*AFTER, FROM_ONE)),
                first=1,
                concludes=("again",),
            ),
        ),
    )


SHORT_MEMORY = Claim(
    code="F03",
    id="language.short-memory",
    title="An order-k n-gram is off by H(X | k letters) - H(X | all before) a letter, paid once",
    statement=(
        "Fitted to infinite text of a stationary ergodic source, an order-k n-gram model is at a "
        "divergence of H(X | k letters before) - H(X | all letters before) nats a letter from it, "
        "and refitting it to infinite text of its own changes nothing. For a source of two letters "
        "that remembers two of them this is a finite sum; it is 0 where the lumped contexts have "
        "the same chances, and from k = 2 on."
    ),
    quantities=(
        Quantity(
            "order-1",
            "divergence per letter of the fitted bigram model (k = 1), in nats",
            r"H(X \mid X_{-1}) - H(X \mid X_{-1}, X_{-2})",
            Relation.EQUALS,
            BIGRAM,
        ),
        Quantity(
            "order-0",
            "divergence per letter of the fitted letter frequencies (k = 0), in nats",
            r"H(X) - H(X \mid X_{-1}, X_{-2})",
            Relation.EQUALS,
            UNIGRAM,
        ),
        Quantity(
            "again",
            "divergence per letter of the n-th bigram model, each fitted to the one before",
            r"\lim_L \tfrac{1}{L} D(P \,\|\, F^n(P))",
            Relation.EQUALS,
            BIGRAM,
        ),
    ),
    domain=Domain((*AFTER, FROM_ONE)),
    sources=(
        Source("Cover and Thomas 2006, Elements of Information Theory", "theorems 2.5.3 and 4.2.1"),
        Source("Drift and selection in LLM text ecosystems, arXiv:2604.08554", "cf."),
    ),
    derive=derive_short_memory,
)

CLAIMS = (SHORT_MEMORY,)
