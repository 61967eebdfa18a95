"""Pair coalescence: any pair functional, start and schedule, by enumeration forward in time."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from numerics import enumeration, workflows
from numerics.moments import expected
from theory.claim import value_ball, value_exact
from theory.coalescence import PAIR_COALESCENCE
from theory.domain import Point, Value

LAWS = st.lists(st.integers(1, 9), min_size=2, max_size=3).map(
    lambda weights: tuple(Fraction(weight, sum(weights)) for weight in weights)
)
SCHEDULES = st.lists(st.integers(1, 4), min_size=1, max_size=3)
#: Entries above the diagonal of a symmetric h with h(x, x) = 0; any real numbers will do.
PAIRS = st.lists(st.integers(-5, 5), min_size=3, max_size=3)
SHARES = st.fractions(0, 1, max_denominator=6)


def factor(quantity: str, **point: Value) -> Fraction:
    value = value_exact(PAIR_COALESCENCE, PAIR_COALESCENCE.quantity(quantity), point)
    return Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]


def functional(shares: tuple[Fraction, ...], upper: list[int]) -> Fraction:
    """Return the mean of h over two independent draws."""
    pairs = ((0, 1, upper[0]), (0, 2, upper[1]), (1, 2, upper[2]))
    inside = (pair for pair in pairs if pair[1] < len(shares))
    return sum((2 * h * shares[x] * shares[y] for x, y, h in inside), Fraction(0))


def of_counts(law: dict[tuple[int, ...], Fraction], upper: list[int]) -> Fraction:
    total = Fraction(0)
    for counts, weight in law.items():
        shares = tuple(Fraction(count, sum(counts)) for count in counts)
        total += weight * functional(shares, upper)
    return total


@given(LAWS, SCHEDULES, PAIRS)
def test_replace_shrinks_every_functional_alike(
    law: tuple[Fraction, ...], sizes: list[int], upper: list[int]
) -> None:
    after = enumeration.law_after(law, sizes, len(sizes))
    kept = factor("replace", M=tuple(map(Fraction, sizes)))
    assert of_counts(after, upper) == kept * functional(law, upper)


@given(st.lists(st.integers(1, 10), min_size=1, max_size=5))
def test_replace_shrinks_the_variance_of_normals_alike(sizes: list[int]) -> None:
    seen = expected((0, 1), sizes, len(sizes), "mle")
    assert seen == factor("replace", M=tuple(map(Fraction, sizes)))


@given(LAWS, st.integers(1, 3), st.integers(1, 3), PAIRS)
def test_accumulate_shrinks_every_functional_alike(
    law: tuple[Fraction, ...], M: int, n: int, upper: list[int]
) -> None:
    kept = factor("accumulate", M=Fraction(M), n=Fraction(n))
    assert of_counts(workflows.pooled(law, M, n), upper) == kept * functional(law, upper)


@given(LAWS, st.integers(1, 3), st.integers(0, 3), SHARES, PAIRS)
def test_mixture_shrinks_every_functional_alike(
    law: tuple[Fraction, ...], M: int, n: int, share: Fraction, upper: list[int]
) -> None:
    after = workflows.mixed(law, M, share, n)
    seen = sum((w * functional(shares, upper) for shares, w in after.items()), Fraction(0))
    kept = factor("mixture", M=Fraction(M), n=Fraction(n), al=share)
    assert seen == kept * functional(law, upper)


@given(st.integers(1, 40), st.integers(0, 30))
def test_the_mixture_without_memory_is_replacement(M: int, n: int) -> None:
    point: dict[str, Value] = {"M": Fraction(M), "n": Fraction(n)}
    assert factor("mixture", al=Fraction(1), **point) == factor("replace", **point)
    assert factor("mixture", al=Fraction(0), **point) == 1


@given(st.integers(2, 200), st.integers(1, 60))
def test_the_pool_keeps_a_positive_share_for_ever(M: int, n: int) -> None:
    """Euler: the infinite product is sin(pi x) / (pi x) at x = 1/sqrt(M)."""
    point: Point = {"M": Fraction(M), "n": Fraction(n)}
    here = value_ball(PAIR_COALESCENCE, PAIR_COALESCENCE.quantity("accumulate"), point, 128)
    with ctx.workprec(128):
        angle = arb.pi() / arb(M).sqrt()
        limit = angle.sin() / angle
        assert limit < here
        assert (here / limit - 1) * M * n < 2
