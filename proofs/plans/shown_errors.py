"""What `collapse simulate errors` shows and writes: one row for each set of errors."""

from __future__ import annotations

import sys
from typing import Any

from numerics.measured_three_errors import ERRORS, ROWS, Row
from proofs import simulated
from proofs.plans.errors import Asked, Expected
from proofs.simulation import Result, log_spaced

#: Generations in the printed table.
PRINTED = 3
IN_A_SAMPLE = (
    "two Gaussians are not the law of the rows either: what they miss shows in every row without "
    "expressivity"
)
#: Columns that may have an exact mean.
EXACT = {f"{kind}_{row.name}": (kind, row) for kind in ("distance", "variance") for row in ROWS}
NOTES = (
    "distance: squared W2 distance of the fitted law from the real one, over the real variance",
    "statistical: fits see samples, else the law itself; expressivity: one Gaussian is fitted "
    "(unbiased variance), else two, by EM; approximation: as named above",
    "exact: by the claims named; empty where no claim has the value; lengths are in standard "
    "deviations of the real law",
)


class Shown:
    """Lines, CSV and JSON of a result, with exact values beside the means."""

    def __init__(self, asked: Asked) -> None:
        self.theory = Expected(asked)

    def show(self, result: Result, quiet: bool = False) -> None:
        """Print the tables and the digest; on standard error if `quiet`."""
        print("\n".join(self.lines(result)), file=sys.stderr if quiet else sys.stdout, flush=True)

    def lines(self, result: Result) -> list[str]:
        """Return the lines that `show` prints."""
        at = [result.generations.index(n) for n in shown_generations(result.plan.record)]
        text = [*simulated.heading(result), ""]
        for kind in ("distance", "variance"):
            text += [*self._table(result, kind, at), ""]
        if at:
            floored, unconverged = result.mean[at[-1], -2:]
            text.append(
                f"fits of two Gaussians with a variance at the floor: {floored:.2%}; "
                f"out of iterations: {unconverged:.2%}"
            )
        notes = NOTES if self.theory.asked.sample is None else (*NOTES, IN_A_SAMPLE)
        return [*text, *notes, f"digest {result.digest}{' (partial)' if result.partial else ''}"]

    def _table(self, result: Result, kind: str, at: list[int]) -> list[str]:
        """Return one table, columns aligned; +- is one standard error."""
        rows = [[f"errors ({kind})"]]
        for place in at:
            rows[0] += [f"n = {result.generations[place]}", "+-", "exact"]
        rows[0].append("by")
        for row in ROWS:
            column = ERRORS.index(f"{kind}_{row.name}")
            cells, claims = [row.name.replace("_", " + ")], ""
            for place in at:
                exact, claims = self.theory.of(kind, row, result.generations[place])
                error = result.error[place, column]
                cells += [
                    f"{result.mean[place, column]:.5f}",
                    f"{error:.1g}" if error > 1e-12 and by_chance(result, row) else "",
                    "" if exact is None else f"{exact:.5f}",
                ]
            rows.append([*cells, claims])
        widths = [max(len(cells[place]) for cells in rows) for place in range(len(rows[0]))]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
            for cells in rows
        ]

    def csv_text(self, result: Result) -> str:
        """Return what `simulated.csv_text` returns, with the exact means as further columns."""
        head, first, *rest = simulated.csv_text(result).splitlines()
        text = [",".join((head, *(f"exact_{name}" for name in EXACT))), first + "," * len(EXACT)]
        for line, n in zip(rest, result.plan.record, strict=True):
            exact = self._exact(n).values()
            text.append(",".join((line, *("" if one is None else repr(one) for one in exact))))
        return "\n".join(text) + "\n"

    def json_record(self, result: Result) -> dict[str, Any]:
        """Return what `simulated.json_record` returns, `exact` beside mean and error."""
        record = simulated.json_record(result)
        for row in record["rows"][1:]:
            for name, value in self._exact(row["generation"]).items():
                row[name]["exact"] = value
        return record

    def _exact(self, n: int) -> dict[str, float | None]:
        """Return the exact means in a generation, by column; None where there is none."""
        return {name: self.theory.of(kind, row, n)[0] for name, (kind, row) in EXACT.items()}


def shown_generations(record: tuple[int, ...]) -> tuple[int, ...]:
    """Return a few recorded generations, about evenly spaced in their logarithm."""
    wanted = log_spaced(record[-1], PRINTED) if record else ()
    return tuple(sorted({next(n for n in record if n >= least) for least in wanted}))


def by_chance(result: Result, row: Row) -> bool:
    """Return whether a row differs between replicates."""
    return row.statistical or (
        row.approximation and result.plan.options["approximation"] == "noise"
    )
