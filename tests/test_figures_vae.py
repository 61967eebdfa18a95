"""Figures 8 and 9: the laws on the page against what is seen, and wrong laws refuted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from numerics import latent, streams
from numerics.start import Start
from proofs.figures.drawing import Effort
from proofs.figures.measured import vae_decodings, vae_latents
from proofs.figures.measured.digits import SIDE, Digits, original, pictures, read_digits
from proofs.inputs import read_sample
from tests.figure_sizes import SIZES, small
from tests.test_figures_gaussian import near

KEY = streams.derive_key("test", "figures", "vae")


def flowers() -> Digits:
    """Four lengths of flowers in place of pixels: cheap, and far from normal."""
    rows = read_sample("iris").rows
    return Digits(Start.sample(rows), rows, np.arange(4))


# ------------------------------------------------------------------------ the latents


def test_the_total_variance_falls_as_claimed() -> None:
    size, data = 5, flowers()
    seen = vae_latents.simulate(data, original(data.law, 1), size, (1, 4), KEY, 0, 20_000)
    for at, n in enumerate((1, 4)):
        part = seen.trace[:, at] / data.trace
        assert near(part, vae_latents.kept(size, n))
        for other in ((size, n + 1), (size + 1, n), (size - 1, n)):
            assert not near(part, vae_latents.kept(*other))


def test_a_latent_loses_more_than_the_total_variance_where_axes_turn() -> None:
    """Variances 3 and 23 times 1: a fit to twelve points has another first axis."""
    variances = np.array([3.0, *(23 * [1.0])])
    start = Start.named("normal", np.zeros(24), np.diag(np.sqrt(variances)))
    data, size = Digits(start, flowers().rows, np.arange(24)), 12
    seen = vae_latents.simulate(data, original(start, 1), size, (1,), KEY, 0, 3000)
    assert near(seen.trace[:, 0] / variances.sum(), vae_latents.kept(size, 1))
    squares = seen.encoded[:, 0] ** 2 / (1 - 1 / 3)
    assert squares.mean() < 0.95 * vae_latents.kept(size, 1)
    assert not near(squares, vae_latents.kept(size, 1))


def spectrum(data: Digits) -> Any:
    """The eigenvalues of the covariance, the largest first, by another route than the kernel's."""
    return np.linalg.eigvalsh(data.law.covariance)[::-1]


@pytest.mark.parametrize("latents", [1, 2, 3])
def test_with_ever_larger_samples_the_latents_stay(latents: int) -> None:
    """Far closer at 100,000 points than the noise of another number of latents would allow."""
    data = flowers()
    encoder, limit = original(data.law, latents), vae_latents.infinite(spectrum(data), latents)
    seen = vae_latents.simulate(data, encoder, 100_000, (1, 4), KEY, 0, 4)
    assert seen.encoded[:, 1] == pytest.approx(limit.mean(), rel=0.02)
    codes = (data.rows - data.law.mean) @ encoder.frame[:, :latents] * vae_latents.gains(encoder)
    np.testing.assert_allclose(codes.std(axis=0), limit, rtol=1e-10)
    other = vae_latents.infinite(spectrum(data), 1 + latents % 3)
    assert np.abs(codes.std(axis=0)[0] - other[0]) > 1e-4


def test_latents_of_points_of_a_model_are_as_drawn() -> None:
    """Centre and spread of one run against points that a fit of the same run would send."""
    data = flowers()
    start = Start.named("normal", data.law.mean, data.law.root)
    encoder = original(start, 2)
    moved = Digits(start, data.rows, data.places)
    seen = vae_latents.simulate(moved, encoder, 40, (1,), KEY, 0, 3)
    axes = np.eye(4)[:, :2]
    run = latent.simulate(start, 2, 40, (1,), KEY, 0, 3, directions=axes)
    along = vae_latents.gains(encoder)[0] * encoder.frame[:, 0]
    np.testing.assert_allclose(seen.centre[:, 0], (run.mean[:, 0] - start.mean) @ along)


