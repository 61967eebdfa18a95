"""A law blended from the fit, the law before and the real law."""

import operator

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Quantity, Relation, Source
from theory.coalescence import MIXTURE
from theory.derivation import Derivation, Identity, Premise
from theory.discrete.distance import (
    CURRENT,
    DISTANCE,
    DRAWN,
    LAWS,
    SLOPE,
    Balance,
    balance_steps,
    distance_quantities,
    diversity_steps,
)
from theory.domain import (
    DIVERSITY,
    GENERATIONS,
    LAW,
    RARE,
    SAMPLES,
    Condition,
    Domain,
    Kind,
    Parameter,
)

FIT_SHARE = Parameter(
    "al", s.alpha, "weight of the new fit", Kind.REAL, 0, 1, aliases=("alpha",)
)  # fmt: skip
REAL_SHARE = Parameter(
    "g", s.g, "weight of the real law", Kind.REAL, 0, 1, aliases=("gamma", "ga")
)  # fmt: skip
KEPT_SHARE = Parameter(
    "be", sp.Symbol("beta", nonnegative=True), "weight of the law before, if given", Kind.REAL,
    0, 1, aliases=("beta",), follows=1 - s.alpha - s.g,
)  # fmt: skip
WEIGHTS = (
    Condition(s.alpha + s.g, sp.Integer(1), operator.le, "<="),
    Condition(sp.Integer(0), s.alpha + s.g),
)
BLEND = Premise(
    "blend",
    "p_{n+1} = alpha e_n + beta p_n + gamma p, where e_n is the fit to M draws of p_n, the weights "
    "are at least 0 and add up to 1, and p_0 = p. The law is this mixture itself; M draws of the "
    "mixture come only with the next fit.",
)
BLENDED = Balance(s.alpha**2 * s.H0 / s.M, (1 - s.g) ** 2 - s.alpha**2 / s.M)


def derive_blend() -> Derivation:
    """Return the derivation of D_n under the weights alpha, beta, gamma."""
    weights = (FIT_SHARE, REAL_SHARE)
    over = Domain((*weights, SAMPLES), WEIGHTS)
    kept = (1 - s.alpha - s.g) * s.x + s.g * s.q
    return Derivation(
        (DISTANCE, BLEND),
        (
            Identity(
                "one category",
                "A category of real probability q and present probability x: the mean squared "
                "distance of its next probability from q, over the M draws of the fit.",
                sp.Sum((s.alpha * s.j / s.M + kept - s.q) ** 2 * DRAWN, (s.j, 0, s.M)),
                BLENDED.rate * (s.x - s.q) ** 2
                + s.alpha**2 * s.q * (1 - s.q) / s.M
                + s.alpha**2 * SLOPE / s.M,
                Domain((RARE, CURRENT, *over.parameters), WEIGHTS),
                uses=("A22",),
            ),
            *balance_steps(BLENDED, over),
            *diversity_steps(BLENDED, Domain((*over.parameters, GENERATIONS), WEIGHTS)),
            Identity(
                "without real data",
                "gamma = 0: what is left is the factor of pair coalescence. beta > 0 slows the "
                "collapse to the rate alpha^2/M and does not stop it.",
                LAWS["diversity"](BLENDED).subs(s.g, 0),
                s.H0 * MIXTURE,
                Domain(
                    (DIVERSITY, FIT_SHARE, SAMPLES, GENERATIONS),
                    (Condition(sp.Integer(0), s.alpha),),
                ),
                uses=("B39",),
            ),
        ),
    )


BLENDS = Claim(
    code="A25",
    id="discrete.blend",
    title="Blending in the real law stops the collapse; blending in the law before only slows it",
    statement=(
        "With weights alpha, beta, gamma of the new fit, the law before and the real law, the mean "
        "squared distance obeys D_{n+1} = ((1-gamma)^2 - alpha^2/M) D_n + alpha^2 H_0/M. It "
        "settles below H_0 if gamma > 0; with gamma = 0 < alpha, E H_n = H_0 (1 - alpha^2/M)^n."
    ),
    quantities=distance_quantities(BLENDED),
    domain=Domain(
        (LAW, DIVERSITY, FIT_SHARE, KEPT_SHARE, REAL_SHARE, SAMPLES, GENERATIONS), WEIGHTS
    ),
    sources=(
        Source(
            "Shumailov et al. 2024, Nature 631, 755-759",
            "the weights; Author Correction, Nature 640, E6 (second hand)",
        ),
        Source("derived here", "D_n"),
    ),
    derive=derive_blend,
)

BLEND_AS_PRINTED = Claim(
    code="A25x",
    id="discrete.blend-as-printed",
    title="As printed: alpha_i = gamma_i = 0 is the case of resampling from the last fit",
    statement=(
        "The sentence 'we consider alpha_i = gamma_i = 0' for the case that is then solved, where "
        "each generation is trained on the last one alone and diversity decays by 1 - 1/M. Read as "
        "printed, with alpha the weight of the new fit, beta = 1: the law never changes."
    ),
    quantities=(
        Quantity(
            "diversity",
            "mean diversity when alpha = gamma = 0",
            r"\mathbb{E}[H_n]",
            Relation.EQUALS,
            s.H0 * (1 - 1 / s.M) ** s.n,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, SAMPLES, GENERATIONS)),
    sources=(
        Source("Shumailov et al. 2023, arXiv:2305.17493v3", "sections 4 and 5.1"),
        Source("Author Correction, Nature 640, E6 (2025)", "second hand: beta_i = gamma_i = 0"),
    ),
    derive=lambda: Derivation((BLEND,), ()),
    expected=Expected.REFUTED,
    replaced_by="A25",
)

CLAIMS = (BLENDS, BLEND_AS_PRINTED)
