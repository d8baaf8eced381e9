"""Pictures from anywhere: upright RGB bytes, or a sentence."""

import os
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from fer import images
from fer.errors import PictureError


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = BytesIO()
    image.copy().save(buffer, kind, **options)  # a copy: JPEG leaves its settings behind
    return buffer.getvalue()


def gradient() -> np.ndarray:
    """A colour picture, 24 rows and 32 columns, of which no two corners are alike."""
    rows, columns = np.mgrid[0:24, 0:32]
    return np.stack([rows * 10, columns * 7, np.full_like(rows, 90)], axis=2).astype(np.uint8)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of some fifty bytes whose header promises `width` by `height` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP"])
def test_colours_come_back_as_rgb(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    content = encoded(Image.fromarray(gradient()), kind, **options)

    np.testing.assert_array_equal(images.decode_rgb(content), gradient())


def test_a_grey_file_keeps_its_values() -> None:
    grey = gradient()[..., 1]
    content = encoded(Image.fromarray(grey))

    np.testing.assert_array_equal(images.decode_grey(content), grey)
    np.testing.assert_array_equal(images.decode_rgb(content), np.dstack([grey] * 3))


def test_a_picture_taken_with_the_camera_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise to see it upright
    content = encoded(Image.fromarray(gradient()), exif=exif)

    np.testing.assert_array_equal(images.decode_rgb(content), np.rot90(gradient(), -1))


def test_sixteen_bits_become_the_upper_eight() -> None:
    deep = (gradient()[..., 0].astype(np.uint16) << 8) + 77

    np.testing.assert_array_equal(images.decode_grey(encoded(Image.fromarray(deep))), gradient()[..., 0])
    np.testing.assert_array_equal(images.decode_grey(encoded(Image.fromarray(deep >> 4))), gradient()[..., 0])


def test_transparent_parts_are_white() -> None:
    clear = Image.new("RGBA", (8, 8), (10, 20, 30, 0))

    assert (images.decode_rgb(encoded(clear)) == 255).all()


def test_a_palette_and_printing_colours_are_understood() -> None:
    red = Image.new("RGB", (16, 16), (255, 0, 0))

    for content in (encoded(red.convert("P")), encoded(red.convert("CMYK"), "JPEG"), encoded(red, "GIF")):
        assert np.abs(images.decode_rgb(content)[8, 8].astype(int) - (255, 0, 0)).max() <= 3


def test_an_animation_gives_its_first_frame() -> None:
    frames = [Image.new("L", (8, 8), value) for value in (10, 200)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert (images.decode_grey(content) == 10).all()


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"%!PS-Adobe-3.0 EPSF-3.0\n"]
)
def test_what_is_no_picture_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(PictureError, match=r"“notes\.txt”"):
        images.decode_rgb(content, "notes.txt")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_a_picture_that_is_cut_off_is_refused_by_name(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    content = encoded(Image.fromarray(noise), kind)

    with pytest.raises(PictureError, match="“face”"):
        images.decode_rgb(content[: len(content) // 2], "face")


@pytest.mark.parametrize("size", [(10_000, 6_000), (12_000, 12_000), (60_000, 60_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match="safe to"):
        images.decode_rgb(png_claiming(*size), "bomb.png")


def test_the_size_is_read_from_the_header_alone() -> None:
    assert images.picture_size(png_claiming(width=640, height=480)) == (480, 640)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"“nowhere\.png” cannot be read"):
        images.load_picture(tmp_path / "nowhere.png")


# --- every kind that people send --------------------------------------------------------------------


def kinds() -> dict[str, bytes]:
    """The same picture in every kind that loses nothing or little, under the name that people give it."""
    image, grey = Image.fromarray(gradient()), Image.fromarray(gradient()[..., 1])

    def two() -> dict[str, object]:
        return {"save_all": True, "append_images": [Image.new("RGB", image.size)]}

    made = {
        "plain.png": encoded(image),
        "photo.jfif": encoded(image, "JPEG", quality=98, subsampling=0),
        "photo.jpe": encoded(image, "JPEG", quality=98, subsampling=0, progressive=True),
        "called.png": encoded(image, "JPEG", quality=98, subsampling=0),
        "behind its end.jpg": encoded(image, "JPEG", quality=98, subsampling=0) + bytes(37),
        "two.mpo": encoded(image, "MPO", quality=98, subsampling=0, **two()),
        "moving.gif": encoded(image, "GIF", **two()),
        "moving.webp": encoded(image, "WEBP", lossless=True, **two()),
        "pages.tif": encoded(image, "TIFF", **two()),
        "old.bmp": encoded(image, "BMP"),
        "new.avif": encoded(image, "AVIF", quality=100, subsampling="4:4:4"),
        "colour.ppm": encoded(image, "PPM"),
        "grey.pgm": encoded(grey, "PPM"),
        "grey alpha.png": encoded(grey.convert("LA")),
        "phone.heic": heic(image),
    }
    inverse = Image.Transpose
    turns = (inverse.FLIP_LEFT_RIGHT, inverse.ROTATE_180, inverse.FLIP_TOP_BOTTOM, inverse.TRANSPOSE)
    turns += (inverse.ROTATE_90, inverse.TRANSVERSE, inverse.ROTATE_270)
    for orientation, turn in enumerate(turns, start=2):
        exif = Image.Exif()
        exif[0x0112] = orientation
        made[f"turned {orientation}.jpg"] = encoded(image.transpose(turn), "JPEG", quality=98, exif=exif)
    return made


def heic(image: Image.Image) -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    return encoded(image, "HEIF", quality=-1, chroma=444, matrix_coefficients=0)


@pytest.mark.parametrize("name", sorted(kinds()))
def test_pictures_of_every_kind_are_upright_and_look_alike(name: str) -> None:
    assert name.endswith(images.SUFFIXES)
    picture = images.decode_rgb(kinds()[name], name)
    expected = np.dstack([gradient()[..., 1]] * 3) if "grey" in name else gradient()
    assert picture.shape == expected.shape
    near = 16 if name.endswith(".gif") else 8  # of a palette
    assert np.abs(picture.astype(int) - expected).mean() < near


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"P1\n# a note\n4 1\n1001\n", [0, 255, 255, 0]),
        (b"P2 4 1 15 0 5 10 15", [0, 85, 170, 255]),
        (b"P2 4 1 255\n0 5 10 15 16 17", [0, 5, 10, 15]),
        (b"P4 9 1\n\xaa\x80", [0, 255, 0, 255, 0, 255, 0, 255, 0]),
        (b"P5 4 1 255\n\0\1\2\3", [0, 1, 2, 3]),
        (b"P5 2 1 4095\n\0\0\x0f\xff", [0, 255]),
        (b"P5 2 1 65535\n\x10\x02\xff\xff", [16, 255]),
    ],
)
def test_the_grey_netpbm_formats_are_read_with_white_as_white(content: bytes, expected: list[int]) -> None:
    assert images.picture_size(content) == (1, len(expected))
    assert images.decode_grey(content).ravel().tolist() == expected


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"P5 65500 65500 255\n", "safe to decode"),
        (b"P6 100 100 255\n\0\0\0", "cut off"),
        (b"P2 2 2 255\n1 2 3", "cut off"),
        (b"P2 2 1 255\n1 -2", "cut off"),
        (b"P2 2 1 255\n1 99999999999999999999", "cut off"),
        (b"P2 2 1 255\n1 #two", "cut off"),
        (b"P1 2 1\n1x", "cut off"),
        (b"P5 0 4 255\n", "beginning is damaged"),
        (b"P5 1 1 65536\n\0\0", "beginning is damaged"),
        (b"P2 #" + b"#" * 20_000 + b"\n1 1 255 1", "beginning is damaged"),
        (b"GIF89a" + struct.pack("<HH", 65_500, 65_500) + bytes(3) + b",", "picture that can be read|safe"),
    ],
)
def test_a_header_that_lies_is_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(PictureError, match=sentence):
        images.decode_rgb(content, "it")


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_the_new_formats_are_refused_where_they_are_too_large_damaged_or_cut_off(kind: str) -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    content = heic(image) if kind == "HEIF" else encoded(image, kind)
    for part in (content[:10], content[:60], content[: len(content) // 2], content[:-8]):
        with pytest.raises(PictureError, match="“it”"):
            images.decode_rgb(part, "it")
    claimed = content.replace(
        b"ispe" + bytes(4) + struct.pack(">II", 64, 64),
        b"ispe" + bytes(4) + struct.pack(">II", 8_000, 8_000),
    )
    assert claimed != content
    with pytest.raises(PictureError, match="safe to decode"):
        images.decode_rgb(claimed, "it")
    with pytest.raises(PictureError, match="parts"):
        images.decode_rgb(content + b"infe" * 1_001, "it")


def test_a_heic_picture_without_its_library_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    content = heic(Image.fromarray(gradient()))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(PictureError, match=r"“it\.heic” is a HEIC picture.*pip install pillow-heif"):
        images.decode_rgb(content, "it.heic")


def test_a_pipe_and_a_folder_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    for path in (tmp_path / "pipe.jpg", tmp_path):
        with pytest.raises(PictureError, match="is no file"):
            images.load_picture(path)


# --- OpenCV, where it may, must not be told from Pillow ---------------------------------------------


def with_pillow(content: bytes, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    with monkeypatch.context() as patch:
        patch.setattr(images, "_plain_size", lambda content: None)
        return images.decode_rgb(content)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("PNG", {"dpi": (72, 72), "compress_level": 9}),
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 40, "subsampling": 2}),
        ("JPEG", {"quality": 80, "subsampling": 0, "progressive": True}),
        ("JPEG", {"quality": 75, "optimize": True, "comment": b"a face"}),
    ],
)
@pytest.mark.parametrize("size", [(48, 48), (33, 17), (1, 1), (120, 90)])
def test_common_files_have_the_same_pixels_whoever_decodes_them(
    mode: str, kind: str, options: dict[str, object], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    content = encoded(Image.fromarray(noise).convert(mode), kind, **options)

    assert images._plain_size(content) == size
    np.testing.assert_array_equal(images.decode_rgb(content), with_pillow(content, monkeypatch))


def unusual() -> dict[str, bytes]:
    """Files of which the two would make different pixels."""
    image, grey = Image.fromarray(gradient()), Image.fromarray(gradient()[..., 1])
    turned = Image.Exif()
    turned[0x0112] = 6
    gamma = struct.pack(">I", 45_455)
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", "x")
    return {
        "alpha": encoded(image.convert("RGBA")),
        "palette": encoded(image.convert("P")),
        "transparent grey": encoded(grey, transparency=3),
        "16 bits": encoded(Image.fromarray(gradient()[..., 0].astype(np.uint16) << 8)),
        "1 bit": encoded(grey.convert("1")),
        "turned PNG": encoded(image, exif=turned),
        "turned JPEG": encoded(image, "JPEG", exif=turned),
        "printing colours": encoded(image.convert("CMYK"), "JPEG"),
        "text": encoded(grey, pnginfo=text),
        "behind the end": encoded(image, "JPEG") + b"more",
        "no picture": gamma,
    }


@pytest.mark.parametrize("name", sorted(unusual()))
def test_unusual_files_are_left_to_pillow(name: str) -> None:
    assert images._plain_size(unusual()[name]) is None


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_refused_or_has_the_pixels_that_pillow_finds(
    data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG"]))
    content = bytearray(encoded(Image.fromarray(gradient()), kind))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        content[place] = data.draw(st.integers(0, 255))
    damaged = bytes(content[: data.draw(st.integers(1, len(content)))])

    try:
        expected = with_pillow(damaged, monkeypatch)
    except PictureError:
        with pytest.raises(PictureError):
            images.decode_rgb(damaged)
    else:
        np.testing.assert_array_equal(images.decode_rgb(damaged), expected)
