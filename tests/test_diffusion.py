"""The diffusion value and its correction: bounds at any point, and the constant on its own."""

from collections.abc import Mapping
from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from proofs.discrete.chains import mean_of_any
from proofs.discrete.collapse_time import mean_time
from tests.strategies import points_of
from theory import abel
from theory.claim import Claim, Quantity
from theory.claims import find
from theory.domain import Value
from theory.evaluate import ball

Point = Mapping[str, Value]
MEAN, DIFFUSION, TWO, CORRECTED = map(find, ("A11", "A13", "A12", "A13b"))


def value(claim: Claim, point: Point) -> arb:
    return ball(*claim.law_at(claim.quantities[0], point), 128)


def bound(claim: Claim, point: Point) -> arb:
    quantity: Quantity = claim.quantities[0]
    order = quantity.order
    assert order is not None
    size = ball(order.size, claim.law_at(quantity, point)[1], 128)
    return size * order.constant.numerator / order.constant.denominator


@pytest.mark.parametrize(
    ("start", "samples"),
    [
        ((Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)), 4),
        ((Fraction(9, 10), Fraction(1, 20), Fraction(1, 20)), 6),
        ((Fraction(1, 4),) * 4, 3),
        ((Fraction(1, 3), Fraction(2, 3)), 12),
        ((Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)), 1),
    ],
)
def test_the_winner_takes_as_long_as_all_count_vectors_say(
    start: tuple[Fraction, ...], samples: int
) -> None:
    seen = mean_of_any(start, samples)
    assert seen.low <= mean_time(start, samples) <= seen.high


@pytest.mark.parametrize("claim", [DIFFUSION, TWO, CORRECTED], ids=lambda claim: claim.code)
def test_error_is_bounded_all_over_the_domain(claim: Claim) -> None:
    @given(point=points_of(claim.domain, spread=60))
    def check(point: Point) -> None:
        error = abs(value(MEAN, point) - value(claim, point))
        assert error <= bound(claim, point)

    check()


@given(st.integers(2, 200), st.integers(1, 120))
def test_many_rare_categories_take_2m_generations(kinds: int, size: int) -> None:
    """Rare categories do no harm: what is left falls like 1/M even where M p_i is below 1."""
    point: Point = {"p": (Fraction(1, kinds),) * kinds, "M": Fraction(size)}
    assert value(DIFFUSION, point) < 2 * size
    error = abs(value(MEAN, point) - value(CORRECTED, point))
    assert error * size < arb(3) / 10 * kinds / (kinds - 1)


@given(point=points_of(TWO.domain, spread=1000))
def test_two_categories_are_a_special_case(point: Point) -> None:
    assert value(TWO, point).overlaps(value(DIFFUSION, point))


def test_constant_is_the_limit_of_the_plain_iteration() -> None:
    """Richardson's extrapolation of 2/s_n + ln(s_n)/3 - n: its error falls like 1/n."""
    with mpmath.workdps(30):
        found, chance = {}, mpmath.mpf(1)
        for n in range(1, 4001):
            chance = 1 - mpmath.exp(-chance)
            if n in (1000, 2000, 4000):
                found[n] = 2 / chance + mpmath.log(chance) / 3 - n
        twice = 2 * found[4000] - found[2000]
        with ctx.workprec(100):
            known = mpmath.mpf(abel.AbelConstant.ball_value().str(25, radius=False))
        assert abs(twice - known) < 1e-7 < abs(found[4000] - known)


def test_constant_at_several_precisions() -> None:
    found = []
    for bits in (40, 128, 400):
        with ctx.workprec(bits):
            found.append(abel.AbelConstant.ball_value())
            assert found[-1].rel_accuracy_bits() > bits - 8
    assert all(one.overlaps(other) for one in found for other in found)
    with ctx.workprec(10**5), pytest.raises(ArithmeticError, match="takes too long"):
        abel.AbelConstant.ball_value()


def test_what_the_cut_series_leaves_out_is_in_the_radius(monkeypatch: pytest.MonkeyPatch) -> None:
    """One term only: far less is known, and the ball still holds the constant."""
    with ctx.workprec(300):
        known = abel.AbelConstant.ball_value()
    monkeypatch.setattr(abel, "_coefficients", lambda terms: (fmpq(1, 36),))
    poor = abel._constant.__wrapped__(100)
    assert poor.contains(known)
    assert 15 < poor.rel_accuracy_bits() < 50
    monkeypatch.setattr(abel, "_largest_defect", lambda series: arb(0))
    assert not abel._constant.__wrapped__(100).contains(known)


def test_series_solves_the_equation() -> None:
    series = abel._coefficients(20)
    with ctx.workprec(300):
        defects = []
        for s in (arb(1) / 50, arb(1) / 100):
            image = 1 - (-s).exp()
            sides = [
                2 / x + x.log() / 3 + sum((arb(c) * x ** (k + 1) for k, c in enumerate(series)))
                for x in (image, s)
            ]
            defects.append(abs(sides[0] - sides[1] - 1))
        # Twenty terms leave a defect of order s^22.
        assert 2**21.5 < float(defects[0] / defects[1]) < 2**22.5
