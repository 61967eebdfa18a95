"""E[x^A] from the other side, for more draws than can be followed back.

By duality (claim A08) E[x^A] for k draws, n generations back, is E[h(X)]: X is binomial(M, 1 - x),
the count in generation 1 of a category of probability 1 - x, and h(c) is the chance that k draws,
n - 1 generations later, miss a category that now has c of the M draws:

    h_0(c) = (1 - c/M)^k,   h_{j+1}(c) = E h_j(binomial(M, c/M)).

Since E exp(-s binomial(M, c/M)) <= exp(-c (1 - exp(-s))), h_j(c) <= exp(-s_j c) with s_0 = k/M and
s_{j+1} = 1 - exp(-s_j). So h is needed for small counts only, the same ones for every x; what is
beyond them is put into the radius.
"""

from __future__ import annotations

from functools import lru_cache

from flint import arb, arb_mat, ctx

#: More counts than this are not kept,
MOST_COUNTS = 2000
#: and no more generations followed.
MOST_STEPS = 10_000


def forward_power(power: arb, draws: int, samples: int, steps: int) -> arb:
    """Return a ball that holds E[x^A] for steps >= 1, of radius about 2^-precision.

    Raises ArithmeticError where h has to be known for more than MOST_COUNTS counts, or after more
    than MOST_STEPS steps.
    """
    missed, slope = _missed(draws, samples, steps - 1, ctx.prec)
    share = 1 - power
    at_most = (-share * samples * (1 - (-slope).exp())).exp()
    if at_most < _tiny(ctx.prec):
        return arb(0).union(at_most.upper())
    found = sum(map(arb.__mul__, _binomial(samples, share, len(missed)), missed), arb(0))
    return found + _beyond(slope, len(missed), samples)


@lru_cache(maxsize=4)
def _missed(draws: int, samples: int, steps: int, bits: int) -> tuple[tuple[arb, ...], arb]:
    """Return h of 0, 1, ... counts after some steps, and s with h(c) <= exp(-s c)."""
    if steps > MOST_STEPS:
        raise ArithmeticError(f"{draws} draws take too long to follow over {steps} generations")
    slopes = [arb(draws) / samples]
    for _ in range(steps):
        slopes.append(1 - (-slopes[-1]).exp())
        # Slopes fall like 2/j: too small a one ends a long way early.
        _counts_for(slopes[-1], draws, samples, bits)
    counts = _counts_for(slopes[-1], draws, samples, bits)
    missed = arb_mat([[(1 - arb(count) / samples) ** draws] for count in range(counts)])
    if steps:
        # Row 0 stays at 0: a lost category does not come back.
        rows = [_binomial(samples, arb(count) / samples, counts) for count in range(counts)]
        chain = arb_mat([row + [arb(0)] * (counts - len(row)) for row in rows])
        for slope in slopes[:-1]:
            rest = _beyond(slope, counts, samples)
            missed = arb_mat([[entry + rest] for entry in (chain * missed).entries()])
    return tuple(missed.entries()), slopes[-1]


def _counts_for(slope: arb, draws: int, samples: int, bits: int) -> int:
    """Return how many counts 0, 1, ... are kept: all, or those with exp(-s c) above the tiny."""
    counts = min(samples, int((bits + 8) * 0.6932 / float(slope)) + 1) + 1
    if counts > MOST_COUNTS:
        raise ArithmeticError(
            f"{draws} draws take too long to follow back, and a category that can hold more than "
            f"{MOST_COUNTS} of them without being safe takes too long to follow forward"
        )
    return counts


def _tiny(bits: int) -> arb:
    return arb(2) ** -(bits + 8)


def _beyond(slope: arb, counts: int, samples: int) -> arb:
    """Return a ball around what h adds from `counts` on, on average."""
    return arb(0) if counts > samples else arb(0).union((-slope * counts).exp().upper())


def _binomial(trials: int, probability: arb, most: int) -> list[arb]:
    """Return the binomial weights of 0, 1, ... successes, at most so many of them."""
    if probability.is_zero():
        return [arb(1)]
    if (1 - probability).is_zero():
        return ([arb(0)] * trials + [arb(1)])[:most]
    odds = probability / (1 - probability)
    weights = [(1 - probability) ** trials]
    for count in range(1, min(most, trials + 1)):
        weights.append(weights[-1] * (trials - count + 1) / count * odds)
    return weights
