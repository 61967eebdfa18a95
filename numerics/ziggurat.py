"""Standard normal variates from one random word each, by the ziggurat method.

Source: Marsaglia and Tsang, "The ziggurat method", J. Stat. Softw. 5 (2000), with 256 layers. Bits
0-7 of a word choose the layer, bit 8 the sign, bits 11-63 the place, so that they are independent
(Doornik 2005).
"""

import math

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import inlined, jitted, lean
from numerics.streams import BULK, Stream, fill_bulk, next_word, uniform, uniform_open

__all__ = ["fill_normals", "normal", "normal_from"]

_LAYERS = 256
_ROUND = 16  # normal variates made by vector instructions at once
_FEW = 10  # normal variates that are not worth a call for words in bulk


def _layers(tail: float) -> tuple[list[float], float]:
    """Right edges of the layers, widest first, and the height at which the last one ends.

    All layers have the area of the base layer: the rectangle up to `tail` and all beyond it.
    The height is infinite when the top, 1, is reached before the last layer.
    """
    height = math.exp(-0.5 * tail * tail)
    area = tail * height + math.sqrt(math.pi / 2) * math.erfc(tail / math.sqrt(2))
    edges = [area / height, tail]
    while len(edges) < _LAYERS:
        height += area / edges[-1]
        if height >= 1.0:
            return edges, math.inf
        edges.append(math.sqrt(-2.0 * math.log(height)))
    return [*edges, 0.0], height + area / edges[-1]


def _tail_start() -> float:
    """Start of the tail for which the last layer ends exactly at the top, by bisection."""
    low, high = 3.0, 4.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if _layers(middle)[1] > 1.0:
            low = middle
        else:
            high = middle
    return high


_TAIL = _tail_start()
_EDGES = np.array(_layers(_TAIL)[0])
_HEIGHTS = np.exp(-0.5 * _EDGES * _EDGES)
_SCALE = _EDGES[:-1] * 2.0**-53
_SIGNED = np.concatenate([_SCALE, -_SCALE])  # by bits 0-8 of a word: the layer and the sign
_INSIDE = (_EDGES[1:] / _EDGES[:-1] * 2.0**53).astype(np.uint64)


@jitted
def _normal_tail(stream: Stream) -> float:
    """Standard normal variate beyond the start of the tail (Marsaglia 1964)."""
    while True:
        x = -math.log(uniform_open(stream)) / _TAIL
        y = -math.log(uniform_open(stream))
        if 2.0 * y > x * x:
            return _TAIL + x


@jitted
def _normal_edge(stream: Stream, word: np.uint64) -> float:
    """Standard normal variate whose first word did not fall inside its layer."""
    while True:
        layer = np.int64(word & np.uint64(255))
        whole = word >> np.uint64(11)
        x: float = np.float64(whole) * _SCALE[layer]
        accepted = whole < _INSIDE[layer]
        if not accepted and layer == 0:
            x = _normal_tail(stream)
            accepted = True
        elif not accepted:
            drop = _HEIGHTS[layer + 1] - _HEIGHTS[layer]
            accepted = _HEIGHTS[layer] + uniform(stream) * drop < math.exp(-0.5 * x * x)
        if accepted:
            return -x if word & np.uint64(256) else x
        word = next_word(stream)


@inlined
def normal_from(stream: Stream, word: np.uint64) -> float:
    """Standard normal variate whose first word is given; the stream has more, if needed."""
    layer = np.int64(word & np.uint64(255))
    whole = word >> np.uint64(11)
    if whole < _INSIDE[layer]:
        # A table in place of a choice: half of the signs would be guessed wrong.
        x: float = np.float64(np.int64(whole)) * _SIGNED[np.int64(word & np.uint64(511))]
        return x
    return _normal_edge(stream, word)


@inlined
def normal(stream: Stream) -> float:
    """Standard normal variate."""
    return normal_from(stream, next_word(stream))


@inlined
def _fill_round(stream: Stream, words: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    """Nothing: out (_ROUND,) now holds the normal variates of the words, as `normal_from` has them.

    All are taken to fall inside their layers, which makes a loop of vector instructions, and the
    few others are drawn afterwards.
    """
    outside = np.uint64(0)  # a bit for each
    for i in range(_ROUND):
        word = words[i]
        layer = np.int64(word & np.uint64(255))
        whole = word >> np.uint64(11)
        out[i] = np.float64(np.int64(whole)) * _SIGNED[np.int64(word & np.uint64(511))]
        outside |= np.uint64(whole >= _INSIDE[layer]) << np.uint64(i)
    while outside:
        i = 0
        while not (outside >> np.uint64(i)) & np.uint64(1):
            i += 1
        outside ^= np.uint64(1) << np.uint64(i)
        out[i] = _normal_edge(stream, words[i])


@lean
def fill_normals(stream: Stream, out: NDArray[np.float64]) -> None:
    """Nothing: out, of any length, now holds independent standard normal variates."""
    if out.size < _FEW:
        for i in range(out.size):
            out[i] = normal(stream)
        return
    for first in range(0, out.size, BULK):
        part = out[first : first + BULK]
        fill_bulk(stream, part.size)
        whole = part.size // _ROUND * _ROUND
        for i in range(0, whole, _ROUND):
            _fill_round(stream, stream.bulk[i : i + _ROUND], part[i : i + _ROUND])
        for i in range(whole, part.size):
            part[i] = normal_from(stream, stream.bulk[i])
