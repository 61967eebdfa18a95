"""Language models trained on their own text, generation after generation.

Generation n has T training sequences, as many as the real text, and the real sequences are the
prompts of all generations: sequence s of generation n continues real sequence s, as model n - 1
does. `keep` of them are not generated: round(keep T) sequences, drawn anew in each generation
without replacement, are the real ones themselves. Model n is fitted to these T sequences alone.
Source of the process: Shumailov et al., Nature 631 (2024), section on language models, where
sequences have 64 tokens and 10 % of the real data is kept.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import ngram, ngram_best, ngram_text
from numerics.arguments import checked_record, checked_replicates
from numerics.jitted import jitted
from numerics.ngram import Counts, Model, Tokens
from numerics.ngram_law import surprise
from numerics.streams import STREAM, Stream, derive_key, index_below, restart

__all__ = ["Recipe", "Smoothing", "TextRun", "fitted", "kept_sequences", "kept_size", "simulate"]

Floats = NDArray[np.float64]
#: A word that the real training text holds so many times is no rare one.
OFTEN = 10
Smoothing = Literal["kneser-ney", "add-k"]


class Recipe(NamedTuple):
    """How a generation is fitted, generated and mixed with real text."""

    order: int = 3
    smoothing: Smoothing = "kneser-ney"
    added: float = 0.01  # k of add-k smoothing
    keep: float = 0.0  # share of real sequences
    unsmoothed: bool = False  # texts are drawn from the maximum-likelihood law
    temperature: float = 1.0
    beams: int = 0  # of a beam search in place of draws, if positive


class TextRun(NamedTuple):
    """What replicates R recorded at G generations, for T' generated sequences in each."""

    types: NDArray[np.int64]  # (R, G, order) different m-grams of the training sequences
    surviving: NDArray[np.int64]  # (R, G, order) those among them that the real ones hold
    rare: NDArray[np.int64]  # (R, G, 2) words that the real ones hold once, and OFTEN or more
    generated: Floats  # (R, G, T') surprise of each generated sequence under model 0, in nats
    real: Floats  # (R, G) mean surprise of the test sequences under model n, in nats


def fitted(counts: Counts, recipe: Recipe) -> Model:
    """The smoothed model of these counts. Raises ValueError for an unknown smoothing."""
    if recipe.smoothing == "kneser-ney":
        return ngram.kneser_ney(counts)
    if recipe.smoothing == "add-k":
        return ngram.add_constant(counts, recipe.added)
    raise ValueError(f"smoothing = {recipe.smoothing} is neither kneser-ney nor add-k")


def kept_size(recipe: Recipe, sequences: int) -> int:
    """Real sequences in a generation; ValueError unless keep is in [0, 1) and leaves one to draw.

    Parameters: the number of training sequences. Halves are rounded up.
    """
    if not 0.0 <= recipe.keep < 1.0:
        raise ValueError(f"keep = {recipe.keep} lies outside 0 <= keep < 1")
    size = int(np.floor(recipe.keep * sequences + 0.5))
    if size == sequences:
        raise ValueError(f"keep = {recipe.keep} keeps all of the {sequences} sequences")
    return size


@jitted
def _draw(stream: Stream, key: np.uint64, size: int, out: NDArray[np.int64]) -> None:
    """Nothing: the first entries of out, `size` of 0..T-1, are now drawn without replacement."""
    restart(stream, key, np.uint64(out.size))
    for place in range(size):
        other = place + index_below(stream, out.size - place)
        out[place], out[other] = out[other], out[place]


def kept_sequences(sequences: int, size: int, key: int) -> NDArray[np.int64]:
    """(size,) numbers of the sequences that stay real, in increasing order.

    Parameters: sequences T in 1..2**32; size in 0..T; key in 0..2**64-1, of which stream T is used.
    """
    out = np.arange(sequences)
    stream: Stream = np.recarray(1, STREAM)[0]
    _draw(stream, np.uint64(key), size, out)
    return np.sort(out[:size])


def rare_words(train: Tokens, later: Tokens) -> NDArray[np.int64]:
    """(2,) words of the later text that occur in the first one once, and OFTEN times or more."""
    words, times = np.unique(train, return_counts=True)
    present = np.isin(words, later)
    return np.array([(present & (times == 1)).sum(), (present & (times >= OFTEN)).sum()])


def _text(
    counts: Counts, model: Model, prompts: Tokens, rows: Tokens, recipe: Recipe, key: int
) -> Tokens:
    """(T', L) continuations of the prompts of these rows."""
    source = ngram.unsmoothed(counts) if recipe.unsmoothed else model
    length = prompts.shape[1]
    if recipe.beams:
        return ngram_best.search(source, prompts[rows], length, recipe.beams)
    return ngram_text.generate(source, prompts[rows], length, key, rows, recipe.temperature)


def simulate(
    train: Tokens,
    test: Tokens,
    vocabulary: int,
    recipe: Recipe,
    record: NDArray[np.int64] | tuple[int, ...],
    key: int,
    first: int,
    last: int,
) -> TextRun:
    """Replicates first..last-1 of a model refitted to its own text.

    Parameters: train (T, L) and test (T2, L), the real sequences of tokens 0..vocabulary-1; the
    recipe; record, generations >= 1 that increase; key in 0..2**64-1.
    Raises ValueError outside the domains.
    """
    recorded = checked_record(tuple(record)).tolist()
    checked_replicates(key, first, last)
    size = kept_size(recipe, len(train))
    real = ngram.count(train, vocabulary, recipe.order)
    original = fitted(real, recipe)
    shape = (last - first, len(recorded))
    run = TextRun(
        np.empty((*shape, recipe.order), np.int64),
        np.empty((*shape, recipe.order), np.int64),
        np.empty((*shape, 2), np.int64),
        np.empty((*shape, len(train) - size)),
        np.empty(shape),
    )
    for replicate in range(first, last):
        counts, model = real, original
        for generation in range(1, recorded[-1] + 1):
            stream = derive_key("ngram", key, replicate, generation)
            kept = kept_sequences(len(train), size, stream)
            rows = np.setdiff1d(np.arange(len(train)), kept)
            text = train.copy()
            text[rows] = _text(counts, model, train, rows, recipe, stream)
            counts = ngram.count(text, vocabulary, recipe.order)
            model = fitted(counts, recipe)
            if generation in recorded:
                place = replicate - first, recorded.index(generation)
                run.types[place] = ngram.types(counts)
                run.surviving[place] = ngram.surviving(real, counts)
                run.rare[place] = rare_words(train, text)
                run.generated[place] = surprise(original, text[rows])
                run.real[place] = surprise(model, test).mean()
    return run
