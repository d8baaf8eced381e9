"""One person's answers, held together over time: smoothing, a label that does not flicker, and "unsure"."""

import numpy as np
import pytest

from fer.emotions import EMOTIONS, Emotion
from fer.live import LiveSettings, Smoothing
from fer.live.temporal_smoothing import TemporalSmoother

FRAME = 1 / 30
PLAIN = LiveSettings(smoothing=Smoothing.NONE, lead=0.0, unsure_below=0.0)


def answer(emotion: Emotion, share: float = 0.9, second: Emotion | None = None) -> np.ndarray:
    """Probabilities with `share` for one emotion, the rest for a second one or for all others."""
    if second is not None:
        probabilities = np.zeros(7, np.float32)
        probabilities[EMOTIONS.index(second)] = 1 - share
    else:
        probabilities = np.full(7, (1 - share) / 6, np.float32)
    probabilities[EMOTIONS.index(emotion)] = share
    return probabilities


def told(answers: list[np.ndarray], settings: LiveSettings) -> list[Emotion | None]:
    """The label after each answer, a frame apart."""
    person = TemporalSmoother("model", EMOTIONS)
    return [person.update(each, number * FRAME, settings)[1] for number, each in enumerate(answers)]


def test_without_smoothing_every_frame_speaks_for_itself() -> None:
    answers = [answer(Emotion.HAPPY), answer(Emotion.SAD), answer(Emotion.HAPPY)]
    assert told(answers, PLAIN) == [Emotion.HAPPY, Emotion.SAD, Emotion.HAPPY]


def test_the_mode_outvotes_a_minority_of_the_last_frames_and_follows_a_majority() -> None:
    settings = LiveSettings(smoothing=Smoothing.MODE, mode_frames=5, unsure_below=0.0)
    answers = [answer(Emotion.HAPPY)] * 5 + [answer(Emotion.SAD)] * 2
    assert set(told(answers, settings)) == {Emotion.HAPPY}
    answers += [answer(Emotion.SAD)]
    assert told(answers, settings)[-1] is Emotion.SAD, "three of the last five frames"


def test_of_answers_that_are_as_frequent_the_label_that_was_told_stays() -> None:
    settings = LiveSettings(smoothing=Smoothing.MODE, mode_frames=4, unsure_below=0.0)
    answers = [answer(Emotion.HAPPY, 0.6)] * 2 + [answer(Emotion.SAD, 0.99)] * 2
    assert told(answers, settings)[-1] is Emotion.HAPPY


def test_two_emotions_that_take_turns_by_a_hair_do_not_make_the_label_flicker() -> None:
    turns = [
        answer(Emotion.FEAR, 0.52, Emotion.SURPRISE)
        if number % 2
        else answer(Emotion.SURPRISE, 0.52, Emotion.FEAR)
        for number in range(10)
    ]
    flickering, steady = (
        told(turns, LiveSettings(smoothing=Smoothing.NONE, lead=lead, unsure_below=0.0))
        for lead in (0.0, 0.1)
    )
    assert flickering[0] is not flickering[1]
    assert set(steady) == {Emotion.SURPRISE}


def test_a_clear_change_passes_the_hysteresis_at_once() -> None:
    settings = LiveSettings(smoothing=Smoothing.NONE, lead=0.3, unsure_below=0.0)
    assert told([answer(Emotion.HAPPY), answer(Emotion.SAD)], settings)[-1] is Emotion.SAD


def test_below_its_threshold_a_label_is_unsure_and_comes_back_only_when_it_is_clearly_above() -> None:
    settings = LiveSettings(smoothing=Smoothing.NONE, lead=0.1, unsure_below=0.5)
    answers = [answer(Emotion.HAPPY, share) for share in (0.6, 0.45, 0.52, 0.6)]
    assert told(answers, settings) == [Emotion.HAPPY, None, None, Emotion.HAPPY]
    assert None not in told([answer(Emotion.HAPPY, 0.2)], PLAIN), "a threshold of 0 is never unsure"


@pytest.mark.parametrize("frames_per_second", [10, 30])
def test_the_exponential_forgets_by_time_and_not_by_frames(frames_per_second: int) -> None:
    settings = LiveSettings(smoothing_seconds=0.5, lead=0.0, unsure_below=0.0)
    person = TemporalSmoother("model", EMOTIONS)
    for number in range(frames_per_second + 1):  # a second of smiling, then half a second of sadness
        person.update(answer(Emotion.HAPPY, 1.0), number / frames_per_second, settings)
    for number in range(1, frames_per_second // 2 + 1):
        scores, _ = person.update(answer(Emotion.SAD, 1.0), 1 + number / frames_per_second, settings)
    assert scores.as_dict()[Emotion.HAPPY] == pytest.approx(np.exp(-1), abs=1e-3)


@pytest.mark.parametrize("smoothing", list(Smoothing))
def test_whatever_the_smoothing_the_scores_stay_probabilities(smoothing: Smoothing) -> None:
    person, rng = TemporalSmoother("model", EMOTIONS), np.random.default_rng(0)
    for number in range(40):
        probabilities = rng.dirichlet(np.ones(7)).astype(np.float32)
        scores, _ = person.update(probabilities, number * FRAME, LiveSettings(smoothing=smoothing))
        assert scores.probabilities.sum() == pytest.approx(1, abs=1e-4)


def test_the_smoothing_may_change_from_one_frame_to_the_next() -> None:
    person = TemporalSmoother("model", EMOTIONS)
    for number, smoothing in enumerate([*Smoothing] * 3):
        person.update(answer(Emotion.HAPPY), number * FRAME, LiveSettings(smoothing=smoothing))
    _, label = person.update(answer(Emotion.HAPPY), 1.0, LiveSettings())
    assert label is Emotion.HAPPY


def test_a_clock_that_goes_back_does_no_harm() -> None:
    person = TemporalSmoother("model", EMOTIONS)
    person.update(answer(Emotion.HAPPY), 100.0, LiveSettings())
    scores, label = person.update(answer(Emotion.SAD), 1.0, LiveSettings())
    assert label is Emotion.HAPPY
    assert np.isfinite(scores.probabilities).all()
