"""Where a single run ends: the law of the final mean, its tail, and the typical final distance."""

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality
from theory.domain import DEVIATION, ESTIMATOR, Domain, Kind, Parameter
from theory.gaussian.rate import RATE
from theory.gaussian.variance import MOMENT, ORDER, REFITTING, SAMPLES_FROM_TWO

LEVEL = Parameter(
    "x", s.x, "distance of the final mean, in standard deviations of D_0", Kind.REAL, 0
)
BEYOND = replace(LEVEL, low_open=True)

BIASED_LOG = sp.digamma((s.M + 1) / 2) - sp.log((s.M - 1) / 2)
CONSTANT = s.sigma**2 / (s.M * BIASED_LOG)
DENSITY = (s.x**2 + 2) ** sp.Rational(-3, 2)
DENSITY_MLE = 3 * (s.x**2 + 2) ** sp.Rational(-5, 2)
TAIL = 1 - s.x / sp.sqrt(s.x**2 + 2)
TAIL_MLE = 1 - s.x * (s.x**2 + 3) / (s.x**2 + 2) ** sp.Rational(3, 2)
MEDIAN = 5 * s.sigma**2 / 3

ONE_SIZE = Domain((SAMPLES_FROM_TWO, DEVIATION))


def limit_exists() -> Citation:
    """Return that the mean converges, and its law given the variances."""
    return Citation(
        "limit",
        "mu_n - mu = sum sigma_k z_k / sqrt(M) with independent standard normal z_k, which the "
        "sigma_k do not depend on; sigma_k^2 decays geometrically, so the sum converges almost "
        "surely. Given the variances it is normal with variance sigma^2 V, "
        "V = sum sigma_k^2 / (M sigma^2).",
        "Cochran's theorem, and convergence of sums with summable variances",
        "Cochran 1934; Billingsley, Probability and Measure, theorem 22.6",
        (
            Hypothesis("the points are independent and normal", "refitting"),
            Hypothesis("the variances decay geometrically", "B04"),
        ),
    )


def derive_tail() -> Derivation:
    """Return the derivation of the constant of the tail."""
    return Derivation(
        (REFITTING,),
        (
            limit_exists(),
            Identity(
                "one more fit",
                "X = (mu_oo - mu)/sigma has the law of z/sqrt(M) + sqrt(Y) X'. Weighted by Y, the "
                "factor Y is (M+1)/(M-1) times that of M + 2 points,",
                MOMENT.subs({s.t: s.t + 1, s.n: 1, s.sigma: 1}, simultaneous=True),
                ((s.M + 1) / (s.M - 1)) ** s.t
                * MOMENT.subs({s.M: s.M + 2, s.n: 1, s.sigma: 1}, simultaneous=True),
                Domain((SAMPLES_FROM_TWO, ORDER.at_least(0))),
                uses=("B01",),
            ),
            Identity(
                "weighted logarithm",
                "so E Y ln Y, its mean logarithm, is this.",
                sp.log((s.M + 1) / (s.M - 1)) + RATE.subs(s.M, s.M + 2),
                BIASED_LOG,
                Domain((SAMPLES_FROM_TWO,)),
                uses=("B04",),
            ),
            Citation(
                "power tail",
                "As E (sqrt Y)^2 = 1, x^2 P(abs(X) > x) tends to E[X^2 - Y X'^2] over "
                "2 E[Y ln sqrt Y]; the numerator is 1/M + 2 E[z sqrt(Y) X']/sqrt(M) = 1/M.",
                "implicit renewal theorem",
                "Goldie 1991, Annals of Applied Probability 1, theorem 4.1; Kesten 1973",
                (
                    Hypothesis("E Y = 1", "B02"),
                    Hypothesis("E Y ln Y is finite, and positive", "weighted logarithm"),
                    Hypothesis("ln Y has a density, and X a law", "limit"),
                ),
            ),
            Identity(
                "constant",
                "Together.",
                s.sigma**2 / s.M / (sp.log((s.M + 1) / (s.M - 1)) + RATE.subs(s.M, s.M + 2)),
                CONSTANT,
                ONE_SIZE,
                concludes=("constant",),
            ),
        ),
    )


