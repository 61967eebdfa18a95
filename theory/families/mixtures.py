"""Gaussian mixtures of components that do not overlap: what each of them loses."""

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Derivation,
    Identity,
    Induction,
    Inequality,
    Premise,
)
from theory.discrete.diversity import total_expectation
from theory.domain import GENERATIONS, SAMPLES, Domain, Kind, Parameter
from theory.families.within import Within

WEIGHT = Parameter("w", s.w, "starting weight of the component", Kind.REAL, 0, 1, True, True)
VARIANCE = Parameter(
    "V", s.V, "starting variance of the component, along any direction or their sum",
    Kind.REAL, 0, low_open=True, default=Fraction(1), aliases=("V0", "V_0"),
)  # fmt: skip
SEPARATED = Premise(
    "separated components",
    "The components lie so far apart, beside their widths, that each point tells its component. "
    "Generation n is a Gaussian mixture; M points of it are drawn and every component is fitted by "
    "maximum likelihood to the m points that are its own: weight m/M, their mean, their covariance "
    "with divisor m. A component without points is gone. w and V are its weight and variance at "
    "first; the first points of a component may follow any law of variance V.",
)

COUNT = sp.binomial(s.M, s.j) * s.w**s.j * (1 - s.w) ** (s.M - s.j)
SPAN = (s.j, 1, s.M)
KEPT = 1 - 1 / s.j
ALIVE = 1 - (1 - s.w) ** s.M
ONE_STEP = s.V * (s.w - ALIVE / s.M)
MEAN = s.V * Within(s.w, s.M, s.n)
SQUARED = s.w**2 * s.V * (1 - 1 / s.M) ** s.n
SPREAD = s.w * (1 - s.w) * (1 - 1 / s.M) ** s.n
SURVIVOR = s.V * (1 - ALIVE / (s.M * s.w))

COMPONENT = Domain((WEIGHT, SAMPLES, VARIANCE))
COMPONENTS = Domain((WEIGHT, SAMPLES, GENERATIONS, VARIANCE))


def derive_separated() -> Derivation:
    """Return the derivation of what a separated component loses."""
    return Derivation(
        (SEPARATED,),
        (
            Identity(
                "one fit",
                "The variance of m points about their own mean, divisor m, is V less that of their "
                "mean, a sum of m terms V / m^2: the factor is 1 - 1/m (here m is written M).",
                s.V - sp.Sum(s.V / s.M**2, (s.i, 1, s.M)),
                s.V * (1 - 1 / s.M),
                Domain((SAMPLES, VARIANCE)),
            ),
            Identity(
                "one generation",
                "m is binomial. With m >= 1 points the weight is m/M, and (m/M) (1 - 1/m) is "
                "(m - 1)/M: the mean count less the chance that there is a point.",
                sp.Sum(COUNT * s.j / s.M * s.V * KEPT, SPAN),
                ONE_STEP,
                COMPONENT,
                concludes=("one-step",),
            ),
            total_expectation(
                "first generation",
                "Given its count m in generation 1 the component starts anew with weight m/M and "
                "mean variance V (1 - 1/m), and what follows is in proportion to the variance.",
                "separated components",
            ),
            Identity(
                "no generation",
                "h_0(w) = w, and",
                s.V * Within(s.w, s.M, 0),
                s.V * s.w,
                COMPONENT,
            ),
            Identity(
                "recursion",
                "h_n(w) is the mean of (1 - 1/m) h_{n-1}(m/M).",
                s.V * sp.Sum(COUNT * KEPT * Within(s.j / s.M, s.M, s.n - 1), SPAN),
                MEAN,
                Domain((WEIGHT, SAMPLES, GENERATIONS.at_least(1), VARIANCE)),
                concludes=("variance",),
            ),
            Identity(
                "squared weights",
                "With one more factor m/M the power is m (m - 1)/M^2, whose mean is closed:",
                sp.Sum(COUNT * (s.j / s.M) ** 2 * s.V * KEPT, SPAN),
                s.w**2 * s.V * (1 - 1 / s.M),
                COMPONENT,
            ),
            Induction(
                "squared",
                "the chance that two points are both of the component and have not met.",
                s.n,
                s.w**2 * s.V,
                PREVIOUS * (1 - 1 / s.M),
                SQUARED,
                COMPONENTS,
                concludes=("squared",),
            ),
            Identity(
                "weights alone",
                "The weights are counts over M, drawn as in any resampling of categories:",
                sp.Sum(COUNT * s.j / s.M * (1 - s.j / s.M), SPAN),
                s.w * (1 - s.w) * (1 - 1 / s.M),
                COMPONENT,
            ),
            Induction(
                "weights",
                "so that everything that is known of these holds, such as the decay",
                s.n,
                s.w * (1 - s.w),
                PREVIOUS * (1 - 1 / s.M),
                SPREAD,
                COMPONENTS,
                concludes=("weights",),
            ),
            Inequality(
                "survivors",
                "The mean of 1/m over the components that live is at least 1 / E[m | m >= 1], by "
                "convexity of 1/m.",
                s.V * sp.Sum(COUNT * KEPT, SPAN) / ALIVE,
                SURVIVOR,
                COMPONENT,
                concludes=("survivor",),
            ),
        ),
    )


SEPARATED_COMPONENTS = Claim(
    code="D04",
    id="families.separated-components",
    title="Separated components: weights drift, and one of weight w narrows 1/w times faster",
    statement=(
        "In a Gaussian mixture whose components do not overlap, refitted by maximum likelihood, "
        "the weights are resampled categories and a component with m points keeps 1 - 1/m of its "
        "variance: as long as it lives, it loses at least (1 - (1-w)^M)/(M w) of it on average in "
        "a generation, about 1/(M w). The mean of weight times variance after n generations is V "
        "h_n(w), where h_n(w) = E[(1 - 1/m) h_{n-1}(m/M)], h_0(w) = w; that of squared weight "
        "times variance decays by 1 - 1/M exactly. Components that overlap, which share points, "
        "obey this in the limit only."
    ),
    quantities=(
        Quantity(
            "variance",
            "mean of the weight times the variance of a component (0 once it is gone)",
            r"\mathbb{E}[w_n V_n]",
            Relation.EQUALS,
            MEAN,
        ),
        Quantity(
            "one-step",
            "mean of the weight times the variance after one generation",
            r"\mathbb{E}[w' V' \mid w, V]",
            Relation.EQUALS,
            ONE_STEP,
        ),
        Quantity(
            "squared",
            "mean of the squared weight times the variance",
            r"\mathbb{E}[w_n^2 V_n]",
            Relation.EQUALS,
            SQUARED,
        ),
        Quantity(
            "weights",
            "mean of w_n (1 - w_n)",
            r"\mathbb{E}[w_n(1-w_n)]",
            Relation.EQUALS,
            SPREAD,
        ),
        Quantity(
            "survivor",
            "mean variance after one generation of a component that lives",
            r"\mathbb{E}[V' \mid w, V, w' > 0]",
            Relation.AT_MOST,
            SURVIVOR,
            slack=Fraction(21, 20),
        ),
    ),
    domain=Domain((replace(WEIGHT, high_open=False), SAMPLES, GENERATIONS, VARIANCE)),
    sources=(
        Source("Shumailov et al. 2024, Nature 631", "the mixture refitted there, Fig. 7"),
        Source("derived here", "in the separated limit"),
    ),
    derive=derive_separated,
)

CLAIMS = (SEPARATED_COMPONENTS,)
