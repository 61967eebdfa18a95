"""How far the fitted probabilities wander: their variances, and moments up to the fourth order."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS, Citation, Derivation, Hypothesis, Identity, Induction
from theory.discrete.diversity import RESAMPLING, total_expectation
from theory.discrete.lineages import unfolded
from theory.domain import (
    CATEGORY,
    DIVERSITY,
    GENERATIONS,
    LAW,
    RARE,
    SAMPLES,
    Condition,
    Domain,
)

ONE_CATEGORY = Domain((LAW, CATEGORY, SAMPLES, GENERATIONS))
ONE_GENERATION = Domain((RARE, SAMPLES))
PAIR = Domain((LAW, SAMPLES.at_least(2), GENERATIONS), (Condition(s.K, sp.Integer(3)),))

#: Chance that two, three, four draws have as many parents.
L2 = 1 - 1 / s.M
L3 = L2 * (1 - 2 / s.M)
L4 = L3 * (1 - 3 / s.M)

SHARE = s.p[s.i]
SPREAD = SHARE * (1 - SHARE)
COMPONENT = SPREAD * (1 - L2**s.n)
DRIFT = s.H0 * (1 - L2**s.n)


def derive_mean_squared_drift() -> Derivation:
    """Return the derivation of Var p_{n,i} and of E||p_n - p||^2."""
    return Derivation(
        (RESAMPLING,),
        (
            Identity(
                "binomial variance",
                "The variance of a binomial count over M.",
                unfolded((s.j / s.M - s.q) ** 2, s.q),
                s.q * (1 - s.q) / s.M,
                ONE_GENERATION,
            ),
            Citation(
                "total variance",
                "Var p_{n+1,i} = Var p_{n,i} + E[p_{n,i} (1 - p_{n,i})] / M, and the mean on the "
                "right is p_i (1 - p_i) - Var p_{n,i}.",
                "law of total variance",
                "Billingsley, Probability and Measure, section 34",
                (
                    Hypothesis("p_{n,i} is bounded, hence square integrable", "resampling"),
                    Hypothesis("its mean is p_i at every n", "A01"),
                    Hypothesis("its variance given p_n", "binomial variance"),
                ),
            ),
            Induction(
                "component",
                "From 0, the variance closes the share 1/M of its distance to p_i (1 - p_i).",
                s.n,
                sp.Integer(0),
                PREVIOUS + (SPREAD - PREVIOUS) / s.M,
                COMPONENT,
                ONE_CATEGORY,
                concludes=("component",),
            ),
            Identity(
                "drift",
                "The mean of each category being its start, the mean squared distance is the sum "
                "of the variances.",
                sp.Sum(COMPONENT, (s.i, 1, s.K)),
                DRIFT,
                Domain((LAW, DIVERSITY, SAMPLES, GENERATIONS)),
                concludes=("drift",),
            ),
        ),
    )


MEAN_SQUARED_DRIFT = Claim(
    code="A03",
    id="discrete.mean-squared-drift",
    title="The mean squared distance to the real law grows to the diversity it started with",
    statement=(
        "The mean squared distance between the fitted law and the real one is what the diversity "
        "has lost; a category of probability p_i contributes the variance "
        "p_i (1-p_i) (1 - (1-1/M)^n)."
    ),
    quantities=(
        Quantity(
            "drift",
            "mean squared Euclidean distance to the real law",
            r"\mathbb{E}\lVert p_n - p\rVert^2",
            Relation.EQUALS,
            DRIFT,
        ),
        Quantity(
            "component",
            "variance of the fitted probability of category i",
            r"\operatorname{Var} p_{n,i}",
            Relation.EQUALS,
            COMPONENT,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, CATEGORY, SAMPLES, GENERATIONS)),
    sources=(Source("Wright 1931, Genetics 16", "variance of gene frequencies"),),
    derive=derive_mean_squared_drift,
)


SECOND = SHARE - SPREAD * L2**s.n
THIRD = (
    SHARE
    - sp.Rational(3, 2) * SPREAD * L2**s.n
    + sp.Rational(1, 2) * SPREAD * (1 - 2 * SHARE) * L3**s.n
)


def derive_low_moments() -> Derivation:
    """Return the derivation of E[p_n^2] and E[p_n^3]."""
    return Derivation(
        (RESAMPLING,),
        (
            Identity(
                "square",
                "The mean square of a binomial count over M.",
                unfolded((s.j / s.M) ** 2, s.q),
                L2 * s.q**2 + s.q / s.M,
                ONE_GENERATION,
            ),
            Identity(
                "cube",
                "The mean cube of a binomial count over M.",
                unfolded((s.j / s.M) ** 3, s.q),
                L3 * s.q**3 + 3 * L2 * s.q**2 / s.M + s.q / s.M**2,
                ONE_GENERATION,
            ),
            total_expectation(
                "tower",
                "E[p_{n+1,i}^2] and E[p_{n+1,i}^3] follow from the moments of generation n up to "
                "the same order; that of order 1 is p_i (A01).",
                "resampling",
            ),
            Induction(
                "second moment",
                "A linear recursion whose fixed point is p_i, the second moment at a vertex.",
                s.n,
                SHARE**2,
                L2 * PREVIOUS + SHARE / s.M,
                SECOND,
                ONE_CATEGORY,
                concludes=("second-moment",),
                uses=("A01",),
            ),
            Induction(
                "third moment",
                "The same one order higher, driven by the second moment.",
                s.n,
                SHARE**3,
                L3 * PREVIOUS + 3 * L2 * SECOND / s.M + SHARE / s.M**2,
                THIRD,
                ONE_CATEGORY,
                concludes=("third-moment",),
            ),
        ),
    )


LOW_MOMENTS = Claim(
    code="A06",
    id="discrete.low-moments",
    title="Second and third moments of a fitted probability, in closed form",
    statement=(
        "The second and third moment of the fitted probability of a category tend to its real "
        "probability; what is missing decays like (1-1/M)^n and ((1-1/M)(1-2/M))^n, along "
        "x(1-x) and x(1-x)(1-2x)."
    ),
    quantities=(
        Quantity(
            "second-moment",
            "second moment of the fitted probability of category i",
            r"\mathbb{E}[p_{n,i}^2]",
            Relation.EQUALS,
            SECOND,
        ),
        Quantity(
            "third-moment",
            "third moment of the fitted probability of category i",
            r"\mathbb{E}[p_{n,i}^3]",
            Relation.EQUALS,
            THIRD,
        ),
    ),
    domain=ONE_CATEGORY,
    sources=(
        Source("Wright 1931, Genetics 16", "second moment"),
        Source("derived here", "third moment"),
    ),
    derive=derive_low_moments,
)


START = s.p[1] * s.p[2]
#: What one generation adds to E[y^2] for each unit of E[y].
ADDED = (s.M - 1) ** 2 / s.M**3
PRODUCT_MEAN = START * L2**s.n
PRODUCT_SQUARE = START**2 * L4**s.n + ADDED * START * (L2**s.n - L4**s.n) / (L2 - L4)
VARIANCE = 4 * (PRODUCT_SQUARE - PRODUCT_MEAN**2)


def derive_diversity_variance() -> Derivation:
    """Return the derivation of Var H_n for two categories."""
    product = (s.j / s.M) * (1 - s.j / s.M)
    start = s.q * (1 - s.q)
    return Derivation(
        (RESAMPLING,),
        (
            Identity(
                "one generation",
                "y = p_1 p_2 = H / 2 keeps the share 1 - 1/M in the mean,",
                unfolded(product, s.q),
                L2 * start,
                ONE_GENERATION,
            ),
            Identity(
                "its square",
                "and the mean of its square needs y^2 and y only.",
                unfolded(product**2, s.q),
                L4 * start**2 + ADDED * start,
                ONE_GENERATION,
            ),
            total_expectation("tower", "So E[y] and E[y^2] obey two recursions.", "resampling"),
            Induction(
                "mean",
                "The first is geometric;",
                s.n,
                START,
                L2 * PREVIOUS,
                PRODUCT_MEAN,
                PAIR,
                concludes=("mean",),
            ),
            Induction(
                "second moment",
                "the second is driven by the first, at another rate (L2 > L4).",
                s.n,
                START**2,
                L4 * PREVIOUS + ADDED * PRODUCT_MEAN,
                PRODUCT_SQUARE,
                PAIR,
                concludes=("second-moment",),
            ),
            Induction(
                "variance",
                "Var H = 4 E[y^2] - 4 E[y]^2, both one generation on: from 0.",
                s.n,
                sp.Integer(0),
                L4 * (PREVIOUS + 4 * PRODUCT_MEAN**2)
                + 4 * ADDED * PRODUCT_MEAN
                - (2 * L2 * PRODUCT_MEAN) ** 2,
                VARIANCE,
                PAIR,
                concludes=("variance",),
            ),
        ),
    )


DIVERSITY_VARIANCE = Claim(
    code="A07",
    id="discrete.diversity-variance",
    title="How much the diversity differs from run to run (two categories)",
    statement=(
        "With two categories, H = 2 p_1 p_2; y = p_1 p_2 and y^2 obey two linear recursions, with "
        "the factors L2 = 1-1/M and L4 = (1-1/M)(1-2/M)(1-3/M), which give Var H_n in closed form."
    ),
    quantities=(
        Quantity(
            "variance",
            "variance of the diversity after n generations",
            r"\operatorname{Var} H_n",
            Relation.EQUALS,
            VARIANCE,
        ),
        Quantity(
            "mean",
            "mean of y = p_1 p_2 = H / 2 after n generations",
            r"\mathbb{E}[y_n]",
            Relation.EQUALS,
            PRODUCT_MEAN,
        ),
        Quantity(
            "second-moment",
            "mean of y^2 after n generations",
            r"\mathbb{E}[y_n^2]",
            Relation.EQUALS,
            PRODUCT_SQUARE,
        ),
    ),
    domain=PAIR,
    sources=(Source("derived here", "from the eigenfunction of degree 4"),),
    derive=derive_diversity_variance,
)

CLAIMS = (MEAN_SQUARED_DRIFT, LOW_MOMENTS, DIVERSITY_VARIANCE)
