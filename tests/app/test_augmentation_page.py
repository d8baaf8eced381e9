"""The augmentation page: sliders, presets, draws, and what the training form gets of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, DatasetView, TrainingConfig
from fer.config.augmentation_presets import list_presets, save_preset
from fer.datasets import Dataset, Split, list_datasets, load_dataset
from fer.system.paths import augmentation_presets_folder
from fer.training.batches import fingerprint, first_batch
from pages.parts import face_sheet, phrases, pickers
from pages.parts.augmentation import compare
from pages.parts.face_sheet import Caption
from tests.app.conftest import words
from tests.conftest import write_fer_csv
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "2_augmentation.py"
KEPT = "workshop.augmentation"
Sheets = dict[str, tuple[NDArray[np.uint8], Sequence[Caption]]]


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> Sheets:
    """The sheets of faces that the page draws, by their key; a browser shows them, an `AppTest` cannot."""
    drawn: Sheets = {}

    def keep(images: NDArray[np.uint8], captions: Sequence[Caption], key: str, **_: object) -> None:
        assert len(images) == len(captions)
        drawn[key] = images, captions

    monkeypatch.setattr(face_sheet, "show", keep)
    return drawn


@pytest.fixture
def model(fer_home: Path) -> None:
    """A model that knows grey levels, as the small dataset is labelled."""
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")


def look_at(page: AppTest, view: str) -> AppTest:
    """Choose one of the page's views."""
    page.segmented_control(key="augmentation.view").set_value(view).run()
    assert not page.exception
    return page


