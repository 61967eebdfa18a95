"""The plan of `collapse simulate family`."""

from __future__ import annotations

import math

import numpy as np

from numerics import exponential_family, streams
from numerics.exponential_family import FAMILIES, SHAPES
from numerics.measured_families import RefittingFamily, columns_of_family
from numerics.summary import Bins
from numerics.workflow import REPLACE
from proofs import simulation
from proofs.simulation import Plan
from theory.errors import DomainError

#: Shapes where none is asked for.
USUAL_SHAPES = {"binomial": 10.0}
#: Places of the columns whose mean rare runs may carry, where these are not the first three.
HEAVY: dict[str, tuple[int, ...]] = {"normal": (), "binomial": (), "hyperbolic-secant": (1, 2)}
LEGEND = (
    "mean, variance: of the fitted law; drift: squared distance of its mean from that of the "
    "start; absorbed: its variance is 0, and stays 0",
)


def plan_family(
    family: str,
    samples: int,
    generations: int,
    replicates: int,
    key: str,
    mean: float = 1.0,
    shape: float | None = None,
    bins: Bins | None = None,
) -> Plan:
    """Return the plan of refitting an exponential family; DomainError outside the domains.

    family: one of FAMILIES. mean: m_0 of the real law. shape: variance of normal, trials N of
    binomial (10 by default), r of the others (1 by default); poisson has none. The others as in
    `plan_discrete`.
    """
    families = {name: name for name in FAMILIES}
    if family not in families:
        raise DomainError(f"simulate family: family = {family} is none of {', '.join(families)}")
    if shape is not None and family == "poisson":
        raise DomainError(f"simulate family: shape = {shape:g} excludes poisson, which has none")
    simulation.check_sizes("family", samples, generations, replicates, least=1)
    chosen, size = families[family], USUAL_SHAPES.get(family, 1.0) if shape is None else shape
    with simulation.as_domain_error("family"):
        exponential_family.checked_family(family, mean, size, samples)
    record = simulation.recorded(generations)
    stream = streams.derive_key("simulate", "family", family, key)
    work = RefittingFamily(chosen, mean, samples, record, stream, size, bins)
    options = simulation.shown_options(samples, generations, REPLACE)
    options |= {"family": family, "mean": repr(mean)}
    if family != "poisson":
        options |= {"shape": f"{size!r} ({SHAPES[family]})"}
    columns = columns_of_family(chosen)
    last = math.log(mean) if family == "gamma" else 0.0
    variance = exponential_family.variance_at(chosen, mean, size)
    points = int(size) * samples if family == "hyperbolic-secant" else 10
    return Plan(
        "family",
        options | {"key": key},
        LEGEND,
        simulation.with_column("family", columns, bins),
        (mean, 0.0, variance, last),
        simulation.origin_of(samples, np.array([mean, size])),
        HEAVY.get(family, (0, 1, 2)),
        record,
        replicates,
        simulation.block_size(points * generations, len(columns) * len(record)),
        work,
    )
