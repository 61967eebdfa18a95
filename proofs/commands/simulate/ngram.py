"""`collapse simulate ngram`: a language model of n-grams, on real text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import PlainWork, Runs

if TYPE_CHECKING:
    from numerics.ngram_generations import Recipe


@dataclass(frozen=True)
class TextRuns(Runs):
    """As many generations and runs as the paper shows."""

    generations: Annotated[int, typer.Option(help="Generations n.")] = 10
    replicates: Annotated[int, typer.Option(help="Independent runs R.")] = 5


@dataclass(frozen=True)
class Generating:
    """How a text is generated, and how much of it stays real."""

    keep: Annotated[
        str,
        typer.Option(help="Share of real sequences, drawn anew in each generation: 0.1 or 1/10."),
    ] = "0"
    temperature: Annotated[
        float, typer.Option(help="Draw words with chances P^(1/temperature), up to 1.")
    ] = 1.0
    beams: Annotated[
        int | None,
        typer.Option(help="Search with so many beams, and draw nothing; the paper has 5."),
    ] = None
    unsmoothed: Annotated[
        bool, typer.Option("--unsmoothed", help="Generate from the maximum-likelihood law.")
    ] = False


def ngram(
    runs: TextRuns,
    generating: Generating,
    work: PlainWork,
    text: Annotated[
        str, typer.Option("--text", help="A text in UTF-8: a file, or a shipped one.")
    ] = "pride-and-prejudice",
    order: Annotated[int, typer.Option(help="Tokens of an n-gram, 1 to 5.")] = 3,
    smoothing: Annotated[str, typer.Option(help="kneser-ney (interpolated) or add-k.")] = (
        "kneser-ney"
    ),
    add: Annotated[str | None, typer.Option(help="k of add-k; 0.01 without it.")] = None,
    characters: Annotated[
        bool, typer.Option("--characters/--words", help="What the tokens are.")
    ] = False,
    length: Annotated[int, typer.Option(help="Tokens of a sequence.")] = 64,
) -> None:
    """A language model of n-grams, refitted to text that it generated.

    --json holds histograms of the perplexities of every recorded generation.
    """
    work.check()
    from proofs.plans.ngram import plan_ngram, read_text

    recipe = _recipe(order, smoothing, add, generating)
    units = "characters" if characters else "words"
    cut = read_text(text, order, units, length)
    carry_out(plan_ngram(cut, recipe, runs.generations, runs.replicates, runs.key, units), work)


def _recipe(order: int, smoothing: str, add: str | None, generating: Generating) -> Recipe:
    """Return how a generation is fitted, generated and mixed; DomainError for what clashes."""
    from numerics.ngram_generations import Recipe, Smoothing
    from proofs.training import read_number
    from theory.errors import DomainError

    known: dict[str, Smoothing] = {"kneser-ney": "kneser-ney", "add-k": "add-k"}
    if smoothing not in known:
        raise DomainError(f"simulate ngram: smoothing = {smoothing} is none of {', '.join(known)}")
    if add is not None and smoothing != "add-k":
        raise DomainError(f"simulate ngram: --add {add} needs --smoothing add-k")
    if generating.beams is not None and generating.beams < 1:
        raise DomainError(f"simulate ngram: beams = {generating.beams} lies outside 1 .. 100")
    if generating.beams is not None and generating.temperature != 1.0:
        raise DomainError(
            f"simulate ngram: --temperature {generating.temperature:g} excludes --beams"
        )
    return Recipe(
        order,
        known[smoothing],
        read_number("--add", add or "0.01"),
        read_number("--keep", generating.keep),
        generating.unsmoothed,
        generating.temperature,
        generating.beams or 0,
    )
