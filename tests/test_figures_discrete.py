"""Figure 3, collapse times and vocabulary: laws on the page against runs; wrong laws refuted."""

import math
from collections.abc import Callable
from fractions import Fraction
from statistics import fmean, stdev
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import zeta
from scipy.stats import binom

from numerics import discrete, streams
from numerics.discrete import DiscreteRun
from proofs.figures.drawing import Effort
from proofs.figures.measured import collapse_time, tails_cut, vocabulary
from proofs.figures.measured.categories import at, resampled
from proofs.inputs import read_counts
from tests.figure_sizes import SIZES as SMALL
from tests.figure_sizes import small

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


# ------------------------------------------------- the data that a figure is drawn from


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """What each figure measures, by its name."""
    names = ("tails-cut", "collapse-time", "vocabulary")
    return {name: small(name).measure(SMALL[name], Effort()) for name in names}


def own_runs(name: str, law: NDArray[np.float64], samples: int, record: tuple[int, ...],
             runs: int, *use: str | int, tracked: int = 0) -> DiscreteRun:  # fmt: skip
    """The same runs from the kernel itself."""
    key = streams.derive_key(name, *use, "collapse")
    return discrete.simulate(law, samples, record, key, 0, runs, tracked)


def student_3(x: float) -> float:
    """Distribution function of Student's law with three degrees of freedom."""
    z = x / math.sqrt(3)
    return 0.5 + (math.atan(z) + z / (1 + z * z)) / math.pi


