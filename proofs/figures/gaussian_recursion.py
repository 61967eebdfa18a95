"""Fig. 4 of arXiv:2305.17493v3, with the exact laws laid over the simulated runs.

A normal law is fitted to M of its own points, again and again, from N(0, 1). Panel a shows how
far the fitted mean has walked, panel b how far the fitted standard deviation has shrunk. The
curves come from `theory` (B10, B02, B03, and B05 for the exact band of the deviation), the runs and
measured bands from `numerics`, which draws every point; here they only meet. No exact law of
the mean is claimed beyond n = 1: its band is measured alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, ctx

from numerics import campaign, gaussian, streams
from numerics.start import Start
from proofs.figures.bands import departures
from proofs.figures.drawing import Data, Drawing, Effort
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

NAME = "gaussian-recursion"
#: The theory's estimator divides by M - 1. The published code divides by M.
ESTIMATOR: gaussian.Estimator = "unbiased"
#: Precision of the laws, in bits: 1 - c4(M)^n cancels.
BITS = 128
#: Normal points that a thread draws in one piece of work.
PIECE = 4_000_000
#: Places on the axis of generations, evenly spread over its logarithm, before rounding to
#: integers: of curves and bands, of runs as drawn (the data hold every generation), and of exact
#: bands, whose quantiles take a tenth of a second each; they bend little in between.
PLACES, PLACES_OF_RUNS, PLACES_OF_BANDS = 61, 151, 31
PANELS = ("mean", "deviation")
#: How many runs of each size M; a band needs many, and the largest sizes are dear.
PARAMETERS: Mapping[str, Any] = {
    "generations": 1000,
    "runs": {"100": 2000, "1000": 1, "10000": 400, "100000": 1},
    "band": [0.05, 0.95],
}


def spread(generations: int, places: int) -> list[int]:
    """Return integers from 1 to `generations`, evenly spread over the logarithm.

    >>> spread(100, 5)
    [1, 3, 10, 32, 100]
    """
    found: list[int] = np.unique(np.geomspace(1, generations, places).round().astype(int)).tolist()
    return found


# --- what holds ----------------------------------------------------------------------------------


def drift(samples: int, generations: int) -> float:
    """Return the root mean square of mu_n - mu, in units of sigma (B10)."""
    return float(_law("B10", samples, generations).sqrt().mid())


def shrinkage(samples: int, generations: int) -> float:
    """Return abs(E[sigma_n] - sigma), in units of sigma (B03)."""
    with ctx.workprec(BITS):
        return float(abs(_law("B03", samples, generations) - 1).mid())


def departure(samples: int, generations: int) -> float:
    """Return the root mean square of sigma_n - sigma, in units of sigma (B02 and B03)."""
    square, mean = (_law(code, samples, generations) for code in ("B02", "B03"))
    with ctx.workprec(BITS):
        return float((square - 2 * mean + 1).sqrt().mid())


#: The exact curves of each panel.
LAWS: Mapping[str, Mapping[str, Callable[[int, int], float]]] = {
    "mean": {"rms": drift},
    "deviation": {"rms": departure, "of-mean": shrinkage},
}


def _law(code: str, samples: int, generations: int) -> arb:
    """Return the first quantity of a claim at sigma = 1."""
    claim = find(code)
    point: Point = {
        "M": Fraction(samples),
        "n": Fraction(generations),
        "sigma": Fraction(1),
        "estimator": ESTIMATOR,
    }
    return value_ball(claim, claim.quantity(), point, BITS)


# --- what is seen --------------------------------------------------------------------------------


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return runs, bands and exact curves, in units of sigma, as JSON values."""
    generations = int(parameters["generations"])
    places = spread(generations, PLACES)
    panels: dict[str, dict[str, Any]] = {panel: {} for panel in PANELS}
    for size, seen in simulated(parameters, effort):
        for panel, away in zip(PANELS, (seen.mean, np.sqrt(seen.variance) - 1), strict=True):
            series: dict[str, Any] = {
                "runs": len(away),
                "run": np.abs(away[0]).tolist(),
                "exact": {
                    kind: [law(size, n) for n in places] for kind, law in LAWS[panel].items()
                },
            }
            if len(away) > 1:
                columns = np.abs(away[:, np.array(places) - 1])
                series["band"] = np.quantile(columns, parameters["band"], axis=0).tolist()
                if panel == "deviation":
                    series["exact-band"] = exact_band(parameters, size)
            panels[panel][str(size)] = series
    return {
        "generations": generations,
        "places": places,
        "band-places": spread(generations, PLACES_OF_BANDS),
        "band": list(parameters["band"]),
        "panels": panels,
    }


