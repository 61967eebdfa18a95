"""The rows of a bigram table counted on one running text: Wald's identities, and the bias."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, arb_poly, fmpq, fmpq_poly

from theory.claim import Claim, Expected, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.domain import Domain, Kind, Parameter
from theory.node import Node
from theory.rational import NotRational, whole

#: A rational with more bits than this is not formed.
LONGEST = 1 << 12
#: Longer texts take more than half a minute.
MOST_PLACES = 4000


class FittedChance(Node):
    """E[N_ab / N_a given N_a > 0] of (p_ab, p_ba, p_a, L): two values, a text of L >= 2 places.

    p_ab and p_ba are the chances that the value changes, p_a > 0 that a comes first; N_a counts the
    places of a with a place after them, N_ab those where b follows.
    """

    nargs = 4

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        ab, ba, a, places = map(printer._print, self.args)
        return (
            rf"\mathbb{{E}}\left[\tfrac{{N_{{ab}}}}{{N_a}} \,\middle|\, N_a > 0\right]"
            rf"_{{{ab}, {ba}, {a}, {places}}}"
        )

    @staticmethod
    def exact_value(*arguments: Any) -> fmpq:
        """Return the mean as a rational; NotRational where it is too long to write down."""
        ab, ba, a, places = arguments
        length = int(places.p)
        if length * (int(ab.q).bit_length() + int(ba.q).bit_length()) > LONGEST:
            raise NotRational("a long rational")
        return _fitted(ab, ba, a, length, fmpq_poly([0, 1]))

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball that holds the mean."""
        ab, ba, a, places = arguments
        length = whole(places)
        if length > MOST_PLACES:
            raise ArithmeticError(f"a text of {length} places takes too long")
        return _fitted(ab, ba, a, length, arb_poly([0, 1]))


def _fitted(ab: Any, ba: Any, first: Any, length: int, visit: Any) -> Any:
    """Return the mean: N_ab / N_a is the integral of N_ab z^(N_a - 1) over 0 < z < 1.

    visit: the polynomial z. One place more in front multiplies by z if it holds a. E[z^N_a] and
    E[N_ab z^N_a] are kept for a text that starts with a, and with b.
    """
    one = visit**0
    from_a, from_b, followed_a, followed_b = one, one, 0 * one, 0 * one
    for _ in range(length - 1):
        after = (1 - ab) * followed_a + ab * (followed_b + from_b)
        followed_a, followed_b = after * visit, ba * followed_a + (1 - ba) * followed_b
        from_a, from_b = ((1 - ab) * from_a + ab * from_b) * visit, ba * from_a + (1 - ba) * from_b
    followed = (first * followed_a + (1 - first) * followed_b).coeffs()
    mean = sum((weight / power for power, weight in enumerate(followed) if power), 0 * first)
    return mean / (1 - (1 - first) * from_b[0])


ab = sp.Symbol("p_ab", positive=True)
ba = sp.Symbol("p_ba", nonnegative=True)
a = sp.Symbol("p_a", positive=True)
L = sp.Symbol("L", integer=True, positive=True)
m, j, t = sp.symbols("m j t", integer=True)

PLACES = Parameter("L", L, "places of the text", Kind.INTEGER, 2)
AB = Parameter("p_ab", ab, "chance that b follows a", Kind.REAL, 0, 1, True, True, aliases=("p",))
BA = Parameter("p_ba", ba, "chance that a follows b", Kind.REAL, 0, 1, default=None)
FIRST = Parameter("p_a", a, "chance that a comes first", Kind.REAL, 0, 1, True)

TEXT = Premise(
    "text",
    "A text is a path of L places of a Markov chain with any number of values, from any start. "
    "N_a counts the places of a with a place after them, N_ab those where b follows.",
)
TWO_VALUES = Premise(
    "two values", "With two values, the other one of a is b, and a follows b with chance p_ba."
)

VARIANCE = ab * (1 - ab)
STAYS = 1 - ab - ba
LONG_RUN = ba / (ab + ba)
VISITS = (L - 1) * LONG_RUN + (a - LONG_RUN) * (1 - STAYS ** (L - 1)) / (ab + ba)
SQUARE = VARIANCE * VISITS
FITTED = FittedChance(ab, ba, a, L)
FAIR_BIAS = ab / (L - 1) - (1 - ab) * ab ** (L - 1) / (1 - ab ** (L - 1))


