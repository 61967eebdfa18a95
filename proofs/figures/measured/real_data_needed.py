"""Beyond the paper: how much real data keeps 90, 95 and 99 % of the diversity, for ever.

Fresh real points in every batch (A22, A23), one real set that is reused for ever (A24), and the
same question for the fitted mean of a Gaussian (B32). The runs come from `numerics`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import brentq

from numerics import campaign, gaussian_workflows, streams
from numerics.start import Start
from numerics.workflow import Workflow
from proofs.figures.drawing import Effort
from proofs.figures.measured.kept import BITS, Case, exact, seen
from proofs.figures.measured.recursions import spread
from theory.claim import value_ball
from theory.claims import find

NAME = "real-data-needed"
#: lost: shares of the diversity that may be lost. sizes: M of the panels over real points.
#: counts: real points, where runs are made. largest: M of the last panel.
PARAMETERS: Mapping[str, Any] = {
    "categories": 10,
    "lost": ["1/10", "1/20", "1/100"],
    "sizes": [20, 100, 1000],
    "largest": 100_000,
    "counts": [5, 10, 50, 150],
    "runs": 300,
}
#: Places of curves over real points and over M.
PLACES = 31
#: What the starting law still weighs in a mean square when runs are measured, about: exp(-6).
SETTLED = 6


# ---------------------------------------------------------------------- exact


def fresh(samples: int, real: int) -> float:
    """Return what is lost for ever with so many fresh real points in every batch of M (A23)."""
    counts = {"m_r": Fraction(real), "m_s": Fraction(samples - real)}
    return 1 - exact("A23", "diversity-limit", **counts)


def fixed(samples: int, real: int) -> float:
    """Return what is lost for ever with the same real points beside every batch of M (A24)."""
    return 1 - exact("A24", "diversity-limit", N=Fraction(real), n=Fraction(samples))


def fixed_of_its_own(samples: int, real: int) -> float:
    """Return the same share of the diversity of the real points themselves, not of their law."""
    own = exact("A24", "real-diversity", N=Fraction(real))
    return 1 - exact("A24", "diversity-limit", N=Fraction(real), n=Fraction(samples)) / own


def drift(samples: int, real: int) -> float:
    """Return the lasting mean squared error of a fitted mean, in units of sigma^2 (B32)."""
    claim = find("B32")
    point = {"n_r": Fraction(real), "n_s": Fraction(samples - real), "lam": Fraction(1)}
    ball = value_ball(claim, claim.quantity("drift-limit"), {**point, "sigma": Fraction(1)}, BITS)
    return float(ball.mid())


def least(losing: Callable[[int, int], float], samples: int, lost: Fraction) -> int | None:
    """Return the least number of real points 1..M that loses no more; None where none does."""
    if losing(samples, samples) > float(lost) * (1 + 1e-12):
        return None
    low, high = 0, min(samples, math.ceil(1 / lost))  # as many fresh points alone lose no more
    while high - low > 1:
        middle = (low + high) // 2
        if losing(samples, middle) <= float(lost) * (1 + 1e-12):
            high = middle
        else:
            low = middle
    return high


def expected(samples: int, lost: Fraction) -> float | None:
    """Return the mean number M g of real points a batch, each real with chance g (A22)."""

    def spare(share: float) -> float:
        place = {"M": Fraction(samples), "g": Fraction(share)}
        return exact("A22", "diversity-limit", **place) - 1 + float(lost)

    if spare(1.0) < -1e-12:
        return None
    return samples * (brentq(spare, 0.0, 1.0, xtol=1e-12) if spare(1.0) > 0 else 1.0)


# ------------------------------------------------------------------- measured


def rounds(real: int, points: int, falling: float) -> int:
    """Return after how many generations the start is forgotten.

    real: of so many points that are trained on. falling: the weight of the start falls about as
    the share of the others to the power falling * n: 2 for a diversity, `slowed` for a mean.
    """
    if real >= points:
        return 1
    return math.ceil(SETTLED / (-falling * math.log(1 - real / points)))


def slowed(real: int) -> float:
    """Return that power for the square of a fitted mean, of 2 alone and 1 for the variance.

    The real points lie away from a mean that has drifted, which raises the fitted variance, and
    that the drift again: in units of real points over M both fall with the slower root of
    (r - 2) (r - 1) = 1 / real.
    """
    return (3 - math.sqrt(1 + 4 / real)) / 2


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return all panels, exact and measured, as JSON values."""
    sizes = [int(size) for size in parameters["sizes"]]
    most = sizes[-1]
    law = np.full(int(parameters["categories"]), 1 / int(parameters["categories"]))
    pairs = [(M, real) for M in sizes for real in parameters["counts"] if real <= M]
    runs = int(parameters["runs"])
    cases = {
        f"fresh {M} {real}": Case(Workflow(fresh=real), M, (rounds(real, M, 2),), runs)
        for M, real in pairs
    } | {
        f"fixed {most} {real}": Case(
            Workflow(real=real), most, (rounds(real, most + real, 2),), runs
        )
        for real in parameters["counts"]
    }
    found = seen(NAME, law, cases, effort)
    marks = {label: (1 - run["mean"][0], run["error"][0]) for label, run in found.items()}
    places = {M: spread(M, PLACES) for M in sizes}
    return {
        "categories": parameters["categories"], "runs": runs, "lost": parameters["lost"],
        "largest": most,
        "fresh": {
            str(M): curve(fresh, M, places[M], _marks("fresh", M, marks)) for M in sizes
        },
        "fixed": {
            "of-the-law": curve(fixed, most, places[most], _marks("fixed", most, marks)),
            "of-its-own": curve(fixed_of_its_own, most, places[most][1:], []),
        },
        "mean": {
            str(M): curve(drift, M, places[M], drifts(M, parameters, effort)) for M in sizes
        },
        "needed": {text: needed(Fraction(text), parameters) for text in parameters["lost"]},
    }  # fmt: skip


