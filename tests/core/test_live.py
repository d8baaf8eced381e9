"""`fer.live` with arrays: a detector that finds what it is told, and a model that reads grey levels."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from fer.detection import Box, Face, HaarDetector
from fer.emotions import EMOTIONS, Emotion
from fer.errors import FaceDetectorError, ModelMismatchError
from fer.live import LiveRecognizer, LiveSettings, Smoothing, recognize_faces
from fer.live.drawing import draw_faces
from fer.live.video.table import face_row
from fer.models.inference import Recognizer
from fer.models.temperature import apply_temperature
from tests.core import grey_level

LEFT, RIGHT = (10, 10, 110, 110), (400, 10, 500, 110)


class Pointing:
    """A detector that finds a face in each of its boxes."""

    def __init__(self, *boxes: Box) -> None:
        self.boxes: Sequence[Box] = boxes

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        return [Face(box, confidence=1.0) for box in self.boxes]


def frame_showing(**emotions: Emotion) -> NDArray[np.uint8]:
    """A frame, (480, 640, 3), whose left and right box have the grey of an emotion."""
    frame = np.zeros((480, 640, 3), np.uint8)
    for side, emotion in emotions.items():
        left, top, right, bottom = LEFT if side == "left" else RIGHT
        frame[top - 5 : bottom + 5, left - 5 : right + 5] = grey_level.flat(emotion, 1, 1)[0, 0]
    return frame


@pytest.fixture
def recognizer(fer_home: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "grey"))


def test_every_face_is_read_in_one_frame(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, detector=Pointing(LEFT, RIGHT))
    reading = live.read(frame_showing(left=Emotion.HAPPY, right=Emotion.SAD))
    assert [(item.scores.top, item.track_id) for item in reading.faces] == [
        (Emotion.HAPPY, 1),
        (Emotion.SAD, 2),
    ]
    assert reading.frame_number == 1 and reading.latency_seconds > 0
    assert live.latest() is reading


def test_all_faces_of_a_frame_go_to_the_model_in_one_call(
    recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    predict = recognizer.predict
    monkeypatch.setattr(recognizer, "predict", lambda images: batches.append(len(images)) or predict(images))
    boxes = [
        (20 * column, 30 * row, 20 * column + 24, 30 * row + 28) for column in range(10) for row in range(3)
    ]
    assert len(LiveRecognizer(recognizer, detector=Pointing(*boxes)).read(frame_showing()).faces) == 30
    assert batches == [30]


def test_a_camera_reads_new_faces_at_once_and_the_others_of_a_crowd_in_turns(
    recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = [(100 * column, 20, 100 * column + 80, 100) for column in range(5)]
    monkeypatch.setattr("fer.live.recognizer.build_detector", lambda *options: Pointing(*boxes))
    batches: list[int] = []
    predict = recognizer.predict
    monkeypatch.setattr(recognizer, "predict", lambda images: batches.append(len(images)) or predict(images))
    live = LiveRecognizer(recognizer, LiveSettings(smoothing=Smoothing.NONE, lead=0, unsure_below=0))
    frame = np.zeros((480, 640, 3), np.uint8)
    assert len(live.read(frame).faces) == 5
    frame[:] = grey_level.flat(Emotion.HAPPY, 1, 1)[0, 0]
    happy = [sum(item.label is Emotion.HAPPY for item in live.read(frame).faces) for _ in range(3)]
    assert batches == [5, 2, 2, 2]
    assert happy == [2, 4, 5]


def test_a_face_is_smoothed_over_its_own_past_and_follows_a_change(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=10), detector=Pointing(LEFT))
    live.read(frame_showing(left=Emotion.HAPPY))
    after_one = live.read(frame_showing(left=Emotion.SAD)).faces[0].scores
    assert after_one.top is Emotion.HAPPY, "one frame must not turn the label"
    assert after_one.probabilities.sum() == pytest.approx(1, abs=1e-4)
    quick = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=0), detector=Pointing(LEFT))
    quick.read(frame_showing(left=Emotion.HAPPY))
    assert quick.read(frame_showing(left=Emotion.SAD)).faces[0].scores.top is Emotion.SAD


def test_smoothing_never_mixes_two_people(recognizer: Recognizer) -> None:
    detector = Pointing(LEFT, RIGHT)
    live = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=1000), detector=detector)
    frame = frame_showing(left=Emotion.ANGRY, right=Emotion.NEUTRAL)
    live.read(frame)
    detector.boxes = (RIGHT, LEFT)  # the same two, found in the other order
    swapped = live.read(frame).faces
    assert [(item.track_id, item.scores.top) for item in swapped] == [
        (2, Emotion.NEUTRAL),
        (1, Emotion.ANGRY),
    ]
    assert swapped[0].scores.as_dict()[Emotion.ANGRY] < 1e-3


def test_a_new_face_starts_without_a_past(recognizer: Recognizer) -> None:
    detector = Pointing(LEFT)
    live = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=1000), detector=detector)
    live.read(frame_showing(left=Emotion.ANGRY))
    detector.boxes = (RIGHT,)
    assert live.read(frame_showing(right=Emotion.HAPPY)).faces[0].scores.top is Emotion.HAPPY


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 1), (480, 640), (480, 640, 1), (480, 640, 3), (3, 2000, 3)])
def test_a_frame_without_a_face_is_an_empty_reading(recognizer: Recognizer, shape: tuple[int, ...]) -> None:
    live = LiveRecognizer(recognizer, detector=HaarDetector())
    assert live.read(np.zeros(shape, np.uint8)).faces == ()
    assert live.figures().frames == 1


def test_frames_are_never_written_to(recognizer: Recognizer) -> None:
    frame = frame_showing(left=Emotion.HAPPY)
    frame.flags.writeable = False
    LiveRecognizer(recognizer, detector=Pointing(LEFT, (-30, -30, 60, 60), (600, 440, 700, 540))).read(frame)


def test_errors_are_counted_and_told_and_the_next_frame_is_read(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, detector=Pointing(LEFT))
    live.count_error(ValueError("no such format"))
    live.count_error(ModelMismatchError("The model answers with nonsense. Choose another."))
    live.read(frame_showing(left=Emotion.FEAR))
    figures = live.figures()
    assert (figures.frames, figures.errors) == (3, 2)
    assert figures.last_error == "The model answers with nonsense. Choose another."


def test_a_reset_forgets_faces_figures_and_errors(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=1000), detector=Pointing(LEFT))
    live.read(frame_showing(left=Emotion.ANGRY))
    live.count_error(ValueError())
    live.reset()
    assert live.latest() is None
    assert live.figures().frames == live.figures().errors == 0
    fresh = live.read(frame_showing(left=Emotion.HAPPY))
    assert (fresh.frame_number, fresh.faces[0].scores.top) == (1, Emotion.HAPPY)


def test_figures_before_the_first_frame_are_zero(recognizer: Recognizer) -> None:
    figures = LiveRecognizer(recognizer, detector=Pointing()).figures()
    assert (figures.frames, figures.frames_per_second, figures.latency_seconds) == (0, 0, 0)


def test_looking_on_from_other_threads_never_fails(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, detector=Pointing(LEFT, RIGHT))
    problems: list[Exception] = []
    done = threading.Event()

    def look_on() -> None:
        while not done.is_set():
            try:
                live.figures()
                reading = live.latest()
                assert reading is None or len(reading.faces) == 2
            except Exception as error:
                problems.append(error)

    onlookers = [threading.Thread(target=look_on) for _ in range(3)]
    for thread in onlookers:
        thread.start()
    for _ in range(60):
        live.read(frame_showing(left=Emotion.HAPPY, right=Emotion.SAD))
    live.reset()
    done.set()
    for thread in onlookers:
        thread.join()
    assert problems == []


def test_a_still_picture_is_read_without_a_past(recognizer: Recognizer) -> None:
    picture_bgr = np.ascontiguousarray(astronaut()[..., ::-1])
    faces = recognize_faces(picture_bgr, HaarDetector(), recognizer)
    assert faces[0].track_id == 1
    assert faces[0].scores.probabilities.shape == (len(EMOTIONS),)


def test_a_face_under_24_pixels_is_boxed_and_numbered_but_not_read(recognizer: Recognizer) -> None:
    small = (300, 300, 323, 324)
    frame, detector = frame_showing(left=Emotion.HAPPY), Pointing(LEFT, small)
    live = LiveRecognizer(recognizer, detector=detector)
    for faces in (recognize_faces(frame, detector, recognizer), live.read(frame).faces):
        assert [(item.track_id, item.told) for item in faces] == [(1, "happy"), (2, "too small")]
        assert faces[1].label is None and faces[1].answer is None
        with pytest.raises(ValueError, match="too small"):
            assert faces[1].confidence
        row = face_row(faces[1])
        assert row["label"] == "too small"
        assert {row[name] for name in ("confidence", *EMOTIONS)} == {None}
    assert (draw_faces(frame, faces)[290:326, 290:330] != frame[290:326, 290:330]).any()
    assert [person.track_id for person in live.history().people] == [1]
    enough = recognize_faces(frame, Pointing((300, 300, 324, 324)), recognizer)
    assert not enough[0].too_small


def test_a_temperature_softens_the_confidence_and_keeps_the_answer(recognizer: Recognizer) -> None:
    frame = frame_showing(left=Emotion.HAPPY, right=Emotion.SAD)
    plain, soft = (
        recognize_faces(frame, Pointing(LEFT, RIGHT), recognizer, LiveSettings(temperature=temperature))
        for temperature in (1.0, 3.0)
    )
    for before, after in zip(plain, soft, strict=True):
        assert after.scores.top is before.scores.top
        assert after.scores.confidence < before.scores.confidence - 0.1
        np.testing.assert_array_equal(
            after.scores.probabilities, apply_temperature(before.scores.probabilities, 3.0)
        )
    as_ever = recognize_faces(frame, Pointing(LEFT, RIGHT), recognizer)
    np.testing.assert_array_equal(as_ever[0].scores.probabilities, plain[0].scores.probabilities)


def test_a_camera_without_faces_has_nothing_to_soften(recognizer: Recognizer) -> None:
    assert recognize_faces(frame_showing(), Pointing(), recognizer, LiveSettings(temperature=3.0)) == ()


def test_the_temperature_of_a_running_camera_can_be_set_between_two_frames(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=0), detector=Pointing(LEFT))
    frame = frame_showing(left=Emotion.HAPPY)
    plain = live.read(frame).faces[0].scores.confidence
    live.configure(replace(live.settings, temperature=3.0))
    assert live.read(frame).faces[0].scores.confidence < plain - 0.1
    live.reset()
    assert live.settings.temperature == 3.0, "another person, but the same choice"
    live.configure(replace(live.settings, temperature=1.0))
    assert live.read(frame).faces[0].scores.confidence == plain


def test_what_is_smoothed_is_what_was_told_not_what_the_model_said(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=10), detector=Pointing(LEFT))
    live.configure(replace(live.settings, temperature=3.0))
    first = live.read(frame_showing(left=Emotion.HAPPY)).faces[0].scores.probabilities
    live.configure(replace(live.settings, temperature=1.0))
    second = live.read(frame_showing(left=Emotion.HAPPY)).faces[0].scores.probabilities
    # A number on the screen glides to the new temperature; it does not jump.
    np.testing.assert_allclose(second, first, atol=0.05)
    assert second.max() < recognizer.predict(grey_level.flat(Emotion.HAPPY)[None]).max() - 0.1


def test_a_temperature_may_change_while_a_camera_reads(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, detector=Pointing(LEFT, RIGHT))
    done = threading.Event()

    def turn() -> None:
        while not done.is_set():
            live.configure(
                replace(live.settings, temperature=4.0 if live.settings.temperature == 1.0 else 1.0)
            )

    other = threading.Thread(target=turn)
    other.start()
    try:
        for _ in range(50):
            for item in live.read(frame_showing(left=Emotion.HAPPY, right=Emotion.SAD)).faces:
                assert item.scores.probabilities.sum() == pytest.approx(1, abs=1e-4)
    finally:
        done.set()
        other.join()


def test_another_model_reads_the_next_frame_and_the_person_stays_who_they_are(
    recognizer: Recognizer, fer_home: Path
) -> None:
    backwards = grey_level.save_model(fer_home / "models" / "pretrained" / "back", emotions=EMOTIONS[::-1])
    live = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=1000), detector=Pointing(LEFT))
    frame = frame_showing(left=Emotion.ANGRY)
    assert live.read(frame).faces[0].label is Emotion.ANGRY
    live.use(Recognizer(backwards))
    face = live.read(frame).faces[0]
    assert face.label is Emotion.NEUTRAL, "nothing of what the other model said is mixed in"
    assert face.track_id == 1


def test_two_models_read_the_same_faces_of_the_same_frame(recognizer: Recognizer, fer_home: Path) -> None:
    backwards = grey_level.save_model(fer_home / "models" / "pretrained" / "back", emotions=EMOTIONS[::-1])
    live = LiveRecognizer(recognizer, detector=Pointing(LEFT, RIGHT))
    live.use(recognizer, Recognizer(backwards))
    faces = live.read(frame_showing(left=Emotion.ANGRY, right=Emotion.DISGUST)).faces
    assert [face.scores.top for face in faces] == [Emotion.ANGRY, Emotion.DISGUST]
    assert [face.other_scores.top for face in faces if face.other_scores] == [
        Emotion.NEUTRAL,
        Emotion.SURPRISE,
    ]
    live.use(recognizer)
    assert live.read(frame_showing(left=Emotion.ANGRY)).faces[0].other_scores is None


def test_a_face_is_kept_as_it_was_cut_out_for_the_model(recognizer: Recognizer) -> None:
    face = (
        LiveRecognizer(recognizer, detector=Pointing(LEFT)).read(frame_showing(left=Emotion.HAPPY)).faces[0]
    )
    assert face.crop is not None
    assert face.crop.shape == (48, 48, 3)
    assert np.all(face.crop == grey_level.flat(Emotion.HAPPY, channels=3))


def test_maps_are_told_when_they_are_asked_for_and_the_model_has_them(
    recognizer: Recognizer, fer_home: Path
) -> None:
    with_maps = Recognizer(
        grey_level.save_model(fer_home / "models" / "pretrained" / "maps", content=grey_level.WITH_MAPS)
    )
    frame = frame_showing(left=Emotion.HAPPY)
    settings = LiveSettings(with_maps=True)
    (face,) = LiveRecognizer(with_maps, settings, detector=Pointing(LEFT)).read(frame).faces
    assert face.emotion_maps is not None
    assert face.emotion_maps.shape == (3, 2, 7)
    assert face.emotion_maps.mean(axis=(0, 1)).argmax() == EMOTIONS.index(Emotion.HAPPY)
    assert LiveRecognizer(with_maps, detector=Pointing(LEFT)).read(frame).faces[0].emotion_maps is None
    assert (
        LiveRecognizer(recognizer, settings, detector=Pointing(LEFT)).read(frame).faces[0].emotion_maps
        is None
    )


def test_lifting_the_contrast_changes_what_the_model_is_given_and_not_the_frame(
    recognizer: Recognizer,
) -> None:
    rng = np.random.default_rng(0)
    dim = rng.integers(0, 30, (480, 640, 3), np.uint8)
    before = dim.copy()
    plain, lifted = (
        LiveRecognizer(recognizer, LiveSettings(lift_contrast=lift), detector=Pointing(LEFT))
        .read(dim)
        .faces[0]
        for lift in (False, True)
    )
    assert plain.crop is not None and lifted.crop is not None
    assert lifted.crop.mean() > 2 * plain.crop.mean()
    assert np.array_equal(dim, before)


def test_a_frozen_frame_is_the_newest_one_and_its_own(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer, detector=Pointing(LEFT))
    assert live.freeze() is None
    frame = frame_showing(left=Emotion.SAD)
    reading = live.read(frame)
    frozen = live.freeze()
    assert frozen is not None
    assert frozen.reading is reading
    assert np.array_equal(frozen.frame_bgr, frame)
    frame[:] = 0
    assert frozen.frame_bgr.any(), "a copy, whatever becomes of the frame"
    live.reset()
    assert live.freeze() is None


def test_a_resting_face_is_learned_for_those_in_view_and_can_be_forgotten(recognizer: Recognizer) -> None:
    detector = Pointing(LEFT)
    live = LiveRecognizer(recognizer, LiveSettings(smoothing_seconds=0), detector=detector)
    resting = frame_showing(left=Emotion.SURPRISE)  # beside neutral: the model sees the two alike
    live.read(resting, 0.0)
    live.start_baseline(seconds=1.0)
    assert live.baselines() == {1: 0.0}
    before = live.read(resting, 0.5).faces[0].scores.as_dict()[Emotion.NEUTRAL]
    live.read(resting, 1.6)
    assert live.baselines() == {1: 1.0}
    detector.boxes = (LEFT, RIGHT)
    faces = live.read(frame_showing(left=Emotion.SURPRISE, right=Emotion.SURPRISE), 1.7).faces
    assert faces[0].scores.as_dict()[Emotion.NEUTRAL] > 5 * before
    assert faces[1].scores.as_dict()[Emotion.NEUTRAL] == pytest.approx(before, rel=1e-3)
    live.clear_baseline()
    after = live.read(resting, 5.0).faces[0].scores.as_dict()[Emotion.NEUTRAL]
    assert after == pytest.approx(before, rel=1e-3)


def test_a_detector_that_cannot_be_had_leaves_the_camera_as_it_was(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer)
    with pytest.raises(FaceDetectorError, match="no face detector “nobody”"):
        live.configure(LiveSettings(detector="nobody"))
    assert live.settings == LiveSettings()
    assert live.read(frame_showing()).faces == ()


def test_a_frame_of_another_size_is_read_like_the_first(recognizer: Recognizer) -> None:
    live = LiveRecognizer(recognizer)
    picture = np.asarray(astronaut()[..., ::-1], np.uint8)
    for size in (1.0, 1.5, 0.75, 1.0):
        resized = cv2.resize(picture, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
        assert len(live.read(np.asarray(resized, np.uint8)).faces) == 1