def started(length: sp.Expr) -> sp.Expr:
    """Return E[N_ab / N_a] for a text of that length that starts with a, path by path.

    m visits of a and j steps from a to b; the text ends with b, or it ends with a.
    """
    ends_with_b = (
        sp.binomial(m - 1, j - 1) * sp.binomial(length - 1 - m, j - 1)
        * ba ** (j - 1) * (1 - ba) ** (length - m - j)
    )  # fmt: skip
    ends_with_a = (
        sp.binomial(m, j) * sp.binomial(length - 2 - m, j - 1)
        * ba**j * (1 - ba) ** (length - 1 - m - j)
    )  # fmt: skip
    weight = j / m * ab**j * (1 - ab) ** (m - j)
    return sp.Sum(
        sp.Sum(weight * ends_with_b, (j, 1, sp.Min(m, length - m))), (m, 1, length - 1)
    ) + sp.Sum(sp.Sum(weight * ends_with_a, (j, 1, sp.Min(m, length - 1 - m))), (m, 1, length - 2))


def _wald_steps() -> tuple[Identity, Citation, Identity, Citation, Identity]:
    """Return the steps to both identities of Wald."""
    wald = "optional stopping of the martingale of excesses"
    reference = "Billingsley, Probability and Measure, section 35"
    chance = ab**j * (1 - ab) ** (1 - j)
    excess, square = (sp.Sum(chance * (j - ab) ** power, (j, 0, 1)) for power in (1, 2))
    return (
        Identity(
            "one visit",
            "At a visit of a the excess of [b follows] over p_ab has mean 0, whatever came before.",
            excess,
            sp.Integer(0),
            Domain((AB,)),
            concludes=("mean-excess",),
        ),
        Citation(
            "first identity",
            "N_ab - p_ab N_a is the sum of these excesses over L - 1 places, a bounded martingale: "
            "its mean is 0.",
            wald,
            reference,
            (
                Hypothesis("each excess has mean 0 given the text so far", "one visit"),
                Hypothesis("L - 1 places, each excess at most 1", "text"),
            ),
        ),
        Identity(
            "one square",
            "The excess of a visit has this mean square.",
            square,
            VARIANCE,
            Domain((AB,)),
            concludes=("square-per-visit",),
        ),
        Citation(
            "second identity",
            "Different places are uncorrelated, so the mean square of the sum is that of one visit "
            "times E N_a.",
            wald,
            reference,
            (
                Hypothesis("each excess has mean 0 given the text so far", "first identity"),
                Hypothesis("the mean square of each", "one square"),
            ),
        ),
        Identity(
            "visits",
            "With two values, a is at place t + 1 with chance pi + (p_a - pi) r^t where "
            "pi = p_ba / (p_ab + p_ba) and r = 1 - p_ab - p_ba; added over the first L - 1 places.",
            VARIANCE * sp.Sum(LONG_RUN + (a - LONG_RUN) * STAYS**t, (t, 0, L - 2)),
            SQUARE,
            Domain((AB, BA, FIRST, PLACES)),
            concludes=("squared-excess",),
        ),
    )


def _fitted_steps() -> tuple[Induction, Identity, Identity, Identity]:
    """Return the steps to the mean fitted chance."""
    steps = Parameter("L", L, "places after the first", Kind.INTEGER, 0)
    later = sp.Sum(ba * (1 - ba) ** (t - 1) * FittedChance(ab, ba, 1, L - t), (t, 1, L - 2))
    return (
        Induction(
            "place by place",
            "The chance of a at the next place is p_ba + r times the chance at this one.",
            L,
            a,
            ba + STAYS * PREVIOUS,
            LONG_RUN + (a - LONG_RUN) * STAYS**L,
            Domain((AB, BA, FIRST, steps)),
        ),
        Identity(
            "starts with a",
            "All texts from a with m visits and j steps to b, counted by where the steps fall.",
            started(L),
            FITTED.subs(a, 1),
            Domain((AB, BA, PLACES)),
        ),
        Identity(
            "first a",
            "A text that starts with b first reaches a after t places; of those that do before "
            "the last place, and of those that start with a:",
            (a * FITTED.subs(a, 1) + (1 - a) * later) / (a + (1 - a) * (1 - (1 - ba) ** (L - 2))),
            FITTED,
            Domain((AB, BA, FIRST, PLACES)),
            concludes=("fitted",),
        ),
        Identity(
            "independent places",
            "Where each place is b with chance p_ab, by itself, the bias has a short form.",
            FittedChance(ab, 1 - ab, 1 - ab, L) - ab,
            FAIR_BIAS,
            Domain((AB, PLACES)),
            concludes=("independent-bias",),
        ),
    )


