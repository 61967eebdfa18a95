"""Pair coalescence: one recursion behind the decay of diversity and of variance."""

from dataclasses import replace

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS, Derivation, Identity, Induction, Premise
from theory.domain import GENERATIONS, SAMPLES, SCHEDULE, Domain, Kind, Parameter

MIXTURE_SHARE = Parameter(
    "al", s.alpha, "share of each new law that is the new fit", Kind.REAL, 0, 1,
    default=None, aliases=("alpha",),
)  # fmt: skip
ROUND = replace(GENERATIONS, name="k", symbol=s.k, meaning="round of accumulation").at_least(1)


def replace_factor(size: sp.Expr) -> sp.Expr:
    """Return the factor of n generations, each of `size` samples (which may depend on i)."""
    return sp.Product(1 - 1 / size, (s.i, 0, s.n - 1))


REPLACE = replace_factor(s.sizes[s.i])
ACCUMULATE = sp.Product(1 - 1 / (s.M * s.k**2), (s.k, 1, s.n))
MIXTURE = (1 - s.alpha**2 / s.M) ** s.n


def derive_pair_coalescence() -> Derivation:
    """Return the derivation of the three decay factors from who shares a parent with whom."""
    old = (s.k - 1) / s.k
    new = 1 / s.k
    return Derivation(
        premises=(
            Premise(
                "pair functional",
                "h is symmetric with h(x, x) = 0, and theta_n is E h(X, Y) for two independent "
                "draws from the law of generation n: h = [x != y] gives the diversity, "
                "h = (x - y)^2 / 2 the variance.",
            ),
            Premise(
                "empirical fit",
                "The fitted law gives h the average over all ordered pairs of the M samples, a "
                "sample paired with itself included (the MLE fit); the samples are drawn "
                "independently from the law before.",
            ),
        ),
        steps=(
            Identity(
                "same parent",
                "Two draws from the fit take the same one of the M samples with probability "
                "M (1/M)^2 and then h = 0; otherwise they are two independent draws of the law "
                "before.",
                1 - sp.Sum((1 / s.M) ** 2, (s.i, 1, s.M)),
                1 - 1 / s.M,
                Domain((SAMPLES,)),
            ),
            Induction(
                "replace",
                "Hence theta_{n+1} = (1 - 1/M_n) theta_n.",
                s.n,
                sp.Integer(1),
                (1 - 1 / s.sizes[s.n]) * PREVIOUS,
                REPLACE,
                Domain((SCHEDULE, GENERATIONS)),
                concludes=("replace",),
            ),
            Identity(
                "pool",
                "Accumulation: a pair from a pool of k batches is old-old, old-new or new-new; "
                "only a new-new pair can be one sample taken twice.",
                old**2 + 2 * old * new + new**2 * (1 - 1 / s.M),
                1 - 1 / (s.M * s.k**2),
                Domain((SAMPLES, ROUND)),
            ),
            Induction(
                "accumulate",
                "The factors of the rounds multiply.",
                s.n,
                sp.Integer(1),
                (1 - 1 / (s.M * (s.n + 1) ** 2)) * PREVIOUS,
                ACCUMULATE,
                Domain((SAMPLES, GENERATIONS)),
                concludes=("accumulate",),
            ),
            Identity(
                "blend",
                "Mixture alpha fit + (1 - alpha) previous law: only a fit-fit pair can be one "
                "sample taken twice.",
                s.alpha**2 * (1 - 1 / s.M) + 2 * s.alpha * (1 - s.alpha) + (1 - s.alpha) ** 2,
                1 - s.alpha**2 / s.M,
                Domain((SAMPLES, MIXTURE_SHARE)),
            ),
            Induction(
                "mixture",
                "The factor is the same in every generation.",
                s.n,
                sp.Integer(1),
                (1 - s.alpha**2 / s.M) * PREVIOUS,
                MIXTURE,
                Domain((SAMPLES, MIXTURE_SHARE, GENERATIONS)),
                concludes=("mixture",),
            ),
        ),
    )


PAIR_COALESCENCE = Claim(
    code="B39",
    id="pairs.coalescence",
    title="Every pair functional decays by the chance that a pair has not coalesced",
    statement=(
        "For any symmetric h with h(x, x) = 0, the mean of h over two draws from generation n, "
        "divided by its value under the real law, is the probability that the ancestral lines of "
        "the two draws have not met: diversity and MLE variance decay by the same factor, "
        "whatever the real law. The fit must keep the variance of its sample: a blend with the "
        "unbiased fit multiplies the variance by 1 + al (1 - al)/M instead: it swells."
    ),
    quantities=(
        Quantity(
            "replace",
            "factor when each generation is trained on the last one only",
            r"\mathbb{E}[\theta_n]/\theta_0",
            Relation.EQUALS,
            REPLACE,
        ),
        Quantity(
            "accumulate",
            "factor of the pool when every batch is kept (one sample size)",
            r"\mathbb{E}[\theta_n^{\mathrm{pool}}]/\theta_0",
            Relation.EQUALS,
            ACCUMULATE,
        ),
        Quantity(
            "mixture",
            "factor when a new law is al times the fit plus 1 - al times the law before",
            r"\mathbb{E}[\theta_n^{\mathrm{mix}}]/\theta_0",
            Relation.EQUALS,
            MIXTURE,
        ),
    ),
    domain=Domain((SCHEDULE, GENERATIONS, MIXTURE_SHARE)),
    sources=(
        Source("Wright 1931, Genetics 16", "decay of heterozygosity"),
        Source("Gerstgrasser et al. 2024, arXiv:2404.01413", "the accumulate workflow"),
        Source("Shumailov et al. 2024, Nature 631", "the mixture alpha, beta, gamma"),
    ),
    derive=derive_pair_coalescence,
)

CLAIMS = (PAIR_COALESCENCE,)
