"""Claims about refitting a Gaussian."""

from theory.gaussian import dimensions, drift, rate, risk, variance, walk

CLAIMS = (
    *variance.CLAIMS,
    *rate.CLAIMS,
    *drift.CLAIMS,
    *risk.CLAIMS,
    *dimensions.CLAIMS,
    *walk.CLAIMS,
)
