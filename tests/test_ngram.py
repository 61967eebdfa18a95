"""n-gram models: smoothed laws that sum to 1, texts drawn from them, generation after generation.

The kernels are compared with `numerics.plain_ngram`: dictionaries and exact fractions.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from numerics import ngram, ngram_best, ngram_generations, ngram_law, ngram_text
from numerics.ngram import Model, Tokens
from numerics.ngram_generations import Recipe
from numerics.plain_ngram import PlainModel, beam_search, continued, kept, refitted
from numerics.streams import derive_key

SMOOTHINGS = ("kneser-ney", "add-k", "none")
K = Fraction(1, 4)
#: a b a b a c, the example worked by hand below.
HAND = [[0, 1, 0, 1, 0, 2]]
#: Chances of a false alarm below 1e-6 for each comparison of a frequency.
SIGMAS = 5.0


@st.composite
def texts(draw: st.DrawFn) -> tuple[list[list[int]], int, int]:
    """A text, the size of its vocabulary, and an order."""
    vocabulary, order = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    length = draw(st.integers(order, 7))
    sequence = st.lists(st.integers(0, vocabulary - 1), min_size=length, max_size=length)
    return draw(st.lists(sequence, min_size=1, max_size=5)), vocabulary, order


def fitted(text: list[list[int]], vocabulary: int, order: int, smoothing: str) -> Model:
    counts = ngram.count(np.array(text), vocabulary, order)
    if smoothing == "add-k":
        return ngram.add_constant(counts, float(K))
    return ngram.kneser_ney(counts) if smoothing == "kneser-ney" else ngram.unsmoothed(counts)


def plain(text: list[list[int]], vocabulary: int, order: int, smoothing: str) -> PlainModel:
    return PlainModel(text, vocabulary, order, smoothing, K if smoothing == "add-k" else Fraction())


def law(model: Model, context: tuple[int, ...]) -> list[float]:
    """The kernel's law of the next token."""
    text = np.array([[*context, word] for word in range(model.vocabulary)])
    return [float(p) for p in ngram_law.probabilities(model, text)[:, -1]]


def grams(text: Tokens, length: int) -> set[tuple[int, ...]]:
    places = range(text.shape[1] - length + 1)
    return {tuple(row[at : at + length]) for row in text.tolist() for at in places}


# -------------------------------------------------------------------- known answers


def test_kneser_ney_by_hand() -> None:
    # Left neighbours: a has the start and b, b has a, c has a: weights 2, 1, 1 of sum 4, two ones
    # and one two, so D = 2/4. Pairs: ab 2, ba 2, ac 1: one one and two twos, so D = 1/5.
    model = PlainModel(HAND, 3, 2)
    assert model.discounts() == [Fraction(1, 2), Fraction(1, 5)]
    one = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    after_a = [Fraction(1, 15), Fraction(19, 30), Fraction(3, 10)]
    after_b = [Fraction(19, 20), Fraction(1, 40), Fraction(1, 40)]
    assert [model.law(()), model.law((0,)), model.law((1,)), model.law((2,))] == [
        one, after_a, after_b, one,
    ]  # fmt: skip
    kernel = fitted(HAND, 3, 2, "kneser-ney")
    assert kernel.discount.tolist() == [0.5, 0.2]
    for context, wanted in (((), one), ((0,), after_a), ((1,), after_b), ((2,), one)):
        np.testing.assert_allclose(law(kernel, context), [*map(float, wanted)], rtol=1e-14)


