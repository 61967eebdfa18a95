"""Break something on purpose: the court must go red, in a fresh copy of the package that is broken.

Each sabotage is one replaced text. The two other packages are those of the project. Kernels are
cached under a digest of `numerics/` and by the place where it lies, so beside another broken
package they come from the cache, and in a broken `numerics/` they must not.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


#: Exact evidence first. A refutation by it stands whatever else is heard; whether a bound is loose,
#: or a mutant survives, is known after all the evidence only.
JUDGE = """
import sys
from dataclasses import replace
from proofs.cases import case_of
from proofs.ledger import Run
from proofs.screen import faults
from theory.claims import find

case = case_of(find(sys.argv[1]))
exact = tuple(witness for witness in case.witnesses if not witness.samples)
for part in (replace(case, witnesses=exact, mutants=()), case):
    found = faults(Run(quick=True).judge(part))
    if part is case or any("refuted:" in line or "fails at" in line for line in found):
        break
print(*found, sep="\\n")
sys.exit(1 if found else 0)
"""

#: what is broken: file, text, replacement, claim whose verification must turn red
SABOTAGES = {
    "law: M - 1 for M": (
        "theory/discrete/diversity.py",
        "            s.H0 * (1 - 1 / s.M) ** s.n,\n        ),",
        "            s.H0 * (1 - 1 / (s.M - 1)) ** s.n,\n        ),",
        "A02",
    ),
    "law: one generation too many": (
        "theory/discrete/tails.py",
        "(1 - s.q) ** s.M",
        "(1 - s.q) ** (s.M + 1)",
        "A16",
    ),
    "law: M + 1 for M in a bound": (
        "theory/discrete/absorption.py",
        "s.M * MEAN_DIVERSITY",
        "(s.M + 1) * MEAN_DIVERSITY",
        "A10",
    ),
    "law: twice a bound": (
        "theory/gaussian/dimensions.py",
        "SURVIVAL_BOUND = ",
        "SURVIVAL_BOUND = 2 * ",
        "B43",
    ),
    "law: c4 of M + 1": ("theory/symbols.py", "freedom = samples - 1", "freedom = samples", "B03"),
    "law: M + 1 for M in the drift": (
        "theory/gaussian/drift.py",
        "sp.Sum(1 / s.sizes[s.i], (s.i, 0, s.n - 1))",
        "sp.Sum(1 / (s.sizes[s.i] + 1), (s.i, 0, s.n - 1))",
        "B10",
    ),
    "evaluator: digamma for trigamma": (
        "theory/evaluate.py",
        "    if order == 0:\n",
        "    if order <= 1:\n",
        "B04",
    ),
    "variate: normal scaled by 1.01": (
        "numerics/ziggurat.py",
        "np.concatenate([_SCALE, -_SCALE])",
        "1.01 * np.concatenate([_SCALE, -_SCALE])",
        "B03",
    ),
    "variate: binomial probability scaled by 1.01": (
        "numerics/variates.py",
        "    p = min(probability, 1.0 - probability)\n",
        "    p = min(1.01 * probability, 1.0 - probability)\n",
        "E01",
    ),
    "kernel: divisor M for M - 1": (
        "numerics/gaussian.py",
        'return 1 if estimator == "unbiased" else 0',
        "return 0",
        "B03",
    ),
    "kernel: a category with one sample is dropped": (
        "numerics/resampling.py",
        "if counts[k] > 0:",
        "if counts[k] > 1:",
        "A02",
    ),
    "seed: every replicate draws the same words": (
        "numerics/streams.py",
        "    stream.replicate = replicate\n",
        "    stream.replicate = np.uint64(0)\n",
        "B03",
    ),
    "seed: every generation draws the same words": (
        "numerics/streams.py",
        "    stream.block = block + np.uint64(_BLOCKS)\n",
        "    stream.block = np.uint64(0)\n",
        "B10",
    ),
    "enumeration: one draw too many": (
        "numerics/enumeration.py",
        "    for _ in range(samples):\n",
        "    for _ in range(samples + 1):\n",
        "A02",
    ),
    "moments: kurtosis 2 for 3": (
        "numerics/moments.py",
        "math.prod(range(1, power, 2))",
        "math.prod(range(1, power, 2)) - (power == 4)",
        "B01",
    ),
    "enclosure: standard deviation of the chi law": (
        "numerics/quadrature.py",
        "return 4 * (second / mass - (first / mass) ** 2)",
        "return 4 * (second / mass)",
        "B04",
    ),
    "distance: root of the covariance forgotten": (
        "numerics/wasserstein.py",
        "- 2.0 * shared",
        "- 1.0 * shared",
        "B44",
    ),
    "court: everything agrees": (
        "proofs/verdict.py",
        "        outcome=Outcome.REFUTED if refuted else Outcome.CONSISTENT,\n",
        "        outcome=Outcome.CONSISTENT,\n",
        "B39",
    ),
}

#: Broken kernels are compiled for one short run: the compiler need not try hard.
LIGHT = {"NUMBA_OPT": "1"}

#: the one whose kernels are in the cache, sound, when it is broken
CACHED = "variate: normal scaled by 1.01"


def copy(package: str, target: Path) -> None:
    """Copy a package and its bytecode, which Python takes for as long as a source is unchanged."""
    unfinished = shutil.ignore_patterns("*.pyc.*")  # what another process is writing just now
    shutil.copytree(ROOT / package, target / package, ignore=unfinished)


def court(folder: Path, claim: str, light: bool = False) -> subprocess.CompletedProcess[str]:
    """Judge one claim on the quick grid with what the folder holds, the rest from the project."""
    return subprocess.run(
        [sys.executable, "-c", JUDGE, claim],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"} | (LIGHT if light else {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def sabotage(name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Break the copy in one place and judge the claim that should notice."""
    where, text, replacement, claim = SABOTAGES[name]
    path = folder / where
    source = path.read_text()
    assert text in source, f"{where} has changed: mend this sabotage"
    path.write_text(source.replace(text, replacement))
    # Sound kernels are the project's: what is compiled of them is kept for everybody.
    return court(folder, claim, light=where.startswith("numerics/"))


@pytest.mark.parametrize("name", sorted(SABOTAGES.keys() - {CACHED}))
def test_sabotage_turns_the_run_red(name: str, tmp_path: Path) -> None:
    where, *_ = SABOTAGES[name]
    copy(where.split("/")[0], tmp_path)
    done = sabotage(name, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(
        word in done.stdout for word in ("refuted:", "fails at", "mutant survives", "is loose")
    )


def test_a_cached_kernel_does_not_outlive_its_helper(tmp_path: Path) -> None:
    """First green, with kernels in the cache; then a helper in another file is broken: red."""
    copy("numerics", tmp_path)
    _, _, _, claim = SABOTAGES[CACHED]
    sound = court(tmp_path, claim)
    assert sound.returncode == 0, sound.stdout + sound.stderr
    done = sabotage(CACHED, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "refuted: measured" in done.stdout
