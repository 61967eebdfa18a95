"""Checkpoints: bit for bit, whole or absent, refused when they do not fit, gone on from."""

import json
import math
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from numerics import campaign, checkpoint, provenance
from numerics.checkpoint import Checkpoint, CheckpointError
from numerics.summary import Bins, Summary, running
from proofs import kept, simulation
from proofs.simulation import Plan, plan_discrete, plan_gaussian
from theory.errors import DomainError

ASKED: dict[str, str | int] = {"model": "discrete", "samples": 30}


def sums(plan: Plan, last: int, first: int = 0, start: Summary | None = None) -> Summary:
    """The sums of some replicates of a plan, block by block."""
    parts = campaign.run(plan.work, last, first=first, block=plan.block, workers=2)
    *_, result = running(parts, start)
    return result


def same(one: Summary, other: Summary) -> bool:
    """Whether two summaries agree bit for bit, types included."""
    for a, b in zip(one, other, strict=True):
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
            if a.dtype != b.dtype or a.shape != b.shape or a.tolist() != b.tolist():
                return a.dtype.kind == "f" and np.array_equal(a, b, equal_nan=True)
        elif a != b:
            return False
    return True


PLANS: list[Callable[[], Plan]] = [
    lambda: plan_discrete(30, 40, 5000, "k", 7),
    lambda: plan_discrete(10**9, 2, 3, "k", 3, Bins("diversity", 0.0, 1.0, 5)),
    lambda: plan_gaussian(3, 40, 2500, "k", 1),
    lambda: plan_gaussian(1, 3, 30, "k", 2, "mle", Bins("log_determinant", -5.0, 5.0, 4)),
]


@pytest.mark.parametrize("made", PLANS)
def test_what_is_read_is_what_was_written(made: Callable[[], Plan], tmp_path: Path) -> None:
    plan = made()
    keeper = Checkpoint(tmp_path / "file", plan.asked())
    assert keeper.load() is None
    written = sums(plan, plan.replicates)
    keeper.save(written)
    read = keeper.load()
    assert read is not None
    assert same(read, written)
    assert os.listdir(tmp_path) == ["file"]
    keeper.remove()
    assert keeper.load() is None


def test_going_on_changes_nothing(tmp_path: Path) -> None:
    plan = plan_gaussian(10, 30, 5000, "k", 1)
    whole = sums(plan, plan.replicates)
    for done in (plan.block, 3 * plan.block, plan.replicates):
        keeper = Checkpoint(tmp_path / f"{done}", plan.asked())
        keeper.save(sums(plan, done))
        start = keeper.load()
        assert start is not None
        if done < plan.replicates:
            assert same(sums(plan, plan.replicates, done, start), whole)
        result = simulation.simulate(plan, 2, checkpoint=keeper, kept=start)
        assert result is not None
        assert result.digest == whole.digest
        last = keeper.load()
        assert last is not None
        assert same(last, whole)


def test_offers_are_spaced(tmp_path: Path) -> None:
    plan = plan_discrete(30, 4, 10, "k", 7)
    found = sums(plan, 10)
    assert not Checkpoint(tmp_path / "seldom", ASKED, every=math.inf).offer(found)
    assert not (tmp_path / "seldom").exists()
    assert Checkpoint(tmp_path / "always", ASKED, every=0.0).offer(found)
    assert (tmp_path / "always").exists()


def test_a_kill_loses_a_second_of_finished_blocks_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    keeper = Checkpoint(tmp_path / "file", ASKED)
    found = sums(plan_discrete(30, 4, 10, "k", 7), 10)
    written, longest = 0.0, 0.0
    for _ in range(40):
        now += 0.25  # what a group of blocks takes
        if keeper.offer(found):
            written = now
        longest = max(longest, now - written)
    assert longest < 1.0
    assert longest > 0.5  # and it is not written all the time


def test_a_writing_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Checkpoint(tmp_path / "file", ASKED)
    keeper.save(sums(plan_discrete(30, 4, 10, "k", 7), 10))
    before = keeper.path.read_bytes()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        keeper.save(sums(plan_discrete(30, 4, 20, "k", 7), 20))
    assert keeper.path.read_bytes() == before
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    found = sums(plan_discrete(30, 4, 10, "k", 7), 10)
    Checkpoint(tmp_path / "no" / "file", ASKED, required=False).save(found)
    with pytest.raises(FileNotFoundError):
        Checkpoint(tmp_path / "no" / "file", ASKED).save(found)


# ----------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("samples", 31),
        ("generations", 41),
        ("key", "l"),
        ("start", "8 equally likely categories"),
    ],
)
def test_another_run_is_refused(name: str, value: str | int, tmp_path: Path) -> None:
    plan = plan_discrete(30, 40, 5000, "k", 7)
    Checkpoint(tmp_path / "file", plan.asked()).save(sums(plan, plan.block))
    other = Checkpoint(tmp_path / "file", {**plan.asked(), name: value})
    with pytest.raises(CheckpointError, match=re.escape(f"not {value}")):
        other.load()


def test_every_option_is_asked() -> None:
    plan = plan_discrete(30, 40, 5000, "k", 7)
    others = [
        plan_discrete(31, 40, 5000, "k", 7),
        plan_discrete(30, 41, 5000, "k", 7),
        plan_discrete(30, 40, 5000, "l", 7),
        plan_discrete(30, 40, 5000, "k", 8),
        plan_discrete(30, 40, 5000, "k", 7, Bins("diversity", 0.0, 1.0, 5)),
        plan_gaussian(30, 40, 5000, "k", 1),
        plan_gaussian(30, 40, 5000, "k", 1, "mle"),
        plan_gaussian(30, 40, 5000, "k", 2),
    ]
    assert len({json.dumps(each.asked()) for each in [plan, *others]}) == len(others) + 1


