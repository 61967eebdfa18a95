"""Points read from words, and every way in which words can be wrong."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import points_of
from theory.claim import Claim, value_ball
from theory.claims import CLAIMS, find
from theory.domain import Value
from theory.errors import DomainError
from theory.point import check_one_size, example, parse_point, write_point

each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.code)


def third(*numbers: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(number) for number in numbers)


@pytest.mark.parametrize(
    ("code", "words", "point"),
    [
        ("A02", "M=10 n=3 H0=1/2", {"M": 10, "n": 3, "H0": Fraction(1, 2)}),
        ("A02", "H0=0.3 M=1e6 n=0", {"H0": Fraction(3, 10), "M": 10**6, "n": 0}),
        ("A02", "H_0=.5 samples=+7 generations=2", {"H0": Fraction(1, 2), "M": 7, "n": 2}),
        ("A02", "p=3/10", {"p": (Fraction(3, 10), Fraction(7, 10))}),
        ("A02", "p=0.5,3/10,2e-1", {"p": (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))}),
        ("A02", "p=.3 H0=.42", {"p": (Fraction(3, 10), Fraction(7, 10)), "H0": Fraction(21, 50)}),
        ("B39", "M=10,20,40", {"M": third(10, 20, 40), "n": 3}),
        ("B39", "n=2 M=10,20", {"n": 2, "M": third(10, 20)}),
        ("B39", "M=10", {"M": 10}),
        ("B39", "M=10 n=0 alpha=0.25", {"M": 10, "n": 0, "al": Fraction(1, 4)}),
        ("B01", "t=-1/3 M=5 estimator=mle", {"t": Fraction(-1, 3), "M": 5, "estimator": "mle"}),
        ("A38", "T=1/2 n=3", {"b": 2, "n": 3}),
        ("A33", "q=1/50 M=100 k=5", {"lambda": 2, "M": 100, "k": 5}),
        ("A12", "K=2 p=.3 M=10", {"p": (Fraction(3, 10), Fraction(7, 10)), "M": 10}),
        ("A28", "N0=6 c=3,2,1", {"c": third(3, 2, 1)}),
    ],
)
def test_words_become_a_point(code: str, words: str, point: dict[str, object]) -> None:
    assert parse_point(find(code), words.split()) == point


@pytest.mark.parametrize(
    ("code", "words", "message"),
    [
        ("B01", "M=1", "gaussian.variance-law: M = 1 lies outside M >= 2, an integer"),
        ("B01", "M=5/2", "gaussian.variance-law: M = 5/2 lies outside M >= 2, an integer"),
        ("B01", "M=10,20", "gaussian.variance-law: M = 10,20 lies outside M >= 2, an integer"),
        ("B01", "M=2 t=-1/2", "M = 2, t = -1/2 lies outside 1/2 - M/2 < t"),
        ("B01", "sigma=0", "gaussian.variance-law: sigma = 0 lies outside sigma > 0"),
        ("B01", "estimator=best", "estimator = best lies outside estimator in {unbiased, mle}"),
        ("A02", "M=ten", "M = ten lies outside M >= 1, an integer: 'ten' is not a number like"),
        ("A02", "M=", "M =  lies outside M >= 1, an integer: '' is not a number"),
        ("A02", "M=1/0", "M = 1/0 lies outside M >= 1, an integer: division by 0"),
        ("A02", "M=nan", "'nan' is not a number"),
        ("A02", "M=1_000", "'1_000' is not a number"),
        ("A02", "M=1e2000", "an exponent beyond 1000"),
        ("A02", "M=" + "1" * 1001, "more than 1000 characters in one number"),
        ("A02", "M=\u0663", "is not a number"),
        ("A02", "10", "discrete.diversity-decay: '10' is not of the form name=value"),
        ("A38", "T=0", "discrete.temperature: T = 0 lies outside T > 0"),
        ("A38", "T=2 b=1/2", "discrete.temperature: T and b say the same: give one"),
        ("A33", "q=1/50", "discrete.symbol-survival: q needs M"),
        ("A12", "K=3 p=1/2", "K = 3 lies outside K = 2, which follows from p = 1/2,1/2"),
        ("A12", "K=2", "discrete.diffusion-time-two: K needs p, which decides it"),
        ("A35", "T=2", "discrete.vocabulary-decay: no parameter 'T'; it has b, M, n"),
        ("A02", "x=1", "discrete.diversity-decay: no parameter 'x'; it has p, H0, M, n"),
        ("A02", "M=1 samples=2", "discrete.diversity-decay: M is given twice"),
        ("A02", "p=1/2,1/3", "p = 1/2,1/3 sums to 5/6, not 1"),
        ("A02", "p=3/2,-1/2", "p = 3/2,-1/2 lies outside p = p_1,...,p_K with p_i > 0"),
        ("A02", "p=1", "p = 1,0 lies outside p = p_1,...,p_K with p_i > 0"),
        ("A02", "p=1/2,,1/2", "'' is not a number"),
        ("A02", "p=1/2 H0=1/3", "H0 = 1/3 lies outside H0 = 1/2, which follows from p = 1/2,1/2"),
        ("A02", "H0=1", "H0 = 1 lies outside 0 <= H0 < 1"),
        ("A01", "p=1/2 i=3", "i = 3 lies outside 1 <= i <= K = 2"),
        ("A01", "p=1/2 i=0", "i = 0 lies outside i >= 1, an integer"),
        ("C04", "phi_0=1", "phi_0 = 1 lies outside 0 < phi_0 < 1, and phi_0 = d/T_0"),
        ("C04", "d=3 T_0=9 phi_0=1/2", "phi_0 = 1/2 lies outside phi_0 = d/T_0"),
        ("B39", "M=10,20 n=3", "n = 3 lies outside n = 2, the length of M = 10,20"),
        ("B39", "M=10,0", "M = 10,0 lies outside every M_i >= 1, an integer"),
    ],
)
def test_errors_name_claim_value_and_domain(code: str, words: str, message: str) -> None:
    claim = find(code)
    with pytest.raises(DomainError) as caught:
        parse_point(claim, words.split())
    assert str(caught.value).startswith(f"{claim.id}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_schedule_is_refused_by_a_law_of_one_size() -> None:
    claim = find("B39")
    uneven, even = (parse_point(claim, [word]) for word in ("M=10,20", "M=10,10"))
    check_one_size(claim, claim.quantity("replace"), uneven)
    check_one_size(claim, claim.quantity("accumulate"), even)
    with pytest.raises(DomainError, match=r"M = 10,20 lies outside the domain of accumulate"):
        check_one_size(claim, claim.quantity("accumulate"), uneven)


@each_claim
@given(data=st.data())
def test_a_point_survives_being_written(claim: Claim, data: st.DataObject) -> None:
    point = data.draw(points_of(claim.domain))
    words = [f"{name}={text}" for name, text in write_point(point).items()]
    assert parse_point(claim, words) == point


@given(st.sampled_from(CLAIMS), st.lists(st.text(max_size=12), max_size=3), st.data())
def test_any_words_give_a_point_or_one_line(
    claim: Claim, noise: list[str], data: st.DataObject
) -> None:
    names = [parameter.name for parameter in claim.domain.parameters]
    values = st.text(alphabet="0123456789/.,e-+x", max_size=10)
    words = [*noise, f"{data.draw(st.sampled_from(names))}={data.draw(values)}"]
    message, point = "", dict[str, Value]()
    try:
        point = parse_point(claim, words)
    except DomainError as error:
        message = str(error)
    claim.domain.check(claim.id, point)
    assert not message or message.startswith(f"{claim.id}: ")
    assert len(message.splitlines()) <= 1


@each_claim
def test_the_example_of_each_quantity_has_a_value(claim: Claim) -> None:
    for quantity in claim.quantities:
        words = [f"{name}={text}" for name, text in example(claim, quantity).items()]
        for estimator in quantity.laws():
            extra = [f"estimator={estimator}"] if len(quantity.laws()) > 1 else []
            point = parse_point(claim, [*words, *extra])
            assert value_ball(claim, quantity, point, 64).is_finite()
