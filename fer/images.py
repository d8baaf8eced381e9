"""Image decoding: the bytes of any picture to pixels, for uploads, dataset folders and commands alike.

Only the header is read until its size is known to be harmless: a file of a few kilobytes may unpack
to gigabytes.

Nearly all faces in datasets are upright grey or colour files of eight bits. Those go through OpenCV, which
takes a third of Pillow's time; every other goes through Pillow, but for HEIC (pillow-heif) and for the
Netpbm formats, whose text forms would keep Pillow busy for minutes. OpenCV is only asked about files that are
all there, because it fills what is missing with grey and says nothing.
"""

import re
import struct
import warnings
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.errors import PictureError

if TYPE_CHECKING:
    from PIL import Image

# The one list of what is a picture by its name: for folders, archives, uploads and commands.
SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff"),
    *(".pgm", ".ppm", ".pbm", ".pnm", ".avif", ".heic", ".heif", ".mpo"),
)
# A large camera's picture has 50 million pixels: 150 MB once decoded.
MAX_PIXELS = 50_000_000
MAX_BYTES = 100_000_000
# Pillow knows dozens of formats, some of which start other programs; these are what cameras and datasets use.
_FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF", "AVIF")
_CHOOSE = "Choose a JPEG, PNG, WebP, BMP, GIF, TIFF, PGM, AVIF or HEIC file."

# The EXIF tag that says how the camera was held.
_ORIENTATION = 0x0112

_PNG_BEGINNING = b"\x89PNG\r\n\x1a\n"
# Chunks that change no pixel. Transparency, animation, EXIF and text (which may hold EXIF) are Pillow's.
_PLAIN_CHUNKS = frozenset((b"IHDR", b"IDAT", b"IEND", b"pHYs", b"tIME", b"sRGB", b"gAMA", b"cHRM", b"bKGD"))
_MOST_CHUNKS = 1_000
# APP1 may hold EXIF, and APP14 says that the colours are unusual.
_UNUSUAL_SEGMENTS = frozenset((0xE1, 0xEE))
_FRAMES = frozenset((0xC0, 0xC1, 0xC2))  # baseline, extended, progressive: the Huffman-coded ones

# AVIF and HEIC are made of items; a phone's picture has about 200.
_MOST_ITEMS = 1_000

# Netpbm: P1 and P4 are black and white, P2 and P5 grey, P3 and P6 colour; the first of each is text.
# Source: netpbm.sourceforge.net/doc/pgm.html
_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"
_NETPBM = re.compile(
    rb"P(?:(?P<bits>[14])|(?P<values>[2356]))%b(?P<width>\d{1,9})%b(?P<height>\d{1,9})"
    rb"(?(bits)|%b(?P<white>\d{1,5}))\s" % ((_GAP,) * 3)
)
_LONGEST_HEADER = 10_000


def load_picture(path: Path) -> NDArray[np.uint8]:
    """Return the picture in a file, (h, w, 3) RGB; see `decode_rgb`."""
    return decode_rgb(read_bytes(path), path.name)


def read_bytes(path: Path, name: str = "") -> bytes:
    """Return the content of a picture file, unless it is too large to be one.

    An error calls it `name`, or by the file's own name.

    Raises:
        PictureError: there is no such file, or it may not be read, is none, or has over 100 MB.
    """
    name = name or path.name
    if path.exists() and not path.is_file():  # opening a pipe would wait for somebody to write into it
        raise PictureError(f"“{name}” is no file. Choose a picture.")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PictureError(
            f"“{name}” cannot be read: {error.strerror or error}. Choose another picture."
        ) from error
    if len(content) > MAX_BYTES:
        raise PictureError(f"“{name}” has over {MAX_BYTES // 10**6} MB. Save it smaller and try again.")
    return content


def picture_size(content: bytes, name: str = "The picture") -> tuple[int, int]:
    """Return (height, width) in pixels as stored, from the header alone.

    Raises:
        PictureError: these are not the bytes of a picture, or it is larger than is safe to decode.
    """
    if plain := _plain_size(content):
        return plain
    if netpbm := _NETPBM.match(content, 0, _LONGEST_HEADER):
        return _netpbm_size(netpbm, name)[:2]
    with _opened(content, name) as picture:
        return picture.height, picture.width


