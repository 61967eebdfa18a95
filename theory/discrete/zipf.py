"""Zipf's law: what one sample does not see, and how the vocabulary shrinks after that."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.discrete.branching import FROM_ONE, SPENT, BranchingSurvival
from theory.discrete.diversity import RESAMPLING
from theory.domain import RARE, SAMPLES, Domain, Kind, Parameter

EXPONENT = Parameter("b", s.b, "exponent of the Zipf law", Kind.REAL, 1, low_open=True)
DRAWS = Parameter("T", s.M, "draws", Kind.INTEGER, low=1, aliases=("M", "samples"))

ZIPF = Premise("zipf", "p_i = c i^(-b) for i = 1, 2, ..., with b > 1 and c = 1 / zeta(b).")
SEEN = Premise("seen", "A category is seen when one of T independent draws is of it.")

SCALE = 1 / sp.zeta(s.b)
CONSTANT = sp.gamma(1 - 1 / s.b)
DISTINCT = CONSTANT * (SCALE * s.M) ** (1 / s.b)
UNSEEN = CONSTANT / s.b * SCALE ** (1 / s.b) * s.M ** (1 / s.b - 1)
VOCABULARY = CONSTANT * (SCALE * s.M * BranchingSurvival(s.n - 1)) ** (1 / s.b)
VOCABULARY_DECAY = CONSTANT * (2 * SCALE * s.M / s.n) ** (1 / s.b)
#: How far the vocabulary can be off, and what 2/n for s_{n-1} adds.
SPREAD = 1 + SPENT * sp.exp(-1)
DECAY_SPREAD = SPREAD + VOCABULARY_DECAY * (1 + sp.log(s.n) / 3) / (s.b * s.n)

MISSED = (1 - s.q) ** s.M
POISSON_MISSED = sp.exp(-s.M * s.q)
INTEGRAL_TEST = "integral test"
RUDIN = "Rudin, Principles of Mathematical Analysis, chapter 6"


def _gamma_integral() -> Citation:
    """Return the step to the integral that both claims rest on."""
    return Citation(
        "Gamma integral",
        "With u = c T x^(-b), the integral of 1 - exp(-c T x^(-b)) over x > 0 is (c T)^(1/b) times "
        "that of (1 - e^(-u)) u^(-1-1/b) / b over u > 0, which is Gamma(1 - 1/b) by parts.",
        "Euler's integral",
        "Whittaker & Watson, A Course of Modern Analysis, section 12.2",
        (Hypothesis("b > 1, so both integrals converge", "zipf"),),
        gives=DISTINCT,
    )


def derive_zipf_sample() -> Derivation:
    """Return the derivation of the unseen mass and of the number of distinct categories."""
    one = Domain((RARE, SAMPLES))
    return Derivation(
        (ZIPF, SEEN),
        (
            Inequality(
                "Poisson draws",
                "exp(-T p) exceeds (1 - p)^T, the chance that T draws miss a category, by at most "
                "p / e, which adds up to 1 / e over all categories,",
                POISSON_MISSED - MISSED,
                s.q * sp.exp(-1),
                one,
                strict=True,
            ),
            Inequality(
                "Poisson mass",
                "and by at most 4 e^(-2) / T, which weighted with p adds up to that.",
                POISSON_MISSED - MISSED,
                4 * sp.exp(-2) / s.M,
                one,
                strict=True,
            ),
            _gamma_integral(),
            Citation(
                "distinct",
                "1 - exp(-c T x^(-b)) falls from 1 to 0, so its sum over x = 1, 2, ... lies at "
                "most 1 below its integral, and not above: the number is within 1 of the law.",
                INTEGRAL_TEST,
                RUDIN,
                (
                    Hypothesis("the integral is the law", "Gamma integral"),
                    Hypothesis("Poisson draws add at most 1 / e", "Poisson draws"),
                ),
                gives=DISTINCT,
                concludes=("distinct",),
            ),
            Identity(
                "derivative",
                "The mass of the unseen is what one draw more would add: the derivative with T. "
                "p exp(-T p) rises and falls with x, by 1 / (e T) at most, so that its sum is "
                "within 1 / (e T) of its integral: within (1/e + 4/e^2) / T < 1/T in all.",
                sp.diff(DISTINCT, s.M),
                UNSEEN,
                Domain((EXPONENT, DRAWS)),
                concludes=("unseen-mass",),
            ),
        ),
    )


ONE = Fraction(1)
ZIPF_SAMPLE = Claim(
    code="A34",
    id="discrete.zipf-sample",
    title="T draws from a Zipf law see about T^(1/b) categories and miss T^(1/b-1) of the mass",
    statement=(
        "For p_i = i^(-b) / zeta(b), b > 1, the mean mass that T draws do not see is within 1/T of "
        "c^(1/b) Gamma(1-1/b) T^(1/b-1) / b with c = 1 / zeta(b), and the mean number of distinct "
        "categories within 1 of Gamma(1-1/b) (c T)^(1/b), for every T. For large T it is about "
        "1/2 below."
    ),
    quantities=(
        Quantity(
            "unseen-mass",
            "mean probability of the categories that T draws do not see",
            r"\sum_i p_i (1 - p_i)^T",
            Relation.TENDS_TO,
            UNSEEN,
            order=Order(s.M, 1 / s.M, ONE, exact_order=False),
        ),
        Quantity(
            "distinct",
            "mean number of categories among T draws",
            r"\mathbb{E}\,\#\{i : X_i > 0\}",
            Relation.TENDS_TO,
            DISTINCT,
            order=Order(s.M, sp.Integer(1), ONE),
        ),
    ),
    domain=Domain((EXPONENT, DRAWS)),
    sources=(
        Source("Karlin 1967, Journal of Mathematics and Mechanics 17", "regular variation"),
        Source("Hutter 2021, arXiv:2102.04074", "learning curves"),
        Source("Dohmatob et al. 2024, arXiv:2402.07043", "exponent 1 - 1/b of the test error"),
        Source("derived here", "both bounds on the error"),
    ),
    derive=derive_zipf_sample,
    expected=Expected.ORDER_AND_RANGE,
)


def derive_vocabulary_decay() -> Derivation:
    """Return the derivation of the mean number of categories left after n generations."""
    return Derivation(
        (RESAMPLING, ZIPF),
        (
            _gamma_integral(),
            Citation(
                "every category",
                "By A18 category i is alive with 1 - exp(-M p_i s_{n-1}), plus at most p_i / e "
                "times s_0 + ... + s_{n-1}; summed over i the first is within 1 of its integral, "
                "which is that of M s_{n-1} draws.",
                INTEGRAL_TEST,
                RUDIN,
                (
                    Hypothesis("each category is nearly Poisson", "A18"),
                    Hypothesis("the integral for T draws", "Gamma integral"),
                    Hypothesis("the probabilities add up to 1", "zipf"),
                ),
                gives=VOCABULARY,
                concludes=("categories",),
            ),
            Inequality(
                "size of s",
                "2 / (n s_{n-1}) - 1 is at most (1 + ln(n) / 3) / n,",
                2 / (s.n * BranchingSurvival(s.n - 1)) - 1,
                (1 + sp.log(s.n) / 3) / s.n,
                Domain((FROM_ONE,)),
                uses=("A18",),
            ),
            Inequality(
                "Bernoulli",
                "and (1 + x)^(1/b) <= 1 + x / b.",
                (1 + s.x) ** (1 / s.b),
                1 + s.x / s.b,
                Domain((EXPONENT, Parameter("x", s.x, "any", Kind.REAL, 0, low_open=True))),
                strict=True,
            ),
            Citation(
                "decay",
                "So 2/n may stand for s_{n-1} where n is large and M much larger.",
                "squeeze theorem",
                "Rudin, Principles of Mathematical Analysis, theorem 3.19",
                (
                    Hypothesis("n s_{n-1} tends to 2", "size of s"),
                    Hypothesis("the root of the ratio tends to 1", "Bernoulli"),
                    Hypothesis("the number with s_{n-1}", "every category"),
                ),
                gives=VOCABULARY_DECAY,
                concludes=("decay",),
            ),
        ),
    )


VOCABULARY_SHRINKS = Claim(
    code="A35",
    id="discrete.vocabulary-decay",
    title="A Zipf vocabulary shrinks like n^(-1/b) for 1 << n << M",
    statement=(
        "From a Zipf start the mean number of categories left after n generations is within "
        "1 + (s_0 + ... + s_{n-1}) / e of Gamma(1-1/b) (c M s_{n-1})^(1/b), c = 1 / zeta(b) and "
        "s_k as in A18, for every M and n; since s_{n-1} ~ 2/n it falls like n^(-1/b) as long as "
        "the number is large."
    ),
    quantities=(
        Quantity(
            "categories",
            "mean number of categories left after n generations",
            r"\mathbb{E}\,K_n",
            Relation.TENDS_TO,
            VOCABULARY,
            order=Order(s.M, SPREAD, ONE),
        ),
        Quantity(
            "decay",
            "the same with 2/n for s_{n-1}",
            r"\mathbb{E}\,K_n",
            Relation.TENDS_TO,
            VOCABULARY_DECAY,
            order=Order(s.n, DECAY_SPREAD, ONE, exact_order=False),
        ),
    ),
    domain=Domain((EXPONENT, SAMPLES, FROM_ONE)),
    sources=(Source("derived here", "A18 summed over the categories, as in Karlin 1967"),),
    derive=derive_vocabulary_decay,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (ZIPF_SAMPLE, VOCABULARY_SHRINKS)
