"""Linear VAE with a fixed decoder variance, on a line: a floor in place of collapse."""

from dataclasses import replace

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.domain import ESTIMATOR, GENERATIONS, Domain
from theory.families.reflected_walk import AtFloor, CramerRoot
from theory.gamma_product import LogProductBelow
from theory.gaussian.variance import SAMPLES_FROM_TWO, chi_square_moment

SHAPE = (s.M - 1) / 2
KAPPA = CramerRoot(SHAPE, s.M / 2)
DEAD = AtFloor(SHAPE, SHAPE, s.n)
DEAD_MLE = AtFloor(SHAPE, s.M / 2, s.n)
ONE_FIT = Domain((SAMPLES_FROM_TWO,))
SMALL_FIT = Domain((replace(SAMPLES_FROM_TWO, high=5),))
#: Longer runs are as good as stationary where M is small, and costly.
FEW_GENERATIONS = replace(GENERATIONS, high=60)

MODEL = Premise(
    "model",
    "A point is mu + w z + e: z is standard normal, e is normal of variance eta^2 that is not "
    "fitted. The fit to M points of variance l (divisor M, or M - 1 for unbiased) takes their mean "
    "and w^2 = max(l - eta^2, 0): the model's variance is max(l, eta^2).",
)
GENERATION = Premise(
    "generations",
    "Given the model of variance v_n, M independent points of it are drawn and the next model is "
    "fitted to them. The start is v_0 = eta^2 for `dead`, and any v_0 for `kappa`.",
)


def _walk() -> tuple[Citation | Identity, ...]:
    """Return the steps to the reflected random walk and to its visits to the floor."""
    first = sp.log(s.M / 2)
    return (
        Citation(
            "recursion",
            "l = v_n Y with Y a chi-square with M - 1 degrees of freedom over the divisor, "
            "independent of the past: v_{n+1} = max(v_n Y, eta^2). So ln(v_n/eta^2) is a random "
            "walk kept from falling below 0; from 0 it has the law of the maximum of the free "
            "walk S_0 = 0, S_1, ..., S_n, read backwards.",
            "Lindley's equation",
            "Lindley 1952, Proc. Camb. Phil. Soc. 48, 277-289",
            (
                Hypothesis("the points are normal with variance v_n", "generations"),
                Hypothesis("the fit is max(l, eta^2)", "model"),
                Hypothesis("the law of Y", "B01"),
            ),
        ),
        *(
            Citation(
                f"visits{suffix}",
                "The latent is dead, v_n = eta^2, where no S_k is above 0: r_n with "
                "sum r_n z^n = exp(sum P(S_k <= 0) z^k/k).",
                "Sparre Andersen's theorem",
                "Feller, An Introduction to Probability Theory 2, XII.7, theorem 1",
                (Hypothesis("the steps are independent and of one law", "recursion"),),
                gives=law,
                concludes=(f"dead{suffix}",),
            )
            for suffix, law in (("", DEAD), ("/mle", DEAD_MLE))
        ),
        Identity(
            "one step",
            "For n = 1 it is P(Y <= 1),",
            LogProductBelow(SHAPE, sp.Integer(1), first),
            DEAD_MLE.subs(s.n, 1),
            SMALL_FIT,
        ),
        Identity(
            "two steps",
            "for n = 2 it is (P(Y_1 <= 1)^2 + P(Y_1 Y_2 <= 1))/2.",
            (
                LogProductBelow(SHAPE, sp.Integer(1), first) ** 2
                + LogProductBelow(SHAPE, sp.Integer(2), 2 * first)
            )
            / 2,
            DEAD_MLE.subs(s.n, 2),
            SMALL_FIT,
        ),
    )


def _index() -> tuple[Citation | Identity | Inequality, ...]:
    """Return the steps to the tail index of the stationary law."""
    unbiased, mle = chi_square_moment(s.M - 1), chi_square_moment(s.M)
    return (
        Identity(
            "unbiased factor",
            "E Y = 1 for the divisor M - 1,",
            unbiased.subs(s.t, 1),
            sp.Integer(1),
            ONE_FIT,
            uses=("B02",),
        ),
        Identity(
            "factor of the MLE",
            "and E Y^kappa = 1 for the divisor M.",
            mle.subs(s.t, KAPPA),
            sp.Integer(1),
            ONE_FIT,
            uses=("B01",),
        ),
        Identity(
            "second moment",
            "There E Y^2 = 1 - 1/M^2 is below 1,",
            mle.subs(s.t, 2),
            1 - 1 / s.M**2,
            ONE_FIT,
            uses=("B01",),
        ),
        Inequality(
            "third moment",
            "and E Y^3 above: kappa lies between 2 and 3, so the stationary variance has a mean "
            "and a second moment, which it lacks for the divisor M - 1.",
            sp.Integer(1),
            mle.subs(s.t, 3),
            ONE_FIT,
            strict=True,
            uses=("B01",),
        ),
        *(
            Citation(
                f"tail{suffix}",
                "P(v > x) ~ C x^(-kappa) with C > 0 for the stationary v = max(v Y, eta^2). "
                "kappa > 0 is unique: ln E Y^k is convex in k and 0 at k = 0.",
                "implicit renewal theorem",
                "Goldie 1991, Ann. Appl. Probab. 1, 126-166, theorem 5.2",
                (
                    Hypothesis(
                        "E ln Y < 0, so the walk returns and a stationary law exists", "B04"
                    ),
                    Hypothesis("E Y^kappa = 1, and every moment of Y is finite", shown),
                    Hypothesis("ln Y has a density", "recursion"),
                ),
                gives=law,
                concludes=(f"kappa{suffix}",),
            )
            for suffix, shown, law in (
                ("", "unbiased factor", sp.Integer(1)),
                ("/mle", "factor of the MLE", KAPPA),
            )
        ),
    )


def derive_floor() -> Derivation:
    """Return the derivation of the tail index and of the chance that the latent is dead."""
    return Derivation((MODEL, GENERATION), (*_walk(), *_index()))


FLOORED = Claim(
    code="D03",
    id="families.latent-floor",
    title="With a fixed decoder variance the latent dies and comes back: a Pareto law, not 0",
    statement=(
        "A linear VAE on a line with decoder variance eta^2 has v_{n+1} = max(v_n Y, eta^2): its "
        "variance does not tend to 0 but stays above eta^2, where the latent is dead (posterior "
        "collapse), returns there for ever, and has a stationary law with P(v > x) ~ C x^(-kappa), "
        "E Y^kappa = 1. kappa = 1 exactly for the unbiased fit, whose stationary variance has no "
        "mean; for the MLE 2 < kappa < 3. From v_0 = eta^2 the latent is dead at generation n with "
        "probability r_n, n r_n = sum_{k<=n} P(Y_1...Y_k <= 1) r_{n-k}."
    ),
    quantities=(
        Quantity(
            "kappa",
            "tail index of the stationary variance",
            r"\kappa",
            Relation.EQUALS,
            sp.Integer(1),
            KAPPA,
        ),
        Quantity(
            "dead",
            "probability that the latent is dead at generation n, from v_0 = eta^2",
            r"\mathbb{P}(v_n=\eta^2)",
            Relation.EQUALS,
            DEAD,
            DEAD_MLE,
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, ESTIMATOR, FEW_GENERATIONS)),
    sources=(
        Source("Lucas, Tucker, Grosse and Norouzi 2019, NeurIPS", "the threshold max(l, eta^2)"),
        Source("derived here", "the recursion as a reflected walk, tail index, dead latents"),
    ),
    derive=derive_floor,
)

CLAIMS = (FLOORED,)
