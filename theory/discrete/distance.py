"""The mean squared distance from the real law: what a draw adds to it, and where it settles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import sympy as sp

from theory import symbols as s
from theory.claim import Quantity, Relation
from theory.derivation import (
    PREVIOUS,
    Citation,
    Hypothesis,
    Identity,
    Induction,
    Inequality,
    Premise,
)
from theory.discrete.diversity import BINOMIAL, total_expectation
from theory.domain import DIVERSITY, GENERATIONS, LAW, RARE, SAMPLES, Domain, Kind, Parameter

DISTANCE = Premise(
    "distance",
    "D_n = E ||p_n - p||^2, summed over the categories. E p_n = p throughout, hence "
    "E sum p_{n,i}^2 = sum p_i^2 + D_n, and E H_n = H_0 - D_n.",
)
#: A probability in the law that is drawn from, where q is the real one.
CURRENT = Parameter(
    "x", s.x, "probability in the law drawn from", Kind.REAL, 0, 1, True, True
)  # fmt: skip
#: The chance of j among the draws of a category of probability x.
DRAWN = BINOMIAL.subs(s.q, s.x)
#: x (1-x) is q (1-q) - (x-q)^2 + this, which has mean 0 where E x = q.
SLOPE = (s.x - s.q) * (1 - 2 * s.q)
ONE_CATEGORY = Domain((RARE, CURRENT, SAMPLES))


@dataclass(frozen=True)
class Balance:
    """D_0 = 0 and D_{n+1} = gain + rate * D_n with 0 <= rate < 1: what a round adds and keeps.

    rounds: the symbol that counts them.
    """

    gain: sp.Expr
    rate: sp.Expr
    rounds: sp.Symbol = s.n

    def after(self) -> sp.Expr:
        """Return D_n."""
        return self.gain * (1 - self.rate**self.rounds) / (1 - self.rate)

    def limit(self) -> sp.Expr:
        """Return what D_n tends to."""
        return self.gain / (1 - self.rate)


#: What a distance or a diversity is, in terms of a balance: the laws of four quantities.
LAWS: Mapping[str, Callable[[Balance], sp.Expr]] = {
    "distance": lambda balance: balance.after(),
    "distance-limit": lambda balance: balance.limit(),
    "diversity": lambda balance: s.H0 - balance.after(),
    "diversity-limit": lambda balance: s.H0 - balance.limit(),
}


def draw_steps() -> tuple[Identity | Citation, ...]:
    """Return the steps to E ||X/M - p||^2 = (1 - 1/M) D(L) + H_0/M for M draws of a law L."""
    return (
        Identity(
            "one category",
            "M draws from a law that gives x to a category of real probability q: the mean "
            "squared distance of their share from q.",
            sp.Sum((s.j / s.M - s.q) ** 2 * DRAWN, (s.j, 0, s.M)),
            (1 - 1 / s.M) * (s.x - s.q) ** 2 + s.q * (1 - s.q) / s.M + SLOPE / s.M,
            ONE_CATEGORY,
        ),
        Identity(
            "all categories",
            "The second terms add up to H_0 / M.",
            sp.Sum(s.p[s.i] * (1 - s.p[s.i]) / s.M, (s.i, 1, s.K)),
            s.H0 / s.M,
            Domain((LAW, DIVERSITY, SAMPLES)),
        ),
        total_expectation(
            "draws",
            "The third have mean 0, as E x = q: E ||X/M - p||^2 = (1 - 1/M) D(L) + H_0/M, where "
            "L is the law drawn from and D(L) = E ||L - p||^2.",
            "distance",
        ),
    )


def balance_steps(
    balance: Balance,
    rate_over: Domain,
    generations: Parameter = GENERATIONS,
    start: Parameter = DIVERSITY,
    prefix: str = "",
) -> tuple[Induction | Inequality | Citation, ...]:
    """Return the steps from a balance to D_n and to its limit.

    rate_over: domain of what the rate depends on. start: diversity that the gain is made of.
    prefix: of the two quantities' names.
    """
    whole = replace(rate_over, parameters=(start, *rate_over.parameters, generations))
    return (
        Induction(
            f"{prefix}recursion",
            "Each round keeps a share of D_n and adds the same, from D_0 = 0 on.",
            balance.rounds,
            sp.Integer(0),
            balance.gain + balance.rate * PREVIOUS,
            balance.after(),
            whole,
            concludes=(f"{prefix}distance",),
        ),
        Inequality(
            f"{prefix}contraction",
            "The share that is kept is below 1.",
            balance.rate,
            sp.Integer(1),
            rate_over,
            strict=True,
        ),
        Citation(
            f"{prefix}in the end",
            "So its powers vanish.",
            "powers of a number below 1 tend to 0",
            "Rudin, Principles of Mathematical Analysis, theorem 3.20",
            (
                Hypothesis("the rate lies in [0, 1)", f"{prefix}contraction"),
                Hypothesis("D_n is gain (1 - rate^n) / (1 - rate)", f"{prefix}recursion"),
            ),
            gives=balance.limit(),
            concludes=(f"{prefix}distance-limit",),
        ),
    )


def diversity_steps(balance: Balance, over: Domain) -> tuple[Identity, ...]:
    """Return the steps from D_n and its limit to the mean diversity.

    over: domain of the balance, without the starting law.
    """
    squares = sp.Sum(s.p[s.i] ** 2, (s.i, 1, s.K))
    whole = replace(over, parameters=(LAW, DIVERSITY, *over.parameters))
    return (
        Identity(
            "what is left",
            "E H_n = 1 - E sum p_{n,i}^2.",
            1 - (squares + balance.after()),
            LAWS["diversity"](balance),
            whole,
            concludes=("diversity",),
        ),
        Identity(
            "what remains",
            "The same in the limit.",
            1 - (squares + balance.limit()),
            LAWS["diversity-limit"](balance),
            whole,
            concludes=("diversity-limit",),
        ),
    )


def distance_quantities(balance: Balance) -> tuple[Quantity, ...]:
    """Return D_n, its limit, the mean diversity and its limit as quantities of a claim."""
    words = {
        "distance": ("mean squared distance from the real law", r"\mathbb{E}\|p_n - p\|^2"),
        "distance-limit": ("the same as n grows", r"\mathbb{E}\|p_n - p\|^2"),
        "diversity": ("mean diversity", r"\mathbb{E}[H_n]"),
        "diversity-limit": ("the same as n grows", r"\mathbb{E}[H_n]"),
    }
    return tuple(
        Quantity(
            name,
            *words[name],
            Relation.TENDS_TO if name.endswith("-limit") else Relation.EQUALS,
            law(balance),
        )
        for name, law in LAWS.items()
    )
