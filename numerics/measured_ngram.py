"""Blocks of refitted language models reduced to sums, by a function that can travel."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, ngram, ngram_generations
from numerics.ngram_generations import Recipe, TextRun
from numerics.ngram_law import surprise
from numerics.summary import Bins, Summary, summarise

__all__ = ["EDGES", "QUANTILES", "RefittingText", "columns_of", "counted"]

Floats = NDArray[np.float64]
Tokens = NDArray[np.int64]

#: Edges of the histograms of perplexity: 1 to 100,000, evenly spaced in the logarithm.
EDGES: Floats = 10.0 ** (np.arange(101) / 20.0)
#: Of the perplexities of single sequences, by their column.
QUANTILES = {"generated_median": 0.5, "generated_tail": 0.99}


def columns_of(order: int) -> tuple[str, ...]:
    """Names of what RefittingText measures."""
    grams = range(1, order + 1)
    lost, types = (tuple(f"{name}_{m}" for m in grams) for name in ("lost", "types"))
    perplexities = ("real_perplexity", "generated_perplexity", *QUANTILES)
    return (*perplexities, "lost_once", "lost_often", *lost, *types)


def counted(perplexities: Floats) -> NDArray[np.int64]:
    """(102,) numbers of perplexities below the first of EDGES, in each bin, and above the last.

    A bin holds its left edge.
    """
    places = np.searchsorted(EDGES, perplexities, side="right")
    return np.bincount(places, minlength=EDGES.size + 1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class RefittingText:
    """Language models refitted; the fields are the arguments of `ngram_generations.simulate`.

    A call with replicates first..last-1 returns the Summary of `columns_of`: the perplexity of the
    test sequences under model n; of the generated sequences of generation n under model 0; median
    and 99 % quantile of the latter, sequence by sequence; the shares lost, by its training text, of
    the words that the real training text holds once, and ten times or more; for m = 1..order the
    share lost of the m-grams of the real training text, and the different m-grams there are.
    Its histogram holds `counted` of the sequences of each recorded generation, one after the other.
    """

    train: Tokens
    test: Tokens
    vocabulary: int
    recipe: Recipe
    record: tuple[int, ...]
    key: int
    bins: Bins | None = None

    @property
    def samples(self) -> int:
        """Tokens that a generation is trained on."""
        return self.train.size

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(columns_of(self.recipe.order))

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = ngram_generations.simulate(
            self.train, self.test, self.vocabulary, self.recipe, self.record, self.key, first, last
        )
        real = ngram.types(ngram.count(self.train, self.vocabulary, self.recipe.order))
        perplexities = np.exp(run.generated)
        columns = self._columns(run, perplexities, real)
        histograms = [
            counted(perplexities[:, place].ravel()) for place in range(perplexities.shape[1])
        ]
        digest = hashlib.sha256(f"{self.recipe!r}{campaign.digest(run)}".encode()).hexdigest()
        return summarise(columns, self.scales(), digest, np.concatenate(histograms))

    def _columns(
        self, run: TextRun, perplexities: Floats, real: NDArray[np.int64]
    ) -> list[NDArray[np.float64] | NDArray[np.int64]]:
        """The columns (R, G)."""
        lost = 1.0 - run.surviving / real
        words = ngram_generations.rare_words(self.train, self.train)
        rare = (words - run.rare) / np.maximum(words, 1)
        quantiles = [np.quantile(perplexities, at, axis=2) for at in QUANTILES.values()]
        columns = [np.exp(run.real), np.exp(run.generated.mean(axis=2)), *quantiles]
        columns += [*np.moveaxis(rare, 2, 0)]
        return [*columns, *np.moveaxis(lost, 2, 0), *np.moveaxis(run.types, 2, 0)]

    def start(self) -> tuple[tuple[float, ...], NDArray[np.int64], float]:
        """The columns at generation 0, a histogram, and a perplexity.

        At generation 0 the test sequences stand for what is generated: columns and histogram are
        those of the real text that model 0 was not fitted to. The perplexity is that of the real
        training text under model 0, which was fitted to it.
        """
        counts = ngram.count(self.train, self.vocabulary, self.recipe.order)
        model = ngram_generations.fitted(counts, self.recipe)
        unseen = surprise(model, self.test)
        whole = float(np.exp(unseen.mean()))
        perplexities = np.exp(unseen)
        quantiles = [float(np.quantile(perplexities, at)) for at in QUANTILES.values()]
        types = ngram.types(counts).astype(np.float64)
        nothing = (0.0,) * (2 + types.size)  # is lost
        columns = (whole, whole, *quantiles, *nothing, *map(float, types))
        seen = float(np.exp(surprise(model, self.train).mean()))
        return columns, counted(perplexities), seen
