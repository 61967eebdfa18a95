"""Fig. 8 of arXiv:2305.17493v3: latents of a refitted linear VAE under its original encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES, edged, exact_of, lettered, shade_at
from proofs.figures.measured.digits import INPUT
from proofs.figures.measured.vae_latents import FULL, NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

MARKERS = ("o", "s", "^", "D", "v")
DASHED = (0, (4.5, 1.8))
DOTTED = (0, (1.0, 1.4))
#: Generations of the run that are drawn, as many as can be told apart, and their dashes.
GENERATIONS = (1, 3, 5, 9)
DASHES = ("solid", DOTTED, (0, (6, 1.2, 1, 1.2)), (0, (4, 1, 1, 1, 1, 1)))
#: Upper end of the axes of b and c, and of the axis of a as a multiple of the highest density.
TOP, ROOM = 1.75, 1.7
#: Height of a line of text on the axes of b and c.
LINE = 0.1


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: densities, deviations of the latents, total variances."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 2.75))
    densities, latents, totals = figure.subplots(1, 3, width_ratios=(1.15, 1, 1))
    _draw_densities(densities, data)
    _draw_latents(latents, data)
    _draw_totals(totals, data)
    for ax, letter, title in (
        (densities, "a", f"One run, $M$ = {data['shown']}"),
        (latents, "b", "Spread of the latents"),
        (totals, "c", "Total variance"),
    ):
        lettered(ax, letter, title)
    for ax in (latents, totals):
        ax.set(xlabel="generation n", xlim=(-0.2, data["generations"] + 0.2), ylim=(0, TOP))
        ax.set_xticks(range(0, data["generations"] + 1, 3))
        ax.legend(loc="upper left")
    return figure


def _draw_densities(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw the real latents as steps, generation after generation, and the infinite samples."""
    exact = exact_of(NAME, data["infinite"], "density", "infinite M", len(data["places"]))
    ax.stairs(data["real"], data["edges"], fill=True, color="0.82", label="real images")
    last = len(data["run"])
    for order, density in enumerate(data["run"]):
        if order + 1 in pictured(data):
            dashes = DASHES[pictured(data).index(order + 1)]
            ax.plot(
                data["places"], density, color=shade_at(order, max(last, len(SHADES) + 1)),
                linestyle=dashes, linewidth=1.2, label=f"generation {order + 1}",
            )  # fmt: skip
    (line,) = ax.plot(
        data["places"], exact, color="black", linestyle=DASHED, linewidth=1.3,
        path_effects=edged(), label="exact, $M$ infinite",
    )  # fmt: skip
    line.set_gid("exact-density")
    ax.set(xlim=(data["places"][0], data["places"][-1]), ylim=(0, ROOM * ax.get_ylim()[1]))
    ax.set(xlabel="first latent, original encoder", ylabel="density", xticks=range(-3, 4))
    ax.legend(loc="upper left")


def pictured(data: Data) -> list[int]:
    """Return the generations of the run that are drawn."""
    return [n for n in GENERATIONS if n <= len(data["run"])]


def _draw_series(ax: matplotlib.axes.Axes, data: Data, name: str) -> None:
    """Draw means of runs as symbols, and the band of one size."""
    steps = range(data["generations"] + 1)
    low, high = (f"{100 * level:g}" for level in data["band"])
    for order, (size, series) in enumerate(data["sizes"].items()):
        shade = shade_at(order, len(data["sizes"]))
        if int(size) == data["shown"]:
            ax.fill_between(
                steps, *series[name]["band"], color=shade, alpha=0.16, zorder=0.5,
                label=f"{low}\N{EN DASH}{high} % of runs, $M$ = {size}",
            )  # fmt: skip
        ax.plot(
            steps, series[name]["mean"], color=shade, marker=MARKERS[order % len(MARKERS)],
            markersize=3.2, mfc="white", linewidth=0.5 if name == "latent" else 0,
        )  # fmt: skip
    _draw_sizes(ax, {size: series[name]["mean"][-1] for size, series in data["sizes"].items()})


