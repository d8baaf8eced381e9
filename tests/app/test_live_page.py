"""The live page: empty, ready, broken, with pictures, and with a camera whose video is a stand-in."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from av import VideoFrame
from skimage.data import astronaut
from streamlit.testing.v1 import AppTest

from fer.cards import MODEL_FILE
from fer.drawing import DrawingStyle
from fer.live import LiveRecognizer
from fer.recognition import Recognizer
from fer.temperatures import KeptTemperature, save_temperature
from pages.parts.live import camera as live_panel
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level

PICTURES = ":material/image: Pictures"
SNAPSHOT = ":material/photo_camera: Snapshot"


def open_page() -> AppTest:
    return (
        AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60)
        .switch_page("pages/5_live.py")
        .run()
    )


def words(page: AppTest) -> str:
    """Everything the page says."""
    return "\n".join(
        str(element.value)
        for kind in ("markdown", "caption", "info", "warning", "error")
        for element in getattr(page, kind)
    )


def png(image_rgb: np.ndarray) -> bytes:
    return cv2.imencode(".png", cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR))[1].tobytes()


def jpeg(image_rgb: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR))[1].tobytes()


@pytest.fixture
def model_folder(fer_home: Path) -> Path:
    return grey_level.save_model(fer_home / "models" / "pretrained" / "grey")


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A stand-in for the video component, which cannot run here; `playing` is what it reports."""
    stand_in = SimpleNamespace(playing=False, arguments={})

    def streamer(**arguments: Any) -> SimpleNamespace:
        stand_in.arguments = arguments
        return SimpleNamespace(state=SimpleNamespace(playing=stand_in.playing))

    monkeypatch.setattr("streamlit_webrtc.webrtc_streamer", streamer)
    return stand_in


def frame(image_rgb: np.ndarray) -> VideoFrame:
    return VideoFrame.from_ndarray(np.ascontiguousarray(image_rgb), format="rgb24")


def test_without_a_model_the_page_says_where_to_get_one() -> None:
    page = open_page()
    assert not page.exception
    assert "No model yet" in words(page)


def test_before_the_camera_the_page_tells_what_it_must_and_asks(
    model_folder: Path, camera: SimpleNamespace
) -> None:
    page = open_page()
    assert not page.exception
    told = words(page)
    for said in (
        "stays in memory",
        "Nothing is stored",
        "An expression, not a feeling",
        "Art. 5(1)(f)",
        "medical or safety reasons",
        "Art. 50(3)",
        "one face in three",
    ):
        assert said in told
    assert camera.arguments == {}, "no camera before everyone agreed"


def test_a_damaged_model_is_a_sentence(model_folder: Path) -> None:
    (model_folder / MODEL_FILE).write_bytes(b"damaged")
    page = open_page()
    assert not page.exception
    assert "cannot be read" in page.error[0].value


def test_the_camera_reaches_no_other_server_and_takes_no_sound(
    model_folder: Path, camera: SimpleNamespace
) -> None:
    page = open_page()
    page.checkbox(key="live.agreed").check().run()
    assert not page.exception
    assert camera.arguments["rtc_configuration"] == {"iceServers": []}
    assert camera.arguments["media_stream_constraints"]["audio"] is False
    assert "Start the camera" in words(page)


def test_a_running_camera_shows_its_figures_and_what_it_sees(
    model_folder: Path, camera: SimpleNamespace
) -> None:
    page = open_page()
    camera.playing = True
    page.checkbox(key="live.agreed").check().run()
    assert "Waiting for the first frame" in words(page)
    for _ in range(3):
        shown = camera.arguments["video_frame_callback"](frame(astronaut()))
    assert (shown.width, shown.height) == (512, 512)
    page.run()
    assert not page.exception
    assert {metric.label for metric in page.metric} == {"Frames a second", "Per frame"}
    assert "3 frames since the start" in words(page)
    assert "No face found" not in words(page)
    camera.arguments["video_frame_callback"](frame(np.zeros((480, 640, 3), np.uint8)))
    page.run()
    assert "No face found" in words(page)
    camera.arguments["on_video_ended"]()
    page.run()
    assert "Waiting for the first frame" in words(page)


