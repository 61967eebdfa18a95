"""What a generation is trained on: one small vocabulary for every model.

Round i (i = 0, 1, ...) has M_i points, its batch, and three steps:

1. Draw the batch: `fresh` of its points are real (from the real law D_0), each other one is real
   with chance `fresh_share` and otherwise drawn from the law that the last round ended with (round
   0: from the fit to the `real` points, or from D_0 itself where there are none).
2. Train. `replace`: on the batch, together with the `real` points, the same every round.
   `accumulate`: on the pool of the real points and all batches so far, this one included.
   `subsample`: on M_i points taken from that same pool, with or without replacement; nothing
   leaves the pool.
3. Blend: the law that the round ends with is alpha * fit + beta * law before + gamma * D_0.

Categories alone know `smoothing`: A pseudo-counts, A * q of them on the categories of a law q, are
added to the counts that are trained on, so that the fit is (counts + A q) / (their sum + A).

Sources: replace, Shumailov et al. 2024; accumulate, Gerstgrasser et al. 2024; accumulate and
subsample, Kazdan et al. 2024, section 3; a fixed real set, Seddik et al. 2024, section 3.2; fresh
real points, Alemohammad et al. 2023; alpha, beta, gamma, Shumailov et al. 2024, "Theoretical
intuition" with the Author Correction (Nature 640, E6).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = ["KEEPS", "REPLACE", "Keep", "Number", "Workflow"]

Keep = Literal["replace", "accumulate", "subsample"]
KEEPS: tuple[Keep, ...] = ("replace", "accumulate", "subsample")

Number = float | Fraction
"""A float; or a fraction, for what is computed exactly."""


@dataclass(frozen=True)
class Workflow:
    """What a round is trained on.

    keep: what becomes of earlier batches. replacement: whether `subsample` puts points back.
    real: real points that are there from the start, drawn once a replicate, at least 0.
    fresh: real points of each batch, at least 0 and at most M. fresh_share: chance in [0, 1] that
    any other point of the batch is real. alpha, beta, gamma: weights of the blend, each at least
    0, of sum 1. smoothing: pseudo-counts A in all, at least 0 and finite. toward: the law q that
    they follow, one probability a category, of sum 1; the uniform law where it is empty.
    Raises ValueError outside these domains.
    """

    keep: Keep = "replace"
    replacement: bool = True
    real: int = 0
    fresh: int = 0
    fresh_share: Number = 0.0
    alpha: Number = 1.0
    beta: Number = 0.0
    gamma: Number = 0.0
    smoothing: Number = 0.0
    toward: tuple[Number, ...] = ()

    def __post_init__(self) -> None:
        if self.keep not in KEEPS:
            raise ValueError(f"keep = {self.keep!r} is none of {', '.join(KEEPS)}")
        if not self.replacement and self.keep != "subsample":
            raise ValueError(f"replacement = False needs keep = 'subsample', not {self.keep!r}")
        for name in ("real", "fresh"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} = {getattr(self, name)} lies outside {name} >= 0")
        for name in ("fresh_share", "alpha", "beta", "gamma"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} = {getattr(self, name)} lies outside [0, 1]")
        total = self.alpha + self.beta + self.gamma
        if abs(total - 1.0) > 1e-12:
            raise ValueError(f"alpha + beta + gamma = {total!r}, which is not 1 within 1e-12")
        if not 0.0 <= self.smoothing < float("inf"):
            raise ValueError(f"smoothing = {self.smoothing} lies outside 0 <= smoothing < inf")
        if self.toward and not self.smoothing:
            raise ValueError(f"toward = {self.toward} needs smoothing > 0, not {self.smoothing}")


REPLACE = Workflow()
