"""Workflows and schedules on the command line: read, shown, part of what is asked, refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from numerics import discrete, discrete_workflows, gaussian_workflows, streams
from numerics.start import Start
from numerics.workflow import Workflow
from proofs import simulation
from proofs.inputs import read_counts, read_sample
from proofs.simulated import csv_text, json_record, lines
from proofs.simulation import Plan, Result, plan_discrete, plan_gaussian
from proofs.training import described, read_samples, read_workflow
from theory.errors import DomainError

POOLED = Workflow("accumulate", real=5, fresh=1)
TAKEN = Workflow("subsample", replacement=False, fresh_share=0.25)
BLENDED = Workflow(alpha=0.5, beta=0.25, gamma=0.25)
RISING = (10, 20, 40, 80)


def done(plan: Plan, threads: int | None = None) -> Result:
    result = simulation.simulate(plan, threads)
    assert result is not None
    return result


def plans() -> list[Plan]:
    return [
        plan_discrete(10, 12, 2500, "k", 7, workflow=TAKEN),
        plan_discrete(RISING, 4, 2500, "k", 7),
        plan_discrete(300, 3, 1100, "k", read_counts("pride-and-prejudice"), workflow=POOLED),
        plan_gaussian(10, 8, 2500, "k", 1, workflow=TAKEN),
        plan_gaussian(RISING, 4, 2500, "k", 2),
        plan_gaussian(10, 5, 2500, "k", read_sample("old-faithful", "waiting"), workflow=BLENDED),
    ]


@pytest.mark.parametrize("which", range(6))
def test_the_digest_does_not_depend_on_the_threads(which: int) -> None:
    plan = plans()[which]
    first, second, fourth = (done(plan, threads) for threads in (1, 2, 4))
    assert first.digest == second.digest == fourth.digest
    np.testing.assert_array_equal(first.mean, fourth.mean)
    text = "\n".join([*lines(first), csv_text(first)])
    assert not re.search(r"\bnan\b", text)
    json.dumps(json_record(first), allow_nan=False)


def test_discrete_means_are_those_of_the_kernel() -> None:
    plan = plan_discrete(10, 6, 2100, "k", 4, workflow=TAKEN)
    key = streams.derive_key("simulate", "discrete", "k")
    run = discrete_workflows.simulate(np.full(4, 0.25), 10, plan.record, key, 0, 2100, TAKEN)
    result = done(plan)
    wanted = (1 - run.squares, run.distance, run.survivors, run.absorbed, 1 - run.pool_squares)
    assert len(wanted) == len(plan.columns)
    for column, values in enumerate(wanted):
        np.testing.assert_allclose(result.mean[1:, column], values.mean(axis=0), rtol=1e-12)
    assert result.mean[0].tolist() == [0.75, 0.0, 4.0, 0.0, 0.75]


def test_gaussian_means_are_those_of_the_kernel() -> None:
    plan = plan_gaussian(10, 6, 2100, "k", 1, "mle", workflow=POOLED)
    key = streams.derive_key("simulate", "gaussian", "k")
    start = Start.named("normal")
    run = gaussian_workflows.simulate(start, 10, plan.record, key, 0, 2100, POOLED, "mle")
    result = done(plan)
    deviation = np.sqrt(run.variance)
    wanted = (run.mean**2, run.variance, deviation, run.log_variance, run.pool_variance)
    assert len(wanted) == len(plan.columns)
    for column, values in enumerate(wanted):
        np.testing.assert_allclose(result.mean[1:, column], values.mean(axis=0), rtol=1e-12)
    assert result.mean[0].tolist() == [0, 1, 1, 0, 1]


def test_a_schedule_of_plain_replacement_is_that_of_its_kernel() -> None:
    plan = plan_discrete(RISING, 4, 2100, "k", 4)
    key = streams.derive_key("simulate", "discrete", "k")
    run = discrete.simulate(np.full(4, 0.25), RISING, plan.record, key, 0, 2100)
    diversity = 1 - run.pairs / np.square(RISING)
    np.testing.assert_allclose(done(plan).mean[1:, 0], diversity.mean(axis=0), rtol=1e-13)
    same = done(plan_discrete((30,) * 4, 4, 2100, "k", 4)).mean
    np.testing.assert_allclose(same, done(plan_discrete(30, 4, 2100, "k", 4)).mean, rtol=1e-13)


def test_every_option_is_asked_and_in_the_digest() -> None:
    long = tuple(range(20, 40))
    others = [
        plan_discrete(20, 20, 50, "k", 7),
        plan_discrete(long, 20, 50, "k", 7),
        # What the header leaves out of a long schedule counts as well.
        plan_discrete((*long[:10], 99, *long[11:]), 20, 50, "k", 7),
        *(
            plan_discrete(20, 20, 50, "k", 7, workflow=workflow)
            for workflow in (
                POOLED, TAKEN, BLENDED, replace(POOLED, real=6), replace(POOLED, fresh=2),
                replace(TAKEN, replacement=True), replace(TAKEN, fresh_share=0.5),
                Workflow("accumulate"), replace(BLENDED, beta=0.125, gamma=0.375),
                Workflow(smoothing=1), Workflow(smoothing=2),
            )
        ),
    ]  # fmt: skip
    assert len({json.dumps(each.asked()) for each in others}) == len(others)
    assert len({done(each).digest for each in others}) == len(others)


def test_one_point_for_ever_is_still_another_run() -> None:
    # One real point and nothing else: every law is that point, whatever the blend.
    one, other = (
        done(
            plan_discrete(1, 3, 50, "k", 2, workflow=Workflow(real=1, alpha=alpha, beta=1 - alpha))
        )
        for alpha in (1.0, 0.5)
    )
    np.testing.assert_array_equal(one.mean, other.mean)
    assert one.digest != other.digest


def test_the_header_says_it() -> None:
    text = lines(done(plan_discrete(RISING, 4, 100, "k", 7, workflow=TAKEN)))
    wanted = "samples = 10,20,40,80, generations = 4, workflow = subsample without replacement"
    assert f"{wanted}, fresh_share = 0.25, key = k" in text[0]
    assert "pool: the real points and all batches so far" in text[-2]
    assert "workflow" not in lines(done(plan_discrete(10, 4, 100, "k", 7)))[0]
    assert described(BLENDED)["blend"] == "0.5,0.25,0.25"


@pytest.mark.parametrize(
    ("text", "generations", "samples", "found"),
    [
        ("100", None, 100, 100),
        ("100", 7, 100, 7),
        ("10, 20,40", None, (10, 20, 40), 3),
        ("10,20,40", 2, (10, 20), 2),
        ("5*i", 3, (5, 10, 15), 3),
        ("5*i^3", 3, (5, 40, 135), 3),
    ],
)
def test_samples_are_read(
    text: str, generations: int | None, samples: object, found: int
) -> None:  # fmt: skip
    assert read_samples(text, generations) == (samples, found)


def test_a_workflow_is_read() -> None:
    assert read_workflow() == Workflow()
    assert read_workflow("subsample", True, 3, 2, 0.5, "0.5,0.25,0.25", 2.0) == Workflow(
        "subsample", False, 3, 2, 0.5, 0.5, 0.25, 0.25, 2.0
    )
    assert read_workflow(blend="1/3,1/2,1/6") == Workflow(alpha=1 / 3, beta=0.5, gamma=1 / 6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("discrete", "--samples", "ten"), "--samples ten is no number 1 .. 1000000000, list"),
        (("discrete", "--samples", "2*i^22"), r"is no number"),
        (("discrete", "--samples", "5,0"), "samples = 0 lies outside 1 .. 1000000000"),
        (("discrete", "--samples", "5,6", "--generations", "3"), "has 2 entries; 3 are needed"),
        (("discrete", "--samples", "9*i^9"), "samples = 1207959552 lies outside 1 .."),
        (("discrete", "--samples", "9*i", "--generations", "1000001"),
         "generations = 1000001 lies outside 0 .. 1000000"),
        (("discrete", "--workflow", "keep"), "--workflow keep is none of replace, accumulate"),
        (("discrete", "--without-replacement"), "needs --workflow subsample, not replace"),
        (("discrete", "--real", "-1"), "real = -1 lies outside real >= 0"),
        (("discrete", "--fresh", "101"), "fresh = 101 lies outside 0..100, the smallest batch"),
        (("discrete", "--fresh-share", "nan"), r"fresh_share = nan lies outside \[0, 1\]"),
        (("discrete", "--blend", "1,0"), "--blend 1,0 is not ALPHA,BETA,GAMMA"),
        (("discrete", "--blend", ""), "--blend '' is not ALPHA,BETA,GAMMA"),
        (("discrete", "--blend", "1/0,0,1"), "--blend 1/0,0,1: 1/0 is not a number such as"),
        (("discrete", "--fresh-share", "x"), "--fresh-share x is not a number such as"),
        (("discrete", "--samples", "9" * 5000), "is no number 1 .. 1000000000, list"),
        (("discrete", "--blend", "1,1,0"), r"alpha \+ beta \+ gamma = 2.0, which is not 1"),
        (("discrete", "--smoothing", "-1"), "smoothing = -1.0 lies outside"),
        (("gaussian", "--workflow", "accumulate", "--dimensions", "2"),
         "dimensions = 2 lies outside 1 under a workflow"),
        (("gaussian", "--workflow", "subsample", "--samples", "1"), "unbiased fits need 2"),
        (("gaussian", "--fresh", "1", "--generations", "10000001"),
         r"generations = 10000001 lies outside 1..10000000 under a workflow"),
    ],
)  # fmt: skip
def test_refused(arguments: tuple[str, ...], message: str) -> None:
    from proofs.commands.simulate import app

    with pytest.raises(DomainError, match=message.replace("..", r"\.\.")):
        app(list(arguments), standalone_mode=False)
