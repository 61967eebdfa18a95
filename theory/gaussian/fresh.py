"""Real points in every round: drift and variance settle, even where synthetic points are spread."""

import operator
from dataclasses import dataclass

import sympy as sp

from theory import symbols as s
from theory.affine import PairAfter
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.domain import DEVIATION, GENERATIONS, Condition, Domain, Kind, Parameter

NR = sp.Symbol("n_r", integer=True, positive=True)
NS = sp.Symbol("n_s", integer=True, nonnegative=True)
LAM = sp.Symbol("lam", nonnegative=True)
OLD_DRIFT = sp.Symbol("m", nonnegative=True)
OLD_VARIANCE = sp.Symbol("v", nonnegative=True)

REAL_POINTS = Parameter("n_r", NR, "real points of each round", Kind.INTEGER, 1, aliases=("nr",))
SYNTHETIC = Parameter("n_s", NS, "synthetic points of each round", Kind.INTEGER, 0, aliases=("ns",))
BIAS = Parameter(
    "lam", LAM, "variance of synthetic points over the fitted one", Kind.REAL, 0,
    aliases=("lambda",),
)  # fmt: skip
BEFORE = (
    Parameter("m", OLD_DRIFT, "mean squared drift one round before", Kind.REAL, 0),
    Parameter("v", OLD_VARIANCE, "mean variance one round before", Kind.REAL, 0),
)

POINTS = NR + NS
REAL = NR / POINTS
MADE = NS / POINTS


@dataclass(frozen=True)
class Pair:
    """The linear recursion of drift m and variance v: one row of (m, v, 1) each, and where from."""

    drift: tuple[sp.Expr, sp.Expr, sp.Expr]
    variance: tuple[sp.Expr, sp.Expr, sp.Expr]
    start: sp.Expr

    def next_drift(self, drift: sp.Expr, variance: sp.Expr) -> sp.Expr:
        """Return the drift one round later."""
        a, b, e = self.drift
        return a * drift + b * variance + e

    def next_variance(self, drift: sp.Expr, variance: sp.Expr) -> sp.Expr:
        """Return the variance one round later."""
        c, d, f = self.variance
        return c * drift + d * variance + f

    def drift_after(self) -> sp.Expr:
        """Return the drift after n rounds."""
        return PairAfter(*self.drift, *self.variance, 0, self.start, s.n)

    def variance_after(self) -> sp.Expr:
        """Return the variance after n rounds."""
        (a, b, e), (c, d, f) = self.drift, self.variance
        return PairAfter(d, c, f, b, a, e, self.start, 0, s.n)


def limit_steps(
    pair: Pair, drift: sp.Expr, variance: sp.Expr, margin: sp.Expr, any_bias: Domain, over: Domain
) -> tuple[Induction | Identity | Citation, ...]:
    """Return the steps from one round to n of them and to the limits.

    margin: what the condition keeps above 0. over: where it does.
    """
    after, later = pair.drift_after(), pair.variance_after()
    timed = Domain((*any_bias.parameters, GENERATIONS), any_bias.conditions)
    (a, b, _), (c, d, _) = pair.drift, pair.variance
    return (
        Induction(
            "drift",
            "The drift starts at 0 and is fed by the variance,",
            s.n,
            sp.Integer(0),
            pair.next_drift(PREVIOUS, later),
            after,
            timed,
            concludes=("drift",),
        ),
        Induction(
            "variance",
            "which is fed by the drift in turn.",
            s.n,
            pair.start,
            pair.next_variance(after, PREVIOUS),
            later,
            timed,
            concludes=("variance",),
        ),
        Identity(
            "determinant",
            "With A the matrix of the recursion, 1 - A has the diagonal entry 1 - s^2 > 0, and a "
            "determinant that the condition keeps above 0:",
            (1 - a) * (1 - d) - b * c,
            (1 - MADE**2) * margin,
            over,
        ),
        Citation(
            "contraction",
            "so both leading minors of 1 - A are positive. A has no negative entry: its powers "
            "tend to 0, and drift and variance to the only fixed point. Where the determinant is "
            "not positive, an eigenvalue is 1 or more.",
            "M-matrices",
            "Berman and Plemmons, Nonnegative Matrices in the Mathematical Sciences, theorem 6.2.3",
            (Hypothesis("the leading minors of 1 - A are positive", "determinant"),),
        ),
        Identity(
            "drift-limit",
            "The fixed point: the drift reproduces itself,",
            pair.next_drift(drift, variance),
            drift,
            over,
            concludes=("drift-limit",),
        ),
        Identity(
            "variance-limit",
            "and so does the variance.",
            pair.next_variance(drift, variance),
            variance,
            over,
            concludes=("variance-limit",),
        ),
    )


