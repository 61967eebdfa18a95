"""Witnesses and mutants of a mean squared distance that obeys a linear recursion."""

from __future__ import annotations

from collections.abc import Mapping

from proofs.case import Mutant, Route, Setting, Witness
from proofs.discrete.loops import DISTANCE, DIVERSITY, Plan, enumerated, measured
from theory.discrete.distance import LAWS, Balance

READINGS = {
    name: DISTANCE if name.startswith("distance") else DIVERSITY for name in LAWS
}  # fmt: skip
#: Long runs agree with a limit to this; what is left by then is smaller.
SETTLED = 1e-8


def wrong_balances(wrong: Mapping[str, Balance]) -> tuple[Mutant, ...]:
    """Return the mutants of all four quantities that wrong balances give."""
    return tuple(
        Mutant(f"{quantity}: {name}", quantity, law(balance))
        for quantity, law in LAWS.items()
        for name, balance in wrong.items()
    )


def witnesses(
    plan: Plan,
    few: tuple[Setting, ...],
    settled: tuple[Setting, ...],
    large: tuple[Setting, ...],
    settled_large: tuple[Setting, ...],
) -> tuple[Witness, ...]:
    """Return exact witnesses of all four quantities, and simulated ones of the first and the last.

    few, large: settings of D_n, small enough to enumerate, and larger. settled, settled_large: the
    same after so many rounds that D_n has settled.
    """
    found = [
        Witness(
            Route.ENUMERATED,
            name,
            enumerated(plan, reading),
            settled if name.endswith("-limit") else few,
            "all outcomes",
            quick=2,
            margin=SETTLED if name.endswith("-limit") else 0.0,
        )
        for name, reading in READINGS.items()
    ]
    for name, where in (("distance", large), ("diversity-limit", settled_large)):
        observe = measured(plan, READINGS[name], 160_000 if name == "distance" else 40_000)
        found.append(Witness(Route.MEASURED, name, observe, where, "forward runs", margin=0.05))
    return tuple(found)
