"""What the figures share: shades, dashes, sizes as powers, letters of panels, exact values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import matplotlib.axes

__all__ = ["COLUMN", "PAGE", "SHADES", "edged", "exact_of", "lettered", "power", "shade_at"]

#: Widths of a column and of a page of a journal, in inches.
COLUMN, PAGE = 3.4, 7.0
#: From dark to light, so that an order survives in grey.
SHADES = ("#231942", "#235089", "#25a08c", "#e09f1f")


def exact_of(figure: str, found: Mapping[str, Any], kind: str, where: str, values: int = 0) -> Any:
    """Return found["exact"][kind]; ValueError when it is not there, or has not so many values.

    A picture that has lost an exact curve is not drawn. values: 0 for any number of them.
    """
    curve = found.get("exact", {}).get(kind)
    if curve is None or (values and len(curve) != values):
        raise ValueError(f"{figure}: {where}: no exact curve {kind}")
    return curve


def shade_at(order: int, of: int) -> str:
    """Return the shade of one of several, in rising order; in between where there are many."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    if of <= len(SHADES):
        return SHADES[order]
    return to_hex(LinearSegmentedColormap.from_list("sizes", SHADES)(order / (of - 1)))


def power(size: int) -> str:
    """Return a power of ten as one, and any other size in digits."""
    digits = len(str(size)) - 1
    return f"$10^{{{digits}}}$" if 10**digits == size else str(size)


def lettered(ax: matplotlib.axes.Axes, letter: str, title: str) -> None:
    """Head a panel with its letter and what it shows."""
    ax.set_title(letter, weight="bold")
    ax.set_title(title, loc="center")


def edged() -> list[Any]:
    """Return the effect that sets a line off from what lies beneath it."""
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=2.6, foreground="white")]
