"""Texts drawn from an n-gram model.

Sequence s of a text is a function of (key, s) and its prompt alone, so a text may be generated in
any pieces, by any number of threads.
"""

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import jitted, lean
from numerics.ngram import Model, Tokens
from numerics.ngram_best import best_words
from numerics.ngram_law import begin_contexts, follow, last_tokens, probability, row_of
from numerics.streams import STREAM, Stream, index_below, restart, uniform

__all__ = ["generate"]

Floats = NDArray[np.float64]


@lean
def _picked(model: Model, first: int, end: int, discount: float, point: float) -> int:
    """Token among nodes first..end-1 whose share of the discounted weights holds the point."""
    low, high = first, end - 1
    while low < high:
        middle = (low + high) // 2
        weight = np.float64(model.total[middle + 1] - model.total[first])
        if weight - discount * (middle + 1 - first) > point:
            high = middle
        else:
            low = middle + 1
    return int(model.words[low])


@lean
def _next(model: Model, contexts: NDArray[np.int64], stream: Stream) -> int:
    """Token drawn after a full context.

    What is discounted is the chance to draw after the shorter context, so no law is summed up.
    """
    for length in range(model.order - 1, -1, -1):
        node = contexts[length]
        if node >= 0 and model.begin[node] < model.begin[node + 1]:
            first, end = model.begin[node], model.begin[node + 1]
            whole = np.float64(model.total[end] - model.total[first])
            discount = model.discount[length]
            point = uniform(stream) * (whole + model.added * model.vocabulary)
            if point < whole - discount * (end - first):
                return _picked(model, first, end, discount, point)
        if model.added > 0.0:
            break
    return index_below(stream, model.vocabulary)


@lean
def _sharpened(
    model: Model, contexts: NDArray[np.int64], peaks: Floats, exponent: float, stream: Stream
) -> int:
    """Token drawn with chances proportional to P**(1 + exponent), by rejection.

    It takes 1/peak draws on average at most, the peak being the largest probability.
    """
    peak = peaks[row_of(model, contexts, peaks.size)]
    while True:
        word = _next(model, contexts, stream)
        ratio = probability(model, contexts, model.order - 1, word) / peak
        if uniform(stream) < ratio**exponent:
            return word


@jitted
def _generate(
    model: Model, prompts: Tokens, numbers: NDArray[np.int64], peaks: Floats, exponent: float,
    key: np.uint64, stream: Stream, out: Tokens,
) -> None:  # fmt: skip
    """Nothing: out (S, length) now holds the continuations."""
    contexts = np.empty(model.order, np.int64)
    for row in range(numbers.size):
        restart(stream, key, np.uint64(numbers[row]))
        begin_contexts(contexts)
        for place in range(prompts.shape[1]):
            follow(model, contexts, prompts[row, place])
        for place in range(out.shape[1]):
            if exponent > 0.0:
                word = _sharpened(model, contexts, peaks, exponent, stream)
            else:
                word = _next(model, contexts, stream)
            out[row, place] = word
            follow(model, contexts, word)


def generate(
    model: Model,
    prompts: Tokens,
    length: int,
    key: int,
    numbers: NDArray[np.int64] | None = None,
    temperature: float = 1.0,
) -> Tokens:
    """(S, length) tokens that the model draws after each prompt, one after the other.

    Parameters: prompts (S, P), P >= order - 1, of which the last order - 1 tokens matter; length
    >= 1; key in 0..2**64-1; numbers (S,) of the sequences, >= 0, which name their streams; 0..S-1
    without them; temperature in (0, 1]: words are drawn with chances proportional to
    P**(1/temperature).
    Raises ValueError for shorter prompts and another temperature.
    """
    if not 0.0 < temperature <= 1.0:
        raise ValueError(f"temperature = {temperature} lies outside 0 < temperature <= 1")
    rows = np.arange(len(prompts)) if numbers is None else np.asarray(numbers, np.int64)
    sharp = temperature < 1.0
    peaks = best_words(model, 1)[1][:, 0] if sharp else np.ones(1)
    out = np.empty((rows.size, length), np.int64)
    stream: Stream = np.recarray(1, STREAM)[0]
    exponent = 1.0 / temperature - 1.0
    used = last_tokens(model, prompts)
    _generate(model, used, rows, peaks, exponent, np.uint64(key), stream, out)
    return out
