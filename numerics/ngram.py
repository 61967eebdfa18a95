"""n-gram models of tokens: the counts of a text's n-grams, and laws of the next token from them.

A text is a matrix (S, L) of S sequences of L tokens, integers in 0..V-1. n-grams do not cross the
ends of sequences: a token has as its context the order - 1 tokens before it in its sequence, or as
many as there are. All m-grams, m = 1..order, are nodes of one trie, level by level, so the tokens
that follow a context stand side by side, sorted, with running sums of their weights.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import jitted, lean

__all__ = [
    "LARGEST_VOCABULARY",
    "ORDERS",
    "Counts",
    "Model",
    "add_constant",
    "child",
    "count",
    "discounts",
    "kneser_ney",
    "surviving",
    "types",
    "unsmoothed",
]

Tokens = NDArray[np.int64]
Floats = NDArray[np.float64]

ORDERS = range(1, 6)
LARGEST_VOCABULARY = 2**31
#: The discount of an order in which no n-gram, or every one, has been seen once or twice.
_DISCOUNT = 0.5


class Counts(NamedTuple):
    """The m-grams of a text as a trie of N nodes; node 0 is the empty m-gram.

    The children of node a, its extensions by one token to the right, are begin[a]..begin[a+1]-1.
    """

    vocabulary: int
    levels: NDArray[np.int64]  # (order + 2,) nodes levels[m]..levels[m+1]-1 are the m-grams
    begin: NDArray[np.int64]  # (N + 1,)
    words: Tokens  # (N,) last token
    suffix: NDArray[np.int64]  # (N,) node without the first token
    occurrences: NDArray[np.int64]  # (N,)
    left: NDArray[np.int64]  # (N,) different left neighbours, the start of a sequence being one

    @property
    def order(self) -> int:
        """Length of the longest m-grams."""
        return self.levels.size - 2


class Model(NamedTuple):
    """The law of the next token after any context: a trie of weights, and how it is smoothed."""

    vocabulary: int
    order: int
    begin: NDArray[np.int64]  # (N + 1,)
    words: Tokens  # (N,)
    suffix: NDArray[np.int64]  # (N,)
    total: NDArray[np.int64]  # (N + 1,) running sums of the weights, each >= 1
    discount: Floats  # (order,) taken off each weight, by the length of the context
    added: float  # added to each weight; 0 for a model that discounts


def count(text: Tokens, vocabulary: int, order: int) -> Counts:
    """The m-grams of a text, m = 1..order.

    Parameters: text (S, L) of tokens 0..vocabulary-1, S >= 1, L >= order; vocabulary in 1..2**31;
    order in 1..5.
    Raises ValueError outside these domains.
    """
    _check(text, vocabulary, order)
    one = np.zeros(1, np.int64)
    levels, parents, words, suffixes = [0, 1], [one[:0]], [one], [one]
    counts, lefts = [one + text.size], [one + text.size]
    node = np.zeros((text.shape[0], text.shape[1] + 1), np.int64)  # of the m-gram before a place
    for length in range(1, order + 1):
        keys = node[:, :-1] * vocabulary + text[:, length - 1 :]
        found, places, times = np.unique(keys, return_inverse=True, return_counts=True)
        places = places.reshape(keys.shape)
        suffix = np.empty(found.size, np.int64)
        suffix[places] = node[:, 1:]
        if length > 1:
            lefts.append(_neighbours(suffix, node[:, 0], levels[-2], levels[-1]))
        parents.append(found // vocabulary)
        words.append(found % vocabulary)
        suffixes.append(suffix)
        counts.append(times.astype(np.int64))
        node = places + levels[-1]
        levels.append(levels[-1] + found.size)
    begin = 1 + np.searchsorted(np.concatenate(parents), np.arange(levels[-1] + 1))
    joined = map(np.concatenate, (words, suffixes, counts, [*lefts, counts[-1]]))
    return Counts(vocabulary, np.array(levels), begin, *joined)


def _neighbours(suffix: Tokens, starts: Tokens, first: int, end: int) -> NDArray[np.int64]:
    """Left neighbours of m-grams first..end-1: the (m+1)-grams that end in them, and a start."""
    result = np.bincount(suffix - first, minlength=end - first)
    result[np.unique(starts) - first] += 1
    return result


def _check(text: Tokens, vocabulary: int, order: int) -> None:
    if order not in ORDERS:
        raise ValueError(f"order = {order} lies outside {ORDERS[0]}..{ORDERS[-1]}")
    if not 1 <= vocabulary <= LARGEST_VOCABULARY:
        raise ValueError(f"vocabulary = {vocabulary} lies outside 1..2**31")
    if text.ndim != 2 or text.shape[0] < 1 or text.shape[1] < order:
        raise ValueError(f"text has shape {text.shape}; sequences of {order} tokens are needed")
    low, high = int(text.min()), int(text.max())
    if low < 0 or high >= vocabulary:
        raise ValueError(f"text holds {low}..{high}, which lie outside 0..{vocabulary - 1}")


def discounts(counts: Counts) -> Floats:
    """(order,) discounts n1/(n1 + 2 n2) of absolute discounting, by the length of the context.

    n1, n2: the m-grams of weight 1 and 2, the weight being occurrences for the longest m-grams and
    left neighbours for the others. 1/2 where n1 or n2 is 0.
    Source: H. Ney, U. Essen, R. Kneser, "On structuring probabilistic dependences in stochastic
    language modelling", Computer Speech and Language 8 (1994).
    """
    result = np.full(counts.order, _DISCOUNT)
    for length in range(counts.order):
        weights = counts.left[counts.levels[length + 1] : counts.levels[length + 2]]
        once, twice = int((weights == 1).sum()), int((weights == 2).sum())
        if once and twice:
            result[length] = once / (once + 2 * twice)
    return result


def kneser_ney(counts: Counts, discount: Floats | None = None) -> Model:
    """Interpolated Kneser-Ney smoothing, with one discount for each order.

    P(w | h) = (max(c(hw) - D, 0) + D N(h) P(w | h without its first token))/c(h), with N(h) the
    number of different tokens after h; c counts occurrences of the longest n-grams and different
    left neighbours of the shorter ones; below the empty context stands 1/V. After a context that
    was never followed, the law is that of the shorter one.
    Parameters: discount (order,) in [0, 1], by the length of the context; `discounts` without it.
    Raises ValueError for another discount.
    Source: R. Kneser, H. Ney, ICASSP 1995; S. Chen, J. Goodman, "An empirical study of smoothing
    techniques for language modeling", Computer Speech and Language 13 (1999), section 2.7.
    """
    taken = discounts(counts) if discount is None else np.asarray(discount, np.float64)
    if taken.shape != (counts.order,) or not ((taken >= 0.0) & (taken <= 1.0)).all():
        raise ValueError(f"discount = {taken.tolist()} is not {counts.order} numbers in [0, 1]")
    return _model(counts, counts.left, taken, 0.0)


def add_constant(counts: Counts, added: float) -> Model:
    """Add-k smoothing P(w | h) = (c(hw) + k)/(c(h) + k V), without recourse to shorter contexts.

    Parameters: added, k > 0. Raises ValueError outside.
    """
    if not 0.0 < added < np.inf:
        raise ValueError(f"added = {added} lies outside added > 0")
    return _model(counts, counts.occurrences, np.zeros(counts.order), added)


def unsmoothed(counts: Counts) -> Model:
    """Maximum likelihood P(w | h) = c(hw)/c(h), h cut to its longest end that was ever followed."""
    return _model(counts, counts.occurrences, np.zeros(counts.order), 0.0)


def _model(counts: Counts, weights: NDArray[np.int64], discount: Floats, added: float) -> Model:
    total = np.concatenate([[0], np.cumsum(weights)])
    kept = counts.begin, counts.words, counts.suffix
    return Model(counts.vocabulary, counts.order, *kept, total, discount, added)


@lean
def child(begin: NDArray[np.int64], words: Tokens, node: int, word: int) -> int:
    """Node of an m-gram extended by a word; -1 if there is none, or if node is -1."""
    if node < 0:
        return -1
    low, high = begin[node], begin[node + 1]
    end = high
    while low < high:
        middle = (low + high) // 2
        if words[middle] < word:
            low = middle + 1
        else:
            high = middle
    return int(low) if low < end and words[low] == word else -1


def types(counts: Counts) -> NDArray[np.int64]:
    """(order,) different m-grams, m = 1..order."""
    return np.diff(counts.levels[1:])


@jitted
def _twins(
    begin: NDArray[np.int64], words: Tokens, others_begin: NDArray[np.int64], others_words: Tokens
) -> NDArray[np.int64]:
    """(N,) node of the same m-gram in another trie, -1 where there is none."""
    twin = np.full(words.size, -1, np.int64)
    twin[0] = 0
    for node in range(words.size):
        for place in range(begin[node], begin[node + 1]):
            twin[place] = child(others_begin, others_words, twin[node], words[place])
    return twin


def surviving(counts: Counts, later: Counts) -> NDArray[np.int64]:
    """(order,) m-grams of the first text, m = 1..order, that the later text holds as well."""
    twin = _twins(counts.begin, counts.words, later.begin, later.words) >= 0
    return np.diff(np.concatenate([[0], np.cumsum(twin)])[counts.levels[1:]])
