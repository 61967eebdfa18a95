"""What one quantity of a claim needs binds it alone, and no other quantity answers in its place."""

import pytest

from proofs.commands.value import value
from theory.errors import DomainError


def printed(asked: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines that `collapse value` prints."""
    name, *words = asked.split()
    value(name, words, digits=17, json=None)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        # Rank and lower bound hold for any number of points: M - 1 <= d and d < M are for others.
        ("B25 M=20 d=10 r=7 n=2", "7"),
        ("B26 M=2 d=2 n=0 det=1/100", "0"),
        # Drift and variance have a value where they do not settle; by the recursion, by hand.
        ("B32 n_r=1 n_s=1 lam=5 n=2 sigma=2", "35/2"),
        ("B32:variance n_r=1 n_s=1 lam=5 n=2 sigma=2", "35"),
        ("B34 n_r=1 n_s=1 lam=9 n=2 s_r2=1", "27/4"),
        ("B34:variance n_r=1 n_s=1 lam=9 n=2 s_r2=1", "29/4"),
        # Any two of n, m and k decide the third.
        ("B38 n=10 m=10", "0.61803398874989485"),
        ("B38 n=10 k=2 w=1", "1/10"),
        ("B38 m=5 k=2 w=1", "1/10"),
        # Without n the limit of the risk, not the constant that is conserved.
        ("B41 M=10", "0.16322472009710023"),
    ],
)
def test_answered(asked: str, first: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(asked, capsys)[0] == first


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("B25:mean-log M=20 d=10 n=2", "mean-log: M = 20, d = 10, n = 2 lies outside M - 1 <= d"),
        ("B25 M=20 d=10 n=2", "mean-log: .* lies outside M - 1 <= d"),
        ("B26:upper M=3 d=3 n=1 det=1/100", "upper: .* lies outside d < M"),
        ("B26:plane M=10 d=3", "plane: M = 10, d = 3 lies outside d = 2"),
        ("B26:plane M=10 n=2", "plane: M = 10, n = 2 lies outside n = 1"),
        # The limit is refused: the effective number of points, for lam = 1, is no answer to it.
        (
            "B32 n_r=10 n_s=10 lam=3",
            r"drift-limit: .* outside s lam \(1 \+ s/\(\(N-1\)\(1\+s\)\)\)",
        ),
        ("B32:effective n_r=10 n_s=10 lam=3", "effective: .* lies outside lam = 1"),
        (
            "B34:variance-limit n_r=1 n_s=1 lam=9 s_r2=1",
            r"outside s lam \(1 - s/\(n_s \(1\+s\)\)\)",
        ),
        ("B38 n=10 m=20 k=1", "n = 10, m = 20, k = 1 lies outside k = "),
        ("B38 n=10 k=3 w=1/2", "m = 10/3 lies outside m >= 1, an integer"),
        # Where the ceiling is infinite, not the threshold b* that the point suffices for too.
        ("B40 M=10 b=1", "ceiling: M = 10, b = 1 lies outside b < 1"),
    ],
)
def test_refused(asked: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DomainError, match=message):
        printed(asked, capsys)
