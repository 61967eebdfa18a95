"""Training on M points of a growing pool: fixed effort a round, and yet no collapse."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.domain import DEVIATION, Domain
from theory.gaussian.accumulation import (
    ROUND_FROM_TWO,
    ROUNDS_FROM_ONE,
    product_limit,
    product_so_far,
    same_pairs,
)
from theory.gaussian.variance import SAMPLES_FROM_TWO

SUBSAMPLE = Premise(
    "pool",
    "Round k adds M points to a pool that keeps all before: draws from D_0 when k = 1, and later "
    "independent draws from a law with the mean and the variance (divisor M) of M points that "
    "were taken from the pool of round k - 1, with or without replacement. D_0 has the finite "
    "variance sigma^2, and any shape. P_n is the variance of the whole pool, with divisor n M.",
)

KEPT = 1 - 1 / s.M
#: What one round with replacement takes from the pool's variance, times k^2.
LOST = 2 / s.M - 1 / s.M**2
OLD = (s.k - 1) * s.M
#: The same without replacement.
LOST_WITHOUT = 1 - KEPT**2 * OLD / (OLD - 1)

WITH = s.sigma**2 * KEPT * sp.Product(1 - LOST / s.k**2, (s.k, 2, s.n))
WITHOUT = s.sigma**2 * KEPT * sp.Product(1 - LOST_WITHOUT / s.k**2, (s.k, 2, s.n))
LIMIT = s.sigma**2 * KEPT * product_limit(LOST)
FIT = KEPT * WITH
FIT_WITHOUT = KEPT * s.n * s.M / (s.n * s.M - 1) * WITHOUT

OVER = Domain((SAMPLES_FROM_TWO, ROUNDS_FROM_ONE, DEVIATION))
ROUNDS = Domain((SAMPLES_FROM_TWO, ROUND_FROM_TWO))


def _round(name: str, kept: sp.Expr, lost: sp.Expr, text: str) -> Identity:
    """Return what a round does to the pool's variance, kept being what the points taken keep."""
    old, new = (s.k - 1) / s.k, 1 / s.k
    return Identity(
        name,
        text,
        old**2 + 2 * old * new + new**2 * KEPT * kept,
        1 - lost / s.k**2,
        ROUNDS,
    )


def _pair_steps() -> tuple[Identity | Citation, ...]:
    """Return the steps to the factors of one round."""
    pairs = OLD * (OLD - 1)
    return (
        *same_pairs(),
        Identity(
            "without replacement",
            "Two of the M points taken are a pair of different points of the pool, N points in "
            "all: where no point is taken twice, only M of the M^2 ordered pairs count for "
            "nothing, and the pool's own variance is spread over N (N - 1) pairs, not N^2.",
            (s.M**2 - s.M) / s.M**2 * (OLD**2 / pairs),
            KEPT * OLD / (OLD - 1),
            ROUNDS,
        ),
        _round(
            "round with replacement",
            KEPT,
            LOST,
            "A pair of the pool is old-old, old-new or new-new. The points taken keep 1 - 1/M of "
            "the variance, and of a new-new pair the same share is left once more. An old-new "
            "pair loses nothing, since the fit has the pool's mean and, with the spread of its "
            "own mean, the pool's variance on average.",
        ),
        _round(
            "round without replacement",
            KEPT * OLD / (OLD - 1),
            LOST_WITHOUT,
            "Without replacement the points taken keep more.",
        ),
    )


def derive_subsampling() -> Derivation:
    """Return the derivation of the pool's mean variance under both ways to take points."""
    start = s.sigma**2 * KEPT

    def step(lost: sp.Expr) -> sp.Expr:
        return (1 - lost.subs(s.k, s.n + 1) / (s.n + 1) ** 2) * PREVIOUS

    return Derivation(
        (SUBSAMPLE,),
        (
            *_pair_steps(),
            *(
                Induction(
                    name,
                    "The first batch has the mean variance (1 - 1/M) sigma^2; later factors "
                    "multiply.",
                    s.n,
                    start,
                    step(lost),
                    law,
                    OVER,
                    first=1,
                    concludes=(name,),
                    uses=("B39",),
                )
                for name, lost, law in (
                    ("with-replacement", LOST, WITH),
                    ("without-replacement", LOST_WITHOUT, WITHOUT),
                )
            ),
            *_limit_steps(),
            *_fit_steps(),
        ),
    )


