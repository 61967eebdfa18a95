"""Beyond the paper: the law of the collapse time, its diffusion value and the corrected one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES, exact_of, lettered
from proofs.figures.measured.collapse_time import NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Half length of a bar, in standard errors.
ERRORS = 2.0
#: Dashes and markers, by the order of K, which has a shade too.
DASHES: tuple[Any, ...] = ((0, (4.5, 1.6)), (0, (1.0, 1.2)), (0, (6, 1.2, 1, 1.2)))
MARKERS = ("o", "s", "^")
#: Factors by which symbols are drawn aside of their M.
ASIDE = (0.94, 1.0, 1.07)


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: the law, how late diffusion is, and the errors left."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 2.7))
    law, crude, fine = figure.subplots(1, 3, width_ratios=(1.25, 1, 1))
    _draw_law(law, data)
    _draw_errors(crude, data)
    _draw_relative(fine, data)
    for ax, letter, title in (
        (law, "a", f"The law, $M = {data['samples']}$"),
        (crude, "b", "Diffusion is too late"),
        (fine, "c", "Errors of both"),
    ):
        lettered(ax, letter, title)
    for ax in (crude, fine):
        ax.set(xscale="log", xlabel="number of samples M")
    return figure


def kinds(data: Data) -> list[tuple[int, str, Any]]:
    """Return order, K and what is known of it; a figure has three K at most."""
    return [(order, kind, found) for order, (kind, found) in enumerate(data["categories"].items())]


def _draw_law(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw the distribution functions of T: measured, exact, and by diffusion."""
    places = data["places"]
    for order, kind, found in kinds(data):
        ax.plot(places, found["share"], color=SHADES[order], alpha=0.3, linewidth=3)
        curve = exact_of(NAME, found, "collapsed", f"K = {kind}", len(places))
        (line,) = ax.plot(
            places, curve, color=SHADES[order], linestyle=DASHES[order], linewidth=1.3,
            label=f"exact, $K = {kind}$",
        )  # fmt: skip
        line.set_gid(f"exact-collapsed-{kind}")
    for name, label, dashes in (
        ("two-diffusion", "diffusion, $K = 2$", "-"),
        ("many-diffusion", r"diffusion, $K \to \infty$", (0, (2.5, 0.8))),
    ):
        curve = exact_of(NAME, data, name, "diffusion", len(places))
        (line,) = ax.plot(places, curve, color="black", linestyle=dashes, linewidth=0.6)
        line.set_gid(f"exact-{name}")
        line.set_label(label)
    ax.plot([], [], color="black", alpha=0.3, linewidth=3, label=f"{data['few']} runs")
    ax.set(xlim=(0, places[-1]), ylim=(0, 1.02))
    ax.set(xlabel="generation n", ylabel=r"$\mathrm{P}(T\leq n)$")
    ax.legend(loc="lower right")


def _means(data: Data, kind: str, found: Any) -> dict[str, NDArray[np.float64]]:
    sizes = len(data["sizes"])
    return {
        name: np.array(exact_of(NAME, found, name, f"K = {kind}", sizes))
        for name in ("mean", "diffusion", "corrected")
    }


def _draw_errors(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw by how much the diffusion value is too large: exactly, to order 1/M, and measured."""
    for order, kind, found in kinds(data):
        means = _means(data, kind, found)
        for name, width, dashes in (("corrected", 0.5, "-"), ("mean", 1.3, DASHES[order])):
            (line,) = ax.plot(
                data["sizes"], means["diffusion"] - means[name], color=SHADES[order],
                linestyle=dashes, linewidth=width,
            )  # fmt: skip
            line.set_gid(f"exact-{name}-{kind}")
        for size, seen in found["seen"].items():
            ax.errorbar(
                int(size) * ASIDE[order], found["at"][size] - seen["mean"],
                ERRORS * seen["error"], color=SHADES[order], marker=MARKERS[order],
                markersize=3.5, mfc="white", linewidth=0.8, zorder=3,
            )  # fmt: skip
        ax.plot(
            [], [], color=SHADES[order], linestyle=DASHES[order], marker=MARKERS[order],
            markersize=3.5, mfc="white", label=f"$K = {kind}$",
        )  # fmt: skip
    ax.plot([], [], color="black", linewidth=0.5, label="predicted (A13b)")
    ax.set(ylim=(0, 4.2), ylabel="diffusion less mean of $T$ (generations)")
    ax.legend(loc="upper left")


def _draw_relative(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw the relative errors of both values."""
    for order, kind, found in kinds(data):
        means = _means(data, kind, found)
        for name, width in (("diffusion", 0.6), ("corrected", 1.3)):
            (line,) = ax.plot(
                data["sizes"], abs(means[name] / means["mean"] - 1), color=SHADES[order],
                linestyle=DASHES[order], linewidth=width,
            )  # fmt: skip
            line.set_gid(f"exact-relative-{name}-{kind}")
    for width, label in ((0.6, "diffusion"), (1.3, "corrected")):
        ax.plot([], [], color="black", linewidth=width, label=label)
    ax.set(yscale="log", ylabel="relative error of the mean of $T$")
    ax.legend(loc="lower left")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    sizes = data["sizes"]
    last = [
        found["exact"]["diffusion"][-1] - found["exact"]["mean"][-1] for _, _, found in kinds(data)
    ]
    runs = ", ".join(
        f"{seen['runs']} at M = {size}" for size, seen in kinds(data)[0][2]["seen"].items()
    )
    named = ", ".join(data["categories"])
    return (
        f"The collapse time T of K = {named} equally frequent categories: the first generation in "
        "which all M points are of one category. (a) Its distribution function for "
        f"M = {data['samples']}: exact (claim A14, dashed for the first K, dotted and dash-dotted "
        f"for the others) over that of {data['few']} runs of each K (broad, pale); thin "
        "black: what it tends to for large M, by diffusion, for K = 2 (A20) and for ever more "
        "categories (A37, finely dashed); it comes a little too late. (b) How many generations the "
        "diffusion value of the mean, -2 M sum (1 - p) ln(1 - p) (A13), is too large: exactly (A11 "
        "less A13; dashes as in a), measured (symbols, bars of "
        f"{ERRORS:g} standard errors, drawn a little aside of their M; runs of each K: {runs}), "
        "and as the correction (ln M)/3 + (1/3) sum p ln(1 - p) - C with C = -0.7217 predicts "
        "(A13b, thin). The error grows with ln M for ever: "
        f"{min(last):.2f} to {max(last):.2f} generations at M = {sizes[-1]}. (c) Relative errors "
        "of both values, exact: of the diffusion (thin) it falls like (ln M)/M, of the corrected "
        "value (heavy) like 1/M^2."
    )


COLLAPSE_TIME = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
)
