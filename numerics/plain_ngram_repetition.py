"""Words drawn with repeated ones held back, slow and plain: exact laws, and one draw at a time."""

from collections.abc import Collection, Sequence
from fractions import Fraction

from numerics.plain_ngram import PlainModel, _drawn
from numerics.streams import new_stream, uniform

__all__ = ["continued", "held_back"]


def held_back(
    law: Sequence[Fraction], seen: Collection[int], penalty: int, sharpness: int = 1
) -> list[Fraction]:
    """The law whose probabilities are P**sharpness, and P**(sharpness penalty) for words seen.

    sharpness: one over the temperature.
    """
    raised = [
        chance ** (sharpness * penalty if word in seen else sharpness)
        for word, chance in enumerate(law)
    ]
    return [chance / sum(raised) for chance in raised]


def continued(
    model: PlainModel,
    prompt: Sequence[int],
    length: int,
    key: int,
    number: int,
    penalty: float,
    temperature: float = 1.0,
) -> list[int]:
    """The tokens drawn after a prompt, from stream `number`: proposals until one is accepted."""
    stream, rows, discounts = new_stream(key, number), model.rows(), model.discounts()
    past = list(prompt)
    for _ in range(length):
        while True:
            word = _drawn(model, past, stream, rows, discounts)
            again = penalty > 1.0 and word in past
            if temperature == 1.0 and not again:
                break
            law = model.law(past)
            bound = float(law[word] / max(law)) ** (1.0 / temperature - 1.0)
            if again:
                bound *= float(law[word]) ** ((penalty - 1.0) / temperature)
            if uniform(stream) < bound:
                break
        past.append(word)
    return past[len(prompt) :]
