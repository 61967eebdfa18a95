"""n-gram models of a source with a memory, by the laws of all words of a few letters.

A model gives the chances of the next letter after each context of some letters. Its stationary law
of contexts solves a linear system over the rationals; the law of words follows letter by letter.
Fitting means counting: the chances of a shorter context are shares of words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

from flint import arb, ctx, fmpq, fmpq_mat

__all__ = ["Model", "Word", "divergence_per_letter", "entropy_rate", "fit", "words"]

Word = tuple[int, ...]
Model = Mapping[Word, Sequence[Fraction]]
"""Chances of the next letter after each context, all contexts of one length."""


def _contexts(model: Model) -> tuple[int, int, list[Word]]:
    """Return the letters, the length of the contexts, and all contexts in order."""
    letters = {len(row) for row in model.values()}
    lengths = {len(context) for context in model}
    if len(letters) != 1 or len(lengths) != 1:
        raise ValueError("a model has contexts of one length and rows over the same letters")
    size, length = letters.pop(), lengths.pop()
    contexts = list(product(range(size), repeat=length))
    for context in contexts:
        row = model.get(context)
        if row is None or min(row) <= 0 or sum(row) != 1:
            raise ValueError(f"context {context} needs positive chances of sum 1")
    return size, length, contexts


def _stationary(model: Model) -> dict[Word, Fraction]:
    """Return the only law of contexts that the next letter leaves as it is."""
    _, length, contexts = _contexts(model)
    if length == 0:
        return {(): Fraction(1)}
    place = {context: k for k, context in enumerate(contexts)}
    count = len(contexts)
    system = [[fmpq(-(row == column)) for column in range(count)] for row in range(count)]
    for context in contexts:
        for letter, chance in enumerate(model[context]):
            after = place[(*context[1:], letter)]
            system[after][place[context]] += fmpq(chance.numerator, chance.denominator)
    system[-1] = [fmpq(1)] * count
    wanted = fmpq_mat([[fmpq(row == count - 1)] for row in range(count)])
    found = fmpq_mat(system).solve(wanted).entries()
    return {
        context: Fraction(int(share.p), int(share.q))
        for context, share in zip(contexts, found, strict=True)
    }


def words(model: Model, length: int) -> dict[Word, Fraction]:
    """Return the stationary law of the words of a length, at least that of the contexts.

    model: every context's chances, all positive. ValueError where the length is shorter.
    """
    size, memory, _ = _contexts(model)
    if length < memory:
        raise ValueError(f"length = {length} lies outside length >= {memory}")
    law = _stationary(model)
    for _ in range(length - memory):
        law = {
            (*word, letter): share * model[word[len(word) - memory :]][letter]
            for word, share in law.items()
            for letter in range(size)
        }
    return law


def fit(model: Model, order: int) -> Model:
    """Return the model with contexts of `order` letters that an infinite text of `model` fits."""
    size, memory, _ = _contexts(model)
    if order < 0:
        raise ValueError(f"order = {order} lies outside order >= 0")
    follows: dict[Word, list[Fraction]] = defaultdict(lambda: [Fraction(0)] * size)
    for word, share in words(model, max(order, memory) + 1).items():
        follows[word[len(word) - 1 - order : -1]][word[-1]] += share
    return {context: [part / sum(row) for part in row] for context, row in follows.items()}


def _block_divergence(source: Model, other: Model, length: int) -> arb:
    theirs = words(other, length)
    total = arb(0)
    for word, share in words(source, length).items():
        ratio = share / theirs[word]
        total += _ball(share) * _ball(ratio).log()
    return total


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def divergence_per_letter(source: Model, other: Model, length: int, bits: int = 128) -> arb:
    """Return a ball around D(length + 1) - D(length), D the divergence of words, in nats.

    source, other: stationary models over the same letters. length: at least both memories; from
    there on the difference does not depend on it.
    """
    before = ctx.prec
    ctx.prec = bits
    try:
        longer = _block_divergence(source, other, length + 1)
        return longer - _block_divergence(source, other, length)
    finally:
        ctx.prec = before


def entropy_rate(model: Model, known: int, bits: int = 128) -> arb:
    """Return a ball around H(known + 1) - H(known), H the entropy of words, in nats.

    known: letters known before the next one, at least 0.
    """
    before = ctx.prec
    ctx.prec = bits
    try:
        _, memory, _ = _contexts(model)
        law = words(model, max(known + 1, memory))
        total = arb(0)
        for length, sign in ((known + 1, 1), (known, -1)):
            shorter: dict[Word, Fraction] = defaultdict(Fraction)
            for word, share in law.items():
                shorter[word[:length]] += share
            for share in shorter.values():
                total -= sign * _ball(share) * _ball(share).log()
        return total
    finally:
        ctx.prec = before