def test_the_density_is_that_of_the_run() -> None:
    parameters = {
        "latents": 2, "generations": 2, "shown": 10, "runs": {"10": 6}, "band": [0.05, 0.95]
    }  # fmt: skip
    data = vae_latents.measure(parameters, Effort())
    step = 6 / (len(data["places"]) - 1)
    digits = read_digits()
    key = streams.derive_key(vae_latents.NAME, 10, "collapse")
    seen = vae_latents.simulate(digits, original(digits.law, 2), 10, (1, 2), key, 0, 1)
    places = np.array(data["places"])
    for at, density in enumerate(data["run"]):
        mass = step * np.sum(density)
        mean = step * np.sum(places * density) / mass
        spread = np.sqrt(step * np.sum((places - mean) ** 2 * density) / mass)
        if mass > 0.999:
            assert mean == pytest.approx(seen.centre[0, at], abs=0.02)
            assert spread == pytest.approx(seen.spread[0, at], rel=0.02)
    assert step * np.sum(data["infinite"]["exact"]["density"]) == pytest.approx(1, abs=0.01)
    assert data["infinite"]["exact"]["deviation"] == pytest.approx(1, abs=1e-9)


# ---------------------------------------------------------------------- the decodings


def test_the_run_of_the_decodings_is_that_of_the_kernel() -> None:
    """The same words: the same mean and the same variance of the decodings along any axis."""
    start = flowers().law
    stream = streams.new_stream(KEY, 5)
    found = vae_decodings.decoders(start, 2, 30, [0, 1, 2, 7], stream)
    axes = np.array([[0.6, 0.0], [0.8, 0.0], [0.0, 1.0], [0.0, 0.0]])
    run = latent.simulate(start, 2, 30, (1, 2, 7), KEY, 5, 6, directions=axes)
    for at, generation in enumerate((1, 2, 7)):
        mean, weights = found[generation]
        np.testing.assert_allclose(mean, run.mean[0, at], rtol=1e-9)
        along = ((axes.T @ weights) ** 2).sum(axis=1) + run.noise[0, at]
        np.testing.assert_allclose(along, run.along[0, at], rtol=1e-8)
    fit = original(start, 2)
    np.testing.assert_allclose((found[0].weights ** 2).sum(axis=0), fit.latent)


def test_decodings_have_the_mean_and_spread_of_the_decoder() -> None:
    decoder = vae_decodings.Decoder(np.array([1.0, -2.0, 3.0]), np.array([[1.0], [2.0], [0.0]]))
    z = np.random.default_rng(2).normal(size=(4000, 1))
    images = decoder.images(z)
    np.testing.assert_allclose(images[:, 0] - 1, z[:, 0])
    np.testing.assert_allclose(images.mean(axis=0), decoder.mean, atol=0.15)
    np.testing.assert_allclose(images.std(axis=0), [1, 2, 0], atol=0.1)


def test_variance_lost_is_drift_won() -> None:
    size, n = 12, 4
    data = flowers()
    seen = vae_decodings.simulate(data.law, 1, size, (n,), KEY, 0, 20_000)
    laws = vae_decodings.exact(size, n)
    for values, kind, other in ((seen.trace, "trace", "drift"), (seen.drift, "drift", "trace")):
        part = values[:, 0] / data.trace
        assert near(part, laws[kind][n])
        assert not near(part, laws[other][n])
        assert not near(part, laws[kind][n - 1])
    assert not near(seen.decoded[:, 0] / data.trace, laws["trace"][n])
    assert laws["trace"][0] == 1
    assert laws["drift"][0] == 0


def test_images_are_whole_again() -> None:
    digits = read_digits()
    assert digits.trace == pytest.approx(np.trace(digits.law.covariance))
    images = np.array(pictures(digits, digits.rows[:3]))
    assert images.shape == (3, SIDE * SIDE)
    np.testing.assert_array_equal(images[:, digits.places], digits.rows[:3])
    left = sorted(set(range(SIDE * SIDE)) - set(digits.places.tolist()))
    assert left == [0, 4 * SIDE, 4 * SIDE + 7]  # p00, p40, p47
    assert not images[:, left].any()


