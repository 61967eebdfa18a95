"""Claims about refitting a Gaussian."""

from theory.gaussian import dimensions, drift, rate, risk, variance, walk

#: What follows from the law of one fitted variance.
ONE_FIT = (*variance.CLAIMS, *rate.CLAIMS)
#: What rests on pair coalescence too.
CLAIMS = (*drift.CLAIMS, *risk.CLAIMS, *dimensions.CLAIMS, *walk.CLAIMS)
