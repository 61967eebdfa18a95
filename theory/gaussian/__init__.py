"""Claims about refitting a Gaussian."""

from theory.gaussian import (
    accumulated_risk,
    accumulation,
    bounded,
    conservation,
    determinant,
    dimensions,
    divergence,
    drift,
    exponents,
    expressivity,
    final_location,
    fresh,
    known_mean,
    multiplier,
    noise,
    one_normal,
    other_starts,
    product_law,
    rank,
    rate,
    relative_entropy,
    risk,
    risk_spread,
    schedules,
    spectrum,
    subsampling,
    survival,
    transport,
    truncation,
    variance,
    walk,
    weighting,
    zonal,
)

#: What follows from the law of one fitted variance.
ONE_FIT = (*variance.CLAIMS, *rate.CLAIMS)
#: The covariance in d dimensions as a matrix: determinant, eigenvalues, rank.
SPACE = (
    *determinant.CLAIMS,
    *spectrum.CLAIMS,
    *conservation.CLAIMS,
    *rank.CLAIMS,
    *exponents.CLAIMS,
    *divergence.CLAIMS,
    *transport.CLAIMS,
    *zonal.CLAIMS,
)
#: Other fits on a line: the MLE's risk, divergences, other estimators and samplings.
VARIED = (
    *bounded.CLAIMS,
    *relative_entropy.CLAIMS,
    *known_mean.CLAIMS,
    *multiplier.CLAIMS,
    *truncation.CLAIMS,
    *survival.CLAIMS,
    *product_law.CLAIMS,
)
#: Other training sets: batches kept, real points, noise.
KEPT = (
    *accumulation.CLAIMS,
    *subsampling.CLAIMS,
    *accumulated_risk.CLAIMS,
    *fresh.CLAIMS,
    *noise.CLAIMS,
    *weighting.CLAIMS,
    *other_starts.CLAIMS,
    *one_normal.CLAIMS,
)
#: How much runs differ, how far they get, what a wrong family costs.
RUNS = (
    *risk_spread.CLAIMS,
    *schedules.CLAIMS,
    *expressivity.CLAIMS,
    *final_location.CLAIMS,
)
#: What rests on pair coalescence too.
CLAIMS = (
    *drift.CLAIMS,
    *risk.CLAIMS,
    *dimensions.CLAIMS,
    *walk.CLAIMS,
    *SPACE,
    *VARIED,
    *KEPT,
    *RUNS,
)
