"""The dataset page with the built-in faces, with a CSV of the learner's, and with one that is none."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.config import DatasetView
from fer.datasets import Dataset, editions, load_dataset
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import Emotion
from pages.parts.dataset import verify
from tests.app.conftest import words
from tests.conftest import dataset_of
from tests.corrections import change_of, exclude, relabel

OpenPage = Callable[..., AppTest]
PAGE = "1_dataset.py"


@pytest.fixture
def small_csv(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session in which a small CSV is the chosen dataset."""
    return {"workshop.dataset": f"{csv_in_data('small')}.csv"}


@pytest.fixture
def faces(small_csv: dict[str, object]) -> dict[str, object]:
    """The same session, looking at the faces."""
    return {**small_csv, "dataset.view_shown": "Faces"}


@pytest.fixture
def edition(small_csv: dict[str, object]) -> editions.Edition:
    """An edition of the small CSV in which row 0 is left out and row 7 is happy."""
    dataset = load_dataset("small.csv")
    editions.create_edition("small.csv", "mine")
    exclude(dataset, "mine", [0], "blurred")
    return relabel(dataset, "mine", [7], Emotion.HAPPY)


def opened(session: dict[str, object]) -> dict[str, object]:
    """The session with the edition "mine" open."""
    return {**session, "workshop.view": DatasetView(edition="mine")}


def test_what_was_left_out_is_said_as_it_is_called_and_much_of_it_behind_the_first_notes(
    open_page: OpenPage, fer_home: Path
) -> None:
    root = fer_home / "data" / "mine"
    for number in range(3):
        path = root / "train" / "happy" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.full((48, 48), 40 * number, np.uint8))
    for place in ("test/*1*.png", "_old/2.png", "a.zip", "b.xyz"):
        (root / place).parent.mkdir(exist_ok=True)
        (root / place).write_bytes(b"")
    (root / "train" / "happy" / "link").symlink_to(root)

    page = open_page(PAGE, {"workshop.dataset": "mine"})

    assert not page.exception
    notes = load_dataset("mine").notes
    assert len(notes) == 5
    assert page.expander[0].label == "More notes: 1"
    assert r"“test/\*1\*.png” (no label" in words(page)


