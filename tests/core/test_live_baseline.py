"""A person's resting face: learned in some seconds, and from then on told as mostly neutral."""

import numpy as np
import pytest

from fer.emotions import EMOTIONS, Emotion
from fer.live.baseline import Baseline

# A face that looks sad at rest.
RESTING = np.array([0.1, 0.02, 0.08, 0.05, 0.5, 0.05, 0.2], np.float32)
SAD, HAPPY, NEUTRAL = (EMOTIONS.index(e) for e in (Emotion.SAD, Emotion.HAPPY, Emotion.NEUTRAL))


def learned(resting: np.ndarray = RESTING) -> Baseline:
    baseline = Baseline(EMOTIONS, seconds=1.0)
    for number in range(31):
        assert np.array_equal(baseline.correct(resting, number / 30), resting), (
            "as it came, until it is known"
        )
    return baseline


def test_its_progress_is_told_until_it_is_known() -> None:
    baseline = Baseline(EMOTIONS, seconds=2.0)
    assert baseline.progress == 0
    baseline.correct(RESTING, 10.0)
    baseline.correct(RESTING, 11.0)
    assert baseline.progress == pytest.approx(0.5)
    baseline.correct(RESTING, 12.5)
    assert baseline.progress == 1


def test_a_face_that_looks_sad_at_rest_is_then_neutral_at_rest() -> None:
    assert RESTING.argmax() == SAD
    corrected = learned().correct(RESTING, 2.0)
    assert corrected.argmax() == NEUTRAL
    assert corrected[NEUTRAL] == pytest.approx(0.6, abs=0.1)
    assert corrected.sum() == pytest.approx(1, abs=1e-5)


def test_a_smile_is_still_a_smile_and_real_sadness_is_still_seen() -> None:
    baseline = learned()
    smiling = np.array([0.02, 0.01, 0.03, 0.8, 0.05, 0.04, 0.05], np.float32)
    assert baseline.correct(smiling, 2.0).argmax() == HAPPY
    weeping = np.array([0.02, 0.005, 0.02, 0.005, 0.94, 0.005, 0.005], np.float32)
    assert baseline.correct(weeping, 2.1).argmax() == SAD


def test_what_was_never_seen_at_rest_is_not_blown_up_without_bound() -> None:
    certain = np.zeros(7, np.float32)
    certain[SAD] = 1
    corrected = learned(certain).correct(certain, 2.0)
    assert np.isfinite(corrected).all()
    nearly = np.full(7, 1e-3, np.float32)
    nearly[SAD] = 1 - nearly.sum() + 1e-3
    assert learned(certain).correct(nearly, 2.0)[HAPPY] < 0.1


def test_a_model_that_knows_no_neutral_does_no_harm() -> None:
    six = EMOTIONS[:6]
    baseline = Baseline(six, seconds=0.0)
    resting = np.full(6, 1 / 6, np.float32)
    baseline.correct(resting, 0.0)
    assert baseline.correct(resting, 0.1) == pytest.approx(resting, abs=1e-6)
