"""Fig. 9 of arXiv:2305.17493v3: random decodings of a refitted linear VAE.

One run in the open, for its decoders: points drawn by `numerics`, fitted by its closed form. The
curves beside it are exact means of D01, the bands those of many runs of the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, latent, streams
from numerics.latent import Fit
from numerics.start import Start, draw_unit
from numerics.streams import Stream
from proofs.figures.drawing import Effort
from proofs.figures.measured.digits import SIDE, Digits, original, pictures, read_digits
from theory.lookup import law

NAME = "vae-decodings"
#: Runs in a piece of work, a tenth of a second.
BLOCK = 2
#: side: images in a row of a block, and rows. blocks: generations that are shown, 0 the original.
PARAMETERS: Mapping[str, Any] = {
    "latents": 8,
    "samples": 20,
    "blocks": [0, 5, 10, 20],
    "side": 5,
    "runs": 80,
    "band": [0.05, 0.95],
}
FULL: Mapping[str, Any] = {**PARAMETERS, "runs": 2000}
Floats = NDArray[np.float64]


class Decoder(NamedTuple):
    """The mean of the points is mean + weights @ z; z are q standard normals."""

    mean: Floats  # (d,)
    weights: Floats  # (d, q)

    def images(self, z: Floats) -> Floats:
        """Return the decodings (R, d) of latents (R, q)."""
        return np.asarray(self.mean + z @ self.weights.T)


class Seen(NamedTuple):
    """R runs after each of G generations, all (R, G)."""

    trace: Floats
    drift: Floats
    decoded: Floats  # total variance of the decodings


# --- one run -------------------------------------------------------------------------------------


def unit_points(stream: Stream, start: Start, number: int) -> Floats:
    """Return standardised points (number, d) of a start."""
    points = np.zeros((number, start.dimensions))
    for row in points:
        draw_unit(stream, start.law, start.rows, row)
    return points


def decoder_of(mean: Floats, frame: Floats, fit: Fit) -> Decoder:
    """Return the decoder of a fit whose frame is this one."""
    return Decoder(mean, frame[:, : fit.latent.size] * np.sqrt(fit.latent))


def decoders(
    start: Start, latents: int, samples: int, wanted: list[int], stream: Stream
) -> dict[int, Decoder]:
    """Return the decoders of one run at these generations, 0 the fit to the start itself.

    As in `latent.simulate`, points are drawn and fitted in the frame of the last fit.
    """
    d = start.dimensions
    first, normal = original(start, latents), Start.named("normal", np.zeros(d))
    found = {0: decoder_of(start.mean, first.frame, first)}
    mean, frame = start.location, np.eye(d)
    points = unit_points(stream, start, samples) @ start.root.T
    for generation in range(1, max(wanted) + 1):
        mean = mean + frame @ points.mean(axis=0)
        covariance = np.cov(points.T, ddof=0)
        fit = latent.fit_covariance((covariance + covariance.T) / 2, latents)
        frame = frame @ fit.frame
        found[generation] = decoder_of(mean, frame, fit)
        variances = np.append(fit.latent, np.zeros(d - latents)) + fit.noise
        points = unit_points(stream, normal, samples) * np.sqrt(variances)
    return {generation: found[generation] for generation in wanted}


def decoded(parameters: Mapping[str, Any], digits: Digits, key: str) -> dict[str, Any]:
    """Return images by generation: decodings of fresh latents by the decoders of one run."""
    latents, number = int(parameters["latents"]), int(parameters["side"]) ** 2
    stream = streams.new_stream(streams.derive_key(NAME, "run", key), 0)
    found = decoders(
        digits.law, latents, int(parameters["samples"]), list(parameters["blocks"]), stream
    )
    fresh = streams.new_stream(streams.derive_key(NAME, "decodings", key), 0)
    codes = Start.named("normal", np.zeros(latents))
    return {
        str(generation): pictures(digits, decoder.images(unit_points(fresh, codes, number)))
        for generation, decoder in found.items()
    }


# --- many runs, and what holds -------------------------------------------------------------------


def simulate(
    law_of: Start, latents: int, samples: int, record: tuple[int, ...], key: int, first: int,
    last: int,
) -> Seen:  # fmt: skip
    """Return one block of runs, fitted by maximum likelihood."""
    run = latent.simulate(law_of, latents, samples, record, key, first, last)
    spread = run.latent.sum(axis=2)
    drift = ((run.mean - law_of.mean) ** 2).sum(axis=2)
    return Seen(spread + law_of.dimensions * run.noise, drift, spread)


def exact(samples: int, generations: int) -> dict[str, list[float]]:
    """Return the mean total variance and squared drift, as parts of tr Sigma_0 (D01)."""
    return {
        kind: [
            law("D01", kind, M=samples, n=n, trace=1, estimator="mle")
            for n in range(generations + 1)
        ]
        for kind in ("trace", "drift")
    }


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return images, and variances and drifts by generation as parts of the images' variance."""
    digits, latents = read_digits(), int(parameters["latents"])
    samples, generations = int(parameters["samples"]), max(parameters["blocks"])
    record = tuple(range(1, generations + 1))
    key = streams.derive_key(NAME, samples, effort.key)
    work = partial(simulate, digits.law, latents, samples, record, key)
    seen = campaign.gather(
        campaign.run(
            work, int(parameters["runs"]), block=BLOCK, workers=effort.workers,
            progress=effort.progress,
        )
    )  # fmt: skip
    first = float(original(digits.law, latents).latent.sum())
    number = int(parameters["side"]) ** 2
    picked = streams.new_stream(streams.derive_key(NAME, "images", effort.key), 0)
    shown = unit_points(picked, digits.law, number) @ digits.law.root.T + digits.law.location
    return {
        **{name: parameters[name] for name in PARAMETERS},
        "images": len(digits.rows),
        "pixels": len(digits.places),
        "width": SIDE,
        "white-black": [float(digits.rows.min()), float(digits.rows.max())],
        "real": pictures(digits, shown),
        "decoded": decoded(parameters, digits, effort.key),
        "seen": {
            kind: _summary(values, origin, digits.trace, parameters["band"])
            for kind, values, origin in (
                ("trace", seen.trace, digits.trace),
                ("drift", seen.drift, 0.0),
                ("decoded", seen.decoded, first),
            )
        },
        "exact": exact(samples, generations),
    }


def _summary(values: Floats, origin: float, trace: float, band: list[float]) -> dict[str, Any]:
    """Return mean and band by generation, from 0 on, as parts of the images' total variance."""
    whole = np.concatenate([np.full((len(values), 1), origin), values], axis=1) / trace
    edges = np.quantile(whole, band, axis=0)
    return {"mean": whole.mean(axis=0).round(6).tolist(), "band": edges.round(6).tolist()}
