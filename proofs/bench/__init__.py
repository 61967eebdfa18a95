"""How fast the kernels are: each workload beside what else can be installed, in one run."""

from proofs.bench import chains, floor, refitting, resampling

__all__ = ["WORKLOADS"]

WORKLOADS = (floor.FLOOR, *resampling.WORKLOADS, *refitting.WORKLOADS, *chains.WORKLOADS)
