"""The paper's figures, drawn from theory and numerics side by side: names and how to draw them.

A figure is loaded when it is asked for: one of them needs a fifth of what all of them do.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from proofs.style import STYLE
from theory.errors import DomainError

if TYPE_CHECKING:
    from proofs.figures.drawing import Drawing

__all__ = ["FIGURES", "LOADED", "STYLE", "Entry", "chosen", "known"]


class Entry(NamedTuple):
    """A figure before it is loaded.

    printed: its number in arXiv:2305.17493v3, empty for one that is not there. module: the one in
    `drawn` that draws it.
    """

    printed: str
    title: str
    module: str


#: The paper's figures in its order, then those it does not have.
FIGURES: dict[str, Entry] = {
    "feedback-loop": Entry("Nature Fig. 1", "The loop of generated data", "feedback_loop"),
    "tails-cut": Entry("Fig. 3", "A sample of M points cuts the tails of a histogram", "tails_cut"),
    "gaussian-recursion": Entry(
        "Fig. 4", "A normal law refitted on its own points", "gaussian_recursion"
    ),
    "gaussian-subsample": Entry(
        "Fig. 5", "A normal law refitted on M points of all generations", "pooled"
    ),
    "gaussian-pool": Entry(
        "Fig. 6", "A normal law refitted on the points of all generations", "pooled"
    ),
    "mixture-scatter": Entry(
        "Fig. 7", "A mixture fitted to its own points, generation by generation", "mixture_scatter"
    ),
    "vae-latents": Entry("Fig. 8", "Latents of a refitted linear VAE", "vae_latents"),
    "vae-decodings": Entry("Fig. 9", "Random decodings of a refitted linear VAE", "vae_decodings"),
    "perplexity": Entry("Fig. 10", "Perplexity of the real text", "perplexity"),
    "perplexity-histograms": Entry(
        "Fig. 11", "Perplexities of generated sequences", "perplexity_histograms"
    ),
    "mean-error": Entry("Fig. 12", "The error of a mean of M points", "mean_error"),
    "mixture-distance": Entry(
        "Fig. 13", "The distance of a refitted mixture from the first fit", "mixture_distance"
    ),
    "repetition-penalty": Entry(
        "Fig. 14", "Perplexities where repeated words are held back", "repetition_penalty"
    ),
    "perplexity-histograms-3d": Entry(
        "Fig. 15",
        "Perplexities of generated sequences, in three dimensions",
        "perplexity_histograms",
    ),
    "collapse-time": Entry(
        "", "The time of collapse, and how far diffusion is off", "collapse_time"
    ),
    "vocabulary": Entry("", "What resampling leaves of the vocabulary of a text", "vocabulary"),
    "workflows": Entry("", "Which workflow keeps how much diversity", "workflows"),
    "real-data-needed": Entry("", "How much real data keeps the diversity", "real_data_needed"),
    "risk": Entry("", "The risk: exact, as printed, and where they part", "risk"),
    "risk-variance": Entry(
        "", "The variance of W2^2: exact, leading order, as printed, measured", "risk_variance"
    ),
    "estimators": Entry(
        "", "Estimators b s^2: the risk diverges from the unbiased one on", "estimators"
    ),
    "lyapunov-spectrum": Entry(
        "", "Lyapunov spectrum and anisotropy in d dimensions", "lyapunov_spectrum"
    ),
    "three-errors": Entry("", "The three errors told apart", "three_errors"),
    "detection-limits": Entry(
        "", "The smallest error that each check would have caught", "detection_limits"
    ),
}  # fmt: skip
#: What has been loaded, by name.
LOADED: dict[str, Drawing] = {}


def chosen(names: Sequence[str] = ()) -> list[Drawing]:
    """Return the figures of those names, all of them for none."""
    return [_load(name) for name in known(names)]


def known(names: Sequence[str] = ()) -> list[str]:
    """Return names of figures, each once, all of them for none; `4` and `fig. 4` are names too.

    DomainError for one that is unknown; it names the nearest.
    """
    numbers = {_plain(entry.printed): name for name, entry in FIGURES.items() if entry.printed}
    found = []
    for name in names or FIGURES:
        plain = _plain(name)
        key = numbers.get(f"fig{plain}" if plain.isdigit() else plain, name)
        if key not in FIGURES:
            near = difflib.get_close_matches(name, FIGURES, 3, 0.3)
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise DomainError(f"unknown figure {name!r}{hint} (collapse figures --list shows all)")
        found.append(key)
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Return the letters and digits of a text."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _load(name: str) -> Drawing:
    """Return a figure, by way of the module that draws it."""
    from proofs.figures.drawing import Drawing

    if name not in LOADED:
        module = import_module(f"proofs.figures.drawn.{FIGURES[name].module}")
        found = [each for each in vars(module).values() if isinstance(each, Drawing)]
        LOADED.update({each.name: each for each in found if each.name not in LOADED})
    return LOADED[name]
