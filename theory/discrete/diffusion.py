"""What the mean collapse time tends to as the samples grow: the diffusion value, and how far off.

The diffusion value grows like M and is too large by (ln M)/3 + O(1) generations. What it misses is
the end of a run, where the last rivals of the winner are so few that they branch.
"""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.abel import AbelConstant
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.discrete.absorption import COLLAPSE_TIME
from theory.discrete.collapse_time import STARTED, over_categories
from theory.discrete.diversity import RESAMPLING
from theory.discrete.lineages import ANCESTORS, ORDER, unfolded
from theory.domain import ANY_LAW, LAW, RARE, SAMPLES, Condition, Domain, Kind, Parameter
from theory.lineage_times import AgreementTime

TWO_CATEGORIES = Condition(s.K, sp.Integer(3))
SOME_DIVERSITY = Condition(sp.Integer(0), s.H0)
SHARE = Parameter("x", s.x, "a share", Kind.REAL, 0, 1, True, True)
CHANCE = Parameter("x", s.x, "a chance of being alive", Kind.REAL, 0, 1, low_open=True)

ENTROPY = over_categories((1 - s.p[s.i]) * sp.log(1 - s.p[s.i]))
DIFFUSION = -2 * s.M * ENTROPY
TWO = -2 * s.M * (s.p[1] * sp.log(s.p[1]) + s.p[2] * sp.log(s.p[2]))
LOGARITHM = (sp.log(s.M) + over_categories(s.p[s.i] * sp.log(1 - s.p[s.i]))) / 3
CONSTANT = sp.Rational(3, 2) - sp.EulerGamma / 3 - AbelConstant()
CORRECTED = DIFFUSION - LOGARITHM + CONSTANT

#: 2 stands beside ln M, so that the bound holds at M = 1 too and the measured order shows early.
LOGARITHMIC = Order(s.M, sp.log(s.M) + 2, Fraction(1, 2))
#: The end of a run begins where M (1 - p_i) rivals are left: a large p_i leaves it little room.
INVERSE = Order(s.M, over_categories(s.p[s.i] / (1 - s.p[s.i])) / s.M, Fraction(3, 10))


def derive_diffusion() -> Derivation:
    """Return the derivation of the diffusion limit of E T."""
    value = -2 * ENTROPY
    partial = sp.Sum(
        2 * (1 - over_categories(s.p[s.i] ** s.j)) / (s.j * (s.j - 1)), (s.j, 2, s.k + 1)
    )
    here = Domain((LAW, ORDER))
    return Derivation(
        (RESAMPLING, COLLAPSE_TIME, ANCESTORS),
        (
            Citation(
                "coalescent",
                "Looking back, j lineages stay j for about 2 M / (j (j-1)) generations, down from "
                "M: E T / M tends to the sum over j >= 2 of 2 (1 - f(j)) / (j (j-1)), f(j) = "
                "sum_i p_i^j.",
                "convergence of the ancestral chain to the coalescent",
                "Kingman 1982, Journal of Applied Probability 19A; Moehle 1998, Advances in "
                "Applied Probability 30",
                (
                    Hypothesis("lineages are the chain T[k,j] = S2(k,j) ff(M,j) / M^k", "A08"),
                    Hypothesis("E T adds up 1 - f over the lineages", "A11"),
                ),
            ),
            Inequality(
                "from below",
                "All terms are positive: those up to j = k + 1 add up to no more than "
                "-2 sum_i (1-p_i) ln(1-p_i),",
                partial,
                value,
                here,
            ),
            Inequality(
                "from above",
                "and the others to no more than the sum of 2 / (j (j-1)) over j > k + 1, which is "
                "2 / (k+1).",
                value,
                partial + 2 / (s.k + 1),
                here,
            ),
            Identity(
                "rest",
                "That sum telescopes.",
                sp.Sum(2 / (s.j * (s.j - 1)), (s.j, 2, s.k + 1)),
                2 - 2 / (s.k + 1),
                Domain((ORDER,)),
            ),
            Identity(
                "generator",
                "The same value solves (x (1-x) / 2) u'' = -x in each category: the diffusion "
                "equation of its share of the waiting.",
                s.x * (1 - s.x) / 2 * sp.diff(OUTER, s.x, 2),
                -s.x,
                Domain((SHARE,)),
            ),
            Citation(
                "limit",
                "So the sum is -2 sum_i (1-p_i) ln(1-p_i).",
                "squeeze theorem",
                "Rudin, Principles of Mathematical Analysis, theorem 3.19",
                (
                    Hypothesis("bounded below by partial sums", "from below"),
                    Hypothesis("and above by the same plus", "from above"),
                    Hypothesis("what falls to 0", "rest"),
                    Hypothesis("E T / M tends to it", "coalescent"),
                ),
                gives=DIFFUSION,
                concludes=("mean",),
            ),
        ),
    )


