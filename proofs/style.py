"""The path of the style sheet of every picture, in a module that loads no figure."""

from pathlib import Path

__all__ = ["STYLE"]

STYLE = Path(__file__).with_name("figures") / "collapse.mplstyle"
