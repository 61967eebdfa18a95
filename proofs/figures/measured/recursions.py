"""Runs of a fitted normal law beside its exact curves: the data of figures 4, 5 and 6.

A figure says how a run is simulated and which laws hold; here runs, bands and curves are put
together, in units of the real standard deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, streams
from proofs.figures.drawing import Effort

__all__ = ["PANELS", "PIECE", "PLACES", "Law", "Seen", "measured", "simulated", "spread"]

#: Normal points that a thread draws in one piece of work.
PIECE = 4_000_000
#: Places on the axis of generations, evenly spread over its logarithm, before rounding to
#: integers: of curves and bands.
PLACES = 41
PANELS = ("mean", "deviation")

Law = Callable[[int, int], float]
"""An exact curve: its value at (samples M, generations n), in units of sigma."""


class Seen(NamedTuple):
    """Fitted means and variances of R runs after each of G generations."""

    mean: NDArray[np.float64]  # (R, G)
    variance: NDArray[np.float64]  # (R, G)


class Simulate(Protocol):
    """One block of runs of one size: generations `record`, replicates first..last-1 of a key."""

    def __call__(
        self, size: int, record: tuple[int, ...], key: int, first: int, last: int
    ) -> Seen: ...


def spread(generations: int, places: int) -> list[int]:
    """Return integers from 1 to `generations`, evenly spread over the logarithm.

    >>> spread(100, 5)
    [1, 3, 10, 32, 100]
    """
    found: list[int] = np.unique(np.geomspace(1, generations, places).round().astype(int)).tolist()
    return found


def measured(
    name: str,
    parameters: Mapping[str, Any],
    effort: Effort,
    simulate: Simulate,
    laws: Mapping[str, Mapping[str, Law]],
) -> dict[str, Any]:
    """Return runs, bands and exact curves, in units of sigma, as JSON values.

    parameters: generations; runs, how many of each size M (a band needs two or more); band, its
    two levels. laws: by panel and kind of curve.
    """
    generations = int(parameters["generations"])
    places = spread(generations, PLACES)
    panels: dict[str, dict[str, Any]] = {panel: {} for panel in PANELS}
    for size, run in simulated(name, parameters, effort, simulate):
        seen = effort.piece(str(size), partial(_seen, run, places, parameters["band"]))
        for panel in PANELS:
            exact = {kind: [law(size, n) for n in places] for kind, law in laws[panel].items()}
            panels[panel][str(size)] = {**seen[panel], "exact": exact}
    return {
        "generations": generations,
        "places": places,
        "band": list(parameters["band"]),
        "panels": panels,
    }


def _seen(run: Callable[[], Seen], places: list[int], band: list[float]) -> dict[str, Any]:
    """Return by panel the first run, and the band of all of them where there are more."""
    seen = run()
    found: dict[str, Any] = {}
    for panel, away in zip(PANELS, (seen.mean, np.sqrt(seen.variance) - 1), strict=True):
        found[panel] = {"runs": len(away), "run": np.abs(away[0]).tolist()}
        if len(away) > 1:
            columns = np.abs(away[:, np.array(places) - 1])
            found[panel]["band"] = np.quantile(columns, band, axis=0).tolist()
    return found


def simulated(
    name: str, parameters: Mapping[str, Any], effort: Effort, simulate: Simulate
) -> Iterator[tuple[int, Callable[[], Seen]]]:
    """Yield each size M and what simulates its runs, at every generation; all points are drawn."""
    generations = int(parameters["generations"])
    record = tuple(range(1, generations + 1))
    counts = {int(size): int(runs) for size, runs in parameters["runs"].items()}
    before, total = 0, sum(size * runs for size, runs in counts.items()) * generations
    for size, runs in counts.items():
        points = size * generations
        work = partial(simulate, size, record, streams.derive_key(name, size, effort.key))
        report = partial(_report, effort, before, points, total)
        yield size, partial(gathered, work, runs, max(1, PIECE // points), effort.workers, report)
        before += runs * points


def gathered(
    work: Callable[[int, int], Seen],
    runs: int,
    block: int,
    workers: int | None,
    report: Callable[[int, int], object],
) -> Seen:
    """Return all runs of one size; PIECE is what a thread does at a time."""
    return campaign.gather(campaign.run(work, runs, block=block, workers=workers, progress=report))


def _report(effort: Effort, before: int, points: int, total: int, done: int, _: int) -> None:
    if effort.progress is not None:
        effort.progress(before + done * points, total)
