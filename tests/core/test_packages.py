"""Model files from anywhere: what is refused, with which sentence, and what is believed."""

import io
import json
import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fer.emotions import EMOTIONS, Emotion
from fer.errors import FerError, ModelError, ModelNotFoundError, UnknownArchitectureError
from fer.models.packages import (
    ModelHeader,
    imported_models,
    inspect,
    inspecting,
    model_package,
    receive_package,
    remove_imported,
)
from fer.models.packages.keeping import free_name, plain_name
from fer.system import paths
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level

HEADER = {
    "format": "fer-model",
    "version": 1,
    "architecture": "tiny_cnn",
    "emotions": [str(emotion) for emotion in EMOTIONS],
}
# As many as a tiny CNN has; their shapes are compared when its network is built.
ARRAYS = {"layers/conv2d/vars/0": np.zeros(25_199, np.float32)}

Member = tuple[str, bytes]


def array(values: NDArray[Any], **options: Any) -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array(content, values, **{"version": (1, 0), "allow_pickle": True, **options})
    return content.getvalue()


def packed(
    header: Mapping[str, Any] | None = None,
    arrays: Mapping[str, NDArray[Any]] | None = None,
    others: list[Member] | None = None,
) -> bytes:
    """A model file with these parts, whatever they are."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps({**HEADER, **(header or {})}))
        for name, values in (ARRAYS if arrays is None else arrays).items():
            archive.writestr(f"arrays/{name}.npy", array(values))
        for name, data in others or []:
            archive.writestr(name, data)
    return content.getvalue()


def inspected(tmp_path: Path, content: bytes) -> Any:
    path = tmp_path / "model.zip"
    path.write_bytes(content)
    return inspect(path)


def test_a_file_is_read_with_its_header_and_its_arrays(tmp_path: Path) -> None:
    claims = {"title": "  Anna's\nnet ", "claims": "70.8% of 3,589 test faces", "image_size": None}
    found = inspected(tmp_path, packed(claims))
    assert found.header.title == "Anna's net"
    assert found.header.claims == "70.8% of 3,589 test faces"
    assert found.header.emotions == EMOTIONS
    assert found.header.preprocessing.input_shape == (48, 48, 1)
    assert found.arrays["layers/conv2d/vars/0"].dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.float64, ">f4"])
def test_numbers_of_other_widths_and_byte_orders_become_float32(tmp_path: Path, dtype: Any) -> None:
    values = np.linspace(-1, 1, 25_199).astype(dtype)
    found = inspected(tmp_path, packed(arrays={"layers/a/vars/0": values}))
    assert found.arrays["layers/a/vars/0"] == pytest.approx(values.astype(np.float32), abs=1e-6)


def test_the_order_of_the_emotions_is_the_files(tmp_path: Path) -> None:
    turned = [str(emotion) for emotion in EMOTIONS[::-1]]
    assert inspected(tmp_path, packed({"emotions": turned})).header.emotions == EMOTIONS[::-1]


class Bomb:
    """What a pickle could do."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("/tmp/fer-model-file-ran"),)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no archive": (lambda: b"GIF89a", "not a model of this workshop, or was damaged"),
    "a pickle": (lambda: pickle.dumps(Bomb()), "not a model of this workshop"),
    "a Keras file": (
        lambda: (PROJECT_ROOT / "models/pretrained/mini_xception/model.keras").read_bytes(),
        "has no header.json",
    ),
    "cut off": (
        lambda: cut(packed(arrays={"layers/a/vars/0": np.random.default_rng(0).random(25_199)})),
        "cut off",
    ),
    "pickled objects": (
        lambda: packed(arrays={"layers/a/vars/0": np.array([Bomb()], object)}),
        "holds object, not rows of floating-point numbers",
    ),
    "whole numbers": (
        lambda: packed(arrays={"layers/a/vars/0": np.zeros(25_199, np.int64)}),
        "holds int64, not rows of floating-point",
    ),
    "by columns": (
        lambda: packed(arrays={"layers/a/vars/0": np.asfortranarray(np.zeros((113, 223), np.float32))}),
        "not rows of floating-point numbers",
    ),
    "no numbers": (
        lambda: packed(arrays={"layers/a/vars/0": np.full(25_199, np.nan, np.float32)}),
        "holds 25,199 values that are no numbers",
    ),
    "infinite once it is float32": (
        lambda: packed(arrays={"layers/a/vars/0": np.full(25_199, 1e300)}),
        "values that are no numbers",
    ),
    "a name that leads out": (
        lambda: packed(others=[("arrays/../../evil.npy", b"")]),
        "not what a model's arrays are called",
    ),
    "an absolute name": (
        lambda: packed(others=[("/etc/passwd", b"")]),
        "not what a model's arrays are called",
    ),
    "something else inside": (lambda: packed(others=[("config.json", b"{}")]), "not what a model's arrays"),
    "too few weights": (
        lambda: packed(arrays={"layers/a/vars/0": np.zeros(25_198, np.float32)}),
        "has 25,199 weights; it holds 25,198",
    ),
    "another architecture's": (
        lambda: packed({"architecture": "mini_xception"}),
        "mini_XCEPTION, which has 58,423 weights; it holds 25,199",
    ),
    "another format": (lambda: packed({"format": "onnx"}), "no header of a model"),
    "a later version": (
        lambda: packed({"version": 2}),
        "version '2' of its format; this workshop reads version 1",
    ),
    "no version": (lambda: packed({"version": None}), "version 'None' of its format"),
    "an unknown emotion": (
        lambda: packed({"emotions": ["happy", "contempt"]}),
        "“contempt”, which is no emotion",
    ),
    "an emotion twice": (lambda: packed({"emotions": ["happy", "sad", "happy"]}), "each once"),
    "one emotion": (lambda: packed({"emotions": ["happy"]}), "at least two emotions"),
    "no emotions": (lambda: packed({"emotions": 7}), "does not list the emotions"),
    "a long title": (lambda: packed({"title": "x" * 301}), "a text of at most 300 characters"),
    "a size that is no number": (
        lambda: packed({"image_size": "48"}),
        "image size in the model file is '48'",
    ),
    "an impossible size": (lambda: packed({"image_size": 5000}), "Image size must be 32 to 512"),
    "a long header": (lambda: packed({"more": "x" * 30_000}), "no header has so many"),
    "an array that promises more": (
        lambda: packed(
            others=[("arrays/layers/b/vars/0.npy", array(np.zeros(9, np.float32)).replace(b"(9,)", b"(99,)"))]
        ),
        "more than it brings",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_model_is_refused_with_a_sentence(tmp_path: Path, kind: str) -> None:
    content, sentence = HOSTILE[kind]
    with pytest.raises(FerError) as refused:
        inspected(tmp_path, content())
    assert sentence in str(refused.value)
    assert not Path("/tmp/fer-model-file-ran").exists()


def test_an_unknown_architecture_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownArchitectureError, match=r"no architecture “vgg19”\. Choose one of: tiny_cnn"):
        inspected(tmp_path, packed({"architecture": "vgg19"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    content = packed(others=[("arrays/layers/b/vars/0.npy", bytes(inspecting.MOST_BYTES))])
    assert len(content) < 1_000_000
    with pytest.raises(ModelError, match="Unpacked, the file has 200 MB"):
        inspected(tmp_path, content)


def test_a_large_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "MOST_BYTES", 100)
    with pytest.raises(ModelError, match="a model here has at most 0 MB"):
        inspected(tmp_path, packed())


def test_thousands_of_parts_are_refused(tmp_path: Path) -> None:
    parts = {f"layers/a{number}/vars/0": np.zeros(1, np.float32) for number in range(2_001)}
    with pytest.raises(ModelError, match="holds 2,002 parts"):
        inspected(tmp_path, packed(arrays=parts))


# ── taking along, and keeping ────────────────────────────────────────────────────────────────────


def test_what_is_taken_along_can_be_read_again(fer_home: Path, tmp_path: Path) -> None:
    (fer_home / "models").mkdir(exist_ok=True)
    (fer_home / "models" / "pretrained").symlink_to(PROJECT_ROOT / "models" / "pretrained")
    found = inspected(tmp_path, model_package("mini_xception"))
    assert found.header == ModelHeader(
        "mini_xception", EMOTIONS, 64, "mini_XCEPTION on FER-2013", found.header.claims, "Keras 3"
    )
    assert found.header.claims == "68.4 % of 3,589 test faces of FER-2013."
    assert sum(values.size for values in found.arrays.values()) == 58_423


def test_a_model_without_keras_weights_cannot_be_taken_along(fer_home: Path) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    with pytest.raises(ModelNotFoundError, match="“grey” has no Keras weights"):
        model_package("grey")


def test_a_refused_upload_leaves_nothing_behind(fer_home: Path) -> None:
    with pytest.raises(ModelError):
        receive_package("evil.zip", packed({"version": 9}))
    assert not list((paths.cache_folder() / "arriving").glob("*"))


def test_an_upload_lies_where_only_its_letters_say(fer_home: Path) -> None:
    path, found = receive_package("../../Müller's net (1).fer-model.zip", packed())
    assert path == paths.cache_folder() / "arriving" / "mullers-net-1.fer-model.zip"
    assert found.header.emotions[0] is Emotion.ANGRY


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Small ResNet on FER-2013", "small-resnet-on-fer-2013"),
        ("../../etc/passwd", "passwd"),
        ("…", "model"),
        ("x" * 90, "x" * 40),
        ("C:\\evil.zip", "c-evil"),
    ],
)
def test_names_are_made_of_letters_and_digits(text: str, name: str) -> None:
    assert plain_name(text) == name


def test_no_model_is_ever_overwritten(fer_home: Path) -> None:
    for folder in (paths.imported_models_folder() / "net", paths.pretrained_folder() / "net-2"):
        grey_level.save_model(folder)
    assert free_name("net") == "net-3"
    assert free_name("other") == "other"


def test_only_what_was_brought_can_be_removed(fer_home: Path) -> None:
    grey_level.save_model(paths.imported_models_folder() / "net")
    grey_level.save_model(paths.pretrained_folder() / "shipped")
    assert imported_models() == ["net"]
    for name in ("shipped", "../pretrained/shipped", "gone"):
        with pytest.raises(FerError):
            remove_imported(name)
    assert (paths.pretrained_folder() / "shipped").is_dir()
    remove_imported("net")
    assert imported_models() == []
    assert not list(paths.imported_models_folder().iterdir())