def pair_quantities(
    pair: Pair, drift: sp.Expr, variance: sp.Expr, moved: str, centre: str, settles: Condition
) -> tuple[Quantity, ...]:
    """Return the four quantities of a pair: after n rounds, and as n grows, where it settles."""
    far, wide = rf"\mathbb{{E}}(\mu_n-{centre})^2", r"\mathbb{E}\,\sigma_n^2"
    return (
        Quantity("drift", f"{moved}, n rounds", far, Relation.EQUALS, pair.drift_after()),
        Quantity(
            "variance",
            "mean fitted variance after n rounds",
            wide,
            Relation.EQUALS,
            pair.variance_after(),
        ),
        Quantity(
            "drift-limit",
            f"{moved}, as n grows",
            far,
            Relation.TENDS_TO,
            drift,
            conditions=(settles,),
        ),
        Quantity(
            "variance-limit",
            "mean fitted variance, as n grows",
            wide,
            Relation.TENDS_TO,
            variance,
            conditions=(settles,),
        ),
    )


# --- B32: fresh real points every round -----------------------------------------------------------

LOOP = Premise(
    "fresh points",
    "Each round trains on N = n_r + n_s points: n_r independent draws of D_0 and n_s independent "
    "draws of a law of mean mu_n and variance lam sigma_n^2. Their mean and their variance with "
    "divisor N - 1 are mu_{n+1} and sigma_{n+1}^2. D_0 has the finite variance sigma^2; "
    "(mu_0, sigma_0^2) are its own moments. r = n_r/N, s = n_s/N.",
)
EXTRA = 1 + MADE / ((POINTS - 1) * (1 + MADE))
FRESH_MARGIN = 1 - MADE * LAM * EXTRA
FRESH = Pair(
    (MADE**2, MADE * LAM / POINTS, REAL * s.sigma**2 / POINTS),
    (POINTS * REAL * MADE / (POINTS - 1), MADE * LAM, REAL * s.sigma**2),
    s.sigma**2,
)
#: Mean square of a centred training point in the limit, but for the drift.
TRAINED = REAL * s.sigma**2 / FRESH_MARGIN
FRESH_DRIFT = TRAINED / (POINTS * (1 - MADE**2))
FRESH_VARIANCE = TRAINED * EXTRA
EFFECTIVE = NR + (NR - 1) * NS / (POINTS - 1)

TWO_POINTS = Condition(sp.Integer(1), POINTS)
STABLE = Condition(
    MADE * LAM * EXTRA,
    sp.Integer(1),
    words="s lam (1 + s/((N-1)(1+s))) < 1, N = n_r + n_s, s = n_s/N",
)
MIXED = (REAL_POINTS, SYNTHETIC, BIAS, DEVIATION)


def derive_fresh_points() -> Derivation:
    """Return the derivation of drift and variance with fresh real points in every round."""
    over = Domain((*MIXED, *BEFORE), (TWO_POINTS,))
    m, v = OLD_DRIFT, OLD_VARIANCE
    square = FRESH.next_drift(m, v)
    return Derivation(
        (LOOP,),
        (
            Identity(
                "new mean",
                "Given the past the points are independent: n_r have variance sigma^2, n_s have "
                "variance lam sigma_n^2 and the drift in common.",
                (sp.Sum(s.sigma**2, (s.i, 1, NR)) + sp.Sum(LAM * v, (s.i, 1, NS))) / POINTS**2
                + MADE**2 * m,
                square,
                over,
            ),
            Identity(
                "new variance",
                "The squares about mu are those about the new mean plus N times its squared drift.",
                (NR * s.sigma**2 + NS * (LAM * v + m) - POINTS * square) / (POINTS - 1),
                FRESH.next_variance(m, v),
                over,
            ),
            *limit_steps(
                FRESH,
                FRESH_DRIFT,
                FRESH_VARIANCE,
                FRESH_MARGIN,
                Domain(MIXED, (TWO_POINTS,)),
                Domain(MIXED, (TWO_POINTS, STABLE)),
            ),
            Identity(
                "effective",
                "Without bias, lam = 1, the drift of the mean is that of so many real points:",
                s.sigma**2 / FRESH_DRIFT.subs(LAM, 1),
                EFFECTIVE,
                Domain((REAL_POINTS, SYNTHETIC, DEVIATION), (TWO_POINTS,)),
                concludes=("effective",),
            ),
        ),
    )


FRESH_POINTS = Claim(
    code="B32",
    id="gaussian.fresh-points",
    title="Fresh real points in every round keep drift and variance of the fit bounded",
    statement=(
        "With n_r real and n_s synthetic points a round and the unbiased fit to all, drift and "
        "mean variance obey a linear recursion. It settles where s lam (1 + s/((N-1)(1+s))) < 1, "
        "and grows without bound elsewhere: some bias lam > 1 is borne. Without bias, lam = 1, "
        "the variance settles at or above sigma^2, and the mean is as good as that of "
        "n_r + (n_r - 1) n_s/(N - 1) real points: from n_r to at most 2 n_r - 1, however "
        "many synthetic ones there are. In d dimensions the same holds of traces."
    ),
    quantities=(
        *pair_quantities(
            FRESH,
            FRESH_DRIFT,
            FRESH_VARIANCE,
            "mean square distance of the mean from mu",
            r"\mu",
            STABLE,
        ),
        Quantity(
            "effective",
            "real points whose mean drifts as far as the fit in the limit, lam = 1",
            r"\sigma^2/\lim_n\mathbb{E}(\mu_n-\mu)^2",
            Relation.TENDS_TO,
            EFFECTIVE,
            conditions=(Condition(LAM, sp.Integer(1), operator.eq, "="),),
        ),
    ),
    domain=Domain((*MIXED, GENERATIONS), (TWO_POINTS,)),
    sources=(
        Source("Alemohammad et al. 2024, arXiv:2307.01850", "the fresh data loop, by simulation"),
        Source("derived here", "the closed form"),
    ),
    derive=derive_fresh_points,
)

