"""The total variance of a refitted mixture: the same law whatever its components."""

from fractions import Fraction

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
from theory.domain import GENERATIONS, SAMPLES, Domain, Kind, Parameter

TOTAL = Parameter(
    "total", s.total, "total variance of D_0 (trace of its covariance)", Kind.REAL, 0,
    low_open=True, default=Fraction(1),
    aliases=("Var_total_0", "Var_total", "Var_0", "Var0", "Var", "V", "V0"),
)  # fmt: skip
FLOOR = Parameter(
    "floor", s.floor, "what every fit adds to the total variance", Kind.REAL, 0,
)  # fmt: skip

ANY_MIXTURE = Premise(
    "any mixture",
    "Generation n is a mixture; M points of it are drawn, or of D_0, any law of total variance "
    "`total` (summed over the dimensions), in generation 1. The fit gives point x the share r_j(x) "
    ">= 0 of component j, of sum 1 over j: labels, or the responsibilities of any iteration of EM, "
    "converged or not. Weight, mean and covariance of component j are the sum of its shares over "
    "M and the means weighted by them.",
)
COORDINATES = (
    Parameter("x", s.x, "first point", Kind.REAL, 0, low_open=True),
    Parameter("tau", s.tau, "second point", Kind.REAL, 0, low_open=True),
    Parameter("q", s.q, "share of the first point", Kind.REAL, 0, 1, True, True),
    Parameter("g", s.g, "share of the second point", Kind.REAL, 0, 1),
)
LEFT = s.total * (1 - 1 / s.M) ** s.n
MOVED = s.total * (1 - (1 - 1 / s.M) ** s.n)
FLOORED = s.M * s.floor + (s.total - s.M * s.floor) * (1 - 1 / s.M) ** s.n
MIXTURES = Domain((SAMPLES, GENERATIONS, TOTAL))
WITH_FLOOR = Domain((SAMPLES, GENERATIONS, TOTAL, FLOOR))


def _of_two(first: sp.Expr, second: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Return weight, weight times mean and weight times variance, of shares of two points."""
    mass, moment = first + second, first * s.x + second * s.tau
    square = first * s.x**2 + second * s.tau**2
    return mass / 2, moment / 2, (square - moment**2 / mass) / 2


def derive_total() -> Derivation:
    """Return the derivation of the law of the total variance."""
    one, other = _of_two(s.q, s.g), _of_two(1 - s.q, 1 - s.g)
    inside = one[2] + other[2]
    between = one[1] ** 2 / one[0] + other[1] ** 2 / other[0] - (one[1] + other[1]) ** 2
    step = s.total / s.M * (1 - 1 / s.M) ** s.n
    return Derivation(
        (ANY_MIXTURE,),
        (
            Identity(
                "shares drop out",
                "Variance inside plus variance between the components is that of the points, "
                "divisor M, since the shares of a point add up to 1: here two points and two "
                "components; every further one adds terms of the same form. Likewise the mean.",
                inside + between,
                (s.x - s.tau) ** 2 / 4,
                Domain(COORDINATES),
            ),
            Identity(
                "one fit",
                "Hence one fit keeps the mean of the points and all but 1/M of the total variance,",
                s.total - sp.Sum(s.total / s.M**2, (s.k, 1, s.M)),
                s.total * (1 - 1 / s.M),
                Domain((SAMPLES, TOTAL)),
            ),
            Induction(
                "variance",
                "generation after generation.",
                s.n,
                s.total,
                PREVIOUS * (1 - 1 / s.M),
                LEFT,
                MIXTURES,
                concludes=("variance",),
            ),
            Citation(
                "orthogonal steps",
                "The mean of M points of mean mu_n is mu_n on average: a martingale, whose steps "
                "are uncorrelated, and their mean squares add up.",
                "orthogonality of martingale increments",
                "Williams, Probability with Martingales, section 12.1",
                (
                    Hypothesis("the mean of the mixture is that of its points", "shares drop out"),
                    Hypothesis("the total variance has a finite mean", "variance"),
                ),
            ),
            Induction(
                "drift",
                "Step n adds E total_n / M, what the total variance loses in it.",
                s.n,
                sp.Integer(0),
                PREVIOUS + step,
                MOVED,
                MIXTURES,
                concludes=("drift",),
            ),
            Induction(
                "floored",
                "A floor on the variances, such as d times scikit-learn's `reg_covar`, is added "
                "anew in every fit, to every component and so to the total.",
                s.n,
                s.total,
                PREVIOUS * (1 - 1 / s.M) + s.floor,
                FLOORED,
                WITH_FLOOR,
                concludes=("floored",),
            ),
        ),
    )


TOTAL_VARIANCE = Claim(
    code="D05",
    id="families.total-variance-of-mixtures",
    title="The total variance of a mixture decays by 1 - 1/M, whatever its components",
    statement=(
        "Every iteration of EM, with any responsibilities, gives the mixture the mean and the "
        "covariance (divisor M) of its points. So for any number of components, overlapping or "
        "not, converged or not, for every real law with a finite second moment, the mean total "
        "variance is total (1 - 1/M)^n and the mean squared drift total less that. A floor on the "
        "variances stops the decay at M times what it adds to the total."
    ),
    quantities=(
        Quantity(
            "variance",
            "mean total variance: inside the components and between them",
            r"\mathbb{E}\,\mathrm{Var}_{\mathrm{total},n}",
            Relation.EQUALS,
            LEFT,
        ),
        Quantity(
            "drift",
            "mean squared distance of the mixture's mean from the real one",
            r"\mathbb{E}\lVert\mathrm{mean}_n-\mathrm{mean}_0\rVert^2",
            Relation.EQUALS,
            MOVED,
        ),
        Quantity(
            "floored",
            "mean total variance where every fit adds a floor",
            r"\mathbb{E}\,\mathrm{Var}_{\mathrm{total},n}",
            Relation.EQUALS,
            FLOORED,
        ),
    ),
    domain=WITH_FLOOR,
    sources=(
        Source("Dempster, Laird and Rubin 1977, J. R. Stat. Soc. B 39", "EM"),
        Source("derived here", "the recursion"),
    ),
    derive=derive_total,
)

CLAIMS = (TOTAL_VARIANCE,)
