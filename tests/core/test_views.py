"""The state a dataset is used in: voted on, then mended, then divided, and never copied for nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from fer.config import AS_IT_CAME, DatasetView, SplitPlan
from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.editions import Edition, create_edition
from fer.datasets.views import apply_view, counts_under, describe, official_test_rows_in_training
from fer.emotions import EMOTIONS, Emotion
from fer.errors import ConfigError, DatasetError, EditionError
from tests.conftest import dataset_of
from tests.corrections import exclude, relabel

NAME = "small"
TEST_ROWS = 20


@pytest.fixture
def faces() -> Dataset:
    """700 faces, a hundred of each emotion: 60 to learn from, 20 that judge, 20 for the test."""
    splits = [Split.TRAIN] * 60 + [Split.VALIDATION] * 20 + [Split.TEST] * TEST_ROWS
    return dataset_of([label for label in range(7) for _ in splits], splits * 7, size=8, name=NAME)


def votes_of(*faces: dict[str, int]) -> np.ndarray:
    """Ten voters' answers, face by face, by their names."""
    return np.array([[face.get(name, 0) for name in VOTE_NAMES] for face in faces], np.uint8)


def sizes(dataset: Dataset) -> list[int]:
    return [int((dataset.splits == split).sum()) for split in Split]


# ── nothing, and editions ────────────────────────────────────────────────────────────────────────


def test_a_view_that_changes_nothing_is_the_dataset_itself(faces: Dataset) -> None:
    assert apply_view(faces, AS_IT_CAME) is faces
    assert apply_view(faces, DatasetView(skip_bad=True)) is faces
    assert official_test_rows_in_training(faces, AS_IT_CAME) == 0


def test_an_edition_takes_faces_out_and_gives_labels(faces: Dataset) -> None:
    create_edition(NAME, "Mine")
    exclude(faces, "Mine", [0, 699])
    relabel(faces, "Mine", [1], Emotion.HAPPY)
    mended = apply_view(faces, DatasetView(edition="Mine"))
    assert len(mended) == 698
    assert mended.rows.tolist() == list(range(1, 699))
    assert mended.labels[0] == EMOTIONS.index(Emotion.HAPPY)
    assert np.array_equal(mended.labels[1:], faces.labels[2:-1])
    assert np.array_equal(mended.images, faces.images[1:-1])
    assert "Edition “Mine”: 2 faces left out, 1 given another label." in mended.notes
    assert counts_under(faces, DatasetView(edition="Mine")) == mended.counts()
    assert faces.labels[1] == 0  # the source is as it was


def test_pixels_are_copied_only_when_a_face_goes(faces: Dataset) -> None:
    create_edition(NAME, "Mine")
    relabel(faces, "Mine", [1], Emotion.HAPPY)
    view = DatasetView(edition="Mine", splits=SplitPlan())
    assert apply_view(faces, view).images is faces.images
    exclude(faces, "Mine", [2])
    assert not np.shares_memory(apply_view(faces, view).images, faces.images)


def test_an_edition_handed_over_goes_before_the_saved_one(faces: Dataset) -> None:
    create_edition(NAME, "Mine")
    as_it_was = exclude(faces, "Mine", [0])
    exclude(faces, "Mine", [1])
    view = DatasetView(edition="Mine")
    assert len(apply_view(faces, view)) == 698
    assert len(apply_view(faces, view, as_it_was)) == 699


def test_an_edition_that_is_not_there_or_of_other_faces_is_refused(faces: Dataset) -> None:
    with pytest.raises(EditionError, match="no edition “Mine”"):
        apply_view(faces, DatasetView(edition="Mine"))
    create_edition(NAME, "Mine")
    exclude(faces, "Mine", [0])
    with pytest.raises(EditionError, match="changes row 0, but another picture"):
        apply_view(replace(faces, images=255 - faces.images), DatasetView(edition="Mine"))


