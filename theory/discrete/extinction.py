"""The first category to disappear: the diffusion's mean time, and a law that has the same mean."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Premise
from theory.discrete.diversity import RESAMPLING
from theory.domain import GENERATIONS, LAW, RARE, SAMPLES, Domain, Kind, Parameter
from theory.extinction_times import DiffusionTail, ExtinctionIntegral, SubsetEntropy

TAU = sp.Symbol("tau", positive=True)
TIME = Parameter("tau", TAU, "generations over M", Kind.REAL, 0, low_open=True)
KINDS = Parameter("K", s.K, "categories", Kind.INTEGER, low=2)

FIRST_LOSS = Premise(
    "first loss",
    "T is the first generation in which a category that could occur has no draw.",
)
DIFFUSION = Premise(
    "diffusion",
    "For large M, in the time n / M, p_n is the Wright-Fisher diffusion: L = (1/2) sum over i, j "
    "of p_i ([i = j] - p_j) d_i d_j, up to errors of the order ln(M) / M.",
)
PRODUCT_LAW = Premise(
    "product law",
    "Each category is taken to die on its own, by time t with probability exp(-2 M p_i / t): that "
    "is Feller's diffusion. Then P(T > t) is the product of 1 - exp(-2 M p_i / t).",
)

MEAN = 2 * s.M * SubsetEntropy(s.p)
MEAN_INTEGRAL = 2 * s.M * ExtinctionIntegral(s.p)
TAIL = DiffusionTail(s.q, TAU)
PRODUCT_TAIL = sp.Product(1 - sp.exp(-2 * s.M * s.p[s.i] / s.n), (s.i, 1, s.K))
TIME_ERROR = 1 + sp.log(s.M)


def _mean_steps() -> tuple[Identity | Citation, ...]:
    """Return the steps to the mean time of the diffusion."""
    here = Domain((KINDS,))
    signs = (-1) ** s.j
    return (
        Identity(
            "signs",
            "Let f be the sum of (-1)^|S| p_S ln p_S over the unions S. Since x ln x has the "
            "second derivative 1/x, L f is the sum of (-1)^|S| (1 - p_S) / 2. The signs alone add "
            "up to -1,",
            sp.Sum(signs * sp.binomial(s.K, s.j), (s.j, 1, s.K)),
            sp.Integer(-1),
            here,
        ),
        Identity(
            "signs with one category",
            "and with p_S they cancel, category by category: L f = -1/2.",
            sp.Sum(signs * sp.binomial(s.K - 1, s.j - 1), (s.j, 1, s.K)),
            sp.Integer(0),
            here,
        ),
        Citation(
            "mean",
            "f is 0 where a category has disappeared, since S and S with it cancel; so 2 M f is "
            "the mean time to the first such place.",
            "Dynkin's formula",
            "Ethier & Kurtz, Markov Processes, chapter 4; Littler 1975",
            (
                Hypothesis("L f = -1/2, in the interior", "signs with one category"),
                Hypothesis("which is all that the signs leave", "signs"),
                Hypothesis("time is counted in M generations", "diffusion"),
                Hypothesis("T ends at a face", "first loss"),
            ),
            gives=MEAN,
            concludes=("mean",),
        ),
    )


def derive_first_loss() -> Derivation:
    """Return the derivation of the mean time, of its integral form, and of the tail for K = 2."""
    everywhere = Domain((LAW, SAMPLES))
    return Derivation(
        (RESAMPLING, FIRST_LOSS, DIFFUSION, PRODUCT_LAW),
        (
            *_mean_steps(),
            Identity(
                "Frullani",
                "Multiplied out and integrated term by term (Frullani's integral, by parts), the "
                "product of the 1 - exp(-p_i / t) gives the sum over unions: the mean of the "
                "product law,",
                MEAN_INTEGRAL,
                MEAN,
                everywhere,
                concludes=("product-mean",),
            ),
            Identity(
                "integral form",
                "and, read the other way, the mean of the diffusion as an integral.",
                MEAN,
                MEAN_INTEGRAL,
                everywhere,
                concludes=("mean-integral",),
            ),
            Citation(
                "two categories",
                "With two categories the first loss is the end; the diffusion's eigenfunctions are "
                "x (1 - x) times Gegenbauer polynomials, written here with Legendre's.",
                "Kimura's solution",
                "Kimura 1955, Proceedings of the National Academy of Sciences 41",
                (Hypothesis("the diffusion, K = 2", "diffusion"),),
                gives=TAIL,
                concludes=("tail",),
            ),
        ),
    )


FIRST_TIME = r"\mathbb{E}\, T_{\text{first}}"
FIRST_EXTINCTION = Claim(
    code="A20",
    id="discrete.first-extinction",
    title="The first category is lost after 2M sum (-1)^|S| p_S ln p_S generations, for large M",
    statement=(
        "For large M the mean first generation in which one of K >= 2 categories is missing is 2 M "
        "times the sum of (-1)^|S| p_S ln p_S over the unions S, or 2 M times the integral of "
        "prod (1 - exp(-p_i / t)), up to O(ln M). The law with independent categories, "
        "prod (1 - exp(-2 M p_i / t)), has exactly this mean, but another tail: for two categories "
        "P(T > tau M) tends to Kimura's series, which falls like 6 q (1 - q) exp(-tau). The orders "
        "are derived, the constants seen on exact chains."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean first generation in which a category is missing",
            FIRST_TIME,
            Relation.TENDS_TO,
            MEAN,
            order=Order(s.M, TIME_ERROR, Fraction(1)),
        ),
        Quantity(
            "mean-integral",
            "the same as an integral",
            FIRST_TIME,
            Relation.TENDS_TO,
            MEAN_INTEGRAL,
            order=Order(s.M, TIME_ERROR, Fraction(1)),
        ),
        Quantity(
            "product-mean",
            "mean of the product law",
            r"\int_0^\infty \prod_i \bigl(1 - e^{-2 M p_i / t}\bigr)\, dt",
            Relation.EQUALS,
            MEAN,
        ),
        Quantity(
            "tail",
            "two categories: probability that both are left after tau M generations",
            r"\mathbb{P}(T > \tau M)",
            Relation.TENDS_TO,
            TAIL,
            order=Order(s.M, TIME_ERROR / s.M, Fraction(1)),
        ),
    ),
    domain=Domain((LAW, SAMPLES, RARE, TIME)),
    sources=(
        Source("Littler 1975, Mathematical Biosciences 25", "the sum over unions"),
        Source("Baxter, Blythe & McKane 2007, Mathematical Biosciences 209", "times of losses"),
        Source("Benati et al. 2025, arXiv:2509.20101", "the integral; only the abstract was read"),
        Source("Kimura 1955, PNAS 41", "two categories"),
    ),
    derive=derive_first_loss,
    expected=Expected.ORDER_AND_RANGE,
)

PRINTED_LAW = Claim(
    code="A20x",
    id="discrete.first-extinction-product-law",
    title="As printed: the first extinction time has the product law of independent categories",
    statement=(
        "As printed: for large M, P(T > n) is prod (1 - exp(-2 M p_i / n)). The mean is right "
        "(A20), the law is not: its tail falls like n^(-K), the true one like (1 - 1/M)^n for two "
        "categories. Only the abstract of the source was at hand, which may leave out a caveat of "
        "the paper's own."
    ),
    quantities=(
        Quantity(
            "tail",
            "probability that no category is missing after n generations",
            r"\mathbb{P}(T_{\text{first}} > n)",
            Relation.TENDS_TO,
            PRODUCT_TAIL,
            order=Order(s.M, TIME_ERROR / s.M, Fraction(1), exact_order=False),
        ),
    ),
    domain=Domain((LAW, SAMPLES, GENERATIONS.at_least(1))),
    sources=(Source("Benati et al. 2025, arXiv:2509.20101", "abstract"),),
    derive=lambda: Derivation((RESAMPLING, FIRST_LOSS, PRODUCT_LAW), ()),
    expected=Expected.REFUTED,
    replaced_by="A20",
)

CLAIMS = (FIRST_EXTINCTION, PRINTED_LAW)
