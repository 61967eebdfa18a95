"""The plan of `collapse simulate ngram`: which text, how it is cut, and the rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerics import campaign, ngram, ngram_best, ngram_generations, streams
from numerics.measured_ngram import EDGES, RefittingText, columns_of
from numerics.ngram_generations import OFTEN, Recipe
from proofs import inputs, simulation
from proofs.simulation import Plan
from theory.errors import DomainError

#: Tokens of a sequence, as in the paper, and the sequences that go to training and test by turns.
LENGTH = 64
TURNS = 10
MOST_LENGTH = 10_000
UNITS = ("words", "characters")
LEGEND = (
    "real perplexity: of the held-out real sequences under model n; generated perplexity: of the "
    "sequences generated for generation n, under model 0; median, tail: median and 99 % quantile "
    "of the latter, sequence by sequence; generation 0: the held-out real sequences under model 0",
    "lost: shares that the training sequences of generation n no longer hold: of the words that "
    f"the real ones hold once (lost once) or {OFTEN} times or more (lost often), of their m-grams "
    "(lost m); types m: different m-grams in them",
)

Tokens = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cut:
    """A text in sequences: `train` (T, L) and `test` (T2, L) of tokens 0..vocabulary-1.

    The text's tokens are cut into sequences of L one after the other; every tenth is held out as
    test, and what is left over at the end is dropped. vocabulary: the kinds of token in the whole
    text. source, notes and digest as in `proofs.inputs.Categories`.
    """

    train: Tokens
    test: Tokens
    vocabulary: int
    source: str
    notes: tuple[str, ...]
    digest: str


def read_text(name: str, order: int, units: str = "words", length: int = LENGTH) -> Cut:
    """Return a text in UTF-8, cut into sequences for training and test.

    name: a path, or a shipped name. units: words, as `proofs.inputs.words` finds them, or
    characters, casefolded, each run of white space one space. length: tokens of a sequence.
    Raises DomainError for a file that is empty or no text, or a text too short for ten sequences
    or of one kind of token alone; OSError for an unreadable file.
    """
    if units not in UNITS:
        raise DomainError(f"simulate ngram: units = {units} is none of {', '.join(UNITS)}")
    simulation.check_inside("ngram", "order", order, ngram.ORDERS[0], ngram.ORDERS[-1])
    simulation.check_inside("ngram", "length", length, order, MOST_LENGTH)
    text, digest = inputs._read(name, inputs.locate(name))
    found = inputs.words(text) if units == "words" else list(" ".join(text.casefold().split()))
    number = {token: place for place, token in enumerate(sorted(set(found)))}
    if len(found) < order:
        raise DomainError(f"{name}: {len(found)} {units}, fewer than the order {order}")
    if len(found) < TURNS * length:
        raise DomainError(
            f"{name}: {len(found)} {units}; {TURNS * length} or more are needed ({TURNS} sequences "
            f"of {length}, the last of every {TURNS} held out)"
        )
    if len(number) < 2:
        raise DomainError(f"{name}: one kind of token among its {units}; two or more are needed")
    tokens = np.array([number[token] for token in found], np.int64)
    sequences = tokens[: tokens.size // length * length].reshape(-1, length)
    held = np.arange(len(sequences)) % TURNS == TURNS - 1
    note = (
        f"{len(found):,} {units} of {len(number):,} kinds, in sequences of {length}: "
        f"{(~held).sum():,} for training, {held.sum():,} held out (the last of every {TURNS})"
    )
    return Cut(sequences[~held], sequences[held], len(number), name, (note,), digest)


def plan_ngram(
    text: Cut, recipe: Recipe, generations: int, replicates: int, key: str, units: str = "words"
) -> Plan:
    """Return the plan of refitting a language model; DomainError outside the domains.

    text: from `read_text`, with sequences of the recipe's order or more. recipe: how a generation
    is fitted, generated and mixed. generations: 0..10^9. replicates: at least 1. key: any text.
    """
    simulation.check_inside("ngram", "generations", generations, 0, simulation.MOST_GENERATIONS)
    simulation.check_inside("ngram", "replicates", replicates, 1, 2**62)
    simulation.check_inside("ngram", "order", recipe.order, ngram.ORDERS[0], ngram.ORDERS[-1])
    if recipe.beams:
        simulation.check_inside("ngram", "beams", recipe.beams, 1, ngram_best.MOST_BEAMS)
    if not 0.0 < recipe.temperature <= 1.0:
        raise DomainError(
            f"simulate ngram: temperature = {recipe.temperature:g} lies outside "
            "0 < temperature <= 1"
        )
    record = simulation.recorded(generations)
    stream = streams.derive_key("simulate", "ngram", key)
    work = RefittingText(text.train, text.test, text.vocabulary, recipe, record, stream)
    with simulation.as_domain_error("ngram"):
        size = ngram_generations.kept_size(recipe, len(text.train))
        start, _, seen = work.start()
    return Plan(
        "ngram",
        {"text": text.source, "units": units, "length": text.train.shape[1]}
        | _described(recipe)
        | {"generations": generations, "key": key},
        _notes(text, recipe, size, seen),
        columns_of(recipe.order),
        start,
        campaign.digest([text.train, text.test]),
        (),
        record,
        replicates,
        1,
        work,
    )


def _notes(text: Cut, recipe: Recipe, size: int, seen: float) -> tuple[str, ...]:
    """Return lines on the text, on what stays real, and on what the columns mean."""
    notes = (
        *text.notes,
        f"SHA-256 of the file {text.digest}",
        f"training text of a generation: {size:,} real sequences, drawn anew, and "
        f"{len(text.train) - size:,} generated ones, each the continuation of another real one",
        f"perplexity of the real training sequences under model 0, which was fitted to them: "
        f"{seen:.6g}",
        *LEGEND,
    )
    if recipe.beams and not size:
        notes += ("a search draws nothing, and nothing real is kept: all replicates are the same",)
    return notes


def _described(recipe: Recipe) -> dict[str, str | int]:
    """Return the recipe in words, for the header."""
    k = f", k = {recipe.added!r}" if recipe.smoothing == "add-k" else ""
    drawn = f"beam search, beams = {recipe.beams}" if recipe.beams else "draws"
    if recipe.temperature < 1.0:
        drawn += f", temperature = {recipe.temperature!r}"
    if recipe.unsmoothed:
        drawn += ", unsmoothed"
    shares = {"keep": f"{recipe.keep!r}", "generation by": drawn}
    return {"order": recipe.order, "smoothing": recipe.smoothing + k, **shares}


def histograms(work: RefittingText, counts: tuple[int, ...]) -> dict[str, object]:
    """Return the perplexities of single sequences under model 0 as JSON values, by generation.

    counts: of the generations recorded, one after the other, summed over the replicates done.
    Generation 0 is the held-out real text, once.
    """
    first = work.start()[1].tolist()
    parts = [first, *np.reshape(counts, (-1, len(first))).tolist()]
    rows = [
        {"generation": generation, "below": below, "counts": inside, "above": above}
        for generation, (below, *inside, above) in zip((0, *work.record), parts, strict=False)
    ]
    return {"perplexity_histograms": {"edges": EDGES.tolist(), "rows": rows}}
