"""Evidence for the claims about latent variables, mixtures, kernels, exponential families."""

from proofs.case import Case

CASES: tuple[Case, ...] = ()
