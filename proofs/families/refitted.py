"""Exponential families refitted at a setting: exact moments, and runs that draw every point."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from numerics import exponential_family, moments_exponential_family
from numerics.exponential_family import Family, FamilyRun
from numerics.moments_exponential_family import Member, fitted_variance, power
from proofs.case import Bench, Setting, setting

EXPANDED = "every draw's moments"
RUNS = "forward runs, all points drawn"


def refitting(
    generations: Sequence[int], family: str, shape: str = "1", **fixed: int | str | Fraction
) -> Setting:
    """Return a setting of a family with a shape: see `exponential_family.SHAPES`."""
    return setting(generations, start=f"{family}:{shape}", **fixed)


def member(setting: Setting) -> Member:
    """Return the family and the shape of a setting."""
    family, shape = setting.start.split(":")
    return Member(family, Fraction(shape))


def mean(setting: Setting) -> Fraction:
    """Return the mean of the real law."""
    return setting.numbers("m0")[0]


def expected(polynomial: Sequence[Fraction | int], setting: Setting, n: int) -> Fraction:
    """Return the mean of a polynomial in the mean fitted after n generations."""
    return moments_exponential_family.expected(
        polynomial, member(setting), mean(setting), setting.integer("M"), n
    )


def deviation(setting: Setting, order: int) -> Sequence[Fraction]:
    """Return the polynomial (m - m_0)^order."""
    return power((-mean(setting), 1), order)


def variance(setting: Setting) -> Sequence[Fraction]:
    """Return the variance of the member with mean m, a polynomial in m."""
    return fitted_variance(member(setting))


def simulate(experiment: str, setting: Setting, bench: Bench, replicates: int) -> FamilyRun:
    """Return runs of the setting's family, every point drawn."""
    chosen = member(setting)
    key = bench.stream_key(f"{experiment} {setting.start}", setting)

    def work(first: int, last: int) -> FamilyRun:
        return exponential_family.simulate(
            cast(Family, chosen.family), float(mean(setting)), setting.integer("M"),
            setting.generations, key, first, last, float(chosen.shape), by_points=True,
        )  # fmt: skip

    return bench.campaign(work, bench.replicates(replicates))
