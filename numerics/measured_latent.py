"""Blocks of refitted linear VAEs reduced to sums, by a function that can travel to others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, latent
from numerics.gaussian import Estimator
from numerics.latent import Fit, LatentRun
from numerics.start import Start
from numerics.summary import Bins, Summary, counted, summarise

__all__ = ["MOST_COLUMNS", "RefittingLatent", "latent_columns", "measured"]

Floats = NDArray[np.float64]

OVERALL: tuple[str, ...] = ("trace", "reconstruction", "noise", "active", "encoded", "drift")
MOST_COLUMNS = 10
"""So many latent variances have a column of their own at most, the largest."""


def latent_columns(latents: int) -> tuple[str, ...]:
    """Names of what RefittingLatent measures."""
    return (*OVERALL, *(f"latent_{k}" for k in range(1, min(latents, MOST_COLUMNS) + 1)))


def measured(run: LatentRun, encoder: Fit, centre: Floats) -> tuple[Floats, ...]:
    """Columns (R, G) of latent_columns.

    trace: of the model's covariance. reconstruction: variance of the decoder's means, the sum of
    the latent variances. noise: variance of the decoder. active: latents of positive variance.
    encoded: standard deviation, averaged over the active latents of the encoder, of the latents
    that it gives to points of the model. drift: squared distance of the mean from `centre`.
    latent_k: variance along latent k in the data, the largest first.

    The encoder sends x to E[z | x] = (scale / (scale^2 + noise)) u . (x - mean) for the latent with
    direction u and variance scale^2.
    """
    d = run.mean.shape[2]
    reconstruction = run.latent.sum(axis=2)
    alive = encoder.latent > 0.0
    gain = np.sqrt(encoder.latent[alive]) / (encoder.latent[alive] + encoder.noise)
    deviation = np.sqrt(run.along[:, :, alive]) * gain
    return (
        reconstruction + d * run.noise,
        reconstruction,
        run.noise,
        (run.latent > 0.0).sum(axis=2).astype(np.float64),
        deviation.mean(axis=2) if alive.any() else np.zeros(run.noise.shape),
        ((run.mean - centre) ** 2).sum(axis=2),
        *(run.latent[:, :, k] for k in range(min(run.latent.shape[2], MOST_COLUMNS))),
    )


@dataclass(frozen=True, eq=False)
class RefittingLatent:
    """A linear VAE refitted; the fields are the arguments of `latent.simulate`.

    encoder: the model whose encoder looks at the points of all generations. A call with
    replicates first..last-1 returns the Summary of `latent_columns`, explained in `measured`.
    """

    law: Start
    latents: int
    samples: int | tuple[int, ...]
    record: tuple[int, ...]
    key: int
    encoder: Fit
    decoder_variance: float | None = None
    estimator: Estimator = "mle"
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(latent_columns(self.latents))

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = latent.simulate(
            self.law, self.latents, self.samples, self.record, self.key, first, last,
            self.decoder_variance, self.estimator, self.encoder.frame[:, : self.latents],
        )  # fmt: skip
        columns = measured(run, self.encoder, self.law.mean)
        histogram = None
        if self.bins is not None:
            place = latent_columns(self.latents).index(self.bins.column)
            histogram = counted(np.asarray(columns[place][:, -1], np.float64), self.bins)
        return summarise(columns, self.scales(), campaign.digest(run), histogram)
