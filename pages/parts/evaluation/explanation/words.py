"""Explanation texts: what the maps of a face say, and no more than they tell."""

import math

from fer.emotions import Emotion
from fer.evaluation.explanation import BY_ITSELF, THE_OTHERS, Against, EmotionMap, Occlusion, read_map
from fer.evaluation.explanation.reading import Place
from fer.statistics import percent, signed

LEAST_LOGIT = 0.3
"""What is nearer to 0 than this in an emotion's map is called nothing; e to the 0.3 is a third more."""
LEAST_FALL = 0.01
"""One percentage point of probability."""


def compared(emotion: Emotion, against: Against) -> str:
    """ "happy", "happy rather than the other emotions", "happy rather than sad"."""
    if against == BY_ITSELF:
        return f"**{emotion}**"
    other = "the other emotions" if against == THE_OTHERS else str(against)
    return f"**{emotion}** rather than {other}"


def of_emotion_map(shown: EmotionMap) -> str:
    """Where an emotion map is strongest, what it adds up to, and how coarse it is."""
    reading = read_map(shown.values, LEAST_LOGIT)
    what = compared(shown.emotion, shown.against)
    if reading.supports is not None:
        said = f"What raised {what} most lies in {_where(reading.supports)}."
    elif shown.values.max() < LEAST_LOGIT:
        said = f"No place of this face raised {what}."
    else:
        said = f"Only a few spots raised {what}, but no region does."
    if reading.opposes is not None:
        said += f" What spoke against it most lies in {_where(reading.opposes)}."
    elif shown.values.min() > -LEAST_LOGIT:
        said += " No place spoke against it."
    else:
        said += " A few spots count against it, but no region does."
    rows, columns = shown.values.shape
    return (
        f"{said} The mean of all places, **{signed(shown.total)}**, {_total_words(shown)}\n\n"
        f"The map has **{rows}×{columns} places** and no more, and each of them sees far beyond its square."
    )


def of_occlusion(shown: Occlusion, emotion: Emotion) -> str:
    """What covering the most important place does to an emotion."""
    before = float(shown.before[shown.emotions.index(emotion)])
    _, left = shown.strongest(emotion)
    reading = read_map(shown.map(emotion), LEAST_FALL)
    if before - left < LEAST_FALL:
        said = (
            f"No patch of this size lowers **{emotion}** ({percent(before, 0)}) by even one percentage point."
            + (
                " There is little to lower."
                if before < 2 * LEAST_FALL
                else " Several places may tell the model the same; a larger patch finds out."
            )
        )
    else:
        said = (
            f"With the framed square covered, **{emotion}** falls from {percent(before, 0)} to "
            f"**{percent(left, 0)}**."
        )
        if reading.supports is not None:
            said += f" On the whole it rests most on {_where(reading.supports)}."
    rise = -float(shown.falls(emotion).min())
    if rise >= LEAST_FALL:
        said += (
            f" Covering some other place raises it, by up to {100 * rise:.0f} points: that spoke against it."
        )
    count = len(shown.tops) * len(shown.lefts)
    return (
        f"{said}\n\n{count} answers, each with a square of {shown.patch[1]}×{shown.patch[0]} pixels covered."
    )


def _where(place: Place) -> str:
    side = "in the middle" if place.side == "middle" else f"on the {place.side}"
    return f"the **{place.third}**, {side}, where {place.usually} usually are"


def _total_words(shown: EmotionMap) -> str:
    if shown.against == BY_ITSELF:
        return "is its logit, the score before softmax. Without the other emotions' logits it says little."
    if shown.against == THE_OTHERS:
        side = "above" if shown.total >= 0 else "below"
        return f"is how far its logit, the score before softmax, lies {side} the mean of the others."
    times = math.exp(abs(shown.total))
    more, less = (shown.emotion, shown.against) if shown.total >= 0 else (shown.against, shown.emotion)
    return f"makes {more} {_times(times)} as probable as {less}."


def _times(times: float) -> str:
    if times < 1.05:
        return "just"
    return f"{times:.1f} times" if times < 10 else f"{times:,.0f} times"
