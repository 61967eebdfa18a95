"""Cases about refitting a Gaussian."""

from proofs.gaussian import dimensions, drift, rate, risk, variance, walk

CASES = (*variance.CASES, *rate.CASES, *drift.CASES, *risk.CASES, *dimensions.CASES, *walk.CASES)
