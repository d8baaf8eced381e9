"""Sweeps: the same figures as by hand, kept by content, and never a damaged one believed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer.datasets import Dataset, Split
from fer.emotions import EMOTIONS, Emotion
from fer.errors import DatasetError, ModelMismatchError, StorageError
from fer.evaluation import evaluate_faces
from fer.evaluation.robustness import (
    CORRUPTIONS,
    LEVELS,
    CorruptionKind,
    corrupt,
    load_sweep,
    save_sweep,
    sweep,
    sweep_path,
)
from fer.models.inference import Recognizer
from fer.statistics import wilson_interval
from fer.system import files
from tests.conftest import dataset_of
from tests.core import grey_level

DARKNESS, NOISE = CorruptionKind.DARKNESS, CorruptionKind.NOISE
LABELS = [label for label in range(7) for _ in range(6)]


@pytest.fixture
def recognizer(tmp_path: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(tmp_path / "grey"))


@pytest.fixture
def faces() -> Dataset:
    return dataset_of(LABELS, [Split.VALIDATION] * len(LABELS))


def test_a_sweep_says_what_evaluating_corrupted_faces_by_hand_says(
    recognizer: Recognizer, faces: Dataset
) -> None:
    swept = sweep(recognizer, faces, [DARKNESS, NOISE], seed=3)
    untouched = evaluate_faces(recognizer, faces, Split.VALIDATION)
    assert swept.accuracy(swept.untouched) == untouched.accuracy == 1.0
    for kind in (DARKNESS, NOISE):
        assert [point.severity for point in swept.curve(kind)] == [0.0, *CORRUPTIONS[kind].levels]
        for point in swept.points[kind]:
            images = corrupt(faces.images, kind, point.severity, seed=3)
            by_hand = evaluate_faces(recognizer, replace(faces, images=images), Split.VALIDATION)
            assert np.array_equal(point.answers, by_hand.predicted_labels)
            assert swept.accuracy(point) == by_hand.accuracy
            assert swept.correct(point) == by_hand.correct
            assert point.mean_confidence == pytest.approx(float(by_hand.confidences.mean()))
            for report in by_hand.class_reports:
                recall = swept.recall(point, report.emotion)
                assert recall is not None
                assert (recall.share, recall.of) == (report.recall, report.support)
                assert recall.interval_95 == wilson_interval(recall.right, recall.of)
            flipped = by_hand.predicted_labels != untouched.predicted_labels
            assert swept.answers_changed(point) == int(flipped.sum())
            assert (
                swept.fallen(point).tolist()
                == np.flatnonzero(untouched.is_right & ~by_hand.is_right).tolist()
            )


def test_darkness_turns_a_model_of_brightness_into_one_that_says_angry(
    recognizer: Recognizer, faces: Dataset
) -> None:
    swept = sweep(recognizer, faces, [DARKNESS, CorruptionKind.SIDE_SHIFT])
    darkest = swept.points[DARKNESS][-1]
    assert set(darkest.answers.tolist()) == {0}
    assert swept.accuracy(darkest) == swept.majority_accuracy == 1 / 7
    assert swept.answers_changed(darkest) == 36
    assert [(turn.before, turn.after, turn.count) for turn in swept.turns(darkest)] == [
        (emotion, Emotion.ANGRY, 6) for emotion in EMOTIONS[1:]
    ]
    assert swept.weakest_first() == (DARKNESS, CorruptionKind.SIDE_SHIFT)


def test_labels_are_translated_into_the_models_own_order(tmp_path: Path, faces: Dataset) -> None:
    turned = tuple(reversed(EMOTIONS))
    model = Recognizer(grey_level.save_model(tmp_path / "turned", emotions=turned))
    swept = sweep(model, faces, [DARKNESS])
    assert swept.labels.tolist() == [6 - label for label in LABELS]
    neutral = swept.recall(swept.untouched, Emotion.NEUTRAL)
    assert neutral is not None
    assert (neutral.right, neutral.of) == (0, 6)  # it says "angry" of what is brightest


def test_what_was_measured_is_kept_and_only_what_is_missing_is_measured(
    recognizer: Recognizer, faces: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    first = sweep(recognizer, faces, [NOISE], lambda fraction, words: told.append(f"{fraction:.2f} {words}"))
    assert told[0] == "0.17 The untouched faces: 42 of 252 faces"
    assert told[-1] == "1.00 Noise 20\u00a0%: 252 of 252 faces"
    told.clear()
    more = sweep(recognizer, faces, [NOISE, DARKNESS], lambda fraction, words: told.append(words))
    assert len(told) == LEVELS
    assert told[-1] == "Darkness 90\u00a0%: 210 of 210 faces"
    assert list(more.points) == [DARKNESS, NOISE]  # as lists show them
    monkeypatch.setattr(Recognizer, "predict", lambda *_: pytest.fail("asked again"))
    again = sweep(recognizer, faces, [DARKNESS, NOISE])
    assert np.array_equal(again.points[NOISE][2].answers, first.points[NOISE][2].answers)
    assert again.points[NOISE][2].mean_confidence == first.points[NOISE][2].mean_confidence


def test_a_sweep_that_was_stopped_keeps_the_kinds_that_were_done(
    recognizer: Recognizer, faces: Dataset
) -> None:
    def stop(fraction: float, words: str) -> None:
        if words.startswith("Noise 4\u00a0%"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(recognizer, faces, [DARKNESS, NOISE], stop)
    kept = load_sweep(sweep_path(recognizer.fingerprint, faces))
    assert kept is not None
    assert list(kept.points) == [DARKNESS]
    assert kept.missing([NOISE, DARKNESS]) == (NOISE,)


def test_it_is_kept_by_what_the_model_and_the_faces_are(faces: Dataset) -> None:
    def changed(**values: object) -> Path:
        return sweep_path("f", replace(faces, **values))

    path = sweep_path("f", faces)
    images, labels = faces.images.copy(), faces.labels.copy()
    images[0, 0, 0] ^= 1
    labels[0] = 3
    assert changed(name="other", rows=faces.rows + 5) == path
    others = {
        changed(images=images),
        changed(labels=labels),
        sweep_path("g", faces),
        sweep_path("f", faces, 1),
    }
    assert len(others | {path}) == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", 0),
        ("labels", ""),
        ("labels", "9" * 42),
        ("emotions", ["angry", "cross"]),
        ("untouched", None),
        ("untouched", {"severity": 0.0, "answers": "0", "mean_confidence": 0.5}),
        ("untouched", {"severity": 0.0, "answers": "0" * 42, "mean_confidence": float("nan")}),
        ("points", [1]),
        ("points", {"fog": []}),
    ],
)
def test_a_damaged_file_is_made_anew(
    recognizer: Recognizer, faces: Dataset, field: str, value: object
) -> None:
    made = sweep(recognizer, faces, [DARKNESS])
    path = sweep_path(recognizer.fingerprint, faces)
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    assert load_sweep(path) is None
    assert sweep(recognizer, faces, [DARKNESS]).accuracy(made.untouched) == 1.0
    assert load_sweep(path) is not None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"null", b'{"version": 1'])
def test_a_file_that_is_no_sweep_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept.json").write_bytes(content)
    assert load_sweep(tmp_path / "kept.json") is None
    assert load_sweep(tmp_path / "never.json") is None


def test_a_kind_whose_levels_are_others_now_is_measured_anew(recognizer: Recognizer, faces: Dataset) -> None:
    made = sweep(recognizer, faces, [DARKNESS, NOISE])
    path = sweep_path(recognizer.fingerprint, faces)
    save_sweep(path, replace(made, points={DARKNESS: made.points[NOISE], NOISE: made.points[NOISE]}))
    kept = load_sweep(path)
    assert kept is not None
    assert kept.missing([DARKNESS, NOISE]) == (DARKNESS,)


def test_a_full_disk_costs_only_the_next_visits_time(
    recognizer: Recognizer, faces: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(files, "save_text", full)
    assert sweep(recognizer, faces, [DARKNESS]).accuracy(sweep(recognizer, faces, []).untouched) == 1.0


def test_no_face_and_faces_that_cannot_be_answered_are_sentences(
    recognizer: Recognizer, faces: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="no face to corrupt"):
        sweep(recognizer, faces.take(np.array([], np.intp)), [DARKNESS])
    others = (*EMOTIONS[:6], Emotion.ANGRY)
    model = Recognizer(grey_level.save_model(tmp_path / "others", emotions=others))
    with pytest.raises(ModelMismatchError, match="neutral, which the model “others” cannot answer"):
        sweep(model, faces, [DARKNESS])


def test_an_emotion_without_a_face_has_no_recall(recognizer: Recognizer) -> None:
    swept = sweep(recognizer, dataset_of([0, 0, 3]), [])
    assert swept.recall(swept.untouched, Emotion.FEAR) is None
    assert swept.points == {}
    assert swept.weakest_first() == ()
