"""n-gram models, slow and plain: dictionaries of m-grams, probabilities as exact fractions."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from numerics.streams import Stream, derive_key, index_below, new_stream, uniform

__all__ = ["PlainModel", "beam_search", "continued", "discount_of", "kept", "refitted"]

Gram = tuple[int, ...]
Text = Sequence[Sequence[int]]
Rows = dict[Gram, dict[int, int]]


class PlainModel(NamedTuple):
    """Counts of a text; smoothing is kneser-ney, add-k or none; added is the k of add-k."""

    text: Text
    vocabulary: int
    order: int
    smoothing: str = "kneser-ney"
    added: Fraction = Fraction(0)

    def rows(self) -> Rows:
        """Weight of each word after each context: occurrences, or different left neighbours.

        Left neighbours are for contexts of fewer than order - 1 tokens in Kneser-Ney smoothing. A
        sequence's start is the neighbour None.
        """
        seen: dict[Gram, list[int | None]] = defaultdict(list)
        for sequence in self.text:
            for end in range(1, len(sequence) + 1):
                for length in range(1, min(self.order, end) + 1):
                    first = end - length
                    left = sequence[first - 1] if first else None
                    seen[tuple(sequence[first:end])].append(left)
        rows: Rows = defaultdict(dict)
        for gram, lefts in seen.items():
            neighbours = self.smoothing == "kneser-ney" and len(gram) < self.order
            rows[gram[:-1]][gram[-1]] = len(set(lefts) if neighbours else lefts)
        return dict(rows)

    def discounts(self) -> list[Fraction]:
        """Discount of each length of context, 0 without Kneser-Ney smoothing."""
        rows = self.rows()
        if self.smoothing != "kneser-ney":
            return [Fraction(0)] * self.order
        return [
            discount_of([w for h, row in rows.items() if len(h) == length for w in row.values()])
            for length in range(self.order)
        ]

    def law(self, context: Sequence[int]) -> list[Fraction]:
        """Probability of each word after the last order - 1 tokens of a context; the sum is 1."""
        return self._law(tuple(context)[max(len(context) - self.order + 1, 0) :], self.rows())

    def _law(self, context: Gram, rows: Rows) -> list[Fraction]:
        row, words = rows.get(context, {}), range(self.vocabulary)
        whole = sum(row.values())
        if self.smoothing == "add-k":
            below = whole + self.added * self.vocabulary
            return [(row.get(word, 0) + self.added) / below for word in words]
        shorter = [Fraction(1, self.vocabulary)] * self.vocabulary
        if context:
            shorter = self._law(context[1:], rows)
        if not row:
            return shorter
        discount = self.discounts()[len(context)]
        spread = discount * len(row)
        return [
            ((row[word] - discount if word in row else 0) + spread * shorter[word]) / whole
            for word in words
        ]


def discount_of(weights: Sequence[int]) -> Fraction:
    """n1/(n1 + 2 n2), with n1 and n2 weights of 1 and 2; 1/2 where one of them is 0."""
    once, twice = weights.count(1), weights.count(2)
    return Fraction(once, once + 2 * twice) if once and twice else Fraction(1, 2)


def continued(
    model: PlainModel, prompt: Sequence[int], length: int, key: int, number: int
) -> list[int]:
    """The tokens that a model draws after a prompt, from stream `number`."""
    stream, rows, discounts = new_stream(key, number), model.rows(), model.discounts()
    past = list(prompt)
    for _ in range(length):
        past.append(_drawn(model, past, stream, rows, discounts))
    return past[len(prompt) :]


def _drawn(
    model: PlainModel,
    past: Sequence[int],
    stream: Stream,
    rows: Rows,
    discounts: Sequence[Fraction],
) -> int:
    """A token after the past: from the longest context that takes the draw."""
    for used in range(model.order - 1, -1, -1):
        row = rows.get(tuple(past[len(past) - used :]), {})
        if row:
            point = Fraction(uniform(stream))
            point *= sum(row.values()) + model.added * model.vocabulary
            for word, weight in sorted(row.items()):
                point -= weight - discounts[used]
                if point < 0:
                    return word
        if model.smoothing == "add-k":
            break
    return index_below(stream, model.vocabulary)


def beam_search(
    model: PlainModel, prompt: Sequence[int], length: int, beams: int
) -> list[tuple[Fraction, Gram]]:
    """The beams at the end, likeliest first: each extended by every word, and the best kept."""
    paths: list[tuple[Fraction, Gram]] = [(Fraction(1), ())]
    for _ in range(length):
        longer = [
            (chance * probability, (*path, word))
            for chance, path in paths
            for word, probability in enumerate(model.law((*prompt, *path)))
        ]
        paths = sorted(longer, key=lambda pair: -pair[0])[:beams]
    return paths


def kept(sequences: int, size: int, key: int) -> list[int]:
    """Numbers of the real sequences: the first of a shuffle, from stream `sequences`."""
    stream, left = new_stream(key, sequences), list(range(sequences))
    for place in range(size):
        other = place + index_below(stream, sequences - place)
        left[place], left[other] = left[other], left[place]
    return sorted(left[:size])


def refitted(
    train: Text, vocabulary: int, order: int, size: int, generations: int, key: int, replicate: int
) -> list[list[list[int]]]:
    """Training texts of generations 1..n under Kneser-Ney smoothing, `size` sequences real."""
    texts: list[list[list[int]]] = []
    newest: Text = train
    for generation in range(1, generations + 1):
        stream = derive_key("ngram", key, replicate, generation)
        real = kept(len(train), size, stream)
        model = PlainModel(newest, vocabulary, order)
        newest = [
            list(prompt) if s in real else continued(model, prompt, len(prompt), stream, s)
            for s, prompt in enumerate(train)
        ]
        texts.append([list(sequence) for sequence in newest])
    return texts
