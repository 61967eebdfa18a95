"""Keeping every batch: diversity falls, and stops falling."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.coalescence import ACCUMULATE, ROUND
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.domain import DIVERSITY, GENERATIONS, LAW, SAMPLES, Domain, Kind, Parameter
from theory.sinc import Sinc

POOL = Premise(
    "pool",
    "Each round draws M samples from the law of the pool and adds them; nothing leaves the pool. "
    "The law after n rounds is that of the pool.",
)
NEW_POOL = Premise("new pool", "The pool is empty at first: the first batch comes from p.")
OLD_POOL = Premise("real points", "The pool starts with N0 real points, draws of p.")
ROUNDS = GENERATIONS.at_least(1)


def euler(shown_by: str, text: str, law: sp.Expr, *concludes: str) -> Citation:
    """Return the step from a product over the rounds to its limit."""
    return Citation(
        "sine",
        text,
        "Euler's product: prod_{k>=1} (1 - x^2/k^2) = sin(pi x) / (pi x)",
        "NIST Digital Library of Mathematical Functions, 4.22.1",
        (Hypothesis("every factor is 1 - x^2/k^2", shown_by),),
        gives=law,
        concludes=concludes,
    )


KEPT_FOR_EVER = s.H0 * Sinc(1 / sp.sqrt(s.M))


def derive_accumulate() -> Derivation:
    """Return the derivation of E[H_n] where every batch is kept."""
    rounds = Domain((DIVERSITY, SAMPLES, GENERATIONS))
    return Derivation(
        (POOL, NEW_POOL),
        (
            Induction(
                "rounds",
                "The diversity is the pair functional [x != y]: round k leaves the share "
                "1 - 1/(M k^2) of it, the chance that two draws from a pool of k batches are not "
                "one new sample taken twice (B39).",
                s.n,
                s.H0,
                (1 - 1 / (s.M * (s.n + 1) ** 2)) * PREVIOUS,
                s.H0 * ACCUMULATE,
                rounds,
                concludes=("diversity",),
                uses=("B39",),
            ),
            euler("rounds", "x = 1/sqrt(M).", KEPT_FOR_EVER, "diversity-limit"),
        ),
    )


def _diversity(law: sp.Expr, limit: sp.Expr) -> tuple[Quantity, Quantity]:
    """Return the mean diversity of the pool and its limit as quantities."""
    words, latex = "mean diversity of the pool", r"\mathbb{E}[H_n]"
    return (
        Quantity("diversity", words, latex, Relation.EQUALS, law),
        Quantity("diversity-limit", f"{words}, as n grows", latex, Relation.TENDS_TO, limit),
    )


ACCUMULATED = Claim(
    code="A26",
    id="discrete.accumulate",
    title="Keeping every batch keeps the share sin(pi/sqrt M)/(pi/sqrt M) of the diversity",
    statement=(
        "Where all batches of M are kept and the model is trained on all of them, "
        "E H_n = H_0 prod_{k<=n} (1 - 1/(M k^2)), which tends to H_0 sin(pi/sqrt M)/(pi/sqrt M): "
        "all but about 1.645/M of the diversity remains. For M = 1 nothing does: the first batch "
        "is a single category."
    ),
    quantities=_diversity(s.H0 * ACCUMULATE, KEPT_FOR_EVER),
    domain=Domain((LAW, DIVERSITY, SAMPLES, GENERATIONS)),
    sources=(
        Source("Gerstgrasser et al. 2024, arXiv:2404.01413", "the accumulate workflow"),
        Source("Kazdan et al. 2024, arXiv:2410.16713", "the product, for the Gaussian variance"),
        Source("derived here", "for categories"),
    ),
    derive=derive_accumulate,
)

FIRST_POOL = Parameter(
    "N0", s.N0, "real points in the pool at the start", Kind.INTEGER, 1, aliases=("N_0",)
)  # fmt: skip
GROWN = sp.Product(1 - s.M / (s.N0 + s.k * s.M) ** 2, (s.k, 1, s.n))
_a, _h = s.N0 / s.M, 1 / sp.sqrt(s.M)
GAMMA_SHARE = sp.gamma(1 + _a) ** 2 / (sp.gamma(1 + _a - _h) * sp.gamma(1 + _a + _h))
REAL_DIVERSITY = (1 - 1 / s.N0) * s.H0


def derive_accumulate_from_real() -> Derivation:
    """Return the derivation where the pool starts with N0 real points."""
    size = s.N0 + s.k * s.M
    old, new = 1 - s.M / size, s.M / size
    sizes = (FIRST_POOL, SAMPLES)
    squares = sp.Sum(s.p[s.i] ** 2, (s.i, 1, s.K))
    rising = sp.RisingFactorial
    return Derivation(
        (POOL, OLD_POOL),
        (
            Identity(
                "one round",
                "After round k, M of the N0 + k M points are new. Two draws from the pool have "
                "coalesced in this round only if they are one new sample taken twice (B39).",
                old**2 + 2 * old * new + new**2 * (1 - 1 / s.M),
                1 - s.M / size**2,
                Domain((*sizes, ROUND)),
                uses=("B39",),
            ),
            Induction(
                "rounds",
                "The shares of the rounds multiply.",
                s.n,
                sp.Integer(1),
                (1 - s.M / (s.N0 + (s.n + 1) * s.M) ** 2) * PREVIOUS,
                GROWN,
                Domain((*sizes, GENERATIONS)),
                concludes=("ratio",),
            ),
            Identity(
                "two roots",
                "1 - M/(N0 + k M)^2 = (k + a - h)(k + a + h)/(k + a)^2, a = N0/M, h = 1/sqrt(M).",
                GROWN,
                rising(1 + _a - _h, s.n) * rising(1 + _a + _h, s.n) / rising(1 + _a, s.n) ** 2,
                Domain((*sizes, GENERATIONS)),
            ),
            Citation(
                "gamma",
                "The powers of n cancel.",
                "Gauss's limit: (z)_n / (n! n^(z-1)) tends to 1/Gamma(z)",
                "NIST Digital Library of Mathematical Functions, 5.8.1",
                (Hypothesis("the product is of such factors", "two roots"),),
                gives=GAMMA_SHARE,
                concludes=("ratio-limit",),
            ),
            *_from_real(squares),
        ),
    )


def _from_real(squares: sp.Expr) -> tuple[Identity, ...]:
    """Return the steps from the shares to the diversity of the pool."""
    first = 1 - (squares + sp.Sum(s.p[s.i] * (1 - s.p[s.i]) / s.N0, (s.i, 1, s.K)))
    parts = (("", GROWN, (GENERATIONS,)), ("-limit", GAMMA_SHARE, ()))
    return tuple(
        Identity(
            f"real points{suffix}",
            "N0 draws of p have mean diversity (1 - 1/N0) H_0 (A02), of which that share is left.",
            first * share,
            REAL_DIVERSITY * share,
            Domain((LAW, DIVERSITY, FIRST_POOL, SAMPLES, *more)),
            concludes=(f"diversity{suffix}",),
            uses=("A02",),
        )
        for suffix, share, more in parts
    )


ACCUMULATED_FROM_REAL = Claim(
    code="A27",
    id="discrete.accumulate-from-real",
    title="A pool that starts with real points keeps a share of their diversity for ever",
    statement=(
        "A pool of N0 real points to which each round adds M samples of its own law keeps on "
        "average the share prod_{k<=n} (1 - M/(N0 + k M)^2) of its first diversity, whatever the "
        "real points are, and in the limit a ratio of Gamma functions. For M = 1 that is "
        "N0/(N0+1); N0 = M is one round more of A26."
    ),
    quantities=(
        Quantity(
            "ratio",
            "mean diversity of the pool over that of the real points",
            r"\mathbb{E}[H_n] / \mathbb{E}[H_{\text{pool},0}]",
            Relation.EQUALS,
            GROWN,
        ),
        Quantity(
            "ratio-limit",
            "the same as n grows",
            r"\mathbb{E}[H_n] / \mathbb{E}[H_{\text{pool},0}]",
            Relation.TENDS_TO,
            GAMMA_SHARE,
        ),
        *_diversity(REAL_DIVERSITY * GROWN, REAL_DIVERSITY * GAMMA_SHARE),
    ),
    domain=Domain((LAW, DIVERSITY, FIRST_POOL, SAMPLES, GENERATIONS)),
    sources=(
        Source("Gerstgrasser et al. 2024, arXiv:2404.01413", "the accumulate workflow"),
        Source("derived here", "the product and its limit"),
    ),
    derive=derive_accumulate_from_real,
)

COMMON = 2 / s.M - 1 / s.M**2
SUBSAMPLED = s.H0 * (1 - 1 / s.M) * sp.Product(1 - COMMON / s.k**2, (s.k, 2, s.n))
_r = sp.sqrt(COMMON)
SINE_LIMIT = s.H0 * Sinc(_r) / (1 - 1 / s.M)
SUBSAMPLED_LIMIT = s.H0 * (1 - 1 / s.M) / (sp.gamma(2 - _r) * sp.gamma(2 + _r))
BEFORE = (s.k - 1) * s.M
#: A pool of one point has no two that differ; for M = 1 the chance is 0 all the same.
APART = (1 - 1 / s.M) ** 2 * BEFORE / sp.Max(BEFORE - 1, 1)
WITHOUT = s.H0 * (1 - 1 / s.M) * sp.Product(1 - (1 - APART) / s.k**2, (s.k, 2, s.n))
SUBSAMPLING = Premise(
    "subsample",
    "Round 1 draws M samples from p; they are the pool. Every later round takes M points of the "
    "pool, with or without replacement, trains on them, and adds M draws of that fit to the pool.",
)
TWO_SAMPLES = SAMPLES.at_least(2)


PARENTS = {
    "": "Two new samples are two different draws of the fit with chance 1 - 1/M, and so are "
    "their parents among the points taken; these are two independent draws of the pool.",
    "without-replacement": "The points taken differ as points of the pool; two different "
    "points of N differ in category N/(N-1) times as often as two independent draws.",
}


def derive_subsample() -> Derivation:
    """Return the derivation where the model is trained on M points of the pool."""
    old, new = (s.k - 1) / s.k, 1 / s.k
    later = ROUND.at_least(2)
    rounds = Domain((DIVERSITY, SAMPLES, ROUNDS))
    steps: list[Identity | Induction] = []
    for name, apart, together, law in (
        ("", (1 - 1 / s.M) ** 2, COMMON, SUBSAMPLED),
        ("without-replacement", APART, 1 - APART, WITHOUT),
    ):
        factor = 1 - together / s.k**2
        steps += [
            Identity(
                f"pair {name}".strip(),
                f"Round k >= 2, pairs as in B39. {PARENTS[name]}",
                old**2 + 2 * old * new + new**2 * apart,
                factor,
                Domain((SAMPLES, later)),
                uses=("B39",),
            ),
            Induction(
                f"rounds {name}".strip(),
                "The factors multiply, from the first batch on, of diversity (1 - 1/M) H_0 (A02).",
                s.n,
                s.H0 * (1 - 1 / s.M),
                factor.subs(s.k, s.n + 1) * PREVIOUS,
                law,
                rounds,
                first=1,
                concludes=(name or "diversity",),
                uses=("A02",),
            ),
        ]
    return Derivation(
        (SUBSAMPLING,),
        (
            *steps,
            Identity(
                "first factor",
                "The product lacks the factor of k = 1, 1 - b = (1 - 1/M)^2, b = 2/M - 1/M^2.",
                (1 - 1 / s.M) / (1 - COMMON),
                1 / (1 - 1 / s.M),
                Domain((TWO_SAMPLES,)),
            ),
            euler("rounds", "x = sqrt(b), for M >= 2.", SINE_LIMIT),
            Identity(
                "reflection",
                "By Gamma(1+x) Gamma(1-x) = pi x / sin(pi x); in this form it is 0 for M = 1, "
                "where the first batch is a single category for ever.",
                SINE_LIMIT,
                SUBSAMPLED_LIMIT,
                Domain((DIVERSITY, TWO_SAMPLES)),
                concludes=("diversity-limit",),
            ),
        ),
    )


SUBSAMPLES = Claim(
    code="A29",
    id="discrete.accumulate-subsample",
    title="Training on M points of a pool that is kept does not collapse either",
    statement=(
        "Where the model is trained on M points of the pool of all batches, the diversity of the "
        "pool falls by 1 - b/k^2 in round k, b = 2/M - 1/M^2, if points are put back, and by a "
        "little less if they are not. For M >= 2 the product has a positive limit: a learner of "
        "fixed cost does not collapse as long as the pool is kept. For M = 1 the first batch is a "
        "single category."
    ),
    quantities=(
        *_diversity(SUBSAMPLED, SUBSAMPLED_LIMIT),
        Quantity(
            "without-replacement",
            "mean diversity of the pool when the points taken are not put back",
            r"\mathbb{E}[H_n]",
            Relation.EQUALS,
            WITHOUT,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, SAMPLES, ROUNDS)),
    sources=(
        Source("Kazdan et al. 2024, arXiv:2410.16713", "section 3, the workflow"),
        Source("derived here", "the products and the limit"),
    ),
    derive=derive_subsample,
)

CLAIMS = (ACCUMULATED, ACCUMULATED_FROM_REAL, SUBSAMPLES)
