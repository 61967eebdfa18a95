"""The ledger: runs cases, spends the false-alarm budget, computes each claim's status.

Nothing here is typed by hand: a status follows from the derivation, from the verdicts of routes
that do not assume the claim, and from the status of the claims it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from numerics import campaign, streams
from proofs.case import Case, Mutant, Route, Rows, Setting, Witness
from proofs.derived import StepReport, check
from proofs.verdict import Observation, Outcome, Verdict, confront
from theory.claim import Claim
from theory.claims import CLAIMS
from theory.domain import Point
from theory.errors import DomainError
from theory.evaluate import Environment, ball, exact
from theory.rational import NotRational
from theory.rounding import ends

#: Precision of a law that is not rational, in bits, when it meets evidence.
LAW_BITS = 256
DEFAULT_FALSE_ALARM = 1e-6
DEFAULT_KEY = "collapse"


@dataclass(frozen=True)
class Check:
    """One comparison of one quantity at one point."""

    quantity: str
    point: Point
    route: Route
    method: str
    verdict: Verdict
    independent: bool
    law: str = ""  # the name of the mutant whose law was used, or nothing


@dataclass(frozen=True)
class Finding:
    """All that a run found about one claim. `mutants` maps each to the routes that refuted it."""

    claim: Claim
    steps: tuple[StepReport, ...]
    checks: tuple[Check, ...]
    mutants: Mapping[str, tuple[Route, ...]]
    on_input: bool = False

    @property
    def derived(self) -> bool:
        """Return whether every step of the derivation holds."""
        return all(not step.fault for step in self.steps)

    @property
    def survivors(self) -> tuple[str, ...]:
        """Return the mutants that no route refuted."""
        return tuple(name for name, routes in self.mutants.items() if not routes)

    def outcomes(self) -> set[Outcome]:
        """Return the outcomes of all comparisons."""
        return {check.verdict.outcome for check in self.checks}

    def routes(self) -> tuple[Route, ...]:
        """Return the independent routes that confirm the claim, derivation first."""
        seen = {
            check.route
            for check in self.checks
            if check.independent
            and check.verdict.outcome is Outcome.CONSISTENT
            and not check.verdict.vacuous
        }
        if self.derived:
            seen.add(Route.DERIVED)
        return tuple(route for route in Route if route in seen)

    def confirmed(self) -> bool:
        """Return whether each quantity has an independent, consistent, non-vacuous check."""
        good = {
            check.quantity
            for check in self.checks
            if check.independent
            and check.verdict.outcome is Outcome.CONSISTENT
            and not check.verdict.vacuous
        }
        return good >= {quantity.name for quantity in self.claim.quantities}

    def weakest(self) -> Check | None:
        """Return the sampled check with the largest detection limit."""
        sampled = [check for check in self.checks if check.verdict.share > 0]
        return max(sampled, key=lambda check: check.verdict.limit, default=None)


def status(claim: Claim, findings: Mapping[str, Finding]) -> str:
    """Return the status of a claim from its finding and those of the claims it rests on.

    On a user's input a claim is `consistent`, refuted or undecided: it is settled elsewhere.
    """
    finding = findings[claim.code]
    outcomes = finding.outcomes()
    if Outcome.REFUTED in outcomes:
        return "refuted"
    if not finding.derived:
        return "stated"
    if Outcome.UNDECIDED in outcomes:
        return "undecided"
    if finding.on_input:
        return "consistent" if finding.confirmed() else "undecided"
    if not finding.confirmed():
        return "derived"
    below = [
        status(findings[code].claim, findings) if code in findings else "stated"
        for code in claim.uses()
    ]
    if "undecided" in below:
        return "undecided"
    return "settled" if all(state == "settled" for state in below) else "confirmed"


def foundations(claim: Claim) -> frozenset[str]:
    """Return the codes of a claim and of everything it rests on."""
    by_code = {other.code: other for other in CLAIMS}
    found: set[str] = set()
    waiting = [claim.code]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(by_code[code].uses())
    return frozenset(found)


@dataclass
class Run:
    """One run of the court: key, budget, effort, grid; a `Bench` for the experiments.

    progress: called with (done, total) replicates while a campaign runs.
    stopped: set when the user interrupts; the run ends before its next experiment at the latest.
    """

    key: str = DEFAULT_KEY
    false_alarm: float = DEFAULT_FALSE_ALARM
    effort: float = 1.0
    quick: bool = False
    workers: int | None = None
    progress: Callable[[int, int], None] | None = None
    code: str = ""
    alpha: float = 0.0
    stopped: bool = False

    def settings(self, witness: Witness) -> tuple[Setting, ...]:
        """Return the settings of an experiment that belong to this run's grid."""
        return witness.settings[: witness.quick] if self.quick else witness.settings

    def samples(self, cases: Sequence[Case]) -> int:
        """Return the number of comparisons that spend budget."""
        return sum(
            len(setting.points())
            for case in cases
            for witness in case.witnesses
            if witness.samples
            for setting in self.settings(witness)
        )

    def stream_key(self, experiment: str, setting: Setting) -> int:
        """Return the stream key: a function of claim, experiment, setting and run key."""
        shown = repr((sorted(setting.fixed.items()), setting.generations, setting.start))
        return streams.derive_key(self.code, experiment, shown, self.key)

    def replicates(self, usual: int) -> int:
        """Return the number of replicates under this run's effort, at least 2."""
        return max(2, round(usual * self.effort))

    def campaign(
        self, work: Callable[[int, int], Rows], replicates: int, block: int = 4096
    ) -> Rows:
        """Return the rows of all replicates, computed block by block in fixed order."""
        parts = campaign.run(
            work, replicates, block=block, workers=self.workers, progress=self.progress
        )
        return campaign.gather(parts)

    def examine(self, cases: Sequence[Case]) -> Iterator[Finding]:
        """Yield a finding for each case in turn, the budget split over all sampled comparisons."""
        total = self.samples(cases)
        self.alpha = self.false_alarm / total if total else 0.0
        for case in cases:
            yield self._judge(case)

    def judge(self, case: Case) -> Finding:
        """Return the finding on one case, the whole budget spent on it."""
        return next(self.examine([case]))

    def _judge(self, case: Case) -> Finding:
        """Return the finding on one case. Cheap exact routes come first."""
        self.code = case.claim.code
        codes = frozenset(claim.code for claim in CLAIMS)
        steps = check(case.claim, codes)
        basis = foundations(case.claim)
        checks: list[Check] = []
        refuted: dict[str, set[Route]] = {mutant.name: set() for mutant in case.mutants}
        order = list(Route)
        for witness in sorted(case.witnesses, key=lambda witness: order.index(witness.route)):
            independent = not witness.principles & basis
            for setting in self.settings(witness):
                if self.stopped:
                    raise KeyboardInterrupt
                seen = witness.observe(setting, self)
                for point, observation in zip(setting.points(), seen, strict=True):
                    checks.append(
                        self._compare(case.claim, witness, point, observation, independent)
                    )
                    for mutant in case.mutants:
                        if self._kills(case.claim, mutant, witness, point, observation):
                            refuted[mutant.name].add(witness.route)
        routes = {
            name: tuple(route for route in Route if route in found)
            for name, found in refuted.items()
        }
        return Finding(case.claim, steps, tuple(checks), routes, case.on_input)

    def _compare(
        self, claim: Claim, witness: Witness, point: Point, seen: Observation, independent: bool
    ) -> Check:
        quantity = claim.quantity(witness.quantity)
        law, values = claim.law_at(quantity, point)
        verdict = confront(
            quantity.relation,
            law_ends(law, values, rational=not witness.samples),
            seen,
            self.alpha,
            witness.margin,
        )
        return Check(quantity.name, point, witness.route, witness.method, verdict, independent)

    def _kills(
        self, claim: Claim, mutant: Mutant, witness: Witness, point: Point, seen: Observation
    ) -> bool:
        """Return whether this observation refutes a mutant's law."""
        if mutant.quantity != witness.quantity:
            return False
        quantity = claim.quantity(witness.quantity)
        law = mutant.laws().get(str(point.get("estimator", "unbiased")))
        if law is None:
            return False
        _, values = claim.law_at(quantity, point)
        try:
            wrong = law_ends(law, values, rational=not witness.samples)
        except (ZeroDivisionError, DomainError):
            return False
        verdict = confront(quantity.relation, wrong, seen, self.alpha, witness.margin)
        return verdict.outcome is Outcome.REFUTED


def law_ends(law: sp.Expr, values: Environment, rational: bool) -> tuple[Fraction, Fraction]:
    """Return both ends of a law's value; the same end twice where it is rational.

    rational: whether to look for the rational value. Samples are compared with a double, and at
    the length of a text the rational value has millions of digits.
    """
    try:
        if rational:
            value = exact(law, values)
            number = Fraction(int(value.p), int(value.q))
            return number, number
    except NotRational:
        pass
    enclosure = ball(law, values, LAW_BITS)
    if not enclosure.is_finite():
        raise ZeroDivisionError(f"{law} has no finite value")
    return ends(enclosure)
