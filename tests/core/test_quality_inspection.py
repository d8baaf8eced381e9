"""A whole inspection: labels that are wrong on purpose, what is kept of it, and what the command says."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer.__main__ import main
from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.fingerprint import fingerprint
from fer.datasets.quality import Inspection, QualityIssue, inspect, inspection_path, load_inspection
from fer.datasets.quality.labels import FEWEST_OF_A_LABEL, FOLDS, check_labels, folds_of
from fer.errors import DatasetError, StorageError
from fer.system import files
from tests.conftest import dataset_of


def blobs(counts: list[int], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features that tell the labels apart, and the labels: so many of each."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    centres = 4 * np.eye(max(len(counts), 2), dtype=np.float32)
    features = centres[labels] + rng.normal(0, 1, (len(labels), centres.shape[1])).astype(np.float32)
    return features.astype(np.float32), labels


# ── labels ───────────────────────────────────────────────────────────────────────────────────────


def test_flipped_labels_are_suspected_and_the_right_ones_suggested() -> None:
    features, labels = blobs([80, 80, 80])
    given = labels.copy()
    flipped = np.array([3, 90, 200])
    given[flipped] = (labels[flipped] + 1) % 3
    check = check_labels(features, given, np.arange(len(labels)))
    assert check is not None
    assert set(flipped.tolist()) <= set(check.findings.faces[:4].tolist())
    suggested = dict(zip(check.findings.faces.tolist(), check.findings.suggestions.tolist(), strict=True))
    assert [suggested[face] for face in flipped.tolist()] == labels[flipped].tolist()
    assert (np.diff(check.findings.scores) <= 0).all()
    assert (check.findings.suggestions != given[check.findings.faces]).all()
    assert check.suspicion[flipped].min() > 0.5
    assert np.median(check.suspicion) < 0.1
    assert check.accuracy > 0.9


def test_an_emotion_with_too_few_faces_is_not_judged_and_never_suggested() -> None:
    features, labels = blobs([60, FEWEST_OF_A_LABEL - 1, 0, 60])
    check = check_labels(features, labels, np.arange(len(labels)))
    assert check is not None
    assert np.isnan(check.suspicion[labels == 1]).all()
    assert np.isfinite(check.suspicion[labels != 1]).all()
    assert set(check.findings.suggestions.tolist()) <= {0, 3}


def test_copies_do_not_count_as_more_photographs() -> None:
    features, labels = blobs([40, FEWEST_OF_A_LABEL])
    groups = np.arange(len(labels))
    assert check_labels(features, labels, groups) is not None
    groups[-1] = groups[-2]
    assert check_labels(features, labels, groups) is None


@pytest.mark.parametrize("counts", [[], [1], [100], [5, 5, 5]])
def test_with_fewer_than_two_emotions_to_tell_apart_nothing_is_judged(counts: list[int]) -> None:
    features, labels = blobs(counts)
    assert check_labels(features, labels, np.arange(len(labels))) is None


def test_folds_keep_copies_together_and_spread_each_emotion() -> None:
    labels = np.repeat([0, 1], [100, 25])
    groups = np.arange(125)
    groups[50:60] = 50
    folds = folds_of(labels, groups)
    assert len(set(folds[50:60].tolist())) == 1
    assert np.bincount(folds[labels == 1]).tolist() == [5] * FOLDS
    assert np.array_equal(folds, folds_of(labels, groups))


def test_a_wrong_label_is_not_vouched_for_by_its_copies() -> None:
    features, labels = blobs([60, 60])
    copied = np.concatenate([features, features[:1].repeat(6, axis=0)])
    given = np.concatenate([labels, [1] * 6])  # a face of the first emotion, six times called the second
    given[0] = 1
    groups = np.concatenate([np.arange(120), [0] * 6])
    check = check_labels(copied, given, groups)
    assert check is not None
    assert (check.suspicion[given != np.concatenate([labels, [0] * 6])] > 0.5).all()


# ── the whole ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def faulty() -> Dataset:
    """Noisy squares: one is a copy of another across splits, one is blank, one has another's label."""
    faces = dataset_of([0] * 40 + [3] * 40, [Split.TRAIN] * 60 + [Split.TEST] * 20)
    images, labels = faces.images.copy(), faces.labels.copy()
    images[5] = images[70]
    images[6] = 255
    labels[10] = 3
    return replace(faces, images=images, labels=labels)


@pytest.fixture
def quick() -> Dataset:
    """A leak among a dozen faces of one emotion, whose labels need no model."""
    faces = dataset_of([2] * 12, [Split.TRAIN] * 8 + [Split.TEST] * 4)
    images = faces.images.copy()
    images[5] = images[10]
    return replace(faces, images=images)


def same(one: Inspection, other: Inspection) -> bool:
    return (
        all(
            np.array_equal(getattr(one.measures, name), getattr(other.measures, name))
            for name in ("brightness", "contrast", "sharpness")
        )
        and np.array_equal(one.suspicion, other.suspicion, equal_nan=True)
        and list(one.findings) == list(other.findings)
        and all(
            np.array_equal(getattr(found, name), getattr(other.findings[issue], name))
            for issue, found in one.findings.items()
            for name in ("faces", "scores", "partners", "suggestions")
        )
        and dict(one.facts) == dict(other.facts)
    )


