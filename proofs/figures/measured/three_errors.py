"""Beyond the paper: the three errors of the paper told apart, generation by generation.

The paper's statistical approximation error (a fit sees M points), functional expressivity error
(the family is one Gaussian) and functional approximation error (the fitted law is smoothed). Runs
switch each on or off (`numerics.three_errors`); exact means come from the claims that
`proofs.plans.errors` names for `collapse simulate errors`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from numerics import campaign, streams
from numerics.measured_three_errors import Row
from numerics.three_errors import ErrorsRun, simulate
from proofs.figures.drawing import Effort
from proofs.figures.measured.recursions import spread
from proofs.inputs import read_sample
from proofs.plans.errors import Asked, Expected

NAME = "three-errors"
#: starts: the real law; a number is the separation of two normals of deviation 1, anything else a
#: column of a file of the project. bandwidth: of the smoothing, in deviations of the real law.
PARAMETERS: Mapping[str, Any] = {
    "samples": 100,
    "generations": 100,
    "bandwidth": "1/10",
    "runs": 150,
    "starts": ["4", "old-faithful:eruptions"],
    "band": [0.05, 0.95],
}
PLACES = 31
#: What is switched on: sampling, family, smoothing.
ROWS: Mapping[str, Row] = {
    "sampling": Row(True, False, False),
    "family": Row(False, True, False),
    "smoothing": Row(False, False, True),
    "sampling-family": Row(True, True, False),
    "all": Row(True, True, True),
}
KINDS = ("distance", "variance")


def asked(start: str, parameters: Mapping[str, Any]) -> Asked:
    """Return what is fitted to what."""
    samples, size = int(parameters["samples"]), Fraction(parameters["bandwidth"])
    if ":" not in start:
        return Asked(samples, "smoothing", size, Fraction(start))
    name, _, column = start.partition(":")
    return Asked(samples, "smoothing", size, sample=read_sample(name, column))


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return every start with its rows, exact and measured, in units of its variance."""
    starts, runs = list(parameters["starts"]), int(parameters["runs"])
    rows = [(start, name) for start in starts for name in ROWS]
    found: dict[str, dict[str, Any]] = {start: {} for start in starts}
    for done, (start, name) in enumerate(rows):
        progress = partial(_report, effort, done, len(rows))
        found[start][name] = row(start, name, parameters, effort, progress)
    return {
        **{name: parameters[name] for name in ("samples", "bandwidth", "band", "generations")},
        "runs": runs,
        "places": spread(int(parameters["generations"]), PLACES),
        "starts": found,
        "without": {start: without(start, parameters) for start in starts},
    }


def row(
    start: str, name: str, parameters: Mapping[str, Any], effort: Effort, progress: Any
) -> dict[str, Any]:
    """Return mean, band and exact mean of both kinds in one row, and the claims."""
    errors, what = ROWS[name], asked(start, parameters)
    record = tuple(spread(int(parameters["generations"]), PLACES))
    work = partial(fits, what, errors, record, streams.derive_key(NAME, start, name, effort.key))
    runs = int(parameters["runs"]) if errors.statistical else 1
    parts = campaign.run(work, runs, block=4, workers=effort.workers, progress=progress)
    run, laws = campaign.gather(parts), Expected(what)
    found: dict[str, Any] = {"floored": int(run.floored_fits[:, -1].sum())}
    for kind in KINDS:
        values = getattr(run, kind)
        known = [laws.of(kind, errors, n) for n in record]
        found[kind] = {"mean": values.mean(axis=0).tolist()}
        if runs > 1:
            found[kind]["band"] = np.quantile(values, parameters["band"], axis=0).tolist()
            found[kind]["error"] = (values.std(axis=0, ddof=1) / math.sqrt(runs)).tolist()
        if known[0][0] is not None:
            found[kind] |= {"exact": {"mean": [value for value, _ in known]}, "claims": known[0][1]}
    return found


def without(start: str, parameters: Mapping[str, Any]) -> float:
    """Return the squared distance of two Gaussians fitted to the real law, with no error on."""
    return float(
        fits(asked(start, parameters), Row(False, False, False), (1,), 0, 0, 1).distance[0, 0]
    )


def fits(
    what: Asked, errors: Row, record: tuple[int, ...], key: int, first: int, last: int
) -> ErrorsRun:
    """Return fits of replicates first..last-1 with these errors switched on."""
    return simulate(
        what.real(), what.samples if errors.statistical else None, 1 if errors.expressivity else 2,
        record, key, first, last,
        "smoothing" if errors.approximation else "none",
        float(what.size) if errors.approximation else 0.0,
    )  # fmt: skip


def _report(effort: Effort, rows: int, of: int, done: int, total: int) -> None:
    if effort.progress is not None:
        effort.progress(rows * 1000 + 1000 * done // total, of * 1000)
