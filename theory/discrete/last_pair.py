"""The constant in front of the collapse rate: two lineages are left in the end, weighed exactly."""

import sympy as sp

from theory import symbols as s
from theory.derivation import Citation, Hypothesis, Identity, Inequality
from theory.domain import DIVERSITY, GENERATIONS, LAW, SAMPLES, Domain, Kind, Parameter
from theory.lineage_times import LastPair
from theory.lineages import LineagePower

LINEAGES = Parameter("k", s.k, "lineages", Kind.INTEGER, low=2)
TWO_LEFT = 1 - 1 / s.M
THREE_LEFT = (1 - 1 / s.M) * (1 - 2 / s.M)
CONSTANT = s.H0 * LastPair(s.M, s.M) / TWO_LEFT

OPEN = 1 - sp.Sum(LineagePower(s.p[s.i], s.M, s.M, s.n - 1), (s.i, 1, s.K))
TAIL = CONSTANT * TWO_LEFT**s.n
TRIPLES = 3 * sp.binomial(s.M, 3) * THREE_LEFT ** (s.n - 1)


def mean_over_parents(function: sp.Expr) -> sp.Expr:
    """Return the mean of function(j), j the number of parents that k lineages have."""
    onto = sp.Sum((-1) ** (s.j - s.i) * sp.binomial(s.j, s.i) * (s.i / s.M) ** s.k, (s.i, 0, s.j))
    return sp.Sum(sp.binomial(s.M, s.j) * function * onto, (s.j, 1, s.k))


def _recursion_steps() -> tuple[Citation | Identity | Inequality, ...]:
    """Return the steps on the ancestors of M draws."""
    back = Domain((LINEAGES, SAMPLES.at_least(2)))
    return (
        Citation(
            "ancestors",
            "Given the law of generation n - 1, all M draws are of category i with probability "
            "p_{n-1,i}^M. So P(T > n) = E[f(A)], f(k) = 1 - sum p_i^k, A the ancestors of M draws "
            "n - 1 generations back.",
            "law of total expectation",
            "Billingsley, Probability and Measure, section 34",
            (
                Hypothesis("the draws are independent", "resampling"),
                Hypothesis("T > n if they are not all of one category", "collapse time"),
                Hypothesis("E[p_{n-1,i}^M] = E[p_i^A]", "A08"),
            ),
        ),
        Identity(
            "last pair",
            "Let u(1) = 0, u(2) = 1, u(k) = sum_{2<=j<k} T[k,j] u(j) / (1-1/M - T[k,k]). A step "
            "back multiplies the mean of u by 1 - 1/M, so E[u(A)] = (1-1/M)^(n-1) u(M).",
            mean_over_parents(LastPair(s.j, s.M)),
            TWO_LEFT * LastPair(s.k, s.M),
            back,
        ),
        Inequality(
            "at most the pairs",
            "By the same recursion u(k) is at most the number of pairs. f(k) - H_0 u(k) is 0 for "
            "one lineage and for two; for three or more neither term exceeds 3 C(k,3).",
            LastPair(s.k, s.M),
            sp.binomial(s.k, 2),
            back,
        ),
        Inequality(
            "triples",
            "Different parents of three belong to three lineages, which stay apart with "
            "probability (1-1/M)(1-2/M): E[C(A,3)] falls at least by that factor.",
            mean_over_parents(sp.binomial(s.j, 3)),
            THREE_LEFT * sp.binomial(s.k, 3),
            back,
        ),
    )


def constant_steps() -> tuple[Citation | Identity | Inequality, ...]:
    """Return the steps to lim P(T > n) (1-1/M)^(-n), for the premises of the collapse rate."""
    everywhere = Domain((LAW, DIVERSITY, SAMPLES.at_least(2), GENERATIONS.at_least(1)))
    return (
        *_recursion_steps(),
        Inequality(
            "not much less",
            "P(T > n) = H_0 E[u(A)] up to 3 E[C(A,3)]: at least",
            TAIL - TRIPLES,
            OPEN,
            everywhere,
        ),
        Inequality("not much more", "and at most", OPEN, TAIL + TRIPLES, everywhere),
        Inequality(
            "three are rarer",
            "The error falls faster than (1-1/M)^n.",
            THREE_LEFT,
            TWO_LEFT,
            Domain((SAMPLES.at_least(2),)),
            strict=True,
        ),
        Citation(
            "constant",
            "P(T > n) / (1-1/M)^n tends to C = H_0 u(M) / (1-1/M). Since E[H_n] = H_0 (1-1/M)^n, "
            "the mean of H_n over the runs that are still open tends to H_0 / C.",
            "squeeze theorem",
            "Rudin, Principles of Mathematical Analysis, theorem 3.19",
            (
                Hypothesis("bounded below", "not much less"),
                Hypothesis("and above", "not much more"),
                Hypothesis("what is between vanishes", "three are rarer"),
                Hypothesis("E[H_n] = H_0 (1-1/M)^n", "A02"),
            ),
            gives=CONSTANT,
            concludes=("constant",),
        ),
    )
