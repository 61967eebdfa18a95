"""Figure 3, collapse times and vocabulary: laws on the page against runs; wrong laws refuted."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from numerics import streams
from proofs.figures.drawing import Effort
from proofs.figures.measured import collapse_time, tails_cut, vocabulary
from proofs.figures.measured.categories import at, resampled
from proofs.inputs import read_counts

#: Standard errors: a false alarm in 2e6 comparisons.
ERRORS = 5.0
EFFORT = Effort(key="test", workers=2)
SIZES = {
    "samples": 20, "points": 400, "runs": 4000, "bins": 40, "reach": 10, "centres": [-4, 4],
    "freedom": 3,
}  # fmt: skip


def fits(shares: NDArray[np.float64], law: NDArray[np.float64], runs: int) -> bool:
    """Whether observed shares are those of a law, each of them."""
    allowed = ERRORS * np.sqrt(law * (1 - law) / runs) + 10 / runs
    return bool((np.abs(shares - law) < allowed).all())


# ------------------------------------------------------------------ tails-cut


@pytest.mark.parametrize("name", ["fat", "normal"])
def test_bins_are_lost_as_the_law_says(name: str) -> None:
    """One draw more or fewer, the paper's limit 1 - q, and a sharp cut are refuted."""
    law = tails_cut.shares(tails_cut.laws(SIZES)[name], SIZES)
    assert law.sum() == pytest.approx(1, abs=1e-12)
    found, runs = tails_cut.measure(SIZES, EFFORT)["laws"][name], SIZES["runs"]
    assert isinstance(runs, int)
    seen, bins = np.array(found["lost"]), law[:-1]
    assert fits(seen, np.array(found["exact"]["lost"]), runs)
    for wrong in (18, 23):
        other = tails_cut.exact(bins, {**SIZES, "samples": wrong})["lost"]
        assert not fits(seen, np.array(other), runs)
    assert not fits(seen, 1 - bins, runs)
    assert not fits(seen, (bins <= 1 / 20).astype(float), runs)
    left = len(bins) - sum(found["exact"]["lost"])
    assert found["bins-left"] == pytest.approx(left, abs=ERRORS * math.sqrt(len(bins) / 4 / runs))


@pytest.mark.parametrize("name", ["fat", "normal"])
def test_counts_of_the_bins_that_are_left_end_on_the_cut(name: str) -> None:
    """M points scaled up to M^2, given a point or more; the plain expectation is refuted."""
    law, runs = tails_cut.shares(tails_cut.laws(SIZES)[name], SIZES), 20_000
    exact = tails_cut.exact(law[:-1], SIZES)
    assert min(exact["surviving"]) == pytest.approx(20, rel=0.05)
    assert min(exact["surviving"]) >= 20 > min(exact["expected"])
    assert tails_cut.exact(law[:-1], {**SIZES, "points": 8000})["surviving"][0] > 10 * 20
    key = streams.derive_key("test", name)
    for place in (4, 12, 20):
        counts = resampled(law, 20, (1,), runs, key, EFFORT, tracked=place).tracked[:, 0]
        kept = 20.0 * counts[counts > 0]
        error = ERRORS * max(kept.std(), 1) / math.sqrt(max(len(kept), 1))
        assert len(kept) == 0 or abs(kept.mean() - exact["surviving"][place]) < error
        assert len(kept) == 0 or abs(kept.mean() - exact["expected"][place]) > error


def test_a_histogram_has_the_counts_of_its_law() -> None:
    for name, found in tails_cut.measure({**SIZES, "runs": 2}, EFFORT)["laws"].items():
        counts, expected = np.array(found["histogram"]), np.array(found["exact"]["expected"])
        assert counts.sum() <= SIZES["points"]
        assert sum(found["sample"]) <= SIZES["samples"]
        many = expected > 4
        surplus = (counts - expected)[many] ** 2 / expected[many]
        assert surplus.sum() < many.sum() + ERRORS * math.sqrt(2 * many.sum()), name


# -------------------------------------------------------------- collapse-time