def test_add_k_and_maximum_likelihood_by_hand() -> None:
    added = PlainModel(HAND, 3, 2, "add-k", Fraction(1))
    assert added.law((0,)) == [Fraction(1, 6), Fraction(1, 2), Fraction(1, 3)]
    assert added.law((2,)) == [Fraction(1, 3)] * 3  # never followed: all words alike
    likely = PlainModel(HAND, 3, 2, "none")
    assert likely.law((0,)) == [0, Fraction(2, 3), Fraction(1, 3)]
    assert likely.law((2,)) == [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
    kernel = ngram.add_constant(ngram.count(np.array(HAND), 3, 2), 1.0)
    np.testing.assert_allclose(law(kernel, (0,)), [1 / 6, 1 / 2, 1 / 3], rtol=1e-14)


def test_counts_of_a_text() -> None:
    text = np.array([[0, 1, 0, 1], [1, 1, 0, 2]])
    counts = ngram.count(text, 3, 3)
    assert ngram.types(counts).tolist() == [len(grams(text, m)) for m in (1, 2, 3)]
    assert counts.occurrences[:4].tolist() == [8, 3, 4, 1]
    assert counts.left[1:4].tolist() == [2, 3, 1]  # a: start, b; b: a, start, b; c: a
    later = ngram.count(np.array([[0, 1, 0, 1]]), 3, 3)
    assert ngram.surviving(counts, later).tolist() == [2, 2, 2]
    assert ngram.surviving(later, counts).tolist() == ngram.types(later).tolist()


# --------------------------------------------------------------------------- laws


@example(([[0, 0, 0]], 1, 3))
@example(([[0, 1, 2]], 3, 2))
@given(texts())
def test_every_law_is_exact_and_sums_to_one(made: tuple[list[list[int]], int, int]) -> None:
    text, vocabulary, order = made
    for smoothing in SMOOTHINGS:
        exact, kernel = plain(*made, smoothing), fitted(*made, smoothing)
        seen = {row[at : at + order - 1] for row in map(tuple, text) for at in range(len(row))}
        for context in sorted({*seen, (vocabulary - 1,) * (order - 1)})[:6]:
            wanted = exact.law(context)
            assert sum(wanted) == 1
            assert min(wanted) >= 0
            np.testing.assert_allclose(law(kernel, context), [*map(float, wanted)], atol=1e-14)


def test_surprise_is_the_mean_logarithm() -> None:
    model, exact = fitted(HAND, 3, 2, "kneser-ney"), PlainModel(HAND, 3, 2)
    sequence = [2, 0, 1]
    wanted = -sum(np.log(float(exact.law(sequence[:i])[w])) for i, w in enumerate(sequence)) / 3
    assert ngram_law.surprise(model, np.array([sequence]))[0] == pytest.approx(wanted, rel=1e-14)
    likely = fitted(HAND, 3, 2, "none")
    assert ngram_law.surprise(likely, np.array([[1, 1]]))[0] == np.inf


@settings(max_examples=20)
@given(texts())
def test_best_words(made: tuple[list[list[int]], int, int]) -> None:
    text, vocabulary, order = made
    kernel, exact = fitted(*made, "kneser-ney"), plain(*made, "kneser-ney")
    words, values = ngram_best.best_words(kernel, 3)
    counts = ngram.count(np.array(text), vocabulary, order)
    context: dict[int, tuple[int, ...]] = {0: ()}
    for node in range(int(counts.levels[order])):
        for place in range(counts.begin[node], counts.begin[node + 1]):
            context[place] = (*context[node], int(counts.words[place]))
        wanted = exact.law(context[node])
        listed = [word for word in words[node].tolist() if word >= 0]
        assert len(set(listed)) == min(3, vocabulary)
        chances = sorted(map(float, wanted), reverse=True)[:3]
        np.testing.assert_allclose(values[node, : len(chances)], chances, atol=1e-14)
        np.testing.assert_allclose([float(wanted[w]) for w in listed], chances, atol=1e-14)


# -------------------------------------------------------------------------- texts


@settings(max_examples=20)
@given(texts())
def test_texts_are_those_of_the_plain_twin(made: tuple[list[list[int]], int, int]) -> None:
    text, key = made[0], 2**64 - 1
    for smoothing in SMOOTHINGS:
        found = ngram_text.generate(fitted(*made, smoothing), np.array(text), 6, key)
        exact = plain(*made, smoothing)
        assert found.tolist() == [continued(exact, row, 6, key, s) for s, row in enumerate(text)]


def test_a_text_in_pieces_is_the_same() -> None:
    text = np.random.default_rng(1).integers(0, 5, (40, 8))
    model = ngram.kneser_ney(ngram.count(text, 5, 3))
    for temperature in (1.0, 0.5):
        whole = ngram_text.generate(model, text, 8, 7, temperature=temperature)
        for rows in (np.arange(3, 20), np.array([39, 0, 5])):
            part = ngram_text.generate(model, text[rows], 8, 7, rows, temperature)
            np.testing.assert_array_equal(part, whole[rows])
        other = ngram_text.generate(model, text, 8, 8, temperature=temperature)
        assert (other != whole).any()


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("power", [1, 3])
def test_words_are_drawn_from_the_law(smoothing: str, power: int) -> None:
    text = [[0, 1, 0, 1, 0, 2, 3], [1, 1, 2, 0, 1, 3, 3]]
    draws, context = 40_000, (0, 1)
    model = fitted(text, 5, 3, smoothing)
    prompts = np.tile(np.array(context), (draws, 1))
    words = ngram_text.generate(model, prompts, 1, 11, temperature=1 / power)[:, 0]
    sharp = [chance**power for chance in plain(text, 5, 3, smoothing).law(context)]
    for word, chance in enumerate(sharp):
        p = float(chance / sum(sharp))
        spread = SIGMAS * np.sqrt(p * (1 - p) / draws)
        assert abs((words == word).mean() - p) <= spread + 20 / draws * (p > 0)


@settings(max_examples=15)
@given(texts())
def test_beam_search(made: tuple[list[list[int]], int, int]) -> None:
    text, vocabulary, _ = made
    exact, prompt = plain(*made, "kneser-ney"), tuple(text[0])

    def chance(path: list[int]) -> Fraction:
        return math.prod(
            (exact.law((*prompt, *path[:i]))[word] for i, word in enumerate(path)),
            start=Fraction(1),
        )

    kernel = fitted(*made, "kneser-ney")
    for beams in (1, 100):
        (path,) = ngram_best.search(kernel, np.array(text[:1]), 2, beams).tolist()
        if beams == 100:  # nothing is left out
            best = max(chance([*p]) for p in itertools.product(range(vocabulary), repeat=2))
            assert float(chance(path)) == pytest.approx(float(best), rel=1e-12)
        else:
            assert float(chance(path)) > 0
            first = exact.law(prompt)
            assert float(first[path[0]]) == pytest.approx(float(max(first)), rel=1e-12)


def test_beams_are_those_of_the_plain_twin() -> None:
    text = np.random.default_rng(3).integers(0, 6, (12, 12)).tolist()
    exact, kernel = PlainModel(text, 6, 3), fitted(text, 6, 3, "kneser-ney")
    found = ngram_best.search(kernel, np.array(text), 4, 3).tolist()
    wanted = [list(beam_search(exact, prompt, 4, 3)[0][1]) for prompt in text]
    assert found == wanted
    # The best path is not always the one that began best.
    greedy = ngram_best.search(kernel, np.array(text), 1, 1)[:, 0].tolist()
    assert [path[0] for path in found] != greedy


# -------------------------------------------------------------------- generations


def test_generations_are_those_of_the_plain_twin() -> None:
    rng = np.random.default_rng(2)
    train, test = rng.binomial(6, 0.5, (12, 6)), rng.integers(0, 7, (4, 6))
    recipe, key = Recipe(order=3, keep=0.25), 99
    run = ngram_generations.simulate(train, test, 7, recipe, (1, 3), key, 0, 2)
    original = ngram.kneser_ney(ngram.count(train, 7, 3))
    for replicate in range(2):
        made = refitted(train.tolist(), 7, 3, 3, 3, key, replicate)
        for place, generation in enumerate((1, 3)):
            text = np.array(made[generation - 1])
            both = [len(grams(text, m) & grams(train, m)) for m in (1, 2, 3)]
            assert run.surviving[replicate, place].tolist() == both
            rare = [word for (word,) in grams(text, 1) if (train == word).sum() == 1]
            often = [word for (word,) in grams(text, 1) if (train == word).sum() >= 10]
            assert run.rare[replicate, place].tolist() == [len(rare), len(often)]
            types = [len(grams(text, m)) for m in (1, 2, 3)]
            assert run.types[replicate, place].tolist() == types
            stream = derive_key("ngram", key, replicate, generation)
            real = kept(12, 3, stream)
            np.testing.assert_array_equal(text[real], train[real])
            own = np.delete(text, real, axis=0)
            wanted = ngram_law.surprise(original, own)
            np.testing.assert_array_equal(run.generated[replicate, place], wanted)
            model = ngram.kneser_ney(ngram.count(text, 7, 3))
            assert run.real[replicate, place] == ngram_law.surprise(model, test).mean()


def test_kept_sequences_are_a_uniform_subset() -> None:
    drawn = [tuple(ngram_generations.kept_sequences(5, 2, key).tolist()) for key in range(5000)]
    assert drawn[:50] == [tuple(kept(5, 2, key)) for key in range(50)]
    assert set(drawn) == set(itertools.combinations(range(5), 2))
    for pair in set(drawn):
        assert abs(drawn.count(pair) / 5000 - 0.1) < SIGMAS * np.sqrt(0.09 / 5000)
    assert ngram_generations.kept_size(Recipe(keep=0.1), 1718) == 172
    assert ngram_generations.kept_size(Recipe(keep=0.25), 10) == 3  # a half is rounded up


def test_replicates_do_not_depend_on_their_split() -> None:
    rng = np.random.default_rng(4)
    train, test = rng.integers(0, 9, (30, 8)), rng.integers(0, 9, (3, 8))
    for recipe in (
        Recipe(keep=0.1),
        Recipe(2, "add-k", temperature=0.5),
        Recipe(keep=0.1, beams=2),
    ):
        whole = ngram_generations.simulate(train, test, 9, recipe, (1, 2), 5, 0, 3)
        parts = [
            ngram_generations.simulate(train, test, 9, recipe, (1, 2), 5, r, r + 1)
            for r in range(3)
        ]
        for at, column in enumerate(whole):
            np.testing.assert_array_equal(column, np.concatenate([part[at] for part in parts]))
        assert (whole.real[0] != whole.real[1]).all()


def test_without_smoothing_no_word_comes_back() -> None:
    rng = np.random.default_rng(5)
    train, test = rng.integers(0, 200, (30, 8)), rng.integers(0, 200, (3, 8))
    recipe = Recipe(order=1, unsmoothed=True)
    run = ngram_generations.simulate(train, test, 200, recipe, tuple(range(1, 8)), 5, 0, 3)
    np.testing.assert_array_equal(run.types, run.surviving)
    assert (np.diff(run.types, axis=1) <= 0).all()
    assert (run.types[:, -1] < run.types[:, 0]).all()


# ----------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (Recipe(order=6), "order = 6 lies outside 1..5"),
        (Recipe(order=5), "sequences of 5 tokens are needed"),
        (Recipe(smoothing="good-turing"), "good-turing is neither"),  # type: ignore[arg-type]
        (Recipe(smoothing="add-k", added=0.0), "added = 0.0 lies outside"),
        (Recipe(keep=1.0), "keep = 1.0 lies outside"),
        (Recipe(keep=0.9), "keeps all of the 3"),
        (Recipe(temperature=1.5), "temperature = 1.5 lies outside"),
        (Recipe(beams=101), "beams = 101 lies outside"),
    ],
)
def test_refusals(recipe: Recipe, message: str) -> None:
    train = np.zeros((3, 4), np.int64)
    with pytest.raises(ValueError, match=message):
        ngram_generations.simulate(train, train, 2, recipe, (1,), 0, 0, 1)


def test_other_refusals() -> None:
    text = np.array([[0, 1, 2]])
    for vocabulary in (0, 2, 2**32):
        with pytest.raises(ValueError, match="outside"):
            ngram.count(text, vocabulary, 2)
    model = ngram.kneser_ney(ngram.count(text, 3, 3))
    with pytest.raises(ValueError, match="2 tokens are needed"):
        ngram_text.generate(model, text[:, :1], 1, 0)
    with pytest.raises(ValueError, match="is not 2 numbers"):
        ngram.kneser_ney(ngram.count(text, 3, 2), np.array([0.5, 1.5]))
