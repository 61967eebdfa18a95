"""E[x^A] from the other side, for more draws than can be followed back.

By duality (claim A08) E[x^A] for k draws, n generations back, is E[(1 - X_n/M)^k] where X_1 is
binomial(M, 1 - x) and X_{j+1} is binomial(M, X_j/M): the chance that k draws miss a category of
probability 1 - x. Where that category is rare the counts X stay small, however large k and M are.
Counts above a cut are dropped, and what they weigh goes into the radius.
"""

from __future__ import annotations

from flint import arb, arb_mat, ctx

#: More counts than this are not kept.
MOST_COUNTS = 1000


def forward_power(power: arb, draws: int, samples: int, steps: int) -> arb:
    """Return a ball that holds E[x^A] for steps >= 1.

    Raises ArithmeticError when the counts spread over more than MOST_COUNTS.
    """
    law = _binomial(samples, 1 - power)
    for _ in range(steps - 1):
        # Row 0 stays at 0: a lost category does not come back.
        rows = [_binomial(samples, arb(count) / samples) for count in range(len(law))]
        width = max(map(len, rows))
        law = (
            arb_mat([law]) * arb_mat([row + [arb(0)] * (width - len(row)) for row in rows])
        ).entries()
        law = _cut(law)
    missing = (1 - sum(law, arb(0))).upper()
    found = sum(
        (weight * (1 - arb(count) / samples) ** draws for count, weight in enumerate(law)), arb(0)
    )
    # Each dropped count adds something between 0 and its weight.
    half = missing.max(arb(0)) / 2
    return found + arb(half.mid(), half.upper())


def _binomial(trials: int, probability: arb) -> list[arb]:
    """Return the binomial weights from 0 up to where the tail is below the precision."""
    if probability.is_zero():
        return [arb(1)]
    if (1 - probability).is_zero():
        return [arb(0)] * trials + [arb(1)]
    odds = probability / (1 - probability)
    weights = [(1 - probability) ** trials]
    mean = float(probability.mid()) * trials
    tiny = arb(2) ** -(ctx.prec + 8)
    while len(weights) <= trials and (len(weights) < mean + 2 or not weights[-1] < tiny):
        count = len(weights)
        if count > MOST_COUNTS:
            raise ArithmeticError(
                f"{trials} draws take too long to follow back, and a category that holds more than "
                f"{MOST_COUNTS} of them takes too long to follow forward"
            )
        weights.append(weights[-1] * (trials - count + 1) / count * odds)
    return weights


def _cut(law: list[arb]) -> list[arb]:
    """Drop the upper end of a law as long as it weighs less than the precision."""
    tail, keep = arb(0), len(law)
    tiny = arb(2) ** -(ctx.prec + 8)
    while keep > 1 and (tail + law[keep - 1]) < tiny:
        tail += law[keep - 1]
        keep -= 1
    return law[:keep]
