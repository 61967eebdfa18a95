"""The data of the language models' figures, counted again by hand from the text and its words.

The texts of the generations are drawn again, by the key of each chain. What the figures say of them
is found by dictionaries and exact sums alone.
"""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from numerics import streams
from numerics.ngram_generations import Recipe
from numerics.ngram_repetition import texts
from proofs.figures.drawing import Effort
from tests.figure_sizes import small

BOOK = Path(__file__).parents[1] / "proofs" / "data" / "pride_and_prejudice.txt.gz"
KEY = "tests"
LENGTH = 64
Text = Sequence[Sequence[int]]


class Counted:
    """An n-gram model by hand: order, and k of add-k or None for Kneser-Ney smoothing."""

    def __init__(self, text: Text, kinds: int, drawn: Mapping[str, Any]) -> None:
        self.order, self.kinds = drawn["order"], kinds
        self.added = drawn.get("added")
        lefts: dict[tuple[int, ...], list[int | None]] = defaultdict(list)
        for words in text:
            for end in range(1, len(words) + 1):
                for first in range(max(end - self.order, 0), end):
                    lefts[tuple(words[first:end])].append(words[first - 1] if first else None)
        plain = self.added is not None
        self.weight = {
            gram: len(left if plain or len(gram) == self.order else set(left))
            for gram, left in lefts.items()
        }
        self.whole: Counter[tuple[int, ...]] = Counter()
        for gram, weight in self.weight.items():
            self.whole[gram[:-1]] += weight
        self.followers = Counter(gram[:-1] for gram in self.weight)
        times = Counter((len(gram), weight) for gram, weight in self.weight.items())
        self.discount = [
            times[m, 1] / (times[m, 1] + 2 * times[m, 2]) if times[m, 1] and times[m, 2] else 0.5
            for m in range(1, self.order + 1)
        ]

    def chance(self, past: tuple[int, ...], word: int) -> float:
        if self.added is not None:
            seen = self.weight.get((*past, word), 0)
            return float((seen + self.added) / (self.whole[past] + self.added * self.kinds))
        chance = 1 / self.kinds
        for length in range(len(past) + 1):
            end = past[len(past) - length :]
            if self.whole[end]:
                discount = self.discount[length]
                kept = max(self.weight.get((*end, word), 0) - discount, 0)
                chance = (kept + discount * self.followers[end] * chance) / self.whole[end]
        return chance

    def perplexities(self, text: Text) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Those of each sequence."""
        back = self.order - 1
        nats = [
            [
                -math.log(self.chance(tuple(row[max(i - back, 0) : i]), row[i]))
                for i in range(LENGTH)
            ]
            for row in text
        ]
        return np.asarray(np.exp(np.mean(nats, axis=1)))


@cache
def book() -> tuple[list[list[int]], list[list[int]], int]:
    """Sequences for training and held out, and the kinds of words."""
    text = gzip.decompress(BOOK.read_bytes()).decode().casefold().replace("\u2019", "'")
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text)
    numbers = {word: number for number, word in enumerate(sorted(set(words)))}
    found = [numbers[word] for word in words]
    rows = [found[at : at + LENGTH] for at in range(0, len(found) - LENGTH + 1, LENGTH)]
    train = [row for at, row in enumerate(rows) if at % 10 != 9]
    return train, rows[9::10], len(numbers)


def again(
    parameters: Mapping[str, Any], drawn: str, keep: float, penalty: float = 1.0, whole: bool = True
) -> dict[str, Any]:
    """What a figure has to say of a chain, by hand; `lost`, by run, for 1, 2, 4 and 8 times.

    whole: with what needs the perplexities of the generated sequences.
    """
    train, test, kinds = book()
    train, test = train[: parameters["sequences"]], test[: round(parameters["sequences"] / 9)]
    recipe = parameters["drawn"][drawn]
    first = Counted(train, kinds, recipe)
    start = first.perplexities(test)
    key = streams.derive_key("language", drawn, str(keep), str(penalty), KEY)
    times = Counter(word for row in train for word in row)
    found: dict[str, list[list[Any]]] = defaultdict(list)
    single: dict[int, list[np.ndarray[Any, Any]]] = defaultdict(list)
    for run in range(1 if "beams" in recipe and not keep else parameters["runs"]):
        real, lost = [geometric(start)], []
        made = texts(
            np.array(train), kinds, Recipe(**recipe, keep=keep), max(parameters["record"]), key,
            run, penalty,
        )  # fmt: skip
        for generation, text in enumerate(made, 1):
            if generation not in parameters["record"]:
                continue
            rows = text.sequences.tolist()
            assert len(text.rows) == len(rows) - math.floor(keep * len(rows) + 0.5)
            assert all(rows[s] == train[s] for s in set(range(len(rows))) - {*text.rows.tolist()})
            real.append(geometric(Counted(rows, kinds, recipe).perplexities(test)))
            if whole:
                single[generation].append(first.perplexities([rows[s] for s in text.rows]))
            left = {word for row in rows for word in row}
            lost.append([gone(times, left, k) for k in (1, 2, 4, 8)])
        found["real"].append(real)
        found["lost"].append(lost)
    joined = {n: np.concatenate(parts) for n, parts in single.items()}
    return {
        "runs": len(found["real"]),
        "real": found["real"],
        "counts": [binned(start), *map(binned, joined.values())],
        "generated": [geometric(parts) for parts in joined.values()],
        "median": [geometric([np.median(part) for part in parts]) for parts in single.values()],
        "tail": [geometric([np.quantile(part, 0.99) for part in run]) for run in single.values()],
        "lost": found["lost"],
    }


def geometric(values: Any) -> float:
    """The geometric mean."""
    return float(np.exp(np.log(values).mean()))


def gone(times: Counter[int], left: set[int], k: int) -> float:
    """The share lost of the words seen k times."""
    words = [word for word, many in times.items() if many == k]
    return sum(word not in left for word in words) / len(words)


def binned(perplexities: Any) -> list[int]:
    """How many lie below 1, in each twentieth of a decade up to 100,000, and above."""
    places = np.clip(np.floor(20 * np.log10(perplexities)).astype(int) + 1, 0, 101)
    return [int(many) for many in np.bincount(places, minlength=102)]


def agree(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """All that a figure holds of a chain is what was counted by hand."""
    for name, value in found.items():
        if name in ("runs", "counts"):
            assert value == wanted[name], name
        else:
            np.testing.assert_allclose(value, wanted[name], rtol=6e-8, err_msg=name)
    runs = [tuple(run[1:]) for run in found["real"]]
    assert len(set(runs)) == len(runs)  # each has random numbers of its own


@cache
def data(name: str) -> dict[str, Any]:
    figure = small(name)
    return figure.measure(figure.parameters, Effort(key=KEY, workers=1))


def chains_of(name: str) -> Iterator[tuple[str, float, float, Mapping[str, Any]]]:
    """Way of drawing, share kept, penalty and data of each chain of a figure."""
    found = data(name)
    if name == "feedback-loop":
        yield from (("sharp", float(kept), 1.0, at) for kept, at in found["histograms"].items())
    elif name == "perplexity":
        for kept, by_way in found["perplexities"].items():
            yield from ((drawn, float(kept), 1.0, at) for drawn, at in by_way.items())
    else:
        for drawn, by_side in found["histograms"].items():
            for side, at in by_side.items():
                if name == "repetition-penalty":
                    yield drawn, 0.0, {"with": 2.0, "without": 1.0}[side], at
                else:
                    yield drawn, float(side), 1.0, at


#: The chains that each figure has to show.
EXPECTED = {
    "feedback-loop": {("sharp", 0.0, 1.0), ("sharp", 0.1, 1.0)},
    "perplexity": {(way, keep, 1.0) for way in ("draws", "beams") for keep in (0.0, 0.1)},
    "perplexity-histograms": {
        (way, keep, 1.0) for way in ("single", "draws", "beams", "sharp") for keep in (0.0, 0.1)
    },
    "perplexity-histograms-3d": {("sharp", 0.0, 1.0), ("sharp", 0.1, 1.0)},
    "repetition-penalty": {
        (way, 0.0, penalty) for way in ("sharp", "draws") for penalty in (2.0, 1.0)
    },
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_chain_shows_what_its_texts_hold(name: str) -> None:
    seen = set()
    parameters = small(name).parameters
    for drawn, keep, penalty, found in chains_of(name):
        agree(found, again(parameters, drawn, keep, penalty, "counts" in found))
        seen.add((drawn, keep, penalty))
    assert seen == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_sizes_are_those_of_the_text(name: str) -> None:
    found, parameters = data(name), small(name).parameters
    train, test, _ = book()
    assert (len(train), len(test)) == (1718, 190)
    assert [found[size] for size in ("sequences", "held-out", "length", "samples", "runs")] == [
        60, 7, LENGTH, 60 * LENGTH, parameters["runs"]
    ]  # fmt: skip
    assert found["generations"] == [0, *parameters["record"]]
    assert found["drawn"] == parameters["drawn"]
    if "edges" in found:
        np.testing.assert_allclose(found["edges"], np.logspace(0, 5, 101), rtol=1e-14)


# ------------------------------------------------------------------------ exact series


def test_the_chance_of_losing_a_word_is_that_of_binomial_draws() -> None:
    """A word's number in a text of M words goes from i to Binomial(M, i/M)."""
    found, samples, most = data("perplexity"), 60 * LENGTH, 260
    states = np.arange(most)
    steps = stats.binom.pmf(states[None], samples, states[:, None] / samples)
    assert set(found["lost"]["exact"]) == {"1", "2", "4", "8"}
    for times, curve in found["lost"]["exact"].items():
        law, lost = np.eye(most)[int(times)], []
        for _ in range(3):
            law = law @ steps
            lost.append(law[0])
        # More than 259 of a word that was seen 8 times: less than 1e-12 of all texts.
        np.testing.assert_allclose(curve, lost, rtol=1e-9)


