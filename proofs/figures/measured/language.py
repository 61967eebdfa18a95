"""Language models of n-grams refitted to their own text: what five figures measure of them.

Real text: *Pride and Prejudice*, cut into sequences; every tenth is held out. A chain is one way
of drawing, one share of real sequences that stays in every generation, and one penalty on repeated
words. The same chain is the same run in every figure that measures it at the same size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, ngram, streams
from numerics.measured_ngram import EDGES, counted
from numerics.ngram import Model, Tokens
from numerics.ngram_generations import Recipe, fitted
from numerics.ngram_law import surprise
from numerics.ngram_repetition import texts
from proofs.figures.drawing import Effort
from proofs.plans.ngram import LENGTH, read_text

__all__ = [
    "BEAMS", "DRAWS", "INPUTS", "RECORD", "RUNNING", "SHARP", "SHARP_3", "SINGLE", "Chain", "Seen",
    "both", "measured", "real_text", "series", "setting",
]  # fmt: skip

TEXT = "pride-and-prejudice"
INPUTS = ("proofs/data/pride_and_prejudice.txt.gz",)
#: Sequences of the whole novel for training.
WHOLE = 1718
#: The generations that the paper's histograms show, and how often words occur that are followed.
RECORD = (1, 2, 3, 5, 9)
KEPT = (0.0, 0.1)
TIMES = (1, 2, 4, 8)
#: Ways to draw a text, as the arguments of `numerics.ngram_generations.Recipe`.
SINGLE = {"order": 1, "unsmoothed": True}
RUNNING = {"order": 3, "unsmoothed": True}
DRAWS = {"order": 3, "smoothing": "kneser-ney"}
BEAMS = {**DRAWS, "beams": 5}
SHARP = {"order": 2, "smoothing": "add-k", "added": 0.0003, "temperature": 0.8}
SHARP_3 = {**DRAWS, "temperature": 0.8}


class Chain(NamedTuple):
    """One way of drawing, by its name; the share kept; the penalty on repeated words."""

    drawn: str
    keep: float = 0.0
    penalty: float = 1.0


class Seen(NamedTuple):
    """What R runs of a chain showed at G generations."""

    real: NDArray[np.float64]  # (R, G) perplexity of the held-out real sequences under model n
    generated: NDArray[np.float64]  # (R, G) of the generated sequences under model 0, whole
    quantiles: NDArray[np.float64]  # (R, G, 2) median and 99 % of them, sequence by sequence
    counts: NDArray[np.int64]  # (R, G, 102) sequences by perplexity, as `counted` gives them
    lost: NDArray[np.float64]  # (R, G, len(TIMES)) lost share of the words seen so many times


class RealText(NamedTuple):
    """Sequences of the real text for training and test, and its kinds of words."""

    train: Tokens
    test: Tokens
    vocabulary: int


@lru_cache(maxsize=2)
def real_text(sequences: int) -> RealText:
    """Return the first sequences of the novel, and as many held out as lie among them."""
    cut = read_text(TEXT, ngram.ORDERS[-1])
    test = cut.test[: max(1, round(sequences * len(cut.test) / len(cut.train)))]
    return RealText(cut.train[:sequences], test, cut.vocabulary)


def both(drawn: Sequence[str]) -> list[Chain]:
    """Return each way of drawing without real data kept, and with a tenth."""
    return [Chain(way, keep) for way in drawn for keep in KEPT]


def setting(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the captions say of the text: its sizes, and the generations measured."""
    text = real_text(parameters["sequences"])
    return {
        "sequences": len(text.train),
        "held-out": len(text.test),
        "length": LENGTH,
        "samples": text.train.size,
        "generations": [0, *parameters["record"]],
        "edges": EDGES.tolist(),
        "drawn": dict(parameters["drawn"]),
    }


