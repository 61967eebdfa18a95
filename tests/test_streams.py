"""Words: the published answers of Philox, the order of a stream, and what is made of words."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from numerics import streams
from numerics.jitted import jitted
from numerics.streams import Stream, derive_key, new_stream

LEVEL = 1e-9  # of each check with random content; there are some thirty, and the keys are fixed
KEY = derive_key("test", "streams")

# Random123, tests/kat_vectors, the lines "philox4x32 10": counter (4), key (2), answer (4).
KNOWN_ANSWERS = [
    "00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1",
]


@jitted
def _indices(stream: Stream, bound: int, out: NDArray[np.uint32]) -> None:
    for i in range(out.size):
        out[i] = streams.index_below(stream, bound)


def _block(low: int, high: int, key: int) -> tuple[int, int]:
    a, b = streams.philox_block(np.uint64(low), np.uint64(high), np.uint64(key))
    return int(a), int(b)


def _words(key: int, replicate: int, count: int) -> list[int]:
    stream = new_stream(key, replicate)
    return [int(streams.next_word(stream)) for _ in range(count)]


@pytest.mark.parametrize("line", KNOWN_ANSWERS)
def test_known_answers(line: str) -> None:
    numbers = [int(word, 16) for word in line.split()]
    pairs = [low | high << 32 for low, high in zip(numbers[::2], numbers[1::2], strict=True)]
    assert list(_block(*pairs[:3])) == pairs[3:]


@pytest.mark.parametrize(
    ("key", "replicate"), [(0, 0), (5, 7), (2**64 - 1, 2**64 - 1), (2**63, 2**40 + 1)]
)
def test_words_are_blocks_in_order(key: int, replicate: int) -> None:
    expected = [word for block in range(80) for word in _block(block, replicate, key)]
    assert _words(key, replicate, 160) == expected


def test_restart_forgets() -> None:
    stream = new_stream(1, 2)
    for _ in range(5):
        streams.next_word(stream)
    streams.restart(stream, np.uint64(KEY), np.uint64(9))
    assert [int(streams.next_word(stream)) for _ in range(100)] == _words(KEY, 9, 100)


def test_no_word_repeats_between_replicates_and_keys() -> None:
    seen = [word for r in range(50) for k in range(10) for word in _words(KEY + k, r, 20)]
    # Equal words would be a coincidence of probability 3e-12.
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(("word", "closed"), [(0, 0.0), (2**64 - 1, 1 - 2.0**-53)])
def test_uniform_at_the_ends(word: int, closed: float) -> None:
    stream = np.zeros(1, streams.STREAM)[0]
    stream["words"] = word
    assert streams.uniform(stream) == closed
    assert 0.0 < streams.uniform_open(stream) < 1.0


def test_uniform_is_uniform() -> None:
    stream = new_stream(KEY, 1)
    for draw in (streams.uniform, streams.uniform_open):
        values = [draw(stream) for _ in range(20_000)]
        assert stats.kstest(values, "uniform").pvalue > LEVEL


@pytest.mark.parametrize("bound", [1, 2, 7, 1000, 10**6, 3 * 2**30, 2**32 - 1, 2**32])
def test_indices_are_unbiased(bound: int) -> None:
    # At 3 * 2**30 the remainder modulo 3 betrays a generator that does not reject.
    cells = 3 if bound == 3 * 2**30 else min(bound, 7)
    for fill in (streams.fill_indices, _indices):
        drawn = np.empty(30_001, np.uint32)
        fill(new_stream(KEY, bound), bound, drawn)
        assert drawn.max() < bound
        if cells > 1:
            assert stats.chisquare(np.bincount(drawn % cells)).pvalue > LEVEL
        if bound > 10**5:
            assert stats.kstest(drawn / bound, "uniform").pvalue > LEVEL


def test_indices_without_rejection_would_be_caught() -> None:
    words = np.random.default_rng(1).integers(0, 2**32, size=30_001, dtype=np.uint64)
    biased = (words * np.uint64(3 * 2**30)) >> np.uint64(32)
    assert stats.chisquare(np.bincount((biased % np.uint64(3)).astype(int))).pvalue < LEVEL


@pytest.mark.parametrize("bound", [100, 1000, 5000])
@pytest.mark.parametrize("size", [0, 1, 2, 9, 10, 37, 513, 1025])
def test_filling_any_length(bound: int, size: int) -> None:
    drawn = np.full(size, bound, np.uint32)
    streams.fill_indices(new_stream(KEY, 3), bound, drawn)
    assert (drawn < bound).all()
    assert len(set(drawn)) > min(size, bound) // 2 - 1


def test_bulk_words_are_fresh_blocks() -> None:
    stream = new_stream(KEY, 4)
    first = [streams.next_word(stream) for _ in range(3)]
    streams.fill_bulk(stream, 40)
    bulk = stream.bulk[:40].copy()
    rest = [streams.next_word(stream) for _ in range(100)]
    assert len({int(word) for word in [*first, *bulk, *rest]}) == 143
    blocks = {word for block in range(32, 56) for word in _block(block, 4, KEY)}
    assert {int(word) for word in bulk} <= blocks


def test_keys_are_stable() -> None:
    # Written down once: a change would change every number of the project.
    assert derive_key("A02", "M=10", 1) == 7950613398801721147
    assert 0 <= derive_key("A02") < 2**64


def test_keys_differ_with_the_parts() -> None:
    parts: list[tuple[str | int, ...]] = [
        ("a", "bc"), ("ab", "c"), ("abc",), ("abc", ""), (1,), ("1",), (11, 1), (1, 11), (-1,),
        (2**100,), ("s1:a",), ("é",),
    ]  # fmt: skip
    assert len({derive_key(*part) for part in parts}) == len(parts)


def test_key_errors() -> None:
    with pytest.raises(ValueError, match="no parts"):
        derive_key()
    for part in (True, 1.5, None):
        with pytest.raises(TypeError, match="neither a text nor an integer"):
            derive_key(part)  # type: ignore[arg-type]


@pytest.mark.parametrize(("key", "replicate"), [(-1, 0), (0, -1), (2**64, 0), (0, 2**64)])
def test_stream_errors(key: int, replicate: int) -> None:
    with pytest.raises(ValueError, match="lies outside"):
        new_stream(key, replicate)
