"""What a run found, in a few figures: nothing that was met within a margin passes for exact."""

from dataclasses import replace
from typing import Any

import pytest

from proofs import summary
from proofs.case import Route
from proofs.cases import case_of
from proofs.ledger import Run
from theory.claims import find


def summarized(code: str, routes: set[Route], effort: float = 1.0) -> dict[str, Any]:
    """Return the summary of a claim that is judged by some routes alone."""
    case = case_of(find(code))
    chosen = tuple(each for each in case.witnesses if each.route in routes)
    judged = replace(case, witnesses=chosen, mutants=())
    (finding,) = Run(effort=effort).examine([judged])
    return summary.summarize(judged, finding, {code: finding})


def test_a_sampled_limit_has_a_detection_limit() -> None:
    """B17 is about a limit alone: its margin of 20 % is part of what it would not see."""
    found = summarized("B17", {Route.MEASURED}, effort=0.3)
    assert found["limit"] > found["sharpest"] > 0.2
    assert summary.power(found) == f"{100 * found['limit']:.2g} %"


@pytest.mark.parametrize(("code", "limit"), [("B31", 0.05), ("A04", None)])
def test_an_exact_comparison_counts_where_its_margin_shows(code: str, limit: float | None) -> None:
    found = summarized(code, {Route.ENUMERATED})
    assert found["comparisons"].keys() == {"enumerated"}
    if limit is None:
        assert summary.power(found) == "any (exact)"
    else:
        assert found["limit"] == pytest.approx(limit, rel=0.05)
