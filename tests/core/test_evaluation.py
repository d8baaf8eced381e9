"""Scores held against scikit-learn's, the interval against published figures, labels translated by name."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from fer.datasets import Split
from fer.emotions import EMOTIONS, Emotion
from fer.errors import DatasetError, ModelMismatchError
from fer.evaluation import TTA, Evaluation, evaluate, evaluating, judged_faces, unanswerable
from fer.models.inference import Recognizer
from fer.statistics import wilson_interval
from tests.conftest import dataset_of
from tests.core import grey_level


def evaluation_of(
    true: list[int], predicted: list[int], emotions: tuple[Emotion, ...] = EMOTIONS
) -> Evaluation:
    """An evaluation with these labels, the model 0.9 sure of each answer."""
    probabilities = np.full((len(true), len(emotions)), 0.1 / (len(emotions) - 1), np.float32)
    probabilities[np.arange(len(true)), predicted] = 0.9
    return Evaluation.from_predictions("model", Split.TEST, emotions, np.array(true, np.intp), probabilities)


@pytest.fixture
def recognizer(tmp_path: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(tmp_path / "grey"))


def test_scores_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 7, 500)
    predicted = np.where(rng.random(500) < 0.5, true, rng.integers(0, 7, 500))
    ours = evaluation_of(list(true), list(predicted))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(true, predicted)
    assert ours.accuracy == pytest.approx(metrics.accuracy_score(true, predicted))
    assert ours.macro_f1 == pytest.approx(metrics.f1_score(true, predicted, average="macro"))
    np.testing.assert_array_equal(ours.confusion, metrics.confusion_matrix(true, predicted))
    np.testing.assert_allclose([report.precision for report in ours.class_reports], precision)
    np.testing.assert_allclose([report.recall for report in ours.class_reports], recall)
    np.testing.assert_allclose([report.f1 for report in ours.class_reports], f1)
    assert [report.support for report in ours.class_reports] == list(support)


@pytest.mark.parametrize(
    ("correct", "count", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, method 3 (the score interval).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_interval_is_the_published_one(correct: int, count: int, low: float, high: float) -> None:
    assert wilson_interval(correct, count) == pytest.approx((low, high), abs=5e-5)


def test_interval_never_leaves_zero_to_one() -> None:
    assert wilson_interval(0, 3)[0] == 0
    assert wilson_interval(3, 3)[1] == 1


def test_an_emotion_missing_from_the_split_has_no_scores_and_does_not_lower_the_mean() -> None:
    evaluation = evaluation_of([0, 0, 3], [0, 0, 3])
    reports = {report.emotion: report for report in evaluation.class_reports}
    assert reports[Emotion.DISGUST].support == 0
    assert reports[Emotion.DISGUST].recall is None
    assert evaluation.macro_f1 == 1


def test_an_emotion_never_answered_has_no_precision_to_speak_of() -> None:
    report = evaluation_of([0, 1], [0, 0]).class_reports[1]
    assert (report.precision, report.recall, report.f1) == (0, 0, 0)


def test_the_laziest_answer_scores_the_commonest_share() -> None:
    assert evaluation_of([3, 3, 3, 1], [0, 0, 0, 0]).majority_accuracy == 0.75


def test_the_commonest_mistakes_come_first_by_their_share_of_the_emotion() -> None:
    evaluation = evaluation_of([0] * 10 + [1, 1], [0] * 8 + [2, 2] + [0, 1])
    first, second = evaluation.commonest_mistakes(5)
    assert (first.true, first.predicted, first.count, first.share) == (Emotion.DISGUST, Emotion.ANGRY, 1, 0.5)
    assert (second.true, second.predicted, second.count, second.share) == (
        Emotion.ANGRY,
        Emotion.FEAR,
        2,
        0.2,
    )


def test_mistakes_are_found_again_among_the_faces() -> None:
    evaluation = evaluation_of([0, 1, 1, 1], [0, 3, 1, 3])
    assert list(evaluation.faces_of(Emotion.DISGUST, Emotion.HAPPY)) == [1, 3]


def test_arrays_that_do_not_fit_are_refused_at_the_door() -> None:
    with pytest.raises(ModelMismatchError, match="need 2 × 7"):
        Evaluation.from_predictions("m", Split.TEST, EMOTIONS, np.array([0, 1]), np.zeros((2, 6), np.float32))
    with pytest.raises(ModelMismatchError, match="0 to 6"):
        Evaluation.from_predictions("m", Split.TEST, EMOTIONS, np.array([7]), np.zeros((1, 7), np.float32))


def test_a_model_that_knows_grey_levels_names_faces_of_grey_levels(recognizer: Recognizer) -> None:
    seen: list[float] = []
    evaluation = evaluate(
        recognizer,
        dataset_of([0, 1, 2, 3, 4, 5, 6] * 100, [Split.TEST] * 700),
        Split.TEST,
        lambda fraction, message: seen.append(fraction),
    )
    assert evaluation.accuracy == 1
    assert len(evaluation) == 700
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1


def test_a_dataset_with_another_order_is_translated_by_name(recognizer: Recognizer) -> None:
    backwards = EMOTIONS[::-1]
    faces = dataset_of([0, 1, 2, 3, 4, 5, 6], [Split.TEST] * 7)
    turned = dataset_of([6, 5, 4, 3, 2, 1, 0], [Split.TEST] * 7, emotions=backwards)
    # The same pictures under the same names; only the numbers of the labels differ.
    turned = type(turned)(turned.name, backwards, faces.images, turned.labels, turned.splits, turned.source)
    evaluation = evaluate(recognizer, turned, Split.TEST)
    assert evaluation.emotions == EMOTIONS
    assert evaluation.accuracy == 1


def test_an_emotion_the_model_cannot_answer_is_refused(tmp_path: Path) -> None:
    class TwoEmotions:
        name = "two"
        emotions = (Emotion.HAPPY, Emotion.SAD)

    with pytest.raises(ModelMismatchError, match="angry, which this model cannot answer"):
        evaluate(TwoEmotions(), dataset_of([0], [Split.TEST]), Split.TEST)  # type: ignore[arg-type]


def test_an_empty_split_is_a_sentence(recognizer: Recognizer) -> None:
    with pytest.raises(DatasetError, match="no test faces"):
        evaluate(recognizer, dataset_of([0, 1]), Split.TEST)


def test_faces_that_a_model_cannot_answer_may_be_left_out(tmp_path: Path) -> None:
    six = tuple(emotion for emotion in EMOTIONS if emotion is not Emotion.DISGUST)
    faces = dataset_of([0, 1, 3, 1], [Split.TEST] * 4)
    left = judged_faces(six, faces, Split.TEST, answerable_only=True)
    assert list(left.rows) == [0, 2]
    assert unanswerable(six, faces) == {Emotion.DISGUST: 2}
    with pytest.raises(DatasetError, match="disgust alone"):
        judged_faces(six, dataset_of([1], [Split.TEST]), Split.TEST, answerable_only=True)


def test_each_answer_keeps_its_face_s_row_in_the_source(recognizer: Recognizer) -> None:
    faces = dataset_of([0, 1, 2, 3], [Split.TEST, Split.TRAIN, Split.TEST, Split.TRAIN])
    assert list(evaluate(recognizer, faces, Split.TEST).rows) == [0, 2]


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def counted(recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many faces the model was really asked about, a number for each call."""
    calls: list[int] = []
    ask = recognizer.predict

    def predict(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        calls.append(len(images))
        return ask(images)

    monkeypatch.setattr(recognizer, "predict", predict)
    return calls


def test_the_same_question_is_never_computed_twice(recognizer: Recognizer, counted: list[int]) -> None:
    faces = dataset_of([0, 1, 2, 3, 4, 5, 6], [Split.TEST] * 7)
    first = evaluate(recognizer, faces, Split.TEST)
    again = evaluate(recognizer, faces, Split.TEST)
    assert counted == [7]
    np.testing.assert_array_equal(first.probabilities, again.probabilities)
    # Another label is another evaluation of the same answers.
    relabelled = replace(faces, labels=np.zeros(7, np.intp))
    assert evaluate(recognizer, relabelled, Split.TEST).accuracy == pytest.approx(1 / 7)
    assert counted == [7]


def test_other_faces_looks_or_models_are_asked_anew(
    recognizer: Recognizer, counted: list[int], tmp_path: Path
) -> None:
    faces = dataset_of([0, 1, 2], [Split.TEST] * 3)
    evaluate(recognizer, faces, Split.TEST)
    evaluate(recognizer, dataset_of([0, 1, 2], [Split.TEST] * 3, seed=1), Split.TEST)
    evaluate(recognizer, faces, Split.TEST, tta=TTA.FLIP)
    assert counted == [3, 3, 3, 3]
    other = Recognizer(grey_level.save_model(tmp_path / "other", emotions=EMOTIONS[::-1]))
    assert other.fingerprint != recognizer.fingerprint
    assert evaluate(other, faces, Split.TEST).accuracy == 0


def test_a_damaged_kept_answer_is_made_anew(
    recognizer: Recognizer, counted: list[int], fer_home: Path
) -> None:
    faces = dataset_of([0, 1, 2], [Split.TEST] * 3)
    first = evaluate(recognizer, faces, Split.TEST)
    (kept,) = (fer_home / "data" / "cache" / "answers").glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:-5])
    again = evaluate(recognizer, faces, Split.TEST)
    np.testing.assert_array_equal(first.probabilities, again.probabilities)
    assert counted == [3, 3]


def test_only_so_many_answers_are_kept(
    recognizer: Recognizer, fer_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "_ANSWERS", replace(evaluating._ANSWERS, most=2))
    for seed in range(4):
        evaluate(recognizer, dataset_of([0], [Split.TEST], seed=seed), Split.TEST)
    assert len(list((fer_home / "data" / "cache" / "answers").glob("*.npy"))) == 2
