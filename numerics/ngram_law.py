"""The law of an n-gram model: the probability of a token after a context, and of a whole text.

A context is the nodes of the last l tokens, l = 0..order - 1, in the trie of the model.
"""

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import jitted, lean
from numerics.ngram import Model, Tokens, child

__all__ = [
    "begin_contexts",
    "follow",
    "last_tokens",
    "probabilities",
    "probability",
    "row_of",
    "surprise",
]

Floats = NDArray[np.float64]


@lean
def begin_contexts(contexts: NDArray[np.int64]) -> None:
    """Nothing: contexts[l], the node of the last l tokens, is that of an empty past; -1: unseen."""
    contexts[0] = 0
    for length in range(1, contexts.size):
        contexts[length] = -1


@lean
def follow(model: Model, contexts: NDArray[np.int64], word: int) -> None:
    """Nothing: contexts now end in the word."""
    for length in range(contexts.size - 1, 0, -1):
        contexts[length] = child(model.begin, model.words, contexts[length - 1], word)


@lean
def row_of(model: Model, contexts: NDArray[np.int64], rows: int) -> int:
    """Row of a full context in a table of as many rows, as `numerics.ngram_best.best_words` has."""
    if model.added > 0.0:
        node = contexts[model.order - 1]
        return int(node) if node >= 0 else rows - 1
    length = model.order - 1
    while contexts[length] < 0:
        length -= 1
    return int(contexts[length])


def last_tokens(model: Model, prompts: Tokens) -> Tokens:
    """(S, order - 1) the end of each prompt; ValueError if it is shorter."""
    if prompts.ndim != 2 or prompts.shape[1] < model.order - 1:
        raise ValueError(f"prompts have shape {prompts.shape}; {model.order - 1} tokens are needed")
    return np.ascontiguousarray(prompts[:, prompts.shape[1] - model.order + 1 :])


@lean
def probability(model: Model, contexts: NDArray[np.int64], longest: int, word: int) -> float:
    """Probability of the word after a context of `longest` tokens."""
    result = 1.0 / model.vocabulary
    for length in range(longest if model.added > 0.0 else 0, longest + 1):
        node = contexts[length]
        if node < 0 or model.begin[node] == model.begin[node + 1]:
            return result
        first, end = model.begin[node], model.begin[node + 1]
        whole = np.float64(model.total[end] - model.total[first])
        place = child(model.begin, model.words, node, word)
        weight = 0.0
        if place >= 0:
            weight = np.float64(model.total[place + 1] - model.total[place])
            weight -= model.discount[length]
        spread = model.discount[length] * (end - first) + model.added * model.vocabulary
        weight += spread * result
        result = weight / (whole + model.added * model.vocabulary)
    return result


@jitted
def _score(model: Model, text: Tokens, out: Floats) -> None:
    """Nothing: out (S, L) now holds the probability of each token."""
    contexts = np.empty(model.order, np.int64)
    for row in range(text.shape[0]):
        begin_contexts(contexts)
        for place in range(text.shape[1]):
            word = text[row, place]
            out[row, place] = probability(model, contexts, min(place, model.order - 1), word)
            follow(model, contexts, word)


def probabilities(model: Model, text: Tokens) -> Floats:
    """(S, L) probability of each token of a text, given those before it in its sequence.

    Parameters: text (S, L) of tokens 0..V-1.
    """
    out = np.empty(text.shape)
    _score(model, np.ascontiguousarray(text, np.int64), out)
    return out


def surprise(model: Model, text: Tokens) -> Floats:
    """(S,) mean of -log P over the tokens of each sequence, in nats; its exponential is perplexity.

    Parameters: text (S, L) of tokens 0..V-1. Infinite where a token has probability 0.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(probabilities(model, text)).mean(axis=1))
