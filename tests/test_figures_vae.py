"""Figures 8 and 9: the laws on the page against what is seen, and wrong laws refuted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from numerics import latent, streams
from numerics.start import Start
from proofs.figures.drawing import Effort
from proofs.figures.measured import vae_decodings, vae_latents
from proofs.figures.measured.digits import SIDE, Digits, original, pictures, read_digits
from proofs.inputs import read_sample
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
    from tests.figure_sizes import small

    drawing = small("vae-decodings")
    data = drawing.measure(drawing.parameters, Effort())
    figure = drawing.draw(data)
    scales = {image.get_clim() for ax in figure.axes for image in ax.images}
    assert scales == {(0.0, 16.0)}
    assert sum(len(ax.images) for ax in figure.axes) == len(data["decoded"]) + 1
    assert "0 (white) to 16 (black)" in drawing.caption(data)


@pytest.mark.parametrize("name", ["vae-latents", "vae-decodings"])
def test_the_caption_names_the_substitution(name: str) -> None:
    from tests.figure_sizes import DRAWINGS, small

    drawing = small(name)
    text = DRAWINGS[name].caption(drawing.measure(drawing.parameters, Effort()))
    for part in ("linear VAE", "1797 images", "in place of the paper's VAE", "D01", "No exact law"):
        assert part in text
