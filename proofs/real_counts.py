"""Experiments that start from a user's counts: sizes at which a wrong law would show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from proofs import sampled
from proofs.case import Bench, Setting, setting
from proofs.discrete.absorption import between, measure_rate, measure_survival
from proofs.discrete.collapse_time import measure_collapsed, measure_mean
from proofs.discrete.diversity import measure_diversity, measure_share
from proofs.discrete.resampling import simulate
from proofs.discrete.survivors import measure_survivors
from proofs.gaussian.refitting import sizes
from proofs.inputs import Categories
from proofs.real_grid import Experiment, Observe
from proofs.verdict import Sampled
from theory.domain import Value

#: A text is resampled at its own length, up to this.
LONGEST = 1_000_000
#: Replicates are cut down in proportion where there are more categories than this,
MANY = 10_000
#: and multiplied, up to so many times, where there are fewer than this; in the quick grid, and
FEW, MOST_TIMES = 2000, 8
#: beyond it, where a run costs more.
FEW_SLOW, MOST_TIMES_SLOW = 100, 3
#: In a check of who wins, this many runs at least should be won.
WINS = 400
#: Runs are followed until so large a share of the diversity is left, so that enough are open.
OPEN = 0.02
#: Generations, in units of M, after which hardly a run is open: P(T > n) <= M exp(-40).
ABSORBED = 40


@dataclass(frozen=True)
class Counted:
    """A user's counts with the figures that choose the sizes."""

    categories: Categories
    law: tuple[Fraction, ...]
    diversity: Fraction

    def experiment(
        self,
        code: str,
        quantity: str,
        observe: Observe,
        where: Setting,
        replicates: int,
        margin: float,
        quick: bool = True,
        shown: Mapping[str, Value] | None = None,
    ) -> Experiment:
        """Return an experiment whose kernel starts from the counts.

        shown: what the claim's law needs beside the setting's own parameters.
        """

        def from_counts(setting: Setting, bench: Bench) -> Sequence[Sampled]:
            return observe(Setting({**setting.fixed, "p": self.law}, setting.generations), bench)

        point: Mapping[str, Value] = {**where.fixed, **(shown or {})}
        kinds = len(self.law)
        few, most = (FEW, MOST_TIMES) if quick else (FEW_SLOW, MOST_TIMES_SLOW)
        times = min(1.0, MANY / kinds) * min(most, max(1.0, few / kinds))
        usual = max(1000, round(replicates * times))
        return Experiment(
            code,
            quantity,
            from_counts,
            Setting(point, where.generations),
            usual,
            margin,
            self.categories.source,
            self.categories.digest,
            quick,
        )


def experiments(categories: Categories) -> tuple[list[Experiment], list[str]]:
    """Return the experiments on these counts, and a line for each one that could not decide."""
    given = Counted(categories, categories.law(), categories.diversity())
    found = [*_diversity(given), *_losses(given), *_survivors(given)]
    weak = []
    for experiments, lines in (_winners(given), _collapse(given), _collapse_time(given)):
        found += experiments
        weak += lines
    return found, weak


def _diversity(given: Counted) -> list[Experiment]:
    """Return the experiments on the mean diversity (A02) and on its factor (B39)."""
    own = min(given.categories.total, LONGEST)
    return [
        given.experiment(
            "A02", "diversity", measure_diversity, where, replicates, margin, quick,
            shown={"H0": given.diversity},
        )
        for where, replicates, margin, quick in (
            (setting((1, 2, 5), M=own), 1200, 0.05, True),
            (setting((100, 1000), M=1000), 8000, 0.1, False),
        )
    ] + [
        given.experiment("B39", "replace", measure_factor, where, 10_000, 0.1, quick)
        for where, quick in (
            (setting((10, 100), M=100), True),
            (setting((5,), M=(400, 200, 100, 50, 25)), False),
        )
    ]  # fmt: skip