def test_other_software_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Checkpoint(tmp_path / "file", ASKED)
    keeper.save(sums(plan_discrete(30, 4, 10, "k", 7), 10))
    newer = {**provenance.software(), "numpy": "99.0"}
    monkeypatch.setattr(checkpoint, "software", lambda: newer)
    with pytest.raises(CheckpointError, match=r"run of other software \(numpy = .*, not 99.0\)"):
        keeper.load()


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    keeper = Checkpoint(tmp_path / "file", ASKED)
    keeper.save(sums(plan_discrete(30, 4, 10, "k", 7), 10))
    text = keeper.path.read_text()
    for damaged, message in (
        (text[: len(text) // 2], "is no checkpoint"),
        ("[]", "is no checkpoint"),
        (text.replace('"replicates": 10', '"replicates": 11'), "it was changed"),
        (text.replace('"format": 1', '"format": 2'), "format 2 lies outside"),
    ):
        assert damaged != text
        keeper.path.write_text(damaged)
        with pytest.raises(CheckpointError, match=message):
            keeper.load()
    keeper.path.write_bytes(b"\xff\xfe")
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        keeper.load()


# ------------------------------------------------------------- what users see


def test_the_same_command_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path)
    plan = plan_discrete(30, 40, 5000, "k", 7)
    with pytest.raises(DomainError, match="no unfinished run of this command"):
        kept.keeper(plan, None, resume=True)

    def stop(done: int, _: int) -> None:
        if done > plan.block:
            raise KeyboardInterrupt

    first = kept.keeper(plan, None, resume=False)
    assert not first.begun(plan)
    part = simulation.simulate(plan, 2, stop, checkpoint=first.checkpoint)
    assert part is not None
    assert part.replicates == plan.block
    assert "the same command goes on" in first.stopped()

    for resume in (False, True):
        again = kept.keeper(plan, None, resume=resume)
        assert again.begun(plan).startswith("going on from 1,024 of 5,000 replicates in ")
        assert again.kept is not None
    other = kept.keeper(plan_discrete(31, 40, 5000, "k", 7), None, resume=False)
    assert other.kept is None
    result = simulation.simulate(plan, 2, checkpoint=again.checkpoint, kept=again.kept)
    assert result is not None
    assert result.digest == sums(plan, plan.replicates).digest
    again.finished()
    assert list((tmp_path / "campaigns").iterdir()) == []


def test_a_named_file_keeps_the_result(tmp_path: Path) -> None:
    plan = plan_discrete(30, 4, 100, "k", 7)
    file = str(tmp_path / "file")
    with pytest.raises(DomainError, match="there is no file"):
        kept.keeper(plan, file, resume=True)
    first = kept.keeper(plan, file, resume=False)
    whole = simulation.simulate(plan, 1, checkpoint=first.checkpoint)
    first.finished()
    again = kept.keeper(plan, file, resume=True)

    def refuse(*_: object) -> None:
        raise AssertionError("nothing is left to do")

    result = simulation.simulate(plan, 1, refuse, checkpoint=again.checkpoint, kept=again.kept)
    assert whole is not None
    assert result is not None
    assert result.digest == whole.digest
    np.testing.assert_array_equal(result.mean, whole.mean)
    np.testing.assert_array_equal(result.error, whole.error)
    with pytest.raises(DomainError, match=r"another run \(samples = 30, not 31\); name another"):
        kept.keeper(plan_discrete(31, 4, 100, "k", 7), file, resume=False)


def test_a_finished_run_is_extended(tmp_path: Path) -> None:
    file, block = str(tmp_path / "file"), campaign.BLOCK

    def done(replicates: int) -> simulation.Result:
        plan = plan_discrete(30, 4, replicates, "k", 7)
        keep = kept.keeper(plan, file, resume=False)
        result = simulation.simulate(plan, 2, checkpoint=keep.checkpoint, kept=keep.kept)
        assert result is not None
        return result

    done(2 * block)
    longer = done(3 * block + 5)
    plan = plan_discrete(30, 4, 3 * block + 5, "k", 7)
    whole = simulation.simulate(plan, 1)
    assert whole is not None
    assert longer.digest == whole.digest
    np.testing.assert_array_equal(longer.mean, whole.mean)
    np.testing.assert_array_equal(longer.error, whole.error)
    # It now ends within a block.
    for replicates, message in (
        (4 * block, "holds 3,077 replicates, and only whole blocks of 1,024 can be added to"),
        (2 * block, "holds 3,077 replicates, more than --replicates 2048"),
        (100, "holds 3,077 replicates, more than --replicates 100"),
    ):
        with pytest.raises(DomainError, match=message):
            done(replicates)
    assert done(3 * block + 5).digest == whole.digest


def test_runs_in_the_cache_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path)
    first = kept.keeper(plan_discrete(30, 4, 5000, "k", 7), None, resume=False)
    other = kept.keeper(plan_discrete(30, 4, 6000, "k", 7), None, resume=False)
    assert first.checkpoint is not None
    assert other.checkpoint is not None
    assert first.checkpoint.path != other.checkpoint.path
