"""Refitted exponential families: kernels and twin, laws of points, limits, sabotage."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from numerics import exponential_family, moments_exponential_family, streams
from numerics.exponential_family import FAMILIES, Family, draw_sum, variance_at
from numerics.exponential_family_outcomes import binomial_means
from numerics.moments_exponential_family import Member, expected, fitted_variance, point_moments
from numerics.plain_exponential_family import family_by_words
from numerics.poisson import poisson
from proofs import simulation
from proofs.case import Case, Route
from proofs.families import gamma_family as gamma_cases
from proofs.families import poisson_family as poisson_cases
from proofs.families import quadratic_variance as cases
from proofs.ledger import Run
from proofs.plans.family import plan_family
from proofs.verdict import Outcome
from theory.claim import Claim, value_ball, value_exact
from theory.errors import DomainError
from theory.families.gamma_family import GAMMA_FAMILY
from theory.families.poisson_family import EXTINCTION
from theory.families.quadratic_variance import QUADRATIC_VARIANCE

KEY = streams.derive_key("test", "exponential family")
#: Mean and shape of one member of each family.
MEMBERS: dict[Family, tuple[float, float]] = {
    "normal": (-0.5, 3.0),
    "poisson": (1.5, 1.0),
    "binomial": (1.25, 4.0),
    "gamma": (2.0, 1.5),
    "negative-binomial": (0.75, 2.5),
    "hyperbolic-secant": (-0.75, 2.0),
}
each_family = pytest.mark.parametrize("family", FAMILIES)


def exact(claim: Claim, quantity: str, **point: Fraction | int) -> Fraction:
    values = {name: Fraction(value) for name, value in point.items()}
    found = value_exact(claim, claim.quantity(quantity), values)
    return Fraction(int(found.p), int(found.q))  # type: ignore[attr-defined]


@each_family
def test_kernel_is_its_twin_however_it_is_split(family: Family) -> None:
    mean, shape = MEMBERS[family]
    run = exponential_family.simulate(family, mean, 4, (1, 2, 5), KEY, 0, 6, shape, True)
    plain = family_by_words(family, mean, 4, (1, 2, 5), KEY, 0, 6, shape)
    for ours, theirs in zip(run, plain, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    late = exponential_family.simulate(family, mean, 4, (1, 2, 5), KEY, 4, 6, shape, True)
    for whole, part in zip(run, late, strict=True):
        np.testing.assert_array_equal(whole[4:], part)


def density(family: Family, x: mpmath.mpf, m: mpmath.mpf, r: mpmath.mpf) -> mpmath.mpf:
    """Return the density or probability of one point, as books have it."""
    match family:
        case "normal":
            return mpmath.npdf(x, m, mpmath.sqrt(r))
        case "poisson":
            return mpmath.exp(-m) * m**x / mpmath.factorial(x)
        case "binomial":
            return mpmath.binomial(r, x) * (m / r) ** x * (1 - m / r) ** (r - x)
        case "gamma":
            return (r / m) ** r * x ** (r - 1) * mpmath.exp(-r * x / m) / mpmath.gamma(r)
        case "negative-binomial":
            p = m / (m + r)
            return mpmath.binomial(x + r - 1, x) * p**x * (1 - p) ** r
    theta = mpmath.atan(m / r)
    size = abs(mpmath.gamma(mpmath.mpc(r / 2, x / 2))) ** 2
    scale = 2 ** (r - 2) / (mpmath.pi * mpmath.gamma(r))
    return mpmath.exp(theta * x) * mpmath.cos(theta) ** r * scale * size


@each_family
def test_point_moments_are_those_of_the_density(family: Family) -> None:
    mean, shape = MEMBERS[family]
    found = point_moments(Member(family, Fraction(shape)), Fraction(mean))
    for k in (0, 1, 2, 3):

        def term(x: float, k: int = k) -> mpmath.mpf:
            return x**k * density(family, x, mpmath.mpf(mean), mpmath.mpf(shape))

        if family in ("poisson", "binomial", "negative-binomial"):
            total = sum(term(x) for x in range(5 if family == "binomial" else 120))
        else:
            step = mpmath.mpf(1) / 16  # the trapezium rule, which is sharp on the whole line
            places = [step * i for i in range(-640, 640)]
            if family == "gamma":
                total = step * sum(term(mpmath.exp(y)) * mpmath.exp(y) for y in places)
            else:
                total = step * sum(map(term, places))
        assert math.isclose(float(total), float(found[k]), rel_tol=1e-9, abs_tol=1e-9)


@each_family
def test_sums_have_the_moments_of_points(family: Family) -> None:
    """Six standard errors, of an exact variance: false alarms below 1e-7 in all."""
    mean, shape = MEMBERS[family]
    run = exponential_family.simulate(family, mean, 6, (1, 3), KEY, 0, 20_000, shape)
    member = Member(family, Fraction(shape))
    for g, n in ((0, 1), (1, 3)):
        for power in (1, 2, 3):
            moments = [
                float(expected([0] * k + [1], member, Fraction(mean), 6, n))
                for k in (power, 2 * power)
            ]
            room = 6 * math.sqrt((moments[1] - moments[0] ** 2) / 20_000)
            assert abs((run.mean[:, g] ** power).mean() - moments[0]) < room
    np.testing.assert_allclose(run.variance, [[variance_at(family, m, shape) for m in row]
                                              for row in run.mean])  # fmt: skip


@pytest.mark.parametrize("mean", [0.3, 9.99, 10.0, 40.0, 1e6])
def test_poisson_variates(mean: float) -> None:
    """Chi-square over cells; fails by chance with probability 1e-6."""
    stream = streams.new_stream(KEY, 7)
    drawn = np.array([poisson(stream, mean) for _ in range(20_000)])
    edges = np.unique(stats.poisson.ppf(np.linspace(0.02, 0.98, 25), mean))
    seen = np.bincount(np.searchsorted(edges, drawn), minlength=edges.size + 1)
    wanted = np.diff([0.0, *stats.poisson.cdf(edges, mean), 1.0]) * drawn.size
    assert stats.chisquare(seen, wanted).pvalue > 1e-6
    assert poisson(stream, 0.0) == 0.0


def test_a_tilted_secant_point_has_its_law() -> None:
    """Far out in the natural parameter, where one of the two shapes is tiny."""
    stream = streams.new_stream(KEY, 9)
    for slope in (0.0, 2.0, -30.0):
        place = FAMILIES.index("hyperbolic-secant")
        drawn = np.array([draw_sum(stream, place, slope, 1.0, 1) for _ in range(20_000)])
        assert abs(drawn.mean() - slope) < 6 * math.sqrt((1 + slope**2) / drawn.size)


@pytest.mark.parametrize(
    ("family", "mean", "shape", "message"),
    [
        ("cauchy", 1.0, 1.0, "family = 'cauchy' is none of"),
        ("binomial", 4.0, 4.0, "binomial: mean = 4.0 lies outside"),
        ("binomial", 1.0, 2.5, "trials N = 2.5 lies outside whole numbers"),
        ("gamma", 0.0, 1.0, "gamma: mean = 0.0 lies outside"),
        ("normal", 0.0, -1.0, "normal: variance = -1.0 lies outside"),
        ("poisson", 1e15, 1.0, "samples \\* mean"),
    ],
)
def test_bad_arguments(family: Family, mean: float, shape: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        exponential_family.simulate(family, mean, 5, (1,), KEY, 0, 2, shape)


# --- the claims -----------------------------------------------------------------------------------


@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 3), st.fractions(0, 1))
def test_binomial_moments_are_those_of_all_outcomes(
    trials: int, samples: int, n: int, share: Fraction
) -> None:
    mean = trials * share.limit_denominator(6)
    law = binomial_means(trials, mean, samples, n)
    member = Member("binomial", Fraction(trials))
    for k in (1, 2, 3):
        seen = sum((x**k * weight for x, weight in law.items()), Fraction(0))
        assert seen == expected([0] * k + [1], member, mean, samples, n)


def test_fitted_variances_are_quadratic() -> None:
    for family, (_, shape) in MEMBERS.items():
        coefficients = fitted_variance(Member(family, Fraction(shape)))
        assert len(coefficients) <= 3
        for mean in (0.25, 1.0):
            quadratic = sum(float(c) * mean**k for k, c in enumerate(coefficients))
            assert math.isclose(quadratic, variance_at(family, mean, shape))


@given(st.integers(1, 30), st.integers(0, 20), st.integers(1, 9))
def test_the_gamma_claim_is_a_case_of_the_quadratic_one(M: int, n: int, r: int) -> None:
    own = exact(GAMMA_FAMILY, "variance", r=r, M=M, n=n, m0=2)
    point: dict[str, Fraction | int] = {
        "v0": 0,
        "v1": 0,
        "v2": Fraction(1, r),
        "m0": 2,
        "M": M,
        "n": n,
    }
    assert own == exact(QUADRATIC_VARIANCE, "variance", **point)


@given(st.integers(1, 30), st.integers(1, 20))
def test_one_binomial_trial_is_resampling_two_categories(M: int, n: int) -> None:
    point: dict[str, Fraction | int] = {
        "v0": 0,
        "v1": 1,
        "v2": -1,
        "m0": Fraction(1, 3),
        "M": M,
        "n": n,
    }
    diversity = 2 * exact(QUADRATIC_VARIANCE, "variance-function", **point)
    assert diversity == Fraction(4, 9) * (1 - Fraction(1, M)) ** n


@given(st.integers(1, 20), st.integers(1, 60))
def test_the_floor_and_the_limit_enclose_extinction(M: int, n: int) -> None:
    point = {"m0": Fraction(1, 4), "M": Fraction(M), "n": Fraction(n)}
    low, dead, late = (
        value_ball(EXTINCTION, EXTINCTION.quantity(name), point, 128)
        for name in ("dead-at-least", "dead", "dead-late")
    )
    assert dead > late
    assert not low > dead


# --- when something breaks ------------------------------------------------------------------------


def only(case: Case, route: Route) -> Case:
    """Return a case with one route, for the first quantity, and no mutants."""
    first = case.claim.quantities[0].name
    kept = (each for each in case.witnesses if (each.route, each.quantity) == (route, first))
    return replace(case, witnesses=tuple(kept), mutants=())


@pytest.mark.parametrize(
    ("case", "family"),
    [
        (cases.QUADRATIC_VARIANCE_CASE, "hyperbolic-secant"),
        (poisson_cases.EXTINCTION_CASE, "poisson"),
        (gamma_cases.GAMMA_FAMILY_CASE, "gamma"),
    ],
    ids=["D08", "D09", "D10"],
)
def test_one_draw_too_few_is_seen(case: Case, family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = exponential_family.simulate

    def fewer(name: Family, mean: float, samples: int, *rest: object, **named: object) -> object:
        size = samples - 1 if name == family else samples
        return right(name, mean, size, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(exponential_family, "simulate", fewer)
    assert Outcome.REFUTED in Run(quick=True).judge(only(case, Route.MEASURED)).outcomes()


def test_a_wrong_density_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = moments_exponential_family._point
    monkeypatch.setattr(
        moments_exponential_family, "_point", lambda member: right(Member("poisson"))
    )
    moments_exponential_family._images.cache_clear()
    case = only(cases.QUADRATIC_VARIANCE_CASE, Route.ENUMERATED)
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
    moments_exponential_family._images.cache_clear()


def test_one_digest_for_any_number_of_threads() -> None:
    plan = plan_family("negative-binomial", 10, 12, 2500, "k")
    first, second = (simulation.simulate(plan, threads) for threads in (1, 2))
    assert first is not None
    assert second is not None
    assert first.digest == second.digest
    np.testing.assert_array_equal(first.mean, second.mean)


@pytest.mark.parametrize(
    ("family", "mean", "shape", "message"),
    [
        ("cauchy", 1.0, None, "family = cauchy is none of normal"),
        ("poisson", 1.0, 2.0, "shape = 2 excludes poisson"),
        ("binomial", 10.0, None, "binomial: mean = 10.0 lies outside 0.0 < mean < 10.0"),
    ],
)
def test_bad_plans(family: str, mean: float, shape: float | None, message: str) -> None:
    with pytest.raises(DomainError, match=message):
        plan_family(family, 5, 3, 2, "k", mean, shape)


@each_family
def test_every_family_is_simulated(family: Family) -> None:
    mean, shape = MEMBERS[family]
    plan = plan_family(family, 5, 4, 20, "k", mean, None if family == "poisson" else shape)
    result = simulation.simulate(plan, 1)
    assert result is not None
    assert result.mean.shape == (5, 4)
    assert result.mean[0, 0] == mean
    assert np.isfinite(result.mean).all()
