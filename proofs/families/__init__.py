"""Evidence for the claims about latent variables, mixtures, kernels, exponential families."""

from proofs.case import Case
from proofs.families import (
    floored,
    gamma_family,
    kernel_density,
    latent,
    low_rank,
    mixtures,
    poisson_family,
    quadratic_variance,
    total_variance,
)

CASES: tuple[Case, ...] = (
    *latent.CASES,
    *low_rank.CASES,
    *floored.CASES,
    *mixtures.CASES,
    *total_variance.CASES,
    *kernel_density.CASES,
    *quadratic_variance.CASES,
    *poisson_family.CASES,
    *gamma_family.CASES,
)
