"""Course: every check accepts what a learner reads off their own work, and says why a near miss is one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from fer.config import AugmentationConfig
from fer.course import (
    LESSONS,
    CourseProgress,
    Guess,
    RunRecord,
    Work,
    lesson_called,
    load_progress,
    read_work,
    save_progress,
)
from fer.course.lessons import batch_size, first_run, one_change, overfitting, robustness
from fer.course.progress import progress_path
from fer.emotions import EMOTIONS, Emotion
from fer.evaluation.robustness import CORRUPTIONS, CorruptionKind, Sweep, SweepPoint
from fer.runs import RunStatus, diagnosis
from fer.runs.diagnosis.outcome import Difference, Outcome, Verdict
from tests.core.coursework import epoch, record

Answers = Mapping[str, str | float]

# Best by validation accuracy: 4; by training accuracy: 6; lowest validation loss: 3; the last: 6.
_CURVES = (
    epoch(1, 0.30, 0.35, 1.8, 1.7),
    epoch(2, 0.50, 0.52, 1.4, 1.3),
    epoch(3, 0.60, 0.60, 1.1, 1.0),
    epoch(4, 0.66, 0.68, 1.0, 1.1),
    epoch(5, 0.72, 0.66, 0.9, 1.1),
    epoch(6, 0.75, 0.67, 0.8, 1.2),
)
FIRST = record("r1", first_run.CONFIG, _CURVES)
# Six epochs of 5,600 faces: 175 batches of 32, and 10.94 of 512.
SMALL = record("b32", batch_size.SMALL_CONFIG, _CURVES)
LARGE = record("b512", batch_size.LARGE_CONFIG, _CURVES)
# The validation loss turns at 3, accuracy is best at 5, the training loss is lowest at 7.
OVERFITTED = record(
    "o1",
    overfitting.CONFIG,
    [
        epoch(1, 0.3, 0.30, 1.8, 1.70),
        epoch(2, 0.5, 0.36, 1.4, 1.50),
        epoch(3, 0.7, 0.40, 1.0, 1.40),
        epoch(4, 0.8, 0.41, 0.7, 1.50),
        epoch(5, 0.9, 0.43, 0.4, 1.60),
        epoch(6, 1.0, 0.42, 0.2, 1.70),
        epoch(7, 1.0, 0.42, 0.1, 1.80),
        epoch(8, 1.0, 0.42, 0.15, 1.90),
    ],
    faces=300,
)
CURED = record(
    "o2", one_change.CONFIG, [epoch(1, 0.4, 0.45, 1.5, 1.4), epoch(2, 0.5, 0.47, 1.3, 1.2)], faces=300
)


def _confused() -> RunRecord:
    """700 validation faces: sad has the lowest recall (40 %), surprise the lowest precision."""
    labels = np.repeat(np.arange(7), 100)
    answers = labels.copy()
    sad, surprise, fear = (EMOTIONS.index(Emotion(name)) for name in ("sad", "surprise", "fear"))
    answers[sad * 100 : sad * 100 + 60] = surprise
    answers[fear * 100 : fear * 100 + 30] = surprise
    angry = EMOTIONS.index(Emotion.ANGRY)
    answers[angry * 100 : angry * 100 + 10] = sad
    return record("c1", first_run.CONFIG, _CURVES, answers=answers, labels=labels)


def _sweep(model: str, right: tuple[int, ...]) -> Sweep:
    """A sweep of 200 faces, of which so many are right untouched and at each of the five levels of dark."""
    labels = np.zeros(200, np.intp)

    def point(severity: float, count: int) -> SweepPoint:
        return SweepPoint(severity, np.where(np.arange(200) < count, 0, 1), 0.9)

    levels = CORRUPTIONS[CorruptionKind.DARKNESS].levels
    points = tuple(point(level, count) for level, count in zip(levels, right[1:], strict=True))
    return Sweep(model, EMOTIONS, labels, 0, point(0, right[0]), {CorruptionKind.DARKNESS: points})


_DARK = record("r2", robustness.config_against_the_dark(), _CURVES)
_HALVED_AT = 100 * CORRUPTIONS[CorruptionKind.DARKNESS].levels[3]
_BROKEN = Work(
    runs=(_DARK, FIRST),
    sweeps={
        "r1": _sweep("r1", (160, 150, 140, 100, 60, 40)),
        "r2": _sweep("r2", (160, 158, 155, 150, 140, 120)),
    },
)
_GUESSED = Work(
    guesses=tuple(
        Guess(
            row,
            Emotion.HAPPY,
            Emotion.HAPPY if row < 13 else Emotion.SAD,
            Emotion.HAPPY if row < 16 else Emotion.SAD,
        )
        for row in range(20)
    )
)
_COUNTS = Work(
    counts={
        "train": dict(zip(EMOTIONS, (784, 448, 728, 1232, 840, 672, 896), strict=True)),
        "validation": dict.fromkeys(EMOTIONS, 100),
    }
)
_ROTATED = {f"augmentation.rotation.{degrees}": "demanding" for degrees in (15, 30)}
_LOOKED = {"test.r1.looks": 1, "test.r1.right": 500, "test.r1.count": 700}


@dataclass(frozen=True)
class Case:
    """A lesson's work with the right answers, and answers, or work, that nearly are.

    Attributes:
        work: what was done.
        right: the answers that pass.
        misses: what is changed about the answers, and a part of the reason that is given.
        lacking: other work, and a part of the reason.
    """

    work: Work
    right: Answers
    misses: tuple[tuple[Answers, str], ...]
    lacking: tuple[tuple[Work, str], ...] = ()


CASES: dict[str, Case] = {
    "guessing": Case(
        _GUESSED,
        {"mine": 65},
        (
            ({"mine": 80}, "model's"),
            ({"mine": 13}, "how many"),
            ({"mine": 35}, "did not agree"),
            ({}, "Type"),
        ),
        ((Work(), "guessed 0 of 20"),),
    ),
    "class-imbalance": Case(
        _COUNTS,
        {"train": 22, "validation": 14.3},
        (
            ({"train": 14.3, "validation": 14.3}, "equally many"),
            ({"train": 1232, "validation": 14.3}, "number of faces"),
            ({"train": 8, "validation": 14.3}, "rarest"),
            ({"train": 22, "validation": 22}, "counted apart"),
        ),
        ((Work(), "no training"),),
    ),
    "augmentation-limit": Case(
        Work(marks={**_ROTATED, "augmentation.rotation.45": "too_strong"}),
        {"degrees": 30},
        (({"degrees": 45}, "largest below"), ({"degrees": 15}, "lies above"), ({}, "Type")),
        (
            (Work(), "No model was asked"),
            (Work(marks=_ROTATED), "Rotate further"),
            (Work(marks={"augmentation.rotation.60": "too_strong"}), "smaller"),
            (Work(marks={**_ROTATED, "augmentation.rotation.60": "too_strong"}), "in between"),
        ),
    ),
    "first-run": Case(
        Work(runs=(FIRST,)),
        {"epoch": 4, "reason": "Its weights gave the highest validation accuracy"},
        (
            ({"epoch": 6}, "training"),
            ({"epoch": 3}, "loss"),
            ({"epoch": 2}, "another epoch more"),
            ({"epoch": 40}, "counted from 1"),
            ({"reason": "It is the last epoch"}, "reason is not"),
        ),
        (
            (Work(), "no finished run"),
            (
                Work(runs=(record("a", first_run.CONFIG, _CURVES, status=RunStatus.RUNNING),)),
                "still learning",
            ),
        ),
    ),
    "batch-size": Case(
        Work(runs=(LARGE, SMALL)),
        {"small": 1050, "large": 66},
        (
            ({"small": 66, "large": 1050}, "exchanged"),
            ({"small": 175}, "one epoch"),
            ({"small": 33600}, "once a batch"),
            ({"large": 60}, "Round up"),
            ({"small": 1200}, "Not quite"),
        ),
        ((Work(runs=(SMALL,)), "still missing"), (Work(), "no finished run")),
    ),
    "overfitting": Case(
        Work(runs=(OVERFITTED,)),
        {"epoch": 3},
        (
            ({"epoch": 7}, "training"),
            ({"epoch": 5}, "accuracy"),
            ({"epoch": 8}, "last epoch"),
            ({"epoch": 1}, "lower"),
        ),
        ((Work(runs=(FIRST,)), "300 faces"), (Work(runs=(CURED,)), "not turned yet")),
    ),
    "one-change": Case(
        Work(runs=(CURED, OVERFITTED)),
        {"points": 4, "verdict": "It could be chance"},
        (
            ({"points": -4}, "sign"),
            ({"points": 5.4}, "last epochs"),
            ({"points": 20}, "Not quite"),
            ({"verdict": "It helped"}, "hold zero"),
        ),
        (
            (Work(runs=(CURED,)), "First overfit"),
            (
                Work(runs=(record("s", replace(overfitting.CONFIG, seed=9), _CURVES, faces=300), OVERFITTED)),
                "Only the seed",
            ),
            (
                Work(
                    runs=(
                        record("t", replace(one_change.CONFIG, dropout=0.3), _CURVES, faces=300),
                        OVERFITTED,
                    )
                ),
                "2 settings",
            ),
        ),
    ),
    "confusion-matrix": Case(
        Work(runs=(_confused(),)),
        {"emotion": "sad", "recall": 40, "precision": 80},
        (
            ({"emotion": "surprise"}, "precision"),
            ({"emotion": "fear"}, "lower recall"),
            ({"recall": 80, "precision": 40}, "exchanged"),
            ({"recall": 85.7}, "accuracy over all"),
            ({"precision": 50}, "Precision"),
        ),
        ((Work(), "no finished run"),),
    ),
    "robustness": Case(
        _BROKEN,
        {"share": _HALVED_AT},
        (
            ({"share": 100 * CORRUPTIONS[CorruptionKind.DARKNESS].levels[1]}, "still above"),
            ({"share": 99.9}, "before that"),
            ({}, "Type"),
        ),
        (
            (Work(runs=(FIRST,)), "Measure your first model"),
            (replace(_BROKEN, runs=(FIRST,)), "train against"),
            (
                replace(_BROKEN, sweeps={**_BROKEN.sweeps, "r2": _sweep("r2", (160, 150, 140, 100, 60, 41))}),
                "chance",
            ),
            (
                replace(_BROKEN, sweeps={**_BROKEN.sweeps, "r2": _sweep("r2", (160, 150, 140, 100, 60, 20))}),
                "not help",
            ),
        ),
    ),
    "domain-shift": Case(
        Work(runs=(FIRST,), marks={"live.compared": 1}),
        {
            "which": "The model of drawn faces: no training face looked like this one",
            "sure": "Yes: a model can be sure and wrong on faces unlike its own",
        },
        (
            ({"which": "The model of photographs: photographs are harder"}, "what it knows"),
            ({"which": "The smaller network, whatever it was trained on"}, "Size"),
            ({"sure": "No: a model that does not know says so"}, "sum to"),
        ),
        ((Work(), "no model of drawn faces"), (Work(runs=(FIRST,)), "side by side")),
    ),
    "last-look": Case(
        Work(runs=(FIRST,), marks=_LOOKED),
        {"low": 68, "high": 74.6, "why": "Every choice made after a look fits the model to the test faces"},
        (
            ({"low": 71.4, "high": 71.4}, "accuracy itself"),
            ({"low": 74.6, "high": 68}, "lower end"),
            ({"low": 67.9 - 10}, "Not quite"),
            ({"why": "The answers change from look to look"}, "same weights"),
        ),
        ((Work(runs=(FIRST,)), "not looked"), (Work(), "Train a model first")),
    ),
}


@pytest.fixture(autouse=True)
def known_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cure's gain: 43 to 47 %, four points, which could be chance."""
    difference = Difference(0.43, 0.47, (-0.02, 0.10), 0.3, 700)
    monkeypatch.setattr(
        diagnosis, "compare_runs", lambda *_: Outcome(Verdict.CHANCE, "", difference=difference)
    )


