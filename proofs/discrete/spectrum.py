"""Evidence on the eigenvalues of the resampling chain: its transition matrix, in rationals."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from itertools import product

import sympy as sp
from flint import fmpq_mat, fmpz_mat

from numerics.enumeration import law_after
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Exact
from theory import symbols as s
from theory.discrete.spectrum import DIFFERENT_PARENTS, EIGENVALUE, EIGENVALUES, MULTIPLICITY
from theory.evaluate import rational

Counts = tuple[int, ...]


@lru_cache(maxsize=16)
def transitions(kinds: int, samples: int) -> tuple[tuple[Counts, ...], fmpz_mat, int]:
    """Return the count vectors, the transitions between them as integers, and what divides them."""
    states = tuple(sorted(law_after((Fraction(1, kinds),) * kinds, samples, 1)))
    laws = [
        law_after(tuple(Fraction(count, samples) for count in counts), samples, 1)
        for counts in states
    ]
    scale = math.lcm(*(chance.denominator for law in laws for chance in law.values()))
    rows = [[int(law.get(after, Fraction(0)) * scale) for after in states] for law in laws]
    return states, fmpz_mat(rows), scale


@lru_cache(maxsize=16)
def roots(kinds: int, samples: int) -> tuple[tuple[Fraction, int], ...]:
    """Return the roots of the characteristic polynomial with their multiplicities, largest first.

    Raises ArithmeticError where the polynomial has a factor that is not linear over the rationals.
    """
    _, matrix, scale = transitions(kinds, samples)
    found = []
    for factor, times in matrix.charpoly().factor()[1]:
        if factor.degree() != 1:
            raise ArithmeticError(f"an eigenvalue that is not rational: {factor}")
        found.append((Fraction(-int(factor[0]), int(factor[1]) * scale), times))
    return tuple(sorted(found, reverse=True))


@lru_cache(maxsize=64)
def dimension(kinds: int, samples: int, value: Fraction, degree: int) -> int:
    """Return how many independent polynomials up to a degree are eigenfunctions to a value.

    The polynomials are those in all counts but the last, as vectors over the states.
    """
    if degree < 0:
        return 0
    states, matrix, scale = transitions(kinds, samples)
    powers = [
        power for power in product(range(degree + 1), repeat=kinds - 1) if sum(power) <= degree
    ]
    basis = fmpq_mat(
        fmpz_mat([[math.prod(map(pow, x, power)) for power in powers] for x in states])
    )
    moved = fmpq_mat(matrix) * basis - basis * rational(value * scale)
    # Combinations that vanish after the map, less those that vanish before it.
    return int(basis.rank() - moved.rank())


def nth_value(setting: Setting) -> Fraction:
    """Return the eigenvalue number j from the top, the double one at the top counted twice."""
    found = [value for value, _ in roots(setting.integer("K"), setting.integer("M"))]
    return found[max(setting.integer("j") - 1, 0)]


def enumerate_eigenvalue(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the eigenvalue number j of the characteristic polynomial."""
    return [Exact(nth_value(setting))]


def enumerate_all(setting: Setting, bench: Bench) -> list[Exact]:
    """Return entry j of all eigenvalues of two categories, each as often as it occurs."""
    every = [value for value, times in roots(2, setting.integer("M")) for _ in range(times)]
    assert len(every) == setting.integer("M") + 1
    return [Exact(every[setting.integer("j")])]


def enumerate_roots(setting: Setting, bench: Bench) -> list[Exact]:
    """Return how often the eigenvalue number j is a root of the characteristic polynomial."""
    times = dict(roots(setting.integer("K"), setting.integer("M")))
    return [Exact(Fraction(times[nth_value(setting)]))]


def enumerate_eigenfunctions(setting: Setting, bench: Bench) -> list[Exact]:
    """Return how many eigenfunctions to that value have degree j, by the ranks of matrices."""
    kinds, size, degree = (setting.integer(name) for name in ("K", "M", "j"))
    value = nth_value(setting)
    more = dimension(kinds, size, value, degree) - dimension(kinds, size, value, degree - 1)
    return [Exact(Fraction(more))]


def every_degree(*shapes: tuple[int, int], first: int = 0) -> tuple[Setting, ...]:
    """Return settings for all degrees of the chains with (K, M) categories and samples."""
    return tuple(
        setting(K=kinds, M=size, j=degree)
        for kinds, size in shapes
        for degree in range(first, size + 1)
    )


POLYNOMIAL = "characteristic polynomial"

EIGENVALUES_CASE = Case(
    EIGENVALUES,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "eigenvalue",
            enumerate_all,
            every_degree((2, 4), (2, 1), (2, 12)),
            POLYNOMIAL,
            quick=7,
        ),
        Witness(
            Route.ENUMERATED,
            "eigenvalue",
            enumerate_eigenvalue,
            every_degree((3, 4), (3, 6), (4, 4), (5, 3)),
            POLYNOMIAL,
            quick=5,
        ),
        Witness(
            Route.ENUMERATED,
            "multiplicity",
            enumerate_roots,
            every_degree((3, 4), (2, 5), (3, 6), (4, 4), (5, 3), first=2),
            POLYNOMIAL,
            quick=3,
        ),
        Witness(
            Route.ENUMERATED,
            "multiplicity",
            enumerate_eigenfunctions,
            every_degree((3, 3), (4, 2), (2, 5), (4, 3), (5, 3), (3, 5)),
            "ranks of matrices",
            quick=7,
        ),
    ),
    mutants=(
        Mutant("M - 1 for M", "eigenvalue", EIGENVALUE.subs(s.M, s.M - 1)),
        Mutant("index shifted", "eigenvalue", EIGENVALUE.subs(s.j, s.j + 1)),
        Mutant("powers of the second", "eigenvalue", (1 - 1 / s.M) ** s.j),
        Mutant("pairs at the same rate", "eigenvalue", (1 - 1 / s.M) ** (s.j * (s.j - 1) / 2)),
        Mutant("diffusion", "eigenvalue", sp.exp(-s.j * (s.j - 1) / (2 * s.M))),
        Mutant("two copies of each sample", "eigenvalue", DIFFERENT_PARENTS.subs(s.M, 2 * s.M)),
        Mutant("every one simple", "multiplicity", sp.Integer(1)),
        Mutant("shares not tied", "multiplicity", MULTIPLICITY.subs(s.K, s.K + 1)),
        Mutant("K - 1 each", "multiplicity", s.K - 1),
        Mutant("ordered draws", "multiplicity", (s.K - 1) ** s.j),
        Mutant("different categories", "multiplicity", sp.binomial(s.K - 1, s.j)),
        Mutant("one degree too many", "multiplicity", MULTIPLICITY.subs(s.j, s.j + 1)),
    ),
)

CASES = (EIGENVALUES_CASE,)
