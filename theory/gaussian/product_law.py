"""Density, distribution function and quantiles of the fitted variance after n generations."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity
from theory.domain import DEVIATION, ESTIMATOR, GENERATIONS, Domain, Kind, Parameter
from theory.gamma_product import (
    LogProductAbove,
    LogProductBelow,
    LogProductDensity,
    LogProductQuantile,
)
from theory.gaussian.rate import RATE, RATE_MLE, SPREAD
from theory.gaussian.variance import REFITTING, SAMPLES_FROM_TWO

HALF = (s.M - 1) / 2
PLACE = sp.Symbol("y", real=True)
FROM_ONE = GENERATIONS.at_least(1)
VALUE = Parameter("x", s.x, "value of the fitted variance", Kind.REAL, 0, low_open=True)
LOGARITHM = Parameter("y", PLACE, "value of the logarithm of the product", Kind.REAL, -3, 3)
LEVEL = Parameter(
    "q", s.q, "probability of staying below", Kind.REAL, 0, 1, True, True, Fraction(1, 2)
)
SHAPES = (SAMPLES_FROM_TWO, FROM_ONE)


def logarithm(divisor: sp.Expr) -> sp.Expr:
    """Return ln of the product of n gamma variables of shape (M-1)/2 where the variance is x."""
    return sp.log(s.x / s.sigma**2) + s.n * sp.log(divisor / 2)


def density(divisor: sp.Expr) -> sp.Expr:
    """Return the density of sigma_n^2 at x."""
    return LogProductDensity(HALF, s.n, logarithm(divisor)) / s.x


def below(divisor: sp.Expr) -> sp.Expr:
    """Return the probability that sigma_n^2 <= x."""
    return LogProductBelow(HALF, s.n, logarithm(divisor))


def above(divisor: sp.Expr) -> sp.Expr:
    """Return the probability that sigma_n^2 > x."""
    return LogProductAbove(HALF, s.n, logarithm(divisor))


def quantile(divisor: sp.Expr) -> sp.Expr:
    """Return the x that sigma_n^2 stays below with probability q."""
    return s.sigma**2 * sp.exp(LogProductQuantile(HALF, s.n, s.q) + s.n * sp.log(2 / divisor))


LAWS = {
    "density": (density(s.M - 1), density(s.M)),
    "cdf": (below(s.M - 1), below(s.M)),
    "survival": (above(s.M - 1), above(s.M)),
}


def _known_cases() -> tuple[Identity, ...]:
    """Return what the contour integrals are where they are elementary, and how they step."""
    law = LogProductDensity(HALF, s.n, PLACE)
    one = sp.exp(HALF * PLACE - sp.exp(PLACE)) / sp.gamma(HALF)
    two = 2 * sp.exp(HALF * PLACE) * sp.besselk(0, 2 * sp.exp(PLACE / 2)) / sp.gamma(HALF) ** 2
    over = Domain((SAMPLES_FROM_TWO, LOGARITHM))
    return (
        Identity(
            "one generation",
            "n = 1: the integral is that of Cahen and Mellin, the density of ln G.",
            law.subs(s.n, 1),
            one,
            over,
        ),
        Identity(
            "two generations",
            "n = 2: the Bessel function K_0.",
            law.subs(s.n, 2),
            two,
            over,
        ),
        Identity(
            "size bias",
            "Moving the line by 1 raises the shape by 1: weighting by the value of the product "
            "does the same to each factor.",
            LogProductDensity(HALF + 1, s.n, PLACE) * HALF**s.n,
            sp.exp(PLACE) * law,
            Domain((*SHAPES, LOGARITHM)),
        ),
        Identity(
            "distribution of one",
            "n = 1, M = 3: an exponential variable. The lines for P(S > y) and P(S <= y) lie on "
            "either side of the pole at 0, whose residue is 1.",
            LogProductBelow(sp.Integer(1), sp.Integer(1), PLACE),
            1 - sp.exp(-sp.exp(PLACE)),
            Domain((LOGARITHM,)),
        ),
    )


def derive_product_law() -> Derivation:
    """Return the derivation of density and distribution function as contour integrals."""
    return Derivation(
        (REFITTING,),
        (
            *_known_cases(),
            *(
                Citation(
                    f"{name}{suffix}",
                    "sigma_n^2 (divisor/2)^n / sigma^2 is a product of n independent gamma "
                    "variables of shape a = (M-1)/2, with moments (Gamma(a+s)/Gamma(a))^n that "
                    "fall off exponentially along lines: the law is their inverse transform, a "
                    "Meijer G-function.",
                    "Mellin's inversion theorem",
                    "Springer and Thompson 1970, SIAM J. Appl. Math. 18, 721-737",
                    (
                        Hypothesis("the moments of every order above -a", "B01"),
                        Hypothesis("the integral for n = 1", "one generation"),
                        Hypothesis("the residue at 0", "distribution of one"),
                    ),
                    gives=law,
                    concludes=(f"{name}{suffix}",),
                )
                for name, both in LAWS.items()
                for suffix, law in zip(("", "/mle"), both, strict=True)
            ),
        ),
    )


def _law_quantity(name: str, words: str, latex: str) -> Quantity:
    law, mle = LAWS[name]
    return Quantity(name, words, latex, Relation.EQUALS, law, mle)


PRODUCT_LAW = Claim(
    code="B05",
    id="gaussian.product-law",
    title="Density and distribution function of sigma_n^2 are Meijer G-functions",
    statement=(
        "With a = (M-1)/2 and sigma = 1, sigma_n^2 has the density "
        "a^n Gamma(a)^(-n) G^{n,0}_{0,n}(a^n x | a-1, ..., a-1) and the distribution function "
        "Gamma(a)^(-n) G^{n,1}_{1,n+1}(a^n x | 1; a, ..., a, 0), for n >= 1; with the MLE M/2 "
        "takes the place of a in front of x. For n = 2 the density is "
        "2 a^(2a) x^(a-1) K_0(2 a sqrt x) / Gamma(a)^2."
    ),
    quantities=(
        _law_quantity("density", "density of the fitted variance at x", r"f_{\sigma_n^2}(x)"),
        _law_quantity(
            "cdf",
            "probability that the fitted variance is at most x",
            r"\mathbb{P}(\sigma_n^2\le x)",
        ),
        _law_quantity(
            "survival",
            "probability that the fitted variance exceeds x",
            r"\mathbb{P}(\sigma_n^2>x)",
        ),
    ),
    domain=Domain((*SHAPES, VALUE, DEVIATION, ESTIMATOR)),
    sources=(Source("Springer and Thompson 1970, SIAM J. Appl. Math. 18", "products of gammas"),),
    derive=derive_product_law,
)

#: The normal quantile z_q.
Z = sp.sqrt(2) * sp.erfinv(2 * s.q - 1)
CLT = s.sigma**2 * sp.exp(s.n * RATE + Z * sp.sqrt(s.n * SPREAD))
CLT_MLE = s.sigma**2 * sp.exp(s.n * RATE_MLE + Z * sp.sqrt(s.n * SPREAD))
QUANTILE, QUANTILE_MLE = quantile(s.M - 1), quantile(s.M)
ERROR = sp.exp(2 * (1 + Z**2) / (s.M - 1)) - 1


def derive_quantiles() -> Derivation:
    """Return the derivation of the quantile and of its normal approximation."""
    return Derivation(
        (REFITTING,),
        (
            Identity(
                "level",
                "At the quantile the distribution function, which rises everywhere, equals q.",
                LogProductBelow(HALF, s.n, LogProductQuantile(HALF, s.n, s.q)),
                s.q,
                Domain((*SHAPES, LEVEL)),
                uses=("B05",),
            ),
            *(
                Citation(
                    f"quantile{suffix}",
                    "The variance is sigma^2 (2/divisor)^n e^S, an increasing function of S.",
                    "the quantile of an increasing function is its value at the quantile",
                    "Billingsley, Probability and Measure, section 14",
                    (Hypothesis("the distribution function equals q there", "level"),),
                    gives=law,
                    concludes=(f"quantile{suffix}",),
                )
                for suffix, law in (("", QUANTILE), ("/mle", QUANTILE_MLE))
            ),
            *(
                Citation(
                    f"clt{suffix}",
                    "ln sigma_n^2 has the mean n L and the variance n psi'(a), and is a sum of n "
                    "independent terms: (ln x_q - n L)/sqrt(n psi'(a)) tends to z_q. The third "
                    "cumulant n psi''(a) moves ln x_q by psi''(a)(z_q^2 - 1)/(6 psi'(a)), "
                    "whatever n.",
                    "central limit theorem; Cornish and Fisher's expansion",
                    "Billingsley, theorem 27.1; Hall, The Bootstrap and Edgeworth Expansion, 2.5",
                    (
                        Hypothesis("mean and variance of the logarithm", "B04"),
                        Hypothesis("independent terms of one law", "B01"),
                    ),
                    gives=law,
                    concludes=(f"clt{suffix}",),
                )
                for suffix, law in (("", CLT), ("/mle", CLT_MLE))
            ),
        ),
    )


QUANTILES = Claim(
    code="B06",
    id="gaussian.quantiles",
    title="Quantiles of sigma_n^2; the normal ones are off by a factor that does not fade with n",
    statement=(
        "The q-quantile of sigma_n^2, n >= 1, is where its distribution function (B05) equals q; "
        "the median is that at q = 1/2. exp(n L + z_q sqrt(n psi'(a))), a = (M-1)/2, is right for "
        "the logarithm to leading order in n; the quotient of the two tends to "
        "exp(psi''(a) (z_q^2 - 1)/(6 psi'(a))), which is near 1 for large M only: for M = 10 the "
        "median is 4 percent above exp(n L) for ever."
    ),
    quantities=(
        Quantity(
            "quantile",
            "q-quantile of the fitted variance; the median at q = 1/2",
            r"F_{\sigma_n^2}^{-1}(q)",
            Relation.EQUALS,
            QUANTILE,
            QUANTILE_MLE,
        ),
        Quantity(
            "clt",
            "normal approximation of the quantile",
            r"F_{\sigma_n^2}^{-1}(q)",
            Relation.TENDS_TO,
            CLT,
            CLT_MLE,
            order=Order(s.M, ERROR, 1, exact_order=False, relative=True),
        ),
    ),
    domain=Domain((*SHAPES, LEVEL, DEVIATION, ESTIMATOR)),
    sources=(Source("derived here"), Source("Cornish and Fisher 1938", "the factor")),
    derive=derive_quantiles,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (PRODUCT_LAW, QUANTILES)
