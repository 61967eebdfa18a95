"""Sizes of each figure at which the tests measure it: a second each at most."""

from dataclasses import replace
from typing import Any

from proofs.figures import chosen
from proofs.figures.drawing import Drawing
from proofs.figures.measured.language import BEAMS, DRAWS, RUNNING, SHARP, SHARP_3, SINGLE

#: Every figure, by name.
DRAWINGS = {each.name: each for each in chosen()}
BAND = [0.05, 0.95]
SIZES: dict[str, dict[str, Any]] = {
    "gaussian-recursion": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "gaussian-subsample": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "gaussian-pool": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "vae-latents": {
        "latents": 2, "generations": 4, "shown": 10, "runs": {"10": 14, "100": 8}, "band": BAND
    },
    "vae-decodings": {
        "latents": 3, "samples": 10, "blocks": [0, 1, 4], "side": 3, "runs": 14, "band": BAND
    },
    "mixture-scatter": {
        "samples": 30, "generations": 13, "shown": [0, 3, 12], "runs": 5, "band": BAND
    },
    "feedback-loop": {"sequences": 60, "runs": 2, "record": [1, 2, 3], "drawn": {"sharp": SHARP}},
    "perplexity": {
        "sequences": 60, "runs": 2, "record": [1, 2, 3],
        "drawn": {"draws": DRAWS, "beams": BEAMS, "single": SINGLE, "running": RUNNING},
    },
    "perplexity-histograms": {
        "sequences": 60, "runs": 2, "record": [1, 3],
        "drawn": {"single": SINGLE, "draws": DRAWS, "beams": BEAMS, "sharp": SHARP},
    },
    "perplexity-histograms-3d": {
        "sequences": 60, "runs": 2, "record": [1, 3], "drawn": {"sharp": SHARP}
    },
    "repetition-penalty": {
        "sequences": 60, "runs": 2, "record": [1, 3], "drawn": {"sharp": SHARP_3, "draws": DRAWS},
        "penalty": 2.0,
    },
    "mean-error": {"generations": 1, "runs": {"10": 200, "100": 100}, "band": BAND},
    "mixture-distance": {"generations": 12, "runs": {"200": 4, "300": 1}},
    "workflows": {
        "categories": 3, "samples": 10, "generations": 40, "runs": 40, "shares": ["1/50", "1/5"],
        "levels": [0.3, 0.6, 0.8],
    },
    "tails-cut": {
        "samples": 20, "points": 400, "runs": 50, "bins": 12, "reach": 10, "centres": [-4, 4],
        "freedom": 3,
    },
    "collapse-time": {
        "categories": [2, 5], "samples": 5, "generations": 12, "few": 40, "sizes": [2, 4, 8],
        "runs": {"4": 50},
    },
    "vocabulary": {
        "text": "pride-and-prejudice", "generations": 4, "runs": {"20": 10, "50": 10},
        "exactly": {"20": 4, "50": 2}, "band": BAND,
    },
    "real-data-needed": {
        "categories": 3, "lost": ["1/5"], "sizes": [6, 12], "largest": 100, "counts": [3, 5],
        "runs": 40,
    },
    "risk": {
        "samples": 5, "generations": 20, "plain": {"unbiased": 3000, "mle": 1000},
        "places": {"unbiased": [1, 2], "mle": [2, 10]},
        "tilted": {"plain": 2, "turns": 5, "runs": 40, "places": [5, 20]}, "widest": 0.5,
        "sizes": [2, 7], "shares": [0.02, 0.2],
    },
    "risk-variance": {
        "samples": 20, "generations": 30, "runs": 4000, "places": [1, 3], "widest": 0.9
    },
    "estimators": {
        "samples": 5, "span": [0.7, 1.3], "factors": [0.8, 1.0, 1.2], "generations": [2, 8],
        "growing": 3, "runs": 2000, "widest": 0.6,
    },
    "lyapunov-spectrum": {
        "dimensions": 3, "spectra": [6, 8], "long": 1000, "replicates": 1, "shapes": [6],
        "places": [1, 4, 40], "runs": 6, "band": [0.2, 0.8],
    },
    "three-errors": {
        "samples": 10, "generations": 8, "bandwidth": "1/10", "runs": 12,
        "starts": ["4", "old-faithful:eruptions"], "band": BAND,
    },
    "detection-limits": {"from": "proofs/record.json"},
}  # fmt: skip


def small(name: str) -> Drawing:
    """The figure of that name, at its small size; KeyError for one that has none."""
    return replace(DRAWINGS[name], parameters=SIZES[name], full=DRAWINGS[name].parameters)
