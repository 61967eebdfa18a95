"""Rows on theorem 3.1, the gloss on it, and the error of a model that is too simple."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import sympy as sp

from proofs import sampled
from proofs.audit.discrete import NATURE
from proofs.audit.gaussian import BOTH_FITS, FITS
from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.case import Bench, Route, Setting, Witness, setting
from proofs.gaussian.final_location import last
from proofs.gaussian.refitting import simulate
from proofs.gaussian.risk import enclose_points
from proofs.verdict import Sampled
from theory.claim import Relation
from theory.domain import (
    DIMENSIONS,
    GENERATIONS,
    TRACE,
    Domain,
    Kind,
    Parameter,
)
from theory.gaussian.dimensions import GENERAL_BOUND
from theory.gaussian.drift import DRIFT as LINE_DRIFT
from theory.gaussian.expressivity import BOTH, DISTANCE
from theory.gaussian.variance import SAMPLES_FROM_TWO
from theory.gaussian.walk import DRIFT, WALK_DOMAIN


def measure_growing(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs in which W2^2 is larger after one more generation."""
    record = sorted({n + later for n in setting.generations for later in (0, 1)})
    run = simulate("growing", replace(setting, generations=tuple(record)), bench, 50_000)
    distance = run.mean**2 + (np.sqrt(run.variance) - 1) ** 2
    found = []
    for n in setting.generations:
        before, after = (distance[:, record.index(each)] for each in (n, n + 1))
        found.append(sampled.share(int((after > before).sum()), len(distance)))
    return found


FAR = Parameter("c", sp.Symbol("c"), "squared W2 distance", Kind.REAL, 0)


def measure_far(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs whose squared distance exceeds c in the end."""
    run = last("far", setting, bench, 30_000)
    distance = run.mean[:, 0] ** 2 + (np.sqrt(run.variance[:, 0]) - 1) ** 2
    return [sampled.share(int((distance > float(setting.numbers("c")[0])).sum()), len(distance))]


ESTIMATORS = tuple(
    setting(generations, M=size, estimator=fit)
    for size, generations in ((2, (1, 3, 5)), (3, (2, 8)))
    for fit in ("unbiased", "mle")
)

ROWS = (
    Row(
        id="theorem-3.1-distance",
        reference=f"{NATURE}, theorem 3.1",
        printed="E W2^2(N(mu_n, Sigma_n), D_0) tends to infinity for a fixed sample size, D_0 not "
        "necessarily Gaussian.",
        seen=Seen.TEXT,
        reading="It is at least n Tr Sigma_0 / M (with a schedule Tr Sigma_0 sum 1/M_i).",
        quantity=printed(Relation.AT_LEAST, DRIFT),
        domain=WALK_DOMAIN,
        against=("B44:risk",),
        expected=Ruling.BOUND,
        remark="D_0 needs a finite second moment, which the theorem does not say, and M >= 2, "
        "which its non-zero sample variance implies. The expectation alone diverges: single runs "
        "come to rest (B17).",
    ),
    Row(
        id="theorem-3.1-estimator",
        reference=f"{NATURE}, theorem 3.1",
        printed="E W2^2(N(mu_n, Sigma_n), D_0) tends to infinity, with unbiased estimators of mean "
        "and variance.",
        seen=Seen.TEXT,
        reading="It is at least sigma^2 sum 1/M_i, for either divisor of the variance.",
        quantity=printed(Relation.AT_LEAST, LINE_DRIFT, mle=LINE_DRIFT),
        domain=BOTH_FITS,
        condition=FITS,
        condition_printed=True,
        against=("B11:risk",),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "risk",
                enclose_points,
                ESTIMATORS,
                "every point expanded; ball quadrature over the points",
                quick=2,
            ),
        ),
        expected=Ruling.CONDITIONS,
        remark="The condition is essential: with divisor M the risk stays below 2 sigma^2 for ever "
        "(B12, in d dimensions B42), although the variance still collapses. In the family b s^2 "
        "the unbiased b = 1 is exactly critical (B40).",
    ),
    Row(
        id="theorem-3.1-collapse",
        reference=f"{NATURE}, theorem 3.1",
        printed="Sigma_n tends to 0 almost surely.",
        seen=Seen.TEXT,
        reading="E sqrt(Tr Sigma_n) <= sqrt(Tr Sigma_0) c^(n-1) with c = c4(d (M-1) + 1) < 1, any "
        "D_0: summable, so that Markov and Borel-Cantelli give the rest.",
        quantity=printed(Relation.AT_MOST, GENERAL_BOUND),
        domain=Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS.at_least(1), TRACE)),
        against=("B43:general",),
        expected=Ruling.BOUND,
        remark="Even at a geometric rate.",
    ),
    Row(
        id="theorem-3.1-gloss",
        reference=f"{NATURE}, after theorem 3.1",
        printed="The distance grows with probability 1.",
        seen=Seen.TEXT,
        reading="The share of runs whose distance grows in the next generation.",
        figure="share of the runs that grow",
        quantity=printed(Relation.EQUALS, sp.Integer(1)),
        domain=Domain((SAMPLES_FROM_TWO, GENERATIONS)),
        witnesses=(
            Witness(
                Route.MEASURED,
                "growing",
                measure_growing,
                (setting((1,), M=10), setting((10, 50), M=10)),
                "forward runs, all points drawn",
            ),
        ),
        corrected_by="B17",
        expected=Ruling.REFUTED,
        remark="Almost sure is that the variance vanishes and that the distance converges, to a "
        "finite limit with a heavy tail.",
    ),
    Row(
        id="theorem-3.1-gloss-limit",
        reference=f"{NATURE}, after theorem 3.1",
        printed="The distance grows with probability 1.",
        seen=Seen.TEXT,
        reading="Beyond every bound: at the end of a run, when the deviation is about exp(-6), at "
        "least half of the runs are farther away than c.",
        quantity=printed(Relation.AT_LEAST, sp.Rational(1, 2)),
        domain=Domain((SAMPLES_FROM_TWO, FAR)),
        figure="share of the runs beyond c",
        witnesses=(
            Witness(
                Route.MEASURED,
                "far",
                measure_far,
                (setting(M=10, c=10), setting(M=10, c=100)),
                "forward runs to the end, all points drawn",
            ),
        ),
        corrected_by="B17",
        expected=Ruling.REFUTED,
        remark="The expectation diverges, the distance of a single run does not: a few runs end "
        "very far away.",
    ),
    Row(
        id="functional-error",
        reference=f"{NATURE}, functional expressivity error",
        printed="A Gaussian fitted to a mixture of two errs by its form, already at the first "
        "generation.",
        seen=Seen.TEXT,
        reading="With infinite data the first fit is off by W2^2 = 2 (s^2 + a^2)(1 - kap(a/s)).",
        quantity=printed(Relation.EQUALS, DISTANCE),
        domain=BOTH,
        against=("F01:w2",),
        expected=Ruling.EXACT,
        remark="And only there: later fits are of Gaussians to Gaussians (F02).",
    ),
)
