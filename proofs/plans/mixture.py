"""The plan of `collapse simulate mixture`: which law the mixture starts from, and the rules."""

from __future__ import annotations

import numpy as np

from numerics import gaussian_mixture, mixture_workflows, streams
from numerics.gaussian_mixture import FLOOR, ITERATIONS, TOLERANCE, Mixture
from numerics.measured_mixture import MIXTURE, RefittingMixture
from numerics.mixture_workflows import BEGINNINGS, Beginning
from numerics.summary import Bins
from numerics.workflow import REPLACE, Workflow
from proofs import simulation
from proofs.inputs import STANDARDISED, Sample
from proofs.simulation import Plan
from proofs.training import Samples
from theory.errors import DomainError

STARTS = ("one-blob", "two-gaussians")
MOST_COMPONENTS = 100
MOST_DIMENSIONS = 100
#: A point is worked on in about so many iterations of a fit.
ITERATIONS_EXPECTED = 4
HEAVY = ("drift", "trace", "within", "smallest", "distance")
LEGEND: tuple[str, ...] = (
    "drift: squared distance of the mixture's mean from the start's; trace: of its covariance; "
    "within: the part of it inside components; "
    "smallest: variance, averaged over dimensions, of the narrowest component not lost; "
    "diversity: 1 less the sum of squared weights; distance: integral of the squared difference "
    "of the densities; lost: components of weight below 1/M",
    "floored: share of the fits so far in which the floor was half of a component's smallest "
    "variance or more; unconverged: share that ran out of iterations",
)


def named(start: str, dimensions: int, separation: float) -> Mixture:
    """Return a start of that name: unit covariances, mean 0.

    one-blob: a single Gaussian, as in the code published with the paper. two-gaussians: two of
    equal weight, their means `separation` standard deviations apart, as the paper describes it.
    DomainError outside STARTS, 1..100 dimensions and separation >= 0.
    """
    simulation.check_inside("mixture", "dimensions", dimensions, 1, MOST_DIMENSIONS)
    if start not in STARTS:
        raise DomainError(f"simulate mixture: start = {start} is none of {', '.join(STARTS)}")
    if not 0.0 <= separation <= 1e6:
        raise DomainError(f"simulate mixture: separation = {separation} lies outside 0 .. 1000000")
    parts = 1 + STARTS.index(start)
    means = np.zeros((parts, dimensions))
    if parts == 2:
        means[:, 0] = -separation / 2, separation / 2
    return Mixture(np.full(parts, 1 / parts), means, np.array([np.eye(dimensions)] * parts))


def fitted(data: Sample, components: int, key: str) -> Mixture:
    """Return the mixture fitted to the standardised rows of a sample, from k-means++."""
    stream = streams.derive_key("simulate", "mixture", "data", key)
    with simulation.as_domain_error("mixture"):
        return gaussian_mixture.fit(data.standardised(), components, stream).mixture


def plan_mixture(
    samples: Samples,
    generations: int,
    replicates: int,
    key: str,
    start: Mixture | Sample,
    components: int = 2,
    workflow: Workflow = REPLACE,
    beginning: str = "k-means++",
    floor: float = FLOOR,
    tolerance: float = TOLERANCE,
    iterations: int = ITERATIONS,
    bins: Bins | None = None,
    origin: str = "a mixture",
) -> Plan:
    """Return the plan of refitting a mixture; DomainError outside the domains.

    samples: 1..10^9, or a schedule. start: the real law, or a sample to which it is fitted.
    components: 1..100, of the fitted mixtures. beginning: k-means++ or warm. floor > 0, tolerance
    > 0, iterations >= 1: of EM. origin: what the start is called. The others as in `plan_discrete`.
    """
    simulation.check_sizes("mixture", samples, generations, replicates, least=1)
    simulation.check_inside("mixture", "components", components, 1, MOST_COMPONENTS)
    law, notes = start, LEGEND
    if not isinstance(law, Mixture):
        law, origin, notes = _of_data(law, components, key)
    rules = (_beginning(beginning), floor, tolerance, iterations)
    _check_rules(samples, generations, workflow, components, law.dimensions, rules)
    record = simulation.recorded(generations)
    stream = streams.derive_key("simulate", "mixture", key)
    work = RefittingMixture(law, components, samples, record, stream, workflow, *rules, bins)
    options = simulation.shown_options(samples, generations, workflow)
    options |= {"components": components, "beginning": beginning, "floor": f"{floor:g}"}
    options |= {"tolerance": f"{tolerance:g}", "iterations": iterations}
    return Plan(
        "mixture",
        options | {"key": key, "start": origin},
        notes,
        simulation.with_column("mixture", MIXTURE, bins),
        _at_start(law),
        simulation.origin_of(samples, law.weights, law.means, law.covariances),
        tuple(map(MIXTURE.index, HEAVY)),
        record,
        replicates,
        _block(samples, generations, workflow, law.dimensions, components, len(record)),
        work,
    )


def _of_data(data: Sample, components: int, key: str) -> tuple[Mixture, str, tuple[str, ...]]:
    """Return the mixture fitted to a sample, what it is called, and notes on it."""
    told = (f"SHA-256 of the file {data.digest}", "the start is the mixture fitted to these rows")
    notes = (*data.notes, STANDARDISED, *told, *LEGEND)
    return fitted(data, components, key), data.source, notes


def _beginning(name: str) -> Beginning:
    """Return where EM begins, by its name."""
    for known in BEGINNINGS:
        if name == known:
            return known
    raise DomainError(f"simulate mixture: beginning = {name} is none of {', '.join(BEGINNINGS)}")


def _check_rules(
    samples: Samples, generations: int, workflow: Workflow, components: int, dimensions: int,
    rules: tuple[Beginning, float, float, int],
) -> None:  # fmt: skip
    """Raise DomainError where the kernel would refuse the rules or the sizes."""
    with simulation.as_domain_error("mixture"):
        gaussian_mixture.checked_rules(*rules[1:])
        if rules[1] == 0.0:
            raise ValueError("floor = 0.0 lies outside floor > 0: components collapse to points")
        mixture_workflows.checked_sizes(
            samples, max(generations, 1), workflow, components, dimensions
        )


def _block(
    samples: Samples, generations: int, workflow: Workflow, d: int, components: int, rows: int
) -> int:
    """Return the replicates in a block: all points of a pool are worked on in every round."""
    points = simulation.points_of(samples, generations)
    if workflow.keep == "accumulate":
        points *= max(generations, 1)
    numbers = components * (d * d + d + 2) * rows
    return simulation.block_size(points * components * d * ITERATIONS_EXPECTED, numbers)


def _at_start(law: Mixture) -> tuple[float, ...]:
    """Return the columns of MIXTURE of the start; a law alone has no training set."""
    inside = np.trace(law.covariances, axis1=1, axis2=2)
    smallest = float(inside.min()) / law.dimensions
    known = {
        "trace": float(np.trace(law.covariance)),
        "within": float(law.weights @ inside),
        "smallest": smallest,
        "log_smallest": float(np.log(smallest)),
        "diversity": 1.0 - float((law.weights**2).sum()),
        "log_likelihood": float("nan"),
    }
    return tuple(known.get(name, 0.0) for name in MIXTURE)