def _draw_sizes(ax: matplotlib.axes.Axes, ends: dict[str, float]) -> None:
    """Write each size beside the end of its means, moved down where two would meet."""
    room = TOP
    for size in sorted(ends, key=lambda size: -ends[size]):
        place = min(ends[size], room)
        room = place - LINE
        ax.annotate(
            f"{int(size):,}", (1, place / TOP), xycoords="axes fraction", xytext=(3, 0),
            textcoords="offset points", va="center",
            color=shade_at(list(ends).index(size), len(ends)),
        )  # fmt: skip
    highest = max(ends.values()) + LINE
    ax.annotate(
        "$M$ =", (1, highest / TOP), xycoords="axes fraction", xytext=(3, 0),
        textcoords="offset points", va="center",
    )  # fmt: skip


def _draw_latents(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw the deviations of the latents, the published ones beside them."""
    level = exact_of(NAME, data["infinite"], "deviation", "infinite M")
    _draw_series(ax, data, "latent")
    line = ax.axhline(level, color="black", linestyle=DASHED, label="exact, $M$ infinite")
    line.set_gid("exact-deviation")
    published = [value / data["published"][0] for value in data["published"]]
    ax.plot(
        range(len(published)), published, color="black", linestyle=DOTTED, marker="*",
        markersize=6, linewidth=1.1, label="published, another VAE", zorder=4,
    )  # fmt: skip
    ax.set_ylabel("latent deviation / that of real images")


def _draw_totals(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw the total variances with their exact mean."""
    _draw_series(ax, data, "total")
    for order, (size, series) in enumerate(data["sizes"].items()):
        curve = exact_of(NAME, series["total"], "kept", f"M = {size}", data["generations"] + 1)
        (line,) = ax.plot(
            range(len(curve)), curve, color=shade_at(order, len(data["sizes"])), zorder=3,
            linestyle=DASHED, linewidth=1.2, label="" if order else "exact mean",
        )  # fmt: skip
        line.set_gid(f"exact-total-{size}")
    ax.set_ylabel("variance / that of real images")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = (f"{100 * level:g}" for level in data["band"])
    runs = ", ".join(f"{series['runs']} at M = {size}" for size, series in data["sizes"].items())
    fell = ", ".join(f"{value:.3f}".lstrip("0") for value in data["published"])
    last = len(data["published"]) - 1
    ours = ", ".join(
        f"{series['latent']['mean'][min(last, data['generations'])]:.2f} at M = {size}"
        for size, series in data["sizes"].items()
    )
    part = data["published"][last] / data["published"][0]
    return (
        "Fig. 8 of arXiv:2305.17493v3, redrawn with the linear VAE (probabilistic PCA with learned "
        f"noise, {data['latents']} latents) on {data['images']} images of handwritten digits, "
        f"{data['pixels']} pixels each that change, in place of the paper's VAE. Generation 1 is "
        "fitted to M images drawn from these, generation n + 1 to M points of generation n, by "
        "maximum likelihood. All points are sent through the encoder of the model that was fitted "
        "to all images. (a) Density of the first latent: real images (grey) and generations "
        f"{', '.join(map(str, pictured(data)))} of one run at M = {data['shown']}, the first of "
        "its stream; given the fit each is normal. Dashed: the normal law that every generation "
        "has with infinite samples, whose noise never changes (claim D02). (b) Standard "
        "deviation of the latents, averaged over them, as a part of that of the real images, "
        f"{data['start']:.3f}: means over {runs}, shade the {low} to {high} % quantiles at one "
        "size. Dashed: infinite samples (D02). No exact law of the latents at finite M is "
        f"claimed. Stars: what the published notebook prints, {fell}, divided by the first: "
        f"{part:.2f} remain at iteration {last}, here {ours}. (c) Total variance of the model as a "
        "part of that of the images; symbols as in b. Dashed: its exact mean (1 - 1/M)^n (D01), "
        "whatever the number of latents. The latents lose more than that at first, because a "
        "small sample also turns the directions that are kept."
    )


VAE_LATENTS = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
    inputs=(INPUT,),
)
