"""The derived route must reject steps that are wrong, empty, or rest on nothing."""

from dataclasses import replace

import pytest
import sympy as sp

from proofs.derived import StepReport, check
from theory import symbols as s
from theory.claim import Claim
from theory.claims import find
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Inequality,
    Premise,
    Step,
    Telescoping,
)
from theory.domain import GENERATIONS, SAMPLES, Domain

CODES = frozenset({"A01", "A02", "B39"})
SIZE = Domain((SAMPLES,))
PREMISE = Premise("model", "what is assumed")
HALF = sp.Rational(1, 2)


def judge(step: Step) -> StepReport:
    """Return the report on one step, put into a claim of its own."""
    claim: Claim = replace(find("A02"), derive=lambda: Derivation((PREMISE,), (step,)))
    return check(claim, CODES)[0]


def citation(*hypotheses: Hypothesis) -> Citation:
    return Citation("cited", "", "a theorem", "a book", hypotheses)


GOOD: dict[str, Step] = {
    "identity": Identity("a", "", (s.M - 1) ** 2, s.M**2 - 2 * s.M + 1, SIZE),
    "ball identity": Identity(
        "b", "", sp.sqrt(s.M) * sp.sqrt(s.M + 1), sp.sqrt(s.M**2 + s.M), SIZE
    ),
    "inequality": Inequality("c", "", 2 * s.M, s.M**2 + 1, SIZE),
    "induction": Induction(
        "d", "", s.n, sp.Integer(0), PREVIOUS + s.n, s.n * (s.n - 1) / 2, Domain((GENERATIONS,))
    ),
    "telescoping": Telescoping("e", "", s.x, 1 / s.x, 1 / s.x - 1 / (s.x + 1)),
    "citation": citation(Hypothesis("the model", "model"), Hypothesis("it decays", "A02")),
}

BAD: dict[str, tuple[Step, str]] = {
    "wrong identity": (Identity("a", "", (s.M - 1) ** 2, s.M**2 - 2 * s.M, SIZE), "fails at"),
    "off by 1e-30": (
        Identity("b", "", sp.sqrt(s.M + 1) ** 2, s.M + 1 + sp.Rational(1, 10**30), SIZE),
        "fails at",
    ),
    "nothing computed": (Identity("a", "", s.M + 1, 1 + s.M, SIZE), "same expression"),
    "wrong inequality": (Inequality("c", "", 2 * s.M + 1, s.M**2 + 1, SIZE), "fails at"),
    "equality is not strict": (
        Inequality("c", "", 2 * s.M, s.M**2 + 1, SIZE, strict=True),
        "fails at M = 1",
    ),
    "wrong start": (
        Induction(
            "d", "", s.n, sp.Integer(1), PREVIOUS + s.n, s.n * (s.n - 1) / 2,
            Domain((GENERATIONS,)),
        ),
        "fails at",
    ),
    "wrong step": (
        Induction(
            "d", "", s.n, sp.Integer(0), PREVIOUS + s.n + 1, s.n * (s.n - 1) / 2,
            Domain((GENERATIONS,)),
        ),
        "fails at",
    ),
    "wrong difference": (Telescoping("e", "", s.x, 1 / s.x, 2 / s.x - 1 / (s.x + 1)), "fails at"),
    "negative function": (
        Telescoping("e", "", s.x, -1 / s.x, 1 / (s.x + 1) - 1 / s.x),
        "wrong sign",
    ),
    "does not vanish": (
        Telescoping("e", "", s.x, 1 + 1 / s.x, 1 / s.x - 1 / (s.x + 1)),
        "does not fall to 0",
    ),
    "hypothesis shown by nothing": (citation(Hypothesis("it holds", "hope")), "nothing shows"),
    "no hypotheses": (citation(), "without its hypotheses"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_true_step_holds(name: str) -> None:
    report = judge(GOOD[name])
    assert not report.fault
    assert report.checked > 0


@pytest.mark.parametrize("name", BAD)
def test_a_false_step_is_caught(name: str) -> None:
    step, fault = BAD[name]
    assert fault in judge(step).fault


def test_conclusion_must_be_the_law() -> None:
    claim = find("A02")
    wrong = Identity("a", "", s.H0 * s.M / s.M**2, s.H0 / s.M, SIZE, concludes=("diversity",))
    faults = [
        report.fault
        for report in check(replace(claim, derive=lambda: Derivation((), (wrong,))), CODES)
    ]
    assert "diversity is not the claim's law" in faults
    faults = [
        report.fault for report in check(replace(claim, derive=lambda: Derivation((), ())), CODES)
    ]
    assert "no step concludes diversity" in faults


def test_unknown_foundation_is_caught() -> None:
    step = Identity("a", "", (s.M - 1) ** 2, s.M**2 - 2 * s.M + 1, SIZE, uses=("Z99",))
    assert judge(step).fault == "unknown claim Z99"
