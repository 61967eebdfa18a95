"""Sixteen numbers side by side, where the compiler finds no good vector instructions itself.

It must assume that two rows of one array overlap, and reads and writes memory at every step.
Here sums stay in registers, each in the order that is written. A product is added with one
rounding where the processor can do so, with two elsewhere.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

__all__ = [
    "FUSED",
    "LANES",
    "VECTOR",
    "WIDTH",
    "add_product",
    "instruction",
    "load",
    "new_rows",
    "store",
    "times",
]

WIDTH = 16
VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)
FUSED = f"llvm.fmuladd.v{WIDTH}f64"


def new_rows(rows: int, width: int) -> NDArray[np.float64]:
    """(rows, width) zeros; if the width is a multiple of WIDTH, no register straddles cache lines.

    That costs time alone: the numbers are the same anywhere in memory.
    """
    raw = np.zeros(rows * width + WIDTH)
    skipped = -raw.ctypes.data // raw.itemsize % WIDTH
    return raw[skipped : skipped + rows * width].reshape(rows, width)


class _Lanes(types.Type):
    """WIDTH doubles, known to compiled functions alone."""


LANES = _Lanes("Lanes")


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    """Vector registers of the machine, as many as it takes."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, VECTOR)  # type: ignore[no-untyped-call]


def instruction(function: Callable[..., Any]) -> Any:
    """The function, whose calls become the code that it generates."""
    return intrinsic(function)


def _place(context: Any, builder: Any, array: Any, value: Any, i: Any) -> Any:
    """Address of the numbers from place i of a contiguous array of one dimension."""
    data = make_array(array)(context, builder, value).data
    return builder.bitcast(builder.gep(data, [i]), VECTOR.as_pointer())


def _spread(builder: Any, number: Any) -> Any:
    """The number, WIDTH times."""
    index = ir.IntType(32)
    one = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), number, index(0))
    mask = ir.Constant(ir.VectorType(index, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(one, one, mask)


@instruction
def load(_typing: Any, row: Any, i: Any) -> Any:
    """Lanes row[i : i + WIDTH]."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_place(context, builder, signature.args[0], *arguments), align=8)

    return LANES(row, types.intp), generate


@instruction
def store(_typing: Any, row: Any, i: Any, lanes: Any) -> Any:
    """Nothing: row[i : i + WIDTH] now holds the lanes."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], place, align=8)
        return context.get_dummy_value()

    return types.void(row, types.intp, lanes), generate


@instruction
def times(_typing: Any, weight: Any, lanes: Any) -> Any:
    """Lanes weight * lanes."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fmul(_spread(builder, arguments[0]), arguments[1])

    return LANES(types.float64, lanes), generate


@instruction
def add_product(_typing: Any, total: Any, weight: Any, lanes: Any) -> Any:
    """Lanes total + weight * lanes."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        total, weight, lanes = arguments
        kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
        fused = builder.module.declare_intrinsic(FUSED, (), kind)
        return builder.call(fused, [_spread(builder, weight), lanes, total])

    return LANES(lanes, types.float64, lanes), generate
