"""What software made a number: the kernels by digest, and the libraries that can change a bit."""

import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata

from numerics import source_digest

__all__ = ["difference", "software"]


@cache
def software() -> dict[str, str]:
    """Name and version of everything that can change the last bit of a result.

    Logarithms come from the C library and the compiler, so that two machines of one architecture
    may still differ there; whole-number results do not depend on it.
    """
    return {
        "kernels": source_digest(),
        "numpy": metadata.version("numpy"),
        "numba": metadata.version("numba"),
        "llvmlite": metadata.version("llvmlite"),
        "machine": platform.machine(),
    }


def difference(theirs: Mapping[str, object], ours: Mapping[str, object]) -> str:
    """What differs in words, each as `name = theirs, not ours`; empty where nothing does.

    >>> difference({"numpy": "2.4.0"}, {"numpy": "2.4.1"})
    'numpy = 2.4.0, not 2.4.1'
    """
    found = [
        f"{name} = {_short(theirs.get(name))}, not {_short(ours.get(name))}"
        for name in dict.fromkeys((*theirs, *ours))
        if theirs.get(name) != ours.get(name)
    ]
    return "; ".join(found)


def _short(value: object) -> str:
    """The value in words, long ones (such as digests) cut."""
    text = "(nothing)" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:12]}..."