#: Outer solution of one category's share of the waiting: M times this, and what comes next.
OUTER = -2 * (1 - s.x) * sp.log(1 - s.x)
NEXT = -s.x * sp.log(1 - s.x) / 3

MEAN_TIME = "mean number of generations until one category is left"

DIFFUSION_TIME = Claim(
    code="A13",
    id="discrete.diffusion-time",
    title="E T ~ -2M sum (1-p_i) ln(1-p_i), too large by (ln M)/3 + O(1) generations",
    statement=(
        "As the samples grow, the mean collapse time divided by M tends to "
        "-2 sum_i (1-p_i) ln(1-p_i), which is 2 when all p_i are small. For every M the value is "
        "off by at most (ln M + 2)/2 generations, a share of order (ln M)/M, and by (ln M)/3 + "
        "O(1) as M grows."
    ),
    quantities=(
        Quantity(
            "mean", MEAN_TIME, r"\mathbb{E}\,T", Relation.TENDS_TO, DIFFUSION, order=LOGARITHMIC
        ),
    ),
    domain=Domain((ANY_LAW, SAMPLES)),
    sources=(
        Source("Littler 1975, Mathematical Biosciences 25", "K categories"),
        Source("derived here", "the sum over lineages"),
    ),
    derive=derive_diffusion,
    expected=Expected.ORDER_AND_RANGE,
)


def derive_diffusion_two() -> Derivation:
    """Return the derivation of the limit for two categories."""
    return Derivation(
        (RESAMPLING,),
        (
            Identity(
                "two categories",
                "1 - p_1 is p_2, and the other way round.",
                DIFFUSION,
                TWO,
                Domain((LAW, SAMPLES), (TWO_CATEGORIES,)),
                concludes=("mean",),
                uses=("A13",),
            ),
        ),
    )


DIFFUSION_TIME_TWO = Claim(
    code="A12",
    id="discrete.diffusion-time-two",
    title="Two categories: E T ~ -2M (p ln p + (1-p) ln(1-p))",
    statement=(
        "With two categories, the mean collapse time divided by M tends to twice the entropy of "
        "the start, in nats. For every M the value is off by at most (ln M + 2)/2 generations."
    ),
    quantities=(
        Quantity("mean", MEAN_TIME, r"\mathbb{E}\,T", Relation.TENDS_TO, TWO, order=LOGARITHMIC),
    ),
    domain=Domain((LAW, SAMPLES), (TWO_CATEGORIES,)),
    sources=(
        Source("Watterson 1962, Annals of Mathematical Statistics 33"),
        Source("Ewens 1963, Journal of the Australian Mathematical Society 3"),
        Source("Kimura and Ohta 1969, Genetics 61", "-4N(p ln p + q ln q), 2N genes"),
    ),
    derive=derive_diffusion_two,
    expected=Expected.ORDER_AND_RANGE,
)

WAITING = Premise(
    "waiting",
    "h(x) = sum over n >= 1 of x - P(T <= n, the category wins), for a category of share x: "
    "x (E[T | it wins] - 1).",
)


