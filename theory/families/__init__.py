"""Claims about latent variables, mixtures, kernel densities and exponential families."""

from theory.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
