"""The plan of `collapse simulate errors`, and what theory says of its rows."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from numerics import streams
from numerics.measured_three_errors import ERRORS, FittingWithErrors, Row
from numerics.summary import Bins
from numerics.three_errors import (
    FLOOR,
    MOST,
    MOST_POINTS,
    Approximation,
    RealLaw,
)
from proofs import simulation
from proofs.inputs import STANDARDISED, Sample, read_sample
from proofs.simulation import Plan
from theory.claims import find
from theory.domain import Point
from theory.errors import DomainError
from theory.evaluate import ball
from theory.rounding import round_ball

__all__ = ["DEFAULT_SIZES", "Asked", "Expected", "plan_errors", "read_size"]

#: What an approximation error is measured in, and how much of it there is unless asked otherwise.
DEFAULT_SIZES: dict[Approximation, tuple[str, str]] = {
    "smoothing": ("bandwidth", "1/10"),
    "noise": ("noise", "1/10"),
    "stopped": ("iterations", "5"),
}
MOST_SEPARATION = 20
#: F02 is a sum over the samples, and too dear beyond.
MOST_EXACT = 1000
#: Iterations of EM that a fit of two takes, about, and rows in which there are samples of them.
ITERATIONS_EXPECTED = 40


@dataclass(frozen=True)
class Asked:
    """What is fitted to what: the options of `collapse simulate errors`.

    separation: of the means of the real mixture, in standard deviations of a part; unused with a
    sample. size: of the approximation error, in standard deviations of D_0, or iterations.
    """

    samples: int
    approximation: Approximation
    size: Fraction
    separation: Fraction = Fraction(4)
    sample: Sample | None = None

    def real(self) -> RealLaw:
        """Return D_0, of mean 0 and variance 1."""
        if self.sample is not None:
            return RealLaw(self.sample.rows[:, 0])
        half = float(self.separation / 2)
        return RealLaw(np.array([-half, half]), 1.0)


def read_size(approximation: str, given: dict[str, str | None]) -> tuple[Approximation, Fraction]:
    """Return the kind and the size of the approximation error; DomainError for unfit options.

    given: options of `DEFAULT_SIZES` by name, None where not given; one that belongs to another
    approximation is refused.
    """
    for kind, (option, usual) in DEFAULT_SIZES.items():
        if kind != approximation:
            continue
        for other, text in given.items():
            if text is not None and other != option:
                raise DomainError(
                    f"simulate errors: --{other} {text} excludes --approximation {approximation}"
                )
        text = given[option]
        return kind, _size(kind, option, usual if text is None else text)
    raise DomainError(
        f"simulate errors: approximation = {approximation} is none of {', '.join(DEFAULT_SIZES)}"
    )


def _size(kind: Approximation, option: str, text: str) -> Fraction:
    """Return an exact size; DomainError outside 0..10, or 1..1000 whole iterations."""
    size = read_fraction(option, text)
    if kind == "stopped":
        if size.denominator != 1 or not 1 <= size <= MOST:
            raise DomainError(
                f"simulate errors: {option} = {text} lies outside 1 .. {MOST}, integers"
            )
    elif not 0 <= size <= 10:
        raise DomainError(f"simulate errors: {option} = {text} lies outside 0 .. 10")
    return size


def read_fraction(option: str, text: str) -> Fraction:
    """Return the number that a text says, exactly: 0.1 is 1/10."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise DomainError(f"--{option} {text or repr(text)} is not a number such as 0.1") from None


def read_column(data: str, column: str | None) -> Sample:
    """Return one column of a table: the one of that name, or the first that holds numbers."""
    sample = read_sample(data, column)
    if column is None:
        others = ", ".join(sample.names[1:])
        notes = (*sample.notes, f"fitted: {sample.names[0]}{f', not {others}' if others else ''}")
        return replace(sample, names=sample.names[:1], rows=sample.rows[:, :1], notes=notes)
    if len(sample.names) > 1:
        raise DomainError(f"simulate errors: --column {column} names more than one column")
    return sample


def plan_errors(
    asked: Asked, generations: int, replicates: int, key: str, bins: Bins | None = None
) -> Plan:
    """Return the plan of the eight runs; DomainError outside the domains.

    samples: 2..10^6. separation: 0..20. sample: one column, standardised. The others as in
    `simulation.plan_discrete`.
    """
    simulation.check_sizes("errors", asked.samples, generations, replicates, least=2)
    simulation.check_inside("errors", "samples", asked.samples, 2, MOST_POINTS)
    if not 0 <= asked.separation <= MOST_SEPARATION:
        raise DomainError(
            f"simulate errors: separation = {asked.separation} lies outside 0 .. {MOST_SEPARATION}"
        )
    with simulation.as_domain_error("errors"):
        real = asked.real()
    record = simulation.recorded(generations)
    stream = streams.derive_key("simulate", "errors", key)
    option = DEFAULT_SIZES[asked.approximation][0]
    notes: tuple[str, ...] = ()
    start = f"fair mixture of two normal laws, separation = {asked.separation}"
    if asked.sample is not None:
        start = asked.sample.source
        notes = (*asked.sample.notes, STANDARDISED, f"SHA-256 of the file {asked.sample.digest}")
    shown = {"samples": asked.samples, "generations": generations}
    points = asked.samples * max(generations, 1) * ITERATIONS_EXPECTED
    return Plan(
        "errors",
        shown | {"approximation": asked.approximation, option: str(asked.size)}
        | {"floor": f"{FLOOR:g}", "key": key, "start": start},
        notes,
        simulation.with_column("errors", ERRORS, bins),
        tuple(1.0 if name.startswith("variance") else 0.0 for name in ERRORS),
        simulation.origin_of(asked.samples, real.rows, np.array([real.width])),
        tuple(place for place, name in enumerate(ERRORS) if "statistical" in name),
        record,
        replicates,
        simulation.block_size(points, len(ERRORS) * len(record)),
        FittingWithErrors(
            real, asked.samples, record, stream, asked.approximation, float(asked.size), bins
        ),
    )  # fmt: skip


