"""Linear VAE (probabilistic PCA) with infinite data: what too few latent variables cost."""

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.domain import DIMENSIONS, GENERATIONS, Domain, Kind, Parameter
from theory.families.latent import FEWER, FIT, LATENT, MODEL, NOISE, SIZE, SPECTRUM, Q

DISCARDED = (s.j, Q + 1, s.d)
ENTROPY_GAP = sp.Sum(sp.log(NOISE / SIZE), DISCARDED) / 2

RATIO = Parameter("x", s.x, "eigenvalue of D_0 over that of a model", Kind.REAL, 0, low_open=True)
OTHER = Parameter("V", s.V, "noise of another model", Kind.REAL, 0, low_open=True)
FITS = GENERATIONS.at_least(1)
SHAPES = Domain((SPECTRUM, LATENT, DIMENSIONS), (FEWER,))
OTHERS = Domain((*SHAPES.parameters, OTHER), SHAPES.conditions)

INFINITE = Premise(
    "infinite data",
    "D_0 is normal with eigenvalues l_1 >= ... >= l_d > 0, and every fit takes the covariance "
    "that it is fitted to without error. F is the fit.",
)


def _cost(noise: sp.Expr) -> sp.Expr:
    """Return the relative entropy of D_0 to a model that keeps l_1 ... l_q and has this noise."""
    return sp.Sum(SIZE / noise - 1 - sp.log(SIZE / noise), DISCARDED) / 2


def derive_entropy_gap() -> Derivation:
    """Return the derivation of the relative entropy, of its minimality, and of F(F) = F."""
    return Derivation(
        (MODEL, FIT, INFINITE),
        (
            Citation(
                "eigenvalues are enough",
                "With C the covariance of a model of the same mean, KL(D_0 || C) = (tr C^(-1) S - "
                "d - ln det C^(-1) S)/2, and tr C^(-1) S is at least sum l_j/c_j over the sorted "
                "eigenvalues, with equality where the eigenvectors are common. So the closest "
                "model has those of S; each direction costs (l_j/c_j - 1 - ln(l_j/c_j))/2.",
                "von Neumann's trace inequality",
                "Marshall, Olkin and Arnold, Inequalities (2011), 9.H.1",
                (
                    Hypothesis("both laws are normal", "infinite data"),
                    Hypothesis("the last d - q eigenvalues of C are v", "model"),
                ),
            ),
            Inequality(
                "logarithm",
                "No direction costs less than nothing: c_j = l_j is best where it may be chosen, "
                "for j <= q,",
                sp.log(s.x),
                s.x - 1,
                Domain((RATIO,)),
            ),
            Identity(
                "another noise",
                "and by the same inequality, d - q times, the mean of the discarded eigenvalues "
                "is the best common value:",
                _cost(s.V) - ENTROPY_GAP,
                (s.d - Q) / 2 * (NOISE / s.V - 1 - sp.log(NOISE / s.V)),
                OTHERS,
            ),
            Identity(
                "linear terms",
                "there the linear terms cancel, and the logarithms are left.",
                sp.Sum(SIZE / NOISE - 1, DISCARDED),
                sp.Integer(0),
                SHAPES,
            ),
            Identity(
                "noise",
                "The discarded eigenvalues of the fit are all v, and so is their mean: the second "
                "fit takes the same noise,",
                sp.Sum(NOISE, DISCARDED) / (s.d - Q),
                NOISE,
                SHAPES,
                concludes=("noise",),
            ),
            Citation(
                "once",
                "and the same q eigenvectors and eigenvalues, since l_q >= v: F(F) = F. The cost "
                "is that of generation 1 for ever.",
                "induction over the generations",
                "elementary",
                (
                    Hypothesis("the cost of any common value", "another noise"),
                    Hypothesis("and of the best one", "linear terms"),
                    Hypothesis("the second fit takes the same noise", "noise"),
                ),
                gives=ENTROPY_GAP,
                concludes=("kl",),
            ),
        ),
    )


EXPRESSIVITY = Claim(
    code="D02",
    id="families.latent-expressivity",
    title="Too few latent variables cost once, at generation 1: refitting changes nothing more",
    statement=(
        "With infinite data a Gaussian D_0 with eigenvalues l is fitted by probabilistic PCA with "
        "q < d latent variables at the relative entropy ((d - q) ln mean(l_{q+1..d}) - "
        "sum_{j>q} ln l_j)/2, the least in the family. The fit of a fit is the same fit, so every "
        "later generation is as far from D_0 and no farther."
    ),
    quantities=(
        Quantity(
            "kl",
            "relative entropy of D_0 to the model of any generation n >= 1, in nats",
            r"\operatorname{KL}(\mathcal{D}_0 \,\|\, F^n(\mathcal{D}_0))",
            Relation.EQUALS,
            ENTROPY_GAP,
        ),
        Quantity(
            "noise",
            "noise of the model of any generation n >= 1",
            r"v_n",
            Relation.EQUALS,
            NOISE,
        ),
    ),
    domain=Domain(
        (SPECTRUM, LATENT, DIMENSIONS, replace(FITS, default=Fraction(1))), SHAPES.conditions
    ),
    sources=(
        Source("Tipping and Bishop 1999, J. R. Statist. Soc. B 61", "section 3.2, the fit"),
        Source("Shumailov et al. 2024, Nature 631", "expressivity: only at the first generation"),
        Source("derived here", "the least relative entropy"),
    ),
    derive=derive_entropy_gap,
)

CLAIMS = (EXPRESSIVITY,)