def test_the_shares_of_lost_words_are_counted() -> None:
    found, parameters = data("perplexity"), small("perplexity").parameters
    assert set(found["lost"]["seen"]) == {"single", "running"}
    for drawn, seen in found["lost"]["seen"].items():
        mean = np.mean(again(parameters, drawn, 0.0, whole=False)["lost"], axis=0)
        np.testing.assert_allclose([seen[k] for k in "1248"], mean.T, atol=1e-8)
    times = Counter(Counter(word for row in book()[0][:60] for word in row).values())
    assert found["words"] == {k: times[int(k)] for k in "1248"}


def test_the_mean_of_words_drawn_singly_is_that_of_the_real_text() -> None:
    found = data("perplexity-histograms")
    train, _, kinds = book()
    model = Counted(train[:60], kinds, {"order": 1})
    times = Counter(word for row in train[:60] for word in row)
    nats = {word: -math.log(model.chance((), word)) for word in times}
    samples = sum(times.values())
    mean = sum(many * nats[word] for word, many in times.items()) / samples
    assert found["exact"] == {"mean": pytest.approx(math.exp(mean), rel=1e-11)}
    square = sum(many * nats[word] ** 2 for word, many in times.items()) / samples
    wandering = math.sqrt((square - mean**2) * (1 - (1 - 1 / samples) ** 3))
    assert found["wandering"] == pytest.approx(wandering, rel=1e-8)
    for seen in found["histograms"]["single"].values():
        for n, at in zip(found["generations"][1:], seen["generated"], strict=True):
            lost = 1 - (1 - 1 / samples) ** n
            error = math.sqrt((square - mean**2) * lost / seen["runs"])
            # With a tenth kept fewer words are drawn, and steps are the larger for it.
            assert abs(math.log(at) - mean) < 5 * error / math.sqrt(0.9)


