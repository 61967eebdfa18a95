"""Orders: what an approximation must keep to at a point, and what a ladder of settings refutes."""

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy as sp

from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.ledger import Finding, Run, status
from proofs.order import Rung, confront_ladder, confront_order
from proofs.verdict import Enclosed, Exact, Outcome, Sampled
from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Premise
from theory.domain import SAMPLES, Domain

Ends = tuple[Fraction, Fraction]
ONE_OVER_M = Order(s.M, 1 / s.M, Fraction(2))


def both(value: Fraction | str | int) -> Ends:
    return Fraction(value), Fraction(value)


# --- at a point ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (Exact(Fraction(102, 100)), Outcome.CONSISTENT),
        (Exact(Fraction(98, 100)), Outcome.CONSISTENT),
        (Exact(Fraction(10201, 10000)), Outcome.REFUTED),
        (Enclosed(Fraction(101, 100), Fraction(102, 100)), Outcome.CONSISTENT),
        (Enclosed(Fraction(101, 100), Fraction(103, 100)), Outcome.UNDECIDED),
        (Enclosed(Fraction(103, 100), Fraction(104, 100)), Outcome.REFUTED),
    ],
)
def test_the_error_is_held_to_the_constant(seen: Exact | Enclosed, outcome: Outcome) -> None:
    """The law is 1, the error at most 2 * 1/100."""
    verdict = confront_order(both(1), both("1/100"), ONE_OVER_M, seen, 1e-8, 0.0)
    assert verdict.outcome is outcome
    assert verdict.share == 0


def test_a_relative_error_is_measured_by_the_value() -> None:
    order = Order(s.M, 1 / s.M, Fraction(2), relative=True)
    seen = Exact(Fraction(200))
    near = confront_order(both(196), both("1/100"), order, seen, 1e-8, 0.0)
    far = confront_order(both("1959/10"), both("1/100"), order, seen, 1e-8, 0.0)
    assert (near.outcome, far.outcome) == (Outcome.CONSISTENT, Outcome.REFUTED)
    assert near.slack == 1


def test_a_bound_as_large_as_the_law_is_vacuous() -> None:
    seen = Exact(Fraction(1))
    assert confront_order(both(1), both("1/2"), ONE_OVER_M, seen, 1e-8, 0.0).vacuous
    assert not confront_order(both(1), both("1/3"), ONE_OVER_M, seen, 1e-8, 0.0).vacuous


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.99, 1.05, Outcome.CONSISTENT),
        (0.99, 1.08, Outcome.UNDECIDED),
        (1.03, 1.05, Outcome.REFUTED),
    ],
)
def test_a_sample_is_refuted_without_its_margin(low: float, high: float, outcome: Outcome) -> None:
    """The error is at most 2 %; agreement is asked for within 5 % more."""
    seen = Sampled((low + high) / 2, 1000, lambda alpha: (low, high), "given")
    verdict = confront_order(both(1), both("1/100"), ONE_OVER_M, seen, 1e-8, 0.05)
    assert verdict.outcome is outcome
    assert (verdict.decides is not None) == (outcome is Outcome.UNDECIDED)


# --- along a ladder ------------------------------------------------------------------------------


def rungs(error: Callable[[int], Fraction], size: Callable[[int], Fraction]) -> list[Rung]:
    return [Rung(Fraction(m), both(error(m)), both(size(m))) for m in (10, 20, 40, 80)]


def inverse(power: int, factor: int = 1) -> Callable[[int], Fraction]:
    return lambda m: Fraction(factor, m**power)


@pytest.mark.parametrize(
    ("error", "size", "outcome"),
    [
        (inverse(1, 3), inverse(1), Outcome.CONSISTENT),
        (lambda m: Fraction(1, m) + Fraction(1, m**2), inverse(1), Outcome.CONSISTENT),
        (inverse(2), inverse(1), Outcome.REFUTED),
        (inverse(1), inverse(2), Outcome.REFUTED),
        (lambda m: Fraction(1, 100) + Fraction(1, m), inverse(1), Outcome.REFUTED),
        (lambda m: Fraction(math.log(m)) / m, inverse(1), Outcome.REFUTED),
        (lambda m: Fraction(1) + Fraction(1, m), inverse(0), Outcome.CONSISTENT),
        (lambda m: Fraction(math.log(m)), inverse(0), Outcome.REFUTED),
        (lambda m: Fraction(0), inverse(1), Outcome.REFUTED),
    ],
)
def test_the_measured_order_must_be_the_claimed_one(
    error: Callable[[int], Fraction], size: Callable[[int], Fraction], outcome: Outcome
) -> None:
    assert confront_ladder(rungs(error, size), 0.1).outcome is outcome


