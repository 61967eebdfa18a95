"""Rows on mean and variance of the risk: equations (4) and (5) of the paper."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from proofs.audit.gaussian import ARXIV
from proofs.audit.row import Range, Row, Ruling, Seen, printed
from proofs.case import Bench, Route, Rows, Setting, Witness, setting
from proofs.gaussian import risk_spread
from proofs.verdict import Enclosed, Observation
from theory import symbols as s
from theory.claim import Order, Relation
from theory.domain import DEVIATION, GENERATIONS, Condition, Domain
from theory.gaussian.risk import FIRST_ORDER
from theory.gaussian.risk_spread import LEADING, PRINTED, REMAINDER, STEPS, WALK
from theory.gaussian.variance import SAMPLES_FROM_TWO
from theory.rounding import ends

INTEGRATED = "moments point by point; ball quadrature from a determinant"
SIZES = tuple({"M": Fraction(size)} for size in (10, 100, 1000))
LARGER = tuple({"M": Fraction(10**power)} for power in (2, 3, 4, 5))
#: n/M up to which (4) is surely within 1 %: a round number below all that are computed.
SAFE = sp.Rational(1, 5)


@dataclass(frozen=True)
class More:
    """A bench that grants more replicates than usual."""

    bench: Bench
    times: int

    def stream_key(self, experiment: str, setting: Setting) -> int:
        """Return the bench's key."""
        return self.bench.stream_key(experiment, setting)

    def replicates(self, usual: int) -> int:
        """Return so many times the bench's replicates."""
        return self.bench.replicates(usual) * self.times

    def campaign(
        self, work: Callable[[int, int], Rows], replicates: int, block: int = 4096
    ) -> Rows:
        """Return the bench's campaign."""
        return self.bench.campaign(work, replicates, block)


def measure_spread(setting: Setting, bench: Bench) -> Sequence[Observation]:
    """Return the variance of W2^2 in four times as many pairs of runs as its claim needs."""
    return risk_spread.measure_variance(setting, More(bench, 4))


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E W2^2 from moments that are expanded and integrated over the points."""
    return [
        Enclosed(*ends(risk_spread.mean(setting, n, risk_spread.DISTANCE)))
        for n in setting.generations
    ]


LADDER = tuple(setting((1, 4), M=size) for size in (50, 200, 1000, 4000))
RISKS = Witness(
    Route.ENCLOSED,
    "risk",
    enclose_risk,
    (*LADDER, setting((3,), M=(100, 50, 400)), setting((1, 10), M=10)),
    INTEGRATED,
    quick=4,
)

ROWS = (
    Row(
        id="eq-04",
        reference=f"{ARXIV}, equation (4)",
        printed="E R^{n+1} = (3/2) sigma^2 (1/M_0 + ... + 1/M_n) + O(2).",
        seen=Seen.TEXT,
        reading="R is the squared W2 distance; an error of at most sigma^2 (sum 1/M_i)^2, and of "
        "that order in 1/M at fixed n. Here n counts the fits.",
        quantity=printed(
            Relation.TENDS_TO,
            sp.Rational(3, 2) * s.sigma**2 * STEPS,
            order=Order(s.M, s.sigma**2 * STEPS**2, 1),
        ),
        domain=WALK,
        against=("B11:risk",),
        witnesses=(RISKS,),
        range=Range("B11:risk", SIZES),
        expected=Ruling.ORDER,
        remark="Not uniform in n: the slope 3/2 falls to 1 once n is well above M. Exactly it is "
        "sigma^2 (sum 1/M_i + 2 (1 - prod c4(M_i))).",
    ),
    Row(
        id="sec-4.2-hundred",
        reference=f"{ARXIV}, section 4.2",
        printed="The approximation (4) is accurate from M of about 100 on.",
        seen=Seen.TEXT,
        reading="Within 1 % of E R, at every n.",
        quantity=printed(Relation.TENDS_TO, FIRST_ORDER),
        domain=Domain((SAMPLES_FROM_TWO.at_least(100), GENERATIONS, DEVIATION)),
        condition=Domain(
            (SAMPLES_FROM_TWO.at_least(100), GENERATIONS, DEVIATION),
            (Condition(s.n / s.M, SAFE, operator.le, "<="),),
        ),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "risk",
                enclose_risk,
                (setting((1, 20, 25, 30, 50, 300), M=100), setting((1, 100, 200, 1000), M=1000)),
                INTEGRATED,
                margin=0.01,
            ),
        ),
        expected=Ruling.CONDITIONS,
        range=Range("B11:risk", LARGER, (Fraction(1, 100),)),
        remark="The last n within 1 % is computed (see the range): its ratio to M falls as M "
        "grows, towards 0.24, since the error is about n/(24 M) of E R for large M. The condition "
        "names a round number below all of them.",
    ),
    Row(
        id="eq-05",
        reference=f"{ARXIV}, equation (5)",
        printed="Var R^{n+1} = (1/2) sigma^4 (sum 3/M_i^2 + sum_{i != j} 4/(M_i M_j)) + O(3).",
        seen=Seen.TEXT,
        reading="R is the squared W2 distance. The remainder is read as generously as the right "
        "leading term needs it: B13b.",
        quantity=printed(Relation.TENDS_TO, PRINTED, order=REMAINDER),
        domain=WALK,
        against=("B13x:leading",),
        witnesses=(
            Witness(
                Route.MEASURED,
                "leading",
                measure_spread,
                (setting((1,), M=100), setting((1,), M=1000)),
                "pairs of forward runs, all points drawn",
                margin=0.15,
            ),
        ),
        corrected_by="B13",
        expected=Ruling.REFUTED,
        remark="The error is of the same order as the formula, not of the next one. The right "
        "leading term is (5/2) sigma^4 (sum 1/M_i)^2: all pairs of generations count alike.",
    ),
    Row(
        id="eq-05-corrected",
        reference="in place of arXiv:2305.17493v3, equation (5)",
        printed="Var R^{n+1} = (5/2) sigma^4 (sum 1/M_i)^2 + O(3).",
        seen=Seen.NOWHERE,
        reading="Under the same reading of the remainder, and the same evidence.",
        quantity=printed(Relation.TENDS_TO, LEADING, order=REMAINDER),
        domain=WALK,
        against=("B13b:leading",),
        range=Range("B13:variance", SIZES),
        expected=Ruling.ORDER,
    ),
)
