"""Keeping every batch: the pool's variance settles above 0, and its mean near the real one."""

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.coalescence import ACCUMULATE, ROUND
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Inequality,
    Premise,
)
from theory.domain import DEVIATION, GENERATIONS, SAMPLES, Domain, Kind, Parameter
from theory.gaussian.drift import MEAN, MU, mean_stays
from theory.gaussian.variance import SAMPLES_FROM_TWO

POOL = Premise(
    "pool",
    "Round k adds M points to a pool that keeps all before: draws from D_0 when k = 1, and later "
    "independent draws from a law with the mean m_{k-1} and the variance V_{k-1} fitted to the "
    "pool. D_0 has the mean mu and the finite variance sigma^2, and any shape.",
)
MLE = Premise("mle", "V_n is the variance of all n M points of the pool with divisor n M.")
UNBIASED = Premise("unbiased", "U_n is the variance of the pool with divisor n M - 1.")

#: Variance of the law that a pair is drawn from.
WIDTH = Parameter("v", s.x, "variance", Kind.REAL, 0, low_open=True)
ROUNDS_FROM_ONE = GENERATIONS.at_least(1)
ANY = Domain((SAMPLES, GENERATIONS, DEVIATION))

VARIANCE = s.sigma**2 * ACCUMULATE
DRIFT = s.sigma**2 * (1 - ACCUMULATE)


def product_limit(share: sp.Expr) -> sp.Expr:
    """Return the product of 1 - share / k^2 over k = 2, 3, ..., for 0 <= share <= 1."""
    root = sp.sqrt(share)
    return 1 / (sp.gamma(2 - root) * sp.gamma(2 + root))


def product_so_far(share: sp.Expr) -> sp.Expr:
    """Return the same product over k = 2, ..., n as a quotient of Gamma functions."""
    root = sp.sqrt(share)
    tail = sp.gamma(s.n + 1 - root) * sp.gamma(s.n + 1 + root) / sp.gamma(s.n + 1) ** 2
    return tail * product_limit(share)


LIMIT = s.sigma**2 * (1 - 1 / s.M) * product_limit(1 / s.M)
CEILING = sp.pi**2 * s.sigma**2 / (6 * s.M)


def same_pairs() -> tuple[Identity, Citation]:
    """Return why normal draws shrink a variance as resampling does."""
    return (
        Identity(
            "pair of equal moments",
            "For independent draws of two laws with one mean and one variance, the mean of "
            "(x - y)^2 / 2 is that variance, whatever their shapes.",
            sp.Sum(s.x + MU**2, (s.i, 1, 2)) / 2 - MU * MU,
            s.x,
            Domain((WIDTH, MEAN)),
        ),
        Citation(
            "same pairs",
            "So the old-old, old-new and new-new pairs of the pool have the means that pair "
            "coalescence gives them, though new points are drawn from a normal law and not from "
            "the pool itself.",
            "pair coalescence",
            "claim B39",
            (
                Hypothesis("new points have the mean and variance of the pool", "pool"),
                Hypothesis("a pair sees no more than those", "pair of equal moments"),
                Hypothesis("the factor of a round", "B39"),
            ),
        ),
    )


def _limit_steps() -> tuple[Induction | Citation | Identity, ...]:
    """Return the steps to the limit of the mean variance."""
    share = 1 / s.M
    return (
        Induction(
            "quotient of Gamma functions",
            "Each factor is (k - x)(k + x) / k^2 with x = M^(-1/2): the product telescopes,",
            s.n,
            s.sigma**2 * (1 - share),
            (1 - share / (s.n + 1) ** 2) * PREVIOUS,
            s.sigma**2 * (1 - share) * product_so_far(share),
            Domain((SAMPLES, ROUNDS_FROM_ONE, DEVIATION)),
            first=1,
        ),
        Citation(
            "limit",
            "and Gamma(n+1-x) Gamma(n+1+x) / Gamma(n+1)^2 tends to 1.",
            "ratios of Gamma functions",
            "DLMF 5.11.12",
            (Hypothesis("E V_n is such a ratio times a constant", "quotient of Gamma functions"),),
            gives=LIMIT,
            concludes=("limit",),
        ),
        Identity(
            "sine",
            "By reflection the limit is sigma^2 sin(pi x) / (pi x).",
            s.sigma**2 * sp.sin(sp.pi * sp.sqrt(share)) / (sp.pi * sp.sqrt(share)),
            LIMIT,
            Domain((SAMPLES_FROM_TWO, DEVIATION)),
        ),
    )


