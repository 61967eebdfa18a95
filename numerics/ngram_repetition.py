"""Texts whose repeated words are held back, and the texts of all generations, one by one.

The penalty squares the probability of a word that is already in the sequence or its prompt, if it
is 2: P is raised to the power `penalty`, and the law is scaled to the sum 1 again. Scores that are
logarithms of probabilities are then multiplied by the penalty, as beam searches do.
Source: N. Keskar and others, "CTRL: a conditional transformer language model for controllable
generation", arXiv:1909.05858 (2019), section 4.1.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import ngram, ngram_generations
from numerics.arguments import checked_replicates
from numerics.jitted import jitted, lean
from numerics.ngram import Model, Tokens
from numerics.ngram_best import best_words
from numerics.ngram_generations import Recipe, fitted, kept_sequences, kept_size
from numerics.ngram_law import begin_contexts, follow, last_tokens, probability, row_of
from numerics.ngram_text import _next
from numerics.streams import STREAM, Stream, derive_key, restart, uniform

__all__ = ["Text", "continued", "texts"]

Floats = NDArray[np.float64]


class Text(NamedTuple):
    """The training text of one generation, and the model that is fitted to it."""

    sequences: Tokens  # (T, L)
    rows: NDArray[np.int64]  # (T',) numbers of the generated sequences; the others are real
    model: Model


@lean
def _held_back(
    model: Model, contexts: NDArray[np.int64], peaks: Floats, exponent: float, power: float,
    seen: NDArray[np.int64], mark: int, stream: Stream,
) -> int:  # fmt: skip
    """Token drawn with chances proportional to P**(1 + exponent), times P**power if it was seen.

    By rejection: both factors are at most 1 once the first is divided by that of the likeliest.
    """
    peak = peaks[row_of(model, contexts, peaks.size)] if exponent > 0.0 else 1.0
    while True:
        word = _next(model, contexts, stream)
        again = power > 0.0 and seen[word] == mark
        if exponent == 0.0 and not again:
            return word
        chance = probability(model, contexts, model.order - 1, word)
        bound = (chance / peak) ** exponent
        if again:
            bound *= chance**power
        if uniform(stream) < bound:
            return word


@jitted
def _continue(
    model: Model, prompts: Tokens, used: Tokens, numbers: NDArray[np.int64], peaks: Floats,
    exponent: float, power: float, key: np.uint64, stream: Stream, out: Tokens,
) -> None:  # fmt: skip
    """Nothing: out (S, length) now holds the continuations."""
    contexts = np.empty(model.order, np.int64)
    seen = np.full(model.vocabulary, -1)
    for row in range(numbers.size):
        restart(stream, key, np.uint64(numbers[row]))
        begin_contexts(contexts)
        for place in range(used.shape[1]):
            follow(model, contexts, used[row, place])
        for place in range(prompts.shape[1]):
            seen[prompts[row, place]] = row
        for place in range(out.shape[1]):
            word = _held_back(model, contexts, peaks, exponent, power, seen, row, stream)
            out[row, place] = word
            seen[word] = row
            follow(model, contexts, word)


def continued(
    model: Model,
    prompts: Tokens,
    length: int,
    key: int,
    numbers: NDArray[np.int64],
    penalty: float,
    temperature: float = 1.0,
) -> Tokens:
    """(S, length) tokens drawn after each prompt, repeated words held back.

    Parameters: as in `numerics.ngram_text.generate`, whose tokens these are where penalty = 1;
    penalty >= 1, for the words of the whole prompt and of what was drawn.
    Raises ValueError for shorter prompts, another temperature or another penalty.
    """
    if not 1.0 <= penalty < np.inf:
        raise ValueError(f"penalty = {penalty} lies outside penalty >= 1")
    if not 0.0 < temperature <= 1.0:
        raise ValueError(f"temperature = {temperature} lies outside 0 < temperature <= 1")
    peaks = best_words(model, 1)[1][:, 0] if temperature < 1.0 else np.ones(1)
    out = np.empty((numbers.size, length), np.int64)
    stream: Stream = np.recarray(1, STREAM)[0]
    used, prompts = last_tokens(model, prompts), np.ascontiguousarray(prompts)
    powers = 1.0 / temperature - 1.0, (penalty - 1.0) / temperature
    _continue(model, prompts, used, numbers, peaks, *powers, np.uint64(key), stream, out)
    return out


def texts(
    train: Tokens,
    vocabulary: int,
    recipe: Recipe,
    generations: int,
    key: int,
    replicate: int,
    penalty: float = 1.0,
) -> Iterator[Text]:
    """Yield the text of generations 1, 2, ..., those of `numerics.ngram_generations.simulate`.

    Parameters: as there; penalty >= 1, as in `continued`.
    Raises ValueError outside the domains, and for a penalty on a beam search.
    """
    checked_replicates(key, replicate, replicate + 1)
    size = kept_size(recipe, len(train))
    if recipe.beams and penalty != 1.0:
        raise ValueError(f"penalty = {penalty} with {recipe.beams} beams: only draws have one")
    counts = ngram.count(train, vocabulary, recipe.order)
    model = fitted(counts, recipe)
    for generation in range(1, generations + 1):
        stream = derive_key("ngram", key, replicate, generation)
        rows = np.setdiff1d(np.arange(len(train)), kept_sequences(len(train), size, stream))
        text = train.copy()
        if penalty == 1.0:
            text[rows] = ngram_generations._text(counts, model, train, rows, recipe, stream)
        else:
            source = ngram.unsmoothed(counts) if recipe.unsmoothed else model
            length = train.shape[1]
            text[rows] = continued(
                source, train[rows], length, stream, rows, penalty, recipe.temperature
            )
        counts = ngram.count(text, vocabulary, recipe.order)
        model = fitted(counts, recipe)
        yield Text(text, rows, model)