def measured(
    parameters: Mapping[str, Any], effort: Effort, chains: Sequence[Chain]
) -> Iterator[tuple[Chain, Seen]]:
    """Yield each chain with its runs; a search that draws nothing at all is run once.

    parameters: sequences, runs, record (generations >= 1 that rise), drawn (ways by name).
    """
    text = real_text(parameters["sequences"])
    record = tuple(parameters["record"])
    recipes = {
        chain: Recipe(**parameters["drawn"][chain.drawn])._replace(keep=chain.keep)
        for chain in chains
    }
    runs = {
        chain: 1 if recipe.beams and not chain.keep else int(parameters["runs"])
        for chain, recipe in recipes.items()
    }
    before, total = 0, sum(runs.values())
    for chain, recipe in recipes.items():
        key = streams.derive_key("language", *map(str, chain), effort.key)
        work = partial(_block, text, recipe, chain.penalty, record, key)
        parts = campaign.run(
            work, runs[chain], block=1, workers=effort.workers,
            progress=partial(_report, effort, before, total),
        )  # fmt: skip
        yield chain, campaign.gather(parts)
        before += runs[chain]


def _report(effort: Effort, before: int, total: int, done: int, _: int) -> None:
    if effort.progress is not None:
        effort.progress(before + done, total)


def _block(
    text: RealText, recipe: Recipe, penalty: float, record: tuple[int, ...], key: int,
    first: int, last: int,
) -> Seen:  # fmt: skip
    """Return what replicates first..last-1 of a chain showed."""
    return campaign.gather(
        _run(text, recipe, penalty, record, key, replicate) for replicate in range(first, last)
    )


def _run(
    text: RealText, recipe: Recipe, penalty: float, record: tuple[int, ...], key: int,
    replicate: int,
) -> Seen:  # fmt: skip
    original = fitted(ngram.count(text.train, text.vocabulary, recipe.order), recipe)
    times = np.bincount(text.train.ravel(), minlength=text.vocabulary)
    rows = []
    later = texts(text.train, text.vocabulary, recipe, record[-1], key, replicate, penalty)
    for generation, made in enumerate(later, 1):
        if generation in record:
            present = np.bincount(made.sequences.ravel(), minlength=text.vocabulary) > 0
            lost = [1.0 - float(present[times == k].mean()) for k in TIMES]
            found = _scored(original, made.model, made.sequences[made.rows], text.test)
            rows.append((*found, np.array(lost)))
    return Seen(*(np.array(column)[None] for column in zip(*rows, strict=True)))


def _scored(
    original: Model, newest: Model, made: Tokens, test: Tokens
) -> tuple[float, float, NDArray[np.float64], NDArray[np.int64]]:
    """Return the first four fields of `Seen`, for one run and one generation."""
    nats = surprise(original, made)
    single = np.exp(nats)
    real = float(np.exp(surprise(newest, test).mean()))
    return real, float(np.exp(nats.mean())), np.quantile(single, [0.5, 0.99]), counted(single)


def series(parameters: Mapping[str, Any], chain: Chain, seen: Seen) -> dict[str, Any]:
    """Return a chain as JSON values; real and counts start with generation 0.

    At generation 0 the held-out real sequences stand for what is generated. real: by run.
    generated, median, tail: geometric means over the runs, from generation 1 on.
    """
    text = real_text(parameters["sequences"])
    recipe = Recipe(**parameters["drawn"][chain.drawn])
    original = fitted(ngram.count(text.train, text.vocabulary, recipe.order), recipe)
    nats = surprise(original, text.test)
    start = float(np.exp(nats.mean()))
    means = np.exp(np.log(seen.quantiles).mean(axis=0))
    return {
        "runs": len(seen.real),
        "real": [[_short(value) for value in (start, *run)] for run in seen.real],
        "counts": [counted(np.exp(nats)).tolist(), *seen.counts.sum(axis=0).tolist()],
        "generated": [_short(value) for value in np.exp(np.log(seen.generated).mean(axis=0))],
        "median": [_short(value) for value in means[:, 0]],
        "tail": [_short(value) for value in means[:, 1]],
    }


def _short(value: float) -> float:
    return float(f"{value:.8g}")
