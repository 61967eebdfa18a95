"""How fast the kernels are: each workload beside what else can be installed, in one run."""

from proofs.bench import chains, first_run, floor, refitting, resampling, threads

__all__ = ["WORKLOADS"]

WORKLOADS = (
    floor.FLOOR,
    *resampling.WORKLOADS,
    *refitting.WORKLOADS,
    *chains.WORKLOADS,
    *threads.WORKLOADS,
    *first_run.WORKLOADS,
)
