"""Refitting in d dimensions: every polynomial moment of the covariance, by zonal polynomials."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS, Citation, Derivation, Hypothesis, Identity, Induction
from theory.domain import ESTIMATOR, GENERATIONS, Domain, Kind, Parameter
from theory.gaussian.determinant import GAUSSIAN_START
from theory.gaussian.spectrum import KEPT, NU
from theory.gaussian.variance import SAMPLES_FROM_TWO

PARTITION = Parameter(
    "kappa", s.kappa, "partition that the zonal polynomial belongs to", Kind.PARTITION, 1
)
START = Parameter(
    "c0", s.c0, "zonal polynomial of the covariance of D_0", Kind.REAL, 0,
    default=Fraction(1), aliases=("C0", "c_kappa", "C_kappa"),
)  # fmt: skip

ROWS = (s.i, 1, s.K)
DEGREE = sp.Sum(s.kappa[s.i], ROWS)


def boxes(box: sp.Expr) -> sp.Expr:
    """Return the product over the boxes (i, j) of the partition's diagram."""
    return sp.Product(sp.Product(box, (s.j, 1, s.kappa[s.i])), ROWS)


EIGENVALUE = boxes(1 + (2 * (s.j - 1) - (s.i - 1)) / NU)
ZONAL = s.c0 * EIGENVALUE**s.n
ZONAL_MLE = s.c0 * (KEPT**DEGREE * EIGENVALUE) ** s.n
FITS = Domain((SAMPLES_FROM_TWO, GENERATIONS, PARTITION, START))


def derive_zonal() -> Derivation:
    """Return the derivation of E C_kappa(Sigma_n)."""
    rising = (2 / NU) ** s.kappa[s.i] * sp.RisingFactorial((NU - s.i + 1) / 2, s.kappa[s.i])
    steps: list[Identity | Induction | Citation] = [
        Citation(
            "one fit",
            "(M-1) Sigma_{n+1} given Sigma_n is a Wishart matrix with M - 1 degrees of freedom, "
            "and E C_kappa of it is 2^k prod_i ((M-i)/2)_{k_i} C_kappa(Sigma_n), with rising "
            "factorials and k = k_1 + k_2 + ...: zonal polynomials are the eigenfunctions of "
            "averaging over rotations.",
            "mean of a zonal polynomial of a Wishart matrix",
            "Constantine 1963, Ann. Math. Statist. 34; Muirhead 1982, theorem 7.2.7",
            (Hypothesis("the points are independent and normal", "gaussian refitting"),),
        ),
        Identity(
            "boxes",
            "Over (M-1)^k, and one factor for each box of the partition's diagram.",
            sp.Product(rising, ROWS),
            EIGENVALUE,
            Domain((SAMPLES_FROM_TWO, PARTITION)),
        ),
    ]
    for label, factor, law in (
        ("zonal", EIGENVALUE, ZONAL),
        ("zonal/mle", KEPT**DEGREE * EIGENVALUE, ZONAL_MLE),
    ):
        steps.append(
            Induction(
                label,
                "The same factor in every generation; the divisor M brings 1 - 1/M for each "
                "degree.",
                s.n,
                s.c0,
                PREVIOUS * factor,
                law,
                FITS,
                concludes=(label,),
            )
        )
    return Derivation((GAUSSIAN_START,), steps)


ZONAL_POLYNOMIALS = Claim(
    code="B21",
    id="gaussian.zonal-polynomials",
    title="Zonal polynomials of the covariance each bring one factor a generation",
    statement=(
        "E C_kappa(Sigma_n) is C_kappa(Sigma_0) times the n-th power of the product of "
        "1 + (2 (j-1) - (i-1))/(M-1) over the boxes (i, j) of the partition, in every dimension. "
        "Zonal polynomials span all symmetric polynomials of the eigenvalues, so this solves "
        "every polynomial moment. Degree 3: (1+2/v)(1+4/v), (1+2/v)(1-1/v), (1-1/v)(1-2/v) with "
        "v = M - 1. One row gives the fastest growth, one column the elementary functions (B20)."
    ),
    quantities=(
        Quantity(
            "zonal",
            "mean zonal polynomial of the fitted covariance",
            r"\mathbb{E}\,C_\kappa(\Sigma_n)",
            Relation.EQUALS,
            ZONAL,
            ZONAL_MLE,
        ),
    ),
    domain=Domain((*FITS.parameters, ESTIMATOR)),
    sources=(
        Source("Constantine 1963; Muirhead 1982, theorem 7.2.7", "one fit"),
        Source("derived here", "n generations"),
    ),
    derive=derive_zonal,
)

CLAIMS = (ZONAL_POLYNOMIALS,)