def test_a_label_that_the_dataset_does_not_know_is_refused(faces: Dataset) -> None:
    create_edition(NAME, "Mine")
    edition = relabel(faces, "Mine", [0], Emotion.NEUTRAL)
    two = dataset_of([0, 1], emotions=EMOTIONS[:2], name=NAME)
    two = replace(two, images=faces.images[:2])
    with pytest.raises(EditionError, match="gives the label neutral"):
        apply_view(two, DatasetView(edition="Mine"), edition)


def test_leaving_every_face_out_is_refused() -> None:
    faces = dataset_of([0, 1], name=NAME)
    create_edition(NAME, "Mine")
    exclude(faces, "Mine", [0, 1])
    with pytest.raises(
        DatasetError, match=r"Not one face of “small” is left in this state \(edition “Mine”\)"
    ):
        apply_view(faces, DatasetView(edition="Mine"))


def test_a_dataset_is_loaded_in_the_state_that_is_asked_for(csv_in_data: Callable[[str], str]) -> None:
    view = DatasetView(splits=SplitPlan(0.25, keep_test=False))
    dataset = load_dataset(csv_in_data("small"), view=view)
    assert sizes(dataset)[2] == 0
    assert "25 % of all faces for validation (seed 0)" in dataset.notes[-1]


# ── votes ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def voted() -> Dataset:
    """Four angry faces: of two the voters agree, of one they say happy, and one is no face to them."""
    faces = dataset_of([0, 0, 0, 0], name=NAME)
    votes = votes_of({"anger": 10}, {"anger": 6, "fear": 4}, {"happiness": 8, "neutral": 2}, {"NF": 10})
    return replace(faces, votes=votes)


def test_the_majority_of_the_voters_labels_and_what_they_could_not_name_goes(voted: Dataset) -> None:
    dataset = apply_view(voted, DatasetView(labels="majority"))
    assert [dataset.emotions[label] for label in dataset.labels] == ["angry", "angry", "happy"]
    assert dataset.rows.tolist() == [0, 1, 2]
    assert dataset.soft_labels is None
    assert np.array_equal(dataset.targets(), np.eye(7, dtype=np.float32)[dataset.labels])
    assert "1 faces are left out" in dataset.notes[-1]


def test_the_shares_of_the_votes_are_trained_on_and_their_majority_counts(voted: Dataset) -> None:
    dataset = apply_view(voted, DatasetView(labels="votes"))
    targets = dataset.targets()
    assert targets.dtype == np.float32
    assert targets.sum(axis=1) == pytest.approx([1, 1, 1])
    assert targets[1, [0, 2]] == pytest.approx([0.6, 0.4])
    assert np.array_equal(targets.argmax(axis=1), dataset.labels)


def test_what_somebody_looked_at_goes_before_the_votes(voted: Dataset) -> None:
    create_edition(NAME, "Mine")
    relabel(voted, "Mine", [1, 3], Emotion.SAD)
    exclude(voted, "Mine", [0])
    sad = EMOTIONS.index(Emotion.SAD)
    for labels in ("majority", "votes"):
        dataset = apply_view(voted, DatasetView(edition="Mine", labels=labels))
        assert dataset.rows.tolist() == [1, 2, 3]
        assert dataset.labels.tolist() == [sad, EMOTIONS.index(Emotion.HAPPY), sad]
        assert dataset.targets()[0].tolist() == np.eye(7)[sad].tolist()


@pytest.mark.parametrize("labels", ["majority", "votes"])
def test_without_votes_the_next_step_is_told(faces: Dataset, labels: str) -> None:
    with pytest.raises(DatasetError, match=r"“small” has no votes .* Put fer2013new\.csv into data/"):
        apply_view(faces, DatasetView(labels=labels))  # type: ignore[arg-type]


