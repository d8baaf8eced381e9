"""Class folders: whatever they are called, the same faces; whatever is wrong with them, a sentence."""

import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fer.config import ImportSettings
from fer.datasets import Dataset, Split
from fer.datasets.readers import passed_over
from fer.datasets.readers.folders import holds_emotions, listing_fingerprint, load_folders
from fer.emotions import EMOTIONS, Emotion
from fer.errors import FerError, MalformedDatasetError, PartlyBadDatasetError
from fer.images import SUFFIXES

FACE = np.arange(48 * 48).reshape(48, 48).astype(np.uint8)


def put(path: Path, image: np.ndarray = FACE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a dataset that is still to be written."""
    folder = tmp_path / "faces"
    folder.mkdir()
    return folder


def write_folders(root: Path, dataset: Dataset) -> Path:
    """Write `dataset` as PNG files in class folders, named by row."""
    for row, image in enumerate(dataset.images):
        emotion = dataset.emotions[dataset.labels[row]]
        put(root / str(dataset.splits[row]) / emotion / f"{row:05d}.png", image)
    return root


def test_every_face_comes_back_in_the_order_of_the_file_names(root: Path, small_dataset: Dataset) -> None:
    loaded = load_folders(write_folders(root, small_dataset))

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)
    np.testing.assert_array_equal(loaded.splits, small_dataset.splits)
    assert loaded.emotions == EMOTIONS


def test_other_words_for_splits_and_emotions_are_understood(root: Path) -> None:
    for place in ("Training/Anger", "PublicTest/happiness", "privatetest/Surprised"):
        put(root / place / "1.png")

    loaded = load_folders(root)

    assert loaded.emotions == (Emotion.ANGRY, Emotion.HAPPY, Emotion.SURPRISE)
    assert loaded.splits.tolist() == [Split.VALIDATION, Split.TRAIN, Split.TEST]


def test_a_missing_validation_split_takes_a_tenth_of_train_and_leaves_test_alone(root: Path) -> None:
    for number in range(20):
        put(root / "train" / "sad" / f"{number}.png")
        put(root / "test" / "sad" / f"t{number}.png")

    loaded = load_folders(root)

    sad = {split: counts[Emotion.SAD] for split, counts in loaded.counts().items()}
    assert sad == {Split.TRAIN: 18, Split.VALIDATION: 2, Split.TEST: 20}
    assert "a tenth of its train faces was drawn" in loaded.notes[0]


def test_emotions_without_splits_are_divided_80_10_10_the_same_way_each_time(root: Path) -> None:
    for number in range(30):
        put(root / "fear" / f"{number}.jpg")

    loaded, again = load_folders(root), load_folders(root)

    assert [sum(counts.values()) for counts in loaded.counts().values()] == [24, 3, 3]
    np.testing.assert_array_equal(loaded.splits, again.splits)


def test_colour_becomes_grey_and_other_sizes_become_the_most_common_one(root: Path) -> None:
    put(root / "happy" / "1.png", np.full((32, 40), 50, np.uint8))
    put(root / "happy" / "2.png", np.full((32, 40), 60, np.uint8))
    put(root / "happy" / "3.bmp", np.full((100, 90, 3), 200, np.uint8))

    loaded = load_folders(root)

    assert loaded.images.shape == (3, 32, 40, 1)
    assert loaded.images[:, 5, 5, 0].tolist() == [50, 60, 200]


def test_photographs_are_scaled_down_to_48(root: Path) -> None:
    put(root / "happy" / "1.jpg", np.full((600, 800, 3), 120, np.uint8))

    assert load_folders(root).images.shape == (1, 48, 48, 1)


def test_files_that_are_no_pictures_and_folders_that_archives_leave_are_passed_over(root: Path) -> None:
    put(root / "happy" / "1.png")
    (root / "happy" / "notes.txt").write_text("smiles")
    (root / "happy" / "._1.png").write_bytes(b"junk")
    (root / "__MACOSX").mkdir()

    assert len(load_folders(root)) == 1


def test_links_that_lead_out_of_the_folder_are_not_followed(root: Path) -> None:
    outside = put(root.parent / "private" / "secret.png")
    put(root / "happy" / "1.png")
    (root / "happy" / "2.png").symlink_to(outside)
    (root / "sad").symlink_to(outside.parent, target_is_directory=True)

    loaded = load_folders(root)

    assert (len(loaded), loaded.emotions) == (1, (Emotion.HAPPY,))


def test_bad_pictures_are_counted_and_the_first_is_named(root: Path) -> None:
    whole = put(root / "train" / "happy" / "1.png").read_bytes()
    for number in (2, 3):
        (root / "train" / "happy" / f"{number}.png").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(
        PartlyBadDatasetError, match=r"“train/happy/2\.png” is cut off.*1 more of the 3"
    ) as caught:
        load_folders(root)
    assert (caught.value.good, caught.value.bad_count) == (1, 2)
    assert [where for where, _ in caught.value.bad] == ["train/happy/2.png", "train/happy/3.png"]
    assert all(why.startswith("is cut off") for _, why in caught.value.bad)


def cut_off_jpeg(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def huge_png(whole: bytes) -> bytes:
    """A small file whose header promises 50,000 by 50,000 pixels."""
    size = (50_000).to_bytes(4, "big")
    header = b"IHDR" + size + size + bytes((8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + header + zlib.crc32(header).to_bytes(4, "big")


@pytest.mark.parametrize("spoiled", [cut_off_jpeg, huge_png, lambda whole: b"", lambda whole: b"no picture"])
def test_the_good_pictures_among_bad_ones_are_read_on_demand_and_keep_their_rows(
    root: Path, spoiled: Callable[[bytes], bytes]
) -> None:
    contents = {}
    for number in range(4):
        path = put(root / "train" / "happy" / f"{number}.jpg", np.full((48, 48), 60 * number, np.uint8))
        contents[number] = path.read_bytes()
    (root / "train" / "happy" / "1.jpg").write_bytes(spoiled(contents[1]))

    with pytest.raises(PartlyBadDatasetError, match=r"“train/happy/1\.jpg”"):
        load_folders(root)
    loaded = load_folders(root, skip_bad=True)

    assert loaded.rows.tolist() == [0, 2, 3]
    assert loaded.images[:, 5, 5, 0].tolist() == [0, 120, 180]
    assert "1 of 4 pictures was bad and is left out; the first is “train/happy/1.jpg”" in loaded.notes[0]


def test_only_bad_pictures_are_no_dataset_even_when_bad_ones_may_be_left_out(root: Path) -> None:
    (root / "train" / "happy").mkdir(parents=True)
    (root / "train" / "happy" / "1.png").write_bytes(b"no picture")

    with pytest.raises(MalformedDatasetError, match="is not a picture") as caught:
        load_folders(root, skip_bad=True)
    assert not isinstance(caught.value, PartlyBadDatasetError)


def test_emotions_beside_our_seven_are_kept_out_and_counted(root: Path) -> None:
    put(root / "train" / "0_happy" / "2.png")
    for number in (1, 3):
        put(root / "train" / "1_contempt" / f"{number}.png")

    loaded = load_folders(root)

    assert (loaded.emotions, loaded.rows.tolist()) == ((Emotion.HAPPY,), [1])
    assert "Left out, because they show none of the seven emotions: 2 of “1_contempt”." in loaded.notes


def test_a_folder_that_names_no_emotion_is_refused_by_name_and_left_out_on_demand(root: Path) -> None:
    put(root / "train" / "happy" / "1.png")
    put(root / "train" / "bored" / "2.png")

    with pytest.raises(PartlyBadDatasetError, match="“train/bored”") as caught:
        load_folders(root)
    assert (caught.value.good, caught.value.bad_count) == (1, 1)
    assert load_folders(root, skip_bad=True).rows.tolist() == [0]


@pytest.mark.parametrize("around", ["images", "FER 2013/images", "a/b/c"])
def test_folders_around_the_folders_make_no_difference(root: Path, around: str) -> None:
    put(root / around / "train" / "happy" / "1.png")
    put(root / around / "test" / "happy" / "2.png")

    assert holds_emotions(root)
    assert load_folders(root).splits.tolist() == [Split.TRAIN, Split.TEST]


# Whatever a file system takes: no separator, no NUL, not too long.
names = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.lists(names.filter(lambda name: name.strip(".")), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_folders_of_any_name_are_read_or_refused_in_a_printable_sentence(
    root: Path, found: list[str]
) -> None:
    shutil.rmtree(root)
    put(root / "train" / "happy" / "1.png")
    for name in found:
        folder = root / "train" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "2.png").write_bytes((root / "train" / "happy" / "1.png").read_bytes())

    assert load_folders(root, skip_bad=True).emotions[-1] in EMOTIONS
    try:
        load_folders(root)
    except FerError as error:
        assert str(error).isprintable()


def test_a_folder_without_pictures_is_refused_with_the_layout_that_is_expected(root: Path) -> None:
    (root / "train" / "happy").mkdir(parents=True)

    with pytest.raises(MalformedDatasetError, match=r"train/happy/001\.png"):
        load_folders(root)


def test_the_fingerprint_changes_with_every_added_or_changed_picture(root: Path) -> None:
    put(root / "happy" / "1.png")
    first = listing_fingerprint(root)
    put(root / "happy" / "2.png")
    second = listing_fingerprint(root)
    put(root / "happy" / "2.png", FACE[:40])

    assert len({first, second, listing_fingerprint(root)}) == 3


# --- What lies deeper, and what is left out ----------------------------------------------------


def test_pictures_one_folder_deeper_are_read_under_the_emotion_of_the_folder_around(root: Path) -> None:
    put(root / "train" / "happy" / "1.png", FACE)
    put(root / "train" / "happy" / "person 1" / "2.png", FACE // 2)
    put(root / "train" / "sad" / "person 1" / "happy" / "3.png", FACE // 3)
    put(root / "test" / "contempt" / "person 1" / "4.png")

    loaded = load_folders(root)

    assert [loaded.emotions[label] for label in loaded.labels] == [Emotion.HAPPY, Emotion.HAPPY, Emotion.SAD]
    np.testing.assert_array_equal(loaded.images[1, :, :, 0], FACE // 2)
    assert loaded.notes[0] == "Left out, because they show none of the seven emotions: 1 of “contempt”."


def test_splits_may_lie_in_the_folders_of_the_emotions(root: Path) -> None:
    for number, split in enumerate(("train", "Validation", "test")):
        put(root / "happy" / split / "set" / f"{number}.png")

    assert load_folders(root).splits.tolist() == [Split.TRAIN, Split.VALIDATION, Split.TEST]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_ending_of_pictures_is_passed_over(root: Path, suffix: str) -> None:
    put(root / "happy" / "1.png").rename(root / "happy" / f"1{suffix.upper()}")
    put(root / "sad" / "2.png")

    try:
        assert len(load_folders(root)) == 2
    except PartlyBadDatasetError as error:  # its content is a PNG, and some endings are refused by name
        assert suffix in str(error).lower()


def test_every_file_that_is_not_used_is_counted_by_reason_with_an_example(root: Path) -> None:
    for number in range(3):
        put(root / "train" / "happy" / f"{number}.png")
        put(root / "test" / f"{number}.jpg")  # the test split came without labels
        put(root / "more" / "train" / "happy" / f"{number}.png")
    put(root / "val" / "pictures" / "1.png")
    (root / "train" / "happy" / "1.xyz").write_bytes(b"")
    (root / "README.md").write_text("# Faces")
    (root / "train" / "more.zip").write_bytes(b"")
    (root / "train" / "happy" / "again").symlink_to(root, target_is_directory=True)
    os.mkfifo(root / "train" / "happy" / "pipe.png")
    for junk in ("Thumbs.db", "desktop.ini", ".DS_Store", "._1.png"):
        (root / "train" / "happy" / junk).write_bytes(b"junk")
    put(root / "__MACOSX" / "happy" / "1.png")

    loaded = load_folders(root)

    assert len(loaded) == 3
    assert sorted(loaded.notes) == [
        "Left out: “README.md” and 1 more (not a picture, by its ending).",
        "Left out: “more/train/happy/0.png” and 2 more (in a folder that is not read).",
        "Left out: “test/0.jpg” and 3 more (no label: not in a folder named for an emotion).",
        "Left out: “train/happy/again” (a link, which is not followed).",
        "Left out: “train/happy/pipe.png” (a pipe or a device).",
        "Left out: “train/more.zip” (an archive, which was not unpacked).",
    ]


def test_emotions_beside_a_folder_named_for_a_split_are_read(root: Path) -> None:
    put(root / "happy" / "1.png")
    put(root / "sad" / "2.png")
    put(root / "test" / "3.png")

    loaded = load_folders(root)

    assert loaded.labels.tolist() == [0, 1]
    assert loaded.notes == ("Left out: “test/3.png” (no label: not in a folder named for an emotion).",)


def test_a_link_to_a_folder_inside_is_read_once_and_its_place_is_not_counted(root: Path) -> None:
    put(root / "pool" / "a" / "1.png")
    (root / "train").mkdir()
    (root / "train" / "happy").symlink_to(root / "pool" / "a", target_is_directory=True)

    loaded = load_folders(root)

    assert (len(loaded), loaded.notes) == (1, ())


def test_a_folder_that_may_not_be_looked_into_is_counted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root / "happy" / "1.png")
    put(root / "happy" / "closed" / "2.png")
    real = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)

    assert load_folders(root).notes == ("Left out: “happy/closed” (a folder that may not be looked into).",)


def test_files_without_number_are_counted_only_so_far(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed_over, "MOST_COUNTED", 20)
    put(root / "train" / "happy" / "1.png")
    for folder in range(5):
        for number in range(10):
            (root / "raw" / f"{folder}").mkdir(parents=True, exist_ok=True)
            (root / "raw" / f"{folder}" / f"{number}.xyz").write_bytes(b"")

    assert load_folders(root).notes == (
        "Left out: “raw/0/0.xyz” and at least 19 more (not a picture, by its ending).",
    )


def test_what_is_not_used_is_seen_by_the_fingerprint(root: Path) -> None:
    put(root / "happy" / "1.png")
    states = [listing_fingerprint(root)]
    put(root / "happy" / "deeper" / "2.png")
    states.append(listing_fingerprint(root))
    put(root / "test" / "3.png")
    states.append(listing_fingerprint(root))

    assert len(set(states)) == 3


def test_several_datasets_in_one_folder_are_said_to_be_so(root: Path) -> None:
    put(root / "CK" / "happy" / "1.png")
    put(root / "JAFFE" / "happy" / "1.png")

    with pytest.raises(
        MalformedDatasetError, match="several folders with emotions in them: “CK” and “JAFFE”"
    ):
        load_folders(root)


def test_a_list_of_classes_is_used_and_pictures_deeper_in_a_folder_without_meaning_are_no_mistake(
    root: Path,
) -> None:
    put(root / "0" / "1.png")
    put(root / "1" / "person" / "2.png")
    put(root / "originals" / "batch" / "3.png")
    (root / "classes.txt").write_text("0 sad\n1 fear\n")

    loaded = load_folders(root)

    assert [loaded.emotions[label] for label in loaded.labels] == [Emotion.SAD, Emotion.FEAR]
    assert [note for note in loaded.notes if note.startswith("Left out")] == [
        "Left out: “originals/batch/3.png” (no label: not in a folder named for an emotion)."
    ]


def test_names_that_are_no_text_are_counted_in_printable_sentences(root: Path) -> None:
    put(root / "happy" / "1.png")
    (root / os.fsdecode(b"\xff\xfe\x1b[31m.xyz")).write_bytes(b"")

    note = load_folders(root).notes[-1]

    assert note == "Left out: “???[31m.xyz” (not a picture, by its ending)."
    assert listing_fingerprint(root)


def test_a_folder_that_was_mapped_is_read_though_it_is_the_only_one_of_its_split(root: Path) -> None:
    put(root / "train" / "happy" / "1.png")
    put(root / "test" / "froh" / "2.png")

    chosen = ImportSettings(mapping=(("froh", "happy"),))

    assert len(load_folders(root)) == 1
    assert load_folders(root, how=chosen).splits.tolist() == [Split.TRAIN, Split.TEST]
