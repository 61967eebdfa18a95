"""`collapse value` as a user meets it, and its digits against mpmath, which shares no code."""

import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
import sympy as sp
from flint import fmpq

from proofs.commands.value import LONGEST_EXACT, evaluate
from tests.mpmath_reference import reference
from theory import symbols as s
from theory.claim import Claim, Quantity
from theory.claims import CLAIMS
from theory.domain import Point
from theory.entropy_drop import Alive, EntropyDrop
from theory.errors import DomainError
from theory.evaluate import environment, fraction
from theory.families.within import Within
from theory.gamma_product import (
    LogProductAbove,
    LogProductBelow,
    LogProductDensity,
    LogProductQuantile,
)
from theory.lineage_times import AgreementTime, LastPair, MeetingTime
from theory.lineages import LineagePower
from theory.point import check_one_size, example, parse_point

Run = Callable[..., tuple[int, str, str]]

#: Functions whose twin convolves so many laws as there are generations.
CONVOLVED = (LogProductDensity, LogProductBelow, LogProductAbove, LogProductQuantile)
#: Working digits of mpmath: enough for what cancels at the points below.
WORKING_DIGITS = 400


#: Codes of claims whose first quantity is not the one that the words below suffice for.
NOTED = ("A16", "A17")

# --- what is printed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("A02 p=1/2,3/10,1/5 M=10 n=3", ["22599/50000", "0.45198000000000000"]),
        ("discrete.diversity-decay p=.3 M=10 n=3 --digits 2", ["15309/50000", "0.31"]),
        ("A02 H0=1/2 M=1 n=1", ["0", "0"]),
        ("B39 M=10,20,40", ["6669/8000", "0.83362500000000000"]),
        ("B39:replace M=10,20,40 --digits 1", ["6669/8000", "0.8"]),
        ("B39:accumulate M=2,2 --digits 5", ["7/16", "0.43750"]),
        ("B03 M=2 n=0", ["1", "1.0000000000000000"]),
        ("B03 M=1000000 n=100000 --digits 30", ["0.975309887645564853734830682504"]),
        ("B02 M=10 n=1 estimator=mle", ["9/10", "0.90000000000000000"]),
        ("B39 M=2 n=4000000 --digits 5", ["1.0407e-1204120"]),
        # No quantity named: the first that the point suffices for.
        ("A17 q=1/20", ["19/20", "0.95000000000000000"]),
        ("A16 p=1/2,1/2 M=3", ["1/8", "0.12500000000000000"]),
        ("B25 M=3 d=5", ["2", "2.0000000000000000"]),
        ("B25 M=30 r=2 d=5", ["2", "2.0000000000000000"]),
        ("B44 M=5,1", ["6/5", "1.2000000000000000"]),
        ("B44 M=1 n=1", ["1", "1.0000000000000000"]),
        ("B41 M=1 n=3", ["2", "2.0000000000000000"]),
        ("B34:variance-limit n_r=2 n_s=3 lam=0 s_r2=1", ["2/5", "0.40000000000000000"]),
        ("B28 m=1 v=4 kap=3/4 --digits 2", ["3", "3.0"]),
        ("B05:cdf M=2 n=1 x=1e-300 --digits 9", ["7.97884561e-151"]),
    ],
)
def test_lines(words: str, lines: list[str], collapse: Run) -> None:
    code, out, err = collapse("value", *words.split())
    assert (code, out.splitlines(), err.count("\n")) == (0, lines, words[:3] in NOTED)


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("A17 q=1/20", "this is limit, the same probability as n grows; lost needs M ("),
        (
            "B28 M=10 n=5 s1=9/10",
            "this is risk, mean squared W2 distance from the fitted normal law",
        ),
        ("B28 M=10 n=5 s1=9/10", "; distance needs m (mean of the normal law; m real), v ("),
        ("B25 M=3 d=5 n=2", "this is mean-log, mean of ln of the product of the nonzero eigenva"),
        ("B25 M=3 d=5 n=2", "; for rank give B25:rank"),
        ("B25 M=3 d=5 r=3 n=2", "almost surely, without n; for mean-log give B25:mean-log"),
        ("B20 M=5 n=2 k=2 d=3", ", without d; for determinant give B20:determinant"),
    ],
)
def test_a_quantity_that_was_not_named_is_said(words: str, note: str, collapse: Run) -> None:
    code, out, err = collapse("value", *words.split())
    assert (code, err.count("\n")) == (0, 1)
    assert note in err
    claim, *rest = words.split()
    name = err.split()[3].strip(",")
    assert collapse("value", f"{claim}:{name}", *rest) == (0, out, "")


