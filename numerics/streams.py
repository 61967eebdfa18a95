"""Counter-based random words: word i of replicate r under key k is a function of (k, r, i).

Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC 2011 (the Random123 library). The counter is (block low, block high, replicate low, replicate
high), so the streams of different replicates never overlap; the key holds 64 bits.

A kernel owns its stream: `stream = np.empty(1, STREAM)[0]`, then `restart(stream, key, replicate)`
for each replicate.
"""

import hashlib
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import inlined, jitted

__all__ = [
    "STREAM",
    "Stream",
    "derive_key",
    "fill_indices",
    "index_below",
    "new_stream",
    "next_word",
    "philox_block",
    "restart",
    "uniform",
    "uniform_open",
]

_BLOCKS = 32  # blocks drawn at once: enough for the compiler to work on several side by side
_WORDS = 2 * _BLOCKS  # a block holds two 64-bit words

# A record: compiled functions pass it as one pointer, without counting references to arrays.
STREAM = np.dtype(
    [
        ("key", np.uint64),
        ("replicate", np.uint64),
        ("block", np.uint64),
        ("position", np.int64),
        ("words", np.uint64, (_WORDS,)),
    ],
    align=True,
)


class Stream(Protocol):
    """What a record of type STREAM offers; compiled functions change it in place."""

    key: np.uint64
    replicate: np.uint64
    block: np.uint64  # next block to draw
    position: int  # of the next word in the buffer
    words: NDArray[np.uint64]


_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_ROUNDS = 10
_ONE = np.uint64(1)


def derive_key(*parts: str | int) -> int:
    """64-bit key in [0, 2**64) named by the parts, such as claim code, point and run key.

    Parameters: one or more texts or integers of any size. Different sequences of parts are
    encoded differently (type, length, content), so keys differ as SHA-256 does.
    Raises TypeError for a part of another type and ValueError for no parts.
    """
    if not parts:
        raise ValueError("derive_key: no parts; at least one is needed")
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, bool) or not isinstance(part, str | int):
            raise TypeError(f"derive_key: {part!r} is neither a text nor an integer")
        content = str(part).encode()
        kind = "s" if isinstance(part, str) else "i"
        digest.update(f"{kind}{len(content)}:".encode() + content)
    return int.from_bytes(digest.digest()[:8], "little")


def new_stream(key: int, replicate: int) -> Stream:
    """Stream that stands before the first word of (key, replicate), for use from Python.

    Parameters: key and replicate in 0..2**64-1.
    Raises ValueError outside that range.
    """
    for name, value in (("key", key), ("replicate", replicate)):
        if not 0 <= value < 2**64:
            raise ValueError(f"{name} = {value} lies outside 0..2**64-1")
    stream: Stream = np.empty(1, STREAM)[0]
    restart(stream, np.uint64(key), np.uint64(replicate))
    return stream


@inlined
def philox_block(
    counter_low: np.uint64, counter_high: np.uint64, key: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Two 64-bit words (four 32-bit outputs, the first in the low half) of one counter.

    Parameters: the 128-bit counter as two words (low word first), the 64-bit key.
    """
    c0 = counter_low & _LOW
    c1 = counter_low >> _HALF
    c2 = counter_high & _LOW
    c3 = counter_high >> _HALF
    k0 = key & _LOW
    k1 = key >> _HALF
    for _ in range(_ROUNDS):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c1 = product_1 & _LOW
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c3 = product_0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0 | (c1 << _HALF), c2 | (c3 << _HALF)


@jitted
def _refill(stream: Stream) -> None:
    """Draw the next blocks into the buffer."""
    words = stream.words
    key = stream.key
    replicate = stream.replicate
    block = stream.block
    for i in range(_BLOCKS):
        low, high = philox_block(block + np.uint64(i), replicate, key)
        words[2 * i] = low
        words[2 * i + 1] = high
    stream.block = block + np.uint64(_BLOCKS)


@jitted
def restart(stream: Stream, key: np.uint64, replicate: np.uint64) -> None:
    """Nothing: the stream now stands before the first word of (key, replicate).

    Parameters: a stream to reuse, key and replicate in 0..2**64-1.
    """
    stream.key = key
    stream.replicate = replicate
    stream.block = np.uint64(0)
    stream.position = _WORDS  # an empty buffer: nothing is drawn before it is wanted


@inlined
def next_word(stream: Stream) -> np.uint64:
    """Next 64 random bits."""
    position = stream.position
    if position == _WORDS:
        _refill(stream)
        position = 0
    stream.position = position + 1
    word: np.uint64 = stream.words[position]
    return word


@inlined
def uniform(stream: Stream) -> float:
    """Uniform multiple of 2**-53 in [0, 1)."""
    return np.float64(next_word(stream) >> np.uint64(11)) * 2.0**-53


@inlined
def uniform_open(stream: Stream) -> float:
    """Uniform odd multiple of 2**-53 in (0, 1); both ends are excluded."""
    return (np.float64(next_word(stream) >> np.uint64(12)) + 0.5) * 2.0**-52


@jitted
def _settled(stream: Stream, product: np.uint64, bound: np.uint64) -> np.uint64:
    """Product of a half word and the bound, drawn again while it falls in the surplus."""
    surplus = (_LOW + _ONE) % bound
    while product & _LOW < surplus:
        product = (next_word(stream) >> _HALF) * bound
    return product


@inlined
def index_below(stream: Stream, bound: int) -> int:
    """Uniform integer in 0..bound-1, without bias.

    Parameters: bound in 1..2**32.
    Source: D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019).
    """
    wide = np.uint64(bound)
    product = (next_word(stream) >> _HALF) * wide
    # The surplus is smaller than the bound, so its remainder is seldom needed.
    if product & _LOW < wide:
        product = _settled(stream, product, wide)
    return int(np.int64(product >> _HALF))


@jitted
def fill_indices(stream: Stream, bound: int, out: NDArray[np.uint32]) -> None:
    """Nothing: out now holds independent uniform integers in 0..bound-1, two from each word.

    Parameters: bound in 1..2**32; out, of any length.
    """
    wide = np.uint64(bound)
    for i in range(0, out.size, 2):
        word = next_word(stream)
        product = (word & _LOW) * wide
        if product & _LOW < wide:
            product = _settled(stream, product, wide)
        out[i] = product >> _HALF
        if i + 1 < out.size:
            product = (word >> _HALF) * wide
            if product & _LOW < wide:
                product = _settled(stream, product, wide)
            out[i + 1] = product >> _HALF