@pytest.fixture
def small_csv(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session in which a small CSV is the chosen dataset."""
    return {"workshop.dataset": f"{csv_in_data('small')}.csv"}


def test_it_opens_with_gentle_changes(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert page.session_state[KEPT] == DEFAULT_AUGMENTATION
    assert "flip, ±10° rotation, ±10 % shift, ±10 % zoom" in words(page)


def test_a_preset_moves_the_sliders_and_is_kept_for_training(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, small_csv)
    page.button(key="augmentation.preset.Strong (reference S0)").click().run()
    assert page.slider(key="augmentation.rotation_degrees").value == 20
    assert page.session_state[KEPT] == AugmentationConfig(
        horizontal_flip=True,
        rotation_degrees=20,
        shift_x_fraction=0.2,
        shift_y_fraction=0.2,
        zoom_in_fraction=0.2,
        zoom_out_fraction=0.2,
    )
    page.button(key="augmentation.preset.None").click().run()
    assert not page.session_state[KEPT].changes_anything


def test_a_slider_changes_what_is_kept(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.slider(key="augmentation.erase_fraction").set_value(30).run()
    assert page.session_state[KEPT].erase_fraction == 0.3


def test_what_was_left_is_found_again(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, {**small_csv, KEPT: AugmentationConfig(rotation_degrees=33)})
    assert page.slider(key="augmentation.rotation_degrees").value == 33
    assert page.toggle(key="augmentation.horizontal_flip").value is False


def test_drawing_again_counts_the_seed_up(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.button(key="augmentation.draw").click().run()
    assert page.number_input(key="augmentation.seed").value == 1


def test_settings_that_no_slider_can_show_stay_until_it_is_moved(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    odd = AugmentationConfig(rotation_degrees=12.5, blur_pixels=0.33, mixup_alpha=0.21)
    page = open_page(PAGE, {**small_csv, KEPT: odd})
    assert page.session_state[KEPT] == odd
    page.slider(key="augmentation.rotation_degrees").set_value(30).run()
    assert page.session_state[KEPT] == replace(odd, rotation_degrees=30)


def test_every_setting_has_a_widget_of_its_own_that_is_kept(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, {**small_csv, KEPT: AugmentationConfig()})
    page.toggle(key="augmentation.horizontal_flip").set_value(True)
    page.toggle(key="augmentation.vertical_flip").set_value(True)
    page.segmented_control(key="augmentation.fill").set_value("reflect")
    wanted = {
        "rotation_degrees": (15, 15),
        "shift_x_fraction": (5, 0.05),
        "shift_y_fraction": (6, 0.06),
        "zoom_in_fraction": (7, 0.07),
        "zoom_out_fraction": (8, 0.08),
        "brightness_fraction": (9, 0.09),
        "contrast_fraction": (10, 0.1),
        "noise_fraction": (3, 0.03),
        "blur_pixels": (0.7, 0.7),
        "erase_fraction": (12, 0.12),
        "mixup_alpha": (0.2, 0.2),
        "cutmix_alpha": (1.0, 1.0),
    }
    for name, (shown, _) in wanted.items():
        page.slider(key=f"augmentation.{name}").set_value(shown)
    page.run()
    assert not page.exception
    assert page.session_state[KEPT] == AugmentationConfig(
        horizontal_flip=True,
        vertical_flip=True,
        fill="reflect",
        **{name: value for name, (_, value) in wanted.items()},
    )
    assert "Nobody smiles upside down" in words(page)


def test_settings_read_as_a_sentence() -> None:
    said = phrases.augmentation(
        AugmentationConfig(
            vertical_flip=True,
            shift_x_fraction=0.1,
            zoom_out_fraction=0.2,
            fill="black",
            noise_fraction=0.05,
            blur_pixels=1.5,
            mixup_alpha=0.2,
        )
    )
    assert said == (
        "upside down, shift ±10 % across, zoom −20 %, black borders, "
        "noise up to 5 %, blur up to 1.5 px, mixup 0.2"
    )
    # Where nothing moves there is no border to fill.
    assert phrases.augmentation(AugmentationConfig(zoom_in_fraction=0.2, fill="black")) == "zoom +20 %"
    both = AugmentationConfig(zoom_in_fraction=0.2, zoom_out_fraction=0.1, shift_y_fraction=0.3)
    assert phrases.augmentation(both) == "shift ±30 % up and down, zoom −10 % to +20 %"


def test_the_sheet_tells_what_was_drawn_and_the_same_seed_draws_it_again(
    open_page: OpenPage, small_csv: dict[str, object], sheets: Sheets
) -> None:
    page = open_page(PAGE, {**small_csv, KEPT: AugmentationConfig(rotation_degrees=20, noise_fraction=0.2)})
    images, captions = sheets["augmentation.sheet"]
    assert (len(images), captions[0].notes) == (24, ("original",))
    assert captions[1].label.endswith("°")
    assert captions[1].notes[0].startswith("noise ")
    assert "rotated" in captions[1].description
    page.button(key="augmentation.draw").click().run()
    assert not np.array_equal(sheets["augmentation.sheet"][0], images)
    page.number_input(key="augmentation.seed").set_value(0).run()
    assert np.array_equal(sheets["augmentation.sheet"][0], images)


def test_many_faces_are_shown_before_and_after(
    open_page: OpenPage, small_csv: dict[str, object], sheets: Sheets
) -> None:
    page = open_page(PAGE, small_csv)
    page.segmented_control(key="augmentation.of").set_value("Many faces").run()
    assert not page.exception
    assert "As the model could meet them" in words(page)
    before, after = sheets["augmentation.before"], sheets["augmentation.after"]
    assert len(before[0]) == len(after[0]) == 12
    assert not np.array_equal(before[0], after[0])


def test_pixels_that_the_fill_made_up_are_marked(
    open_page: OpenPage, small_csv: dict[str, object], sheets: Sheets
) -> None:
    page = open_page(PAGE, {**small_csv, KEPT: AugmentationConfig(shift_x_fraction=0.5)})
    page.toggle(key="augmentation.marks").set_value(True).run()
    images, _ = sheets["augmentation.sheet"]
    colored = (images.max(axis=3) != images.min(axis=3)).any(axis=(1, 2))
    assert not colored[0]  # the original
    assert colored[1:].all()
    assert "Striped: what the fill made up." in words(page)


def test_before_and_after_lie_on_one_another(
    open_page: OpenPage, small_csv: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr(compare, "_component", lambda key, data: shown.append(data))
    page = look_at(
        open_page(PAGE, {**small_csv, KEPT: AugmentationConfig(shift_x_fraction=0.5)}), "Before and after"
    )
    assert shown[-1]["before"] != shown[-1]["after"]
    assert "moved" in shown[-1]["after_description"]
    assert "% of the pixels were made up by the fill" in words(page)


def test_the_extremes_show_both_ends_of_each_slider(
    open_page: OpenPage, small_csv: dict[str, object], sheets: Sheets
) -> None:
    page = look_at(open_page(PAGE, {**small_csv, KEPT: AugmentationConfig(rotation_degrees=20)}), "Extremes")
    _, captions = sheets["augmentation.extremes"]
    assert [caption.notes for caption in captions] == [("−20°",), ("+20°",)]
    page.segmented_control(key="augmentation.furthest").set_value("As far as they go").run()
    _, captions = sheets["augmentation.extremes"]
    assert len(captions) == 2 * 12
    assert ("+90°",) in [caption.notes for caption in captions]
    page.button(key="augmentation.preset.None").click().run()
    page.segmented_control(key="augmentation.furthest").set_value("As you set them").run()
    assert "its ends are the face itself" in words(page)


def test_mixed_faces_carry_both_labels_with_their_percent(
    open_page: OpenPage, small_csv: dict[str, object], sheets: Sheets
) -> None:
    page = look_at(open_page(PAGE, {**small_csv, KEPT: AugmentationConfig(mixup_alpha=1)}), "Mixing")
    assert "This is what 1 would do" in words(page)  # CutMix is off
    for name in ("mixup", "cutmix"):
        _, captions = sheets[f"augmentation.{name}_alpha.sheet"]
        mixed = [caption for caption in captions if caption.notes]
        assert len(mixed) > 4
        for caption in mixed:
            shares = [int(line.split("%")[0]) for line in (caption.label, *caption.notes)]
            assert sum(shares) in (99, 100, 101)  # rounded


def test_the_first_batch_is_the_one_that_training_would_meet(
    open_page: OpenPage, small_csv: dict[str, object], sheets: Sheets
) -> None:
    form = TrainingConfig(batch_size=8, seed=5, subset=20)
    config = AugmentationConfig(rotation_degrees=20, noise_fraction=0.1, cutmix_alpha=1)
    page = look_at(open_page(PAGE, {**small_csv, KEPT: config, "workshop.training": form}), "First batch")
    name = str(small_csv["workshop.dataset"])
    batch = first_batch(load_dataset(name), replace(form, dataset=name, augmentation=config))
    assert f"batch `{fingerprint(batch)}`" in words(page)
    images, captions = sheets["augmentation.batch"]
    assert len(images) == 8
    assert np.abs(images.astype(float) - (batch.inputs + 1) * 127.5).max() <= 0.5
    assert any(caption.notes for caption in captions)
    page.slider(key="augmentation.rotation_degrees").set_value(21).run()
    assert fingerprint(batch) not in words(page)


def test_the_settings_are_there_as_keras_layers(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = look_at(open_page(PAGE, small_csv), "Keras")
    assert "keras.layers.RandomRotation(10 / 360" in page.code[0].value
    assert "the same seed gives other pictures" in words(page)


def test_a_model_marks_the_copies_whose_label_it_turns(
    open_page: OpenPage, small_csv: dict[str, object], sheets: Sheets, model: None
) -> None:
    page = open_page(PAGE, {**small_csv, KEPT: AugmentationConfig(brightness_fraction=0.5)})
    page.toggle(key="augmentation.verdict").set_value(True).run()
    assert not page.exception
    _, captions = sheets["augmentation.sheet"]
    turned = [caption for caption in captions if caption.new_label]
    assert 10 < len(turned) < 24
    assert all(caption.chosen and "turns from" in caption.description for caption in turned)
    assert not any(caption.chosen for caption in captions if not caption.new_label)
    said = words(page)
    assert f"**{len(turned)}** get another answer" in said
    assert "Too strong for the label to survive" in said
    assert "7 validation faces" in said
    assert page.metric[0].value == "0\u00a0%"

    page.segmented_control(key="augmentation.of").set_value("Many faces").run()
    assert not page.exception
    page.button(key="augmentation.preset.None").click().run()
    _, captions = sheets["augmentation.after"]
    assert not any(caption.new_label for caption in captions)
    assert "Of the 12 copies above, **0**" in words(page)
    assert page.metric[2].value == "0\u00a0%"


def test_without_a_model_the_verdict_says_where_to_get_one(
    open_page: OpenPage, small_csv: dict[str, object], sheets: Sheets
) -> None:
    page = open_page(PAGE, small_csv)
    page.toggle(key="augmentation.verdict").set_value(True).run()
    assert not page.exception
    assert "There is no model to ask yet" in words(page)
    assert "augmentation.sheet" in sheets


def test_a_damaged_model_is_a_sentence(
    open_page: OpenPage, small_csv: dict[str, object], fer_home: Path
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey", content=b"nothing")
    page = open_page(PAGE, small_csv)
    page.toggle(key="augmentation.verdict").set_value(True).run()
    assert not page.exception
    assert "damaged or incomplete" in page.error[0].value


def test_settings_are_kept_under_a_name_and_found_again(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    mine = AugmentationConfig(blur_pixels=1.2, fill="black")
    page = open_page(PAGE, {**small_csv, KEPT: mine})
    assert page.button(key="augmentation.preset.save").disabled
    page.text_input(key="augmentation.preset.name").set_value("Out of focus").run()
    page.button(key="augmentation.preset.save").click().run()
    assert "Kept as “Out of focus”." in page.success[0].value
    page.button(key="augmentation.preset.None").click().run()
    page.button(key="augmentation.preset.Out of focus").click().run()
    assert page.session_state[KEPT] == mine
    assert "**Out of focus.** Saved by you." in words(page)


def test_a_taken_name_is_replaced_only_by_a_button_that_says_so(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    save_preset("Dim", AugmentationConfig(brightness_fraction=0.3))
    page = open_page(PAGE, small_csv)
    page.text_input(key="augmentation.preset.name").set_value("dim").run()
    assert page.button(key="augmentation.preset.save").label == "Replace “dim”"
    page.button(key="augmentation.preset.save").click().run()
    assert [(preset.name, preset.config) for preset in list_presets()] == [("Dim", DEFAULT_AUGMENTATION)]


def test_a_preset_is_deleted_after_a_second_question(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    save_preset("Dim", AugmentationConfig(brightness_fraction=0.3))
    page = open_page(PAGE, small_csv)
    page.button(key="augmentation.preset.ask").click().run()
    assert "Delete “Dim”? It cannot be brought back." in words(page)
    page.button(key="augmentation.preset.keep").click().run()
    assert len(list_presets()) == 1
    page.button(key="augmentation.preset.ask").click().run()
    page.button(key="augmentation.preset.delete").click().run()
    assert not page.exception
    assert list_presets() == []
    assert "“Dim” is deleted." in page.success[0].value


@pytest.mark.parametrize("name", ["../outside", "None"])
def test_a_name_that_cannot_be_one_is_a_sentence(
    open_page: OpenPage, small_csv: dict[str, object], name: str
) -> None:
    page = open_page(PAGE, small_csv)
    page.text_input(key="augmentation.preset.name").set_value(name).run()
    page.button(key="augmentation.preset.save").click().run()
    assert not page.exception
    assert len(page.error) == 1
    assert list_presets() == []


def test_a_spoilt_preset_is_told_of_and_the_page_works(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    save_preset("Dim", DEFAULT_AUGMENTATION)
    (augmentation_presets_folder() / "spoilt.json").write_text("{")
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert "The preset “spoilt” cannot be used: it is not JSON." in words(page)
    assert page.button(key="augmentation.preset.Dim")


def test_a_dataset_without_training_faces_shows_others_and_says_so(
    open_page: OpenPage, fer_home: Path, small_dataset: Dataset, sheets: Sheets
) -> None:
    tests_only = replace(small_dataset, splits=np.array([Split.TEST] * len(small_dataset), str))
    write_fer_csv(fer_home / "data" / "tests.csv", tests_only)
    page = open_page(PAGE, {"workshop.dataset": "tests.csv"})
    assert not page.exception
    assert "has no training faces" in words(page)
    assert len(sheets["augmentation.sheet"][0]) == 24
    look_at(page, "First batch")
    assert "nothing to train on" in page.error[0].value


def test_a_face_beyond_a_smaller_set_becomes_the_last_one(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, {**small_csv, "augmentation.face": 999})
    assert not page.exception
    assert page.number_input(key="augmentation.face").value == 28


def test_a_dataset_deleted_meanwhile_is_a_sentence(
    open_page: OpenPage, fer_home: Path, small_csv: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = list_datasets()
    monkeypatch.setattr(pickers, "list_datasets", lambda: listed)
    (fer_home / "data" / str(small_csv["workshop.dataset"])).unlink()
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert "small.csv" in page.error[0].value


def test_an_edition_that_is_gone_leaves_the_faces_as_they_came(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, {**small_csv, "workshop.view": DatasetView(edition="mended")})
    assert not page.exception
    assert "has no edition “mended”" in words(page)
    assert page.session_state["workshop.view"] == DatasetView()


def test_a_broken_dataset_is_a_sentence(open_page: OpenPage, fer_home: Path) -> None:
    (fer_home / "data").mkdir()
    (fer_home / "data" / "notes.csv").write_text("a,b\n1,2\n")
    page = open_page(PAGE, {"workshop.dataset": "notes.csv"})
    assert not page.exception
    assert len(page.error) == 1