def test_the_rational_is_printed_up_to_a_thousand_digits(collapse: Run) -> None:
    def lines(n: int) -> list[str]:
        return collapse("value", "A02", "H0=1/2", "M=10", f"n={n}")[1].splitlines()

    # 9^n / (2 10^n): n + 1 digits below, and about 0.954 n above.
    at_most = max(n for n in range(1200) if len(str(9**n)) + len(str(2 * 10**n)) <= LONGEST_EXACT)
    exact, _ = lines(at_most)
    assert len(exact) - 1 == LONGEST_EXACT
    assert Fraction(exact) == Fraction(9, 10) ** at_most / 2
    assert len(lines(at_most + 1)) == 1


def test_json(tmp_path: Path, collapse: Run) -> None:
    words = ["value", "A02", "p=0.3", "samples=10", "n=3", "--digits", "5", "--json"]
    target = tmp_path / "value.json"
    code, out, _ = collapse(*words, str(target))
    assert (code, out) == (0, "15309/50000\n0.30618\n")
    code, out, _ = collapse(*words, "-")
    assert code == 0
    assert json.loads(out) == json.loads(target.read_text()) == {
        "code": "A02",
        "quantity": "diversity",
        "point": {"p": "3/10,7/10", "M": "10", "n": "3"},
        "exact": "15309/50000",
        "decimal": "0.30618",
        "digits": 5,
    }  # fmt: skip


def test_json_of_what_is_not_rational(collapse: Run) -> None:
    record = json.loads(collapse("value", "B03", "M=3", "n=1", "--json", "-")[1])
    assert record["exact"] is None
    assert record["decimal"] == "0.88622692545275801"  # sqrt(pi)/2


def test_a_long_schedule_is_written_in_full(collapse: Run) -> None:
    sizes = ",".join(map(str, range(2, 40)))
    record = json.loads(collapse("value", "B39", f"M={sizes}", "--json", "-")[1])
    assert record["point"] == {"M": sizes, "n": "38"}
    assert record["exact"] == "1/39"


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("A99", "unknown claim 'A99'; nearest: "),
        ("A02:entropy M=2", "discrete.diversity-decay: no quantity 'entropy'; it has diversity"),
        ("A02: M=2", "discrete.diversity-decay: no quantity ''; it has diversity"),
        ("A02 M=10 n=1", "diversity needs H0"),
        ("A02 H0=1/2 M=10", "diversity needs n (generations; n >= 0, an integer)"),
        ("B01 M=1 n=1 t=1", "gaussian.variance-law: M = 1 lies outside M >= 2, an integer"),
        ("B03 M=10 n=1 --digits 0", "--digits 0 lies outside 1 <= digits <= 10000"),
        ("B03 M=10 n=1 --digits 10001", "--digits 10001 lies outside 1 <= digits <= 10000"),
        ("B03 M=10 n=1 --digits many", "--digits"),
        ("B21 M=5 n=2", "zonal needs kappa (partition that the zonal polynomial belongs to; "),
        ("B20 M=5 n=2 k=3 d=2", "lies outside k <= d"),
        ("B28 M=10", "risk needs n (generations; n >= 1, an integer), s1 ("),
        ("B38 k=1/2 n=1 m=1", "k = 1/2, n = 1, m = 1 lies outside k = n/m"),
        ("B44 M=1 n=2", "M = 1, n = 2 lies outside every M_i >= 2, but for the last"),
        ("B44:risk M=5,1", "mean-walks-away: risk: M = 5,1, n = 2 lies outside every M_i >= 2"),
        ("B24 M=5 d=1", "d = 1 lies outside d >= 2"),
        ("B39:accumulate M=10,20", "M = 10,20 lies outside the domain of accumulate"),
        (
            "B39:accumulate M=10 n=1000000000",
            "pairs.coalescence: accumulate is not computed at M = 10, n = 1000000000: a product "
            "of 1000000000 terms takes too long",
        ),
        ("B03 M=10 n=1e40", "is not computed at M = 10, n = 1"),
        ("A02 H0=1/2 M=10 n=1 --json /nowhere/value.json", "No such file or directory"),
    ],
)
def test_bad_input_is_refused_in_one_line(words: str, message: str, collapse: Run) -> None:
    code, out, err = collapse("value", *words.split())
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1


