"""Pictures on the live page: one or many, good or bad, looked at closely and taken along."""

import csv
import io
import json
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut
from streamlit.testing.v1 import AppTest

from fer.detection import build_detector
from fer.live import STILL, recognize_faces
from fer.live.drawing import DrawingStyle
from fer.live.picture_export import PicturePrediction, as_csv, as_json, as_zip
from fer.models.inference import Recognizer
from tests.app.test_live_page import PICTURES, files_in, open_page, png, words
from tests.core import grey_level
from tests.core.test_images import heic


@pytest.fixture(autouse=True)
def model(fer_home: Path) -> Path:
    return grey_level.save_model(fer_home / "models" / "pretrained" / "grey", content=grey_level.WITH_MAPS)


def shown(*files: tuple[str, bytes]) -> AppTest:
    page = open_page()
    page.segmented_control(key="live.view").set_value(PICTURES).run()
    uploads = [(name, content, "image/" + name.rsplit(".", 1)[-1]) for name, content in files]
    page.file_uploader(key="live.uploads").set_value(uploads).run()
    assert not page.exception
    return page


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def test_one_picture_is_looked_at_closely_at_once() -> None:
    page = shown(("face.png", png(astronaut())))
    assert len(page.get("plotly_chart")) == 1
    assert len(page.image) == 2, "the picture, and the face as the model sees it"
    assert "The 48×48 grey pixels the model gets; the tint shows what speaks for *" in words(page)
    page.selectbox(key="live.picture.map").select_index(0).run()
    assert not page.exception
    assert "Exactly as the model sees it: 48×48 grey pixels." in words(page)


def test_many_pictures_are_read_one_by_one_also_when_one_is_damaged() -> None:
    page = shown(
        ("face.png", png(astronaut())),
        ("wall.png", png(np.full((200, 200, 3), 99, np.uint8))),
        ("text.png", b"no picture"),
    )
    assert len(page.image) == 2
    assert len(page.get("plotly_chart")) == 0, "each is looked at closely when it is asked for"
    assert "No face found" in words(page)
    assert "text.png" in page.error[0].value
    page.toggle[-1].set_value(True).run()
    assert len(page.get("plotly_chart")) == 1
    assert "1 face in 2 pictures" in words(page)


def test_with_several_faces_one_is_chosen_by_its_number() -> None:
    twice = np.hstack([astronaut(), astronaut()[:, ::-1]])
    page = shown(("two.png", png(twice)))
    choice = page.segmented_control(key="live.picture.face")
    assert choice.options[:2] == ["1", "2"]
    choice.set_value(2).run()
    assert not page.exception


def test_its_nearest_training_faces_are_found_when_they_are_wanted(model: Path) -> None:
    page = shown(("face.png", png(astronaut())))
    page.toggle(key="live.picture.nearest").set_value(True).run()
    assert not page.exception
    assert "training faces of" in words(page)
    assert "cosine similarity" in words(page)


def test_a_second_models_scores_stand_beside_the_first(fer_home: Path) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "other")
    page = shown(("face.png", png(astronaut())))
    page.selectbox(key="live.other").set_value("other").run()
    assert not page.exception
    assert "Hatched:" in words(page)


def test_no_more_than_the_first_two_dozen_are_read_at_once() -> None:
    wall = png(np.full((40, 40, 3), 99, np.uint8))
    page = shown(*((f"{number}.png", wall) for number in range(26)))
    assert "the first 24 are read" in page.warning[0].value
    assert len(page.image) == 24


def test_nothing_of_a_picture_is_written(fer_home: Path) -> None:
    open_page()
    before = files_in(fer_home)
    shown(("face.png", png(astronaut())))
    assert files_in(fer_home) == before


FACE = Image.fromarray(astronaut())
TURNED = Image.Exif()
TURNED[0x0112] = 6