def test_rungs_that_are_too_vague_decide_nothing() -> None:
    vague = [
        Rung(Fraction(m), (Fraction(1, 3 * m), Fraction(3, m)), both(Fraction(1, m)))
        for m in (10, 20)
    ]
    open_end = [
        Rung(Fraction(m), (Fraction(0), Fraction(1, m)), both(Fraction(1, m))) for m in (1, 2)
    ]
    for steps in (vague, open_end):
        assert confront_ladder(steps, 0.1).outcome is Outcome.UNDECIDED


# --- a claim as a whole --------------------------------------------------------------------------

LAW = 1 + 1 / s.M  # of the value 1 + 1/M + 1/M^2, with an error of 1/M^2


def approximation(order: Order, law: sp.Expr = LAW) -> Claim:
    def derive() -> Derivation:
        series = Citation(
            "series",
            "The first terms.",
            "geometric series",
            "any textbook",
            (Hypothesis("it converges", "model"),),
            gives=law,
            concludes=("value",),
        )
        return Derivation((Premise("model", "A value."),), (series,))

    value = Quantity("value", "a value", "v", Relation.TENDS_TO, law, order=order)
    return Claim(
        "A98",
        "discrete.approximation",
        "An approximation",
        "It is near.",
        (value,),
        Domain((SAMPLES,)),
        (Source("made up here"),),
        derive,
        Expected.ORDER_AND_RANGE,
    )


def observe(setting: Setting, bench: Bench) -> list[Exact]:
    size = setting.integer("M")
    return [Exact(1 + Fraction(1, size) + Fraction(1, size**2))]


def judged(order: Order, *mutants: Mutant, margin: float | None = 0.1, rungs: int = 4) -> Finding:
    settings = tuple(setting(M=10 * 2**k) for k in range(rungs))
    witness = Witness(Route.ENUMERATED, "value", observe, settings, "by hand", order_margin=margin)
    return Run().judge(Case(approximation(order), (witness,), mutants))


def state(finding: Finding) -> str:
    return status(finding.claim, {finding.claim.code: finding})


def order(power: int, constant: str = "1", exact_order: bool = True) -> Order:
    return Order(s.M, s.M**-power, Fraction(constant), exact_order)


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        (order(2), "confirmed to order and range"),
        (order(2, "99/100"), "refuted"),  # the constant is too small
        (order(1), "refuted"),  # the error is of a smaller order
        (order(1, exact_order=False), "confirmed to order and range"),
        (order(3, "1000"), "refuted"),  # within the constant, but of a larger order
    ],
)
def test_the_status_of_an_approximation(claimed: Order, found: str) -> None:
    assert state(judged(claimed)) == found


def test_an_order_that_was_not_measured_is_not_confirmed() -> None:
    assert state(judged(order(2), margin=None)) == "derived"
    assert state(judged(order(2), rungs=1)) == "derived"


def test_wrong_approximations_are_refuted() -> None:
    mutants = (
        Mutant("the correction is missing", "value", sp.Integer(1)),
        Mutant("the correction has the wrong sign", "value", 1 - 1 / s.M),
        Mutant("a wrong constant", "value", sp.Rational(1001, 1000) + 1 / s.M),
        Mutant("a wrong order", "value", LAW, order=order(3, "1000")),
        Mutant("too small a constant", "value", LAW, order=order(2, "1/2")),
    )
    assert not judged(order(2), *mutants).survivors
    # A constant generous enough leaves them to the ladder.
    assert not judged(order(2, "10000"), *mutants[:-2]).survivors
    same = Mutant("the law in disguise", "value", (s.M + 1) / s.M)
    assert judged(order(2), same).survivors == (same.name,)


def test_an_order_belongs_to_what_is_approached() -> None:
    with pytest.raises(ValueError, match="an order needs TENDS_TO, not EQUALS"):
        Quantity("value", "a value", "v", Relation.EQUALS, LAW, order=ONE_OVER_M)
    with pytest.raises(ValueError, match="constant = 0 lies outside constant > 0"):
        Order(s.M, 1 / s.M, Fraction(0))
