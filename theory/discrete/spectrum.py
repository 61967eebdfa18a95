"""The eigenvalues of the resampling chain and how often each occurs."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.discrete.diversity import RESAMPLING
from theory.discrete.lineages import unfolded
from theory.domain import RARE, SAMPLES, Condition, Domain, Kind, Parameter

CATEGORIES = Parameter("K", s.K, "categories", Kind.INTEGER, low=2, default=Fraction(2))
DEGREE = Parameter("j", s.j, "degree of the eigenfunction, 0 to M", Kind.INTEGER, low=0)
NOT_ABOVE_SAMPLES = Condition(s.j, s.M + 1)
OF_ONE = Parameter("i", s.i, "draws asked of one category", Kind.INTEGER, low=0)
OF_OTHERS = Parameter("k", s.k, "draws asked of the others", Kind.INTEGER, low=1)
STATE = Parameter("k", s.k, "draws of the first category in a state", Kind.INTEGER, low=1)

#: P(j draws have j different parents).
DIFFERENT_PARENTS = sp.Product(1 - s.i / s.M, (s.i, 0, s.j - 1))
EIGENVALUE = sp.RisingFactorial(s.M - s.j + 1, s.j) / s.M**s.j
MULTIPLICITY = sp.binomial(s.K + s.j - 2, s.j)

POLYNOMIALS = Premise(
    "polynomials",
    "V_j: the functions of the state (counts over M) that are polynomials of degree at most j. "
    "The shares add up to 1, so that K - 1 of them are free.",
)


def falling(value: sp.Expr, steps: sp.Expr) -> sp.Expr:
    """Return ff(value, steps)."""
    return sp.RisingFactorial(value - steps + 1, steps)


def _degree_steps() -> tuple[Identity, Identity, Inequality, Citation]:
    """Return the steps to: degree j is multiplied by lambda_j, up to lower degrees."""
    both = falling(s.j, s.i) * falling(s.M - s.j, s.k)
    tops = s.q**s.i * (1 - s.q) ** s.k
    return (
        Identity(
            "falling factorials",
            "The mean of ff(X_1,i) ff(M-X_1,k) is ff(M,i+k) q^i (1-q)^k. Split the other "
            "categories again, and so on: the mean of prod ff(X_c,j_c) is ff(M,j) prod p_c^j_c, "
            "j the sum of the j_c.",
            unfolded(both, s.q),
            falling(s.M, s.i + s.k) * tops,
            Domain((RARE, SAMPLES, OF_ONE, OF_OTHERS), (Condition(s.i + s.k, s.M + 1),)),
        ),
        Identity(
            "degree kept",
            "Over M^j, a product of falling factorials is the product of the powers up to lower "
            "degrees. So a generation maps V_j into itself, and on V_j over V_{j-1} it multiplies "
            "by ff(M,j) / M^j, the chance that j draws have j different parents.",
            DIFFERENT_PARENTS,
            EIGENVALUE,
            Domain((SAMPLES, DEGREE), (NOT_ABOVE_SAMPLES,)),
        ),
        Inequality(
            "falling",
            "These numbers are 1 for j = 0 and j = 1, and fall strictly from there on.",
            EIGENVALUE.subs(s.j, s.j + 1),
            EIGENVALUE,
            Domain((SAMPLES, DEGREE.at_least(1)), (Condition(s.j, s.M),)),
            strict=True,
        ),
        Citation(
            "no coupling",
            "The product of (P - lambda_j) over j = 2..M, times P - 1, is 0 on V_M: it lowers the "
            "degree step by step, and P - 1 is 0 on V_1. Its roots are distinct, so every "
            "lambda_j has as many independent eigenfunctions as its multiplicity.",
            "a map is diagonalisable if its minimal polynomial has distinct roots",
            "Hoffman and Kunze, Linear Algebra, section 6.4, theorem 6",
            (
                Hypothesis("P - lambda_j maps V_j into V_{j-1}", "degree kept"),
                Hypothesis("P - 1 is 0 on V_1: shares keep their mean", "A01"),
                Hypothesis("the other lambda_j differ", "falling"),
            ),
        ),
    )


def _counting_steps() -> tuple[Identity, Identity, Identity]:
    """Return the steps to the number of eigenvalues of each degree."""
    return (
        Identity(
            "monomials",
            "Monomials of degree j in K - 1 variables: one variable has a power, the others share "
            "the rest, a = 0..j, in C(K+a-3,a) ways.",
            sp.Sum(sp.binomial(s.K + s.i - 3, s.i), (s.i, 0, s.j)),
            MULTIPLICITY,
            Domain((CATEGORIES, DEGREE)),
            concludes=("multiplicity",),
        ),
        Identity(
            "every function",
            "prod_c C(X_c, y_c) is a polynomial of degree M in the counts X that is 1 at the "
            "state y and 0 at every other, since the counts of both add up to M; here for two "
            "categories, summed over all states. So V_M holds every function.",
            sp.Sum(sp.binomial(s.j, s.k) * sp.binomial(s.M - s.j, s.M - s.k), (s.j, 0, s.M)),
            sp.Integer(1),
            Domain((SAMPLES, STATE), (Condition(s.k, s.M + 1),)),
        ),
        Identity(
            "as many as states",
            "There are as many monomials up to degree M as states, C(M+K-1,M): none is redundant, "
            "and V_j over V_{j-1} has the dimension C(K+j-2,j).",
            sp.Sum(MULTIPLICITY, (s.j, 0, s.M)),
            sp.binomial(s.M + s.K - 1, s.M),
            Domain((SAMPLES, CATEGORIES)),
        ),
    )


def derive_eigenvalues() -> Derivation:
    """Return the derivation of lambda_j = ff(M,j) / M^j and of its multiplicity."""
    return Derivation(
        (RESAMPLING, POLYNOMIALS),
        (
            *_degree_steps(),
            *_counting_steps(),
            Citation(
                "eigenvalues",
                "Written in a basis by degree, the transition matrix is block triangular, each "
                "block a number times the identity.",
                "the eigenvalues of a block triangular matrix are those of its diagonal blocks",
                "Horn and Johnson, Matrix Analysis, section 0.9.4",
                (
                    Hypothesis("each V_j is mapped into itself", "falling factorials"),
                    Hypothesis(
                        "the block of degree j is lambda_j times the identity", "degree kept"
                    ),
                    Hypothesis("the degrees up to M are all there is", "every function"),
                    Hypothesis("and span every function once", "as many as states"),
                ),
                gives=EIGENVALUE,
                concludes=("eigenvalue",),
            ),
        ),
    )


EIGENVALUES = Claim(
    code="A04",
    id="discrete.eigenvalues",
    title="The eigenvalues of the resampling chain are the chances that j draws have j parents",
    statement=(
        "For M samples of K categories, the transition matrix between count vectors has the "
        "eigenvalues lambda_j = (1-1/M)...(1-(j-1)/M), j = 0..M, whatever K. Its eigenfunctions "
        "of lambda_j are polynomials of degree j in the shares, C(K+j-2,j) independent ones: one "
        "each for K = 2. Since lambda_0 = lambda_1 = 1, the eigenvalue 1 occurs K times."
    ),
    quantities=(
        Quantity(
            "eigenvalue",
            "eigenvalue of degree j of the transition matrix",
            r"\lambda_j",
            Relation.EQUALS,
            EIGENVALUE,
        ),
        Quantity(
            "multiplicity",
            "number of independent eigenfunctions of degree j",
            r"\dim V_j - \dim V_{j-1}",
            Relation.EQUALS,
            MULTIPLICITY,
        ),
    ),
    domain=Domain((SAMPLES, DEGREE, CATEGORIES), (NOT_ABOVE_SAMPLES,)),
    sources=(
        Source("Feller 1951, Proc. Second Berkeley Symposium", "two categories"),
        Source("Cannings 1974, Advances in Applied Probability 6", "exchangeable models"),
    ),
    derive=derive_eigenvalues,
)

CLAIMS = (EIGENVALUES,)