def curve(
    losing: Callable[[int, int], float], samples: int, places: list[int], marks: list[Any]
) -> dict[str, Any]:
    """Return an exact curve over numbers of real points, and what was measured."""
    lost = [losing(samples, real) for real in places]
    return {"places": places, "exact": {"lost": lost}, "seen": marks}


def needed(lost: Fraction, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of real points over M that lose no more than a share."""
    first, largest = math.ceil(1 / lost), int(parameters["largest"])  # below, not even all real
    near = range(first, first + first // 5 + 1)  # where the number falls fast
    sizes = sorted({*near, *(M for M in spread(largest, 4 * PLACES) if M * lost >= 1)})
    return {
        "sizes": sizes,
        "exact": {
            "points": [least(fresh, M, lost) for M in sizes],
            "expected": [expected(M, lost) for M in sizes],
        },
    }


def _marks(
    kind: str, samples: int, marks: Mapping[str, tuple[float, float]]
) -> list[tuple[int, float, float]]:
    """Return (real points, lost, standard error) of each run of that kind and size."""
    start = f"{kind} {samples} "
    return [
        (int(label.removeprefix(start)), lost, error)
        for label, (lost, error) in marks.items()
        if label.startswith(start)
    ]


def drifts(samples: int, parameters: Mapping[str, Any], effort: Effort) -> list[Any]:
    """Return [real points, mean squared fitted mean, standard error] of runs of Gaussians."""
    found = []
    for real in parameters["counts"]:
        if real > samples:
            continue
        work = partial(
            _fits, samples, real, streams.derive_key(NAME, "mean", samples, real, effort.key)
        )
        parts = campaign.run(work, int(parameters["runs"]), block=16, workers=effort.workers)
        squares = campaign.gather(parts).mean[:, 0] ** 2
        error = float(squares.std(ddof=1)) / math.sqrt(len(squares))
        found.append([real, float(squares.mean()), error])
    return found


def _fits(
    samples: int, real: int, key: int, first: int, last: int
) -> gaussian_workflows.WorkflowRun:
    return gaussian_workflows.simulate(
        Start.named("normal"), samples, (rounds(real, samples, slowed(real)),), key, first, last,
        Workflow(fresh=real),
    )  # fmt: skip