def test_every_lesson_is_tried_here() -> None:
    assert [lesson.key for lesson in LESSONS] == list(CASES)


@pytest.mark.parametrize("key", CASES)
def test_the_right_answer_passes_and_near_misses_are_told_apart(key: str) -> None:
    lesson, case = lesson_called(key), CASES[key]
    assert lesson is not None
    verdict = lesson.check(case.work, case.right)
    assert verdict.passed, verdict.sentence
    assert len(case.misses) >= 3
    for change, reason in case.misses:
        verdict = lesson.check(case.work, {**case.right, **change} if change else {})
        assert not verdict.passed
        assert reason in verdict.sentence
    for work, reason in case.lacking:
        verdict = lesson.check(work, case.right)
        assert not verdict.passed
        assert reason in verdict.sentence
    solution = lesson.solve(case.work)
    assert solution is not None
    assert solution.text
    assert lesson.solve(Work()) is None


@pytest.mark.parametrize("key", CASES)
def test_a_lesson_is_short_whole_and_can_be_set_up(key: str) -> None:
    lesson = lesson_called(key)
    assert lesson is not None
    assert len(lesson.task) < 320
    assert 1 <= lesson.why.count(". ") + lesson.why.count("? ") + 1 <= 2
    assert all(lesson.hints)
    assert lesson.set_up(Work()).station in ("dataset", "augmentation", "training", "evaluation", "live")
    for answers in (
        {},
        {question.key: "" for question in lesson.questions},
        {q.key: "nan" for q in lesson.questions},
    ):
        assert not lesson.check(Work(), answers).passed
        assert not lesson.check(CASES[key].work, answers).passed or not lesson.questions