def test_as_a_process() -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "proofs", "value", *words],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    good = run("A02", "p=1/2,1/2", "M=2", "n=1")
    assert (good.returncode, good.stdout, good.stderr) == (0, "1/4\n0.25000000000000000\n", "")
    bad = run("A02", "p=1/2,1/3", "M=2", "n=1")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("collapse: discrete.diversity-decay: p = 1/2,1/3 sums to 5/6")


# --- every law against mpmath --------------------------------------------------------------------


def places(claim: Claim, quantity: Quantity) -> list[Point]:
    """Return the points to look at: an ordinary one, and its variants that lie in the domain."""
    words = example(claim, quantity)
    variants: list[dict[str, str]] = [{}, {"M": "2"}, {"M": "1000000"}, {"n": "0"}, {"n": "1"}]
    if not quantity.law.atoms(sp.Sum, sp.Product, LineagePower, *CONVOLVED):
        variants += [{"n": "100000"}, {"M": "1000000", "n": "100000"}]
    variants.append({"M": "10,20,40", "n": "3"})
    found: list[Point] = []
    for variant in variants:
        if not set(variant) <= set(words) or _too_many_lineages(quantity, variant):
            continue
        try:
            chosen = {**words, **variant}
            point = parse_point(claim, [f"{name}={text}" for name, text in chosen.items()])
            claim.law_at(quantity, point)
            check_one_size(claim, quantity, point)
        except DomainError:
            continue
        found.append(point)
    return found


def _too_many_lineages(quantity: Quantity, variant: dict[str, str]) -> bool:
    kinds = (LineagePower, AgreementTime, MeetingTime, LastPair, EntropyDrop, Alive, Within)
    if variant.get("M") == "1000000" and quantity.law.has(LogProductQuantile):
        return True  # where incomplete gamma functions of mpmath do not converge
    lineages = quantity.law.atoms(*kinds)
    return variant.get("M") == "1000000" and any(each.args[1] == s.M for each in lineages)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.code)
def test_thirty_digits_against_mpmath(claim: Claim) -> None:
    seen = 0
    for quantity in claim.quantities:
        for point in places(claim, quantity):
            for estimator, law in quantity.laws().items():
                here = {**point, "estimator": estimator} if len(quantity.laws()) > 1 else point
                value = _by_mpmath(claim, law, here)
                if value == mpmath.inf:
                    with pytest.raises(
                        DomainError, match=r"it is (infinite|not defined): |\(infinite from "
                    ):
                        evaluate(claim, quantity, here, 30)
                    continue
                _, text = evaluate(claim, quantity, here, 30)
                assert _is_rounded(text, value, 30), (quantity.name, here)
                seen += 1
    assert seen


def _by_mpmath(claim: Claim, law: sp.Basic, point: Point) -> mpmath.mpf:
    values = environment(claim.domain, point)
    scalars = {symbol.name: fraction(value) for symbol, value in values.scalars.items()}
    families = {
        str(base): family if isinstance(family, fmpq) else tuple(map(fraction, family))
        for base, family in values.families.items()
    }
    with mpmath.workdps(WORKING_DIGITS):
        try:
            return +reference(law, scalars, families)
        except ZeroDivisionError:
            return mpmath.inf


def _is_rounded(text: str, value: mpmath.mpf, digits: int) -> bool:
    """Return whether a decimal is the nearest of so many digits to a value known to many more."""
    with mpmath.workdps(WORKING_DIGITS):
        if value == 0 or text == "0":
            return bool(text == "0" and abs(value) < mpmath.mpf(10) ** -200)
        size = int(mpmath.floor(mpmath.log10(abs(value))))
        room = mpmath.mpf(10) ** (size - digits + 1) * (mpmath.mpf(1) / 2 + mpmath.mpf(10) ** -100)
        return bool(abs(mpmath.mpf(text) - value) <= room)
