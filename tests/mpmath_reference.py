"""A law's value by mpmath alone: its tree walked once more, each function by another route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import mpmath
import sympy as sp

from tests.mpmath_gaussian import NODES as GAUSSIAN_NODES
from tests.mpmath_nodes import NODES
from theory import symbols as s
from theory.abel import AbelConstant
from theory.equal_sizes import EqualSizes
from theory.hypergeometric import Gauss
from theory.kingman import KingmanLaw
from theory.lineage_times import AgreementTime, MeetingTime
from theory.lineages import LineagePower
from theory.loggamma import ImaginaryLogGamma, RealLogGamma


def reference(
    law: sp.Basic, scalars: dict[str, Fraction], families: Mapping[str, object]
) -> mpmath.mpf:
    """Return a law's value by mpmath alone, at its present precision."""

    def walk(node: sp.Basic, here: dict[str, Fraction]) -> mpmath.mpf:
        def again(part: sp.Basic) -> mpmath.mpf:
            return walk(part, here)

        if isinstance(node, sp.Rational):
            return mpmath.mpf(int(node.p)) / int(node.q)
        if isinstance(node, sp.Symbol):
            return mpmath.mpf(here[node.name].numerator) / here[node.name].denominator
        if isinstance(node, sp.Indexed):
            family = families[str(node.base)]
            if not isinstance(family, tuple):
                return again(s.M)
            entry = family[int(again(node.indices[0]))]
            return mpmath.mpf(entry.numerator) / entry.denominator
        if isinstance(node, sp.IndexedBase):
            family = families[str(node)]
            assert isinstance(family, tuple)
            return [mpmath.mpf(entry.numerator) / entry.denominator for entry in family[1:]]
        if isinstance(node, sp.Sum | sp.Product):
            *within, (index, first, last) = node.limits
            body = node.func(node.function, *within) if within else node.function
            if not any(isinstance(family, tuple) for family in families.values()):
                body = body.subs(dict.fromkeys(body.atoms(sp.Indexed), s.M))
            places = range(int(again(first)), int(again(last)) + 1)
            if index not in body.free_symbols:
                term = again(body)
                return term * len(places) if isinstance(node, sp.Sum) else term ** len(places)
            terms = [walk(body, {**here, index.name: Fraction(place)}) for place in places]
            return mpmath.fsum(terms) if isinstance(node, sp.Sum) else mpmath.fprod(terms)
        if isinstance(node, EqualSizes):  # by the formula for any schedule
            return again(node.args[0])
        return _apply(node, [again(part) for part in node.args])

    return walk(law, scalars)


def _apply(node: sp.Basic, parts: list[mpmath.mpf]) -> mpmath.mpf:
    functions: dict[type, Callable[..., mpmath.mpf]] = {
        sp.Add: lambda *terms: mpmath.fsum(terms),
        sp.Mul: lambda *factors: mpmath.fprod(factors),
        sp.Pow: lambda base, exponent: mpmath.mpf(1) if exponent == 0 else base**exponent,
        sp.gamma: mpmath.gamma,
        sp.log: mpmath.log,
        sp.exp: mpmath.exp,
        sp.cos: mpmath.cos,
        sp.RisingFactorial: mpmath.rf,
        sp.binomial: mpmath.binomial,
        sp.polygamma: lambda order, x: mpmath.psi(int(order), x),
        sp.floor: mpmath.floor,
        sp.Max: max,
        sp.Min: min,
        RealLogGamma: lambda a, omega: mpmath.re(mpmath.loggamma(mpmath.mpc(a, omega))),
        ImaginaryLogGamma: lambda a, omega: mpmath.im(mpmath.loggamma(mpmath.mpc(a, omega))),
        LineagePower: _lineages,
        Gauss: mpmath.hyp2f1,
        AgreementTime: lambda law, k, size: _total(k, size, lambda j: sum(x - x**j for x in law)),
        MeetingTime: lambda k, size: _total(k, size, lambda _: mpmath.mpf(1)),
        KingmanLaw: _kingman,
        AbelConstant: _abel,
        type(sp.EulerGamma): lambda: +mpmath.euler,
        sp.sign: mpmath.sign,
        type(sp.pi): lambda: +mpmath.pi,
        sp.erf: mpmath.erf,
        sp.erfinv: mpmath.erfinv,
        sp.besselk: mpmath.besselk,
        **NODES,
        **GAUSSIAN_NODES,
    }
    for kind, function in functions.items():
        if isinstance(node, kind):
            return function(*parts)
    raise NotImplementedError(type(node))


def _lineages(
    x: mpmath.mpf, draws: mpmath.mpf, samples: mpmath.mpf, steps: mpmath.mpf
) -> mpmath.mpf:
    """Return E[x^A] by the values that k lineages have some steps back, for every k up to draws."""
    k, size = int(draws), int(samples)
    values = [x**count for count in range(k + 1)]
    for _ in range(int(steps)):
        # boxes[a]: the mean of values[A] when a boxes are occupied and some balls are to come.
        boxes, after = values[:], [values[0]]
        for balls in range(1, k + 1):
            boxes = [
                (boxes[a] * a + boxes[a + 1] * (size - a)) / size if a < size else boxes[a]
                for a in range(k + 1 - balls)
            ]
            after.append(boxes[0])
        values = after
    return values[k]


def _total(draws: mpmath.mpf, samples: mpmath.mpf, cost: Callable[[int], mpmath.mpf]) -> mpmath.mpf:
    """Return g(draws) of g(k) = cost(k) + sum_j T[k,j] g(j), g(1) = 0, row after row of T."""
    size, row, found = int(samples), [mpmath.mpf(0), mpmath.mpf(1)], [mpmath.mpf(0)] * 2
    for k in range(2, int(draws) + 1):
        row = [
            ((row[j] * j if j < k else 0) + (row[j - 1] * (size - j + 1) if j else 0)) / size
            for j in range(k + 1)
        ]
        carried = mpmath.fsum(row[j] * found[j] for j in range(2, k))
        found.append((cost(k) + carried) / (1 - row[k]))
    return found[int(draws)]


def _kingman(tau: mpmath.mpf) -> mpmath.mpf:
    """Return Jacobi's product, until it no longer changes."""
    factors = int(mpmath.mp.dps * 2.4 / tau) + 2
    return mpmath.fprod((1 - mpmath.exp(-m * tau)) ** 3 for m in range(1, factors))


def _abel() -> mpmath.mpf:
    """Return lim(2/s + ln(s)/3 - n) from a late s, with the first terms of what it lacks."""
    late = 50_000
    with mpmath.workdps(45):
        s = mpmath.mpf(1)
        for _ in range(late):
            s = 1 - mpmath.exp(-s)
        terms = ((1, 36), (1, 540), (-1, 7776), (-71, 435_456), (-8759, 163_296_000))
        lacking = (mpmath.mpf(a) / b * s**k for k, (a, b) in enumerate(terms, 1))
        return 2 / s + mpmath.log(s) / 3 - late + mpmath.fsum(lacking)
