"""Rows on absorbing chains: appendix A.1 of the paper, equations (16) and (17)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import sympy as sp
from flint import fmpq, fmpq_mat

from proofs.audit.gaussian import ARXIV
from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.case import Bench, Route, Setting, Witness, setting
from proofs.verdict import Enclosed
from theory.claim import Relation
from theory.domain import Domain, Kind, Parameter

#: Steps after which hardly anything is left in the states that lead to an absorbing one.
STEPS = 400


def stochastic(rows: Sequence[Sequence[fmpq]]) -> fmpq_mat:
    """Return the transition matrix with these rows; ArithmeticError unless each sums to 1."""
    for i, row in enumerate(rows):
        if sum(row, fmpq(0)) != 1 or min(row) < 0 or len(row) != len(rows):
            raise ArithmeticError(f"row {i} = {row} lies outside laws over {len(rows)} states")
    return fmpq_mat(rows)


def resampling(size: int) -> fmpq_mat:
    """Return the transition matrix of two categories with `size` samples, the ends included."""
    states = range(size + 1)
    return stochastic(
        [
            [math.comb(size, j) * fmpq(i, size) ** j * fmpq(size - i, size) ** (size - j)
             for j in states]
            for i in states
        ]
    )  # fmt: skip


def walk(up: fmpq, states: int) -> fmpq_mat:
    """Return the walk that goes up with a chance, else down, until it comes to either end."""
    rows = [[fmpq(0)] * states for _ in range(states)]
    rows[0][0] = rows[-1][-1] = fmpq(1)
    for i in range(1, states - 1):
        rows[i][i + 1], rows[i][i - 1] = up, 1 - up
    return stochastic(rows)


#: Chains by name. The last has an absorbing state, which the other two states never reach.
CHAINS: dict[str, Callable[[], fmpq_mat]] = {
    "resampling with M = 2": lambda: resampling(2),
    "resampling with M = 5": lambda: resampling(5),
    "walk on 5 states": lambda: walk(fmpq(1, 3), 5),
    "two states that swap": lambda: stochastic(
        [[fmpq(entry) for entry in row] for row in ((1, 0, 0), (0, 0, 1), (0, 1, 0))]
    ),
}


def parts(chain: fmpq_mat) -> tuple[list[int], list[int]]:
    """Return the absorbing states, and the others."""
    fixed = [i for i in range(chain.nrows()) if chain[i, i] == 1]
    return fixed, [i for i in range(chain.nrows()) if i not in fixed]


def leads(chain: fmpq_mat, start: int, goals: Sequence[int]) -> bool:
    """Return whether a state leads to one of the goals, following the arrows."""
    found, waiting = {start}, [start]
    while waiting:
        i = waiting.pop()
        new = {j for j in range(chain.nrows()) if chain[i, j] != 0} - found
        found |= new
        waiting += new
    return bool(found & set(goals))


def reaching(chain: fmpq_mat) -> bool:
    """Return whether every state leads to an absorbing one."""
    fixed, others = parts(chain)
    return all(leads(chain, i, fixed) for i in others)


def still_to_come(chain: fmpq_mat, later: fmpq_mat, start: int) -> fmpq:
    """Return the mass, after many steps, in states that lead to an absorbing one."""
    fixed, others = parts(chain)
    return sum((later[start, j] for j in others if leads(chain, j, fixed)), fmpq(0))


def enclose(low: fmpq, high: fmpq) -> Enclosed:
    """Return an observation between two rationals."""
    return Enclosed(*(Fraction(int(end.p), int(end.q)) for end in (low, high)))


def enclose_absorption(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the least chance, over the first states, of ending in an absorbing one."""
    chain = CHAINS[setting.text("chain")]()
    (fixed, others), later = parts(chain), chain**STEPS
    arrived = [sum((later[i, j] for j in fixed), fmpq(0)) for i in others]
    rest = [still_to_come(chain, later, i) for i in others]
    return [enclose(min(arrived), min(map(fmpq.__add__, arrived, rest)))]


def enclose_limit(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return an interval for all entries of lim T^k over those of R (I-Q)^(-1)."""
    chain = CHAINS[setting.text("chain")]()
    (fixed, others), later = parts(chain), chain**STEPS
    stay = fmpq_mat([[int(i == j) - chain[i, j] for j in others] for i in others])
    ends = stay.inv() * fmpq_mat([[chain[i, j] for j in fixed] for i in others])
    pairs = [(a, i, b, j) for a, i in enumerate(others) for b, j in enumerate(fixed)]
    low = min(later[i, j] / ends[a, b] for a, i, b, j in pairs)
    high = max((later[i, j] + still_to_come(chain, later, i)) / ends[a, b] for a, i, b, j in pairs)
    return [enclose(low, high)]


CHAIN = Parameter("chain", sp.Symbol("chain"), "the chain", Kind.CHOICE, choices=tuple(CHAINS))
REACHING = replace(
    CHAIN, choices=tuple(name for name, build in CHAINS.items() if reaching(build()))
)

ROWS = (
    Row(
        id="app-a.1-limit",
        reference=f"{ARXIV}, appendix A.1, equations (16)-(17)",
        printed="For an absorbing chain T = [[Q, 0], [R, I]] the powers T^k tend to "
        "[[0, 0], [R (I-Q)^(-1), I]].",
        seen=Seen.TEXT,
        reading="Every entry of the limit over that of R (I-Q)^(-1), where all states lead to an "
        "absorbing one: elsewhere I - Q may have no inverse.",
        quantity=printed(Relation.EQUALS, sp.Integer(1)),
        domain=Domain((REACHING,)),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "entries",
                enclose_limit,
                tuple(setting(chain=name) for name in CHAINS),
                "exact powers and inverses",
                quick=len(CHAINS),
            ),
        ),
        expected=Ruling.CONFIRMED,
    ),
    Row(
        id="app-a.1-certainty",
        reference=f"{ARXIV}, appendix A.1",
        printed="The chain is absorbed with probability 1, since an absorbing state exists.",
        seen=Seen.TEXT,
        reading="From every state.",
        quantity=printed(Relation.EQUALS, sp.Integer(1)),
        domain=Domain((CHAIN,)),
        condition=Domain((REACHING,)),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "absorbed",
                enclose_absorption,
                tuple(setting(chain=name) for name in CHAINS),
                "exact powers",
                quick=len(CHAINS),
            ),
        ),
        expected=Ruling.CONDITIONS,
        figure="chance of absorption",
        remark="The condition is computed: every state leads to an absorbing one. In resampling it "
        "is so, since equal draws have a positive chance.",
    ),
)
