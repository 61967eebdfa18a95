"""What `collapse audit` shows: a line a statement, then where the refuted ones fail."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from textwrap import wrap
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape

from proofs.audit.court import Audit, Judgement
from proofs.audit.page import entry, hand, key_figure, order_text, sampled_text
from proofs.audit.row import Ruling
from proofs.ledger import Finding, status

STYLES = {
    Ruling.REFUTED: "red",
    Ruling.CONDITIONS: "yellow",
    Ruling.ORDER: "cyan",
    Ruling.UNDECIDED: "magenta",
}
WIDTH = 98


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 claim`, `2 claims`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


class Board:
    """The terminal during one audit: rulings on standard output, progress on standard error."""

    def __init__(self, court: Audit, asked: Sequence[str], quiet: bool = False) -> None:
        self.court = court
        self.asked = asked
        self.out = Console(
            file=sys.stderr if quiet else sys.stdout, highlight=False, soft_wrap=True
        )
        self.progress = Console(file=sys.stderr)
        self.started = time.monotonic()
        self.width = max(map(len, asked), default=0)
        self.entries: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Board:
        run = self.court.run
        asked, needed = len(self.asked), len(self.court.cases)
        with_claims = f"with {counted(needed, 'claim')}" if needed else "without any claim"
        self.out.print(
            f"{counted(asked, 'statement')}, judged {with_claims}; one "
            f"false-alarm budget of {run.false_alarm:g}; run key {escape(run.key)}"
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.progress.is_terminal:
            self.progress.print(" " * self.width, end="\r")

    def judged(self, finding: Finding) -> None:
        """Show, on a terminal, how far the claims are."""
        if self.progress.is_terminal:
            done, total = len(self.court.findings), len(self.court.cases)
            text = f"claims: {done} of {total} ({finding.claim.code})"
            self.progress.print(f"{text:<{self.width}}", end="\r")

    def show(self, found: Judgement) -> None:
        """Print the ruling on one statement; nothing for one that only stands in for another."""
        row = found.row
        if row.id not in self.asked:
            return
        self.entries[row.id] = entry(self.court, found)
        style = STYLES.get(found.ruling, "green")
        self.out.print(
            f"[bold]{row.id:<{self.width}}[/bold] "
            f"[{style}]{found.ruling.value}[/{style}]{hand(row)}"
        )
        figure = key_figure(self.entries[row.id])
        for line in wrap(figure, WIDTH - 4):
            self.out.print(f"    {escape(line)}")
        if not found.expected:
            self.out.print(f"    [red]expected: {row.expected.value}[/red]")

    def interrupted(self) -> None:
        """Say that the run was cut short."""
        self.out.print(
            f"[yellow]interrupted: {len(self.entries)} of {counted(len(self.asked), 'statement')} "
            "judged[/yellow]"
        )

    def summary(self) -> None:
        """Print the refuted statements in full, then the closing figures."""
        found = self.court.judgements
        for name in self.asked:
            if name in found and found[name].ruling is Ruling.REFUTED:
                self._details(found[name])
        rulings = [found[name].ruling.value for name in self.asked if name in found]
        tally = ", ".join(f"{rulings.count(each)} {each}" for each in dict.fromkeys(rulings))
        checks = [c for one in found.values() for c in (*one.inside, *one.outside)]
        sampled = sum(check.verdict.share > 0 for check in checks)
        self.out.print("\n" + "\n".join(wrap(f"rulings: {tally or 'none'}", WIDTH)))
        share = f"at a false-alarm share of {self.court.run.alpha:.2g} each"
        self.out.print(
            f"comparisons: {len(checks) - sampled} exact, "
            + (f"{sampled} sampled {share}" if sampled else "none sampled")
        )
        states = [status(each.claim, self.court.findings) for each in self.court.findings.values()]
        claims = ", ".join(f"{states.count(each)} {each}" for each in dict.fromkeys(states))
        self.out.print(f"claims: {claims or 'none'}")
        self.out.print(f"{time.monotonic() - self.started:.1f} s")

    def _details(self, found: Judgement) -> None:
        """Print a refuted statement: what is printed, how it is read, what holds instead."""
        row, seen = found.row, self.entries[found.row.id]
        self.out.print(f"\n[bold]{row.id}[/bold]")
        instead = seen["instead"]
        holds = f"{instead['code']}: {instead['text']} ({instead['status']})" if instead else ""
        parts = (
            ("where", f"{row.reference} ({row.seen.value})"),
            ("printed", row.printed),
            ("read as", row.reading),
            ("fails at", key_figure(seen)),
            ("simulated", sampled_text(seen) if seen["counterexample"] else ""),
            ("order", order_text(seen)),
            ("instead", holds),
            ("note", row.remark),
        )
        for name, text in parts:
            for place, line in enumerate(wrap(text, WIDTH - 13)):
                self.out.print(f"  {'' if place else name:<10} {escape(line)}")
