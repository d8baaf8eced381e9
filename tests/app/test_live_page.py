"""The live page: empty, ready, broken, with pictures, and with a camera whose video is a stand-in."""

import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from av import VideoFrame
from skimage.data import astronaut
from streamlit.testing.v1 import AppTest

from fer.detection import yunet
from fer.emotions import EMOTIONS
from fer.evaluation.calibration_store import KeptTemperature, save_temperature
from fer.live import LiveRecognizer, Smoothing
from fer.live.streaming import Stream
from fer.models.card import MODEL_FILE
from fer.models.inference import Recognizer
from fer.system import paths
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level

PICTURES = "Pictures"
SNAPSHOT = "Snapshot"


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
    stand_in = SimpleNamespace(playing=False, signalling=False, arguments={})

    def streamer(**arguments: Any) -> SimpleNamespace:
        stand_in.arguments = arguments
        return SimpleNamespace(
            state=SimpleNamespace(playing=stand_in.playing, signalling=stand_in.signalling)
        )

    monkeypatch.setattr("streamlit_webrtc.webrtc_streamer", streamer)
    return stand_in


def started(page: AppTest, camera: SimpleNamespace) -> Stream:
    """Agree, start the camera, and return what its thread uses."""
    camera.playing = True
    page.checkbox(key="live.agreed").check().run()
    assert not page.exception
    stream = camera.arguments["video_frame_callback"].keywords["stream"]
    assert isinstance(stream, Stream)
    return stream


def files_in(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if path.is_file()}


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
    assert {metric.label for metric in page.metric} == {"Frames a second", "Time to read", "Faces", "Dropped"}
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
    grey = np.full((48, 64, 3), 77, np.uint8)
    shown = camera.arguments["video_frame_callback"](frame(grey))
    assert (shown.to_ndarray(format="rgb24") == grey).all()
    page.run()
    assert not page.exception
    assert (
        "1 of 1 frames could not be read" in page.warning[0].value and "out of paper" in page.warning[0].value
    )


def test_the_mirror_is_switched_while_the_camera_runs(model_folder: Path, camera: SimpleNamespace) -> None:
    page = open_page()
    stream = started(page, camera)
    halves = np.zeros((32, 64, 3), np.uint8)
    halves[:, :32] = 255
    for mirrored, bright in ((True, slice(40, 64)), (False, slice(0, 24))):
        page.toggle(key="live.mirrored").set_value(mirrored).run()
        shown = camera.arguments["video_frame_callback"](frame(halves)).to_ndarray(format="rgb24")
        assert shown[:, bright].mean() > 200
    assert camera.arguments["video_frame_callback"].keywords["stream"] is stream, "and no restart"


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
    return next(
        element.value
        for element in page.markdown
        if element.value.startswith("##### ") and element.value.endswith("%")
    )


def test_without_a_kept_temperature_nothing_is_offered(model_folder: Path, camera: SimpleNamespace) -> None:
    assert "Calibrated confidence" not in toggles(open_page())


def test_a_kept_temperature_is_off_until_it_is_asked_for_and_then_softens_pictures_too(
    model_folder: Path,
) -> None:
    keep(model_folder, 4.0)
    page = open_page()
    toggle = page.toggle(key="live.calibrated_confidence")
    assert toggle.value is False
    assert "T = 4.00 lowers its confidence. Fitted on 120 faces of Faces \\*of\\* mine" in words(page)
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
    live = camera.arguments["video_frame_callback"].keywords["stream"].live
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
    assert camera.arguments["video_frame_callback"].keywords["stream"].live.settings.temperature == 1.0


def test_a_damaged_temperature_is_a_sentence_and_the_page_works_without(
    model_folder: Path, camera: SimpleNamespace
) -> None:
    keep(model_folder, 2.5).write_text('{"temperature": "hot"}')
    page = open_page()
    assert not page.exception
    assert "cannot be used" in page.warning[0].value
    assert "Calibrated confidence" not in toggles(page)
    page.checkbox(key="live.agreed").check().run()
    assert camera.arguments["video_frame_callback"].keywords["stream"].live.settings.temperature == 1.0


# ── the settings ─────────────────────────────────────────────────────────────────────────────────


