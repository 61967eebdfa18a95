"""Sums of rows and of products of two rows: sixteen partial sums, in registers while they grow."""

from typing import Any

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from numerics.jitted import lean
from numerics.lanes import FUSED, LANES, VECTOR, WIDTH, add_product, instruction, load, store

__all__ = ["add_lanes", "add_products", "add_row", "folded"]

Floats = NDArray[np.float64]


@instruction
def add_lanes(_typing: Any, total: Any, first: Any, second: Any) -> Any:
    """Lanes total + first * second, rounded as in `lanes.add_product`."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        total, first, second = arguments
        kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
        fused = builder.module.declare_intrinsic(FUSED, (), kind)
        return builder.call(fused, [first, second, total])

    return LANES(total, first, second), generate


@lean
def folded(sums: Floats) -> float:
    """Sum of WIDTH numbers, one after the other."""
    total = 0.0
    for i in range(WIDTH):
        total += sums[i]
    return total


@lean
def add_row(row: Floats, sums: Floats) -> None:
    """Nothing: the row's numbers are added to sums (WIDTH,), number i to i modulo WIDTH.

    Parameters: row (n,) with n a multiple of WIDTH.
    """
    lanes = load(sums, 0)
    for i in range(0, row.size, WIDTH):
        lanes = add_product(lanes, 1.0, load(row, i))
    store(sums, 0, lanes)


@lean
def add_products(row: Floats, others: Floats, rows: int, sums: Floats) -> None:
    """Nothing: row times others[b] is added to sums[b * WIDTH :], as in `add_row`, for b < rows.

    Parameters: row (n,), others (rows or more, n), with n a multiple of WIDTH. Four rows at once:
    their sums do not wait for one another.
    """
    whole = rows // 4 * 4
    for b in range(0, whole, 4):
        one, two, three, four = others[b], others[b + 1], others[b + 2], others[b + 3]
        first, second = load(sums, b * WIDTH), load(sums, (b + 1) * WIDTH)
        third, fourth = load(sums, (b + 2) * WIDTH), load(sums, (b + 3) * WIDTH)
        for i in range(0, row.size, WIDTH):
            x = load(row, i)
            first = add_lanes(first, x, load(one, i))
            second = add_lanes(second, x, load(two, i))
            third = add_lanes(third, x, load(three, i))
            fourth = add_lanes(fourth, x, load(four, i))
        store(sums, b * WIDTH, first)
        store(sums, (b + 1) * WIDTH, second)
        store(sums, (b + 2) * WIDTH, third)
        store(sums, (b + 3) * WIDTH, fourth)
    for b in range(whole, rows):
        one = others[b]
        first = load(sums, b * WIDTH)
        for i in range(0, row.size, WIDTH):
            first = add_lanes(first, load(row, i), load(one, i))
        store(sums, b * WIDTH, first)