def standard_normal(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def test_every_exact_value_of_the_cut_tails_is_that_of_a_plain_law(data: dict[str, Any]) -> None:
    found = data["tails-cut"]
    M, points, edges = found["samples"], found["points"], found["edges"]
    assert edges == pytest.approx([-10 + 20 * k / 12 for k in range(13)], abs=1e-12)
    assert found["exact"]["at-edge"] == pytest.approx(float((1 - Fraction(1, M)) ** M), rel=1e-12)
    for name, below in (("fat", student_3), ("normal", standard_normal)):
        at_edges = [(below(x + 4) + below(x - 4)) / 2 for x in edges]
        bins = np.diff(at_edges)
        exact = found["laws"][name]["exact"]
        assert exact["expected"] == pytest.approx(list(points * bins), rel=1e-9, abs=0)
        assert exact["lost"] == pytest.approx([(1 - q) ** M for q in bins], rel=1e-9, abs=0)
        left = [-math.expm1(M * math.log1p(-q)) for q in bins]
        surviving = [points * q / kept for q, kept in zip(bins, left, strict=True)]
        assert exact["surviving"] == pytest.approx(surviving, rel=1e-9, abs=0)


def test_samples_and_losses_are_those_of_the_kernel(data: dict[str, Any]) -> None:
    """No point is lost but those outside; a bin is left where a sample has a point of it."""
    found, size = data["tails-cut"], SMALL["tails-cut"]
    for name, cumulative in tails_cut.laws(size).items():
        law, seen = tails_cut.shares(cumulative, size), found["laws"][name]

        def counts(kind: str, runs: int, name: str = name, law: Any = law) -> NDArray[np.int64]:
            each = [
                own_runs(
                    "tails-cut", law, size[kind], (1,), runs, name, kind, tracked=place
                ).tracked[:, 0]
                for place in range(law.size)
            ]
            assert (np.sum(each, axis=0) == size[kind]).all()
            return np.array(each)[:-1]

        drawn, histogram = counts("samples", size["runs"]), counts("points", 1)
        assert seen["sample"] == drawn[:, 0].tolist()
        assert seen["histogram"] == histogram[:, 0].tolist()
        losses = [(row == 0).sum() / size["runs"] for row in drawn]
        assert seen["lost"] == pytest.approx(losses, abs=1e-12)
        kept = [int((run > 0).sum()) for run in drawn.T]
        assert seen["bins-left"] == pytest.approx(sum(kept) / size["runs"], abs=1e-12)
        exact = np.array(seen["exact"]["lost"])
        assert fits(np.array(seen["lost"]), exact, size["runs"])


def fixed(K: int, M: int, generations: int) -> list[float]:
    """P(T <= n) for n = 0, 1, ...: K times the chance that a category of share 1/K has all."""
    counts = np.arange(M + 1)
    law = binom.pmf(counts, M, 1 / K)
    step = binom.pmf(counts, M, counts[:, np.newaxis] / M)
    found = [0.0]
    for _ in range(generations):
        found.append(K * float(law[M]))
        law = law @ step
    return found


def lineages(tau: float) -> list[float]:
    """P(k ancestors at a time tau back), k = 1, ..., 60: Kingman's pure death from infinity."""
    with mpmath.workdps(80):

        def term(k: int, i: int) -> Any:
            rising = mpmath.rf(k, i - 1) / mpmath.factorial(k) / mpmath.factorial(i - k)
            return (-1) ** (i - k) * (2 * i - 1) * rising * mpmath.exp(-i * (i - 1) * tau / 2)

        return [float(mpmath.fsum(term(k, i) for i in range(k, 90))) for k in range(1, 61)]


def survival(generation: int) -> float:
    """s_k: the chance that a branching family is there after k generations."""
    s = 1.0
    for _ in range(generation):
        s = -math.expm1(-s)
    return s


def test_every_exact_value_of_collapse_times_is_that_of_a_chain(data: dict[str, Any]) -> None:
    found, M = data["collapse-time"], SMALL["collapse-time"]["samples"]
    places = found["places"]
    assert places == list(range(1, 13))
    ancestors = [lineages(n / M) for n in places]
    halves = [sum(p / 2**k for k, p in enumerate(each)) for each in ancestors]  # 2 E 2^-A
    assert found["exact"]["two-diffusion"] == pytest.approx(halves, abs=1e-9)
    alone = [each[0] for each in ancestors]
    assert found["exact"]["many-diffusion"] == pytest.approx(alone, abs=1e-9)
    # 2/s_k + (ln s_k)/3 - k tends to A like 1/k: one step of Richardson's.
    first, second = (
        2 / survival(k) + math.log(survival(k)) / 3 - k for k in (10_000, 20_000)
    )  # fmt: skip
    constant = 1.5 - np.euler_gamma / 3 - (2 * second - first)
    assert constant == pytest.approx(-0.7217, abs=5e-5)
    for kind, of_kind in found["categories"].items():
        K, exact = int(kind), of_kind["exact"]
        assert exact["collapsed"] == pytest.approx(fixed(K, M, 12)[1:], rel=1e-10)
        rest = 1 - 1 / K
        for order, size in enumerate(found["sizes"]):
            mean = sum(1 - p for p in fixed(K, size, 100 * size))
            assert exact["mean"][order] == pytest.approx(mean, rel=1e-9)
            crude = -2 * size * K * rest * math.log(rest)
            assert exact["diffusion"][order] == pytest.approx(crude, rel=1e-12)
            fine = crude - (math.log(size) + math.log(rest)) / 3 + constant
            assert exact["corrected"][order] == pytest.approx(fine, abs=1e-5)
        assert of_kind["at"] == {
            size: pytest.approx(-2 * int(size) * K * rest * math.log(rest), rel=1e-12)
            for size in SMALL["collapse-time"]["runs"]
        }


def test_collapse_times_in_the_data_are_those_of_the_kernel(data: dict[str, Any]) -> None:
    """T is the first generation with a single category, counted from the categories left."""
    found, size = data["collapse-time"], SMALL["collapse-time"]
    places = tuple(found["places"])
    for kind, of_kind in found["categories"].items():
        law = np.full(int(kind), 1 / int(kind))
        few = own_runs("collapse-time", law, 5, places, size["few"], "law", int(kind), 5)
        shares = ((few.survivors == 1).sum(axis=0) / size["few"]).tolist()
        assert of_kind["share"] == pytest.approx(shares, abs=1e-12)
        assert fits(np.array(shares), np.array(of_kind["exact"]["collapsed"]), size["few"])
        for label, runs in size["runs"].items():
            M = int(label)
            record = tuple(range(1, 60 * M + 1))
            left = own_runs("collapse-time", law, M, record, runs, "means", int(kind), M).survivors
            times = [next(n for n, k in zip(record, run, strict=True) if k == 1) for run in left]
            seen, error = of_kind["seen"][label], stdev(times) / math.sqrt(runs)
            assert seen["runs"] == runs
            assert seen["mean"] == pytest.approx(fmean(times), rel=1e-12)
            assert seen["error"] == pytest.approx(error, rel=1e-12)
            exact = of_kind["exact"]["mean"][found["sizes"].index(M)]
            assert abs(seen["mean"] - exact) < ERRORS * error


def test_every_exact_number_of_words_is_that_of_a_chain(data: dict[str, Any]) -> None:
    """Each word against all others: its count is a chain of its own."""
    found, text = data["vocabulary"], read_counts("pride-and-prejudice")
    assert found["places"] == [1, 2, 4]
    assert (found["words"], found["kinds"]) == (sum(text.counts), len(text.counts))
    shares, times = np.unique(np.array(text.counts) / sum(text.counts), return_counts=True)
    for size, each in found["sizes"].items():
        M, exact = int(size), each["exact"]
        counts = np.arange(M + 1)
        step = binom.pmf(counts, M, counts[:, np.newaxis] / M)
        lost, wanted = np.zeros(M + 1), []
        for n in range(1, SMALL["vocabulary"]["exactly"][size] + 1):
            lost = step @ lost if n > 1 else (counts == 0).astype(float)
            if n in found["places"]:
                wanted.append(times @ (1 - binom.pmf(counts, M, shares[:, np.newaxis]) @ lost))
        assert exact["mean"] == pytest.approx(wanted, rel=1e-9)
        alive = [M * survival(n - 1) for n in found["places"]]
        alone = [-times @ np.expm1(-shares * s) for s in alive]
        assert exact["branching"] == pytest.approx(alone, rel=1e-9)
        b = exact["exponent"]
        zipf = [math.gamma(1 - 1 / b) * (s / zeta(b)) ** (1 / b) for s in alive]
        assert zipf[0] == pytest.approx(wanted[0], rel=1e-9)
        assert exact["zipf"] == pytest.approx(zipf, rel=1e-9)


def test_words_in_the_data_are_those_of_the_kernel(data: dict[str, Any]) -> None:
    found, text = data["vocabulary"], read_counts("pride-and-prejudice")
    law = np.array(text.counts) / sum(text.counts)
    assert found["band"] == [0.05, 0.95]
    for size, runs in SMALL["vocabulary"]["runs"].items():
        left = own_runs("vocabulary", law, int(size), (1, 2, 4), runs, int(size)).survivors
        seen, exact = found["sizes"][size]["seen"], found["sizes"][size]["exact"]["mean"]
        assert seen["runs"] == runs == 10
        for place in range(3):
            ordered = sorted(left[:, place].tolist())
            error = stdev(ordered) / math.sqrt(runs)
            assert seen["mean"][place] == pytest.approx(fmean(ordered), rel=1e-12)
            assert seen["error"][place] == pytest.approx(error, rel=1e-12)
            # 0.05 and 0.95 of the way along ten values, the first of them at 0.
            ends = (
                0.55 * ordered[0] + 0.45 * ordered[1],
                0.45 * ordered[8] + 0.55 * ordered[9],
            )  # fmt: skip
            assert [edge[place] for edge in seen["band"]] == pytest.approx(ends, rel=1e-12)
            if place < len(exact):
                assert abs(seen["mean"][place] - exact[place]) < ERRORS * error
