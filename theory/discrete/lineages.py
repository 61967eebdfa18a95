"""All moments of a fitted probability, by looking back along the lines of descent."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS, Derivation, Identity, Induction, Premise
from theory.discrete.diversity import BINOMIAL, RESAMPLING, total_expectation
from theory.domain import CATEGORY, GENERATIONS, LAW, RARE, SAMPLES, Domain, Kind, Parameter
from theory.lineages import LineagePower

ORDER = Parameter("k", s.k, "order of the moment: number of draws", Kind.INTEGER, low=1)
PARTS = Parameter("k", s.k, "categories", Kind.INTEGER, low=2)

ANCESTORS = Premise(
    "ancestors",
    "k draws from the law of generation n fall on A_1 of the M samples it was fitted to; these "
    "are draws from the law before, and so on back to A_n draws from p. LineagePower(x, k, M, n) "
    "is E[x^(A_n)].",
)


def one_step_back(power: sp.Expr) -> sp.Expr:
    """Return sum_j T[k,j] power^j with T[k,j] = S2(k,j) ff(M,j) / M^k written out."""
    onto = sp.Sum((-1) ** (s.j - s.i) * sp.binomial(s.j, s.i) * (s.i / s.M) ** s.k, (s.i, 0, s.j))
    return sp.Sum(sp.binomial(s.M, s.j) * power**s.j * onto, (s.j, 1, s.k))


def unfolded(function: sp.Expr, share: sp.Expr) -> sp.Expr:
    """Return the mean of function(j) when j of M draws are of a category of the given share."""
    return sp.Sum(BINOMIAL.subs(s.q, share) * function, (s.j, 0, s.M))


def different(lineages: sp.Expr) -> sp.Expr:
    """Return ff(M,k) / M^k, the probability that k lineages have k different parents."""
    return sp.Product(1 - s.j / s.M, (s.j, 0, lineages - 1))


MOMENT = LineagePower(s.p[s.i], s.k, s.M, s.n)
START = sp.Product(s.p[s.j], (s.j, 1, s.K))
ALL_DIFFERENT = different(s.K)
PRODUCT = START * ALL_DIFFERENT**s.n


def _product_steps() -> tuple[Identity, Induction]:
    """Return the steps to the mean product over all categories."""
    return (
        Identity(
            "one category less",
            "Draws of different categories never share a parent. In numbers: one category of "
            "probability q takes j of M draws, and the other k - 1 share the M - j left. If the "
            "mean product of k - 1 counts is ff(M,k-1) times their probabilities, that of k "
            "counts is ff(M,k) times theirs.",
            unfolded(s.j * sp.RisingFactorial(s.M - s.j - s.k + 2, s.k - 1), s.q),
            s.q * (1 - s.q) ** (s.k - 1) * s.M**s.k * different(s.k),
            Domain((RARE, SAMPLES, PARTS)),
        ),
        Induction(
            "all different",
            "The factor is the same in every generation.",
            s.n,
            START,
            ALL_DIFFERENT * PREVIOUS,
            PRODUCT,
            Domain((LAW, SAMPLES, GENERATIONS)),
            concludes=("product",),
        ),
    )


def derive_moments() -> Derivation:
    """Return the derivation of E[p_n^k], and of the mean product over all categories."""
    here = Domain((LAW, CATEGORY, ORDER, SAMPLES))
    one = Domain((RARE, ORDER, SAMPLES))
    return Derivation(
        (RESAMPLING, ANCESTORS),
        (
            Identity(
                "one generation",
                "The k-th moment of a binomial count over M, by its factorial moments.",
                unfolded((s.j / s.M) ** s.k, s.q),
                one_step_back(s.q),
                one,
            ),
            Identity(
                "boxes",
                "Its weights S2(k,j) ff(M,j) / M^k are the law of the number of boxes that k "
                "balls occupy among M: k draws have j ancestors one step back.",
                one_step_back(s.q),
                LineagePower(s.q, s.k, s.M, 1),
                one,
            ),
            Identity(
                "no generation",
                "At n = 0 nothing is random.",
                LineagePower(s.p[s.i], s.k, s.M, 0),
                s.p[s.i] ** s.k,
                here,
            ),
            total_expectation(
                "tower", "E[p_{n,i}^k] = E[E[p_{n,i}^k | first generation]].", "resampling"
            ),
            Identity(
                "unfolded",
                "If the law holds for n - 1 generations from every start, it holds for n: the "
                "first generation gives category i the share j / M.",
                unfolded(LineagePower(s.j / s.M, s.k, s.M, s.n - 1), s.p[s.i]),
                MOMENT,
                Domain((*here.parameters, GENERATIONS.at_least(1))),
                concludes=("moment",),
            ),
            *_product_steps(),
        ),
    )


MOMENTS_BY_LINEAGES = Claim(
    code="A08",
    id="discrete.moments-by-lineages",
    title="Moments of a fitted probability count ancestors",
    statement=(
        "The k-th moment of a fitted probability is the mean of p_i^A, where A is the number of "
        "ancestors that k draws have n generations back: a chain on 1..k with the triangular "
        "matrix T[k,j] = S2(k,j) ff(M,j) / M^k. Draws of different categories never share "
        "an ancestor, which gives the mean product over all categories."
    ),
    quantities=(
        Quantity(
            "moment",
            "moment of order k of the fitted probability of category i",
            r"\mathbb{E}[p_{n,i}^k]",
            Relation.EQUALS,
            MOMENT,
        ),
        Quantity(
            "product",
            "mean product of the fitted probabilities of all categories",
            r"\mathbb{E}\Bigl[\prod_i p_{n,i}\Bigr]",
            Relation.EQUALS,
            PRODUCT,
        ),
    ),
    domain=Domain((LAW, CATEGORY, ORDER, SAMPLES, GENERATIONS)),
    sources=(
        Source("Cannings 1974, Advances in Applied Probability 6", "the ancestral chain"),
        Source("Kingman 1982, Stochastic Processes and their Applications 13", "duality"),
    ),
    derive=derive_moments,
)

CLAIMS = (MOMENTS_BY_LINEAGES,)
