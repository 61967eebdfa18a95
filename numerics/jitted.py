"""The one way in which this package compiles a function."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

__all__ = ["inlined", "jitted", "lean"]

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_LEAN = _OPTIONS | {"_nrt": False}
_INLINED = _LEAN | {"forceinline": True}

_Function = TypeVar("_Function", bound=Callable[..., Any])


def jitted(function: _Function) -> _Function:
    """The function, compiled on first call: cached on disk and free of the interpreter's lock.

    Threads come from outside (blocks of replicates in a pool), so nothing is parallel inside.
    Fast-math stays off: sums keep the order in which they are written. Division follows NumPy
    (no exception), which spares a test per division.
    """
    return cast(_Function, njit(**_OPTIONS)(function))


def inlined(function: _Function) -> _Function:
    """The function, compiled like `lean` and copied into every caller: for a few hot lines."""
    compiled = njit(**_INLINED)(function)
    return cast(_Function, compiled)


def lean(function: _Function) -> _Function:
    """The function, compiled like `jitted`, for hot code that makes no array of its own.

    References to the arrays it is given are not counted: each count is an atomic operation, and
    taking an array from a tuple or slicing it costs two. What calls it keeps the arrays alive.
    """
    compiled = njit(**_LEAN)(function)
    return cast(_Function, compiled)