# ---------------------------------------------------------------------- theory


@dataclass(frozen=True)
class Expected:
    """Exact means of the columns, from the claims; in units of the variance of D_0."""

    asked: Asked

    def of(self, kind: str, row: Row, n: int) -> tuple[float | None, str]:
        """Return the exact mean of `distance` or `variance` in generation n >= 1, and the claims.

        None where no claim has it. A claim that is used for a part counts.
        """
        value, claims = (self._distance if kind == "distance" else self._variance)(row, n)
        return (None, "") if value is None else (value, claims)

    def _size(self, row: Row, kind: Approximation) -> Fraction:
        """Return the size of an approximation error of that kind; 0 where it is off."""
        on = row.approximation and self.asked.approximation == kind
        return self.asked.size if on else Fraction(0)

    @cached_property
    def kappa(self) -> tuple[float, str]:
        """Correlation of the quantiles of D_0 with normal ones, and where it is from.

        For a sample, the mean of a normal quantile over the share of each row.
        """
        if self.asked.sample is None:
            place = {"a": self.asked.separation / 2, "s": Fraction(1)}
            return _value("F01", "kap", place), "F01"
        rows = np.sort(self.asked.sample.rows[:, 0])
        rows = (rows - rows.mean()) / rows.std()
        edges = ndtri(np.arange(rows.size + 1) / rows.size)
        heights = np.exp(-0.5 * edges**2) / math.sqrt(2 * math.pi)
        return float(rows @ (heights[:-1] - heights[1:])), "quantiles of the sample"

    def _missed(self, row: Row, n: int) -> float:
        """Return the mean square distance that errors of the mean alone have led to."""
        tau = self._size(row, "noise")
        if not tau:
            return 0.0
        place = {"M": Fraction(2), "n": Fraction(n), "sigma": Fraction(1)}
        return _value("B36", "drift", place | {"tau": tau}) - _value("B10", "drift", place)

    def _distance(self, row: Row, n: int) -> tuple[float | None, str]:
        """Return the mean squared W2 distance, and the claims."""
        noisy = ", B36" if self._size(row, "noise") else ""
        smooth = self._size(row, "smoothing")
        if not row.expressivity:
            known = self.asked.sample is None and not row.statistical and not smooth
            stopped = row.approximation and self.asked.approximation == "stopped"
            if not known or stopped:
                return None, ""
            return self._missed(row, n), noisy[2:] or "the law itself"
        if not row.statistical:
            kappa, source = self.kappa
            width = math.sqrt(self._grown(n, smooth))
            value = 1 + width * width - 2 * kappa * width + self._missed(row, n)
            return value, source + (", D06" if smooth else "") + noisy
        if smooth or self.asked.sample is not None:
            return None, ""
        if self.asked.separation == 0:
            place = {"M": Fraction(self.asked.samples), "n": Fraction(n), "sigma": Fraction(1)}
            return _value("B11", "risk", place) + self._missed(row, n), "B11" + noisy
        if self.asked.samples > MOST_EXACT:
            return None, ""
        return self._refitted(n) + self._missed(row, n), "F02" + noisy

    def _refitted(self, n: int) -> float:
        """Return F02's risk, of which the part that is dear to compute is computed once."""
        place = {"M": Fraction(self.asked.samples), "n": Fraction(n - 1), "sigma": Fraction(1)}
        deviation = self.first_deviation * _value("B03", "mean", place)
        return n / self.asked.samples + 2 * (1 - self.kappa[0] * deviation)

    @cached_property
    def first_deviation(self) -> float:
        """Mean deviation of the first Gaussian fitted to samples of the mixture."""
        half = self.asked.separation / 2
        place = {"M": Fraction(self.asked.samples), "a": half, "s": Fraction(1)}
        return _value("F02", "first-deviation", place | {"n": Fraction(1)}) / math.sqrt(
            1 + half * half
        )

    def _variance(self, row: Row, n: int) -> tuple[float | None, str]:
        """Return the mean variance, and the claims; the floor of EM is not counted."""
        smooth = self._size(row, "smoothing")
        place = {"M": Fraction(self.asked.samples), "n": Fraction(n)}
        if not row.statistical:
            return self._grown(n, smooth), "D06" if smooth else "D05"
        if not row.expressivity:
            if smooth:
                return _value("D06", "variance", place | {"h": smooth}), "D05, D06"
            return _value("D05", "variance", place), "D05"
        if smooth:
            return None, ""
        return _value("B02", "mean", place | {"sigma": Fraction(1)}), "B02"

    def _grown(self, n: int, smooth: Fraction) -> float:
        """Return the variance that smoothing leads to without samples."""
        place = {"n": Fraction(n), "h": smooth, "sigma": Fraction(1)}
        return _value("D06", "infinite", place) if smooth else 1.0


def _value(code: str, quantity: str, point: Point) -> float:
    """Return a law of a claim at a point."""
    claim = find(code)
    law, values = claim.law_at(claim.quantity(quantity), point)
    return float(round_ball(lambda bits: ball(law, values, bits), 17)[0])