def _limit_steps() -> tuple[Induction | Citation, ...]:
    """Return the steps to the limit with replacement."""
    return (
        Induction(
            "quotient of Gamma functions",
            "Each factor is (k - x)(k + x) / k^2 with x^2 = 2/M - 1/M^2: the product telescopes,",
            s.n,
            s.sigma**2 * KEPT,
            (1 - LOST / (s.n + 1) ** 2) * PREVIOUS,
            s.sigma**2 * KEPT * product_so_far(LOST),
            OVER,
            first=1,
        ),
        Citation(
            "limit",
            "and Gamma(n+1-x) Gamma(n+1+x) / Gamma(n+1)^2 tends to 1.",
            "ratios of Gamma functions",
            "DLMF 5.11.12",
            (Hypothesis("E P_n is such a ratio times a constant", "quotient of Gamma functions"),),
            gives=LIMIT,
            concludes=("limit",),
        ),
    )


def _fit_steps() -> tuple[Identity, Identity]:
    """Return the steps from the pool to the fit, counted as pairs of points taken."""
    same = sp.Sum((1 / s.M) ** 2, (s.i, 1, s.M))
    size = s.n * s.M
    return (
        Identity(
            "fit",
            "The M points taken keep 1 - 1/M of the pool's variance,",
            (1 - same) * WITH,
            FIT,
            OVER,
            concludes=("fit",),
        ),
        Identity(
            "fit-without",
            "without replacement (1 - 1/M) N / (N - 1) of it, N = n M.",
            (1 - same) * size**2 / (size * (size - 1)) * WITHOUT,
            FIT_WITHOUT,
            OVER,
            concludes=("fit-without",),
        ),
    )


def _quantity(name: str, words: str, latex: str, law: sp.Expr) -> Quantity:
    return Quantity(name, words, latex, Relation.EQUALS, law)


POOL = "mean variance of the pool after n rounds, M points taken "
TAKEN = "mean MLE variance of the M points taken after n rounds "

SUBSAMPLING = Claim(
    code="B31",
    id="gaussian.accumulate-subsample",
    title="Fitting M points of a pool that keeps every batch does not collapse either",
    statement=(
        "Where each round fits only M points of the pool, the pool's mean variance loses "
        "(2/M - 1/M^2)/k^2 of itself in round k, and less where no point is taken twice. Both "
        "products have a positive limit. D_0 may have any shape of variance sigma^2, and so may "
        "the law that is drawn from, if it has the mean and variance of the points taken. M >= 2, "
        "n >= 1."
    ),
    quantities=(
        _quantity("with-replacement", f"{POOL}with replacement", r"\mathbb{E}[P_n]", WITH),
        _quantity("without-replacement", f"{POOL}without replacement", r"\mathbb{E}[P_n]", WITHOUT),
        Quantity(
            "limit",
            "mean variance of the pool as n grows, M points taken with replacement",
            r"\lim_n \mathbb{E}[P_n]",
            Relation.TENDS_TO,
            LIMIT,
        ),
        _quantity("fit", f"{TAKEN}with replacement", r"\mathbb{E}[\sigma_n^2]", FIT),
        _quantity(
            "fit-without", f"{TAKEN}without replacement", r"\mathbb{E}[\sigma_n^2]", FIT_WITHOUT
        ),
    ),
    domain=OVER,
    sources=(
        Source("Kazdan et al. 2024, arXiv:2410.16713", "section 3, accumulate-subsample"),
        Source("derived here", "both products and the limit"),
    ),
    derive=derive_subsampling,
)

CLAIMS = (SUBSAMPLING,)
