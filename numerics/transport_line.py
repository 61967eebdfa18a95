"""The squared W2 distance between a normal law and finitely many points on a line, certified.

A plan cuts the line into cells, one a point, each with the mass of its point: its cost is an upper
bound. A potential g bounds from below (Kantorovich): with any numbers g_j,

    W2^2 >= sum w_j g_j + E min_j ((X - x_j)^2 - g_j).

With the g_j for which neighbours tie at the cuts, the minimum is attained in the cells of the plan:
up to the term in X^2 it is one of lines that fall more and more steeply. Then both bounds are the
same integrals, up to how well the cuts are known. The integrals are rigorous quadrature; nothing
is taken for granted about which plan is the best one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

from flint import acb, arb, ctx, fmpq
from scipy.special import ndtri

__all__ = ["distance"]

REACH = 16
"""Beyond so many deviations a bound on the integrand is used."""


def distance(
    points: Sequence[Fraction], mean: Fraction, deviation: Fraction, bits: int = 96
) -> arb:
    """Return a ball around W2^2 between N(mean, deviation^2) and the law of the points.

    points: at least one, each with the mass 1/N; equal ones count together. deviation: at least 0.
    bits: working precision, at least 64. ValueError outside these domains.

    >>> distance([Fraction(-1), Fraction(1)], Fraction(0), Fraction(1)).str(6, radius=False)
    '0.404231'
    """
    if not points:
        raise ValueError("points = () lies outside samples of at least one point")
    if deviation < 0:
        raise ValueError(f"deviation = {deviation} lies outside deviation >= 0")
    if bits < 64:
        raise ValueError(f"bits = {bits} lies outside bits >= 64")
    tally = sorted(Counter(points).items())
    weights = [Fraction(count, len(points)) for _, count in tally]
    with ctx.workprec(bits):
        places = [_ball(point - mean) for point, _ in tally]
        masses = [_ball(weight) for weight in weights]
        if deviation == 0:
            return sum((w * x * x for w, x in zip(masses, places, strict=True)), arb(0))
        return _certified(places, masses, list(accumulate(weights))[:-1], _ball(deviation))


def _certified(places: list[arb], masses: list[arb], shares: list[Fraction], deviation: arb) -> arb:
    """Return the hull of the value of the potential and the cost of the plan."""
    inner = [_cut(share) for share in shares]
    cuts = [arb(-REACH), *inner, arb(REACH)]
    if not all(bool(low < high) for low, high in pairwise(cuts)):
        raise ArithmeticError("two cuts cannot be told apart, or lie beyond the reach")
    cost = arb(0)
    for place, (low, high) in zip(places, pairwise(cuts), strict=True):
        cost += _cell(place, deviation, low, high)
    most = max(abs(places[0]), abs(places[-1])) + REACH * deviation
    density = (-(arb(REACH) ** 2) / 2).exp()
    cost += arb(0, arb((4 * most**2 * density).upper()))
    below = [arb(0), *(_below(cut) for cut in inner), arb(1)]
    filled = [high - low for low, high in pairwise(below)]
    steps = [
        (right - left) * (right + left - 2 * deviation * cut)
        for (left, right), cut in zip(pairwise(places), inner, strict=True)
    ]
    potential = accumulate(steps, initial=arb(0))
    gap = sum(
        (g * (mass - have) for g, mass, have in zip(potential, masses, filled, strict=True)), arb(0)
    )
    # Mending the plan moves what the cuts miss to a neighbour, at a cost within `most` squared.
    missed = sum((abs(_ball(c) - b) for c, b in zip(shares, below[1:-1], strict=True)), arb(0))
    return (cost + gap).union(cost + 4 * most**2 * missed)


def _cell(place: arb, deviation: arb, low: arb, high: arb) -> arb:
    """Return the integral of (deviation z - place)^2 over standard normal z in (low, high)."""
    scale = 1 / (2 * arb.pi()).sqrt()
    fine = arb(2) ** (10 - ctx.prec)

    def integrand(z: acb, analytic: bool) -> acb:
        return (deviation * z - place) ** 2 * (-z * z / 2).exp() * scale

    return acb.integral(integrand, low, high, rel_tol=fine, abs_tol=fine).real


def _cut(share: Fraction) -> arb:
    """Return an exact number close to the normal quantile of a share: Newton's method."""
    small = min(share, 1 - share)
    root, wanted = arb(float(ndtri(float(small)))), _ball(small)
    for _ in range(3):
        density = (-root * root / 2).exp() / (2 * arb.pi()).sqrt()
        root = (root + (wanted - _below(root)) / density).mid()
    return root if share <= Fraction(1, 2) else -root


def _below(z: arb) -> arb:
    """Return the mass of the standard normal law below z."""
    return (-z / arb(2).sqrt()).erfc() / 2


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))
