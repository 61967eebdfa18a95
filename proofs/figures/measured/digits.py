"""Handwritten digits, and the linear VAE that is fitted to all of them: the original model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import latent
from numerics.latent import Fit
from numerics.start import Start
from proofs.inputs import read_sample

__all__ = ["INPUT", "SIDE", "Digits", "original", "pictures", "read_digits"]

#: The file that the figures depend on.
INPUT = "proofs/data/digits.csv.gz"
#: Pixels in a row of an image, and rows.
SIDE = 8


class Digits(NamedTuple):
    """Images as points: pixels that never change are left out, and are 0."""

    law: Start
    rows: NDArray[np.float64]  # (N, d)
    places: NDArray[np.int64]  # (d,) of the pixels in an image, row after row

    @property
    def trace(self) -> float:
        """Return the total variance of the images, divisor N."""
        return float(self.rows.var(axis=0).sum())


def read_digits() -> Digits:
    """Return the shipped images."""
    sample = read_sample("digits", leave_constant=True)
    places = [SIDE * int(name[1]) + int(name[2]) for name in sample.names]
    return Digits(Start.sample(sample.rows), sample.rows, np.array(places, np.int64))


def original(law: Start, latents: int) -> Fit:
    """Return the linear VAE fitted to the law itself, with learned noise."""
    covariance = law.covariance
    return latent.fit_covariance((covariance + covariance.T) / 2, latents)


def pictures(digits: Digits, points: NDArray[np.float64]) -> list[list[float]]:
    """Return points (R, d) as images, pixels row after row, to two decimals."""
    whole = np.zeros((len(points), SIDE * SIDE))
    whole[:, digits.places] = points
    shown: list[list[float]] = (whole.round(2) + 0.0).tolist()
    return shown
