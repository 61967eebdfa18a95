"""Fig. 8 of arXiv:2305.17493v3: latents of a refitted linear VAE under its original encoder.

The original encoder is that of the linear VAE (probabilistic PCA) fitted to all images. It sends
x to gain_k u_k . (x - m_0) for latent k, so that points of any later model have normal latents,
given the model. The exact curves are those of infinite samples (D02) and of the total variance
(D01); runs come from `numerics`, which draws every point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from numerics import campaign, latent, streams
from numerics.latent import Fit
from numerics.measured_latent import latent_columns, measured
from proofs.figures.drawing import Effort
from proofs.figures.measured.digits import Digits, original, read_digits
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point
from theory.lookup import law

NAME = "vae-latents"
BITS = 128
#: Runs in a piece of work, a tenth of a second.
BLOCK = 5
#: Latents at which densities are given, and the edges of the histogram.
PLACES = np.linspace(-3, 3, 121)
EDGES = np.linspace(-3, 3, 25)
#: What the published notebook prints for a VAE: mean latent deviation at iterations 0 to 4, over
#: five runs.
PUBLISHED = (0.688, 0.603, 0.534, 0.483, 0.443)
#: shown: the size whose first run is drawn.
PARAMETERS: Mapping[str, Any] = {
    "latents": 2,
    "generations": 9,
    "shown": 15,
    "runs": {"10": 60, "15": 60, "100": 50, "1000": 20},
    "band": [0.05, 0.95],
}
FULL: Mapping[str, Any] = {
    **PARAMETERS,
    "runs": {"10": 1000, "15": 1000, "100": 1000, "1000": 1000, "10000": 100},
}
Floats = NDArray[np.float64]


class Seen(NamedTuple):
    """R runs after each of G generations, all (R, G)."""

    trace: Floats  # total variance of the model
    encoded: Floats  # deviation of a latent, mean over the latents
    centre: Floats  # mean of the first latent
    spread: Floats  # deviation of the first latent


# --- what holds ----------------------------------------------------------------------------------


def kept(samples: int, generations: int) -> float:
    """Return E tr Sigma_n over tr Sigma_0 with maximum likelihood (D01), whatever d and q."""
    return law("D01", "trace", M=samples, n=generations, trace=1, estimator="mle")


def infinite(sizes: Floats, latents: int) -> Floats:
    """Return the deviations (q,) of the latents with infinite samples, generation after generation.

    Every model has the eigenvalues l_k of the images and the noise v of claim D02, so that the
    variance of latent k is gain_k^2 l_k = 1 - v/l_k.
    """
    claim = find("D02")
    point: Point = {"l": tuple(map(Fraction, sizes)), "q": Fraction(latents)}
    noise = float(value_ball(claim, claim.quantity("noise"), point, BITS).mid())
    return np.asarray(np.sqrt(1 - noise / sizes[:latents]))


# --- what is seen --------------------------------------------------------------------------------


def gains(encoder: Fit) -> Floats:
    """Return by what the encoder multiplies, (q,): E[z | x] = gain u . (x - m_0)."""
    return np.asarray(np.sqrt(encoder.latent) / (encoder.latent + encoder.noise))


def simulate(
    digits: Digits, encoder: Fit, size: int, record: tuple[int, ...], key: int, first: int,
    last: int,
) -> Seen:  # fmt: skip
    """Return one block of runs, fitted by maximum likelihood."""
    latents = encoder.latent.size
    axes = encoder.frame[:, :latents]
    run = latent.simulate(digits.law, latents, size, record, key, first, last, directions=axes)
    columns = dict(
        zip(latent_columns(latents), measured(run, encoder, digits.law.mean), strict=True)
    )
    gain = float(gains(encoder)[0])
    centre = (run.mean - digits.law.mean) @ axes[:, 0] * gain
    return Seen(columns["trace"], columns["encoded"], centre, np.sqrt(run.along[:, :, 0]) * gain)


def simulated(
    parameters: Mapping[str, Any], effort: Effort, digits: Digits, encoder: Fit
) -> Iterator[tuple[int, Seen]]:
    """Yield each size M with its runs, at every generation."""
    record = tuple(range(1, int(parameters["generations"]) + 1))
    counts = {int(size): int(runs) for size, runs in parameters["runs"].items()}
    before = 0
    for size, runs in counts.items():
        key = streams.derive_key(NAME, size, effort.key)
        work = partial(simulate, digits, encoder, size, record, key)
        tell = partial(_report, effort, before, sum(counts.values()))
        yield (
            size,
            campaign.gather(
                campaign.run(work, runs, block=BLOCK, workers=effort.workers, progress=tell)
            ),
        )
        before += runs


def _report(effort: Effort, before: int, total: int, done: int, _: int) -> None:
    if effort.progress is not None:
        effort.progress(before + done, total)


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return densities, and deviations and total variances by size and generation, from 0 on.

    Deviations are parts of that of the images' latents, total variances of the images' one.
    """
    digits, latents = read_digits(), int(parameters["latents"])
    encoder = original(digits.law, latents)
    codes = (digits.rows - digits.law.mean) @ encoder.frame[:, :latents] * gains(encoder)
    start = float(codes.std(axis=0).mean())
    whole = original(digits.law, len(digits.places) - 1)
    without = infinite(np.append(whole.latent, 0) + whole.noise, latents)
    data: dict[str, Any] = {
        "images": len(digits.rows),
        "pixels": len(digits.places),
        **{name: parameters[name] for name in ("latents", "generations", "shown", "band")},
        "start": start,
        "published": list(PUBLISHED),
        "edges": EDGES.tolist(),
        "places": _rounded(PLACES),
        "real": _rounded(np.histogram(codes[:, 0], EDGES, density=True)[0]),
        "infinite": {
            "exact": {
                "density": _rounded(norm.pdf(PLACES, 0, without[0])),
                "deviation": round(float(without.mean()) / start, 9),
            }
        },
        "sizes": {},
    }
    for size, seen in simulated(parameters, effort, digits, encoder):
        data["sizes"][str(size)] = _series(parameters, size, seen, start, digits.trace)
        if size == parameters["shown"]:
            pairs = zip(seen.centre[0], seen.spread[0], strict=True)
            data["run"] = [_rounded(norm.pdf(PLACES, *pair)) for pair in pairs]
    return data


def _series(
    parameters: Mapping[str, Any], size: int, seen: Seen, start: float, trace: float
) -> dict[str, Any]:
    """Return means, bands and the exact curve of one size."""
    series: dict[str, Any] = {"runs": len(seen.trace)}
    for name, values in (("latent", seen.encoded / start), ("total", seen.trace / trace)):
        whole = np.concatenate([np.ones((len(values), 1)), values], axis=1)
        series[name] = {
            "mean": _rounded(whole.mean(axis=0)),
            "band": [_rounded(edge) for edge in np.quantile(whole, parameters["band"], axis=0)],
        }
    steps = range(int(parameters["generations"]) + 1)
    series["total"]["exact"] = {"kept": [kept(size, n) for n in steps]}
    return series


def _rounded(values: Floats) -> list[float]:
    """Return numbers to six decimals."""
    found: list[float] = np.round(values, 6).tolist()
    return found