# --- B34: the same real points for ever -----------------------------------------------------------

SR2 = sp.Symbol("s_r2", positive=True)
REAL_VARIANCE = Parameter(
    "s_r2", SR2, "variance of the real points (divisor n_r)", Kind.REAL, 0, low_open=True,
    aliases=("s_r^2", "sr2"),
)  # fmt: skip

SET = Premise(
    "fixed points",
    "n_r real points are given, of mean x_r and variance s_r2 (divisor n_r). Each round trains on "
    "them and on n_s independent draws of a law of mean mu_n and variance lam sigma_n^2. Mean and "
    "variance of all N = n_r + n_s points (divisor N) are mu_{n+1} and sigma_{n+1}^2. "
    "(mu_0, sigma_0^2) = (x_r, s_r2). r = n_r/N, s = n_s/N.",
)
KEPT = 1 - MADE / (NS * (1 + MADE))
FIXED_MARGIN = 1 - MADE * LAM * KEPT
FIXED = Pair(
    (MADE**2, MADE**2 * LAM / NS, sp.Integer(0)),
    (REAL * MADE, MADE * LAM * (1 - 1 / NS) + REAL * MADE * LAM / NS, REAL * SR2),
    SR2,
)
FIXED_VARIANCE = REAL * SR2 / FIXED_MARGIN
FIXED_DRIFT = MADE**2 * LAM * FIXED_VARIANCE / (NS * (1 - MADE**2))
SOME_MADE = SYNTHETIC.at_least(1)
BOUNDED = Condition(
    MADE * LAM * KEPT,
    sp.Integer(1),
    words="s lam (1 - s/(n_s (1+s))) < 1, s = n_s/(n_r + n_s)",
)
AUGMENTED = (REAL_POINTS, SOME_MADE, BIAS, REAL_VARIANCE)


def derive_fixed_points() -> Derivation:
    """Return the derivation of drift and variance around one real set that is kept."""
    over = Domain((*AUGMENTED, *BEFORE))
    m, v = OLD_DRIFT, OLD_VARIANCE
    return Derivation(
        (SET,),
        (
            Identity(
                "new mean",
                "The mean of the synthetic points lies off x_r by the drift and by an error of "
                "variance lam sigma_n^2 / n_s; pooling leaves the share s of it.",
                MADE**2 * (m + sp.Sum(LAM * v / NS**2, (s.i, 1, NS))),
                FIXED.next_drift(m, v),
                over,
            ),
            Identity(
                "new variance",
                "Both sets about their own means, and the two means about the common one.",
                REAL * SR2
                + MADE * (LAM * v - LAM * v / NS)
                + (REAL * MADE**2 + MADE * REAL**2) * (m + LAM * v / NS),
                FIXED.next_variance(m, v),
                over,
            ),
            *limit_steps(
                FIXED,
                FIXED_DRIFT,
                FIXED_VARIANCE,
                FIXED_MARGIN,
                Domain(AUGMENTED),
                Domain(AUGMENTED, (BOUNDED,)),
            ),
        ),
    )


FIXED_POINTS = Claim(
    code="B34",
    id="gaussian.fixed-real-points",
    title="One real set that is kept for ever keeps the fit from collapsing, at a smaller variance",
    statement=(
        "With the same n_r real points in every round, n_s synthetic ones and the MLE of all, the "
        "drift from their mean and the mean variance obey a linear recursion. It settles where "
        "s lam (1 - s/(n_s (1+s))) < 1. Without bias, lam = 1, the variance settles below that of "
        "the real points, and never at 0. The real points are given; no law of theirs matters."
    ),
    quantities=pair_quantities(
        FIXED,
        FIXED_DRIFT,
        FIXED_VARIANCE,
        "mean square distance of the mean from that of the real points",
        r"\bar x_r",
        BOUNDED,
    ),
    domain=Domain((*AUGMENTED, GENERATIONS)),
    sources=(
        Source("Alemohammad et al. 2024, arXiv:2307.01850", "the synthetic augmentation loop"),
        Source("Bertrand et al. 2024, arXiv:2310.00429", "retraining on a fixed real set"),
        Source("derived here", "the closed form"),
    ),
    derive=derive_fixed_points,
)

CLAIMS = (FRESH_POINTS, FIXED_POINTS)
