"""The paper's figures, drawn from theory and numerics side by side: names and how to draw them.

A figure is loaded when it is asked for: one of them needs a fifth of what all of them do.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from proofs.style import STYLE
from theory.errors import DomainError

if TYPE_CHECKING:
    from proofs.figures.drawing import Drawing

__all__ = ["LOADED", "MODULES", "STYLE", "chosen"]

#: The module in `drawn` of each figure: the paper's in its order, then those it does not have.
MODULES = {
    "feedback-loop": "feedback_loop",
    "tails-cut": "tails_cut",
    "gaussian-recursion": "gaussian_recursion",
    "gaussian-subsample": "pooled",
    "gaussian-pool": "pooled",
    "mixture-scatter": "mixture_scatter",
    "vae-latents": "vae_latents",
    "vae-decodings": "vae_decodings",
    "perplexity": "perplexity",
    "perplexity-histograms": "perplexity_histograms",
    "mean-error": "mean_error",
    "mixture-distance": "mixture_distance",
    "repetition-penalty": "repetition_penalty",
    "perplexity-histograms-3d": "perplexity_histograms",
    "collapse-time": "collapse_time",
    "vocabulary": "vocabulary",
    "workflows": "workflows",
    "real-data-needed": "real_data_needed",
    "risk": "risk",
    "risk-variance": "risk_variance",
    "estimators": "estimators",
    "lyapunov-spectrum": "lyapunov_spectrum",
    "three-errors": "three_errors",
    "detection-limits": "detection_limits",
}
#: What has been loaded, by name.
LOADED: dict[str, Drawing] = {}


def chosen(names: Sequence[str] = ()) -> list[Drawing]:
    """Return the figures of those names, all of them for none; DomainError names the nearest."""
    for name in names:
        if name not in MODULES:
            near = difflib.get_close_matches(name, MODULES, 3, 0.3)
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise DomainError(f"unknown figure {name!r}{hint} (collapse figures --list shows all)")
    return [_load(name) for name in dict.fromkeys(names or MODULES)]


def _load(name: str) -> Drawing:
    """Return a figure, by way of the module that draws it."""
    from proofs.figures.drawing import Drawing

    if name not in LOADED:
        module = import_module(f"proofs.figures.drawn.{MODULES[name]}")
        found = [each for each in vars(module).values() if isinstance(each, Drawing)]
        LOADED.update({each.name: each for each in found if each.name not in LOADED})
    return LOADED[name]
