"""Fig. 4 of arXiv:2305.17493v3, with the exact laws laid over the simulated runs.

A normal law is fitted to M of its own points, again and again, from N(0, 1). Panel a shows how
far the fitted mean has walked, panel b how far the fitted standard deviation has shrunk. The
curves come from `theory` (B10, B02, B03), the runs and bands from `numerics`, which draws every
point; here they only meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb

from numerics import campaign, gaussian, streams
from numerics.start import Start
from proofs.figures.drawing import Data, Drawing, Effort
from theory.claim import value_ball
from theory.claims import find

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

NAME = "gaussian-recursion"
#: Precision of the laws, in bits: 1 - c4(M)^n cancels.
BITS = 128
#: Points per generation and normals of the largest block a thread draws at once.
BLOCK = 4_000_000
#: Generations at which curves and bands are known, spread evenly over the logarithm.
PLACES = 61
PANELS = ("mean", "deviation")
#: Runs of each size; a band needs many, and the largest sizes are dear.
PARAMETERS: Mapping[str, Any] = {
    "generations": 1000,
    "runs": {"100": 400, "1000": 400, "10000": 400, "100000": 1},
    "estimator": "unbiased",
    "band": [0.05, 0.95],
}


# --- what holds ----------------------------------------------------------------------------------


def drift(samples: int, generations: int, sigma: int = 1) -> float:
    """Return the root mean square of mu_n - mu, in units of sigma (B10)."""
    return float(_law("B10", samples, generations, sigma).sqrt().mid()) / sigma


def shrinkage(samples: int, generations: int, sigma: int = 1) -> float:
    """Return abs(E[sigma_n] - sigma), in units of sigma (B03)."""
    return float(abs(_law("B03", samples, generations, sigma) - sigma).mid()) / sigma


def departure(samples: int, generations: int, sigma: int = 1) -> float:
    """Return the root mean square of sigma_n - sigma, in units of sigma (B02 and B03)."""
    square = _law("B02", samples, generations, sigma)
    mean = _law("B03", samples, generations, sigma)
    return float((square - 2 * sigma * mean + sigma**2).sqrt().mid()) / sigma


def _law(code: str, samples: int, generations: int, sigma: int) -> arb:
    """Return the first quantity of a claim, for the unbiased estimator."""
    claim = find(code)
    point = {"M": Fraction(samples), "n": Fraction(generations), "sigma": Fraction(sigma)}
    return value_ball(claim, claim.quantity(), point, BITS)


def exact_curves(samples: int, places: list[int]) -> dict[str, dict[str, list[float]]]:
    """Return the curves of each panel at the generations `places`."""
    return {
        "mean": {"rms": [drift(samples, n) for n in places]},
        "deviation": {
            "rms": [departure(samples, n) for n in places],
            "of-mean": [shrinkage(samples, n) for n in places],
        },
    }


# --- what is seen --------------------------------------------------------------------------------


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return runs, bands and exact curves, in units of sigma, as JSON values."""
    generations = int(parameters["generations"])
    counts = {int(size): int(runs) for size, runs in parameters["runs"].items()}
    places = np.unique(np.geomspace(1, generations, PLACES).round().astype(int)).tolist()
    before, total = 0, sum(size * runs for size, runs in counts.items()) * generations
    panels: dict[str, dict[str, Any]] = {panel: {} for panel in PANELS}
    for size, runs in counts.items():

        def report(done: int, _: int, size: int = size, before: int = before) -> None:
            if effort.progress is not None:
                effort.progress(before + done * size * generations, total)

        seen = simulate(size, runs, generations, parameters["estimator"], effort, report)
        before += runs * size * generations
        curves = exact_curves(size, places)
        for panel, away in zip(PANELS, (seen.mean, np.sqrt(seen.variance) - 1), strict=True):
            series = {"runs": runs, "run": np.abs(away[0]).tolist(), "exact": curves[panel]}
            if runs > 1:
                band = np.quantile(np.abs(away[:, np.array(places) - 1]), parameters["band"], 0)
                series["band"] = band.tolist()
            panels[panel][str(size)] = series
    return {"generations": generations, "places": places, "panels": panels}


def simulate(
    samples: int,
    runs: int,
    generations: int,
    estimator: gaussian.Estimator,
    effort: Effort,
    progress: Any = None,
) -> gaussian.GaussianRun:
    """Return `runs` runs from N(0, 1) at generations 1 to `generations`; every point is drawn."""
    key = streams.derive_key(NAME, samples, effort.key)
    record = tuple(range(1, generations + 1))

    def work(first: int, last: int) -> gaussian.GaussianRun:
        return gaussian.simulate(
            Start.named("normal"), samples, record, key, first, last, estimator
        )

    block = max(1, BLOCK // (samples * generations))
    parts = campaign.run(work, runs, block=block, workers=effort.workers, progress=progress)
    return campaign.gather(parts)


# --- the drawing ---------------------------------------------------------------------------------

TITLES = {
    "mean": "a  the mean walks away",
    "deviation": "b  the standard deviation shrinks",
}
LABELS = {
    "mean": r"$|\mu_n-\mu|$  (units of $\sigma$)",
    "deviation": r"$|\sigma_n-\sigma|$  (units of $\sigma$)",
}
FLOOR = {"mean": 3e-4, "deviation": 1e-4}
#: From dark to light, so that the order of the sizes survives in grey.
SHADES = ("#2b1b4d", "#26608f", "#1f9e89", "#d9a520", "#c0c0c0")


def curves_of(data: Data, panel: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield (M, series) of a panel; ValueError when one has lost an exact curve."""
    kinds = ("rms",) if panel == "mean" else ("rms", "of-mean")
    for size, series in data["panels"][panel].items():
        for kind in kinds:
            curve = series.get("exact", {}).get(kind, ())
            if len(curve) != len(data["places"]):
                raise ValueError(f"{NAME}: {panel}, M = {size}: no exact curve {kind}")
        yield int(size), series


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: both panels, one above the other, on one axis of generations."""
    from matplotlib.figure import Figure

    figure = Figure()
    axes = dict(zip(PANELS, figure.subplots(2, sharex=True), strict=True))
    for panel, ax in axes.items():
        for order, (size, series) in enumerate(curves_of(data, panel)):
            _draw_size(ax, data, size, series, SHADES[order % len(SHADES)])
        ax.set(xscale="log", yscale="log", ylabel=LABELS[panel], title=TITLES[panel])
        ax.set_ylim(bottom=FLOOR[panel])
        ax.set_xlim(1, data["generations"])
    axes["deviation"].set_xlabel("generation n")
    return figure


def _draw_size(
    ax: matplotlib.axes.Axes, data: Data, size: int, series: Mapping[str, Any], shade: str
) -> None:
    places = data["places"]
    generations = np.arange(1, data["generations"] + 1)
    if "band" in series:
        ax.fill_between(places, *series["band"], color=shade, alpha=0.15)
    ax.plot(generations, series["run"], color=shade, linewidth=0.5)
    for kind, dashes in (("rms", "--"), ("of-mean", ":")):
        if kind in series["exact"]:
            ax.plot(places, series["exact"][kind], color=shade, linestyle=dashes, linewidth=1.3)


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    return ""


GAUSSIAN_RECURSION = Drawing(
    NAME, "A normal law refitted on its own points", PARAMETERS, measure, draw, caption
)
