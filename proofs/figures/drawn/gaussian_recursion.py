"""Fig. 4 of arXiv:2305.17493v3: runs of a refitted normal law, and the exact curves over them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.panels import PLACES_OF_RUNS, Panel, draw_panels, levels, runs_of_bands
from proofs.figures.measured.gaussian_recursion import (
    FULL,
    NAME,
    PARAMETERS,
    measure,
)
from proofs.figures.measured.recursions import spread

if TYPE_CHECKING:
    import matplotlib.figure

#: Ends of the axes up to the size LARGEST; the lower one falls with its root beyond,
#: and the upper one makes room for the legend.
LIMITS, LARGEST = (4e-4, 16.0), 100_000
PANELS: Mapping[str, Panel] = {
    "mean": Panel("The mean walks away", {"rms": "exact root mean square"}, LIMITS),
    "deviation": Panel(
        "The standard deviation shrinks",
        {"rms": "exact root mean square", "of-mean": r"exact $|\mathrm{E}\,\sigma_n-\sigma|$"},
        LIMITS,
        banded=True,
    ),
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: both panels, one above the other, on one axis of generations."""
    largest = max(int(size) for panel in PANELS for size in data["panels"][panel])
    wider = math.sqrt(max(LARGEST, largest) / LARGEST)
    limits = (LIMITS[0] / wider, LIMITS[1] * math.sqrt(wider))
    panels = {name: replace(panel, limits=limits) for name, panel in PANELS.items()}
    return draw_panels(NAME, data, panels)


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = levels(data)
    return (
        "Fig. 4 of arXiv:2305.17493v3, redrawn. A normal law is fitted to M points, M points are "
        f"drawn from the fit, and so on for {data['generations']} generations, starting from "
        "N(0, 1); both axes are logarithmic. (a) Distance of the fitted mean from the real one; "
        "(b) the same for the standard deviation. Thin lines: one run of each size, in b of those "
        "without a band alone, the first of its random stream, shown at "
        f"{len(spread(data['generations'], PLACES_OF_RUNS))} generations. Shaded: the middle "
        f"{low} to {high} % of {runs_of_bands(data)}. Dashed: the exact root "
        "mean square (claim B10 in a, B02 and B03 in b). Dotted: the exact distance of the mean "
        "standard deviation (B03), the part that is not noise. Dash-dotted, in b: the exact "
        f"{low} and {high} % quantiles, from the law of the fitted variance (B05) inverted at "
        f"{len(data['band-places'])} generations without approximation; no exact law of the "
        "mean beyond the first generation is claimed. Where the dashed curve of b exceeds 1 it "
        "is carried by rare runs that grow: none can shrink by more than sigma. The "
        "variance is divided by M - 1, as the theory assumes; the code published with the paper "
        "divides by M, and its figure also has other sizes up to 10^7, which --full draws."
    )


GAUSSIAN_RECURSION = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
)
