"""W5: the mean collapse time, exactly, from two equally likely categories."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve, solve_banded
from scipy.special import gammaln

from proofs.bench.workload import Peer, Runner, Workload

Floats = npt.NDArray[np.float64]

LARGEST_DENSE = 2000  # samples: the matrix has 32 MB there
#: Standard deviations of a row that a band reaches on both sides.
REACH = 8.5
TOLERANCE = 1e-9


def _lineages(samples: int) -> float:
    """Return the mean by our own solver."""
    from numerics.chain import collapse_mean

    return collapse_mean([0.5, 0.5], samples)


def _log_row(samples: int, share: Floats, count: npt.NDArray[np.int64]) -> Floats:
    """Return the logarithm of the binomial probabilities of counts."""
    choices = gammaln(samples + 1.0) - gammaln(count + 1.0) - gammaln(samples - count + 1.0)
    return np.asarray(choices + count * np.log(share) + (samples - count) * np.log1p(-share))


def _dense(samples: int) -> float:
    """Return the mean by the full two-category chain, rows normalised, and LU."""
    counts = np.arange(samples + 1)
    share = counts[1:-1] / samples
    matrix = np.exp(_log_row(samples, share[:, None], counts[None, :]))
    matrix /= matrix.sum(axis=1, keepdims=True)
    means = solve(np.eye(samples - 1) - matrix[:, 1:-1], np.ones(samples - 1))
    return _from_half(samples, means)


def _band(samples: int) -> tuple[int, Floats]:
    """Return the reach of a row, and 1 - the two-category chain as LAPACK's band.

    Rows are cut REACH standard deviations away from their mean, and normalised.
    """
    counts = np.arange(1, samples)
    reach = min(int(REACH * np.sqrt(samples) / 2) + 20, samples - 1)
    steps = np.arange(-reach, reach + 1)
    goals = counts[:, None] + steps[None, :]
    inside = (goals >= 0) & (goals <= samples)
    logs = _log_row(samples, (counts / samples)[:, None], np.clip(goals, 0, samples))
    rows = np.where(inside, np.exp(logs), 0.0)
    rows /= rows.sum(axis=1, keepdims=True)
    rows[(goals < 1) | (goals > samples - 1)] = 0.0
    band = np.zeros((2 * reach + 1, samples - 1))
    for place, step in enumerate(range(-reach, reach + 1)):
        # LAPACK keeps entry (i, j) of the matrix in row reach + i - j of the band.
        first, last = max(0, -step), min(samples - 1, samples - 1 - step)
        band[reach - step, first + step : last + step] = -rows[first:last, place]
    band[reach] += 1.0
    return reach, band


def _banded(samples: int) -> float:
    """Return the mean by making the band and solving it."""
    return _solved(samples, *_band(samples))


def _solved(samples: int, reach: int, band: Floats) -> float:
    """Return the mean by LAPACK's banded LU factorisation; the band is overwritten."""
    ones = np.ones(samples - 1)
    means = solve_banded((reach, reach), band, ones, overwrite_ab=True, overwrite_b=True)
    return _from_half(samples, means)


def _from_half(samples: int, means: Floats) -> float:
    """Return the mean from the starting law: one generation, then the chain."""
    counts = np.arange(1, samples)
    weights = np.exp(_log_row(samples, np.full(samples - 1, 0.5), counts))
    return float(1.0 + weights @ means)


def _solving(solver: Callable[[int], float], samples: int) -> Runner:
    """Return a runner whose unit is one solution; it refuses a wrong one."""
    expected = _lineages(samples)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            found = solver(samples)
            if abs(found / expected - 1) > TOLERANCE:
                raise ArithmeticError(f"mean at M = {samples}: {found!r}, not {expected!r}")
        return float(pieces)

    return run


def _solving_only(samples: int) -> Runner:
    """Return the banded solution alone; the band is there, and copied."""
    reach, band = _band(samples)
    return _solving(lambda size: _solved(size, reach, band.copy(order="F")), samples)


def _chain(samples: int) -> Workload:
    peers = [
        Peer("lineage solver", partial(_solving, _lineages, samples), ours=True),
        Peer("LAPACK banded, band given", partial(_solving_only, samples)),
        Peer("LAPACK banded, band made", partial(_solving, _banded, samples)),
    ]
    if samples <= LARGEST_DENSE:
        peers.append(Peer("dense LU", partial(_solving, _dense, samples)))
    return Workload(
        f"chain-{samples}", f"exact mean collapse time, M = {samples:,}", "solution", tuple(peers)
    )


WORKLOADS = tuple(_chain(samples) for samples in (1000, 10_000, 20_000))
