"""Which terms of a sum or a product are the same: a text has many words, and few counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import sympy as sp
from flint import fmpq

from theory import symbols as s

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
    picked = () if stop - start < FEW else _picked(body, index)
    if not picked:
        return [(place, 1) for place in range(start, stop + 1)]
    seen: dict[tuple[fmpq, ...], list[int]] = {}
    for place in range(start, stop + 1):
        seen.setdefault(tuple(entry(one, place) for one in picked), []).append(place)
    return [(found[0], len(found)) for found in seen.values()]


@lru_cache(maxsize=1024)
def _picked(body: sp.Basic, index: sp.Symbol) -> tuple[sp.Indexed, ...]:
    """Return the entries that the index picks; none where it stands anywhere else."""
    picked = sorted((one for one in body.atoms(sp.Indexed) if one.indices == (index,)), key=str)
    rest = body.xreplace({entry: sp.Dummy() for entry in picked})
    return () if index in rest.free_symbols else tuple(picked)


@lru_cache(maxsize=1024)
def of_one_size(body: sp.Basic, same: frozenset[sp.Basic]) -> tuple[sp.Basic, frozenset[sp.Basic]]:
    """Return a term with M for each entry of the families `same`, and its free symbols."""
    for entry in body.atoms(sp.Indexed):
        if entry.base in same:
            body = body.subs(entry, s.M)
    return body, frozenset(body.free_symbols)


@lru_cache(maxsize=1024)
def series_within(body: sp.Basic) -> tuple[sp.Basic, ...]:
    """Return the sums and products inside a term."""
    return tuple(body.atoms(sp.Sum, sp.Product))
