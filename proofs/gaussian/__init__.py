"""Cases about refitting a Gaussian."""

from proofs.gaussian import dimensions, drift, rate, risk, variance, walk

#: In the order of the claims.
ONE_FIT = (*variance.CASES, *rate.CASES)
CASES = (*drift.CASES, *risk.CASES, *dimensions.CASES, *walk.CASES)
