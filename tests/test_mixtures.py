"""Separated components and total variance: against recursions, each other, EM that overlaps."""

from collections.abc import Mapping
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from numerics.gaussian_mixture import Mixture
from numerics.intervals import catoni
from numerics.labelled_mixture import by_words, expected, simulate
from numerics.mixture_workflows import simulate as by_em
from numerics.streams import derive_key
from proofs.cases import case_of
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory.claim import Claim
from theory.claims import find
from theory.domain import Value
from theory.evaluate import exact, fraction
from theory.families import within
from theory.families.within import Within

Point = Mapping[str, Value]
SEPARATED, TOTAL = find("D04"), find("D05")
KEY = derive_key("test", "mixtures")


def value(claim: Claim, name: str, point: Point, **changed: Value) -> Fraction:
    return fraction(exact(*claim.law_at(claim.quantity(name), {**point, **changed})))


def kept(share: Fraction, samples: int, generations: int) -> Fraction:
    """h_n(w) by its recursion over all counts."""
    values = {Fraction(m, samples): Fraction(m, samples) for m in range(samples + 1)}

    def before(w: Fraction) -> Fraction:
        return sum(
            (
                comb(samples, m) * w**m * (1 - w) ** (samples - m) * (1 - Fraction(1, m)) * v
                for m in range(1, samples + 1)
                if (v := values[Fraction(m, samples)])
            ),
            Fraction(0),
        )

    for _ in range(generations - 1):
        values = {w: before(w) for w in values}
    return before(share) if generations else share


# --------------------------------------------------------------------- claims


@given(share=st.fractions(0, 1, max_denominator=9), samples=st.integers(1, 7), n=st.integers(0, 5))
def test_within_is_its_recursion(share: Fraction, samples: int, n: int) -> None:
    found = Within.exact_value(fmpq(share.numerator, share.denominator), fmpq(samples), fmpq(n))
    assert fraction(found) == kept(share, samples, n)


@given(point=points_of(SEPARATED.domain, spread=12))
def test_components_lose_more_than_the_whole(point: Point) -> None:
    """Components of one mean share the total variance, which also holds what lies between them."""
    share, samples, n = (Fraction(str(point[name])) for name in ("w", "M", "n"))
    here = {"w": share, "M": samples, "n": n, "V": Fraction(1)}
    inside = value(SEPARATED, "variance", here)
    if share < 1:
        inside += value(SEPARATED, "variance", here, w=1 - share)
    whole = value(TOTAL, "variance", {"M": samples, "n": n, "total": Fraction(1)})
    assert inside <= whole
    assert (inside < whole) == (n >= 1 and samples >= 2 and share < 1)
    squared = value(SEPARATED, "squared", here)
    assert squared <= value(SEPARATED, "variance", here)
    assert squared == share**2 * whole


@given(point=points_of(SEPARATED.domain, spread=12))
def test_one_generation_is_the_first_of_many(point: Point) -> None:
    one = value(SEPARATED, "one-step", point)
    assert one == value(SEPARATED, "variance", point, n=Fraction(1))
    share = Fraction(str(point["w"]))
    assert one == share * value(SEPARATED, "survivor", point)


@given(point=points_of(TOTAL.domain, spread=40))
def test_drift_and_total_variance_add_up(point: Point) -> None:
    kept_, drift = (value(TOTAL, name, point) for name in ("variance", "drift"))
    assert kept_ + drift == Fraction(str(point["total"]))
    without = value(TOTAL, "floored", point, floor=Fraction(0))
    assert without == kept_ <= value(TOTAL, "floored", point)


def test_terms_left_out_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    with ctx.workprec(90):
        shares = (arb(1) / 3, arb(9) / 10)
        whole = [Within.ball_value(w, arb(600), arb(4)) for w in shares]
        monkeypatch.setattr(within, "ALL_TERMS", 1)
        few = [Within.ball_value(w, arb(600), arb(4)) for w in shares]
        assert all(float(ball.rel_accuracy_bits()) > 60 for ball in few)
        assert all(a.overlaps(b) for a, b in zip(whole, few, strict=True))
        with pytest.raises(ArithmeticError, match=r"M = 600 samples, n = 5000 .* too long"):
            Within.ball_value(shares[0], arb(600), arb(5000))