@pytest.mark.parametrize("kind", [2, 10])
def test_collapse_times_have_the_law(kind: int) -> None:
    """Another generation, another M, another K and the diffusion limit are refuted."""
    runs, places, samples = 20_000, (2, 6, 15, 30), 10
    times = collapse_time.ended(kind, samples, runs, "test", EFFORT)
    seen = np.array([(times <= n).mean() for n in places])

    def law(K: int, M: int, shift: int = 0) -> NDArray[np.float64]:
        return np.array([collapse_time.collapsed(K, M, n + shift) for n in places])

    assert fits(seen, law(kind, samples), runs)
    for wrong in (law(kind, samples, 1), law(kind, samples + 1), law(kind + 1, samples + 1)):
        assert not fits(seen, wrong, runs)
    by_diffusion = [collapse_time.two_by_diffusion, collapse_time.many_by_diffusion][kind > 2]
    scaled = [Fraction(n, samples) for n in places]
    assert not fits(seen, np.array([by_diffusion(tau) for tau in scaled]), runs)


@pytest.mark.parametrize(
    ("kind", "limit"),
    [(2, collapse_time.two_by_diffusion), (400, collapse_time.many_by_diffusion)],
)
def test_the_limits_by_diffusion_are_approached(
    kind: int, limit: Callable[[Fraction], float]
) -> None:
    """From above, and like the shift of the mean time over M: 1.3 and 2.3 or so."""
    for tau in (Fraction(1), Fraction(2)):
        above = [
            collapse_time.collapsed(kind, size, int(tau * size)) - limit(tau) for size in (20, 80)
        ]
        assert 0 < above[1] < above[0] / 2 < 0.05


@pytest.mark.parametrize("kind", [2, 10])
def test_mean_times_are_exact_and_the_corrected_ones_near(kind: int) -> None:
    """The diffusion value is refuted by the runs, the corrected one within its error is not."""
    size, runs = 10, 100_000
    times = collapse_time.ended(kind, size, runs, "test-mean", EFFORT)
    error = ERRORS * times.std() / math.sqrt(runs)
    exact, crude, fine = (
        collapse_time.mean_time(code, kind, size) for code in ("A11", "A13", "A13b")
    )
    assert abs(times.mean() - exact) < error
    assert abs(times.mean() - crude) > 2 * error
    assert 0 < fine - exact < 0.02
    assert abs(times.mean() - collapse_time.mean_time("A11", kind, size + 1)) > 2 * error


def test_an_open_run_is_no_silent_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collapse_time, "LONGEST", 1)
    with pytest.raises(ArithmeticError, match="M = 10 is open"):
        collapse_time.ended(3, 10, 100, "test", EFFORT)


# ----------------------------------------------------------------- vocabulary


def test_words_are_left_as_the_laws_say() -> None:
    """Another generation, another M and Zipf's law are refuted."""
    text, samples, runs, record = read_counts("pride-and-prejudice"), 200, 400, (1, 4, 16)
    found = vocabulary.seen(text, samples, runs, record, [0.05, 0.95], EFFORT)
    mean, error = np.array(found["mean"]), ERRORS * np.array(found["error"])
    exact = np.array([vocabulary.left(text, samples, n) for n in record])
    assert (np.abs(mean - exact) < error).all()
    later = np.array([vocabulary.left(text, samples, n + 1) for n in record])
    other = np.array([vocabulary.left(text, samples + 10, n) for n in record])
    b = vocabulary.zipf_exponent(samples, exact[0])
    zipf = np.array([vocabulary.left_by_zipf(b, samples, n) for n in record])
    assert zipf[0] == pytest.approx(exact[0], rel=1e-9)
    for wrong in (later, other, zipf):
        assert not (np.abs(mean - wrong) < error).all()
    low, high = np.array(found["band"])
    assert (low <= mean).all()
    assert (mean <= high).all()


@pytest.mark.parametrize(("samples", "generation"), [(100, 1), (100, 30), (122_141, 8)])
def test_branching_words_are_a_near_bound(samples: int, generation: int) -> None:
    text = read_counts("pride-and-prejudice")
    exact = vocabulary.left(text, samples, generation)
    bound = vocabulary.left_by_branching(text, samples, generation)
    alone = [at("A18", "survival", 53, k=Fraction(k)) for k in range(1, generation)]
    assert bound < exact < bound + (1 + sum(alone)) / math.e
    assert vocabulary.left_by_branching(text, samples, generation + 1) < bound
