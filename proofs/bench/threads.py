"""One campaign on one thread and on several, by the clock on the wall; all digests are equal."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from proofs.bench.workload import Peer, Runner, Workload
from proofs.simulation import Plan, plan_discrete, plan_gaussian, simulate

KEY = "bench"
#: About a second on one thread: the groups of blocks have grown long before that.
PLANS: dict[str, tuple[str, Callable[[], Plan]]] = {
    "discrete": (
        "10 categories, M = 100, 300 generations, 100,000 replicates",
        lambda: plan_discrete(100, 300, 100_000, KEY, 10),
    ),
    "gaussian": (
        "Gaussian, M = 100, 100 generations, 30,000 replicates",
        lambda: plan_gaussian(100, 100, 30_000, KEY, 1),
    ),
}
THREADS = (2, 4)


@cache
def _expected(model: str) -> str:
    """Return the digest of the campaign, as one thread finds it."""
    return _digest(PLANS[model][1](), 1)


def _digest(plan: Plan, threads: int) -> str:
    """Return the digest of every number of a campaign."""
    result = simulate(plan, threads)
    if result is None or result.partial:
        raise KeyboardInterrupt  # the campaign has caught it, to keep what is finished
    return result.digest


def _campaign(model: str, threads: int) -> Runner:
    """Return a runner whose unit is one campaign; it refuses another digest."""
    plan, expected = PLANS[model][1](), _expected(model)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            found = _digest(plan, threads)
            if found != expected:
                raise ArithmeticError(f"{threads} threads: digest {found}, not {expected}")
        return float(pieces)

    return run


def _workload(model: str, threads: int) -> Workload:
    peers = tuple(
        Peer(
            f"{count} thread{'s' if count > 1 else ''}",
            partial(_campaign, model, count),
            ours=True,
            processors=count,
        )
        for count in (threads, 1)
    )
    title = f"{PLANS[model][0]}; digests equal"
    return Workload(f"threads-{model}-{threads}", title, "campaign", peers, wall=True)


WORKLOADS = tuple(_workload(model, threads) for model in PLANS for threads in THREADS)
