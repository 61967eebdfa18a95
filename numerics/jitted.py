"""The one way in which this package compiles a function."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

__all__ = ["inlined", "jitted"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def jitted(function: _Function) -> _Function:
    """The function, compiled on first call: cached on disk and free of the interpreter's lock.

    Threads come from outside (blocks of replicates in a pool), so nothing is parallel inside.
    Fast-math stays off: sums keep the order in which they are written. Division follows NumPy
    (no exception), which spares a test per division.
    """
    return cast(_Function, njit(cache=True, nogil=True, error_model="numpy")(function))


def inlined(function: _Function) -> _Function:
    """The function, compiled like `jitted` and copied into every caller: for a few hot lines."""
    compiled = njit(cache=True, nogil=True, error_model="numpy", forceinline=True)(function)
    return cast(_Function, compiled)