def test_the_path_takes_an_hour() -> None:
    assert 45 <= sum(lesson.minutes for lesson in LESSONS) <= 60


def test_progress_comes_back_and_damage_costs_no_page() -> None:
    assert load_progress() == CourseProgress()
    progress = CourseProgress("first-run").with_done("guessing").with_lesson("first-run", tries=2, hints=1)
    progress = progress.with_mark("test.r1.looks", 1)
    save_progress(progress)
    assert load_progress() == progress
    assert progress.done == 1
    assert progress.with_done("guessing") == progress
    for text in (
        "",
        "[]",
        "{",
        '{"lessons": 3}',
        "[" * 100_000,
        '{"current": 1, "is_shown": true, "lessons": {}}',
    ):
        progress_path().write_text(text, encoding="utf-8")
        assert load_progress() == CourseProgress()


def test_progress_says_nothing_of_a_face() -> None:
    save_progress(CourseProgress().with_done("guessing"))
    assert set(json.loads(progress_path().read_text(encoding="utf-8"))) == {
        "version",
        "current",
        "is_shown",
        "lessons",
        "marks",
    }


def test_the_work_of_an_empty_home_is_none(tmp_path: Path) -> None:
    work = read_work()
    assert work.runs == ()
    assert work.sweep(FIRST) is None


def test_augmentation_counts_as_one_setting() -> None:
    several = AugmentationConfig(rotation_degrees=10, zoom_in_fraction=0.1)
    changed = record("u", replace(overfitting.CONFIG, augmentation=several), _CURVES, faces=300)
    lesson = lesson_called("one-change")
    assert lesson is not None
    assert lesson.check(
        Work(runs=(changed, OVERFITTED)), {"points": 4, "verdict": "It could be chance"}
    ).passed
