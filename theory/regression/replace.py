"""Least squares on the newest labels alone: the error grows by the same amount in each round."""

import operator
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
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
from theory.domain import DIMENSIONS, GENERATIONS, Condition, Domain, Kind, Parameter
from theory.regression.model import (
    ENOUGH,
    ERROR_LATEX,
    ERROR_WORDS,
    INPUTS,
    LABELS,
    NOISE,
    NOISE_PARAMETER,
    ONE_FIT,
    OVER,
    ROWS,
    T,
    inverse_mean,
)

T_0 = sp.Symbol("T_0", integer=True, positive=True)
NOISE_0 = sp.Symbol("sigma_0", nonnegative=True)
PHI = sp.Symbol("phi", positive=True)
PHI_0 = sp.Symbol("phi_0", positive=True)

EARLIER_ROWS = Parameter(
    "T_0", T_0, "samples of each synthetic generation", Kind.INTEGER, 1, aliases=("T0",)
)
EARLIER_NOISE = Parameter(
    "sigma_0", NOISE_0, "standard deviation of the noise of a synthetic label", Kind.REAL, 0,
    default=Fraction(1), aliases=("sigma0",),
)  # fmt: skip
ASPECT = Parameter(
    "phi", PHI, "dimensions per sample of the final fit", Kind.REAL, 0, 1, True, True,
    follows=s.d / T,
)  # fmt: skip
EARLIER_ASPECT = Parameter(
    "phi_0", PHI_0, "dimensions per sample of a synthetic generation", Kind.REAL, 0, 1, True, True,
    follows=s.d / T_0, aliases=("phi0",),
)  # fmt: skip
#: The two again, free: for steps that know them alone.
FREE = tuple(
    Parameter(one.name, one.symbol, one.meaning, Kind.REAL, 0, 1, True, True)
    for one in (ASPECT, EARLIER_ASPECT)
)

NEWEST = Premise(
    "newest alone",
    "w_n is the least squares fit of round n alone. The rounds have inputs of their own, or all "
    "have the same ones.",
)
LAST_FIT = Premise(
    "last fit",
    "n rounds have T_0 rows each and noise of standard deviation sigma_0; one more, the final "
    "fit, has T rows and noise of standard deviation sigma.",
)

REPLACE = s.n * ONE_FIT
FINAL = ONE_FIT + s.n * NOISE_0**2 * s.d / (T_0 - s.d - 1)
PROPORTIONATE = NOISE**2 * PHI / (1 - PHI) + s.n * NOISE_0**2 * PHI_0 / (1 - PHI_0)
REMAINDER = (
    NOISE**2 * PHI**2 / (1 - PHI) ** 2 + s.n * NOISE_0**2 * PHI_0**2 / (1 - PHI_0) ** 2
) / s.d

FINAL_PARAMETERS = (
    DIMENSIONS, ROWS, EARLIER_ROWS, GENERATIONS, NOISE_PARAMETER, EARLIER_NOISE,
)  # fmt: skip
FINAL_CONDITIONS = (ENOUGH, Condition(s.d + 1, T_0))
#: At least two rows more than dimensions, said of their quotient.
ASPECTS = Domain((FREE[0], DIMENSIONS), (Condition(PHI * (s.d + 2), s.d, operator.le, "<="),))


def derive_replace() -> Derivation:
    """Return the derivation of linear growth."""
    return Derivation(
        (LABELS, INPUTS, NEWEST),
        (
            *inverse_mean(),
            Citation(
                "independent steps",
                "w_n - w* is the sum of n such errors, each of mean 0 given all inputs and the "
                "noise of the others: their mean squares add, also where all rounds share X.",
                "law of total expectation",
                "Billingsley, Probability and Measure, section 34",
                (
                    Hypothesis("the noise is independent of all else, of mean 0", "labels"),
                    Hypothesis("a fit starts from the one before", "newest alone"),
                    Hypothesis("each error is square integrable", "one fit"),
                ),
            ),
            Induction(
                "error",
                "In each round the mean error grows by that of one fit.",
                s.n,
                sp.Integer(0),
                PREVIOUS + NOISE**2 * sp.Sum(1 / (T - s.d - 1), (s.j, 1, s.d)),
                REPLACE,
                OVER,
                concludes=("error",),
            ),
        ),
    )


