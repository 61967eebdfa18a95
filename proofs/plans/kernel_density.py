"""The plan of `collapse simulate kernel-density`."""

from __future__ import annotations

import numpy as np

from numerics import streams
from numerics.kernel_density import KERNELS, MOST_POINTS
from numerics.measured_families import KERNEL_DENSITY, RefittingDensity
from numerics.start import LAWS, Start
from numerics.summary import Bins
from numerics.workflow import REPLACE
from proofs import simulation
from proofs.inputs import STANDARDISED, Sample
from proofs.simulation import Plan
from proofs.training import read_number
from theory.errors import DomainError

#: The normal reference bandwidth (4 / (3 M))^(1/5), times the standard deviation of the points.
RULE = "rule-of-thumb"
LEGEND = (
    "mean, variance: of the estimate, a density; drift: squared distance of its mean from that of "
    "the start",
)
#: Of a bandwidth, so that the squares of variances are below the largest double.
WIDEST = 1e50
#: Where the bandwidth follows the points, and so may grow without end.
OVERFLOWS = "inf: too large for a double; the mean logarithm is not"


def plan_kernel_density(
    samples: int,
    generations: int,
    replicates: int,
    key: str,
    start: Sample | str = "normal",
    bandwidth: str = RULE,
    adaptive: bool = False,
    kernel: str = "gaussian",
    bins: Bins | None = None,
) -> Plan:
    """Return the plan of refitting a kernel density; DomainError outside the domains.

    samples: 1..10^7. start: a sample of one column, which is standardised, or the name of a law of
    variance 1. bandwidth: a number 0..10^50, times the points' standard deviation if adaptive; or
    `rule-of-thumb`, which is adaptive. kernel: gaussian, rectangular or epanechnikov, of variance
    1. The others as in `plan_discrete`.
    """
    simulation.check_inside("kernel-density", "samples", samples, 1, MOST_POINTS)
    simulation.check_sizes("kernel-density", samples, generations, replicates, least=1)
    kernels = {name: name for name in KERNELS}
    if kernel not in kernels:
        raise DomainError(
            f"simulate kernel-density: kernel = {kernel} is none of {', '.join(kernels)}"
        )
    width = _width(bandwidth, samples)
    law, origin, notes = _start(start)
    record = simulation.recorded(generations)
    stream = streams.derive_key("simulate", "kernel-density", key)
    follows = adaptive or bandwidth == RULE
    work = RefittingDensity(law, samples, record, stream, width, kernels[kernel], follows, bins)
    options = simulation.shown_options(samples, generations, REPLACE)
    options |= {"kernel": kernel, "bandwidth": f"{width!r}{' of the spread' if follows else ''}"}
    mean, variance = float(law.mean[0]), float(law.covariance[0, 0])
    return Plan(
        "kernel-density",
        options | {"key": key, "start": origin},
        (*notes, *LEGEND, *([OVERFLOWS] if follows else ())),
        simulation.with_column("kernel-density", KERNEL_DENSITY, bins),
        (mean, 0.0, variance, float(np.log(variance))),
        simulation.origin_of(samples, law.rows, law.location, law.root),
        (1, 2),
        record,
        replicates,
        simulation.block_size(samples * generations, len(KERNEL_DENSITY) * len(record)),
        work,
    )


def _width(bandwidth: str, samples: int) -> float:
    if bandwidth == RULE:
        return float((4 / (3 * samples)) ** 0.2)
    width = read_number("--bandwidth", bandwidth)
    if not 0.0 <= width <= WIDEST:
        raise DomainError(f"--bandwidth {bandwidth} lies outside 0 <= bandwidth <= {WIDEST:g}")
    return width


def _start(start: Sample | str) -> tuple[Start, str, tuple[str, ...]]:
    """Return the real law, what it is called, and notes on it."""
    if isinstance(start, str):
        if start not in LAWS:
            raise DomainError(
                f"simulate kernel-density: start = {start} is none of {', '.join(LAWS)}"
            )
        return Start.named(start), f"{start}, variance 1", ()
    if len(start.names) != 1:
        raise DomainError(
            f"simulate kernel-density: {len(start.names)} columns lie outside 1 (--columns NAME)"
        )
    notes = (*start.notes, STANDARDISED, f"SHA-256 of the file {start.digest}")
    return Start.sample(start.standardised()), start.source, notes


__all__ = ["OVERFLOWS", "RULE", "WIDEST", "plan_kernel_density"]
