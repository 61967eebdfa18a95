"""Evidence on refits to the newest labels alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sympy as sp

from numerics.inverse_moments import inverse_trace
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.regression import refitting
from proofs.regression.refitting import INTEGRATED, RUNS, number
from proofs.spread import ROUNDING
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.claim import Order
from theory.regression import replace as law
from theory.regression.model import NOISE, ONE_FIT, T
from theory.regression.replace import FINAL_FIT, NOISE_0, PHI, PHI_0, REPLACE_CLAIM, T_0


def measure_error(inputs: str) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the experiment on the error in forward runs."""

    def observed(setting: Setting, bench: Bench) -> list[Sampled]:
        seen = refitting.run(f"replace, {inputs}", setting, bench, 90_000, inputs=inputs)
        one = refitting.second_inverse_moment(setting.integer("T"), setting.integer("d")) ** 0.5
        one *= float(number(setting, "sigma")) ** 2
        values = refitting.errors(seen, setting)
        return refitting.measured(values, lambda n: refitting.of_normal(n * one), setting)

    return observed


ERRORS = (
    setting((1, 3), T=20, d=4),
    setting((2,), T=14, d=3, sigma="1/2"),
    setting((1, 4), T=12, d=1),
)

REPLACE_CASE = Case(
    REPLACE_CLAIM,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "error",
            refitting.enumerate_same(keep=False),
            (
                setting((0, 1, 3), T=3, d=1),
                setting((1, 2), T=4, d=2, sigma="1/2"),
                setting((1, 2), T=7, d=4),
                setting((5,), T=9, d=2),
                setting((2,), T=9, d=6),
                setting((3,), T=10, d=1, sigma=2),
            ),
            INTEGRATED,
            quick=3,
        ),
        *(
            Witness(
                Route.MEASURED, "error", measure_error(inputs), ERRORS, f"{RUNS}, {inputs} inputs",
                margin=0.06,
            )
            for inputs in ("fresh", "same")
        ),
    ),
    mutants=(
        Mutant("known inputs", "error", s.n * NOISE**2 * s.d / T),
        Mutant("no loss of one", "error", s.n * NOISE**2 * s.d / (T - s.d)),
        Mutant("one dimension for all", "error", s.n * NOISE**2 * s.d / (T - 2)),
        Mutant("one round too few", "error", (s.n - 1) * ONE_FIT),
        Mutant("standard deviations add", "error", s.n**2 * ONE_FIT),
        Mutant("all rounds kept", "error", ONE_FIT * sp.Sum(1 / s.i**2, (s.i, 1, s.n))),
    ),
)  # fmt: skip


def enumerate_risk(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the error of the final fit: of n rounds with T_0 rows, and of one with T."""
    d = setting.integer("d")
    rows, earlier = _sizes(setting)
    last = number(setting, "sigma") ** 2 * inverse_trace(rows, d)
    each = number(setting, "sigma_0") ** 2 * inverse_trace(earlier, d)
    weights = refitting.round_weights(1, False, max(*setting.generations, 1))
    return [Exact(last + each * weights[n]) for n in setting.generations]


def _sizes(setting: Setting) -> tuple[int, int]:
    """Return T and T_0, where need be from d/T and d/T_0."""
    if "T" in setting.fixed:
        return setting.integer("T"), setting.integer("T_0")
    d = setting.integer("d")
    sizes = [d / number(setting, name) for name in ("phi", "phi_0")]
    assert all(size.denominator == 1 for size in sizes)
    return int(sizes[0]), int(sizes[1])


def measure_risk(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the error of the final fit in forward runs, a schedule of sizes and noise for each."""
    d, sizes = setting.integer("d"), _sizes(setting)
    noise = tuple(float(number(setting, name)) for name in ("sigma", "sigma_0"))
    last, each = (
        refitting.second_inverse_moment(size, d) ** 0.5 * deviation**2
        for size, deviation in zip(sizes, noise, strict=True)
    )
    found = []
    for n in setting.generations:
        rounds = (*[1] * n, 0)
        given = replace(setting, generations=(n + 1,))
        seen = refitting.run(
            f"final fit {n}", given, bench, 80_000, samples=tuple(sizes[k] for k in rounds),
            noise=tuple(noise[k] for k in rounds),
        )  # fmt: skip
        second = refitting.of_normal(last + n * each) * (1 + ROUNDING)
        values = refitting.errors(seen, given)[:, 0]
        found.append(sampled.known_second_moment(values, second))
    return found


def aspects(d: int, n: int) -> Setting:
    """Return a rung of the ladder: so many dimensions, d/T and d/T_0 fixed."""
    return setting((n,), d=d, phi="2/9", phi_0="2/11")


FINAL_CASE = Case(
    FINAL_FIT,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "risk",
            enumerate_risk,
            (
                setting((0, 1, 3), T=3, T_0=5, d=1),
                setting((2,), T=5, T_0=4, d=2, sigma="1/2", sigma_0="1/3"),
                setting((1, 2), T=7, T_0=9, d=4),
                setting((4,), T=20, T_0=6, d=1, sigma=2),
                setting((4,), T=9, T_0=7, d=2, sigma_0=3),
            ),
            INTEGRATED,
            quick=3,
        ),
        Witness(
            Route.MEASURED,
            "risk",
            measure_risk,
            (setting((0, 2), T=18, T_0=22, d=3), setting((1,), T=30, T_0=16, d=2, sigma_0="1/2")),
            RUNS,
            margin=0.06,
        ),
        Witness(
            Route.ENUMERATED,
            "proportionate",
            enumerate_risk,
            tuple(aspects(d, n) for d in (10, 14, 6, 2) for n in (2, 0)),
            INTEGRATED,
            quick=4,
        ),
    ),
    mutants=(
        Mutant(
            "noise in the wrong place",
            "risk",
            NOISE**2 * s.d / (T_0 - s.d - 1) + s.n * NOISE_0**2 * s.d / (T - s.d - 1),
        ),
        Mutant("one size", "risk", (s.n + 1) * ONE_FIT),
        Mutant("final fit left out", "risk", law.FINAL - ONE_FIT),
        Mutant("one round too many", "risk", law.FINAL.subs(s.n, s.n + 1)),
        Mutant("no loss of one", "risk", law.PROPORTIONATE.subs({PHI: s.d / T, PHI_0: s.d / T_0})),
        Mutant("known inputs", "proportionate", NOISE**2 * PHI + s.n * NOISE_0**2 * PHI_0),
        Mutant(
            "final fit left out (proportionate)",
            "proportionate",
            s.n * NOISE_0**2 * PHI_0 / (1 - PHI_0),
        ),
        Mutant(
            "second order",
            "proportionate",
            NOISE**2 * PHI * (1 + PHI) + s.n * NOISE_0**2 * PHI_0 * (1 + PHI_0),
        ),
        Mutant(
            "of order 1/d^2",
            "proportionate",
            law.PROPORTIONATE,
            order=Order(s.d, law.REMAINDER / s.d, 2),
        ),
    ),
)

CASES = (REPLACE_CASE, FINAL_CASE)
