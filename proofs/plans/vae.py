"""The plan of `collapse simulate vae`: a sample, its linear VAE, and what is measured of refits."""

from __future__ import annotations

import math

import numpy as np

from numerics import latent, streams
from numerics.gaussian import Estimator
from numerics.latent import Fit, LatentRun
from numerics.measured_latent import MOST_COLUMNS, RefittingLatent, latent_columns, measured
from numerics.start import Start
from numerics.summary import Bins
from proofs import simulation
from proofs.inputs import Sample
from proofs.simulation import Plan
from proofs.training import Samples, shown_samples
from theory.errors import DomainError

MOST_DIMENSIONS = 256
LEARNED = "learned"
HEAVY = ("trace", "reconstruction", "noise", "encoded", "drift")
LEGEND = (
    "trace: of the model's covariance; reconstruction: variance of the decoder's means; noise: "
    "variance of the decoder; active: latents of positive variance; encoded: standard deviation "
    "of the latents that the first encoder gives to points of the model, averaged over latents",
    "drift: squared distance of the mean from the start's; latent 1, 2, ...: variance along each "
    f"latent in the data, the largest first ({MOST_COLUMNS} at most have a column); all in the "
    "units of the columns, which are centred and not scaled",
    "the start is the model fitted to the rows themselves",
)


def read_noise(text: str) -> float | None:
    """Return the decoder variance that --noise gives; None for `learned`; DomainError otherwise."""
    if text == LEARNED:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1e-150 < value < 1e150:
        raise DomainError(
            f"simulate vae: noise = {text} is neither {LEARNED} nor in 1e-150 .. 1e150"
        )
    return value


def plan_vae(
    samples: Samples,
    generations: int,
    replicates: int,
    key: str,
    data: Sample,
    latents: int,
    noise: float | None = None,
    estimator: str = "mle",
    bins: Bins | None = None,
) -> Plan:
    """Return the plan of refitting a linear VAE; DomainError outside the domains.

    data: the real law D_0, at most 256 columns. latents: 1..d-1, or 1..d where noise, the variance
    of the decoder, is given. samples: latents + 2 or more where it is fitted, else 2 or more.
    estimator: mle or unbiased. The others as in `simulation.plan_discrete`.
    """
    by: Estimator = "unbiased" if estimator == "unbiased" else "mle"
    if by != estimator:
        raise DomainError(f"simulate vae: estimator = {estimator} is not mle or unbiased")
    d = len(data.names)
    simulation.check_inside("vae", "columns", d, 1, MOST_DIMENSIONS)
    if noise is None and d < 2:
        raise DomainError(
            f"simulate vae: columns = {d} lies outside columns >= 2, which learned noise needs"
        )
    simulation.check_inside("vae", "latent", latents, 1, d - 1 if noise is None else d)
    least = latents + 2 if noise is None else 2
    simulation.check_sizes("vae", samples, generations, replicates, least)
    law = Start.sample(data.rows)
    covariance = law.covariance
    encoder = latent.fit_covariance((covariance + covariance.T) / 2, latents, noise)
    record = simulation.recorded(generations)
    stream = streams.derive_key("simulate", "vae", key)
    columns = simulation.with_column("vae", latent_columns(latents), bins)
    work = RefittingLatent(law, latents, samples, record, stream, encoder, noise, by, bins)
    points = simulation.points_of(samples, generations) * d + generations * d**3
    return Plan(
        "vae",
        {
            "samples": shown_samples(samples),
            "generations": generations,
            "latent": latents,
            "noise": LEARNED if noise is None else f"{noise:g}",
            "estimator": estimator,
            "key": key,
            "start": data.source,
        },
        (*data.notes, f"SHA-256 of the file {data.digest}", *LEGEND),
        columns,
        _at_start(law, encoder),
        simulation.origin_of(samples, law.rows, law.location, law.root),
        tuple(columns.index(name) for name in HEAVY),
        record,
        replicates,
        simulation.block_size(points, (d + 2 * latents + 1) * len(record)),
        work,
    )


def _at_start(law: Start, encoder: Fit) -> tuple[float, ...]:
    """Return the columns of the model fitted to the rows, seen by its own encoder."""
    along = (encoder.latent + encoder.noise)[np.newaxis, np.newaxis]
    run = LatentRun(
        law.mean[np.newaxis, np.newaxis], encoder.latent[np.newaxis, np.newaxis],
        np.array([[encoder.noise]]), along,
    )  # fmt: skip
    return tuple(float(column[0, 0]) for column in measured(run, encoder, law.mean))
