"""How fast the kernels are: each workload beside what else can be installed, in one run."""

from proofs.bench import chains, first_run, floor, mixtures, refitting, resampling, threads

__all__ = ["WORKLOADS"]

WORKLOADS = (
    floor.FLOOR,
    *resampling.WORKLOADS,
    *refitting.WORKLOADS,
    *mixtures.WORKLOADS,
    *chains.WORKLOADS,
    *threads.WORKLOADS,
    *first_run.WORKLOADS,
)
