"""`collapse list` and `collapse show`: the claims, and all that there is to say about one."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theory.claim import Claim, Quantity
    from theory.derivation import Step
    from theory.domain import Parameter

Json = dict[str, Any]
JsonOption = Annotated[str | None, typer.Option(help="Write JSON to a file, - for stdout.")]

#: Prose is wrapped to the terminal, to 80 columns where there is none, and never wider than this.
WIDEST = 100
#: LaTeX of the relations.
LATEX = {"=": "=", "<=": r"\le", ">=": r"\ge", "->": r"\to"}


def list_claims(
    pattern: Annotated[
        str | None, typer.Argument(help="Code, id, part of an id, or glob; all without it.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """List claims: title, status as last recorded, routes of evidence, source."""
    from proofs.output import write_json
    from proofs.summary import load
    from theory.claims import matching

    entries = load()
    records = [_heading(claim, entries) for claim in matching(pattern)]
    if json is not None:
        write_json(json, records)
    if json != "-":
        for record in records:
            print(f"{record['code'] + ' ':<5}{record['id']}")
            for line in _outline(record):
                print(line)


def show(
    name: Annotated[str, typer.Argument(metavar="CLAIM", help="A claim by code or id.")],
    json: JsonOption = None,
) -> None:
    """Show one claim: statement, laws, domain, derivation, evidence, what rests on what."""
    from proofs.output import write_json
    from theory.claims import find

    record = page(find(name))
    if json is not None:
        write_json(json, record)
    if json != "-":
        for line in _lines(record):
            print(line)


# --- what there is to say ------------------------------------------------------------------------


def _heading(claim: Claim, entries: Json) -> Json:
    """Return the record of a claim in a list; status and routes come from the shipped record."""
    from proofs.summary import recorded_status

    status, routes = recorded_status(claim, entries)
    return {
        "code": claim.code,
        "id": claim.id,
        "title": claim.title,
        "expected": claim.expected.value,
        "replaced_by": claim.replaced_by or None,
        "status": status,
        "routes": list(routes),
        "counterexample": _counterexample(claim, entries) if status != "stale" else None,
        "source": [source.text() for source in claim.sources],
    }


def _counterexample(claim: Claim, entries: Json) -> str | None:
    """Return where a statement as printed fails, as last recorded."""
    from proofs.summary import power

    entry = entries.get(claim.code)
    return power(entry) if entry and entry.get("counterexample") else None


def _default(parameter: Parameter) -> str | None:
    """Return what a parameter is where it is not given, if anything."""
    found = parameter.usual if parameter.default is None else parameter.default
    return None if found is None else str(found)


def page(claim: Claim) -> Json:
    """Return everything about a claim as JSON values."""
    from proofs.summary import load
    from theory.claims import CLAIMS

    ids = {other.code: other.id for other in CLAIMS}
    uses = {other.code: other.uses() for other in CLAIMS}
    derivation = claim.derivation()
    return {
        **_heading(claim, load()),
        "statement": claim.statement,
        "quantities": [_quantity(claim, quantity) for quantity in claim.quantities],
        "domain": [
            {
                "name": parameter.name,
                "meaning": parameter.meaning,
                "values": parameter.text(),
                "default": _default(parameter),
                "aliases": list(parameter.aliases),
            }
            for parameter in claim.domain.parameters
        ],
        "conditions": [condition.text() for condition in claim.domain.conditions],
        "premises": [
            {"name": premise.name, "text": premise.text} for premise in derivation.premises
        ],
        "steps": [_step(step) for step in derivation.steps],
        "evidence": _evidence(claim),
        "rests_on": {code: ids[code] for code in uses[claim.code]},
        "rested_on_by": {code: ids[code] for code, below in uses.items() if claim.code in below},
    }


def _quantity(claim: Claim, quantity: Quantity) -> Json:
    import sympy as sp

    from theory.point import example

    first = quantity is claim.quantities[0]
    point = " ".join(f"{name}={text}" for name, text in example(claim, quantity).items())
    target = claim.code if first else f"{claim.code}:{quantity.name}"
    relation = quantity.relation.value
    return {
        "name": quantity.name,
        "words": quantity.words,
        "relation": relation,
        "order": None if quantity.order is None else quantity.order.text(),
        "laws": {estimator: sp.sstr(law) for estimator, law in quantity.laws().items()},
        "latex": {
            estimator: f"{quantity.latex} {LATEX[relation]} {sp.latex(law)}"
            for estimator, law in quantity.laws().items()
        },
        "conditions": [condition.text() for condition in quantity.conditions],
        "example": f"collapse value {target} {point}".rstrip(),
    }


def _step(step: Step) -> Json:
    from theory.derivation import Citation

    record: Json = {
        "name": step.name,
        "kind": type(step).__name__.lower(),
        "checked": "cited" if isinstance(step, Citation) else "computed",
        "text": step.text,
        "formulas": list(_formulas(step)),
        "concludes": list(step.concludes),
        "uses": list(step.uses),
    }
    if isinstance(step, Citation):
        record["theorem"], record["reference"] = step.theorem, step.reference
        record["hypotheses"] = [
            {"text": hypothesis.text, "shown_by": hypothesis.shown_by}
            for hypothesis in step.hypotheses
        ]
    return record


def _formulas(step: Step) -> Iterator[str]:
    """Yield the formulas of a step, both sides of each."""
    from theory.derivation import PREVIOUS, Identity, Induction, Inequality, Telescoping

    match step:
        case Identity():
            yield f"{step.left} = {step.right}"
        case Inequality():
            yield f"{step.left} {'<' if step.strict else '<='} {step.right}"
        case Induction():
            yield f"at {step.index} = {step.first}: {step.start}"
            yield f"at {step.index} + 1: {step.step}" + (
                f"  ({PREVIOUS} = value at {step.index})" if step.step.has(PREVIOUS) else ""
            )
            yield f"so at {step.index}: {step.law}"
        case Telescoping():
            yield f"f({step.variable}) = {step.function} > 0"
            yield f"f({step.variable}) - f({step.variable} + 1) = {step.difference}"
        case _ if step.gives is not None:
            yield f"gives {step.gives}"


def _evidence(claim: Claim) -> Json:
    """Return the experiments that could refute a claim and the wrong laws they must refute."""
    import sympy as sp

    from proofs.cases import case_of

    try:
        case = case_of(claim)
    except KeyError:
        return {"witnesses": [], "mutants": []}
    return {
        "witnesses": [
            {
                "route": witness.route.value,
                "quantity": witness.quantity,
                "method": witness.method,
                "settings": len(witness.settings),
                "comparisons": sum(len(setting.points()) for setting in witness.settings),
                "margin": witness.margin,
                "takes_for_granted": sorted(witness.principles),
            }
            for witness in case.witnesses
        ],
        "mutants": [
            {
                "name": mutant.name,
                "quantity": mutant.quantity,
                "laws": {key: sp.sstr(law) for key, law in mutant.laws().items()},
            }
            for mutant in case.mutants
        ],
    }


# --- how it is laid out --------------------------------------------------------------------------


def _outline(record: Json) -> Iterator[str]:
    routes = ", ".join(record["routes"]) or "no evidence on record"
    yield from _wrapped(record["title"], 5)
    expected = record["expected"]
    if record["replaced_by"]:
        expected = f"{expected}; see {record['replaced_by']}"
    yield from _wrapped(f"{record['status']} (expected: {expected}): {routes}", 5)
    if record["counterexample"]:
        yield from _wrapped(record["counterexample"], 5)
    yield from _wrapped("; ".join(record["source"]), 5)


def _lines(record: Json) -> Iterator[str]:
    yield f"{record['code'] + ' ':<5}{record['id']}"
    yield from _outline(record)
    yield ""
    yield from _wrapped(record["statement"], 0)
    for title, part in (
        ("Quantities", _quantity_lines(record)),
        ("Parameters", _domain_lines(record)),
        ("Derivation", _derivation_lines(record)),
        ("Evidence", _evidence_lines(record)),
        ("Rests on", _claim_lines(record["rests_on"])),
        ("What rests on it", _claim_lines(record["rested_on_by"])),
    ):
        yield f"\n{title}"
        yield from part


def _quantity_lines(record: Json) -> Iterator[str]:
    for quantity in record["quantities"]:
        yield from _wrapped(f"{quantity['name']}: {quantity['words']}", 2)
        for estimator, law in quantity["laws"].items():
            mark = f"  [{estimator}]" if len(quantity["laws"]) > 1 else ""
            yield f"    {quantity['relation']} {law}{mark}"
            yield f"    {quantity['latex'][estimator]}"
        if quantity["order"]:
            yield f"    {quantity['order']}"
        for condition in quantity["conditions"]:
            yield f"    where {condition}"
        yield f"    {quantity['example']}"


def _domain_lines(record: Json) -> Iterator[str]:
    for parameter in record["domain"]:
        text = f"{parameter['name']}: {parameter['meaning']}; {parameter['values']}"
        if parameter["default"] is not None:
            text += f"; {parameter['default']} if not given"
        if parameter["aliases"]:
            text += f"; also {', '.join(parameter['aliases'])}"
        yield from _wrapped(text, 2)
    for condition in record["conditions"]:
        yield f"  {condition}"


def _derivation_lines(record: Json) -> Iterator[str]:
    for premise in record["premises"]:
        yield from _wrapped(f"premise, {premise['name']}: {premise['text']}", 2)
    for number, step in enumerate(record["steps"], start=1):
        kind = "cited" if step["checked"] == "cited" else f"computed, {step['kind']}"
        yield from _wrapped(f"{number}. {step['name']} ({kind}): {step['text']}", 2)
        for formula in step["formulas"]:
            yield f"       {formula}"
        if "theorem" in step:
            yield from _wrapped(f"by: {step['theorem']} ({step['reference']})", 7)
            for hypothesis in step["hypotheses"]:
                text = f"needs: {hypothesis['text']} (shown by: {hypothesis['shown_by']})"
                yield from _wrapped(text, 7)
        if step["uses"]:
            yield f"       uses {', '.join(step['uses'])}"
        if step["concludes"]:
            yield f"       concludes {', '.join(step['concludes'])}"


def _evidence_lines(record: Json) -> Iterator[str]:
    evidence = record["evidence"]
    for witness in evidence["witnesses"]:
        text = (
            f"{witness['route']}, {witness['quantity']}: {witness['method']}; "
            f"{witness['settings']} settings, {witness['comparisons']} comparisons"
        )
        if witness["margin"]:
            text += f", agreement within {100 * witness['margin']:g} %"
        if witness["takes_for_granted"]:
            text += f"; takes for granted {', '.join(witness['takes_for_granted'])}"
        yield from _wrapped(text, 2)
    for mutant in evidence["mutants"]:
        laws = ", ".join(dict.fromkeys(mutant["laws"].values()))
        yield f"  must be refuted, {mutant['quantity']}: {mutant['name']}: {laws}"
    if not evidence["witnesses"]:
        yield "  none"


def _claim_lines(claims: dict[str, str]) -> Iterator[str]:
    for code, name in claims.items():
        yield f"  {code + ' ':<5}{name}"
    if not claims:
        yield "  nothing"


def _wrapped(text: str, indent: int) -> list[str]:
    """Return prose in lines, those after the first indented a little more in a list."""
    width = min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
    hanging = indent + 2 if indent == 2 else indent
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=" " * indent,
        subsequent_indent=" " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