@pytest.mark.parametrize(
    ("name", "content", "faces"),
    [
        ("one.png", png(np.full((1, 1, 3), 9, np.uint8)), 0),
        ("sixteen.png", cv2.imencode(".png", astronaut()[..., ::-1].astype(np.uint16) * 257)[1].tobytes(), 1),
        ("cmyk.jpg", encoded(FACE.convert("CMYK"), "JPEG", quality=95), 1),
        ("new.avif", encoded(FACE, "AVIF"), 1),
        ("phone.heic", heic(FACE), 1),
        ("grey.pgm", encoded(FACE.convert("L"), "PPM"), 1),
        ("moving.gif", encoded(FACE, "GIF", save_all=True, append_images=[FACE.rotate(90)]), 1),
        ("turned.jpg", encoded(FACE.rotate(90, expand=True), "JPEG", exif=TURNED, quality=95), 1),
        ("edge.png", png(astronaut()[60:, 170:400]), None),
        ("crowd.png", png(np.tile(cv2.resize(astronaut()[:260, 100:360], (120, 120)), (5, 6, 1))), 30),
    ],
    ids=[
        "1×1",
        "16 bits",
        "CMYK",
        "AVIF",
        "HEIC",
        "Netpbm",
        "animated",
        "turned by EXIF",
        "at the border",
        "thirty faces",
    ],
)
def test_pictures_of_every_kind_are_read(name: str, content: bytes, faces: int | None) -> None:
    page = shown((name, content))
    assert not page.error
    if faces == 0:
        assert "No face found" in words(page)
    elif faces == 1:
        assert len(page.get("plotly_chart")) == 1
    elif faces is not None:
        assert len(page.segmented_control(key="live.picture.face").options) >= 0.9 * faces


def test_two_hundred_megapixels_are_refused_from_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    huge = encoded(Image.new("1", (20_000, 10_000)), "PNG")
    assert len(huge) < 100_000
    page = shown(("huge.png", huge))
    assert "huge.png" in page.error[0].value
    assert "megapixels" in page.error[0].value


# ── to take along ────────────────────────────────────────────────────────────────────────────────


def answers(model: Path, name: str = "face.png") -> list[PicturePrediction]:
    picture = np.asarray(astronaut()[..., ::-1], np.uint8)
    faces = recognize_faces(picture, build_detector("haar_thorough"), Recognizer(model), STILL)
    return [PicturePrediction(name, picture, faces)]


def test_the_table_has_a_row_per_face_and_names_no_formula(model: Path) -> None:
    lines = as_csv(answers(model, "=cmd|x.png")).splitlines()
    assert lines[0].startswith("file,face,left,top,right,bottom,label,confidence,angry,disgust,")
    assert lines[1].startswith("'=cmd|x.png,1,")
    assert len(lines) == 2


def test_a_picture_without_a_face_and_one_that_is_damaged_have_their_rows(model: Path) -> None:
    wall = PicturePrediction("wall.png", np.zeros((9, 9, 3), np.uint8))
    damaged = PicturePrediction("cut.png", None, error="“cut.png” is cut off.")
    taken = [*answers(model), wall, damaged]
    rows = list(csv.DictReader(io.StringIO(as_csv(taken))))
    assert [(row["file"], row["face"], row["label"] == "", row["error"]) for row in rows] == [
        ("face.png", "1", False, ""),
        ("wall.png", "", True, ""),
        ("cut.png", "", True, "“cut.png” is cut off."),
    ]
    assert list(next(csv.DictReader(io.StringIO(as_csv([wall]))))) == list(rows[0]), "the same columns"
    told = json.loads(as_json(taken, "grey"))["images"]
    assert [(len(image["faces"]), image.get("error", "")) for image in told] == [
        (1, ""),
        (0, ""),
        (0, "“cut.png” is cut off."),
    ]
    with zipfile.ZipFile(io.BytesIO(as_zip(taken, DrawingStyle()))) as archive:
        assert archive.namelist() == ["001-face.png", "002-wall.png"]


def test_json_and_pictures_say_the_same(model: Path) -> None:
    told = json.loads(as_json(answers(model), "grey"))
    assert told["model"] == "grey"
    assert [face["face"] for face in told["images"][0]["faces"]] == [1]
    with zipfile.ZipFile(io.BytesIO(as_zip(answers(model, "../../face.png"), DrawingStyle()))) as archive:
        assert archive.namelist() == ["001-face.png"]
        drawn = cv2.imdecode(np.frombuffer(archive.read("001-face.png"), np.uint8), cv2.IMREAD_COLOR)
    assert (drawn != answers(model)[0].image_bgr).any()
