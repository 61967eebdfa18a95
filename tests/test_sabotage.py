"""Break something on purpose: the court must go red, in a fresh copy of the three packages.

Each sabotage is one replaced text. The copy has its own kernel cache folder, so the sabotage in a
helper also shows that a cached kernel does not outlive the code it was made from.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: file, text, replacement, claim whose verification must fail
SABOTAGES = {
    "law: M - 1 for M": (
        "theory/discrete/diversity.py",
        "            s.H0 * (1 - 1 / s.M) ** s.n,\n",
        "            s.H0 * (1 - 1 / (s.M - 1)) ** s.n,\n",
        "A02",
    ),
    "symbol: c4 of M + 1": ("theory/symbols.py", "freedom = samples - 1", "freedom = samples", "B03"),
    "kernel: normal variate scaled by 1.01": (
        "numerics/variates.py",
        "SABOTAGE NORMAL",
        "SABOTAGE NORMAL",
        "B03",
    ),
}


def copy(target: Path) -> None:
    for package in ("theory", "numerics", "proofs"):
        shutil.copytree(
            ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__")
        )


def court(folder: Path, claim: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "proofs", "verify", claim, "--quick"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