# --------------------------------------------------------------------------- the page


def heights_of(line: Any) -> list[float]:
    """The heights that a line is drawn through."""
    return [float(height) for height in line.get_ydata()]


def histograms_of(ax: Any) -> list[list[float]]:
    """Heights in the bins of each histogram; the filled one, of real text, first."""
    (filled,) = ax.patches
    lines = [line for line in ax.lines if not str(line.get_gid()).startswith("exact-")]
    return [filled.get_data().values.tolist(), *map(heights_of, lines)]


@pytest.mark.parametrize("name", ["perplexity-histograms", "feedback-loop", "repetition-penalty"])
def test_panels_hold_the_histograms_of_their_titles(name: str) -> None:
    found, axes = data(name), small(name).draw(data(name)).axes
    titles = {
        "single": "words drawn singly", "draws": "text drawn", "beams": "5-beam search",
        "sharp": "drawn at low temperature",
    }  # fmt: skip
    kept = {"0": "no real data kept", "0.1": "10 % real data kept"}
    if name == "perplexity-histograms":
        panels = {
            f"{titles[way]}, {kept[share]}": found["histograms"][way][share]
            for way in titles
            for share in kept
        }
    elif name == "feedback-loop":
        panels = {kept[share]: found["histograms"][share] for share in kept}
    else:
        panels = {"penalty 2": found["histograms"]["sharp"]["with"]}
    shown = {ax.get_title("center"): ax for ax in axes if ax.get_title("center") in panels}
    assert set(shown) == set(panels)
    for title, ax in shown.items():
        wanted = [np.array(row[1:-1]) / sum(row) for row in panels[title]["counts"]]
        drawn = histograms_of(ax)
        assert len(drawn) == len(wanted)
        for heights, row in zip(drawn, wanted, strict=True):
            np.testing.assert_allclose(heights, row, rtol=1e-12)