def test_an_inspection_finds_what_was_planted_and_is_kept(faulty: Dataset) -> None:
    told: list[float] = []
    assert load_inspection(fingerprint(faulty)) is None
    found = inspect(faulty, None, lambda fraction, _: told.append(fraction))
    assert found.findings[QualityIssue.LEAK].faces.tolist() == [5]
    assert found.findings[QualityIssue.LEAK].partners.tolist() == [70]
    assert 6 in found.findings[QualityIssue.BLANK].faces
    assert found.suspicion.shape == (80,)
    assert list(found.findings) == [issue for issue in QualityIssue if issue in found.findings]
    assert told == sorted(told)
    assert told[-1] == 1
    kept = load_inspection(fingerprint(faulty))
    assert kept is not None
    assert same(found, kept)


def test_an_issue_that_was_not_looked_for_has_no_entry() -> None:
    found = inspect(dataset_of([2] * 12), None)
    assert QualityIssue.WRONG_LABEL not in found.findings  # one emotion only
    assert QualityIssue.NOT_A_FACE not in found.findings  # too few for an average
    assert np.isnan(found.suspicion).all()
    assert found.facts["label_faces"] == 0


def test_one_face_can_be_inspected_and_none_is_a_sentence() -> None:
    assert len(inspect(dataset_of([1]), None).suspicion) == 1
    with pytest.raises(DatasetError, match="holds no face"):
        inspect(dataset_of([]), None)


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "one byte", "other"])
def test_a_damaged_file_is_as_good_as_none_and_is_made_anew(quick: Dataset, damage: str) -> None:
    found = inspect(quick, None)
    path = inspection_path(fingerprint(quick))
    content = path.read_bytes()
    if damage == "other":
        np.savez(path, suspicion=np.zeros(3))
    else:
        packed_how = content.index(b"PK\x01\x02") + 10
        spoiled = {
            "empty": b"",
            "cut": content[: len(content) // 2],
            "text": b"not an archive",
            "one byte": content[:packed_how] + b"\x63" + content[packed_how + 1 :],
        }
        path.write_bytes(spoiled[damage])
    assert load_inspection(fingerprint(quick)) is None
    inspect(quick, None)
    again = load_inspection(fingerprint(quick))
    assert again is not None
    assert list(again.findings) == list(found.findings)


def test_a_kept_file_that_names_faces_that_are_not_there_is_not_believed(quick: Dataset) -> None:
    inspect(quick, None)
    path = inspection_path(fingerprint(quick))
    with np.load(path) as arrays:
        values = dict(arrays)
    values["leak_faces"] = np.array([10_000])
    np.savez(path, **values)
    assert load_inspection(fingerprint(quick)) is None


def test_pickled_objects_in_a_kept_file_are_not_opened(quick: Dataset) -> None:
    inspect(quick, None)
    path = inspection_path(fingerprint(quick))
    with np.load(path) as arrays:
        values = dict(arrays)
    np.savez(path, **(values | {"suspicion": np.array([{"a": 1}], object)}))
    assert load_inspection(fingerprint(quick)) is None


def test_a_full_disk_does_not_spoil_the_inspection(quick: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(files, "save", full)
    assert len(inspect(quick, None).findings[QualityIssue.LEAK]) == 1
    assert load_inspection(fingerprint(quick)) is None


# ── the fingerprint ──────────────────────────────────────────────────────────────────────────────


def test_the_fingerprint_knows_the_content_and_nothing_else(small_dataset: Dataset) -> None:
    known = fingerprint(small_dataset)
    assert fingerprint(replace(small_dataset, name="other", notes=("moved",))) == known
    images, labels, splits = (
        small_dataset.images.copy(),
        small_dataset.labels.copy(),
        small_dataset.splits.astype("<U12"),
    )
    assert fingerprint(replace(small_dataset, splits=splits.copy())) == known
    images[3, 4, 5, 0] ^= 1
    labels[0] = 6
    splits[0] = "test"
    changed = [
        replace(small_dataset, images=images),
        replace(small_dataset, labels=labels),
        replace(small_dataset, splits=splits),
        replace(small_dataset, emotions=small_dataset.emotions[::-1]),
        small_dataset.take(np.arange(41)),
    ]
    assert len({known, *map(fingerprint, changed)}) == 6


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def test_the_command_counts_each_issue_by_split(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str], fer_home: Path
) -> None:
    name = csv_in_data()
    assert main(["inspect", name, "--model", "", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["count"] == 42
    kept = load_inspection(fingerprint(load_dataset(name)))
    assert kept is not None
    assert result["faults"] == {str(issue): len(found) for issue, found in kept.findings.items()}
    assert all(sum(result["splits"][issue].values()) == count for issue, count in result["faults"].items())
    assert result["facts"] == dict(kept.facts)
    assert Path(result["path"]).is_relative_to(fer_home / "data" / "cache" / "inspections")


def test_without_json_a_person_reads_tables(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str]
) -> None:
    assert main(["inspect", csv_in_data(), "--model", ""]) == 0
    out = capsys.readouterr().out
    assert "42 faces inspected" in out
    assert "train and test" in out
    assert "Labels not judged" in out
