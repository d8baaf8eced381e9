"""FER+ votes: read exactly, joined only to the faces they belong to, counted as FER+ counts them."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer.datasets import Dataset, Split
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.readers import ferplus
from fer.datasets.readers.ferplus import (
    join_votes,
    labels_voted,
    load_votes,
    looks_like_votes,
    majority,
    soft_labels,
    usable,
    votes_beside,
)
from fer.emotions import EMOTIONS, Emotion
from fer.errors import DatasetError, FerError, MalformedDatasetError
from fer.system import paths
from tests.conftest import dataset_of, write_fer_csv

HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
USAGE = {Split.TRAIN: "Training", Split.VALIDATION: "PublicTest", Split.TEST: "PrivateTest"}
SPLITS = [Split.TRAIN] * 4 + [Split.VALIDATION, Split.TEST]


def ballot(**counts: int) -> list[int]:
    """Ten counts, those that are not named 0."""
    return [counts.get(name, 0) for name in VOTE_NAMES]


def ballots(*rows: list[int]) -> NDArray[np.uint8]:
    return np.array(rows, np.uint8)


def write_votes(path: Path, votes: NDArray[np.uint8], splits: NDArray[np.str_] | list[Split]) -> Path:
    lines = [HEADER]
    for row, (counts, split) in enumerate(zip(votes.tolist(), splits, strict=True)):
        name = "" if counts[-1] == 10 else f"fer{row:07}.png"
        lines.append(f"{USAGE[Split(str(split))]},{name},{','.join(map(str, counts))}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def faces() -> Dataset:
    return dataset_of([0, 1, 2, 3, 4, 5], SPLITS, size=8)


@pytest.fixture
def votes() -> NDArray[np.uint8]:
    return ballots(
        ballot(anger=10),
        ballot(disgust=6, anger=4),
        ballot(fear=5, surprise=5),
        ballot(NF=10),
        ballot(sadness=7, neutral=2, contempt=1),
        ballot(contempt=8, happiness=2),
    )


def test_every_vote_comes_back_and_again_from_the_cache(
    tmp_path: Path, votes: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_votes(tmp_path / "fer2013new.csv", votes, SPLITS)

    first = load_votes(path)
    with monkeypatch.context() as patched:
        patched.setattr(ferplus, "_read_votes", lambda path: pytest.fail("the cache was not used"))
        again = load_votes(path)

    for loaded in (first, again):
        np.testing.assert_array_equal(loaded.counts, votes)
        assert loaded.splits.tolist() == SPLITS
        assert loaded.counts.dtype == np.uint8


def test_another_content_and_a_damaged_cache_are_read_anew(tmp_path: Path, votes: NDArray[np.uint8]) -> None:
    path = write_votes(tmp_path / "fer2013new.csv", votes, SPLITS)
    load_votes(path)
    write_votes(path, votes[::-1], SPLITS)
    np.testing.assert_array_equal(load_votes(path).counts, votes[::-1])

    [kept] = paths.cache_folder().glob("*.npy")  # what belonged to the old content is gone
    kept.write_bytes(kept.read_bytes()[:100])
    np.testing.assert_array_equal(load_votes(path).counts, votes[::-1])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", '","').replace("\n", '"\n"').join(['"', ""]).removesuffix('"'),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("NF", "nf "),
        lambda text: re.sub(r",(\d+)(?=[,\n])", r",\1.0", text),
        lambda text: re.sub(r",(\d+)(?=[,\n])", r",\1.000000000000000000e+00", text),
        lambda text: "\n".join(f"{row},{line}" for row, line in enumerate(text.rstrip().split("\n"))),
    ],
    ids=[
        *("Windows", "byte order mark", "semicolons", "quotes", "blank lines", "no line end", "letters"),
        *("as pandas writes floats", "as NumPy does", "an index"),
    ],
)
def test_the_ways_in_which_programs_save_it_make_no_difference(
    tmp_path: Path, votes: NDArray[np.uint8], change: object
) -> None:
    path = write_votes(tmp_path / "votes.csv", votes, SPLITS)
    assert callable(change)
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode())

    assert looks_like_votes(path)
    np.testing.assert_array_equal(load_votes(path).counts, votes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (f"{HEADER}\n", "not one row below its header"),
        ("emotion,pixels,Usage\n", "is not the table of FER+ votes: it must have one column “neutral”"),
        (HEADER.replace(",contempt", "") + "\n", "must have one column “contempt”"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (f"{HEADER}\nTraining,a.png,4,0,0,1,3,2,0,0,0\n", "12 columns were expected and 11 are there"),
        (f"{HEADER}\nHoliday,a.png,4,0,0,1,3,2,0,0,0,0\n", "the Usage “Holiday”"),
        (
            f"{HEADER}\nTraining,a.png,4,0,0,1,3,2,0,0,0,11\n",
            "“11” in the column “nf” is no number of voters",
        ),
        (f"{HEADER}\nTraining,a.png,0.4,0,0,1,3,2,0,0,0,0\n", "“0.4” in the column “neutral”"),
        (f"{HEADER}\nTraining,a.png,nan,0,0,1,3,2,0,0,0,0\n", "“nan” in the column “neutral”"),
        (f"{HEADER}\nTraining,a.png,11.0,0,0,1,3,2,0,0,0,0\n", "“11.0” in the column “neutral”"),
        (f"{HEADER}\nTraining,a.png,-4,0,0,1,3,2,0,0,0,0\n", "“-4” in the column “neutral”"),
        (f"{HEADER}\nTraining,a.png,1e20,0,0,1,3,2,0,0,0,0\n", "“1e20”"),
        (f"{HEADER}\nTraining,a.png,,0,0,1,3,2,0,0,0,0\n", "“” in the column “neutral”"),
        (f"{HEADER}\nTraining,a.png,4\0,0,0,1,3,2,0,0,0,0\n", "in the column “neutral”"),
        (f'{HEADER}\n"{"x" * 2**18},4,0,0,1,3,2,0,0,0,0\n', "cannot be read"),
    ],
)
def test_a_table_that_holds_no_votes_is_refused_in_a_sentence(
    tmp_path: Path, text: str | bytes, reason: str
) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)

    with pytest.raises(MalformedDatasetError) as caught:
        load_votes(path)
    assert "“votes.csv”" in str(caught.value)
    assert reason in str(caught.value)


def test_the_first_bad_row_is_named_with_its_line(tmp_path: Path, votes: NDArray[np.uint8]) -> None:
    path = write_votes(tmp_path / "votes.csv", votes, SPLITS)
    path.write_text(path.read_text(encoding="utf-8").replace("7", "70"), encoding="utf-8")

    with pytest.raises(MalformedDatasetError, match=r"row 5 \(line 6\): “70” in the column “sadness”"):
        load_votes(path)


def test_a_table_too_large_for_votes_is_refused_unread(
    tmp_path: Path, votes: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ferplus, "_FILE_BYTES", 100)

    with pytest.raises(MalformedDatasetError, match="no table of votes is larger"):
        load_votes(write_votes(tmp_path / "votes.csv", votes, SPLITS))


def test_the_table_is_found_beside_the_faces_under_any_name(
    tmp_path: Path, votes: NDArray[np.uint8], small_dataset: Dataset
) -> None:
    folder = tmp_path / "data"
    assert votes_beside(folder) is None
    write_fer_csv(folder / "fer2013.csv", small_dataset)
    (folder / "notes.csv").write_bytes(b"\0\0")
    assert votes_beside(folder) is None

    other = write_votes(folder / "votes.csv", votes, SPLITS)
    assert votes_beside(folder) == other
    named = write_votes(folder / "fer2013new.csv", votes, SPLITS)
    assert votes_beside(folder) == named
    assert not looks_like_votes(folder / "fer2013.csv")
    assert not looks_like_votes(folder / "missing.csv")


def test_votes_are_joined_row_by_row(tmp_path: Path, faces: Dataset, votes: NDArray[np.uint8]) -> None:
    joined = join_votes(faces, write_votes(tmp_path / "votes.csv", votes, SPLITS))

    np.testing.assert_array_equal(joined.votes, votes)
    assert faces.votes is None


def test_rows_that_were_left_out_take_their_votes_along(tmp_path: Path) -> None:
    every = ballots(*(ballot(neutral=row % 10, fear=10 - row % 10) for row in range(40)))
    path = write_votes(tmp_path / "votes.csv", every, [Split.TRAIN] * 40)
    rows = np.delete(np.arange(40), [3, 17])

    joined = join_votes(dataset_of([0] * 40, size=8).take(rows), path)

    np.testing.assert_array_equal(joined.votes, every[rows])


@pytest.mark.parametrize(
    ("labels", "splits", "reason"),
    [
        (range(5), SPLITS[:5], "has 6 rows and “small” has 5 faces"),
        ([*range(6), 0], [*SPLITS, Split.TEST], "has 6 rows and “small” has 7 faces"),
        (range(6), [*SPLITS[:3], Split.TEST, *SPLITS[4:]], "row 4 is train in one and test in the other"),
    ],
    ids=["fewer", "more", "another order"],
)
def test_votes_of_other_faces_are_not_joined_and_the_reason_is_said(
    tmp_path: Path, votes: NDArray[np.uint8], labels: list[int], splits: list[Split], reason: str
) -> None:
    path = write_votes(tmp_path / "votes.csv", votes, SPLITS)

    with pytest.raises(DatasetError, match="The votes were not joined") as caught:
        join_votes(dataset_of(labels, splits, size=8), path)
    assert reason in str(caught.value)


def test_faces_in_another_order_within_their_split_are_found_out(tmp_path: Path) -> None:
    labels = np.random.default_rng(0).integers(0, 7, 2000)
    column = [ferplus.EMOTION_OF_VOTE.index(emotion) for emotion in EMOTIONS]
    cast = np.zeros((2000, 10), np.uint8)
    cast[np.arange(2000), np.array(column)[labels]] = 10
    path = write_votes(tmp_path / "votes.csv", cast, [Split.TRAIN] * 2000)

    join_votes(dataset_of(labels.tolist(), size=8), path)
    with pytest.raises(DatasetError, match="as if the faces were in another order"):
        join_votes(dataset_of(labels[::-1].tolist(), size=8), path)


def test_the_majority_is_what_most_chose_of_all_who_voted(votes: NDArray[np.uint8]) -> None:
    labels, agreement = majority(votes)

    assert [VOTE_NAMES[label] for label in labels] == [
        "anger",
        "disgust",
        "surprise",
        "NF",
        "sadness",
        "contempt",
    ]
    np.testing.assert_allclose(agreement, [1, 0.6, 0.5, 1, 0.7, 0.8])
    assert majority(ballots(ballot()))[1].tolist() == [0]


@pytest.mark.parametrize(
    ("counts", "kept"),
    [
        (ballot(happiness=10), True),
        (ballot(happiness=6, sadness=4), True),
        (ballot(happiness=5, sadness=5), False),
        (ballot(happiness=5, sadness=3, fear=2), False),
        # Without the single votes five of eight are a majority.
        (ballot(happiness=5, sadness=3, fear=1, anger=1), True),
        (ballot(neutral=1, happiness=1, surprise=1, sadness=1, anger=1, disgust=1, fear=1), False),
        (ballot(contempt=10), False),
        (ballot(unknown=9, happiness=1), False),
        (ballot(NF=10), False),
        (ballot(), False),
    ],
)
def test_a_majority_is_more_than_half_of_what_more_than_one_chose(counts: list[int], kept: bool) -> None:
    assert usable(ballots(counts)).tolist() == [kept]


def test_labels_by_vote_are_indices_of_the_emotions_asked_for(votes: NDArray[np.uint8]) -> None:
    assert [EMOTIONS[label] for label in labels_voted(votes, EMOTIONS)[[0, 1, 2, 4]]] == [
        "angry",
        "disgust",
        "surprise",
        "sad",
    ]
    assert labels_voted(votes, EMOTIONS)[[3, 5]].tolist() == [-1, -1]
    assert labels_voted(votes, (Emotion.SAD, Emotion.ANGRY)).tolist() == [1, -1, -1, -1, 0, -1]


def test_soft_labels_are_the_shares_of_our_emotions_without_single_votes() -> None:
    shares = soft_labels(
        ballots(
            ballot(neutral=6, sadness=3, fear=1),
            ballot(happiness=4, contempt=6),
            ballot(happiness=1, surprise=1, unknown=8),
            ballot(NF=10),
        ),
        EMOTIONS,
    )

    expected = np.zeros((4, 7))
    expected[0, [EMOTIONS.index(Emotion.NEUTRAL), EMOTIONS.index(Emotion.SAD)]] = 2 / 3, 1 / 3
    expected[1, EMOTIONS.index(Emotion.HAPPY)] = 1
    expected[2, [EMOTIONS.index(Emotion.HAPPY), EMOTIONS.index(Emotion.SURPRISE)]] = 0.5
    expected[3] = 1 / 7
    np.testing.assert_allclose(shares, expected, rtol=1e-6)
    assert shares.dtype == np.float32


counts = st.lists(st.integers(0, 10), min_size=10, max_size=10)
properties = settings(
    max_examples=50,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@properties
@given(rows=st.lists(st.tuples(counts, st.sampled_from(list(Split))), min_size=1, max_size=6))
def test_any_votes_come_back_and_make_shares_that_sum_to_1(
    tmp_path: Path, rows: list[tuple[list[int], Split]]
) -> None:
    cast = ballots(*(row for row, _ in rows))

    loaded = load_votes(write_votes(tmp_path / "votes.csv", cast, [split for _, split in rows]))

    np.testing.assert_array_equal(loaded.counts, cast)
    assert loaded.splits.tolist() == [split for _, split in rows]
    np.testing.assert_allclose(soft_labels(cast, EMOTIONS).sum(axis=1), 1, rtol=1e-5)
    kept = usable(cast)
    assert (labels_voted(cast, EMOTIONS)[kept] >= 0).all()
    best = soft_labels(cast, EMOTIONS).argmax(axis=1)
    np.testing.assert_array_equal(best[kept], labels_voted(cast, EMOTIONS)[kept])


GOOD = "\n".join([HEADER, *("Training,a.png,4,0,0,1,3,2,0,0,0,0" for _ in range(3))]).encode()


@properties
@given(place=st.integers(0, len(GOOD)), removed=st.integers(0, 60), added=st.binary(max_size=6))
def test_no_bytes_raise_anything_but_a_sentence(
    tmp_path: Path, place: int, removed: int, added: bytes
) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes(GOOD[:place] + added + GOOD[place + removed :])
    try:
        loaded = load_votes(path)
    except FerError as error:
        assert "“votes.csv”" in str(error)
        assert "\n" not in str(error)
    else:
        assert loaded.counts.shape[1] == 10
        assert loaded.counts.max() <= 10
