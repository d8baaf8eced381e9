"""The view "Explain": maps of a face whose logits are known, of several models, and of some without maps."""

import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.datasets import load_dataset
from fer.emotions import Emotion
from fer.evaluation.explanation import BY_ITSELF, EmotionMap, occlude
from fer.models.inference import Recognizer
from fer.system import jobs
from pages.parts.evaluation.explanation import words as explaining_words
from tests.app.conftest import words
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"


@pytest.fixture
def session(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session in which a small CSV is the chosen dataset, and this view is shown."""
    return {"workshop.dataset": f"{csv_in_data('small')}.csv", "evaluation.view_shown": "Explain"}


@pytest.fixture
def mapping(fer_home: Path) -> Path:
    return grey_level.save_model(fer_home / "models" / "pretrained" / "mapping", content=grey_level.WITH_MAPS)


@pytest.fixture
def shipped(fer_home: Path) -> None:
    """The model that comes with the workshop, which has convolutions."""
    (fer_home / "models").mkdir(exist_ok=True)
    (fer_home / "models" / "pretrained").symlink_to(PROJECT_ROOT / "models" / "pretrained")


def drawings(page: AppTest) -> list[tuple[str, str]]:
    """What each drawing is said to show, and its SVG."""
    html = "".join(str(element.proto.body) for element in page.get("html"))
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', html)
    return [(alt, b64decode(svg).decode()) for svg, alt in found]


@pytest.mark.usefixtures("mapping")
def test_the_predicted_emotion_is_explained_with_the_models_own_numbers(
    open_page: OpenPage, session: dict[str, object], mapping: Path
) -> None:
    page = open_page(PAGE, session)
    assert not page.exception and not page.error
    faces, model = load_dataset("small.csv"), Recognizer(mapping)
    image = faces.images[faces.rows == page.session_state["evaluation.chosen"]]
    emotion = page.session_state["evaluation.explain.emotion"]
    assert emotion == model.emotions[int(model.predict(image).argmax())]
    (places, svg), (covered, _) = drawings(page)
    assert "how much each place raised" in places and "falls where it is covered" in covered
    maps = model.emotion_maps(image)[0]
    index = model.emotions.index(emotion)
    expected = maps[..., index] - np.delete(maps, index, axis=2).mean(axis=2)
    shown = [float(text.replace("−", "-")) for text in re.findall(r">([+−][\d.]+)<", svg)]
    assert shown == pytest.approx(expected.ravel().tolist(), abs=0.051)
    assert "**3×2 places** and no more" in words(page)
    assert "where** the network looked, not why" in words(page)


@pytest.mark.usefixtures("mapping")
def test_any_other_emotion_can_be_asked_about_and_beside_any(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    before = drawings(page)
    other = Emotion.SAD if page.session_state["evaluation.explain.emotion"] != Emotion.SAD else Emotion.FEAR
    page.segmented_control(key="evaluation.explain.emotion").set_value(other).run()
    assert not page.exception
    assert f"raised {other}" in drawings(page)[0][0]
    assert drawings(page)[0] != before[0]
    page.selectbox(key="evaluation.explain.against").set_value(BY_ITSELF).run()
    assert f"**{other}**" in words(page) and "is its logit" in words(page)
    page.segmented_control(key="evaluation.explain.look").set_value("Smoothed").run()
    assert "<text" not in drawings(page)[0][1]


@pytest.mark.usefixtures("mapping")
def test_another_face_begins_with_what_is_answered_to_it(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    first, row = page.session_state["evaluation.explain.emotion"], page.session_state["evaluation.chosen"]
    faces = load_dataset("small.csv")
    other = next(int(one) for one in faces.rows[faces.splits == "test"] if one != row)
    page.session_state["evaluation.chosen"] = other
    page.run()
    assert not page.exception
    assert page.session_state["evaluation.explain.emotion"] != first


def test_two_models_stand_under_one_another_and_one_without_maps_says_why(
    open_page: OpenPage, session: dict[str, object], mapping: Path
) -> None:
    grey_level.save_model(mapping.parent / "flat", architecture="paired_cnn")
    page = open_page(PAGE, {**session, "evaluation.judged": ("mapping", "flat")})
    assert not page.exception and not page.error
    assert [alt.startswith("the face, with how much") for alt, _ in drawings(page)] == [True, False, False]
    assert "Its last layers are dense" in words(page)
    assert len(page.get("button")) and not [b for b in page.button if b.label == "Prepare its maps"]


def test_a_model_exported_before_gets_its_maps_by_a_button(
    open_page: OpenPage, session: dict[str, object], mapping: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = grey_level.save_model(
        mapping.parent / "older", content=grey_level.WITH_FEATURES, architecture="tiny_cnn"
    )
    (older / "model.keras").write_bytes(b"")
    started: list[list[str]] = []
    monkeypatch.setattr(jobs, "start_job", lambda job_id, title, arguments: started.append(list(arguments)))
    page = open_page(PAGE, {**session, "evaluation.judged": ("older",)})
    assert "exported before models answered with a map" in words(page)
    page.button(key="evaluation.explain.prepare.older").click().run()
    assert started == [["reexport", "older"]]
    # Its file was replaced: the page needs nothing else to notice.
    grey_level.save_model(older, content=grey_level.WITH_MAPS, architecture="tiny_cnn")
    page.run()
    assert not page.exception
    assert len(drawings(page)) == 2


@pytest.mark.usefixtures("shipped")
def test_the_layers_are_gone_through_one_by_one(open_page: OpenPage, session: dict[str, object]) -> None:
    page = open_page(PAGE, {**session, "workshop.model": "mini_xception"})
    assert not page.exception and not page.error
    assert "**1. Convolution 3×3, then ReLU** gives 8 maps of 62×62 places; all of them" in words(page)
    page.button(key="evaluation.explain.layer.after").click().run()
    assert "**2. Convolution 3×3, then ReLU** gives 8 maps of 60×60 places" in words(page)
    page.select_slider(key="evaluation.explain.layer").set_value(31).run()
    assert not page.exception
    assert "**31. Convolution 3×3: a map for each emotion** gives 7 maps of 4×4 places" in words(page)
    assert page.button(key="evaluation.explain.layer.after").disabled
    filters = "".join(str(element.proto.body) for element in page.get("html"))
    assert filters.count("<figcaption><b>Filter") == 8


def test_a_sentence_says_no_more_than_the_map_tells() -> None:
    values = np.full((6, 6), 1.0, np.float32)
    values[0, 0] = -2
    said = explaining_words.of_emotion_map(EmotionMap(Emotion.HAPPY, Emotion.SAD, values))
    assert "rather than sad" in said
    assert "A few spots count against it, but no region does" in said
    assert "makes happy 2.5 times as probable as sad" in said
    none = explaining_words.of_emotion_map(
        EmotionMap(Emotion.HAPPY, "the others", np.zeros((3, 3), np.float32))
    )
    assert "No place of this face raised **happy** rather than the other emotions. No place spoke" in none


def test_an_answer_that_no_patch_lowers_is_said_to_be_so(mapping: Path) -> None:
    occlusion = occlude(Recognizer(mapping), grey_level.flat(Emotion.FEAR))
    said = explaining_words.of_occlusion(occlusion, Emotion.FEAR)
    assert "No patch of this size lowers **fear** (99\u00a0%)" in said and "a larger patch finds out" in said
    assert "There is little to lower" in explaining_words.of_occlusion(occlusion, Emotion.HAPPY)