HEAVY_TAIL = Claim(
    code="B17",
    id="gaussian.final-location-tail",
    title="The final mean exists, and its distance has a power tail of index exactly 2",
    statement=(
        "Unbiased. mu_n converges almost surely, and x^2 P(abs(mu_oo - mu) > x) tends to "
        "sigma^2/(M (psi((M+1)/2) - ln((M-1)/2))), near sigma^2 for large M, as x grows. So "
        "W2^2 converges almost surely to a finite limit whose mean is infinite: E W2^2 tends to "
        "infinity through rare runs. The limit in x is approached slowly where M is large."
    ),
    quantities=(
        Quantity(
            "constant",
            "limit of x^2 times the chance that the final mean lies farther than x",
            r"\lim_x x^2\, \mathbb{P}(|\mu_\infty - \mu| > x)",
            Relation.TENDS_TO,
            CONSTANT,
        ),
    ),
    domain=ONE_SIZE,
    sources=(Source("Kesten 1973; Goldie 1991", "the theorem"), Source("derived here")),
    derive=derive_tail,
)


def mixed(shape: sp.Rational) -> sp.Expr:
    """Return the density of z / sqrt(G), with a gamma variable G of this shape."""
    mass = sp.gamma(shape + sp.Rational(1, 2)) / (sp.gamma(shape) * sp.sqrt(2 * sp.pi))
    return mass * (1 + s.x**2 / 2) ** -(shape + sp.Rational(1, 2))


def densities() -> tuple[Inequality | Citation | Identity, ...]:
    """Return that the densities tend to those of the limit laws."""
    return (
        Inequality(
            "inverses",
            "1/V is at most the mean of sigma^2/sigma_k^2 over k < M, with the mean r^k; "
            "r = (M-1)/(M-3), or M/(M-3) with the MLE. So E 1/V stays below 256 from M = 4 on.",
            (s.M / (s.M - 3)) ** s.M,
            sp.Integer(256),
            Domain((SAMPLES_FROM_TWO.at_least(4),)),
            uses=("B01",),
        ),
        Citation(
            "densities converge",
            "The density at x is the mean of exp(-x^2/(2 V))/sqrt(2 pi V), at most V^(-1/2), and "
            "tends to that of z / sqrt(G_j).",
            "means converge where the variables are uniformly integrable",
            "Billingsley, Convergence of Probability Measures (1999), theorem 3.5",
            (
                Hypothesis("V converges in law", "integral"),
                Hypothesis("its inverse is bounded in mean", "inverses"),
            ),
        ),
        Identity(
            "density",
            "A normal density, its inverse variance mixed by G_1.",
            mixed(sp.Integer(1)),
            DENSITY,
            Domain((LEVEL,)),
            concludes=("density",),
        ),
        Identity(
            "density/mle",
            "And mixed by G_2.",
            mixed(sp.Integer(2)),
            DENSITY_MLE,
            Domain((LEVEL,)),
            concludes=("density/mle",),
        ),
    )


