"""What the work is made of: single draws by the general samplers, and a copy of memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from numerics.jitted import jitted
from numerics.streams import Stream, new_stream, next_word
from numerics.variates import binomial, gamma, normal
from proofs.bench.workload import Peer, Runner, Workload

DRAWS = 1000  # in a piece of work
COPIED = 2**23  # doubles, far beyond every cache


@jitted
def _words(stream: Stream, count: int) -> float:
    total = np.uint64(0)
    for _ in range(count):
        total ^= next_word(stream)
    return float(total)


@jitted
def _normals(stream: Stream, count: int) -> float:
    total = 0.0
    for _ in range(count):
        total += normal(stream)
    return total


@jitted
def _gammas(stream: Stream, count: int) -> float:
    total = 0.0
    for _ in range(count):
        total += gamma(stream, 49.5)
    return total


@jitted
def _binomials(stream: Stream, count: int) -> float:
    total = 0
    for _ in range(count):
        total += binomial(stream, 100, 0.4)
    return float(total)


@jitted
def _large_binomials(stream: Stream, count: int) -> float:
    total = 0
    for _ in range(count):
        total += binomial(stream, 1000, 0.4)
    return float(total)


def _drawing(loop: Callable[[Stream, int], float]) -> Runner:
    """Return a runner whose unit is one draw."""
    stream = new_stream(1, 0)

    def run(pieces: int) -> float:
        loop(stream, pieces * DRAWS)
        return float(pieces * DRAWS)

    return run


def _exponentials() -> Runner:
    """Return a runner whose unit is one exponential, by NumPy, in the cache."""
    powers, values = np.linspace(-20.0, 0.0, DRAWS), np.empty(DRAWS)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            np.exp(powers, out=values)
        return float(pieces * DRAWS)

    return run


def _copying() -> Runner:
    """Return a runner whose unit is one double copied."""
    source, target = np.ones(COPIED), np.zeros(COPIED)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            np.copyto(target, source)
        return float(pieces * COPIED)

    return run


FLOOR = Workload(
    "floor",
    "one draw; binomials of 0.4 and 100 or 1000 trials, gammas of shape 49.5; one double copied",
    "draw",
    (
        Peer("word", lambda: _drawing(_words), ours=True),
        Peer("normal", lambda: _drawing(_normals), ours=True),
        Peer("gamma", lambda: _drawing(_gammas), ours=True),
        Peer("binomial 100", lambda: _drawing(_binomials), ours=True),
        Peer("binomial 1000", lambda: _drawing(_large_binomials), ours=True),
        Peer("exponential", _exponentials, ours=True),
        Peer("copy", _copying, ours=True),
    ),
)