def test_without_data_the_built_in_faces_are_shown(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    monkeypatch.setattr("fer.datasets.load_dataset", lambda name, progress, view: small_dataset)
    page = open_page(PAGE)
    assert not page.exception
    assert page.selectbox(key="dataset.dataset").value == "synthetic"
    assert "**42 faces** of 7 emotions, 48 × 48 grey pixels" in words(page)


def test_a_csv_in_data_is_read_counted_and_shown(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert not page.error
    assert "**42 faces**" in words(page)
    assert page.table[0].value["Training"].tolist() == ["4"] * 7


@pytest.mark.parametrize("page_file", [PAGE, "2_augmentation.py", "3_training.py"])
def test_what_is_not_understood_is_offered_last_and_says_why(
    open_page: OpenPage, fer_home: Path, csv_in_data: Callable[[str], str], page_file: str
) -> None:
    csv_in_data("small")
    (fer_home / "data" / "holiday").mkdir()
    page = open_page(page_file, {"workshop.dataset": "holiday"})
    assert not page.exception
    choice = page.selectbox(key=f"{page_file[2:-3]}.dataset")
    assert choice.options[-1] == "holiday · not understood"
    assert choice.value == "holiday"
    assert "“holiday” is empty" in "".join(box.value for box in page.error) + words(page)


def test_the_laziest_answer_is_named_with_its_score(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fer.datasets.load_dataset", lambda name, progress, view: dataset_of([3, 3, 3, 0]))
    text = words(open_page(PAGE))
    assert "always answered “happy” would be right for **75.0\u00a0%**" in text
    assert "None shows **disgust, fear, sad, surprise and neutral**" in text


def test_every_view_opens_without_an_error(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    for view in page.button_group(key="dataset.view_shown").options:
        page = open_page(PAGE, {**small_csv, "dataset.view_shown": view})
        assert not page.exception, view
        assert not page.error, view


def test_faces_can_be_narrowed_to_a_split_and_an_emotion(
    open_page: OpenPage, faces: dict[str, object]
) -> None:
    page = open_page(PAGE, faces)
    assert "Faces 1 to 42 of 42" in words(page)
    page.selectbox(key="dataset.split").select_index(3).run()
    assert "Faces 1 to 7 of 7" in words(page)
    page.selectbox(key="dataset.emotion").select_index(1).run()
    assert "Faces 1 to 1 of 1" in words(page)


def test_a_range_is_a_chip_that_takes_it_away_again(open_page: OpenPage, faces: dict[str, object]) -> None:
    page = open_page(PAGE, faces)
    # The faces of an emotion have a brightness of their own: the darkest six are angry.
    page.slider(key="dataset.brightness").set_range(0, 30).run()
    assert "Faces 1 to 6 of 6" in words(page)
    chip = page.button(key="dataset.without.dataset.brightness")
    assert chip.label == "Brightness 0–30"
    chip.click().run()
    assert "Faces 1 to 42 of 42" in words(page)
    assert page.slider(key="dataset.brightness").value == (0, 255)


def test_sharpness_is_asked_for_as_a_rank(open_page: OpenPage, faces: dict[str, object]) -> None:
    page = open_page(PAGE, faces)
    page.slider(key="dataset.sharpness").set_range(0, 50).run()
    assert "Faces 1 to 21 of 21" in words(page)


def test_filters_that_nothing_fits_say_so_and_can_be_cleared(
    open_page: OpenPage, faces: dict[str, object]
) -> None:
    page = open_page(PAGE, faces)
    page.selectbox(key="dataset.emotion").set_value("angry").run()
    page.slider(key="dataset.brightness").set_range(200, 255).run()
    assert "No such face" in words(page)
    page.button(key="dataset.clear_empty").click().run()
    assert "Faces 1 to 42 of 42" in words(page)
    assert not page.exception


def test_filters_are_forgotten_with_the_dataset(
    open_page: OpenPage, faces: dict[str, object], csv_in_data: Callable[[str], str]
) -> None:
    csv_in_data("other")
    page = open_page(PAGE, faces)
    page.selectbox(key="dataset.emotion").set_value("angry").run()
    page.selectbox(key="dataset.dataset").set_value("other.csv").run()
    assert not page.exception
    assert page.selectbox(key="dataset.emotion").value == ""
    assert "Faces 1 to 42 of 42" in words(page)


def test_shuffling_counts_the_seed_up(open_page: OpenPage, faces: dict[str, object]) -> None:
    page = open_page(PAGE, faces)
    page.button(key="dataset.shuffle").click().run()
    assert page.number_input(key="dataset.seed").value == 1
    assert page.selectbox(key="dataset.order").value == "Shuffled"
    assert "shuffled with seed 1" in words(page)
    assert not page.exception


def test_a_row_opens_large_with_its_label_and_its_numbers(
    open_page: OpenPage, faces: dict[str, object]
) -> None:
    page = open_page(PAGE, faces)
    page.number_input(key="dataset.row").set_value(41).run()
    assert not page.exception
    assert "Row **41**" in words(page)
    assert "Brightness **" in words(page)
    assert page.metric[-1].value == "Neutral"
    assert len(page.code[0].value.splitlines()) == 48
    assert page.button(key="dataset.next_face").disabled
    page.button(key="dataset.previous_face").click().run()
    assert "Row **40**" in words(page)


# ── mending ──────────────────────────────────────────────────────────────────────────────────────


def test_the_first_mending_makes_an_edition_and_opens_it(
    open_page: OpenPage, faces: dict[str, object]
) -> None:
    page = open_page(PAGE, faces)
    page.session_state["dataset.selecting"], page.session_state["dataset.selected"] = True, [2, 3]
    page.run()
    page.button(key="dataset.selection.exclude").click().run()
    assert not page.exception
    assert page.selectbox(key="dataset.edition").value == "mended"
    mended = editions.load_edition("small.csv", "mended")
    assert [(change.row, change.action) for change in mended.changes] == [(2, "exclude"), (3, "exclude")]
    assert page.session_state["dataset.selected"] == []


def test_a_new_label_is_kept_with_its_reason(
    open_page: OpenPage, faces: dict[str, object], edition: editions.Edition
) -> None:
    page = open_page(PAGE, opened({**faces, "dataset.face": 12}))
    page.text_input(key="dataset.card.12.reason").set_value("she smiles").run()
    page.button(key="dataset.card.12.label.happy").click().run()
    assert not page.exception
    change = change_of(editions.load_edition("small.csv", "mine"), 12)
    assert change is not None
    assert (change.new_label, change.reason) == (Emotion.HAPPY, "she smiles")
    assert "Now **happy** in “mine”" in words(page)
    page.button(key="dataset.card_undo").click().run()
    assert change_of(editions.load_edition("small.csv", "mine"), 12) is None


def test_the_open_edition_is_counted_and_its_changes_can_be_undone(
    open_page: OpenPage, faces: dict[str, object], edition: editions.Edition
) -> None:
    page = open_page(PAGE, {**opened(faces), "dataset.changes": True})
    assert page.selectbox(key="dataset.edition").value == "mine"
    assert "Row 7, disgust → **happy**" in words(page)
    assert "Row 0, left out" in words(page)
    assert "blurred" in words(page)
    page.button(key="dataset.undo.0").click().run()
    assert [change.row for change in editions.load_edition("small.csv", "mine").changes] == [7]
    page.button(key="dataset.undo_last").click().run()
    assert not editions.load_edition("small.csv", "mine").changes
    assert not page.exception


def test_faces_can_be_narrowed_to_what_an_edition_did(
    open_page: OpenPage, faces: dict[str, object], edition: editions.Edition
) -> None:
    page = open_page(PAGE, opened(faces))
    page.selectbox(key="dataset.mended").set_value("excluded").run()
    assert "Faces 1 to 1 of 1" in words(page)
    page.button(key="dataset.without.dataset.mended").click().run()
    assert "Faces 1 to 42 of 42" in words(page)


def test_an_edition_is_deleted_when_asked_twice_and_comes_back(
    open_page: OpenPage, faces: dict[str, object], edition: editions.Edition
) -> None:
    page = open_page(PAGE, {**opened(faces), "dataset.edition_more": True})
    page.checkbox(key="dataset.edition_doomed.mine").check().run()
    page.button(key="dataset.edition_delete").click().run()
    assert not page.exception
    assert editions.list_editions("small.csv") == []
    assert page.selectbox(key="dataset.edition").value == ""
    page.button(key="dataset.edition_restore").click().run()
    assert page.selectbox(key="dataset.edition").value == "mine"
    assert editions.load_edition("small.csv", "mine").changes == edition.changes


def test_an_edition_of_other_faces_is_closed_and_the_page_goes_on(
    open_page: OpenPage,
    faces: dict[str, object],
    edition: editions.Edition,
    csv_in_data: Callable[[str], str],
) -> None:
    path = editions.edition_path("small.csv", "mine")
    path.write_text(path.read_text().replace(edition.changes[0].face, "0" * 16))
    page = open_page(PAGE, opened(faces))
    assert not page.exception
    assert page.selectbox(key="dataset.edition").value == ""
    assert "another picture lies there" in page.toast[0].value
    assert "Faces 1 to 42 of 42" in words(page)


def test_an_edition_can_be_opened_and_made_by_name(
    open_page: OpenPage, faces: dict[str, object], edition: editions.Edition
) -> None:
    page = open_page(PAGE, faces)
    page.selectbox(key="dataset.edition").set_value("mine").run()
    assert page.session_state["workshop.view"].edition == "mine"
    page.selectbox(key="dataset.edition").select_index(2).run()
    page.text_input(key="dataset.new_edition_name").set_value("second")
    page.button[[button.label for button in page.button].index("Make it")].click().run()
    assert not page.exception
    assert page.selectbox(key="dataset.edition").value == "second"


# ── what people say ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def voted(monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset) -> Dataset:
    """The small faces with votes: most voters call every angry face neutral, and agree on all others."""
    order = ["neutral", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
    votes = np.zeros((len(small_dataset), len(VOTE_NAMES)), np.uint8)
    votes[np.arange(len(votes)), [VOTE_NAMES.index(order[label]) for label in small_dataset.labels]] = 10
    dataset = replace(small_dataset, votes=votes)
    monkeypatch.setattr("fer.datasets.load_dataset", lambda name, progress, view: dataset)
    return dataset


def test_the_share_of_contradicted_labels_is_told(open_page: OpenPage, voted: Dataset) -> None:
    assert (
        "Of these 42 faces, for **14.3\N{NO-BREAK SPACE}%** the most frequent vote differs from the label"
        in words(open_page(PAGE))
    )


def test_without_votes_the_page_says_where_to_get_them(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    assert "fer2013new.csv" in words(open_page(PAGE, small_csv))


def test_faces_can_be_narrowed_by_their_votes(open_page: OpenPage, voted: Dataset) -> None:
    page = open_page(PAGE, {"dataset.view_shown": "Faces"})
    page.selectbox(key="dataset.vote").set_value("neutral").run()
    assert "Faces 1 to 12 of 12" in words(page)
    page.slider(key="dataset.agreement").set_range(0, 50).run()
    assert "Faces 1 to 6 of 6" in words(page)
    page.selectbox(key="dataset.order").set_value("Least agreed first").run()
    assert not page.exception


def test_verifying_asks_first_then_tells_and_keeps_score(
    open_page: OpenPage, voted: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "_drawn", lambda dataset: (18, 18))
    page = open_page(PAGE, {"dataset.view_shown": "Faces"})
    page.button(key="dataset.verify_faces").click().run()
    assert "### Happy" not in words(page)
    page.button(key="dataset.verify.happy").click().run()
    assert "### Happy" in words(page)
    assert "What 10 FER+ voters saw" in words(page)
    page.button(key="dataset.verify_next").click().run()
    page.button(key="dataset.verify.sad").click().run()
    assert "you said **sad**" in words(page)
    page.button(key="dataset.verify_next").click().run()
    assert [(metric.value, metric.delta) for metric in page.metric[-1:]] == [("50\u00a0%", "1 of 2 faces")]
    assert "agreed with the label for **2 of 2**" in words(page)
    page.button(key="dataset.verify_again").click().run()
    assert page.button(key="dataset.verify.happy")


def test_a_file_that_is_no_dataset_is_a_sentence_and_the_choice_stays(
    open_page: OpenPage, fer_home: Path
) -> None:
    (fer_home / "data").mkdir()
    (fer_home / "data" / "notes.csv").write_text("a,b\n1,2\n")
    page = open_page(PAGE, {"workshop.dataset": "notes.csv"})
    assert not page.exception
    assert len(page.error) == 1
    assert page.selectbox(key="dataset.dataset").options[0] == "Built-in drawn faces"


def test_a_dataset_that_is_gone_gives_way_to_the_built_in_one(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    monkeypatch.setattr("fer.datasets.load_dataset", lambda name, progress, view: small_dataset)
    page = open_page(PAGE, {"workshop.dataset": "gone.csv"})
    assert page.selectbox(key="dataset.dataset").value == "synthetic"


def test_a_page_needs_nothing_of_its_frame_but_that_it_was_drawn(small_csv: dict[str, object]) -> None:
    from tests.conftest import PROJECT_ROOT

    page = AppTest.from_file(str(PROJECT_ROOT / "pages" / PAGE), default_timeout=60)
    page.session_state["workshop.dataset"] = "small.csv"
    page.session_state["frame.drawn"] = True
    assert not page.run().exception
    assert [title.value for title in page.title] == ["Dataset"]


def test_votes_that_are_put_beside_a_dataset_join_it_while_it_is_open(
    open_page: OpenPage, small_csv: dict[str, object], fer_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(
        "fer.datasets.load_dataset",
        lambda name, progress, view: read.append(name) or load_dataset(name, progress, view=view),
    )
    open_page(PAGE, small_csv)
    open_page(PAGE, small_csv)
    assert len(read) == 1
    votes = fer_home / "data" / "fer2013new.csv"
    votes.write_text("Usage,Image name\n")
    os.utime(votes, (1, 1_000_000_000))  # older than the faces, as what is unpacked often is
    open_page(PAGE, small_csv)
    assert len(read) == 2