def test_blocks_share_one_grey_scale() -> None:
    drawing = small("vae-decodings")
    data = drawing.measure(drawing.parameters, Effort())
    figure = drawing.draw(data)
    scales = {image.get_clim() for ax in figure.axes for image in ax.images}
    assert scales == {(0.0, 16.0)}
    assert sum(len(ax.images) for ax in figure.axes) == len(data["decoded"]) + 1
    assert "0 (white) to 16 (black)" in drawing.caption(data)


@pytest.mark.parametrize("name", ["vae-latents", "vae-decodings"])
def test_the_caption_names_the_substitution(name: str) -> None:
    from tests.figure_sizes import DRAWINGS

    drawing = small(name)
    text = DRAWINGS[name].caption(drawing.measure(drawing.parameters, Effort()))
    for part in ("linear VAE", "1797 images", "in place of the paper's VAE", "D01", "No exact law"):
        assert part in text


# -------------------------------------------------------- the data as they are put together


@pytest.fixture(scope="module")
def latents_data() -> Any:
    """What figure 8 measures at its small sizes."""
    return small("vae-latents").measure(SIZES["vae-latents"], Effort(workers=2))


@pytest.fixture(scope="module")
def decodings_data() -> Any:
    """What figure 9 measures at its small sizes."""
    return small("vae-decodings").measure(SIZES["vae-decodings"], Effort(workers=2))


def is_summary(series: Any, values: Any, exact: list[float] | None) -> None:
    """Mean, band and exact mean of runs (R, G), from generation 1 on; six decimals are kept."""
    runs = len(values)
    assert series["mean"][1:] == pytest.approx(values.mean(axis=0).tolist(), abs=1e-6)
    low, high = np.array(series["band"])[:, 1:]
    inside = ((values > low) & (values < high)).sum(axis=0).tolist()
    within = sum(0.05 < k / (runs - 1) < 0.95 for k in range(runs))
    assert inside == values.shape[1] * [within]
    if exact is not None:
        errors = values.std(axis=0, ddof=1) / np.sqrt(runs)
        assert (np.abs(values.mean(axis=0) - exact) < 5 * errors).all()


def model(digits: Digits, latents: int) -> Any:
    """Directions (d, q), gains (q,) and deviations (q,) of the codes of the images, by hand."""
    sizes, axes = np.linalg.eigh(np.cov(digits.rows.T, ddof=0))
    sizes, axes = sizes[::-1], axes[:, ::-1]
    noise = sizes[latents:].mean()
    return axes[:, :latents], np.sqrt(sizes[:latents] - noise) / sizes[:latents], np.sqrt(
        1 - noise / sizes[:latents]
    )  # fmt: skip


def test_figure_8_is_made_of_its_own_runs(latents_data: Any) -> None:
    digits, generations = read_digits(), tuple(range(1, 5))
    total = digits.rows.var(axis=0).sum()
    axes, gains, deviations = model(digits, 2)
    assert latents_data["start"] == pytest.approx(deviations.mean(), rel=1e-9)
    assert list(latents_data["sizes"]) == ["10", "100"]
    for text, series in latents_data["sizes"].items():
        size, runs = int(text), SIZES["vae-latents"]["runs"][text]
        key = streams.derive_key("vae-latents", size, "collapse")
        start = digits.law
        run = latent.simulate(start, 2, size, generations, key, 0, runs, directions=axes)
        traces = run.latent.sum(axis=2) + len(digits.places) * run.noise
        exact = [(1 - 1 / size) ** n for n in range(5)]
        assert series["runs"] == runs
        assert series["total"]["exact"]["kept"] == pytest.approx(exact, rel=1e-12)
        is_summary(series["total"], traces / total, exact[1:])
        codes = (np.sqrt(run.along) * gains).mean(axis=2) / deviations.mean()
        is_summary(series["latent"], codes, None)


