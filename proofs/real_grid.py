"""One experiment on a user's input: what it observes, where, and with how many runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proofs.case import Bench, Route, Rows, Setting, Witness
from proofs.verdict import Observation, Sampled

#: What looks at a setting; in samples, or in whatever way.
Observe = Callable[[Setting, Bench], Sequence[Sampled]]
Look = Callable[[Setting, Bench], Sequence[Observation]]

#: Pieces into which the replicates of an experiment are cut, for the threads to share.
PIECES = 32


@dataclass(frozen=True)
class Budget:
    """A bench that gives every experiment the same number of replicates and its own streams.

    usual: replicates at effort 1, whatever the experiment asks for. source: digest of the input;
    streams are a function of it.
    """

    bench: Bench
    usual: int
    source: str

    def stream_key(self, experiment: str, setting: Setting) -> int:
        """Return the key of the random streams of this experiment on this input."""
        return self.bench.stream_key(f"{experiment} on {self.source}", setting)

    def replicates(self, usual: int) -> int:
        """Return the number of replicates under the run's effort."""
        return self.bench.replicates(self.usual)

    def campaign(
        self, work: Callable[[int, int], Rows], replicates: int, block: int = 4096
    ) -> Rows:
        """Return the rows of all replicates, in blocks small enough to be shared."""
        return self.bench.campaign(work, replicates, max(1, min(block, -(-replicates // PIECES))))


@dataclass(frozen=True)
class Experiment:
    """A check of one quantity of a claim at one setting.

    observe: as in `Witness`, given a bench with this experiment's replicates. quick: whether it
    belongs to the quick grid. route, method: how it looks; by default, simulated runs.
    """

    code: str
    quantity: str
    observe: Look
    setting: Setting
    replicates: int
    margin: float
    source: str
    digest: str
    quick: bool = True
    route: Route = Route.MEASURED
    method: str = "forward runs"

    def witness(self) -> Witness:
        """Return the experiment as a witness of a case."""

        def observe(setting: Setting, bench: Bench) -> Sequence[Observation]:
            return self.observe(setting, Budget(bench, self.replicates, self.digest))

        return Witness(
            self.route,
            self.quantity,
            observe,
            (self.setting,),
            f"{self.method} from {self.source}",
            quick=int(self.quick),
            margin=self.margin,
        )
