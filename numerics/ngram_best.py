"""Beam search: the likeliest continuations of a prompt under an n-gram model, in place of draws.

The best words of every context are found once, from short contexts to long ones. Words that never
followed a context are there as likely as after the shorter context, all times the same factor. So
the best B words of a context are among those that followed it and the best B of the shorter one.
"""

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import jitted, lean
from numerics.ngram import Model, Tokens
from numerics.ngram_law import begin_contexts, follow, last_tokens, probability, row_of

__all__ = ["MOST_BEAMS", "best_words", "search"]

Floats = NDArray[np.float64]

MOST_BEAMS = 100


@lean
def _offer(items: Tokens, values: Floats, item: int, value: float) -> None:
    """Nothing: the item has its place in a list, best first, the smaller item first at a tie.

    What comes after the whole list, or stands there with the same value, is left out.
    """
    place = items.size
    while place > 0 and (
        value > values[place - 1] or (value == values[place - 1] and item < items[place - 1])
    ):
        place -= 1
    if place == items.size or (place > 0 and items[place - 1] == item):
        return
    for later in range(items.size - 1, place, -1):
        items[later], values[later] = items[later - 1], values[later - 1]
    items[place], values[place] = item, value


@jitted
def _best(model: Model, beams: int) -> tuple[Tokens, Floats]:
    """(N + 1, B) best words after each context and their probabilities; the last: unseen.

    Lists of fewer words end in -1 at -1.
    """
    level = 0
    for _ in range(model.order):
        level = model.begin[level]  # in the end, the first of the longest m-grams
    words = np.full((level + 1, beams), -1)
    values = np.full((level + 1, beams), -1.0)
    for word in range(min(beams, model.vocabulary)):
        words[level, word], values[level, word] = word, 1.0 / model.vocabulary
    contexts = np.empty(model.order, np.int64)
    length, next_length = 0, 1
    for node in range(level):
        if node == next_length:
            length, next_length = length + 1, model.begin[node]
        contexts[length] = node
        for shorter in range(length - 1, -1, -1):
            contexts[shorter] = model.suffix[contexts[shorter + 1]]
        below = level if length == 0 else contexts[length - 1]
        for place in range(model.begin[node], model.begin[node + 1]):
            word = model.words[place]
            value = probability(model, contexts, length, word)
            _offer(words[node], values[node], word, value)
        for place in range(beams):
            word = words[below, place]
            if word >= 0:
                value = probability(model, contexts, length, word)
                _offer(words[node], values[node], word, value)
    return words, values


def best_words(model: Model, beams: int) -> tuple[Tokens, Floats]:
    """(N + 1, B) likeliest words after each context, best first, and their probabilities.

    Row a is for node a of the trie, the last one for a context that add-k smoothing has not seen.
    Equally likely words are in their order. Where there are fewer, -1 at -1.
    Parameters: beams B in 1..100. Raises ValueError outside.
    """
    if not 1 <= beams <= MOST_BEAMS:
        raise ValueError(f"beams = {beams} lies outside 1..{MOST_BEAMS}")
    return _best(model, beams)


@lean
def _advance(
    model: Model, best: tuple[Tokens, Floats], contexts: NDArray[np.int64], scores: Floats,
    picks: Tokens, picked: Floats,
) -> None:  # fmt: skip
    """Nothing: picks are now the best beam * B + place of the extended beams; picked, scores."""
    words, values = best
    beams = scores.size
    picks[:] = -1
    picked[:] = -np.inf
    for beam in range(beams):
        if scores[beam] > -np.inf:
            row = row_of(model, contexts[beam], words.shape[0])
            for place in range(beams):
                if words[row, place] >= 0:
                    _offer(picks, picked, beam * beams + place, scores[beam] + values[row, place])


@jitted
def _search(model: Model, best: tuple[Tokens, Floats], prompts: Tokens, out: Tokens) -> None:
    """Nothing: out (S, length) now holds the best continuation of each prompt."""
    words = best[0]
    length, beams = out.shape[1], words.shape[1]
    contexts = np.empty((beams, model.order), np.int64)
    before = np.empty((beams, model.order), np.int64)
    scores, picked = np.empty(beams), np.empty(beams)
    picks = np.empty(beams, np.int64)
    chosen, parents = np.empty((length, beams), np.int64), np.empty((length, beams), np.int64)
    for row in range(prompts.shape[0]):
        begin_contexts(contexts[0])
        for place in range(prompts.shape[1]):
            follow(model, contexts[0], prompts[row, place])
        scores[:] = -np.inf
        scores[0] = 0.0
        for step in range(length):
            _advance(model, best, contexts, scores, picks, picked)
            before[:] = contexts
            for beam in range(beams):
                scores[beam] = picked[beam]
                if picks[beam] >= 0:
                    parent = picks[beam] // beams
                    source = row_of(model, before[parent], words.shape[0])
                    word = words[source, picks[beam] % beams]
                    parents[step, beam], chosen[step, beam] = parent, word
                    contexts[beam] = before[parent]
                    follow(model, contexts[beam], word)
        beam = 0
        for step in range(length - 1, -1, -1):
            out[row, step] = chosen[step, beam]
            beam = parents[step, beam]


def search(model: Model, prompts: Tokens, length: int, beams: int) -> Tokens:
    """(S, length) likeliest continuation of each prompt among those that B beams meet.

    Each step keeps the B likeliest of the beams extended by their B likeliest words. Nothing is
    drawn. Parameters: prompts (S, P), P >= order - 1; length >= 1; beams B in 1..100.
    Raises ValueError outside these domains.
    """
    words, values = best_words(model, beams)
    with np.errstate(divide="ignore"):
        best = words, np.log(np.maximum(values, 0.0))
    out = np.empty((len(prompts), length), np.int64)
    _search(model, best, last_tokens(model, prompts), out)
    return out
