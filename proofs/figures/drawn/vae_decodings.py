"""Fig. 9 of arXiv:2305.17493v3: random decodings of a refitted linear VAE."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import numpy as np

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES, exact_of, lettered
from proofs.figures.measured.digits import INPUT
from proofs.figures.measured.vae_decodings import FULL, NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Pixels between images.
GAP = 1
#: Room beside a block, in pixels.
BESIDE = 3
#: Label, shade, marker, dashes of the exact curve; "decoded" has no exact one.
SHOWN: dict[str, tuple[str, str, str, Any]] = {
    "trace": ("total variance of the model", SHADES[0], "o", (0, (4.5, 1.8))),
    "drift": ("squared drift of the mean image", "#b5651d", "s", (0, (1.0, 1.4))),
    "decoded": ("variance of the decodings", SHADES[2], "^", None),
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: a row of blocks of decodings; real images and the curves below."""
    from matplotlib.figure import Figure

    blocks, letters = data["decoded"], string.ascii_lowercase
    figure = Figure(figsize=(PAGE, 4.0))
    upper, lower = np.asarray(figure.subfigures(2, 1, height_ratios=(1.1, 1)))
    for ax, letter, (generation, images) in zip(
        upper.subplots(1, len(blocks)), letters, blocks.items(), strict=False
    ):
        name = "original model" if generation == "0" else f"generation {generation}"
        _draw_block(ax, data, images, letter, name)
    real, curves = lower.subplots(1, 2, width_ratios=(1, 1.8))
    _draw_block(real, data, data["real"], letters[len(blocks)], "real images")
    _draw_curves(curves, data)
    lettered(curves, letters[len(blocks) + 1], "Where the variance goes")
    return figure


def _draw_block(
    ax: matplotlib.axes.Axes, data: Data, images: list[list[float]], letter: str, name: str
) -> None:
    """Draw images in a square, with nothing between them, on the grey scale of all blocks."""
    white, black = data["white-black"]
    width, side = data["width"], data["side"]
    step = width + GAP
    whole = np.full((side * step - GAP, side * step - GAP), np.nan)
    for at, image in enumerate(images):
        row, column = (step * place for place in divmod(at, side))
        whole[row : row + width, column : column + width] = np.reshape(image, (width, width))
    ax.imshow(whole, cmap="gray_r", vmin=white, vmax=black, interpolation="none")
    ax.set_xlim(-0.5, len(whole) - 0.5 + BESIDE)
    ax.set_axis_off()
    lettered(ax, letter, name)


def _draw_curves(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw means and bands of runs, and the exact means over them."""
    from matplotlib.colors import to_rgba

    steps = range(max(data["blocks"]) + 1)
    low, high = (f"{100 * level:g}" for level in data["band"])
    for kind, (label, shade, marker, dashes) in SHOWN.items():
        seen = data["seen"][kind]
        ax.plot(
            steps, seen["mean"], color=shade, marker=marker, markersize=3.2, mfc="white",
            linestyle="none", label=label,
        )  # fmt: skip
        if dashes is None:
            continue
        ax.fill_between(
            steps, *seen["band"], facecolor=to_rgba(shade, 0.1), edgecolor=to_rgba(shade, 0.5),
            linewidth=0.6, linestyle=dashes, zorder=0.5, label=f"{low}\N{EN DASH}{high} % of runs",
        )  # fmt: skip
        curve = exact_of(NAME, data, kind, f"M = {data['samples']}", len(steps))
        (line,) = ax.plot(
            steps, curve, color=shade, linestyle=dashes, linewidth=1.3, zorder=3,
            label="exact mean",
        )  # fmt: skip
        line.set_gid(f"exact-{kind}")
    ax.set(xlabel="generation n", ylabel="part of the images' variance")
    ax.set(xlim=(-0.3, steps[-1] + 0.3), ylim=(0, None), xticks=data["blocks"])
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = (f"{100 * level:g}" for level in data["band"])
    white, black = (f"{value:g}" for value in data["white-black"])
    number, last = data["side"] ** 2, max(data["blocks"])
    shown = ", ".join(str(block) for block in data["blocks"] if block)
    return (
        "Fig. 9 of arXiv:2305.17493v3, redrawn with the linear VAE (probabilistic PCA with learned "
        f"noise, {data['latents']} latents) on {data['images']} images of handwritten digits in "
        f"place of the paper's VAE. Blocks of {number} random decodings: the decoder's means for "
        "fresh standard normal latents, without noise. The original model is fitted to all images. "
        f"Generation 1 is fitted to M = {data['samples']} images drawn from these, generation "
        f"n + 1 to {data['samples']} points of generation n, by maximum likelihood; generations "
        f"{shown} of one run. Then {number} real images, drawn with replacement. All blocks have "
        f"one grey scale, {white} (white) to {black} (black) dark points in a pixel; decodings "
        "beyond are cut off at its ends. No exact law of a decoding is claimed. Last panel: total "
        "variance of the model (circles), the part of it that the decodings have "
        "(triangles; no exact law) and squared distance of the mean image from the real one "
        "(squares), as parts of the total variance of the real images: means over "
        f"{data['runs']} runs, shade the {low} to {high} % quantiles. Lines: exact "
        "means (claim D01), (1 - 1/M)^n (dashed) and 1 - (1 - 1/M)^n (dotted): what the images "
        f"lose in variety the mean image wins in distance; after {last} generations "
        f"{data['exact']['trace'][-1]:.2f} and {data['exact']['drift'][-1]:.2f}."
    )


VAE_DECODINGS = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
    inputs=(INPUT,),
)