def derive_limit_law() -> Derivation:
    """Return the derivation of the limit laws for many samples; the speed is measured."""
    damped = 1 / sp.sqrt(1 + 2 / s.x**2)
    return Derivation(
        (REFITTING,),
        (
            limit_exists(),
            Citation(
                "random walk",
                "ln sigma_k^2 at k = M t tends to sqrt(2) B_t - t (unbiased) or sqrt(2) B_t - 2 t "
                "(MLE), and V to its exponential's integral over t > 0.",
                "Donsker's theorem, with tails bounded in mean",
                "Billingsley, Convergence of Probability Measures, section 8",
                (
                    Hypothesis("independent steps, their mean and variance", "B04"),
                    Hypothesis("E sigma_k decays geometrically", "B03"),
                ),
            ),
            Citation(
                "integral",
                "The integral of exp(2 (B_t - j t)) over t > 0 is 1/(2 G_j), G_j a gamma variable "
                "of shape j: V tends to 1/G_1 (unbiased) or to 1/G_2 (MLE), and mu_oo - mu to "
                "sigma z / sqrt(G_j).",
                "perpetual integral of a geometric Brownian motion",
                "Dufresne 1990, Scandinavian Actuarial Journal, 39-79",
                (Hypothesis("the limit of V", "random walk"),),
            ),
            *densities(),
            Identity(
                "Student, two degrees",
                "P(z^2 > x^2 G_1) = 1 - E exp(-z^2/x^2), for x > 0.",
                1 - damped,
                TAIL,
                Domain((BEYOND,)),
                concludes=("tail",),
            ),
            Identity(
                "Student, four degrees",
                "P(z^2 > x^2 G_2) = 1 - E (1 + z^2/x^2) exp(-z^2/x^2).",
                1 - damped - damped**3 / s.x**2,
                TAIL_MLE,
                Domain((BEYOND,)),
                concludes=("tail/mle",),
            ),
            Citation(
                "median",
                "The chance of abs(mu_oo - mu) > x sigma is 1/2 at x^2 = 2/3, and sigma_n tends to "
                "0: the median of lim W2^2 = (mu_oo - mu)^2 + sigma^2 is 2/3 + 1 variances.",
                "medians of a continuous law converge",
                "van der Vaart, Asymptotic Statistics, lemma 21.2",
                (
                    Hypothesis("the chance at x", "Student, two degrees"),
                    Hypothesis("sigma_n tends to 0", "B04"),
                ),
                gives=MEDIAN,
                concludes=("median",),
            ),
        ),
    )


LIMIT_LAW = Claim(
    code="B18",
    id="gaussian.final-location-law",
    title="For many samples the final mean is Student t_2 (unbiased), t_4/sqrt 2 (MLE)",
    statement=(
        "As M grows, (mu_oo - mu)/sigma tends in law to Student's t with 2 degrees of freedom, "
        "with the MLE to t_4/sqrt 2, whose variance is 1; its density, the same at -x, tends to "
        "theirs. With the unbiased estimator the median of lim W2^2 tends to (5/3) sigma^2, "
        "although E W2^2 is infinite. The error is of order 1/M."
    ),
    quantities=(
        Quantity(
            "density",
            "density of (mu_oo - mu)/sigma at x",
            r"f_{(\mu_\infty - \mu)/\sigma}(x)",
            Relation.TENDS_TO,
            DENSITY,
            DENSITY_MLE,
            order=Order(s.M, 1 / s.M, Fraction(1, 6), exact_order=False),
        ),
        Quantity(
            "tail",
            "chance that the final mean lies farther than x standard deviations from the real one",
            r"\mathbb{P}(|\mu_\infty - \mu| > x \sigma)",
            Relation.TENDS_TO,
            TAIL,
            TAIL_MLE,
            order=Order(s.M, 1 / s.M, Fraction(1, 4), exact_order=False),
        ),
        Quantity(
            "median",
            "median of the final squared Wasserstein distance to the real Gaussian, unbiased",
            r"\operatorname{med} \lim_n W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), \mathcal{D}_0)",
            Relation.TENDS_TO,
            MEDIAN,
            order=Order(s.M, s.sigma**2 / s.M, 1, exact_order=False),
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, LEVEL, DEVIATION, ESTIMATOR)),
    sources=(
        Source("Dufresne 1990", "the law of the integral"),
        Source("derived here", "the limits; the order is measured"),
    ),
    derive=derive_limit_law,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (HEAVY_TAIL, LIMIT_LAW)
