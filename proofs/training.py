"""What `collapse simulate` is asked to train on: sizes of the batches, and a workflow."""

from __future__ import annotations

import re

from numerics.arguments import MOST_SAMPLES
from numerics.workflow import KEEPS, REPLACE, Workflow
from theory.errors import DomainError

Samples = int | tuple[int, ...]
"""The same number of samples in every generation, or one number for each."""

#: Generations where nothing says how many.
GENERATIONS = 100
#: Entries of a schedule at most, and entries that are shown of one at most.
MOST_ENTRIES = 1_000_000
SHOWN_ENTRIES = 8

#: More digits than any number of samples has.
_NUMBER = r"\d{1,20}"
_RULE = re.compile(rf"({_NUMBER})\*i(?:\^(\d))?")


def read_samples(text: str, generations: int | None) -> tuple[Samples, int]:
    """Return the samples that a text asks for, and the generations.

    text: a number; a list M_1,M_2,... with an entry for each generation; or a rule A*i or A*i^B,
    where i = 1, 2, ... is the generation. generations: as asked for; without it, the length of the
    list or a hundred. DomainError for any other text and for a list that is too short.

    >>> read_samples("100*i^2", 3)
    ((100, 400, 900), 3)
    >>> read_samples("10,20,40", None)
    ((10, 20, 40), 3)
    """
    plain = text.replace(" ", "")
    if re.fullmatch(f"-?{_NUMBER}", plain):
        return int(plain), GENERATIONS if generations is None else generations
    if re.fullmatch(f"{_NUMBER}(,{_NUMBER})+", plain):
        entries = tuple(map(int, plain.split(",")))
        asked = len(entries) if generations is None else generations
        if asked > len(entries):
            raise DomainError(f"--samples has {len(entries)} entries; {asked} are needed")
        return entries[: max(asked, 0)] or entries, asked
    if rule := _RULE.fullmatch(plain):
        asked = GENERATIONS if generations is None else generations
        if asked > MOST_ENTRIES:
            raise DomainError(
                f"--samples {text}: generations = {asked} lies outside 0 .. {MOST_ENTRIES}"
            )
        factor, power = int(rule[1]), int(rule[2] or 1)
        return tuple(factor * i**power for i in range(1, max(asked, 1) + 1)), asked
    raise DomainError(
        f"--samples {text or repr(text)} is no number 1 .. {MOST_SAMPLES}, list such as 10,20,40 "
        "or rule such as 100*i^2"
    )


def shown_samples(samples: Samples) -> int | str:
    """Return samples as they are shown: of a long schedule, its ends.

    >>> shown_samples(tuple(range(1, 21)))
    '1,2,3,4,5,6,...,20 (20 entries)'
    """
    if isinstance(samples, int):
        return samples
    if len(samples) <= SHOWN_ENTRIES:
        return ",".join(map(str, samples))
    first = ",".join(map(str, samples[: SHOWN_ENTRIES - 2]))
    return f"{first},...,{samples[-1]} ({len(samples)} entries)"


def read_number(option: str, text: str) -> float:
    """Return the number that a text says, a decimal or a fraction; DomainError for other texts.

    >>> read_number("--fresh-share", "1/4")
    0.25
    """
    top, slash, bottom = text.partition("/")
    try:
        return float(top) / float(bottom) if slash else float(top)
    except (ValueError, ZeroDivisionError):
        shown = text or repr(text)
        raise DomainError(f"{option} {shown} is not a number such as 0.25 or 1/4") from None


def read_workflow(
    keep: str = "replace",
    without_replacement: bool = False,
    real: int = 0,
    fresh: int = 0,
    fresh_share: float = 0.0,
    blend: str | None = None,
    smoothing: float = 0.0,
) -> Workflow:
    """Return the workflow that the options ask for; DomainError where there is none.

    blend: the text ALPHA,BETA,GAMMA, decimals or fractions; without it, the fit alone.
    """
    if keep not in KEEPS:
        raise DomainError(f"--workflow {keep} is none of {', '.join(KEEPS)}")
    weights = ("1,0,0" if blend is None else blend).split(",")
    if len(weights) != 3:
        raise DomainError(f"--blend {blend or repr(blend)} is not ALPHA,BETA,GAMMA")
    alpha, beta, gamma = (read_number(f"--blend {blend}:", weight) for weight in weights)
    if without_replacement and keep != "subsample":
        raise DomainError(f"--without-replacement needs --workflow subsample, not {keep}")
    try:
        return Workflow(
            keep, not without_replacement, real, fresh, fresh_share, alpha, beta, gamma, smoothing
        )
    except ValueError as error:
        raise DomainError(f"simulate: {error}") from None


def described(workflow: Workflow) -> dict[str, str | int]:
    """Return what a workflow adds to plain replacement, by the names of the options."""
    if workflow == REPLACE:
        return {}
    options: dict[str, str | int] = {"workflow": workflow.keep}
    if not workflow.replacement:
        options["workflow"] = f"{workflow.keep} without replacement"
    blend = (workflow.alpha, workflow.beta, workflow.gamma)
    more: dict[str, str | int] = {
        "real": workflow.real,
        "fresh": workflow.fresh,
        "fresh_share": str(workflow.fresh_share) if workflow.fresh_share else "",
        "blend": ",".join(map(str, blend)) if blend != (1, 0, 0) else "",
        "smoothing": str(workflow.smoothing) if workflow.smoothing else "",
        "toward": ",".join(map(str, workflow.toward)),
    }
    return options | {name: value for name, value in more.items() if value}
