"""Numbers side by side: against NumPy, which rounds a product before it is added."""

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import jitted
from numerics.lanes import WIDTH, add_product, load, new_rows, store, times


@jitted
def _combined(
    rows: NDArray[np.float64], first: float, second: float, place: int, out: NDArray[np.float64]
) -> None:
    """Nothing: out[place : place + WIDTH] becomes a sum of two rows, from that place on."""
    total = times(first, load(rows[0], place))
    store(out, place, add_product(total, second, load(rows[1], place)))


def test_lanes_are_those_of_the_place() -> None:
    rows = np.random.default_rng(1).normal(size=(2, 3 * WIDTH))
    out = np.zeros(3 * WIDTH)
    _combined(rows, 0.3, -1.7, 5, out)
    expected = (0.3 * rows[0] - 1.7 * rows[1])[5 : 5 + WIDTH]
    np.testing.assert_allclose(out[5 : 5 + WIDTH], expected, rtol=0.0, atol=1e-15)
    assert not out[:5].any()
    assert not out[5 + WIDTH :].any()


def test_every_lane_is_rounded_alike() -> None:
    # A product that loses its last bits unless it is added with one rounding.
    rows = np.repeat([[-1.0], [1.0 + 2.0**-30]], WIDTH, axis=1)
    out = np.empty(WIDTH)
    _combined(rows, 1.0 + 2.0**-29, 1.0 + 2.0**-30, 0, out)
    assert (out == out[0]).all()
    assert out[0] in (0.0, 2.0**-60)


def test_new_rows_are_zeros_at_whole_registers() -> None:
    for _ in range(20):
        rows = new_rows(3, 2 * WIDTH)
        assert rows.shape == (3, 2 * WIDTH)
        assert rows.flags.c_contiguous
        assert not rows.any()
        assert rows.ctypes.data % (8 * WIDTH) == 0
