"""Moments by pairings against expansion in the points, and against what rotations leave alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mpoly_ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import moments, pairings
from numerics.moments import Estimator
from numerics.pairings import elementary, expected, power_sum, product, total
from proofs.case import Case
from proofs.cases import case_of
from proofs.ledger import Run
from proofs.screen import faults
from theory.claims import find

Matrix = list[list[Fraction]]

WHOLE = st.integers(-3, 3)
ROOTS = st.lists(st.lists(WHOLE, min_size=2, max_size=2), min_size=2, max_size=2)
ENTRIES = st.sampled_from([(0, 0), (0, 1), (1, 1)])
ESTIMATORS = st.sampled_from(["unbiased", "mle"])


def square(root: Sequence[Sequence[int | Fraction]]) -> Matrix:
    """Return root root^T."""
    return [
        [sum((Fraction(a) * b for a, b in zip(one, two, strict=True)), Fraction(0)) for two in root]
        for one in root
    ]


def expanded(
    entries: Sequence[pairings.Entry], root: Sequence[Sequence[int]], samples: int, divisor: int
) -> Fraction:
    """Return the mean of a product of entries: the slow plain twin, one power of z at a time."""
    names = [f"z{i}" for i in range(2 * samples)]
    normals = fmpq_mpoly_ctx.get(names, "lex").gens()
    points = [
        [row[0] * normals[2 * j] + row[1] * normals[2 * j + 1] for row in root]
        for j in range(samples)
    ]
    means = [sum((x[a] for x in points), normals[0] * 0) / samples for a in range(2)]
    whole = normals[0] ** 0
    for a, b in entries:
        whole *= (
            sum(((x[a] - means[a]) * (x[b] - means[b]) for x in points), normals[0] * 0) / divisor
        )
    found = Fraction(0)
    for powers, weight in whole.to_dict().items():
        if all(power % 2 == 0 for power in powers):
            size = math.prod(math.prod(range(1, int(power), 2)) for power in powers)
            found += Fraction(int(fmpq(weight).p), int(fmpq(weight).q)) * size
    return found


@settings(max_examples=40)
@given(st.lists(ENTRIES, min_size=1, max_size=3), ROOTS, st.integers(2, 3), ESTIMATORS)
def test_one_generation_against_its_twin(
    entries: list[pairings.Entry], root: list[list[int]], samples: int, estimator: Estimator
) -> None:
    divisor = samples - (estimator == "unbiased")
    found = expected({tuple(sorted(entries)): Fraction(1)}, square(root), samples, 1, estimator)
    assert found == expanded(entries, root, samples, divisor)


@given(st.integers(1, 4), st.lists(st.integers(2, 5), min_size=1, max_size=3), ESTIMATORS)
def test_on_a_line_it_is_the_expansion_in_all_points(
    power: int, sizes: list[int], estimator: Estimator
) -> None:
    if power > 2 and max(sizes) > 3:
        sizes = [2]
    monomial = {((0, 0),) * power: Fraction(1)}
    found = expected(monomial, [[1]], sizes, len(sizes), estimator)
    assert found == moments.expected((0, power), sizes, len(sizes), estimator)


def symmetric() -> Iterator[pairings.Polynomial]:
    yield elementary(2, 2)
    yield power_sum(3, 2)
    yield total((3, product(power_sum(1, 2), power_sum(2, 2))), (-1, power_sum(3, 2)))


@given(ROOTS, st.integers(2, 6), st.integers(0, 3))
def test_symmetric_functions_do_not_feel_a_rotation(
    root: list[list[int]], samples: int, generations: int
) -> None:
    turn = [[Fraction(3, 5), Fraction(4, 5)], [Fraction(-4, 5), Fraction(3, 5)]]
    turned = [
        [sum((t * row[k] for t, row in zip(line, root, strict=True)), Fraction(0)) for k in (0, 1)]
        for line in turn
    ]
    for polynomial in symmetric():
        assert expected(polynomial, square(root), samples, generations) == expected(
            polynomial, square(turned), samples, generations
        )


@given(st.lists(WHOLE, min_size=3, max_size=3))
def test_polynomials_of_a_matrix_are_those_of_its_eigenvalues(values: list[int]) -> None:
    diagonal = [[Fraction(v) if j == k else Fraction(0) for k in range(3)]
                for j, v in enumerate(values)]  # fmt: skip
    for k in (1, 2, 3):
        chosen = sum(math.prod(part) for part in itertools.combinations(values, k))
        assert expected(elementary(k, 3), diagonal, 2, 0) == chosen
        assert expected(power_sum(k, 3), diagonal, 2, 0) == sum(v**k for v in values)


def test_bad_input_names_the_value() -> None:
    with pytest.raises(ValueError, match="degree = 7 lies outside degree <= 6"):
        expected(power_sum(7, 1), [[1]], 3, 1)
    with pytest.raises(ValueError, match=r"size = 3 lies outside 1\.\.2"):
        elementary(3, 2)
    with pytest.raises(ValueError, match="power = 0, dimensions = 1"):
        power_sum(0, 1)
    with pytest.raises(ValueError, match="covariance has 1 rows; a square one of 2 or more"):
        expected(power_sum(1, 2), [[1]], 3, 1)
    with pytest.raises(ValueError, match=r"covariance\[0\]\[1\] = 2 is not symmetric"):
        expected(power_sum(1, 2), [[1, 2], [3, 4]], 3, 1)
    with pytest.raises(ValueError, match="samples = 201 lies outside samples <= 200"):
        expected(power_sum(1, 1), [[1]], 201, 1)
    with pytest.raises(ValueError, match="estimator = other"):
        expected(power_sum(1, 1), [[1]], 3, 1, "other")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="samples = 1 lies outside samples >= 2"):
        expected(power_sum(1, 1), [[1]], 1, 1)


def test_points_that_are_not_centred_turn_the_court_red(monkeypatch: pytest.MonkeyPatch) -> None:
    def clear() -> None:
        pairings._image.cache_clear()
        pairings._weights.cache_clear()

    def uncentred(degree: int, samples: int) -> list[Fraction]:
        return [Fraction(samples)] * (degree + 1)

    try:
        with monkeypatch.context() as broken:
            clear()
            broken.setattr(pairings, "_traces", uncentred)
            for code in ("B19", "B20", "B21"):
                case = case_of(find(code))
                exact = tuple(one for one in case.witnesses if not one.samples)
                finding = Run(quick=True).judge(Case(case.claim, exact))
                assert any("refuted: enumerated" in fault for fault in faults(finding)), code
    finally:
        clear()