def test_the_pictured_run_of_figure_8_is_the_first_of_its_size(latents_data: Any) -> None:
    digits, places = read_digits(), np.array(latents_data["places"])
    axes, gains, deviations = model(digits, 2)
    key = streams.derive_key("vae-latents", latents_data["shown"], "collapse")
    own = original(digits.law, 2).frame[:, :2]  # of the sign that the figure has
    assert np.abs((axes * own).sum(axis=0)) == pytest.approx([1, 1])
    run = latent.simulate(digits.law, 2, 10, (1, 2, 3, 4), key, 0, 1, directions=own)
    assert latents_data["shown"] == 10
    assert len(latents_data["run"]) == 4
    for at, density in enumerate(latents_data["run"]):
        centre = gains[0] * float((run.mean[0, at] - digits.rows.mean(axis=0)) @ own[:, 0])
        width = gains[0] * float(np.sqrt(run.along[0, at, 0]))
        assert density == pytest.approx(norm.pdf(places, centre, width).tolist(), abs=1e-5)
    exact = latents_data["infinite"]["exact"]
    wanted = norm.pdf(places, 0, deviations[0])
    assert exact["density"] == pytest.approx(wanted.tolist(), abs=1e-6)
    assert exact["deviation"] == pytest.approx(1, abs=1e-9)
    codes = (digits.rows - digits.rows.mean(axis=0)) @ own[:, 0] * gains[0]
    heights = np.histogram(codes, latents_data["edges"], density=True)[0]
    assert latents_data["real"] == pytest.approx(heights.tolist(), abs=1e-6)


def test_figure_9_is_made_of_its_own_runs(decodings_data: Any) -> None:
    digits, generations, runs = read_digits(), tuple(range(1, 5)), SIZES["vae-decodings"]["runs"]
    assert (decodings_data["samples"], decodings_data["runs"]) == (10, runs)
    left = [(1 - 1 / 10) ** n for n in range(5)]
    exact = {"trace": left, "drift": [1 - part for part in left]}
    assert set(decodings_data["exact"]) == set(exact)
    for kind, wanted in exact.items():
        assert decodings_data["exact"][kind] == pytest.approx(wanted, abs=1e-12)
    key = streams.derive_key("vae-decodings", 10, "collapse")
    run = latent.simulate(digits.law, 3, 10, generations, key, 0, runs)
    decoded = run.latent.sum(axis=2)
    total = digits.rows.var(axis=0).sum()
    for kind, values in (
        ("trace", decoded + len(digits.places) * run.noise),
        ("drift", ((run.mean - digits.rows.mean(axis=0)) ** 2).sum(axis=2)),
        ("decoded", decoded),
    ):
        curve = exact[kind][1:] if kind in exact else None
        is_summary(decodings_data["seen"][kind], values / total, curve)


def test_the_blocks_of_figure_9_are_decodings_of_one_run(decodings_data: Any) -> None:
    """Mean and variance of the decoder, found again from its images and their latents.

    After generation 1 the kernel's frame may differ: ten points leave directions without variance.
    """
    digits, latents, number = read_digits(), 3, 9
    key = streams.derive_key("vae-decodings", "run", "collapse")
    run = latent.simulate(digits.law, latents, 10, (1,), key, 0, 1)
    fresh = streams.new_stream(streams.derive_key("vae-decodings", "decodings", "collapse"), 0)
    normal = Start.named("normal", np.zeros(latents))
    fit = original(digits.law, latents)
    last = vae_decodings.decoders(digits.law, latents, 10, [4], streams.new_stream(key, 0))[4]
    known = {
        "0": (digits.rows.mean(axis=0), fit.latent.sum()),
        "1": (run.mean[0, 0], run.latent[0, 0].sum()),
        "4": (last.mean, (last.weights**2).sum()),
    }
    assert list(decodings_data["decoded"]) == list(known)
    for generation, (mean, spread) in known.items():
        codes = vae_decodings.unit_points(fresh, normal, number)
        images = np.array(decodings_data["decoded"][generation])[:, digits.places]
        design = np.column_stack([np.ones(number), codes])
        solved, _, rank, _ = np.linalg.lstsq(design, images)
        assert rank == latents + 1
        assert np.abs(design @ solved - images).max() < 0.02  # of two decimals
        assert solved[0] == pytest.approx(mean, abs=0.02)
        assert (solved[1:] ** 2).sum() == pytest.approx(spread, rel=0.01)


def test_the_pictures_say_which_generations_they_show() -> None:
    from proofs.figures.drawn.vae_latents import pictured

    assert pictured({"run": 9 * [[]]}) == [1, 3, 5, 9]
    assert pictured({"run": 4 * [[]]}) == [1, 3]
