"""Fig. 11 and 15 of arXiv:2305.17493v3: perplexities of single generated sequences under model 0.

Of words drawn one by one one thing is exact: the probability of a word in generation n has the
mean p_0 (`theory`, A01), so the mean logarithm of perplexity under model 0, linear in it, stays
that of the real words; one run wanders about it, with the variance of A03. Texts come from
`numerics`, which draws every word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics import ngram
from numerics.ngram_generations import Recipe, fitted
from numerics.ngram_law import surprise
from proofs.figures.drawing import Effort
from proofs.figures.measured import language
from proofs.figures.measured.language import BEAMS, DRAWS, RECORD, SHARP, SINGLE, WHOLE
from theory.lookup import law

NAME, NAME_3D = "perplexity-histograms", "perplexity-histograms-3d"
PARAMETERS: Mapping[str, Any] = {
    "sequences": WHOLE,
    "runs": 1,
    "record": list(RECORD),
    "drawn": {"single": SINGLE, "draws": DRAWS, "beams": BEAMS, "sharp": SHARP},
}
FULL: Mapping[str, Any] = {**PARAMETERS, "runs": 5}
PARAMETERS_3D: Mapping[str, Any] = {**PARAMETERS, "drawn": {"sharp": SHARP}}
FULL_3D: Mapping[str, Any] = {**PARAMETERS_3D, "runs": 5}


def mean_perplexity(parameters: Mapping[str, Any]) -> float:
    """Return exp(-sum_i E[p_n,i] ln P_0(i)), for every n: that of words drawn one by one (A01).

    P_0: model 0, a smoothed unigram model. p_0,i, the shares that the words are drawn with first.
    """
    times, nats = _words(parameters)
    samples = int(times.sum())
    means = {k: law("A01", p=f"{k}/{samples},{samples - k}/{samples}") for k in set(times.tolist())}
    return math.exp(sum(means[k] * each for k, each in zip(times.tolist(), nats, strict=True)))


def wandering(parameters: Mapping[str, Any]) -> float:
    """Return the standard deviation of -sum_i p_n,i ln P_0(i) over runs, at the last generation.

    A03 scales the covariances of p_n, with nothing real kept: (p_i [i = j] - p_i p_j) times
    1 - (1 - 1/M)**n.
    """
    times, nats = _words(parameters)
    shares = times / times.sum()
    variance = float(shares @ (nats - shares @ nats) ** 2)
    gone = -math.expm1(parameters["record"][-1] * math.log1p(-1 / int(times.sum())))
    return math.sqrt(variance * gone)


def _words(parameters: Mapping[str, Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return how often the real text holds each of its words, and -ln P_0 of it."""
    text = language.real_text(parameters["sequences"])
    words, times = np.unique(text.train, return_counts=True)
    counts = ngram.count(text.train, text.vocabulary, 1)
    model = fitted(counts, Recipe(**parameters["drawn"]["single"]))
    return times, surprise(model, words[:, None])


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return the histograms by way of drawing and share kept, as JSON values."""
    found = language.setting(parameters)
    drawn: dict[str, dict[str, Any]] = {way: {} for way in parameters["drawn"]}
    for chain, seen in language.measured(parameters, effort, language.both(list(drawn))):
        drawn[chain.drawn][f"{chain.keep:g}"] = language.series(parameters, chain, seen)
    laws: dict[str, Any] = {}
    if "single" in drawn:
        laws = {"exact": {"mean": mean_perplexity(parameters)}, "wandering": wandering(parameters)}
    return {**found, "runs": parameters["runs"], "histograms": drawn, **laws}