def decode_rgb(content: bytes, name: str = "The picture") -> NDArray[np.uint8]:
    """Return the picture upright, (h, w, 3) RGB: turned as its EXIF says, transparency on white.

    Of an animation it is the first frame; 16 bits become 8 by keeping the upper ones,
    of 12 in 16 likewise.

    Args:
        content: the bytes of a file of any of the kinds that `SUFFIXES` names, whatever it is called.
        name: what an error calls it.

    Raises:
        PictureError: not a picture, cut off or damaged, or over 50 megapixels.
    """
    pixels = _decoded(content, name)
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def decode_grey(content: bytes, name: str = "The picture") -> NDArray[np.uint8]:
    """Return the picture upright in grey, (h, w); the values of a grey file stay as they are.

    Raises:
        PictureError: not a picture, cut off or damaged, or over 50 megapixels.
    """
    pixels = _decoded(content, name)
    # The same luma (ITU-R BT.601) as `Preprocessing`, so that a file and a camera are seen alike.
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _opened(content: bytes, name: str) -> "Image.Image":
    """The picture with its header read and its size checked, and not a pixel decoded."""
    # Imported here, because whoever never opens a picture need not wait for Pillow.
    from PIL import Image

    formats: tuple[str, ...] = _FORMATS
    if content[4:8] == b"ftyp" and content[8:12] not in (b"avif", b"avis"):
        formats = (*_FORMATS, _heif_format(name))
    # A refusal is one sentence; Pillow's own warning would stand beside it.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture = Image.open(BytesIO(content), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"“{name}” unpacks to more than {MAX_PIXELS // 10**6} megapixels, which is not "
            "safe to decode. Save it smaller and try again."
        ) from error
    except Exception as error:  # A damaged header may fail anywhere in Pillow, with any exception.
        raise _no_picture(content, name) from error
    if picture.format in ("AVIF", "HEIF") and content.count(b"infe") > _MOST_ITEMS:
        raise PictureError(
            f"“{name}” is made of more than {_MOST_ITEMS:,} parts, which is not safe to decode. "
            "Save it as JPEG."
        )
    _check_size(picture.width, picture.height, name)
    return picture


def _heif_format(name: str) -> str:
    """Pillow's name of HEIC's format, which a library of its own adds to it: what iPhones save."""
    try:
        import pillow_heif
    except ImportError as error:
        raise PictureError(
            f"“{name}” is a HEIC picture, and pillow-heif, which reads those, is not installed here. "
            "Install it with “pip install pillow-heif”, or save the picture as JPEG."
        ) from error
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return "HEIF"


def _no_picture(content: bytes, name: str) -> PictureError:
    kind = "is empty" if not content else "is not a picture that can be read, or its beginning is damaged"
    return PictureError(f"“{name}” {kind}. {_CHOOSE}")


def _cut_off(name: str) -> PictureError:
    return PictureError(
        f"“{name}” is cut off or damaged: it begins like a picture, but its pixels "
        "cannot be decoded. Fetch or save it again."
    )


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"“{name}” unpacks to {width}×{height} pixels; the most that is "
            f"safe to decode is {MAX_PIXELS // 10**6} megapixels. Save it smaller."
        )


def _decoded(content: bytes, name: str) -> NDArray[np.uint8]:
    """(h, w) for a grey picture, (h, w, 3) for any other."""
    if size := _plain_size(content):
        with suppress(cv2.error):
            # None if it cannot be decoded; then Pillow says why.
            plain = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
            if plain is not None and plain.dtype == np.uint8 and plain.shape == size:
                return np.asarray(plain, np.uint8)
            if plain is not None and plain.dtype == np.uint8 and plain.shape == (*size, 3):
                return np.asarray(cv2.cvtColor(plain, cv2.COLOR_BGR2RGB), np.uint8)
    if netpbm := _NETPBM.match(content, 0, _LONGEST_HEADER):
        return _netpbm_pixels(content, netpbm, name)
    from PIL import ImageOps

    with _opened(content, name) as picture:
        try:
            # Most pictures are upright; asking first saves copying each of a dataset's thousands.
            upright: Image.Image = picture
            if picture.getexif().get(_ORIENTATION, 1) != 1:
                upright = ImageOps.exif_transpose(picture)
            if upright.mode.startswith("I;16"):
                deep = np.asarray(upright).astype(np.uint16)
                # Sensors of twelve bits leave the upper four empty.
                return np.asarray(deep >> (8 if deep.max() >= 2**12 else 4), np.uint8)
            if upright.mode in ("I", "F"):  # 32 bits: stretched, for no range is agreed upon
                values = np.nan_to_num(np.asarray(upright, np.float64))
                return np.asarray((values - values.min()) * (255 / max(np.ptp(values), 1e-9)), np.uint8)
            if upright.mode == "L":
                return np.array(upright)
            if upright.mode == "1":
                return np.array(upright.convert("L"))
            if upright.has_transparency_data:
                return _on_white(np.asarray(upright.convert("RGBA")))
            return np.array(upright.convert("RGB"))
        except Exception as error:  # A damaged file may fail anywhere in Pillow, with any exception.
            raise _cut_off(name) from error


