"""E[x^A] by routes that know nothing of ancestors: all maps, and the chain that runs forward."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise, product
from math import comb, exp

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from theory import lineages
from theory.forward import forward_power
from theory.lineages import lineage_power_ball, lineage_power_exact, occupancy_rows
from theory.rational import NotRational
from theory.rounding import ends

shares = st.fractions(0, 1, max_denominator=40)


def exact(x: Fraction, draws: int, samples: int, steps: int) -> Fraction:
    power = fmpq(x.numerator, x.denominator)
    value = lineage_power_exact(power, fmpq(draws), fmpq(samples), fmpq(steps))
    return Fraction(int(value.p), int(value.q))


def ball(x: Fraction, draws: int, samples: int, steps: int, bits: int = 128) -> arb:
    with precision(bits):
        power = arb(fmpq(x.numerator, x.denominator))
        return lineage_power_ball(power, arb(draws), arb(samples), arb(steps))


@contextmanager
def precision(bits: int) -> Iterator[None]:
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def forward(x: Fraction, draws: int, samples: int, steps: int) -> Fraction:
    """Return E[X_n^k] of the chain X_{n+1} = Bin(M, X_n) / M from X_0 = x."""
    values = [Fraction(count, samples) ** draws for count in range(samples + 1)]

    def mean(share: Fraction) -> Fraction:
        return sum(
            (
                comb(samples, count) * share**count * (1 - share) ** (samples - count) * value
                for count, value in enumerate(values)
            ),
            Fraction(0),
        )

    for _ in range(steps - 1):
        values = [mean(Fraction(count, samples)) for count in range(samples + 1)]
    return mean(x)


@given(st.integers(1, 5), st.integers(1, 5), shares)
def test_one_step_is_the_mean_over_all_maps(draws: int, samples: int, x: Fraction) -> None:
    maps = [len(set(image)) for image in product(range(samples), repeat=draws)]
    mean = sum((x**occupied for occupied in maps), Fraction(0)) / len(maps)
    assert exact(x, draws, samples, 1) == mean
    assert _holds(ball(x, draws, samples, 1), mean)


@given(st.integers(1, 9), st.integers(1, 6), st.integers(1, 4), shares)
def test_several_steps_are_the_chain_run_forward(
    draws: int, samples: int, steps: int, x: Fraction
) -> None:
    assert exact(x, draws, samples, steps) == forward(x, draws, samples, steps)


def test_many_lineages_against_the_chain_run_forward() -> None:
    x = Fraction(4, 5)
    value = forward(x, 60, 45, 2)
    assert exact(x, 60, 45, 2) == value
    assert _holds(ball(x, 60, 45, 2), value)


@given(
    st.integers(1, 90), st.integers(1, 70), st.integers(0, 5), shares, st.sampled_from([4, 20, 128])
)
def test_the_ball_holds_the_rational_at_any_precision(
    draws: int, samples: int, steps: int, x: Fraction, bits: int
) -> None:
    assert _holds(ball(x, draws, samples, steps, bits), exact(x, draws, samples, steps))


@given(st.integers(1, 90), st.integers(1, 70), st.integers(1, 5), shares)
def test_the_ball_is_tight(draws: int, samples: int, steps: int, x: Fraction) -> None:
    low, high = ends(ball(x, draws, samples, steps, 128))
    assert high - low < Fraction(1, 2**110)


def test_a_thousand_draws() -> None:
    x, size = Fraction(99, 100), 1000
    with precision(300):
        once = sum(
            (
                arb(comb(size, count)) * arb(fmpq(99, 100)) ** count
                * arb(fmpq(1, 100)) ** (size - count) * arb(fmpq(count, size)) ** size
                for count in range(size + 1)
            ),
            arb(0),
        )  # fmt: skip
        assert once.overlaps(ball(x, size, size, 1, 300))
        long = [ball(x, size, size, steps, 300) for steps in (1, 10, 100, 10**5)]
        assert all(bool(one < other) for one, other in pairwise(long))
        gap = arb(fmpq(99, 100)) - long[-1]
        assert bool(gap > 0)
        assert bool(gap < arb(10) ** -40)


def test_weight_lost_to_rounding_is_found_in_the_radius(monkeypatch: pytest.MonkeyPatch) -> None:
    """With hardly any fixed point nearly all is lost, and the ball says so."""
    monkeypatch.setattr(lineages, "_GUARD", 2)
    x, value = Fraction(9, 10), exact(Fraction(9, 10), 60, 60, 2)
    lineages._law_rounded.cache_clear()
    try:
        poor = ball(x, 60, 60, 2, 6)
    finally:
        lineages._law_rounded.cache_clear()
    low, high = ends(poor)
    assert low <= value <= high
    assert high - low > Fraction(1, 10)


@given(st.integers(1, 12), st.integers(1, 12))
def test_rows_are_laws(draws: int, samples: int) -> None:
    rows = occupancy_rows(draws, samples, fmpq(1))
    assert all(sum(row, fmpq(0)) == 1 and min(row) >= 0 for row in rows)


def test_edges() -> None:
    for steps in (0, 1, 7):
        assert exact(Fraction(1, 3), 0, 5, steps) == 1
        assert exact(Fraction(0), 4, 5, steps) == 0
        assert exact(Fraction(1), 4, 5, steps) == 1
        assert ball(Fraction(0), 50, 50, steps).is_zero()
        assert _holds(ball(Fraction(1), 50, 50, steps), Fraction(1))
    assert exact(Fraction(2, 3), 4, 5, 0) == Fraction(16, 81)
    assert exact(Fraction(2, 3), 9, 1, 3) == Fraction(2, 3)


def test_matrix_powers_and_single_steps_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    x, draws, samples, steps = Fraction(1, 3), 60, 10**5, 400
    assert lineages._powers_pay(draws, samples, steps)
    at_once = ball(x, draws, samples, steps)
    monkeypatch.setattr(lineages, "_powers_pay", lambda few, *_: few <= 40)
    lineages._law_rounded.cache_clear()
    step_by_step = ball(x, draws, samples, steps)
    assert at_once.overlaps(step_by_step)
    assert min(at_once.rel_accuracy_bits(), step_by_step.rel_accuracy_bits()) > 40


def test_what_would_take_too_long_is_refused() -> None:
    with pytest.raises(NotRational):
        exact(Fraction(1, 3), 1000, 1000, 50)
    with pytest.raises(NotRational):
        exact(Fraction(1, 3), 10**6, 10, 0)
    with pytest.raises(ArithmeticError, match="1000000 draws take too long"):
        ball(Fraction(1, 3), 10**6, 10**6, 300)
    with pytest.raises(ArithmeticError, match="1000 draws take too long"):
        ball(Fraction(1, 3), 1000, 10**6, 10**5)
    for draws, samples, steps in ((-1, 5, 1), (5, 0, 1), (5, 5, -1), (5, 5, 10**30)):
        with pytest.raises(ArithmeticError):
            ball(Fraction(1, 3), draws, samples, steps)
        with pytest.raises(ArithmeticError):
            exact(Fraction(1, 3), draws, samples, steps)
    with pytest.raises(ArithmeticError):
        exact(Fraction(3, 2), 2, 2, 1)


def _holds(found: arb, value: Fraction) -> bool:
    low, high = ends(found)
    return low <= value <= high


@pytest.mark.parametrize(
    ("rare", "draws", "samples"), [(100, 100, 100), (1000, 800, 500), (3, 7, 20)]
)
def test_backward_and_forward_agree(rare: int, draws: int, samples: int) -> None:
    for steps in (1, 2, 4):
        back = ball(1 - Fraction(1, rare), draws, samples, steps)
        forth = forward_power(1 - arb(1) / rare, draws, samples, steps)
        assert back.overlaps(forth)
        assert min(back.rel_accuracy_bits(), forth.rel_accuracy_bits()) > 40


def test_a_rare_word_at_the_length_of_a_text() -> None:
    """122,141 lineages are too many to follow back; a word that is there once is not."""
    found = ball(1 - Fraction(1, 122_141), 122_141, 122_141, 1)
    once = 1 - exp(-1)  # Poisson(1) children, each lost with probability 1/e
    assert float(found.mid()) == pytest.approx(exp(-once), rel=1e-4)