REPLACE_CLAIM = Claim(
    code="C01",
    id="regression.replace",
    title="If only the newest labels are kept, the error of least squares grows linearly",
    statement=(
        "Ordinary least squares with T rows of independent standard normal inputs, refitted to "
        "labels made by the fit before, is off by n sigma^2 d/(T-d-1) after n rounds: exactly, "
        "whether the inputs are new in each round or always the same, and whatever the law of "
        "the noise. T >= d + 2; with fewer rows, down to T = d, the mean is infinite."
    ),
    quantities=(Quantity("error", ERROR_WORDS, ERROR_LATEX, Relation.EQUALS, REPLACE),),
    domain=OVER,
    sources=(
        Source(
            "Gerstgrasser et al. 2024, arXiv:2404.01413",
            "theorem 2, after Mobahi et al. and Dohmatob et al.",
        ),
    ),
    derive=derive_replace,
)


def _proportionate() -> tuple[Identity | Inequality | Citation, ...]:
    """Return the steps to the limit of many dimensions, d/T fixed."""
    gap = PHI**2 / (s.d * (1 - PHI) * (1 - PHI - PHI / s.d))
    return (
        Identity(
            "remainder",
            "With T = d/phi, one fit's d/(T-d-1) is phi/(1-phi) and a remainder.",
            s.d / (s.d / PHI - s.d - 1) - PHI / (1 - PHI),
            gap,
            ASPECTS,
        ),
        Inequality(
            "of order 1/d",
            "T - d <= 2 (T - d - 1) bounds it; the same for phi_0.",
            gap,
            2 * PHI**2 / (s.d * (1 - PHI) ** 2),
            ASPECTS,
        ),
        Citation(
            "limit",
            "As d grows with d/T and d/T_0 fixed, the remainders vanish.",
            "limits of sums",
            "Rudin, Principles of Mathematical Analysis, theorem 3.3",
            (
                Hypothesis("the exact value", "final fit"),
                Hypothesis("what is left of it", "of order 1/d"),
            ),
            gives=PROPORTIONATE,
            concludes=("proportionate",),
        ),
    )


def derive_final_fit() -> Derivation:
    """Return the derivation of the error of a final fit of another size."""
    return Derivation(
        (LABELS, INPUTS, LAST_FIT),
        (
            Identity(
                "final fit",
                "n rounds of T_0 rows, and one round of T rows: independent steps, which add up.",
                REPLACE.subs({T: T_0, NOISE: NOISE_0}, simultaneous=True)
                + NOISE**2 * sp.Sum(1 / (T - s.d - 1), (s.j, 1, s.d)),
                FINAL,
                Domain(FINAL_PARAMETERS, FINAL_CONDITIONS),
                concludes=("risk",),
                uses=("C01",),
            ),
            *_proportionate(),
        ),
    )


FINAL_FIT = Claim(
    code="C04",
    id="regression.final-fit",
    title="n synthetic generations of their own size, then a final fit: the errors add",
    statement=(
        "After n generations of T_0 rows and noise sigma_0, a final least squares fit of T rows "
        "and noise sigma is off by sigma^2 d/(T-d-1) + n sigma_0^2 d/(T_0-d-1), exactly; inputs "
        "are standard normal, and the mean square error on a new input, beyond its noise, is the "
        "same. In the proportionate limit, phi = d/T and phi_0 = d/T_0 fixed, this is "
        "sigma^2 phi/(1-phi) + n sigma_0^2 phi_0/(1-phi_0), with an error of order 1/d. "
        "T >= d + 2 and T_0 >= d + 2."
    ),
    quantities=(
        Quantity(
            "risk",
            "mean square error of the final fit on a new input, beyond its noise",
            r"\mathbb{E}_{\mathrm{test}}(n)",
            Relation.EQUALS,
            FINAL,
        ),
        Quantity(
            "proportionate",
            "the same as d grows with d/T and d/T_0 fixed",
            r"\mathbb{E}_{\mathrm{test}}(n)",
            Relation.TENDS_TO,
            PROPORTIONATE,
            order=Order(s.d, REMAINDER, 2),
        ),
    ),
    domain=Domain((*FINAL_PARAMETERS, ASPECT, EARLIER_ASPECT), FINAL_CONDITIONS),
    sources=(
        Source(
            "Dohmatob, Feng and Kempe 2024, arXiv:2402.07712",
            "the proportionate limit; theorem number not confirmed",
        ),
        Source("derived here", "the exact form, and the order of the limit's error"),
    ),
    derive=derive_final_fit,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (REPLACE_CLAIM, FINAL_FIT)