def derive_running_text() -> Derivation:
    """Return the derivation of Wald's identities and of the mean fitted chance."""
    return Derivation((TEXT, TWO_VALUES), (*_wald_steps(), *_fitted_steps()))


RUNNING_TEXT = Claim(
    code="E02",
    id="language.running-text",
    title="Pair counts of a running text obey Wald's identities; its fitted rows are biased",
    statement=(
        "On one text of L places from any Markov chain, E[N_ab - p_ab N_a] = 0 and "
        "E[(N_ab - p_ab N_a)^2] = p_ab (1 - p_ab) E N_a. For two values the fitted chance "
        "N_ab / N_a has another mean than p_ab from L = 3 on, a finite sum over all texts: how "
        "often a is seen depends on what followed it. Even if all places are independent the "
        "bias is p/(L-1) - (1-p) p^(L-1) / (1 - p^(L-1)), p = p_ab. With more values there is no "
        "bias if the time until a comes back does not depend on what followed it."
    ),
    quantities=(
        Quantity(
            "mean-excess",
            "mean of N_ab - p_ab N_a, any number of values",
            r"\mathbb{E}[N_{ab} - p_{ab} N_a]",
            Relation.EQUALS,
            sp.Integer(0),
        ),
        Quantity(
            "squared-excess",
            "mean square of N_ab - p_ab N_a, two values",
            r"\mathbb{E}[(N_{ab} - p_{ab} N_a)^2]",
            Relation.EQUALS,
            SQUARE,
        ),
        Quantity(
            "square-per-visit",
            "the same mean square over E N_a, any number of values",
            r"\mathbb{E}[(N_{ab} - p_{ab} N_a)^2] / \mathbb{E}[N_a]",
            Relation.EQUALS,
            VARIANCE,
        ),
        Quantity(
            "fitted",
            "mean fitted chance where a has a place after it, two values",
            r"\mathbb{E}[N_{ab} / N_a \mid N_a > 0]",
            Relation.EQUALS,
            FITTED,
        ),
        Quantity(
            "independent-bias",
            "how far that mean exceeds p_ab where all places are independent, two values",
            r"\mathbb{E}[N_{ab} / N_a \mid N_a > 0] - p_{ab}",
            Relation.EQUALS,
            FAIR_BIAS,
        ),
    ),
    domain=Domain((AB, BA, FIRST, PLACES)),
    sources=(
        Source("Wald 1944, Annals of Mathematical Statistics 15", "both identities"),
        Source("Whittle 1955, Journal of the Royal Statistical Society B 17", "pair counts"),
        Source("Miller and Sanjurjo 2018, Econometrica 86", "the bias after a run of one value"),
        Source("derived here", "the finite sum for two values"),
    ),
    derive=derive_running_text,
)

ROWS_AS_PRINTED = Claim(
    code="E02x",
    id="language.running-text-as-printed",
    title="As printed: the rows of a bigram table are a martingale on running text",
    statement=(
        "The row fitted to a generated text is right on average, E[N_ab / N_a given N_a > 0] = "
        "p_ab, so that each row is resampled like a law of its own. This holds for contexts drawn "
        "independently of what follows them, and for one pair; it fails from three places on (E02)."
    ),
    quantities=(
        Quantity(
            "fitted",
            "mean fitted chance where a has a place after it",
            r"\mathbb{E}[N_{ab} / N_a \mid N_a > 0]",
            Relation.EQUALS,
            ab,
        ),
    ),
    domain=Domain((AB, BA, FIRST, PLACES)),
    sources=(Source("common practice", "bigrams of one text taken for independent rows"),),
    derive=lambda: Derivation((TEXT,), ()),
    expected=Expected.REFUTED,
    replaced_by="E02",
)

CLAIMS = (RUNNING_TEXT, ROWS_AS_PRINTED)