def _drift_steps() -> tuple[Identity | Induction | Citation | Inequality, ...]:
    """Return the steps to the drift of the pool's mean and its ceiling."""
    return (
        *mean_stays(),
        Identity(
            "step of the mean",
            "A batch of round k moves the mean of the pool by 1/k of the distance of its own "
            "mean, which has the variance V_{k-1} / M.",
            (1 / s.k) ** 2 * sp.Sum(s.x / s.M**2, (s.i, 1, s.M)),
            s.x / (s.M * s.k**2),
            Domain((SAMPLES, ROUND, WIDTH)),
        ),
        Citation(
            "increments",
            "The step has mean 0 given the past: the mean squares of the steps add up.",
            "orthogonality of martingale increments",
            "Williams, Probability with Martingales, section 12.1",
            (
                Hypothesis("the pool's mean is a martingale", "mean of the new mean"),
                Hypothesis("each step has a finite mean square", "step of the mean"),
            ),
        ),
        Induction(
            "drift",
            "What the mean variance loses the drift wins.",
            s.n,
            sp.Integer(0),
            PREVIOUS + VARIANCE / (s.M * (s.n + 1) ** 2),
            DRIFT,
            ANY,
            concludes=("drift",),
        ),
        Inequality(
            "first order",
            "Each step is at most sigma^2 / (M k^2),",
            DRIFT,
            s.sigma**2 / s.M * sp.Sum(1 / s.k**2, (s.k, 1, s.n)),
            ANY,
        ),
        Inequality(
            "ceiling",
            "and the sum over all k is pi^2 / 6.",
            s.sigma**2 / s.M * sp.Sum(1 / s.k**2, (s.k, 1, s.n)),
            CEILING,
            ANY,
            concludes=("ceiling",),
        ),
    )


def derive_accumulation() -> Derivation:
    """Return the derivation of mean variance and drift of a pool that keeps everything."""
    return Derivation(
        (POOL, MLE),
        (
            *same_pairs(),
            Induction(
                "variance",
                "Round k multiplies the mean variance by 1 - 1/(M k^2); before the first it is "
                "that of D_0.",
                s.n,
                s.sigma**2,
                (1 - 1 / (s.M * (s.n + 1) ** 2)) * PREVIOUS,
                VARIANCE,
                ANY,
                concludes=("variance",),
                uses=("B39",),
            ),
            *_limit_steps(),
            *_drift_steps(),
        ),
    )


ACCUMULATION = Claim(
    code="B29",
    id="gaussian.accumulation",
    title="If every batch is kept, the MLE variance of the pool settles above 0",
    statement=(
        "The mean MLE variance of the pool of all batches decays to sigma^2 sin(pi x)/(pi x), "
        "x = M^(-1/2): all but about pi^2/(6M) of it stays. Drift of the pool's mean and mean "
        "variance add up to sigma^2 in every round. D_0 may have any shape of variance sigma^2, "
        "and so may the law that is drawn from, if it has the pool's mean and variance."
    ),
    quantities=(
        Quantity(
            "variance",
            "mean variance of the pool after n rounds (divisor n M)",
            r"\mathbb{E}[V_n]",
            Relation.EQUALS,
            VARIANCE,
        ),
        Quantity(
            "limit",
            "mean variance of the pool, as n grows",
            r"\lim_n \mathbb{E}[V_n]",
            Relation.TENDS_TO,
            LIMIT,
        ),
        Quantity(
            "drift",
            "mean square distance of the pool's mean from the real one",
            r"\mathbb{E}(\mu_n-\mu)^2",
            Relation.EQUALS,
            DRIFT,
        ),
        Quantity(
            "ceiling",
            "the same, bounded for all n",
            r"\mathbb{E}(\mu_n-\mu)^2",
            Relation.AT_MOST,
            CEILING,
            slack=Fraction(6, 5),
        ),
    ),
    domain=ANY,
    sources=(
        Source("Gerstgrasser et al. 2024, arXiv:2404.01413", "the accumulate workflow"),
        Source("Kazdan et al. 2024, arXiv:2410.16713", "Gaussians that accumulate"),
        Source("derived here", "the conserved sum"),
    ),
    derive=derive_accumulation,
)

# --- B30: the unbiased variance of the pool -------------------------------------------------------

FROM_TWO = Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION))
UNBIASED_VARIANCE = s.sigma**2 * sp.Product(1 - 1 / (s.k * (s.k * s.M - 1)), (s.k, 2, s.n))
ROUND_FROM_TWO = replace(ROUND, low=2)
#: Roots of r^2 = (r + 1) / M.
UPPER = (1 + sp.sqrt(1 + 4 * s.M)) / (2 * s.M)
LOWER = (1 - sp.sqrt(1 + 4 * s.M)) / (2 * s.M)
UNBIASED_LIMIT = s.sigma**2 * sp.gamma(2 - 1 / s.M) / (sp.gamma(2 - UPPER) * sp.gamma(2 - LOWER))