def test_a_wrong_throw_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: one given box is to be missed, not two."""
    case = case_of(SEPARATED)
    throw = within._throw
    assert Run(quick=True).judge(case).outcomes() == {Outcome.CONSISTENT}
    monkeypatch.setattr(within, "_throw", lambda law, size: throw(law, size + 1))
    within._law.cache_clear()
    try:
        assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
    finally:
        within._law.cache_clear()


def test_a_divisor_less_one_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: the kernel of labelled points divides by m + 1."""
    case = case_of(TOTAL)
    assert Run(quick=True).judge(case).outcomes() == {Outcome.CONSISTENT}

    def smaller(*given: object) -> object:
        run = simulate(*given)  # type: ignore[arg-type]
        return run._replace(variances=0.8 * run.variances)

    monkeypatch.setattr("proofs.families.mixtures.labelled_mixture.simulate", smaller)
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()


# ----------------------------------------------------------------- labelled


def test_labelled_kernel_equals_its_twin() -> None:
    start = [(0.2, 0.0, 1.0), (0.5, 5.0, 2.0), (0.3, -1e6, 1e-4)]
    ours, plain = (one(start, 7, (1, 3, 9), KEY, 2, 12) for one in (simulate, by_words))
    np.testing.assert_array_equal(ours.weights, plain.weights)
    np.testing.assert_allclose(ours.means, plain.means, rtol=1e-12)
    np.testing.assert_allclose(ours.variances, plain.variances, rtol=1e-6, atol=1e-12)
    assert (ours.weights[:, -1] == 0).any()


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ([(0.5, 0, 1)], "weights of sum 1"),
        ([(1.0, 0, -1)], "variances >= 0"),
        ([(1.0, np.nan, 1)], "is not .weight, mean, variance."),
    ],
)
def test_no_labelled_start(start: list[tuple[float, ...]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        simulate(start, 5, (1,), KEY, 0, 1)


def test_too_many_paths() -> None:
    start = [(Fraction(1, 2), Fraction(0), Fraction(1))] * 2
    with pytest.raises(ValueError, match=r"1771561 paths of counts lie outside 1\.\.200000"):
        expected(start, 10, 6, lambda _: Fraction(1))


# ------------------------------------------------------- components that overlap

SAMPLES, REPLICATES = 100, 1000
GENERATIONS = (1, 10)
LEVEL = 1e-6  # of each of the 12 intervals below, with a fixed key


def shares_of_laws(separation: float) -> dict[str, tuple[float, float]]:
    """Intervals for what two equal components keep, over the separated law and the total's."""
    means = np.array([[-separation / 2], [separation / 2]])
    start = Mixture(np.full(2, 0.5), means, np.ones((2, 1, 1)))
    run = by_em(
        start, 2, SAMPLES, GENERATIONS, KEY, 0, REPLICATES, beginning="warm", floor=1e-12,
        tolerance=1e-8, iterations=1000,
    )  # fmt: skip
    inside = (run.weights * run.covariances[..., 0, 0]).sum(axis=2)
    mean = (run.weights * run.means[..., 0]).sum(axis=2)
    whole = inside + (run.weights * run.means[..., 0] ** 2).sum(axis=2) - mean**2
    found: dict[str, tuple[float, float]] = {}
    for g, n in enumerate(GENERATIONS):
        law = 2 * float(Within.ball_value(arb(1) / 2, arb(SAMPLES), arb(n)))
        for name, values in (
            ("within", inside[:, g] / law),
            ("total", whole[:, g] / (1 + separation**2 / 4) * (1 - 1 / SAMPLES) ** -n),
        ):
            # The variance is the sample's own, taken half as large again.
            found[f"{name} {n}"] = catoni(values, 1.5 * float(values.var()), LEVEL)
    return found


def test_departure_of_components_that_overlap() -> None:
    """How far EM departs from the separated law, and that the total never does.

    Means over 400 runs of M = 100, n = 10, warm, over the law: 0.85 at a separation of 1 standard
    deviation, 1.11 at 2, 1.24 at 3, 1.14 at 4, 1.04 at 6 and 1.00 at 8.
    """
    seen = {apart: shares_of_laws(apart) for apart in (1.0, 3.0, 8.0)}
    for intervals in seen.values():
        for n in GENERATIONS:
            low, high = intervals[f"total {n}"]
            assert low <= 1.0 <= high
            assert high - low < 0.4
    low, high = seen[8.0]["within 10"]
    assert 0.7 < low < 1.0 < high < 1.3
    assert seen[8.0]["within 1"][0] < 1.0 < seen[8.0]["within 1"][1]
    assert seen[3.0]["within 1"][0] > 1.0  # points in the middle are shared
    assert seen[1.0]["within 1"][1] < 1.0  # one component is narrower than the blob