def test_every_setting_reaches_the_running_camera_without_a_restart(
    fer_home: Path, camera: SimpleNamespace
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey", content=grey_level.WITH_MAPS)
    page = open_page()
    stream = started(page, camera)
    page.segmented_control(key="live.smoothing").set_value(Smoothing.MODE).run()
    page.slider(key="live.mode_frames").set_value(7)
    page.slider(key="live.lead").set_value(0.2)
    page.slider(key="live.unsure_below").set_value(0.5)
    page.toggle(key="live.lift_contrast").set_value(True)
    page.selectbox(key="live.detector").set_value("haar_profile").run()
    page.slider(key="live.detector.score.haar_profile").set_value(0.6)
    page.segmented_control(key="live.bars").set_value("each")
    page.toggle(key="live.ids").set_value(False)
    page.toggle(key="live.maps").set_value(True).run()
    assert not page.exception
    settings = stream.live.settings
    assert (settings.smoothing, settings.mode_frames) == (Smoothing.MODE, 7)
    assert (settings.lead, settings.unsure_below) == (0.2, 0.5)
    assert (settings.lift_contrast, settings.detector, settings.with_maps) == (True, "haar_profile", True)
    assert settings.score_threshold == 0.6
    assert (stream.style.bars, stream.style.ids, stream.style.emotion_maps) == ("each", False, True)
    assert camera.arguments["video_frame_callback"].keywords["stream"] is stream
    # They outlive the page.
    page.switch_page("pages/0_home.py").run()
    page.switch_page("pages/5_live.py").run()
    assert page.slider(key="live.mode_frames").value == 7
    assert page.selectbox(key="live.detector").value == "haar_profile"


def test_what_lifting_the_contrast_was_measured_to_do_is_told_with_its_interval(
    model_folder: Path, camera: SimpleNamespace
) -> None:
    page = open_page()
    assert "with 12\N{NO-BREAK SPACE}% of the light" not in words(page)
    page.toggle(key="live.lift_contrast").set_value(True).run()
    assert "Measured with 12\N{NO-BREAK SPACE}% of the light" in words(page)
    assert re.search(r"\(\d+–\d+\N{NO-BREAK SPACE}%\)", words(page))


def test_a_detector_that_is_not_here_says_what_it_needs_and_the_default_goes_on(
    model_folder: Path, camera: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)
    page = open_page()
    stream = started(page, camera)
    page.selectbox(key="live.detector").set_value("dlib_hog").run()
    assert not page.exception
    assert "“pip install dlib-bin” brings it" in words(page)
    assert "Until then YuNet finds the faces." in words(page)
    assert stream.live.settings.detector == "yunet"


def test_where_the_default_detector_is_missing_haar_stands_in_and_one_sentence_says_so(
    model_folder: Path, camera: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yunet, "_weights", lambda: None)
    page = open_page()
    stream = started(page, camera)
    assert not page.exception
    assert words(page).count("Until then Haar, fast finds the faces.") == 1
    assert stream.live.settings.detector == "haar_fast"


def test_a_second_model_reads_the_same_faces_and_models_change_while_it_runs(
    model_folder: Path, fer_home: Path, camera: SimpleNamespace
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "other", emotions=EMOTIONS[::-1])
    page = open_page()
    stream = started(page, camera)
    page.selectbox(key="live.other").set_value("other").run()
    assert stream.live.other is not None and stream.live.other.name == "other"
    camera.arguments["video_frame_callback"](frame(astronaut()))
    reading = stream.live.latest()
    assert reading is not None and reading.faces[0].other_scores is not None
    page.run()
    page.selectbox(key="live.model").set_value("other").run()
    assert not page.exception
    assert stream.live.recognizer.name == "other"
    assert stream.live.other is None, "a model is not compared with itself"


def test_two_models_of_the_same_title_are_told_apart(fer_home: Path, camera: SimpleNamespace) -> None:
    for name in ("first", "second"):
        grey_level.save_model(fer_home / "models" / "pretrained" / name)
    page = open_page()
    stream = started(page, camera)
    assert stream.live.recognizer.name == "first"
    page.selectbox(key="live.model").set_value("second").run()
    assert stream.live.recognizer.name == "second"


def test_a_model_that_is_deleted_while_it_runs_is_said_and_the_camera_goes_on(
    model_folder: Path, fer_home: Path, camera: SimpleNamespace
) -> None:
    other = grey_level.save_model(fer_home / "models" / "pretrained" / "other", emotions=EMOTIONS[::-1])
    page = open_page()
    stream = started(page, camera)
    page.selectbox(key="live.other").set_value("other").run()
    (other / MODEL_FILE).write_bytes(b"damaged")
    page.run()
    assert not page.exception
    assert "goes on with what it had before" in words(page)
    shown = camera.arguments["video_frame_callback"](frame(astronaut()))
    assert shown.width == 512
    assert stream.live.figures().errors == 0


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_written_while_nobody_asks_for_it(
    model_folder: Path, fer_home: Path, camera: SimpleNamespace
) -> None:
    page = open_page()
    started(page, camera)
    before = files_in(fer_home)
    for _ in range(3):
        camera.arguments["video_frame_callback"](frame(astronaut()))
    page.run()
    page.button(key="live.freeze").click().run()
    page.button(key="live.rest").click().run()
    page.switch_page("pages/0_home.py").run()
    camera.arguments["on_video_ended"]()
    assert files_in(fer_home) == before


def test_a_recording_begins_and_ends_with_a_button_and_says_where_it_lies(
    model_folder: Path, fer_home: Path, camera: SimpleNamespace
) -> None:
    page = open_page()
    stream = started(page, camera)
    page.button(key="live.record").click().run()
    assert stream.recorder is not None
    assert "Recording" in words(page)
    for _ in range(4):
        camera.arguments["video_frame_callback"](frame(astronaut()))
    page.button(key="live.record_stop").click().run()
    assert not page.exception
    kept = sorted(path.name for path in files_in(paths.recordings_folder()))
    assert kept == ["clip.mp4", "faces.csv"]
    assert "data/recordings/" in words(page)
    assert {button.label for button in page.get("download_button")} >= {"The clip", "The table"}


def test_one_picture_is_kept_when_it_is_asked_for(
    model_folder: Path, fer_home: Path, camera: SimpleNamespace
) -> None:
    page = open_page()
    started(page, camera)
    page.button(key="live.keep").click().run()
    assert "There is no picture yet" in words(page)
    camera.arguments["video_frame_callback"](frame(astronaut()))
    page.button(key="live.keep").click().run()
    assert "Kept as data/recordings/" in words(page)
    assert [path.suffix for path in files_in(paths.recordings_folder())] == [".png"]


def test_a_resting_face_is_learned_and_forgotten_by_one_button(
    model_folder: Path, camera: SimpleNamespace
) -> None:
    page = open_page()
    stream = started(page, camera)
    camera.arguments["video_frame_callback"](frame(astronaut()))
    page.button(key="live.rest").click().run()
    assert stream.live.baselines() == {1: 0.0}
    page.button(key="live.rest").click().run()
    assert stream.live.baselines() == {}


# ── the way between browser and workshop ─────────────────────────────────────────────────────────


def test_servers_of_the_setting_are_used_and_a_wrong_one_is_a_sentence(
    model_folder: Path, camera: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_ICE_SERVERS", '[{"urls": "stun:stun.example.org:3478"}]')
    page = open_page()
    page.checkbox(key="live.agreed").check().run()
    assert camera.arguments["rtc_configuration"]["iceServers"] == [{"urls": "stun:stun.example.org:3478"}]
    monkeypatch.setenv("FER_ICE_SERVERS", "turn:somewhere")
    page.run()
    assert not page.exception
    assert "FER\\_ICE\\_SERVERS is not JSON" in words(page) or "is not JSON" in words(page)
    assert camera.arguments["rtc_configuration"]["iceServers"] == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("", "can name a TURN server"),
        ('[{"urls": "stun:a.example.org"}]', "a TURN server passes the video on"),
        ('[{"urls": "turn:a.example.org", "username": "u", "credential": "c"}]', "did not help either"),
    ],
)
def test_when_no_video_comes_through_the_page_says_why_and_offers_the_snapshot(
    model_folder: Path, camera: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, setting: str, said: str
) -> None:
    monkeypatch.setenv("FER_ICE_SERVERS", setting)
    page = open_page()
    camera.signalling = True
    page.checkbox(key="live.agreed").check().run()
    assert "Looking for a way" in words(page)
    monkeypatch.setattr("pages.parts.live.connection._PATIENCE_SECONDS", 0.0)
    page.run()
    assert not page.exception
    assert "No video comes through" in words(page)
    assert said in words(page)
    assert "Snapshot" in page.error[0].value


def test_a_camera_runs_on_when_runs_of_the_page_overtake_one_another_and_not_when_it_was_left(
    model_folder: Path, camera: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit_webrtc.session_info.get_this_session_info", SimpleNamespace)
    monkeypatch.setattr("streamlit_webrtc.session_info.get_script_run_count", lambda session: 7)
    page = open_page()
    started(page, camera)
    context = SimpleNamespace(_last_rendered_run_count=5)
    page.session_state["live.camera"] = context
    page.run()
    assert context._last_rendered_run_count == 7

    for leave in (
        lambda: page.switch_page("pages/0_home.py").run(),
        lambda: page.segmented_control(key="live.view").set_value(PICTURES).run(),
    ):
        leave()
        context._last_rendered_run_count = 5
        page.switch_page("pages/5_live.py").run()
        if page.segmented_control(key="live.view").value == PICTURES:
            page.segmented_control(key="live.view").set_value("Camera").run()
        if not page.checkbox(key="live.agreed").value:
            page.checkbox(key="live.agreed").check().run()
        assert context._last_rendered_run_count == 5
        page.run()
        assert context._last_rendered_run_count == 7