def _losses(given: Counted) -> list[Experiment]:
    """Return the experiments on categories lost at once (A16) and by generation n (A17)."""
    rarest = min(range(len(given.law)), key=lambda place: given.law[place])
    once = _size_for(given.law[rarest], LONGEST)
    found = [
        given.experiment(
            "A16", "lost", lost(rarest), setting(M=once), 4000, 0.2, shown={"q": given.law[rarest]}
        ),
        given.experiment(
            "A16",
            "expected-lost",
            measure_number,
            setting(M=once),
            4000,
            0.1,
            shown={"p": given.law},
        ),
    ]
    found.append(
        given.experiment(
            "A17",
            "lost",
            lost(rarest),
            setting((2, 5), M=once),
            1600,
            0.2,
            quick=False,
            shown={"q": given.law[rarest]},
        )
    )
    first = _loss_by_generation(given, 100, quick=True)
    second = _loss_by_generation(given, 1000, quick=False)
    found += [first] if first.setting == second.setting else [first, second]
    likely = max(
        (place for place in range(len(given.law)) if 2 * given.law[place] <= 1),
        key=lambda place: given.law[place],
    )
    where = setting((20 * ABSORBED,), M=20)
    found.append(
        given.experiment(
            "A17", "limit", lost(likely), where, 20_000, 0.05, shown={"q": given.law[likely]}
        )
    )
    return found


def _loss_by_generation(given: Counted, size: int, quick: bool) -> Experiment:
    """Return the experiment on the loss of the category that about `size` samples hold once."""
    place = min(
        range(len(given.law)), key=lambda place: abs(math.log(float(given.law[place]) * size))
    )
    share = given.law[place]
    where = setting((1, 2, 5, 20), M=_size_for(share, size))
    return given.experiment(
        "A17", "lost", lost(place), where, 20_000, 0.1, quick, shown={"q": share}
    )


def _size_for(share: Fraction, most: int) -> int:
    """Return the number of samples that hold a category of this share once, in 2..most."""
    return max(2, min(most, round(1 / share)))


def _survivors(given: Counted) -> list[Experiment]:
    """Return the experiments on the number of categories left (A15)."""
    own = min(given.categories.total, LONGEST)
    return [
        given.experiment(
            "A15", "survivors", measure_survivors, where, replicates, 0.1, quick,
            shown={"p": given.law},
        )
        for where, replicates, quick in (
            (setting((1, 10), M=1000), 8000, True),
            (setting((100, 1000), M=1000), 20_000, False),
            (setting((1, 10), M=own), 2000, False),
        )
    ]  # fmt: skip


def _winners(given: Counted) -> tuple[list[Experiment], list[str]]:
    """Return the experiments on who wins (A05) and on the mean share of the same category (A01)."""
    place = max(range(len(given.law)), key=lambda place: given.law[place])
    shown: dict[str, Value] = {"p": given.law, "i": Fraction(place + 1)}
    found = [
        given.experiment("A05", "certainty", measure_end, setting(M=100), 8000, 0.005),
    ]
    share = float(given.law[place])
    if share * 20_000 < WINS:
        line = (
            f"the most frequent category has the share {share:.2g}, too rare for some 20,000 runs"
        )
        return found, [f"A05 absorption: {line}", f"A01: {line}"]
    found += [
        given.experiment("A05", "absorption", measure_winner, where, runs, margin, quick, shown)
        for where, runs, margin, quick in (
            (setting(M=20), 40_000, 0.25, True),
            (setting(M=1000), 16_000, 0.4, False),
        )
    ]
    where = setting((1, 10), M=100)
    found.append(given.experiment("A01", "mean", measure_share, where, 30_000, 0.15, shown=shown))
    return found, []