def test_deep_panels_hold_their_histograms_at_one_height() -> None:
    found = data("perplexity-histograms-3d")
    axes: list[Any] = small("perplexity-histograms-3d").draw(found).axes
    centres = (np.arange(100) + 0.5) / 20
    inside = (centres > math.log10(5)) & (centres < math.log10(6000))  # all there is, at its size
    assert [ax.get_title("center") for ax in axes] == ["no real data kept", "10 % real data kept"]
    for ax, part in zip(axes, found["histograms"]["sharp"].values(), strict=True):
        wanted = [np.array(row[1:-1]) / sum(row) for row in part["counts"]]
        assert len(ax.collections) == len(wanted)
        for order, (patch, row) in enumerate(zip(ax.collections, wanted, strict=True)):
            places, orders, heights = np.asarray(patch._faces)[0].T
            assert set(orders) == {order}
            first, last = np.flatnonzero((row > 0) & inside)[[0, -1]]
            np.testing.assert_allclose(heights, [*row[first : last + 1], 0, 0], rtol=1e-12)
            np.testing.assert_allclose(places[:-2], centres[first : last + 1], rtol=1e-12)
    assert axes[0].get_zlim() == axes[1].get_zlim()


def test_medians_and_perplexities_are_drawn_as_measured() -> None:
    found = data("repetition-penalty")
    (ax,) = (
        ax
        for ax in small("repetition-penalty").draw(found).axes
        if ax.get_title("center") == "with and without"
    )
    drawn = {(line.get_marker(), tuple(heights_of(line))) for line in ax.lines}
    assert drawn == {
        ({"with": "s", "without": "o"}[side], tuple(part["median"]))
        for by_side in found["histograms"].values()
        for side, part in by_side.items()
    }
    found = data("perplexity")
    for ax, by_way in zip(small("perplexity").draw(found).axes, ["0", "0.1"], strict=False):
        for way, marker in (("draws", "o"), ("beams", "s")):
            lines = [heights_of(line) for line in ax.lines if line.get_marker() == marker]
            assert lines == found["perplexities"][by_way][way]["real"]
