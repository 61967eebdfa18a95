"""Counter-based random words: word i of replicate r under key k is a function of (k, r, i).

Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC 2011 (the Random123 library). The counter is (block low, block high, replicate low, replicate
high), so the streams of different replicates never overlap; the key holds 64 bits.

A kernel is given a stream and calls `restart(stream, stream.key, replicate)` for each replicate.
It must not make one: a compiled function frees an array whose record it still uses.
"""

import hashlib
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import inlined, lean

__all__ = [
    "BULK",
    "STREAM",
    "Stream",
    "derive_key",
    "fill_bulk",
    "fill_indices",
    "index_below",
    "new_stream",
    "next_word",
    "open_unit",
    "philox_block",
    "restart",
    "uniform",
    "uniform_open",
]

_BLOCKS = 32  # blocks drawn at once: enough for the compiler to work on several side by side
_WORDS = 2 * _BLOCKS  # a block holds two 64-bit words
_GROUP = 16  # words of eight blocks: one vector register of the widest kind
BULK = 256  # words drawn at once past the buffer, at most
_FEW = 10  # fewer words or indices than this come from the buffer
_PIECES = 2**16  # of 16 bits
_MOST_REJECTED = 2**6  # pieces, if an index is to be drawn from one

# A record: compiled functions pass it as one pointer, without counting references to arrays.
STREAM = np.dtype(
    [
        ("key", np.uint64),
        ("replicate", np.uint64),
        ("block", np.uint64),
        ("position", np.int64),
        ("words", np.uint64, (_WORDS,)),
        ("bulk", np.uint64, (BULK,)),
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
    bulk: NDArray[np.uint64]  # working space


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
    stream: Stream = np.recarray(1, STREAM)[0]
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


@lean
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


@lean
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
def open_unit(word: np.uint64) -> float:
    """Odd multiple of 2**-53 in (0, 1), uniform if the word is."""
    return (np.float64(word >> np.uint64(12)) + 0.5) * 2.0**-52


@inlined
def uniform_open(stream: Stream) -> float:
    """Uniform odd multiple of 2**-53 in (0, 1); both ends are excluded."""
    return open_unit(next_word(stream))


@lean
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


@lean
def fill_bulk(stream: Stream, count: int) -> None:
    """Nothing: stream.bulk[:count] now holds words from fresh blocks, past the buffer.

    Parameters: count in 0..BULK.
    The compiler turns the loop into vector instructions, so whole groups are drawn.
    """
    blocks = (count + _GROUP - 1) // _GROUP * (_GROUP // 2)
    block, replicate, key = stream.block, stream.replicate, stream.key
    stream.block = block + np.uint64(blocks)
    words = stream.bulk
    first, second = words[:blocks], words[blocks : 2 * blocks]
    for i in range(blocks):
        first[i], second[i] = philox_block(block + np.uint64(i), replicate, key)


@lean
def _fill_narrow(stream: Stream, bound: int, out: NDArray[np.uint32]) -> None:
    """Nothing: like fill_indices, from sixteen bits each."""
    wide = np.uint32(bound)
    surplus = np.uint32(_PIECES % bound)
    mask = np.uint32(_PIECES - 1)
    fill_bulk(stream, (out.size + 3) // 4)
    pieces = stream.bulk.view(np.uint16)
    rejected = np.uint32(0)
    for i in range(out.size):
        product = np.uint32(np.uint32(pieces[i]) * wide)
        out[i] = product >> np.uint32(16)
        rejected |= np.uint32(product & mask < surplus)
    if rejected:
        for i in range(out.size):
            if np.uint32(np.uint32(pieces[i]) * wide) & mask < surplus:
                out[i] = index_below(stream, bound)


@lean
def _fill_wide(stream: Stream, bound: int, out: NDArray[np.uint32]) -> None:
    """Nothing: like fill_indices, from half words."""
    wide = np.uint64(bound)
    surplus = (_LOW + _ONE) % wide
    half = (out.size + 1) // 2
    fill_bulk(stream, half)
    words = stream.bulk
    first, second = out[:half], out[half:]
    rejected = np.uint64(0)
    for i in range(first.size):
        product = (words[i] & _LOW) * wide
        first[i] = product >> _HALF
        rejected |= np.uint64(product & _LOW < surplus)
    for i in range(second.size):
        product = (words[i] >> _HALF) * wide
        second[i] = product >> _HALF
        rejected |= np.uint64(product & _LOW < surplus)
    if rejected:
        for i in range(first.size):
            if (words[i] & _LOW) * wide & _LOW < surplus:
                first[i] = index_below(stream, bound)
        for i in range(second.size):
            if (words[i] >> _HALF) * wide & _LOW < surplus:
                second[i] = index_below(stream, bound)


@lean
def fill_indices(stream: Stream, bound: int, out: NDArray[np.uint32]) -> None:
    """Nothing: out, of any length, now holds independent uniform integers in 0..bound-1.

    Parameters: bound in 1..2**32. Most come from words drawn in bulk, past the buffer: four from
    a word if they seldom fall into the surplus, otherwise two.
    """
    narrow = bound < _PIECES and _PIECES % bound <= _MOST_REJECTED
    most = 4 * BULK if narrow else 2 * BULK
    for begin in range(0, out.size, most):
        part = out[begin : begin + most]
        if part.size < _FEW:
            for i in range(part.size):
                part[i] = index_below(stream, bound)
        elif narrow:
            _fill_narrow(stream, bound, part)
        else:
            _fill_wide(stream, bound, part)