def _netpbm_size(header: re.Match[bytes], name: str) -> tuple[int, int, int]:
    """(height, width, the value of white), checked."""
    width, height, white = (int(part) if part else 1 for part in header.group("width", "height", "white"))
    if not (width * height > 0 and 0 < white < 2**16):
        raise _no_picture(header.string, name)
    _check_size(width, height, name)
    return height, width, white


def _netpbm_pixels(content: bytes, header: re.Match[bytes], name: str) -> NDArray[np.uint8]:
    """(h, w) or, for colour, (h, w, 3)."""
    height, width, white = _netpbm_size(header, name)
    kind = int(header["bits"] or header["values"])
    shape = (height, width, 3) if kind in (3, 6) else (height, width)
    raster = memoryview(content)[header.end() :]
    values: NDArray[Any]
    if kind == 1:  # its digits need no space between them
        values = np.frombuffer(bytes(raster).translate(None, b" \t\r\n\v\f"), np.uint8) - ord("0")
    elif kind < 4:
        try:
            values = np.fromstring(bytes(raster).decode("latin-1"), np.int32, sep=" ")
        except ValueError as error:  # something else than numbers
            raise _cut_off(name) from error
    elif kind == 4:  # each row begins with a byte of its own
        row = (width + 7) // 8
        whole = np.frombuffer(raster[: len(raster) // row * row], np.uint8)
        values = np.unpackbits(whole.reshape(-1, row)[:height], axis=1)[:, :width].reshape(-1)
    else:
        number = np.dtype(np.uint8 if white < 2**8 else ">u2")
        values = np.frombuffer(raster, number, len(raster) // number.itemsize)
    values = values[: np.prod(shape)]
    if values.size < np.prod(shape) or values.min() < 0 or values.max() > white:
        raise _cut_off(name)
    shades = (np.arange(white + 1) * 255 + white // 2) // white
    if kind in (1, 4):  # where 1 is black
        shades = shades[::-1]
    return np.asarray(shades, np.uint8)[values].reshape(shape)


def _plain_size(content: bytes) -> tuple[int, int] | None:
    """(height, width) of a PNG or JPEG that is all there, upright, of eight bits and grey or colour.

    None for every other file, the unreasonably large ones included: those are for Pillow to judge.
    """
    try:
        if content.startswith(_PNG_BEGINNING):
            size = _plain_png_size(content)
        elif content.startswith(b"\xff\xd8") and content.endswith(b"\xff\xd9"):
            size = _plain_jpeg_size(content)
        else:
            return None
    except (struct.error, IndexError):  # it ends in the middle of a header
        return None
    return size if size and 0 < size[0] * size[1] <= MAX_PIXELS else None


def _plain_png_size(content: bytes) -> tuple[int, int] | None:
    width, height, bits, colours, _, _, interlaced = struct.unpack_from(">IIBBBBB", content, 16)
    if content[12:16] != b"IHDR" or bits != 8 or colours not in (0, 2) or interlaced:
        return None
    position = len(_PNG_BEGINNING)
    for _ in range(_MOST_CHUNKS):
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 8 + length
        (checksum,) = struct.unpack_from(">I", content, end)
        if kind not in _PLAIN_CHUNKS or zlib.crc32(memoryview(content)[position + 4 : end]) != checksum:
            return None
        if kind == b"IEND":
            return height, width
        position = end + 4
    return None


def _plain_jpeg_size(content: bytes) -> tuple[int, int] | None:
    position, size = 2, None
    while content[position] == 0xFF:
        kind = content[position + 1]
        (length,) = struct.unpack_from(">H", content, position + 2)
        if kind in _UNUSUAL_SEGMENTS or not 0xC0 <= kind <= 0xFE:
            return None
        if kind == 0xDA:  # from here on it is pixels
            return size
        if kind in _FRAMES:
            bits, height, width, colours = struct.unpack_from(">BHHB", content, position + 4)
            if size or bits != 8 or colours not in (1, 3):
                return None
            size = (height, width)
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):  # an unusual way of coding
            return None
        position += 2 + length
    return None


def _on_white(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    alpha = rgba[..., 3:].astype(np.uint16)
    return np.asarray((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255, np.uint8)