def _outer_steps() -> tuple[Identity, ...]:
    """Return the steps to h = M f_0 + f_1 + O(1/M) away from x = 1."""
    one = Domain((RARE, SAMPLES))
    spread = s.q * (1 - s.q)
    inside = Domain((SHARE,))
    third, fourth = (sp.diff(OUTER, s.x, order) for order in (3, 4))
    return (
        Identity(
            "by category",
            "E T = 1 + sum_i h(p_i), since the winner is one of them;",
            STARTED + AgreementTime(s.p, s.M, s.M),
            STARTED + over_categories(AgreementTime(s.p[s.i], s.M, s.M)),
            Domain((LAW, SAMPLES)),
            uses=("A11",),
        ),
        Identity(
            "one generation",
            "h(x) = x - x^M + E h(X/M), X the count in generation 1.",
            s.q - s.q**s.M + unfolded(AgreementTime(s.j / s.M, s.M, s.M), s.q),
            AgreementTime(s.q, s.M, s.M),
            one,
        ),
        Identity(
            "third moment",
            "E h(X/M) is expanded by the central moments x(1-x)/M,",
            unfolded((s.j / s.M - s.q) ** 3, s.q),
            spread * (1 - 2 * s.q) / s.M**2,
            one,
        ),
        Identity(
            "fourth moment",
            "x(1-x)(1-2x)/M^2 and 3 x^2(1-x)^2/M^2 + O(1/M^3).",
            unfolded((s.j / s.M - s.q) ** 4, s.q),
            3 * spread**2 / s.M**2 + spread * (1 - 6 * spread) / s.M**3,
            one,
        ),
        Identity(
            "order M",
            "With h = M f_0 + f_1 + ..., the order 1 of the equation is x(1-x) f_0'' / 2 = -x: "
            "f_0 = -2(1-x) ln(1-x), which is 0 at both ends.",
            s.x * (1 - s.x) / 2 * sp.diff(OUTER, s.x, 2),
            -s.x,
            inside,
        ),
        Identity(
            "order 1",
            "The order 1/M is x(1-x) f_1''/2 + x(1-x)(1-2x) f_0'''/6 + x^2(1-x)^2 f_0''''/8 = 0: "
            "f_1 = -(x/3) ln(1-x) + c x, with c still free.",
            s.x * (1 - s.x) * sp.diff(NEXT, s.x, 2) / 2,
            -s.x * (1 - s.x) * (1 - 2 * s.x) * third / 6 - s.x**2 * (1 - s.x) ** 2 * fourth / 8,
            inside,
        ),
    )


def _layer_steps() -> tuple[Inequality, ...]:
    """Return the steps on the end of a run: y rivals branch, s -> 1 - exp(-s) a generation."""
    image = 1 - sp.exp(-s.x)
    defect = 2 / image + sp.log(image) / 3 - 2 / s.x - sp.log(s.x) / 3 - 1
    here = Domain((CHANCE,))
    return (
        Inequality(
            "falls like 2/n",
            "Where M(1-x) = y is of order 1, the y rivals branch: none is left after n generations "
            "with probability exp(-y s_(n-1)), s_0 = 1, s_(n+1) = 1 - exp(-s_n), and 1/s_n grows "
            "by 1/2 at least.",
            1 / s.x + sp.Rational(1, 2),
            1 / image,
            here,
        ),
        Inequality(
            "Abel from below",
            "2/s_n + ln(s_n)/3 - n never falls,",
            sp.Integer(0),
            defect,
            here,
        ),
        Inequality(
            "Abel from above",
            "and grows by at most s_n^2/72 a generation: it tends to a constant A.",
            defect,
            s.x**2 / 72,
            here,
        ),
    )


