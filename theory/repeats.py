"""Which terms of a sum or a product are the same: a text has many words, and few counts."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from flint import fmpq

#: Of so few terms none is looked for twice.
FEW = 8


def places(
    body: sp.Basic,
    index: sp.Symbol,
    start: int,
    stop: int,
    entry: Callable[[sp.Indexed, int], fmpq],
) -> list[tuple[int, int]]:
    """Return the places start..stop to evaluate a term at, and how many places each stands for.

    entry: the value of an indexed entry at a place. Where the index does nothing but pick entries,
    equal entries give equal terms; elsewhere every place stands for itself.
    """
    picked = sorted((one for one in body.atoms(sp.Indexed) if one.indices == (index,)), key=str)
    if stop - start < FEW or not picked or _elsewhere(body, index, picked):
        return [(place, 1) for place in range(start, stop + 1)]
    seen: dict[tuple[fmpq, ...], list[int]] = {}
    for place in range(start, stop + 1):
        seen.setdefault(tuple(entry(one, place) for one in picked), []).append(place)
    return [(found[0], len(found)) for found in seen.values()]


def _elsewhere(body: sp.Basic, index: sp.Symbol, picked: list[sp.Indexed]) -> bool:
    """Return whether the index stands anywhere but in these entries."""
    return index in body.xreplace({entry: sp.Dummy() for entry in picked}).free_symbols
