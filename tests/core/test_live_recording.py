"""What a camera showed, kept on request: whole or not at all, and never at the camera's cost."""

import csv
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer.detection import Face
from fer.emotions import EMOTIONS, EmotionScores
from fer.live import LiveReading, RecognizedFace, recording
from fer.live.recording import Recorder, save_snapshot
from fer.live.video.writing import FilmWriter
from fer.system import paths
from tests.core import filmed


def reading(number: int) -> LiveReading:
    scores = EmotionScores(EMOTIONS, np.full(7, 1 / 7, np.float32))
    face = RecognizedFace(Face((10, 20, 60, 70), 0.9), scores, 1, EMOTIONS[3])
    return LiveReading((face,), number, 0.0, 0.01)


def files_in(home: Path) -> list[str]:
    return sorted(path.name for path in home.rglob("*") if path.is_file())


def test_a_recording_is_a_clip_and_a_table_in_a_folder_of_its_own(fer_home: Path) -> None:
    recorder = Recorder()
    assert recorder.is_recording
    for number in range(1, 9):
        recorder.add(filmed.frame_bgr(number), reading(number))
    kept = recorder.stop()
    assert kept.folder.parent == paths.recordings_folder()
    assert (kept.frames, kept.faces, kept.dropped, kept.error) == (8, 8, 0, "")
    found = filmed.contents(kept.clip)
    assert found["codec"] == "h264"
    assert 1 <= len(found["frames"]) <= 8, "two frames of the same millisecond are one"
    with kept.table.open(encoding="utf-8", newline="") as file:
        assert [row["frame"] for row in csv.DictReader(file)] == [str(number) for number in range(1, 9)]
    assert recorder.stop() == kept, "it may be asked again"
    assert not recorder.is_recording
    recorder.add(filmed.frame_bgr(1), reading(1))
    assert recorder.stop() == kept, "nothing is taken any more"


def test_two_recordings_of_the_same_second_do_not_meet(fer_home: Path) -> None:
    folders = set()
    for _ in range(3):
        recorder = Recorder()
        recorder.add(filmed.frame_bgr(1), reading(1))
        folders.add(recorder.stop().folder)
    assert len(folders) == 3


def test_a_recording_without_a_frame_writes_nothing(fer_home: Path) -> None:
    before = files_in(fer_home)
    kept = Recorder().stop()
    assert (kept.frames, kept.error) == (0, "")
    assert files_in(fer_home) == before


def test_until_it_is_stopped_nothing_stands_under_a_final_name(fer_home: Path) -> None:
    recorder = Recorder()
    for number in range(5):
        recorder.add(filmed.frame_bgr(number), reading(number))
    names = files_in(paths.recordings_folder()) if paths.recordings_folder().exists() else []
    assert all(name.startswith(".saving-") for name in names), "a kill -9 now would leave no half clip"
    recorder.stop()
    assert files_in(paths.recordings_folder()) == ["clip.mp4", "faces.csv"]


def test_a_slow_disk_makes_no_camera_wait(fer_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    write = FilmWriter.write

    def slow(self: FilmWriter, frame_bgr: np.ndarray, pts: int) -> None:
        gate.wait(10)
        write(self, frame_bgr, pts)

    monkeypatch.setattr(FilmWriter, "write", slow)
    recorder = Recorder()
    for number in range(100):
        recorder.add(filmed.frame_bgr(1), reading(number))
    gate.set()
    kept = recorder.stop()
    assert kept.dropped >= 60
    assert kept.frames + kept.dropped == 100


def test_an_encoder_that_fails_is_a_sentence_and_leaves_nothing(
    fer_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(self: FilmWriter, frame_bgr: np.ndarray, pts: int) -> None:
        raise ValueError("torn")

    monkeypatch.setattr(FilmWriter, "write", torn)
    recorder = Recorder()
    recorder.add(filmed.frame_bgr(1), reading(1))
    kept = recorder.stop()
    assert "ended with ValueError: torn" in kept.error
    assert not kept.clip.exists()
    assert not list(fer_home.rglob(".saving-*"))


def test_a_camera_that_changes_its_size_or_has_an_odd_one_is_kept_at_its_first_even_one(
    fer_home: Path,
) -> None:
    recorder = Recorder()
    for size in ((321, 241), (200, 100), (321, 241)):
        recorder.add(filmed.frame_bgr(0, size, with_face=False), reading(1))
    kept = recorder.stop()
    assert kept.error == ""
    assert filmed.contents(kept.clip)["size"] == (320, 240)


def test_a_camera_that_is_turned_meanwhile_is_kept_whole_between_bars(fer_home: Path) -> None:
    recorder = Recorder()
    for size in ((320, 240), (240, 320)):
        recorder.add(np.full((size[1], size[0], 3), 200, np.uint8), reading(1))
        time.sleep(0.01)  # two frames of one millisecond are one
    _, turned = filmed.contents(recorder.stop().clip)["frames"]
    assert turned[:, :60].max() < 60
    assert turned[:, -60:].max() < 60
    assert turned[:, 80:-80].min() > 150


def test_it_ends_by_itself_after_ten_minutes(fer_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    recorder.add(filmed.frame_bgr(1), reading(1))
    monkeypatch.setattr(recording, "MAX_SECONDS", 0)
    assert not recorder.is_recording
    recorder.add(filmed.frame_bgr(2), reading(2))
    assert recorder.stop().frames == 1


def test_a_snapshot_is_the_picture_to_the_pixel(fer_home: Path) -> None:
    picture = filmed.frame_bgr(3)
    path = save_snapshot(picture)
    assert path.parent == paths.recordings_folder()
    assert np.array_equal(cv2.imread(str(path)), picture)
    assert save_snapshot(picture) != path
