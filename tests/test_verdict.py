"""Three-valued verdicts: what is refuted, what is undecided, what has no power."""

from fractions import Fraction

import numpy as np
import pytest

from proofs import sampled
from proofs.verdict import Enclosed, Exact, Outcome, Sampled, confront
from theory.claim import Relation

SHARE = 1e-8


def point(value: str | int) -> tuple[Fraction, Fraction]:
    return Fraction(value), Fraction(value)


def normal_sample(mean: float, replicates: int) -> Sampled:
    values = mean + np.random.default_rng(7).standard_normal(replicates)
    return sampled.known_variance(values, 1.0)


@pytest.mark.parametrize(
    ("relation", "law", "outcome"),
    [
        (Relation.EQUALS, "1/3", Outcome.CONSISTENT),
        (Relation.EQUALS, "333333333333/1000000000000", Outcome.REFUTED),
        (Relation.AT_MOST, "1/3", Outcome.CONSISTENT),
        (Relation.AT_MOST, "1/4", Outcome.REFUTED),
        (Relation.AT_LEAST, "1/4", Outcome.CONSISTENT),
        (Relation.AT_LEAST, "1/2", Outcome.REFUTED),
    ],
)
def test_exact_evidence_decides(relation: Relation, law: str, outcome: Outcome) -> None:
    verdict = confront(relation, point(law), Exact(Fraction(1, 3)), SHARE)
    assert verdict.outcome is outcome
    assert verdict.share == 0


def test_exact_agreement_would_have_caught_anything() -> None:
    assert confront(Relation.EQUALS, point("1/3"), Exact(Fraction(1, 3)), SHARE).limit == 0


def test_enclosure_refutes_only_what_lies_outside() -> None:
    seen = Enclosed(Fraction(1, 4), Fraction(1, 2))
    assert confront(Relation.EQUALS, point("3/8"), seen, SHARE).outcome is Outcome.CONSISTENT
    assert confront(Relation.EQUALS, point("5/8"), seen, SHARE).outcome is Outcome.REFUTED


def test_slack_of_a_bound_is_reported() -> None:
    verdict = confront(Relation.AT_MOST, point(2), Exact(Fraction(1)), SHARE)
    assert verdict.slack == 2
    assert verdict.limit == 0.5


def test_sample_is_consistent_refuted_or_undecided() -> None:
    many, few = normal_sample(10, 100_000), normal_sample(10, 100)
    assert confront(Relation.EQUALS, point(10), many, SHARE, 0.01).outcome is Outcome.CONSISTENT
    assert confront(Relation.EQUALS, point(11), many, SHARE, 0.01).outcome is Outcome.REFUTED
    undecided = confront(Relation.EQUALS, point(10), few, SHARE, 0.01)
    assert undecided.outcome is Outcome.UNDECIDED
    assert undecided.decides is not None
    enough = confront(
        Relation.EQUALS, point(10), normal_sample(10, 2 * undecided.decides), SHARE, 0.01
    )
    assert enough.outcome is Outcome.CONSISTENT


def test_detection_limit_is_kept() -> None:
    """A law off by the limit is caught in at least 0.999 of the runs: here, in all of 400."""
    seen = normal_sample(10, 4000)
    limit = confront(Relation.EQUALS, point(10), seen, SHARE, 0.5).limit
    assert 0 < limit < 0.1
    wrong = Fraction(10 * (1 + limit))
    for seed in range(400):
        values = 10 + np.random.default_rng(seed).standard_normal(4000)
        again = sampled.known_variance(values, 1.0)
        verdict = confront(Relation.EQUALS, (wrong, wrong), again, SHARE, 0.5)
        assert verdict.outcome is Outcome.REFUTED


def test_a_sample_that_cannot_fail_is_vacuous() -> None:
    seen = sampled.bounded(np.full(20, 0.5), 0.0, 1.0)
    verdict = confront(Relation.EQUALS, point("1/2"), seen, SHARE, 2.0)
    assert verdict.outcome is Outcome.CONSISTENT
    assert verdict.vacuous
