"""The risk E W2^2 of a pool that keeps every batch: bounded, of order 1/M for ever."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.coalescence import ACCUMULATE, ROUND
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.domain import DEVIATION, GENERATIONS, SAMPLES, Domain, Kind, Parameter
from theory.gaussian.accumulation import DRIFT, LIMIT, MLE, POOL, VARIANCE, WIDTH
from theory.gaussian.variance import SAMPLES_FROM_TWO

NORMAL = Premise("normal", "D_0 and the laws that are drawn from are normal.")
LEVEL = Parameter("c", s.t, "a level", Kind.REAL, 0, low_open=True)
OVER = Domain((SAMPLES, GENERATIONS, DEVIATION))
ROUNDS = Domain((SAMPLES, ROUND))

BOUND = 2 * s.sigma**2 * (1 - sp.sqrt(ACCUMULATE))
BOUND_LIMIT = 2 * s.sigma**2 * (1 - sp.sqrt(LIMIT / s.sigma**2))
LEADING = sp.pi**2 * s.sigma**2 / (4 * s.M)
LEADING_SO_FAR = 3 * s.sigma**2 / (2 * s.M) * sp.Sum(1 / s.k**2, (s.k, 1, s.n))


def _bound_steps() -> tuple[Citation | Identity | Inequality, ...]:
    """Return the steps to the conserved sum and to the bounds."""
    root = s.sigma * sp.sqrt(ACCUMULATE)
    return (
        Citation(
            "distance",
            "W2^2 = (mu_n - mu)^2 + (sigma_n - sigma)^2, sigma_n the root of V_n.",
            "Wasserstein distance of two Gaussians",
            "Gelbrich 1990, Math. Nachr. 147, 185-203",
            (Hypothesis("the fitted and the real law are both normal", "normal"),),
        ),
        Identity(
            "conserved",
            "Drift and mean variance add up to sigma^2: W2^2 + 2 sigma sigma_n has the mean "
            "2 sigma^2 in every round.",
            DRIFT + VARIANCE + s.sigma**2,
            2 * s.sigma**2,
            OVER,
            concludes=("conserved",),
            uses=("B29",),
        ),
        Inequality(
            "root below its tangent",
            "At any level c, sqrt(v) <= (v/c + c)/2, with equality at v = c^2;",
            sp.sqrt(s.x),
            (s.x / s.t + s.t) / 2,
            Domain((WIDTH, LEVEL)),
        ),
        Identity(
            "risk",
            "with c the root of E V_n, E sigma_n is at most c. With M = 1 both are 0.",
            2 * s.sigma**2 - s.sigma * (VARIANCE / root + root),
            BOUND,
            Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION)),
            concludes=("risk",),
        ),
        Citation(
            "limit",
            "E sigma_n decreases, and so has a limit; so has the bound.",
            "limits keep inequalities",
            "Rudin, Principles of Mathematical Analysis, theorem 3.19",
            (
                Hypothesis("the bound in round n", "risk"),
                Hypothesis("the limit of E V_n", "B29"),
            ),
            gives=BOUND_LIMIT,
            concludes=("limit",),
        ),
    )


def _factor_steps() -> tuple[Identity | Inequality | Citation, ...]:
    """Return the moments of the factor of one round, and how they bound its mean root."""
    y, gap = s.x, s.x**2 - 1
    cubic = 1 + gap / 2 - gap**2 / 8 + gap**3 / 16
    return (
        Identity(
            "mean of a factor",
            "With A the average of the squares of M standard normal z_j and z their average, "
            "V_k = V_{k-1} R_k, R_k - 1 = (A - 1)/k - z^2/k^2, independent of the past.",
            -sp.Sum(1 / s.M**2, (s.i, 1, s.M)) / s.k**2,
            -1 / (s.M * s.k**2),
            ROUNDS,
        ),
        Identity(
            "mean square of a factor",
            "E (A-1)^2 = 2/M, E (A-1) z^2 = 2/M^2, E z^4 = 3/M^2, from E z_j^4 = 3.",
            sp.Sum(2 / s.M**2, (s.i, 1, s.M)) / s.k**2
            - 2 * sp.Sum(2 / s.M**3, (s.i, 1, s.M)) / s.k**3
            + (3 * s.M + 3 * s.M * (s.M - 1)) / s.M**4 / s.k**4,
            2 / (s.M * s.k**2) - 4 / (s.M**2 * s.k**3) + 3 / (s.M**2 * s.k**4),
            ROUNDS,
        ),
        Inequality(
            "root from above",
            "For y = sqrt(R) the cubic in R - 1 exceeds y by (y-1)^4 (y^2 + 4y + 5)/16,",
            y,
            cubic,
            Domain((WIDTH,)),
        ),
        Inequality(
            "root from below",
            "and by at most 5/16 of (R - 1)^4.",
            cubic - 5 * gap**4 / 16,
            y,
            Domain((WIDTH,)),
        ),
        Citation(
            "higher moments",
            "Third and fourth moments of R_k - 1 are at most a constant times 1/(M^2 k^3).",
            "moments of averages of independent terms",
            "Petrov, Sums of Independent Random Variables, theorem 2.10",
            (
                Hypothesis("A - 1 and z are such averages, of mean 0", "normal"),
                Hypothesis("R_k - 1 is made of them", "mean of a factor"),
            ),
        ),
    )


def _leading_steps() -> tuple[Identity | Citation, ...]:
    """Return the steps to the leading order of the risk."""
    mean, square = 1 / (s.M * s.k**2), 2 / (s.M * s.k**2)
    return (
        Identity(
            "so far",
            "1 - E sqrt(R_k) = 1/(2 M k^2) + (2/8)/(M k^2) up to 1/(M^2 k^2); the product of the "
            "means is 1 minus their sum, up to 1/M^2.",
            2 * s.sigma**2 * sp.Sum(mean / 2 + square / 8, (s.k, 1, s.n)),
            LEADING_SO_FAR,
            OVER,
            concludes=("leading-so-far",),
        ),
        Citation(
            "leading",
            "All rounds together: the sum of 1/k^2 is pi^2/6, less at most 1/n after n of them.",
            "Euler's sum of inverse squares",
            "DLMF 25.6.1",
            (
                Hypothesis("the first order after n rounds", "so far"),
                Hypothesis("the rest is of order 1/M^2, uniformly in n", "higher moments"),
                Hypothesis("since the roots lie between two polynomials", "root from below"),
            ),
            gives=LEADING,
            concludes=("leading",),
        ),
    )


def derive_accumulated_risk() -> Derivation:
    """Return the derivation of identity, bounds and leading order; the order is measured."""
    return Derivation((POOL, MLE, NORMAL), (*_bound_steps(), *_factor_steps(), *_leading_steps()))


RISK_WORDS = "mean squared W2 distance from the MLE fit of the pool to the real law, n rounds"
RISK_LATEX = r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,V_n), D_0)"

ACCUMULATED_RISK = Claim(
    code="B41",
    id="gaussian.accumulation-risk",
    title="If every batch is kept, the risk E W2^2 stays near pi^2 sigma^2 / (4 M) for ever",
    statement=(
        "With the MLE on the whole pool, E W2^2 = 2 sigma^2 - 2 sigma E sigma_n. It is at least "
        "what the mean variance alone would give, and about 3/2 times that, for large M "
        "3 sigma^2/(2M) times the sum of 1/k^2 over the rounds: pi^2 sigma^2/(4M) in the end, "
        "with an error of order 1/M^2. With M = 1 there is no variance, and the risk is the bound, "
        "2 sigma^2. D_0 is normal."
    ),
    quantities=(
        Quantity(
            "risk",
            RISK_WORDS,
            RISK_LATEX,
            Relation.AT_LEAST,
            BOUND,
        ),
        Quantity(
            "limit",
            "the distance as n grows",
            rf"\lim_n {RISK_LATEX}",
            Relation.AT_LEAST,
            BOUND_LIMIT,
        ),
        Quantity(
            "leading",
            RISK_WORDS,
            RISK_LATEX,
            Relation.TENDS_TO,
            LEADING,
            order=Order(
                s.M, s.sigma**2 * (1 / s.M**2 + 1 / (s.M * s.n)), Fraction(3, 2), exact_order=False
            ),
        ),
        Quantity(
            "leading-so-far",
            RISK_WORDS,
            RISK_LATEX,
            Relation.TENDS_TO,
            LEADING_SO_FAR,
            order=Order(s.M, s.sigma**2 / s.M**2, Fraction(3, 4)),
        ),
        Quantity(
            "conserved",
            "that distance plus 2 sigma times the mean fitted standard deviation",
            rf"{RISK_LATEX} + 2\sigma\,\mathbb{{E}}\sigma_n",
            Relation.EQUALS,
            2 * s.sigma**2,
        ),
    ),
    domain=OVER,
    sources=(
        Source("Gerstgrasser et al. 2024, arXiv:2404.01413", "the accumulate workflow"),
        Source("derived here", "identity, bounds and leading order"),
    ),
    derive=derive_accumulated_risk,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (ACCUMULATED_RISK,)
