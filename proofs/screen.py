"""What `collapse verify` shows: a line a claim, then the figures that say how much it means."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from proofs.case import Case, Route
from proofs.comparison import Check, sharpest
from proofs.ledger import Finding, Run, status
from proofs.real import InputCases
from proofs.verdict import Outcome
from theory.claim import Claim, Expected
from theory.domain import Point, Value, show_value

STYLES = {
    "settled": "green",
    "confirmed": "green",
    "confirmed to order and range": "green",
    "consistent": "green",
    "undecided": "yellow",
}
#: Faults printed for one claim before the rest are only counted.
MOST_FAULTS = 3


class Screen:
    """The terminal during one run: results on standard output, progress on standard error."""

    def __init__(self, run: Run, cases: Sequence[Case], quiet: bool = False) -> None:
        self.run = run
        self.cases = cases
        self.out = Console(
            file=sys.stderr if quiet else sys.stdout, highlight=False, soft_wrap=True
        )
        self.started = time.monotonic()
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} replicates"),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self.task = self.bar.add_task("", total=None, visible=False)
        self.width = max((len(case.claim.id) for case in cases), default=0)
        self.code_width = max((len(case.claim.code) for case in cases), default=0)

    def __enter__(self) -> Screen:
        sampled = self.run.samples(self.cases)
        if isinstance(self.cases, InputCases):
            for line in self.cases.notes:
                self.out.print(escape(line))
            for line in self.cases.skipped:
                self.out.print(f"[dim]skipped {escape(line)}[/dim]")
        self.out.print(
            f"{len(self.cases)} claims; {sampled} sampled comparisons share one false-alarm "
            f"budget of {self.run.false_alarm:g}; run key {escape(self.run.key)}"
        )
        self.run.progress = self._progress
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def _progress(self, done: int, total: int) -> None:
        self.bar.update(
            self.task,
            description=self.run.code,
            completed=done,
            total=total,
            visible=done < total,
        )

    def show(self, finding: Finding, findings: Mapping[str, Finding]) -> None:
        """Print the line of one claim, and what went wrong with it."""
        state = status(finding.claim, findings)
        style = STYLES.get(state, "red")
        if state == finding.claim.expected.value:
            style = "green"
        claim = finding.claim
        self.out.print(
            f"[bold]{claim.code:<{self.code_width}}[/bold] {claim.id:<{self.width}} "
            f"[{style}]{label(finding.claim, state):<10}[/{style}] {escape(evidence(finding))}"
        )
        example = finding.counterexample()
        if example is not None and finding.claim.expected is Expected.REFUTED:
            self.out.print(f"    {escape(counterexample(example))}")
        if isinstance(self.cases, InputCases):
            for line in per_quantity(finding):
                self.out.print(f"    {escape(line)}")
        for line in faults(finding):
            self.out.print(f"    [red]{escape(line)}[/red]")

    def interrupted(self, done: int, total: int) -> None:
        """Say that the run was cut short."""
        self.out.print(f"[yellow]interrupted: {done} of {total} claims finished[/yellow]")

    def summary(self, findings: Mapping[str, Finding], matrix: bool) -> None:
        """Print the closing figures, and the matrix of mutants when asked for."""
        if matrix:
            self.out.print(mutant_table(findings))
        for line in closing(self.run, findings):
            self.out.print(escape(line))
        self.out.print(f"{time.monotonic() - self.started:.1f} s")


def label(claim: Claim, state: str) -> str:
    """Return a status in words: for a statement that fails as expected, what holds instead."""
    if claim.expected is not Expected.REFUTED:
        return state
    seen = "as expected" if state == Expected.REFUTED.value else "expected: refuted"
    return f"{state}, {seen}; see {claim.replaced_by}"


def counterexample(check: Check) -> str:
    """Return the point where a printed statement fails, with both values."""
    verdict = check.verdict
    return (
        f"counterexample: {check.quantity} at {show_point(check.point)}: "
        f"printed {verdict.law:.8g}, true {verdict.seen:.8g}"
    )


def evidence(finding: Finding) -> str:
    """Return the evidence on a claim in one line."""
    parts = [f"derived {len(finding.steps)} steps"] if finding.derived else ["not derived"]
    if finding.claim.expected is Expected.REFUTED:
        parts = [f"refuted at {len(finding.refutations())} of {len(finding.checks)} points"]
    for route in list(Route)[1:]:
        checks = [check for check in finding.checks if check.route is route]
        if not checks:
            continue
        text = f"{route.value} {len(checks)}"
        limits = [
            check.verdict.limit
            for check in checks
            if check.verdict.share > 0 and check.verdict.slack is None
        ]
        slacks = [check.verdict.slack for check in checks if check.verdict.slack is not None]
        orders = [check.verdict.seen for check in checks if check.rungs]
        notes = [f"sees {span(limits, percent)}"] if limits else []
        notes += [f"order {span(orders, '{:.3g}'.format)} of the one claimed"] if orders else []
        notes += [f"slack {span(slacks, factor)}"] if slacks else []
        apart = sum(check.independent for check in checks)
        if apart < len(checks):
            notes.append(f"{apart} independent")
        if notes:
            text += f" ({', '.join(notes)})"
        parts.append(text)
    if finding.mutants:
        dead = len(finding.mutants) - len(finding.survivors)
        parts.append(f"mutants refuted {dead} of {len(finding.mutants)}")
    return ", ".join(parts)


def per_quantity(finding: Finding) -> list[str]:
    """Return a line for each experiment: quantity, place, verdict, what it would have seen."""
    lines = []
    for (name, place, method, margin), checks in _experiments(finding).items():
        verdicts = [check.verdict for check in checks]
        outcomes = dict.fromkeys(verdict.outcome.value for verdict in verdicts)
        times = [show_value(check.point["n"]) for check in checks if "n" in check.point]
        where = f"{place}, n = {', '.join(times)}" if times else place
        slacks = [verdict.slack for verdict in verdicts if verdict.slack is not None]
        figure = (
            f"slack {span(slacks, factor)}"
            if slacks
            else f"sees {span([verdict.limit for verdict in verdicts], percent)}"
        )
        lines.append(
            f"{name} at {where}: {', '.join(outcomes)} within {percent(margin)}, {figure}, {method}"
        )
    return lines


def _experiments(finding: Finding) -> dict[tuple[str, str, str, float], list[Check]]:
    """Return the comparisons of each quantity at each setting, all generations together."""
    found: dict[tuple[str, str, str, float], list[Check]] = {}
    for check in finding.checks:
        fixed = {name: value for name, value in check.point.items() if name != "n"}
        group = (check.quantity, show_point(fixed), check.method, check.verdict.margin)
        found.setdefault(group, []).append(check)
    return found


def show_point(point: Point) -> str:
    """Return a point in words; a law of many categories, or a long fraction, is cut short."""
    return ", ".join(f"{name} = {_brief(value)}" for name, value in point.items())


def _brief(value: Value) -> str:
    if isinstance(value, tuple) and len(value) > 8:
        return f"({len(value)} entries)"
    text = show_value(value)
    return f"{float(value):.6g}" if isinstance(value, Fraction) and len(text) > 16 else text


def percent(share: float) -> str:
    """Return a share in percent with two significant digits."""
    return f"{100 * share:.2g} %"


def factor(ratio: float) -> str:
    """Return how many times larger, with three significant digits."""
    return f"{ratio:.3g}x"


def span(values: Sequence[float], show: Callable[[float], str]) -> str:
    """Return the smallest and the largest value."""
    low, high = show(min(values)), show(max(values))
    return low if low == high else f"{low}..{high}"


def faults(finding: Finding) -> list[str]:
    """Return what is wrong with a claim, each fault in one line."""
    lines = [f"step {step.name!r}: {step.fault}" for step in finding.steps if step.fault]
    lines += [
        f"bound {quantity.name!r} is loose: {factor(sharpest(quantity, finding.checks))} at its "
        f"sharpest, not within {factor(float(quantity.slack))}"
        for quantity in finding.loose()
    ]
    fine = {Outcome.CONSISTENT}
    if finding.claim.expected is Expected.REFUTED:
        fine.add(Outcome.REFUTED)
        if finding.counterexample() is None:
            lines.append("no exact evidence refutes it, as it should")
    bad = [check for check in finding.checks if check.verdict.outcome not in fine]
    bad += [
        check
        for check in finding.checks
        if check.verdict.outcome is Outcome.CONSISTENT and check.verdict.vacuous
    ]
    lines += [describe(finding, check) for check in bad[:MOST_FAULTS]]
    if len(bad) > MOST_FAULTS:
        lines.append(f"and {len(bad) - MOST_FAULTS} more comparisons like these")
    lines += [f"mutant survives: {name}" for name in finding.survivors]
    return lines


def describe(finding: Finding, check: Check) -> str:
    """Return one comparison in words, with the figures that decide it."""
    verdict = check.verdict
    point = show_point(check.point)
    relation = finding.claim.quantity(check.quantity).relation
    word = "vacuous" if verdict.outcome is Outcome.CONSISTENT else verdict.outcome.value
    if check.rungs:
        one, other = (f"{float(rung):g}" for rung in check.rungs)
        return (
            f"{word}: {check.route.value} ({check.method}), {check.quantity} at {point}: the error "
            f"has {verdict.seen:.4g} of the order claimed, in [{verdict.low:.4g}, "
            f"{verdict.high:.4g}], from {one} to {other}"
        )
    order = finding.claim.quantity(check.quantity).order
    text = (
        f"{word}: {check.route.value} ({check.method}), {check.quantity} at {point}: "
        f"law {relation.value} {verdict.law:.8g}, seen {verdict.seen:.8g} "
        f"in [{verdict.low:.8g}, {verdict.high:.8g}]"
    )
    if order is not None:
        text += f", {order.text()}: within {percent(verdict.margin)} of the law"
    if verdict.decides is not None:
        text += f"; {verdict.decides:,} replicates would decide within {percent(verdict.margin)}"
    return text


def closing(run: Run, findings: Mapping[str, Finding]) -> list[str]:
    """Return the lines at the end: what was spent, what would have been missed, what survived."""
    found = [status(finding.claim, findings) for finding in findings.values()]
    states = [
        f"{state} as expected"
        if f.claim.expected is Expected.REFUTED and state == "refuted"
        else state
        for f, state in zip(findings.values(), found, strict=True)
    ]
    tally = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    lines = [f"outcomes: {tally}"] if states else []
    checks = [(f, check) for f in findings.values() for check in f.checks]
    sampled = [(f, check) for f, check in checks if check.verdict.share > 0]
    lines.append(
        f"comparisons: {len(checks) - len(sampled)} exact, {len(sampled)} sampled at a "
        f"false-alarm share of {run.alpha:.2g} each, {run.alpha * len(sampled):.2g} in all"
    )
    equalities = [(f, check) for f, check in sampled if f.claim.quantity(check.quantity).pinned]
    if equalities:
        finding, check = max(equalities, key=lambda pair: pair[1].verdict.limit)
        lines.append(
            f"weakest detection limit: {percent(check.verdict.limit)} "
            f"({finding.claim.code} {check.quantity} at {show_point(check.point)})"
        )
    total = sum(len(finding.mutants) for finding in findings.values())
    dead = total - sum(len(finding.survivors) for finding in findings.values())
    if total:
        lines.append(f"mutants: {dead} of {total} refuted")
    return lines


def mutant_table(findings: Mapping[str, Finding]) -> Table:
    """Return the matrix of mutants and the routes that refuted them."""
    routes = list(Route)[1:]
    table = Table("claim", "mutant", *(route.value for route in routes), title="Mutants")
    for finding in findings.values():
        for name, killers in finding.mutants.items():
            marks = ("refuted" if route in killers else "" for route in routes)
            table.add_row(finding.claim.code, escape(name), *marks)
    return table
