"""Sample sizes that change: which schedules keep diversity for ever, and which do not."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Quantity, Relation, Source
from theory.coalescence import REPLACE
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
from theory.discrete.diversity import RESAMPLING
from theory.domain import DIVERSITY, GENERATIONS, LAW, SCHEDULE, Domain, Kind, Parameter

SPENT = sp.Sum(1 / s.sizes[s.i], (s.i, 0, s.n - 1))
LEFT = s.H0 * REPLACE
LOWER = s.H0 * (1 - SPENT)
UPPER = s.H0 * sp.exp(-SPENT)
SUPERLINEAR = s.H0 * sp.log(3) / sp.log(s.n + 3)

GROWING = Premise(
    "superlinear schedule",
    "M_i = ceil((i+2) ln(i+2)), i = 0, 1, ...: M_i / i grows without bound.",
)
PLACE = Parameter("k", s.k, "place in the schedule, from 2 on", Kind.INTEGER, low=2)


def derive_schedule() -> Derivation:
    """Return the derivation of E[H_n], of its bounds, and of what they decide."""
    whole = Domain((DIVERSITY, SCHEDULE, GENERATIONS))
    return Derivation(
        (RESAMPLING, GROWING),
        (
            Induction(
                "generations",
                "Diversity is a pair functional: generation i leaves the share 1 - 1/M_i (B39).",
                s.n,
                s.H0,
                (1 - 1 / s.sizes[s.n]) * PREVIOUS,
                LEFT,
                whole,
                concludes=("diversity",),
                uses=("B39",),
            ),
            Inequality(
                "no more than all",
                "What is lost is at most the sum of the shares lost,",
                s.H0 * (1 - REPLACE),
                s.H0 * SPENT,
                whole,
            ),
            Identity(
                "lower",
                "so that the rest remains.",
                s.H0 - sp.Sum(s.H0 / s.sizes[s.i], (s.i, 0, s.n - 1)),
                LOWER,
                whole,
                concludes=("lower",),
            ),
            Inequality(
                "upper",
                "1 - x <= exp(-x) for each factor.",
                LEFT,
                UPPER,
                whole,
                concludes=("upper",),
            ),
            *_condition(),
            *_superlinear_steps(),
        ),
    )


def _condition() -> tuple[Citation, Citation]:
    """Return the steps to which schedules collapse."""
    return (
        Citation(
            "exact condition",
            "E H_n tends to 0 if sum 1/M_i = oo, by the upper bound, or if some M_i = 1. "
            "Otherwise it does not: no factor is 0, and from some generation on the lower "
            "bound keeps more than half of what is there.",
            "squeeze of limits",
            "Rudin, Principles of Mathematical Analysis, theorem 3.19",
            (
                Hypothesis("E H_n is a product", "generations"),
                Hypothesis("at least", "lower"),
                Hypothesis("at most", "upper"),
            ),
        ),
        Citation(
            "almost surely",
            "p_n converges almost surely; where E H_n tends to 0, the limit has diversity 0: "
            "it is a single category.",
            "martingale convergence, and Fatou's lemma",
            "Durrett, Probability: Theory and Examples, theorem 4.2.11",
            (
                Hypothesis("p_n is a martingale between 0 and 1", "A01"),
                Hypothesis("E H_n tends to 0", "exact condition"),
            ),
        ),
    )


def _superlinear_steps() -> tuple[Identity | Inequality | Citation, ...]:
    """Return the steps to the bound for M_i = ceil((i+2) ln(i+2))."""
    log_log = sp.log(sp.log(s.k + 1)) - sp.log(sp.log(s.k))
    later = GENERATIONS.at_least(1)
    steps = sp.Sum(sp.log(sp.log(s.i + 4)) - sp.log(sp.log(s.i + 3)), (s.i, 0, s.n - 1))
    reached = sp.log(sp.log(s.n + 3)) - sp.log(sp.log(3))
    return (
        Inequality(
            "rounded up",
            "x ln x gains more than 1 from x to x + 1, so M_i <= (i+3) ln(i+3); here k = i + 2.",
            s.k * sp.log(s.k) + 1,
            (s.k + 1) * sp.log(s.k + 1),
            Domain((PLACE,)),
            strict=True,
        ),
        Inequality(
            "integral",
            "1/(x ln x) falls, so 1/M_i is at least its integral from i+3 to i+4, the increase of "
            "ln ln; here k = i + 3.",
            log_log,
            1 / (s.k * sp.log(s.k)),
            Domain((PLACE,)),
            strict=True,
        ),
        Identity("summed", "The increases add up.", steps, reached, Domain((later,))),
        Identity(
            "superlinear",
            "The upper bound, with so much for the sum.",
            s.H0 * sp.exp(-steps),
            SUPERLINEAR,
            Domain((DIVERSITY, later)),
            concludes=("superlinear",),
        ),
        Citation(
            "vanishes",
            "ln n grows without bound: this superlinear schedule collapses.",
            "squeeze of limits",
            "Rudin, Principles of Mathematical Analysis, theorem 3.19",
            (
                Hypothesis("M_i is not too large", "rounded up"),
                Hypothesis("1/M_i is not too small", "integral"),
                Hypothesis("the sum is as large as ln ln n", "summed"),
                Hypothesis("E H_n is at most", "superlinear"),
            ),
        ),
    )


SCHEDULES = Claim(
    code="A21",
    id="discrete.schedules",
    title="Changing sample sizes collapse if and only if sum 1/M_i = oo, or some M_i = 1",
    statement=(
        "With M_i samples in generation i, E H_n = H_0 prod (1 - 1/M_i), between "
        "H_0 (1 - sum 1/M_i) and H_0 exp(-sum 1/M_i). Every run ends in one category exactly if "
        "sum 1/M_i = oo or some M_i = 1; otherwise diversity remains. Superlinear growth is not "
        "enough: for M_i = ceil((i+2) ln(i+2)), E H_n <= H_0 ln(3)/ln(n+3)."
    ),
    quantities=(
        Quantity(
            "diversity",
            "mean diversity after n generations",
            r"\mathbb{E}[H_n]",
            Relation.EQUALS,
            LEFT,
        ),
        Quantity(
            "lower", "mean diversity, bounded below", r"\mathbb{E}[H_n]", Relation.AT_LEAST, LOWER
        ),
        Quantity(
            "upper", "mean diversity, bounded above", r"\mathbb{E}[H_n]", Relation.AT_MOST, UPPER
        ),
        Quantity(
            "superlinear",
            "mean diversity for M_i = ceil((i+2) ln(i+2)), bounded above",
            r"\mathbb{E}[H_n]",
            Relation.AT_MOST,
            SUPERLINEAR,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, SCHEDULE, GENERATIONS)),
    sources=(
        Source("Wright 1931, Genetics 16", "populations of varying size"),
        Source("derived here", "the bounds, the condition, the superlinear schedule"),
    ),
    derive=derive_schedule,
)

SHARE = Parameter(
    "c", sp.Symbol("c", positive=True), "share that is kept", Kind.REAL, 0, 1, True, True
)  # fmt: skip
SCHEDULE_AS_PRINTED = Claim(
    code="A21x",
    id="discrete.schedules-as-printed",
    title="As printed: superlinear sample sizes are enough to keep diversity",
    statement=(
        "The remark that the sample size must grow superlinearly for the distance to stay finite, "
        "read as a sufficient condition and for categories: M_i = ceil((i+2) ln(i+2)) keeps some "
        "share c > 0 of the diversity for ever. It keeps none."
    ),
    quantities=(
        Quantity(
            "share",
            "mean diversity over H_0 when M_i = ceil((i+2) ln(i+2))",
            r"\mathbb{E}[H_n] / H_0",
            Relation.AT_LEAST,
            SHARE.symbol,
        ),
    ),
    domain=Domain((SHARE, GENERATIONS)),
    sources=(
        Source("Shumailov et al. 2023, arXiv:2305.17493v3", "section 4.2, said of Gaussians"),
    ),
    derive=lambda: Derivation((RESAMPLING, GROWING), ()),
    expected=Expected.REFUTED,
    replaced_by="A21",
)

CLAIMS = (SCHEDULES, SCHEDULE_AS_PRINTED)