def exact_band(parameters: Mapping[str, Any], size: int) -> list[list[float]]:
    """Return the lower and the upper edge of the exact band of abs(sigma_n - sigma)."""
    places = spread(int(parameters["generations"]), PLACES_OF_BANDS)
    rows = [departures(parameters["band"], size, n, ESTIMATOR) for n in places]
    return [list(edge) for edge in zip(*rows, strict=True)]


def simulated(
    parameters: Mapping[str, Any], effort: Effort
) -> Iterator[tuple[int, gaussian.GaussianRun]]:
    """Yield each size M with its runs from N(0, 1), at every generation; all points are drawn."""
    generations = int(parameters["generations"])
    record = tuple(range(1, generations + 1))
    counts = {int(size): int(runs) for size, runs in parameters["runs"].items()}
    before, total = 0, sum(size * runs for size, runs in counts.items()) * generations
    for size, runs in counts.items():
        points = size * generations
        work = partial(_work, size, record, streams.derive_key(NAME, size, effort.key))
        parts = campaign.run(
            work,
            runs,
            block=max(1, PIECE // points),
            workers=effort.workers,
            progress=partial(_report, effort, before, points, total),
        )
        yield size, campaign.gather(parts)
        before += runs * points


def _work(
    size: int, record: tuple[int, ...], key: int, first: int, last: int
) -> gaussian.GaussianRun:
    return gaussian.simulate(Start.named("normal"), size, record, key, first, last, ESTIMATOR)


def _report(effort: Effort, before: int, points: int, total: int, done: int, _: int) -> None:
    if effort.progress is not None:
        effort.progress(before + done * points, total)


# --- the drawing ---------------------------------------------------------------------------------

TITLES = {
    "mean": ("a", "The mean walks away"),
    "deviation": ("b", "The standard deviation shrinks"),
}
LABELS = {
    "mean": r"$|\mu_n-\mu|$  in units of $\sigma$",
    "deviation": r"$|\sigma_n-\sigma|$  in units of $\sigma$",
}
#: What hides beneath the axis: a run that crosses its target dips to 0, minus infinity here.
FLOOR, TOP = 4e-4, 16.0
#: From dark to light, so that the order of the sizes survives in grey.
SHADES = ("#231942", "#235089", "#25a08c", "#e09f1f")
DASHES = {"rms": (0, (4.5, 1.8)), "of-mean": (0, (1.0, 1.4)), "band": (0, (6, 1.2, 1, 1.2))}


def curves_of(data: Data, panel: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield (M, series) of a panel; ValueError when one has lost an exact curve or band."""
    for size, series in data["panels"][panel].items():
        for kind in LAWS[panel]:
            curve = series.get("exact", {}).get(kind, ())
            if len(curve) != len(data["places"]):
                raise ValueError(f"{NAME}: {panel}, M = {size}: no exact curve {kind}")
        if panel == "deviation" and "band" in series:
            edges = series.get("exact-band", ((),))
            if any(len(edge) != len(data["band-places"]) for edge in edges):
                raise ValueError(f"{NAME}: {panel}, M = {size}: no exact band")
        yield int(size), series


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: both panels, one above the other, on one axis of generations."""
    from matplotlib.figure import Figure

    figure = Figure()
    axes = dict(zip(PANELS, figure.subplots(2, sharex=True), strict=True))
    for panel, ax in axes.items():
        for order, (size, series) in enumerate(curves_of(data, panel)):
            shade = SHADES[order % len(SHADES)]
            _draw_seen(ax, data, series, shade, order)
            _draw_exact(ax, data, panel, size, series["exact"], shade)
            _draw_exact_band(ax, data, size, series.get("exact-band", ()), shade)
        letter, title = TITLES[panel]
        ax.set_title(letter, weight="bold")
        ax.set_title(title, loc="center")
        ax.set(xscale="log", yscale="log", ylabel=LABELS[panel])
        ax.set(xlim=(1, data["generations"]), ylim=(FLOOR, TOP))
    _explain(axes["mean"], data)
    _explain_shrinkage(axes["deviation"], data)
    axes["deviation"].set_xlabel("generation n")
    return figure


def _draw_seen(
    ax: matplotlib.axes.Axes, data: Data, series: Mapping[str, Any], shade: str, order: int
) -> None:
    """Draw one run, and the band of many where there is one."""
    if "band" in series:
        ax.fill_between(data["places"], *series["band"], color=shade, alpha=0.16, zorder=0.5)
    shown = spread(data["generations"], PLACES_OF_RUNS)
    run = [series["run"][n - 1] for n in shown]
    ax.plot(shown, run, color=shade, linewidth=0.6, zorder=2 - order / 10)


def _draw_exact(
    ax: matplotlib.axes.Axes,
    data: Data,
    panel: str,
    size: int,
    exact: Mapping[str, list[float]],
    shade: str,
) -> None:
    """Draw the exact curves over everything, edged in white, the size written at their end."""
    from matplotlib import patheffects

    edge = [patheffects.withStroke(linewidth=2.6, foreground="white")]
    for kind, curve in exact.items():
        (line,) = ax.plot(
            data["places"], curve, color=shade, linestyle=DASHES[kind], linewidth=1.3, zorder=3,
            path_effects=edge,
        )  # fmt: skip
        line.set_gid(f"exact-{panel}-{kind}-{size}")
    ax.annotate(
        _power(size), (1, exact["rms"][-1]), xycoords=("axes fraction", "data"),
        xytext=(4, 0), textcoords="offset points", va="center", color=shade,
    )  # fmt: skip


def _draw_exact_band(
    ax: matplotlib.axes.Axes, data: Data, size: int, edges: list[list[float]], shade: str
) -> None:
    """Draw the edges of the exact band."""
    for name, edge in zip(("low", "high"), edges, strict=False):
        (line,) = ax.plot(
            data["band-places"], edge, color=shade, linestyle=DASHES["band"], linewidth=0.9,
            zorder=2.5,
        )  # fmt: skip
        line.set_gid(f"exact-deviation-band-{name}-{size}")


def _power(size: int) -> str:
    """Return a power of ten as one, and any other size in digits."""
    power = len(str(size)) - 1
    return f"$10^{{{power}}}$" if 10**power == size else str(size)


def _banded(data: Data) -> str:
    """Return the levels and the sizes of the bands."""
    low, high = (f"{100 * share:g}" for share in data["band"])
    banded = [size for size, series in data["panels"]["mean"].items() if "band" in series]
    sizes = ", ".join(_power(int(size)) for size in banded)
    return f"{low}\N{EN DASH}{high} % of runs, $M$ = {sizes}"


def _explain(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Say what the kinds of lines are, in black: they differ without colour."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    ax.legend(
        handles=[
            Patch(color="black", alpha=0.16),
            Line2D([], [], color="black", linestyle=DASHES["rms"], linewidth=1.3),
            Line2D([], [], color="black", linewidth=0.6),
        ],
        labels=[
            _banded(data),
            "exact root mean square",
            "one run",
        ],
        loc="upper left",
    )
    ax.annotate(
        "$M$ =", (1, 1), xycoords="axes fraction", xytext=(4, 0), textcoords="offset points",
        va="top",
    )  # fmt: skip


def _explain_shrinkage(ax: matplotlib.axes.Axes, data: Data) -> None:
    from matplotlib.lines import Line2D

    ax.legend(
        handles=[
            Line2D([], [], color="black", linestyle=DASHES["of-mean"], linewidth=1.3),
            Line2D([], [], color="black", linestyle=DASHES["band"], linewidth=0.9),
        ],
        labels=[
            r"exact $|\mathbb{E}\,\sigma_n-\sigma|$",
            f"exact {_banded(data)}",
        ],
        loc="upper left",
    )


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = (f"{100 * share:g}" for share in data["band"])
    bands = " and ".join(
        f"{series['runs']} runs at M = {size}"
        for size, series in data["panels"]["mean"].items()
        if "band" in series
    )
    return (
        "Fig. 4 of arXiv:2305.17493v3, redrawn. A normal law is fitted to M points, M points are "
        f"drawn from the fit, and so on for {data['generations']} generations, starting from "
        "N(0, 1); both axes are logarithmic. (a) Distance of the fitted mean from the real one; "
        "(b) the same for the standard deviation. Thin lines: one run of each size, the first of "
        f"its random stream, shown at {len(spread(data['generations'], PLACES_OF_RUNS))} "
        f"generations. Shaded: the middle {low} to {high} % of {bands}. Dashed: the exact root "
        "mean square (claim B10 in a, B02 and B03 in b). Dotted: the exact distance of the mean "
        "standard deviation (B03), the part that is not noise. Dash-dotted, in b: the exact "
        f"{low} and {high} % quantiles, from the law of the fitted variance (B05) inverted at "
        f"{len(data['band-places'])} generations without approximation; no exact law of the "
        "mean beyond the first generation is claimed. Where the dashed curve of b exceeds 1 it "
        "is carried by rare runs that grow: none can shrink by more than sigma. The "
        "variance is divided by M - 1, as the theory assumes; the code published with the paper "
        "divides by M, and its figure also has other sizes up to 10^7."
    )


GAUSSIAN_RECURSION = Drawing(
    NAME, "A normal law refitted on its own points", PARAMETERS, measure, draw, caption
)
