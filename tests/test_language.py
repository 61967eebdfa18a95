"""Rows, running texts, tables and short contexts: special cases, limits, and broken formulas."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise, product

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from numerics import memory, rows, rows_exact, running_text
from numerics.plain_rows import rows_by_words
from numerics.streams import derive_key
from proofs.cases import case_of
from proofs.language import rows as row_evidence
from proofs.language import running_text as text_evidence
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory import inverse_count
from theory.claims import find
from theory.domain import Value, gini_simpson
from theory.evaluate import ball, exact, fraction
from theory.inverse_count import InverseCount
from theory.language import running_text as text_theory

Point = Mapping[str, Value]
ROW, TEXT, TYPES, PART, MEMORY = map(find, ("E01", "E02", "E03", "E04", "F03"))
KEY = derive_key("test", "language", "rows")
NEVER = (Fraction(1), Fraction(0))
CHANCES = st.fractions(0, 1, max_denominator=30).filter(lambda chance: 0 < chance < 1)


def value(code: str, name: str, point: Point, **changed: Value) -> Fraction:
    claim = find(code)
    return fraction(exact(*claim.law_at(claim.quantity(name), {**point, **changed})))


def nats(name: str, point: Point) -> arb:
    return ball(*MEMORY.law_at(MEMORY.quantity(name), point), 160)


def number(point: Point, name: str) -> Fraction:
    entry = point[name]
    assert isinstance(entry, Fraction)
    return entry


# --- rows ----------------------------------------------------------------------------------------


@given(point=points_of(ROW.domain, spread=30))
def test_a_row_loses_less_than_at_the_mean_count_where_it_is_often_seen(point: Point) -> None:
    p, size = number(point, "p"), number(point, "M")
    lost, seen = value("E01", "J", point), 1 - (1 - p) ** int(size)
    assert lost == rows_exact.inverse_mean(p, int(size))
    assert seen**2 / (size * p) <= lost <= seen  # Jensen, and 1/X <= 1
    assert value("E01", "seen-factor", point) == 1 - lost / seen
    whole = {**point, "p": Fraction(1)}
    table = {"H0": point["H_row0"], "M": size, "n": point["n"]}
    assert value("E01", "row-diversity", whole) == value("A02", "diversity", table)


@given(point=points_of(ROW.domain, spread=30))
def test_one_generation_weighs_seen_rows_by_their_draws(point: Point) -> None:
    """E[X] = M p of the draws, of which a seen row loses one: E01 and E04 by the same count."""
    p, size, start = (number(point, name) for name in ("p", "M", "H_row0"))
    part = value("E04", "row", {"p_a": p, "H_a": start, "M": size})
    assert part == start * (p - (1 - (1 - p) ** int(size)) / size)
    assert part <= p * start * (1 - 1 / size)
    assert (part == p * start * (1 - 1 / size)) == (p == 1 or size == 1 or start == 0)


@given(st.integers(1, 400), CHANCES)
def test_both_sums_give_the_mean_inverse_count(samples: int, p: Fraction) -> None:
    found = InverseCount.exact_value(fmpq(samples), _fmpq(p))
    chance = arb(_fmpq(p))
    for way in (inverse_count._over_misses, inverse_count._over_counts):
        mean = way(samples, chance, 1 - chance)
        assert mean.contains(found) or mean.overlaps(arb(found))
        assert mean.rel_accuracy_bits() > ctx.prec - 20


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any),
    st.floats(0.01, 1.0),
    st.integers(1, 60),
    st.sets(st.integers(1, 12), min_size=1, max_size=3).map(sorted),
)
def test_row_kernel_equals_its_plain_twin(
    weights: list[int], chance: float, samples: int, record: list[int]
) -> None:
    law = [weight / sum(weights) for weight in weights]
    run = rows.simulate(law, chance, samples, tuple(record), KEY, 3, 9)
    twin = rows_by_words(law, chance, samples, tuple(record), KEY, 3, 9)
    assert all((one == two).all() for one, two in zip(run, twin, strict=True))
    alone = rows.simulate(law, chance, samples, tuple(record), KEY, 5, 6)
    assert all((one[2:3] == two).all() for one, two in zip(run, alone, strict=True))


# --- running text --------------------------------------------------------------------------------


@given(ab=CHANCES, ba=CHANCES, first=CHANCES, places=st.integers(3, 8))
def test_rows_of_a_running_text_are_biased_upward(
    ab: Fraction, ba: Fraction, first: Fraction, places: int
) -> None:
    """From three places on, for every chain of two values that moves both ways."""
    point = {"p_ab": ab, "p_ba": ba, "p_a": first, "L": Fraction(places)}
    mean = value("E02", "fitted", point)
    table = ((1 - ab, ab), (ba, 1 - ba))
    assert mean == running_text.fitted_chance((first, 1 - first), table, places, 0, 1)
    assert mean > ab
    assert value("E02", "fitted", point, L=Fraction(2)) == ab
    fair = {**point, "p_ba": 1 - ab, "p_a": 1 - ab}
    assert value("E02", "fitted", fair) - ab == value("E02", "independent-bias", fair) > 0


def test_no_shorter_and_no_simpler_counterexample() -> None:
    """Two places show no bias, three the bias p(1-p) / (2 (1+p)) of independent places."""
    for chance in (Fraction(1, 2), Fraction(1, 3), Fraction(9, 10)):
        bias = value("E02", "independent-bias", {"p_ab": chance, "L": Fraction(3)})
        assert bias == chance * (1 - chance) / (2 * (1 + chance))
        assert value("E02", "independent-bias", {"p_ab": chance, "L": Fraction(2)}) == 0


@pytest.mark.parametrize("name", sorted(text_evidence.CHAINS))
def test_bias_has_order_one_over_the_places(name: str) -> None:
    """p (1-p) / (p_ba L) for two values: measured on texts of 400 and 800 places."""
    first, table = text_evidence.CHAINS[name]
    ab, ba = table[0][1], table[1][0] or Fraction(1, 3)
    claim = TEXT.quantity("fitted")
    gaps = []
    for places in (400, 800):
        point = {"p_ab": ab, "p_ba": ba, "p_a": first[0], "L": Fraction(places)}
        gap = ball(*TEXT.law_at(claim, point), 160) - arb(_fmpq(ab))
        gaps.append(float(gap * places * arb(_fmpq(ba / (ab * (1 - ab))))))
    assert abs(gaps[0] - 1) < 0.05
    assert abs(gaps[1] - 1) < 0.6 * abs(gaps[0] - 1)


# --- tables --------------------------------------------------------------------------------------


@given(point=points_of(TYPES.domain, spread=12))
def test_a_table_of_one_context_or_of_one_pair_a_context(point: Point) -> None:
    law = point["p"]
    assert isinstance(law, tuple)
    start = gini_simpson(law)
    joint = value("E03", "joint-diversity", point)
    assert value("E03", "context-diversity", point, V=Fraction(1)) == joint
    assert value("E03", "context-diversity", point) <= joint
    assert value("E03", "types", point, n=Fraction(0)) == len(law)
    after = {key: point[key] for key in ("p", "M", "n")}
    if point["n"]:
        assert value("E03", "types", point) == value("A15", "survivors", after)
    assert joint == start * (1 - 1 / number(point, "M")) ** int(number(point, "n"))


@given(point=points_of(PART.domain, spread=12))
def test_conditional_diversity_adds_up_over_contexts(point: Point) -> None:
    law, width = point["pairs"], int(number(point, "V"))
    assert isinstance(law, tuple)
    total = Fraction(0)
    for first in range(0, len(law), width):
        share = sum(law[first : first + width], Fraction(0))
        row = [entry / share for entry in law[first : first + width]]
        here = {"p_a": share, "H_a": gini_simpson(tuple(row)), "M": point["M"]}
        total += value("E04", "row", here)
    assert total == value("E04", "conditional", point)


# --- short contexts ------------------------------------------------------------------------------


@given(point=points_of(MEMORY.domain, spread=5))
def test_a_longer_context_is_never_worse(point: Point) -> None:
    here = {key: number(point, key) for key in ("p00", "p01", "p10", "p11")}
    one, none = nats("order-1", here), nats("order-0", here)
    tiny = arb(0, 1e-30)
    assert one > 0 or (one + tiny).contains(arb(0))
    assert none > one or (none - one + tiny).contains(arb(0))
    lumped = {**here, "p10": here["p00"], "p11": here["p01"]}
    assert value("F03", "order-1", lumped) == 0


@pytest.mark.parametrize("letters", [2, 3])
def test_an_order_k_fit_loses_the_conditional_mutual_information(letters: int) -> None:
    """Any letters: the divergence from the fit is a difference of entropies, and 0 from k = 2."""
    source = {
        context: tuple(
            Fraction(1 + (3 * x + 5 * context[0] + 7 * context[1] * (x + 1)) % 11, 1)
            for x in range(letters)
        )
        for context in product(range(letters), repeat=2)
    }
    model = {context: [w / sum(row) for w in row] for context, row in source.items()}
    for order in (0, 1):
        fit = memory.fit(model, order)
        assert memory.fit(fit, order) == fit
        gap = memory.entropy_rate(model, order) - memory.entropy_rate(model, 3)
        found = memory.divergence_per_letter(model, fit, 2)
        assert found.overlaps(gap)
        assert found > 1e-6
    assert memory.fit(model, 2) == model


# --- the court turns red -------------------------------------------------------------------------


def test_a_row_that_forgets_unseen_generations_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    true = rows_exact.fitted_rows

    def seen_only(row, chance, samples):  # type: ignore[no-untyped-def]
        found = [(counts, w) for counts, w in true(row, chance, samples) if sum(counts)]
        total = sum(weight for _, weight in found)
        yield from ((counts, weight / total) for counts, weight in found)

    monkeypatch.setattr(rows_exact, "fitted_rows", seen_only)
    finding = Run(quick=True).judge(case_of(ROW))
    assert Outcome.REFUTED in finding.outcomes()


def test_a_text_that_visits_its_last_place_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_the_last(text: tuple[int, ...], a: int, b: int) -> tuple[int, int]:
        return sum(pair == (a, b) for pair in pairwise(text)), text.count(a)

    monkeypatch.setattr(running_text, "_counts", with_the_last)
    finding = Run(quick=True).judge(case_of(TEXT))
    refuted = {check.quantity for check in finding.refutations()}
    assert refuted == {quantity.name for quantity in TEXT.quantities}


def test_a_wrong_node_breaks_the_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    true = text_theory._fitted
    monkeypatch.setattr(text_theory, "_fitted", lambda *arguments: true(*arguments) + 1)
    finding = Run(quick=True).judge(case_of(TEXT))
    assert not finding.derived
    assert Outcome.REFUTED in finding.outcomes()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rows.simulate([0.5, 0.5], 0.0, 5, (1,), KEY, 0, 1), "chance = 0.0 lies outside"),
        (lambda: rows_exact.inverse_mean(Fraction(1, 2), 0), "samples = 0 lies outside"),
        (lambda: memory.fit({(): (Fraction(1, 2),) * 2}, -1), "order = -1 lies outside"),
        (lambda: memory.words({(0,): NEVER, (1,): NEVER}, 2), "needs positive chances"),
        (lambda: memory.words({(0,): NEVER[:1]}, 0), "length = 0 lies outside length >= 1"),
    ],
    ids=["chance", "samples", "order", "row", "length"],
)
def test_bad_input_is_named(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        call()


def test_rows_of_one_diversity_fall_alike() -> None:
    """Only the diversity of the row matters: two rows of diversity 4/9."""
    third = Fraction(1, 3)
    pair = ((third, 1 - third), (third, 1 - third, Fraction(0)))
    one, two = (rows_exact.mean_diversities(row, Fraction(1, 4), 3, 2) for row in pair)
    assert one == two
    assert row_evidence.ROWS[gini_simpson(pair[0])] == pair[0]