def test_frames_that_fail_come_back_as_they_were_and_the_page_tells(
    model_folder: Path, camera: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    camera.playing = True
    page.checkbox(key="live.agreed").check().run()

    def fail(self: LiveRecognizer, frame_bgr: np.ndarray) -> None:
        raise ValueError("out of paper")

    monkeypatch.setattr(LiveRecognizer, "read", fail)
    black = frame(np.zeros((48, 64, 3), np.uint8))
    assert camera.arguments["video_frame_callback"](black) is black
    page.run()
    assert not page.exception
    assert (
        "1 of 1 frames could not be read" in page.warning[0].value and "out of paper" in page.warning[0].value
    )


def test_the_mirror_turns_the_picture_before_it_is_drawn_on() -> None:
    halves = np.zeros((32, 64, 3), np.uint8)
    halves[:, :32] = 255
    live = SimpleNamespace(read=lambda frame_bgr: SimpleNamespace(faces=()))
    for mirrored, bright in ((True, slice(40, 64)), (False, slice(0, 24))):
        shown = live_panel.recognized_frame(frame(halves), live, DrawingStyle(), mirrored).to_ndarray(
            format="rgb24"
        )
        assert shown[:, bright].mean() > 200


def test_pictures_are_read_one_by_one_also_when_one_is_damaged(model_folder: Path) -> None:
    page = open_page()
    page.segmented_control(key="live.view").set_value(PICTURES).run()
    page.file_uploader(key="live.uploads").set_value(
        [
            ("face.png", png(astronaut()), "image/png"),
            ("wall.png", png(np.full((200, 200, 3), 99, np.uint8)), "image/png"),
            ("text.png", b"no picture", "image/png"),
        ]
    ).run()
    assert not page.exception
    assert len(page.image) == 2
    assert len(page.get("plotly_chart")) == 1
    assert "No face found" in words(page)
    assert "text.png" in page.error[0].value


def test_with_several_faces_one_is_chosen_by_its_number(model_folder: Path) -> None:
    page = open_page()
    page.segmented_control(key="live.view").set_value(PICTURES).run()
    twice = np.hstack([astronaut(), astronaut()[:, ::-1]])
    page.file_uploader(key="live.uploads").set_value([("two.png", png(twice), "image/png")]).run()
    assert not page.exception
    choice = page.segmented_control[1]
    assert choice.options[:2] == ["1", "2"]
    choice.set_value(2).run()
    assert not page.exception


def test_a_snapshot_needs_agreement_too_and_is_read(model_folder: Path) -> None:
    page = open_page()
    page.segmented_control(key="live.view").set_value(SNAPSHOT).run()
    assert len(page.camera_input) == 0
    page.checkbox(key="live.agreed").check().run()
    page.camera_input(key="live.snapshot").set_value(("me.jpg", jpeg(astronaut()), "image/jpeg")).run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 1


def keep(model_folder: Path, temperature: float) -> Path:
    fingerprint = Recognizer(model_folder).fingerprint
    return save_temperature(
        KeptTemperature(
            *(model_folder.name, fingerprint, temperature, "Faces *of* mine", "validation", "as it came"),
            *(120, 1.1, 1.0, 0.08, 0.02, "2026-05-01"),
        )
    )


def toggles(page: AppTest) -> list[str]:
    return [toggle.label for toggle in page.toggle]


def said_of_the_face(page: AppTest) -> str:
    return next(element.value for element in page.markdown if element.value.startswith("##### "))


def test_without_a_kept_temperature_nothing_is_offered(model_folder: Path, camera: SimpleNamespace) -> None:
    assert "Calibrated confidence" not in toggles(open_page())


def test_a_kept_temperature_is_off_until_it_is_asked_for_and_then_softens_pictures_too(
    model_folder: Path,
) -> None:
    keep(model_folder, 8.0)
    page = open_page()
    toggle = page.toggle(key="live.calibrated_confidence")
    assert toggle.value is False
    assert "T = 8.00 lowers its confidence. Fitted on 120 faces of Faces \\*of\\* mine" in words(page)
    page.segmented_control(key="live.view").set_value(PICTURES).run()
    page.file_uploader(key="live.uploads").set_value([("face.png", png(astronaut()), "image/png")]).run()
    plain = said_of_the_face(page)
    page.toggle(key="live.calibrated_confidence").set_value(True).run()
    assert not page.exception
    soft = said_of_the_face(page)
    (plain_name, plain_share), (soft_name, soft_share) = (text.split(", ") for text in (plain, soft))
    assert soft_name == plain_name
    assert int(soft_share.rstrip("%")) < int(plain_share.rstrip("%"))
    page.toggle(key="live.calibrated_confidence").set_value(False).run()
    assert said_of_the_face(page) == plain


def test_a_running_camera_tells_its_confidence_at_the_kept_temperature(
    model_folder: Path, camera: SimpleNamespace
) -> None:
    keep(model_folder, 2.5)
    page = open_page()
    page.checkbox(key="live.agreed").check().run()
    live = camera.arguments["video_frame_callback"].keywords["live"]
    assert live.settings.temperature == 1.0
    page.toggle(key="live.calibrated_confidence").set_value(True).run()
    assert live.settings.temperature == 2.5
    # The choice outlives the page; another model's temperature is not this one's.
    page.switch_page("pages/0_home.py").run()
    page.switch_page("pages/5_live.py").run()
    assert page.toggle(key="live.calibrated_confidence").value is True
    page.checkbox(key="live.agreed").check().run()
    page.toggle(key="live.calibrated_confidence").set_value(False).run()
    assert live.settings.temperature == 1.0


def test_another_model_does_not_get_this_ones_temperature(
    model_folder: Path, fer_home: Path, camera: SimpleNamespace
) -> None:
    keep(model_folder, 2.5)
    grey_level.save_model(fer_home / "models" / "pretrained" / "other", content=grey_level.WITH_FEATURES)
    page = open_page()
    page.toggle(key="live.calibrated_confidence").set_value(True).run()
    page.selectbox(key="live.model").set_value("other").run()
    assert not page.exception
    assert "Calibrated confidence" not in toggles(page)
    page.checkbox(key="live.agreed").check().run()
    assert camera.arguments["video_frame_callback"].keywords["live"].settings.temperature == 1.0


def test_a_damaged_temperature_is_a_sentence_and_the_page_works_without(
    model_folder: Path, camera: SimpleNamespace
) -> None:
    keep(model_folder, 2.5).write_text('{"temperature": "hot"}')
    page = open_page()
    assert not page.exception
    assert "cannot be used" in page.warning[0].value
    assert "Calibrated confidence" not in toggles(page)
    page.checkbox(key="live.agreed").check().run()
    assert camera.arguments["video_frame_callback"].keywords["live"].settings.temperature == 1.0
