"""The law of the fitted variance: against mpmath's Meijer G, and how its quantiles behave."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from theory import gamma_product
from theory.claim import Claim, value_ball
from theory.domain import Point
from theory.gaussian.product_law import PRODUCT_LAW, QUANTILES
from theory.gaussian.rate import LYAPUNOV_RATE

BITS = 96


def ball(claim: Claim, quantity: str, point: Point) -> arb:
    return value_ball(claim, claim.quantity(quantity), point, BITS)


def at(M: int, n: int, x: str, **others: str) -> Point:
    point: dict[str, object] = {"M": Fraction(M), "n": Fraction(n), "x": Fraction(x)}
    return {**point, **others}  # type: ignore[dict-item]


@pytest.mark.parametrize(("M", "n", "x"), [(6, 3, "1/3"), (3, 4, "2"), (10, 2, "7/5")])
@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
def test_law_is_a_meijer_g_function(M: int, n: int, x: str, estimator: str) -> None:
    with mpmath.workdps(30):
        a, scale = mpmath.mpf(M - 1) / 2, mpmath.mpf(M if estimator == "mle" else M - 1) / 2
        value = mpmath.fraction(*Fraction(x).as_integer_ratio())
        z = scale**n * value
        density = mpmath.meijerg([[], []], [[a - 1] * n, []], z) * scale**n
        below = mpmath.meijerg([[1], []], [[a] * n, [0]], z)
        for name, other in (("density", density), ("cdf", below)):
            seen = ball(PRODUCT_LAW, name, at(M, n, x, estimator=estimator))
            with ctx.workprec(BITS):
                assert abs(seen - arb(str(other / mpmath.gamma(a) ** n))) < arb("1e-24")


@settings(max_examples=15)
@given(st.integers(2, 40), st.integers(1, 30), st.fractions(-4, 4, max_denominator=8))
def test_two_contours_agree(M: int, n: int, shift: Fraction) -> None:
    """The integrals on either side of the pole at 0, which the evaluator chooses from, add to 1."""
    with ctx.workprec(BITS):
        a, count = arb(M - 1) / 2, arb(n)
        y = (count * a.digamma() + arb(shift.numerator) / shift.denominator).mid()
        right, left = (gamma_product._contour(a, count, y, side) for side in (1, -1))
        assert (right + left).contains(1)
        assert (right + left).rad() < 1e-20


@settings(max_examples=15)
@given(st.integers(2, 30), st.integers(1, 20), st.fractions(Fraction(1, 50), Fraction(49, 50)))
def test_quantile_undoes_the_distribution_function(M: int, n: int, q: Fraction) -> None:
    point: Point = {"M": Fraction(M), "n": Fraction(n), "q": q}
    x = ball(QUANTILES, "quantile", point)
    with ctx.workprec(BITS):
        a = arb(M - 1) / 2
        level = gamma_product.below(a, arb(n), x.log() + n * a.log())
        assert level.overlaps(arb(q.numerator) / q.denominator)


@pytest.mark.parametrize("nines", [20, 100, 300])
def test_quantiles_far_up_are_found(nines: int) -> None:
    """M = 3, n = 1 is exponential: -ln(1 - q). The normal start lies e^20 times too far."""
    q = 1 - Fraction(1, 10**nines)
    found = ball(QUANTILES, "quantile", {"M": Fraction(3), "n": Fraction(1), "q": q})
    assert found.overlaps(nines * arb(10).log())


@pytest.mark.parametrize(("M", "y"), [(2, -70), (3, -9), (10, -20), (40, -66)])
def test_the_low_tail_of_one_variable_is_the_contour(M: int, y: int) -> None:
    with ctx.workprec(BITS):
        a, one, at = arb(M - 1) / 2, arb(1), arb(y)
        assert gamma_product.below(a, one, at).overlaps(gamma_product._contour(a, one, at, -1))
        assert gamma_product.density(a, one, at).overlaps(gamma_product._contour(a, one, at, 0))


@pytest.mark.parametrize(("M", "x"), [(2, "1e-300"), (10, "1e-900")])
def test_the_lowest_values_of_one_fit(M: int, x: str) -> None:
    with mpmath.workdps(30):
        a = mpmath.mpf(M - 1) / 2
        other = mpmath.gammainc(a, 0, a * mpmath.mpf(x), regularized=True)
    seen = ball(PRODUCT_LAW, "cdf", at(M, 1, x))
    with ctx.workprec(BITS):
        assert abs(seen / arb(mpmath.nstr(other, 30)) - 1) < arb("1e-23")


def test_values_too_far_out_are_refused_by_how_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gamma_product, "MOST_NODES", 10)
    gamma_product._remembered.cache_clear()
    with pytest.raises(ArithmeticError, match=r"lies 3\d standard deviations below its mean"):
        ball(PRODUCT_LAW, "cdf", at(10, 2, "1e-10"))


def test_the_normal_quantile_is_off_for_ever() -> None:
    """The ratio of the two medians tends to exp(-psi''(a)/(6 psi'(a))), not to 1."""
    ratios = []
    for n in (10, 100, 1000, 10_000):
        point: Point = {"M": Fraction(10), "n": Fraction(n)}
        ratios.append(ball(QUANTILES, "quantile", point) / ball(QUANTILES, "clt", point))
    with mpmath.workdps(20):
        a = mpmath.mpf(9) / 2
        limit = arb(str(mpmath.exp(-mpmath.psi(2, a) / mpmath.psi(1, a) / 6)))
    errors = [float(abs(ratio - limit).upper()) for ratio in ratios]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 1e-4
    assert limit > 1.03


def test_far_generations_stay_sharp() -> None:
    """Ten thousand generations: half of all runs lie within a few deviations of e^(n L)."""
    rate = value_ball(LYAPUNOV_RATE, LYAPUNOV_RATE.quantity("rate"), {"M": Fraction(5)}, BITS)
    median = ball(QUANTILES, "quantile", {"M": Fraction(5), "n": Fraction(10_000)})
    assert median.rel_accuracy_bits() > 60
    assert abs(median.log() - 10_000 * rate) < 1


def test_a_rule_that_is_too_coarse_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error bound belongs to the step: with steps four times as long the ball grows by far."""
    rule = gamma_product._rule

    def coarse(*arguments: object) -> gamma_product._Rule:
        found = rule(*arguments)  # type: ignore[arg-type]
        return found._replace(h=4 * found.h)

    with ctx.workprec(BITS):
        a, n, y = arb(3) / 2, arb(2), arb(1) / 4
        sharp = gamma_product.density(a, n, y)
        monkeypatch.setattr(gamma_product, "_rule", coarse)
        gamma_product._remembered.cache_clear()
        blunt = gamma_product.density(a, n, y)
        gamma_product._remembered.cache_clear()
        assert blunt.rad() > 1000 * sharp.rad()
        assert blunt.contains(sharp.mid())
