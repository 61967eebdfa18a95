"""The ledger: runs cases, spends the false-alarm budget, computes each claim's status.

Nothing here is typed by hand: a status follows from the derivation, from the verdicts of routes
that do not assume the claim, and from the status of the claims it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from numerics import campaign, streams
from proofs.case import Case, Route, Rows, Setting, Witness
from proofs.comparison import Check, Seen, along_ladders, at_points, loose, refutes, too_loose
from proofs.derived import StepReport, check
from proofs.verdict import Observation, Outcome, Sampled
from theory.claim import Claim, Expected, Quantity
from theory.claims import CLAIMS
from theory.domain import Point

DEFAULT_FALSE_ALARM = 1e-6
DEFAULT_KEY = "collapse"


@dataclass(frozen=True)
class Finding:
    """All that a run found about one claim.

    mutants: maps each to the independent routes that refuted it.
    """

    claim: Claim
    steps: tuple[StepReport, ...]
    checks: tuple[Check, ...]
    mutants: Mapping[str, tuple[Route, ...]]
    on_input: bool = False

    @property
    def derived(self) -> bool:
        """Return whether there is a derivation, and every step of it holds."""
        return bool(self.steps) and all(not step.fault for step in self.steps)

    @property
    def survivors(self) -> tuple[str, ...]:
        """Return the mutants that no route refuted."""
        return tuple(name for name, routes in self.mutants.items() if not routes)

    def outcomes(self) -> set[Outcome]:
        """Return the outcomes of all comparisons."""
        return {check.verdict.outcome for check in self.checks}

    def routes(self) -> tuple[Route, ...]:
        """Return the independent routes that confirm the claim, derivation first.

        For a claim that is expected to be refuted, those that refute it.
        """
        if self.claim.expected is Expected.REFUTED:
            seen = {check.route for check in self.refutations()}
        else:
            seen = {check.route for check in self.checks if check.good}
        if self.derived:
            seen.add(Route.DERIVED)
        return tuple(route for route in Route if route in seen)

    def confirmed(self) -> bool:
        """Return whether each quantity has a good check, a bound is sharp, an order measured.

        An order that is only an upper bound needs no ladder.
        """
        if self.loose():
            return False
        good = {(check.quantity, bool(check.rungs)) for check in self.checks if check.good}
        wanted = {(quantity.name, False) for quantity in self.claim.quantities}
        wanted |= {
            (quantity.name, True)
            for quantity in self.claim.quantities
            if quantity.order is not None and quantity.order.exact_order
        }
        return good >= wanted

    def loose(self) -> tuple[Quantity, ...]:
        """Return the bounds that are nowhere as sharp as they are said to be.

        A user's input need not hold a point where they are.
        """
        return tuple(
            quantity
            for quantity in self.claim.quantities
            if not self.on_input and loose(quantity, self.checks)
        )

    def refutations(self) -> tuple[Check, ...]:
        """Return the independent comparisons that refute the claim, in the order of the grid."""
        return tuple(
            check
            for check in self.checks
            if check.independent and check.verdict.outcome is Outcome.REFUTED
        )

    def counterexample(self) -> Check | None:
        """Return the smallest counterexample: the first point where exact evidence refutes."""
        exact = (check for check in self.refutations() if not check.verdict.share)
        return next((check for check in exact if not check.rungs), None)

    def measured_orders(self) -> tuple[Check, ...]:
        """Return the comparisons along ladders."""
        return tuple(check for check in self.checks if check.rungs)

    def weakest(self) -> Check | None:
        """Return the sampled check with the largest detection limit."""
        sampled = [check for check in self.checks if check.verdict.share > 0]
        return max(sampled, key=lambda check: check.verdict.limit, default=None)


def status(claim: Claim, findings: Mapping[str, Finding]) -> str:
    """Return the status of a claim from its finding and those of the claims it rests on.

    A claim is as strong as the weakest that it rests on: on an asymptotic one, at most confirmed
    to order and range; on one that is refuted, no more than stated.
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
    below = _below(claim, findings)
    if "refuted" in below:
        return "stated"
    if not finding.confirmed():
        return "derived"
    if "undecided" in below:
        return "undecided"
    states = {*below, *(best(quantity).value for quantity in claim.quantities)}
    if not states <= {Expected.SETTLED.value, Expected.ORDER_AND_RANGE.value}:
        return "confirmed"
    weakest = Expected.ORDER_AND_RANGE.value
    return weakest if weakest in states else Expected.SETTLED.value


def best(quantity: Quantity) -> Expected:
    """Return the most that a run can find about a quantity."""
    return Expected.SETTLED if quantity.order is None else Expected.ORDER_AND_RANGE


def _below(claim: Claim, findings: Mapping[str, Finding]) -> list[str]:
    """Return the statuses of the claims that a claim rests on."""
    return [
        status(findings[code].claim, findings) if code in findings else "stated"
        for code in claim.uses()
    ]


def foundations(claim: Claim) -> frozenset[str]:
    """Return the codes of a claim and of everything it rests on."""
    by_code = {other.code: other for other in (*CLAIMS, claim)}
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
        steps = check(case.claim, frozenset(claim.code for claim in CLAIMS))
        basis = foundations(case.claim)
        checks: list[Check] = []
        dead: dict[str, set[Route]] = {mutant.name: set() for mutant in case.mutants}
        order = list(Route)
        heard: list[tuple[Witness, Seen]] = []
        for witness in sorted(case.witnesses, key=lambda witness: order.index(witness.route)):
            apart = not witness.principles & basis
            for found, ladder in self._observe(witness):
                checks += self._compare(case.claim, witness, found, apart, ladder)
                for mutant in case.mutants:
                    if (
                        apart
                        and mutant.quantity == witness.quantity
                        and witness.route not in dead[mutant.name]
                        and refutes(case.claim, mutant, witness, found, self.alpha, ladder)
                    ):
                        dead[mutant.name].add(witness.route)
                if ladder and apart:
                    heard.append((witness, found))
        for mutant in case.mutants:
            if not dead[mutant.name] and (route := too_loose(case.claim, mutant, heard)):
                dead[mutant.name].add(route)
        routes = {
            name: tuple(route for route in Route if route in found) for name, found in dead.items()
        }
        return Finding(case.claim, steps, tuple(checks), routes, case.on_input)

    def _observe(self, witness: Witness) -> Iterator[tuple[Seen, bool]]:
        """Yield what is seen at each setting, then, marked as such, the rungs of all ladders."""
        rungs: list[tuple[Point, Observation]] = []
        for setting in self.settings(witness):
            if self.stopped:
                raise KeyboardInterrupt
            seen = witness.observe(setting, self)
            found = list(zip(setting.points(), seen, strict=True))
            rungs += [one for one in found if not isinstance(one[1], Sampled)]
            yield found, False
        yield rungs, True

    def _compare(
        self, claim: Claim, witness: Witness, found: Seen, apart: bool, ladder: bool
    ) -> Iterator[Check]:
        quantity = claim.quantity(witness.quantity)
        if ladder:
            return along_ladders(claim, quantity, witness, found, apart)
        return at_points(claim, quantity, witness, found, self.alpha, apart)
