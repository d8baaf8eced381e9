"""The last minute of every person: sampled, bounded, and its shares."""

import numpy as np
import pytest

from fer.detection import Face
from fer.emotions import EMOTIONS, Emotion, EmotionScores
from fer.live import LiveReading, RecognizedFace
from fer.live.history import KEPT_SECONDS, MOST_PEOPLE, SAMPLES_PER_SECOND, HistoryLog


def item(track_id: int, label: Emotion | None, emotions: tuple[Emotion, ...] = EMOTIONS) -> RecognizedFace:
    probabilities = np.full(len(emotions), 1 / len(emotions), np.float32)
    return RecognizedFace(Face((0, 0, 10, 10), 1.0), EmotionScores(emotions, probabilities), track_id, label)


def reading(moment: float, *faces: RecognizedFace) -> LiveReading:
    return LiveReading(faces, 1, moment, 0.001)


def test_a_minute_of_video_is_kept_ten_times_a_second_and_no_more() -> None:
    log = HistoryLog()
    for frame in range(30 * 90):
        log.add(reading(frame / 30, item(1, Emotion.HAPPY)))
    (person,) = log.snapshot().people
    assert len(person.labels) == pytest.approx(KEPT_SECONDS * SAMPLES_PER_SECOND, rel=0.02)
    assert person.seconds[-1] == pytest.approx(0, abs=0.1)
    assert person.seconds[0] >= -KEPT_SECONDS
    assert np.all(np.diff(person.seconds) > 0)
    assert person.probabilities.shape == (len(person.labels), 7)


def test_the_shares_are_of_the_time_each_label_was_told() -> None:
    log = HistoryLog()
    labels = [Emotion.HAPPY] * 6 + [Emotion.SAD] * 3 + [None]
    for number, label in enumerate(labels):
        log.add(reading(number / 10, item(1, label)))
    history = log.snapshot()
    assert history.people[0].share() == {Emotion.HAPPY: 0.6, Emotion.SAD: 0.3, None: 0.1}
    assert history.share() == history.people[0].share()
    assert next(iter(history.share())) is Emotion.HAPPY, "the largest first"


def test_people_have_histories_of_their_own_and_whoever_was_seen_most_comes_first() -> None:
    log = HistoryLog()
    for number in range(20):
        faces = [item(1, Emotion.SAD)] if number < 5 else [item(1, Emotion.SAD), item(2, Emotion.HAPPY)]
        log.add(reading(number / 10, *faces))
    people = log.snapshot().people
    assert [person.track_id for person in people] == [1, 2]
    assert set(people[1].labels) == {Emotion.HAPPY}


def test_whoever_left_over_a_minute_ago_is_forgotten() -> None:
    log = HistoryLog()
    log.add(reading(0.0, item(1, Emotion.SAD)))
    log.add(reading(30.0, item(2, Emotion.SAD)))
    log.add(reading(70.0))
    assert [person.track_id for person in log.snapshot().people] == [2]
    assert log.snapshot().people[0].seconds[0] == -40


def test_in_a_crowd_that_comes_and_goes_for_hours_it_stays_small() -> None:
    log = HistoryLog()
    for number in range(2_000):
        log.add(reading(number / 100, *(item(number + place, Emotion.HAPPY) for place in range(3))))
    assert len(log.snapshot().people) <= MOST_PEOPLE


def test_another_model_with_other_emotions_begins_a_new_history() -> None:
    log = HistoryLog()
    log.add(reading(0.0, item(1, Emotion.SAD)))
    log.add(reading(0.5, item(1, Emotion.HAPPY, EMOTIONS[3:])))
    (person,) = log.snapshot().people
    assert person.emotions == EMOTIONS[3:]
    assert person.labels == (Emotion.HAPPY,)


def test_nobody_has_no_history() -> None:
    history = HistoryLog().snapshot()
    assert history.people == ()
    assert history.share() == {}