def _collapse(given: Counted) -> tuple[list[Experiment], list[str]]:
    """Return the experiments on the law of the collapse time (A09, A10)."""
    start = float(given.diversity)
    if start < 2 * OPEN:
        line = f"the diversity H0 = {start:.2g} leaves too few runs open"
        return [], [f"A09: {line}", f"A10: {line}"]
    few, many = _open(start, 10), _open(start, 1000)
    root = max(1 - start ** (1 / few), (10 * start) ** (1 / few) - 1) + 0.01
    rows = [
        ("A09", "tail", measure_survival, setting((1, few), M=10), 20_000, 0.05, True),
        ("A09", "tail", measure_survival, setting((many,), M=1000), 6000, 0.05, False),
        ("A10", "upper", measure_survival, setting((1, few), M=10), 20_000, 0.05, True),
    ]
    weak = []
    if root < 0.1:
        rows.append(("A10", "rate", measure_rate, setting((few,), M=10), 20_000, root, True))
    else:
        weak.append("A10 rate: so little diversity is lost too soon for a rate to show")
    if start > 0.8:
        rows.append(("A10", "lower", measure_survival, setting((1,), M=1000), 5000, 0.05, True))
    else:
        weak.append(f"A10 lower: where H0 = {start:.2g}, no more than 0.8, the bound is loose")
    shown: dict[str, Value] = {"H0": given.diversity}
    return [given.experiment(*row, shown) for row in rows], weak


def _collapse_time(given: Counted) -> tuple[list[Experiment], list[str]]:
    """Return the experiments on the law of the collapse time (A14) and on its mean (A11)."""
    shown: dict[str, Value] = {"p": given.law}
    found = [
        given.experiment(
            "A14", "collapsed", measure_collapsed, setting((200, 400), M=100), 8000, 0.1, True,
            shown,
        )
    ]  # fmt: skip
    start = float(given.diversity)
    if start < 2 * OPEN:
        line = f"with the diversity H0 = {start:.2g} most runs are too short for their mean to show"
        return found, [f"A11: {line}"]
    where = setting(M=20)
    found.append(given.experiment("A11", "mean", measure_mean, where, 20_000, 0.15, True, shown))
    return found, []


def _open(start: float, size: int) -> int:
    """Return the last generation at which the mean diversity is above `OPEN`."""
    return max(1, math.floor(math.log(OPEN / start) / math.log1p(-1 / size)))


# ------------------------------------------------------------------ observations


def measure_factor(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the diversity of simulated resampling over its start: between 0 and 1/H_0."""
    law = setting.numbers("p")
    first = float(1 - sum(share * share for share in law))
    run = simulate("factor", setting, bench, 0)
    found = []
    for g, n in enumerate(setting.generations):
        size = sizes(setting, n)[-1]
        ceiling = (1 - 1 / min(size, len(law))) / first
        found.append(sampled.bounded((1 - run.pairs[:, g] / size**2) / first, 0.0, ceiling))
    return found


def lost(place: int) -> Observe:
    """Return the experiment that sees how often the category at this place has no draw."""

    def measure_lost(setting: Setting, bench: Bench) -> list[Sampled]:
        filled = replace(setting, generations=setting.generations or (1,))
        run = simulate("lost", filled, bench, 0, tracked=place)
        return [sampled.share(int((column == 0).sum()), len(column)) for column in run.tracked.T]

    return measure_lost


def measure_number(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean number of categories without a draw in one generation.

    One draw changed for another changes the number by at most 1, so its variance is at most M/2
    (Efron-Stein inequality); with K categories it is at most (K - 1)^2 / 4 as well.
    """
    run = simulate("number", replace(setting, generations=(1,)), bench, 0)
    kinds = len(setting.numbers("p"))
    most = min(setting.integer("M") / 2, (kinds - 1) ** 2 / 4)
    return [sampled.known_variance((kinds - run.survivors[:, 0]).astype(float), most)]


def measure_winner(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs that category i wins; open runs widen the interval."""
    run = simulate("winner", _to_the_end(setting), bench, 0)
    won = int((run.winner == setting.integer("i") - 1).sum())
    return [between(won, won + int((run.winner < 0).sum()), len(run.winner))]


def measure_end(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs that ended; open runs may end later."""
    run = simulate("end", _to_the_end(setting), bench, 0)
    return [between(int((run.winner >= 0).sum()), len(run.winner), len(run.winner))]


def _to_the_end(setting: Setting) -> Setting:
    return replace(setting, generations=(ABSORBED * setting.integer("M"),))
