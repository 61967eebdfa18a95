"""Claims about latent variables, mixtures, kernel densities and exponential families."""

from theory.claim import Claim
from theory.families import (
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

CLAIMS: tuple[Claim, ...] = (
    *latent.CLAIMS,
    *low_rank.CLAIMS,
    *floored.CLAIMS,
    *mixtures.CLAIMS,
    *total_variance.CLAIMS,
    *kernel_density.CLAIMS,
    *quadratic_variance.CLAIMS,
    *poisson_family.CLAIMS,
    *gamma_family.CLAIMS,
)
