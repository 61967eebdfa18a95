"""Figs. 5 and 6 of arXiv:2305.17493v3: a normal law refitted on the points of all generations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from numerics.workflow import Workflow
from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.panels import PLACES_OF_RUNS, Panel, draw_panels, levels, runs_of_bands
from proofs.figures.measured import pooled
from proofs.figures.measured.recursions import Law, measured, spread

__all__ = ["POOL", "SUBSAMPLE"]

BOUND = r"exact $\sigma-(\mathrm{E}\,\sigma_n^2)^{1/2}$, at most $\sigma-\mathrm{E}\,\sigma_n$"
FIRST = "root mean square, first order in $1/M$"


def _caption(what: str, laws: str, figure: str, data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = levels(data)
    return (
        f"{figure} of arXiv:2305.17493v3, redrawn. Every generation adds M points to a pool that "
        f"keeps all, {what}, with the variance divided by the number of points, and the next M "
        f"points are drawn from the fit: {data['generations']} generations, starting from N(0, 1); "
        "both axes are logarithmic. (a) Distance of the fitted mean from the real one; (b) the "
        "same for the standard deviation. Thin lines: one run of each size, the first of its "
        f"random stream, shown at {len(spread(data['generations'], PLACES_OF_RUNS))} generations. "
        f"Shaded: the middle {low} to {high} % of {runs_of_bands(data)}, measured; no exact law "
        f"of the band is claimed. {laws}"
    )


def _drawing(
    name: str, printed: str, workflow: Workflow, laws: Mapping[str, Mapping[str, Law]],
    panels: Mapping[str, Panel], what: str, said: str,
) -> Drawing:  # fmt: skip
    """Return the figure of one workflow."""
    return Drawing(
        name,
        pooled.PARAMETERS,
        lambda parameters, effort: measured(
            name, parameters, effort, partial(pooled.simulate, workflow), laws
        ),
        lambda data: draw_panels(name, data, panels),
        partial(_caption, what, said, printed),
        full=pooled.FULL,
    )


_WALK = Panel(
    "The mean stays near", {"rms": "exact root mean square"}, (4e-4, 4.0), legend="upper right"
)
_TITLE = "The standard deviation stays"
_LIMITS = (2e-5, 4.0)

SUBSAMPLE = _drawing(
    "gaussian-subsample",
    "Fig. 5",
    Workflow("subsample", replacement=False),
    {"mean": {"rms": pooled.subsample_drift}, "deviation": {"bound": pooled.subsample_bound}},
    {"mean": _WALK, "deviation": Panel(_TITLE, {"bound": BOUND}, _LIMITS)},
    "M points of it, none taken twice, are fitted",
    "Dashed, in a: the exact root mean square (the mean variance of claim B31 and the drift add up "
    "to sigma^2). Dotted, in b: sigma less the root of the exact mean variance (B31); the mean "
    "standard deviation is at least that far from sigma. No exact law of the standard deviation "
    "itself is claimed. The paper does not say whether points are taken twice.",
)

POOL = _drawing(
    "gaussian-pool",
    "Fig. 6",
    Workflow("accumulate"),
    {
        "mean": {"rms": pooled.pool_drift},
        "deviation": {"first-order": pooled.pool_departure, "bound": pooled.pool_bound},
    },
    {"mean": _WALK, "deviation": Panel(_TITLE, {"first-order": FIRST, "bound": BOUND}, _LIMITS)},
    "the whole of which is fitted",
    "Dashed, in a: the exact root mean square (claim B29). Dash-dotted, in b: the root mean square "
    "to first order in 1/M (B41 less B29). Dotted, in b: sigma less the root of the exact mean "
    "variance (B29); the mean standard deviation is at least that far from sigma.",
)