# ── splits ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("plan", "each"),
    [
        (SplitPlan(0.1), [72, 8, 20]),
        (SplitPlan(0.25), [60, 20, 20]),
        (SplitPlan(0.1, keep_test=False), [90, 10, 0]),
        (SplitPlan(0.2, 0.1, keep_test=False), [70, 20, 10]),
        (SplitPlan(0.5, 0.4, keep_test=False), [10, 50, 40]),
    ],
)
def test_faces_are_divided_as_planned_each_emotion_alike(
    faces: Dataset, plan: SplitPlan, each: Sequence[int]
) -> None:
    view = DatasetView(splits=plan)
    divided = apply_view(faces, view)
    assert sizes(divided) == [7 * count for count in each]
    for split, count in zip(Split, each, strict=True):
        assert set(divided.counts().get(split, {}).values()) == ({count} if count else set())
    assert counts_under(faces, view) == divided.counts()
    if plan.keep_test:
        assert np.array_equal(divided.splits == Split.TEST, faces.splits == Split.TEST)


def test_the_same_seed_divides_alike_and_another_does_not(faces: Dataset) -> None:
    first, again, other = (
        apply_view(faces, DatasetView(splits=SplitPlan(0.2, seed=seed))).splits for seed in (5, 5, 6)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_mending_a_few_faces_moves_hardly_any_other_between_the_splits(faces: Dataset) -> None:
    create_edition(NAME, "Mine")
    exclude(faces, "Mine", [0, 150])
    relabel(faces, "Mine", [300], Emotion.SAD)
    plan = SplitPlan(0.2, 0.2, keep_test=False, seed=3)
    before = apply_view(faces, DatasetView(splits=plan))
    after = apply_view(faces, DatasetView(edition="Mine", splits=plan))
    moved = np.count_nonzero(before.splits[after.rows] != after.splits)
    assert moved <= 2 * 2 * 3


def test_an_emotion_with_hardly_a_face_stays_to_be_learned() -> None:
    faces = dataset_of([0, 1, 1, 1, *[2] * 20], name=NAME)
    divided = apply_view(faces, DatasetView(splits=SplitPlan(0.1, keep_test=False)))
    assert divided.splits[:4].tolist() == ["train"] * 4


def test_test_faces_that_enter_training_are_counted(faces: Dataset) -> None:
    kept = DatasetView(splits=SplitPlan(0.2))
    pooled = DatasetView(splits=SplitPlan(0.2, keep_test=False, seed=1))
    assert official_test_rows_in_training(faces, kept) == 0
    leaked = official_test_rows_in_training(faces, pooled)
    tests = np.flatnonzero(faces.splits == Split.TEST)
    divided = apply_view(faces, pooled)
    assert leaked == int((divided.splits[tests] == Split.TRAIN).sum())
    assert 0.6 < leaked / len(tests) < 1
    # A face that is left out is not learned from.
    create_edition(NAME, "Mine")
    gone = tests[divided.splits[tests] == Split.TRAIN][:5]
    exclude(faces, "Mine", gone.tolist())
    assert official_test_rows_in_training(faces, replace(pooled, edition="Mine")) <= leaked


def test_a_plan_that_leaves_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(ConfigError, match="a tenth at least must be left"):
        SplitPlan(0.5, 0.5, keep_test=False)


def test_a_view_reads_as_a_person_would_say_it() -> None:
    assert describe(AS_IT_CAME) == "as it came"
    view = DatasetView("Mine", "majority", SplitPlan(0.2, 0.1, keep_test=False, seed=4), skip_bad=True)
    assert describe(view) == (
        "edition “Mine”, labels by the majority of FER+'s voters, 20 % of all faces for validation and 10 % "
        "for the test (seed 4), bad rows left out"
    )
    assert "all but the test faces" in describe(DatasetView(splits=SplitPlan()))


def test_notes_of_the_source_are_kept(faces: Dataset) -> None:
    noted = replace(faces, notes=("As the source says.",))
    notes = apply_view(noted, DatasetView(splits=SplitPlan()), Edition("none", NAME)).notes
    assert notes[0] == "As the source says."
    assert len(notes) == 2