def _one_unbiased_round() -> tuple[Identity, Identity]:
    """Return the sum of squares of a pool that grows from k - 1 to k batches, in units of U."""
    size, old = s.k * s.M, (s.k - 1) * s.M
    between = old * s.M / size
    return (
        Identity(
            "between",
            "Old points and new ones lie about two means, N = (k-1) M and M of them; joining them "
            "adds N M / (N + M) times the squared distance of the two, which is U/M on average.",
            old * (s.M / size) ** 2 / s.M + s.M * (old / size) ** 2 / s.M,
            between / s.M,
            Domain((SAMPLES_FROM_TWO, ROUND_FROM_TWO)),
        ),
        Identity(
            "one round",
            "The pool's own squares are (N - 1) U, those of the batch (M - 1) U on average.",
            (old - 1 + s.M - 1 + between / s.M) / (size - 1),
            1 - 1 / (s.k * (size - 1)),
            Domain((SAMPLES_FROM_TWO, ROUND_FROM_TWO)),
        ),
    )


def derive_unbiased_accumulation() -> Derivation:
    """Return the derivation of the mean unbiased variance of the pool."""
    ratio = sp.gamma(s.n + 1 - UPPER) * sp.gamma(s.n + 1 - LOWER)
    ratio /= sp.gamma(s.n + 1) * sp.gamma(s.n + 1 - 1 / s.M)
    from_one = Domain((SAMPLES_FROM_TWO, ROUNDS_FROM_ONE, DEVIATION))
    return Derivation(
        (POOL, UNBIASED),
        (
            *_one_unbiased_round(),
            Identity(
                "first batch",
                "The first batch is drawn from D_0; its unbiased variance has the mean sigma^2.",
                (sp.Sum(s.sigma**2, (s.i, 1, s.M)) - s.M * (s.sigma**2 / s.M)) / (s.M - 1),
                s.sigma**2,
                Domain((SAMPLES_FROM_TWO, DEVIATION)),
            ),
            Induction(
                "variance",
                "From the second round on the factors multiply.",
                s.n,
                s.sigma**2,
                (1 - 1 / ((s.n + 1) * ((s.n + 1) * s.M - 1))) * PREVIOUS,
                UNBIASED_VARIANCE,
                from_one,
                first=1,
                concludes=("variance",),
            ),
            Induction(
                "quotient of Gamma functions",
                "Each factor is (k - r)(k - s) / (k (k - 1/M)), r and s the roots of "
                "r^2 = (r + 1)/M, so that the product telescopes,",
                s.n,
                s.sigma**2,
                (1 - 1 / ((s.n + 1) * ((s.n + 1) * s.M - 1))) * PREVIOUS,
                UNBIASED_LIMIT * ratio,
                from_one,
                first=1,
            ),
            Identity(
                "sum of the roots",
                "The shifts of the two Gamma functions above add up to that of those below:",
                UPPER + LOWER,
                1 / s.M,
                Domain((SAMPLES_FROM_TWO,)),
            ),
            Citation(
                "limit",
                "so the ratio of Gamma functions tends to 1.",
                "ratios of Gamma functions",
                "DLMF 5.11.12",
                (
                    Hypothesis(
                        "E U_n is such a ratio and a constant", "quotient of Gamma functions"
                    ),
                    Hypothesis("the shifts have one sum", "sum of the roots"),
                ),
                gives=UNBIASED_LIMIT,
                concludes=("limit",),
            ),
        ),
    )


UNBIASED_ACCUMULATION = Claim(
    code="B30",
    id="gaussian.accumulation-unbiased",
    title="If every batch is kept, the unbiased variance of the pool shrinks too, but not to 0",
    statement=(
        "With divisor n M - 1 the pool's variance is unbiased for independent points only: those "
        "of one pool are not, and E U_n decays by 1 - 1/(k (k M - 1)) in round k, to a positive "
        "limit. D_0 may have any shape of variance sigma^2. M >= 2."
    ),
    quantities=(
        Quantity(
            "variance",
            "mean variance of the pool after n rounds (divisor n M - 1; at n = 0 that of D_0)",
            r"\mathbb{E}[U_n]",
            Relation.EQUALS,
            UNBIASED_VARIANCE,
        ),
        Quantity(
            "limit",
            "mean variance of the pool, as n grows",
            r"\lim_n \mathbb{E}[U_n]",
            Relation.TENDS_TO,
            UNBIASED_LIMIT,
        ),
    ),
    domain=FROM_TWO,
    sources=(Source("derived here"),),
    derive=derive_unbiased_accumulation,
)

CLAIMS = (ACCUMULATION, UNBIASED_ACCUMULATION)
