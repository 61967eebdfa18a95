"""What a simulated model must offer: its work on a block of replicates."""

from __future__ import annotations

from typing import Protocol

from numerics.summary import Bins, Summary


class Work(Protocol):
    """Replicates reduced to sums; picklable, so that other processes can do it."""

    @property
    def samples(self) -> int | tuple[int, ...]:
        """Return the number of samples, or a schedule."""

    @property
    def bins(self) -> Bins | None:
        """Return the histogram to make, if any."""

    def scales(self) -> tuple[int, ...]:
        """Return what the numbers of each column are divided by."""

    def __call__(self, first: int, last: int) -> Summary:
        """Return the sums of replicates first..last-1."""