def derive_corrected_time() -> Derivation:
    """Return the derivation of E T up to O(1/M)."""
    return Derivation(
        (RESAMPLING, COLLAPSE_TIME, ANCESTORS, WAITING),
        (
            *_outer_steps(),
            *_layer_steps(),
            Citation(
                "layer",
                "For many rivals the sum of 1 - exp(-y s_n) over n >= 0 is half its first term "
                "and the integral of 1 - exp(-y s) over the generations n = 2/s + ln(s)/3 - A + "
                "O(s). By parts that is 1/2 - A - (ln y + gamma)/3, beside -2 y ln y and a "
                "multiple of y that the outer solution fixes.",
                "Euler-Maclaurin formula and Euler's integral of exp(-t) ln t",
                "NIST Handbook of Mathematical Functions, 2.10(i) and 5.9.18",
                (
                    Hypothesis("1 - exp(-y s_n) falls monotonically to 0", "falls like 2/n"),
                    Hypothesis("n is this function of s_n", "Abel from above"),
                    Hypothesis("A exists", "Abel from below"),
                ),
            ),
            Citation(
                "matching",
                "Outer and end solution agree where both hold: -(1/3) ln(y/M) + c against "
                "1/2 - A - (ln y + gamma)/3, so c = 1/2 - gamma/3 - A - (ln M)/3, and "
                "C = 1 + c + (ln M)/3. This step is formal: the order of what is left, 1/M, is "
                "measured and not proved.",
                "matched asymptotic expansions",
                "Bender and Orszag, Advanced Mathematical Methods, chapter 9",
                (
                    Hypothesis("E T = 1 + sum_i h(p_i)", "by category"),
                    Hypothesis("h obeys one equation on all of [0, 1]", "one generation"),
                    Hypothesis("outer solution, to its second order", "order 1"),
                    Hypothesis("solution at the end of a run", "layer"),
                ),
                gives=CORRECTED,
                concludes=("mean",),
            ),
        ),
    )


CORRECTED_TIME = Claim(
    code="A13b",
    id="discrete.corrected-time",
    title="E T to O(1/M): the diffusion value, less (1/3)(ln M + sum p_i ln(1-p_i)), plus C",
    statement=(
        "E T = -2M sum (1-p_i) ln(1-p_i) - (1/3)(ln M + sum p_i ln(1-p_i)) + C + O(1/M) with "
        "C = 3/2 - gamma/3 - A = -0.72170..., A = lim(2/s_n + ln(s_n)/3 - n), s_0 = 1, "
        "s_(n+1) = 1 - exp(-s_n). What is left is at most (3/10) sum_i p_i/(1-p_i) / M: it is "
        "small where M(1-p_i) is large for every i. Rare categories do no harm."
    ),
    quantities=(
        Quantity("mean", MEAN_TIME, r"\mathbb{E}\,T", Relation.TENDS_TO, CORRECTED, order=INVERSE),
    ),
    domain=Domain((ANY_LAW, SAMPLES), (SOME_DIVERSITY,)),
    sources=(Source("derived here", "outer solution matched to critical Poisson branching"),),
    derive=derive_corrected_time,
    expected=Expected.ORDER_AND_RANGE,
)

DIFFUSION_AS_PRINTED = Claim(
    code="A13bx",
    id="discrete.diffusion-as-printed",
    title="As printed: E T is the diffusion value, to within a few generations",
    statement=(
        "The textbook formula -2M sum (1-p_i) ln(1-p_i), printed without an error term and read as "
        "the mean collapse time up to two generations: what it leaves out does not grow with M."
    ),
    quantities=(
        Quantity(
            "mean",
            MEAN_TIME,
            r"\mathbb{E}\,T",
            Relation.TENDS_TO,
            DIFFUSION,
            order=Order(s.M, sp.Integer(1), Fraction(2)),
        ),
    ),
    domain=Domain((ANY_LAW, SAMPLES)),
    sources=(
        Source("Ewens, Mathematical Population Genetics", "mean absorption time by diffusion"),
        Source("read here", "as the mean itself up to a bounded error; none is printed"),
    ),
    derive=lambda: Derivation((RESAMPLING, COLLAPSE_TIME), ()),
    expected=Expected.REFUTED,
    replaced_by="A13b",
)

CLAIMS = (DIFFUSION_TIME, DIFFUSION_TIME_TWO, CORRECTED_TIME, DIFFUSION_AS_PRINTED)
