"""Cases about refitting a Gaussian."""

from proofs.gaussian import (
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

#: In the order of the claims.
ONE_FIT = (*variance.CASES, *rate.CASES)
#: The covariance in d dimensions as a matrix.
SPACE = (
    *determinant.CASES,
    *spectrum.CASES,
    *conservation.CASES,
    *rank.CASES,
    *exponents.CASES,
    *divergence.CASES,
    *transport.CASES,
    *zonal.CASES,
)
#: Other fits on a line: the MLE's risk, divergences, other estimators and samplings.
VARIED = (
    *bounded.CASES,
    *relative_entropy.CASES,
    *known_mean.CASES,
    *multiplier.CASES,
    *truncation.CASES,
    *survival.CASES,
    *product_law.CASES,
)
#: Other training sets: batches kept, real points, noise.
KEPT = (
    *accumulation.CASES,
    *subsampling.CASES,
    *accumulated_risk.CASES,
    *fresh.CASES,
    *noise.CASES,
    *weighting.CASES,
    *other_starts.CASES,
    *one_normal.CASES,
)
#: How much runs differ, how far they get, what a wrong family costs.
RUNS = (
    *risk_spread.CASES,
    *schedules.CASES,
    *expressivity.CASES,
    *final_location.CASES,
)
CASES = (*drift.CASES, *risk.CASES, *dimensions.CASES, *walk.CASES, *SPACE, *VARIED, *KEPT, *RUNS)
