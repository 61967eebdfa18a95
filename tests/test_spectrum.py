"""Eigenvalues of the resampling chain: the whole characteristic polynomial, and what decays how."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from flint import fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from numerics.enumeration import law_after
from proofs.cases import case_of
from proofs.discrete import spectrum
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory.claims import find
from theory.domain import Value
from theory.evaluate import exact, fraction, rational

Point = Mapping[str, Value]
EIGENVALUES, MOMENT = find("A04"), find("A08")


def value(name: str, **point: int) -> Fraction:
    here = {key: Fraction(entry) for key, entry in point.items()}
    return fraction(exact(*EIGENVALUES.law_at(EIGENVALUES.quantity(name), here)))


@pytest.mark.parametrize(("kinds", "size"), [(2, 7), (2, 1), (3, 5), (4, 3), (6, 2)])
def test_characteristic_polynomial_is_the_product_of_its_roots(kinds: int, size: int) -> None:
    _, matrix, scale = spectrum.transitions(kinds, size)
    expected = fmpq_poly([1])
    for j in range(size + 1):
        root = rational(value("eigenvalue", M=size, j=j)) * scale
        times = int(value("multiplicity", K=kinds, j=j))
        expected *= fmpq_poly([-root, fmpq(1)]) ** times
    assert fmpq_poly(matrix.charpoly()) == expected


@given(size=st.integers(1, 60), kinds=st.integers(2, 12))
def test_eigenvalues_fall_and_there_is_one_for_every_state(size: int, kinds: int) -> None:
    values = [value("eigenvalue", M=size, j=j) for j in range(size + 1)]
    assert values[:2] == [1, 1]
    assert all(later < earlier for earlier, later in pairwise(values[1:]))
    number = sum(value("multiplicity", K=kinds, j=j) for j in range(size + 1))
    assert number == comb(size + kinds - 1, size)


@given(point=points_of(EIGENVALUES.domain, spread=12).filter(lambda point: point["j"] != 0))
def test_eigenvalue_is_the_leading_factor_of_a_moment(point: Point) -> None:
    """One generation turns p^j into lambda_j p^j and lower powers: its difference of order j."""
    j, size = (int(Fraction(str(point[name]))) for name in ("j", "M"))
    grid = j + 1
    moment = MOMENT.quantity("moment")
    total = Fraction(0)
    for place in range(j + 1):
        share = Fraction(place, grid)
        here: Point = {
            "p": (share, 1 - share),
            "M": Fraction(size),
            "n": Fraction(1),
            "k": Fraction(j),
        }
        found = fraction(exact(*MOMENT.law_at(moment, here))) if place else Fraction(0)
        total += (-1) ** (j - place) * comb(j, place) * found
    factorial = 1
    for step in range(1, j + 1):
        factorial *= step
    assert total * grid**j / factorial == value("eigenvalue", M=size, j=j)


def test_a_chain_that_loses_a_draw_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(EIGENVALUES)
    assert Run(quick=True).judge(case).outcomes() == {Outcome.CONSISTENT}

    def blurred(start: tuple[Fraction, ...], size: int, n: int) -> dict[tuple[int, ...], Fraction]:
        mixed = tuple((2 * p + Fraction(1, len(start))) / 3 for p in start)
        return law_after(mixed, size, n)

    for cached in (spectrum.transitions, spectrum.roots, spectrum.dimension):
        cached.cache_clear()
    monkeypatch.setattr("proofs.discrete.spectrum.law_after", blurred)
    try:
        assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
    finally:
        for cached in (spectrum.transitions, spectrum.roots, spectrum.dimension):
            cached.cache_clear()
