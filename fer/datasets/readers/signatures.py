"""File signature: what kind of file it is by its first bytes, whatever its name says."""

import tarfile
from pathlib import Path, PurePosixPath

HEAD_BYTES = tarfile.BLOCKSIZE
"""So many bytes tell: the others begin with their mark, a tar archive with a header of this length."""

PACKED = ("gzip", "bzip2", "xz")
"""Files that hold one packed file, which may be a tar archive."""
UNPACKABLE = ("zip", "tar", *PACKED)
PARQUET = "Parquet"
_BEGINNINGS = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",  # an empty one
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\0": "xz",
    b"PAR1": PARQUET,
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x04\x22\x4d\x18": "LZ4",
    b"MSCF\0\0\0\0": "Cabinet",
}
# "BZh" alone may begin a text; a block, or the end of an empty file, has one of these marks behind it.
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")

SUFFIXES = (
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".csv.gz", ".csv.bz2", ".csv.xz"),
    *(".tgz", ".tbz2", ".txz", ".tar", ".zip", ".gz", ".bz2", ".xz"),
)
"""How archives are called, the longer endings first."""


def signature_of(head: bytes) -> str:
    """Return what kind of archive begins with these bytes, or `PARQUET`; empty for anything else."""
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    if head.startswith(b"BZh") and head[4:10] in _BZIP2_BLOCKS:
        return "bzip2"
    try:
        tarfile.TarInfo.frombuf(head[:HEAD_BYTES], "utf-8", "surrogateescape")
    except tarfile.HeaderError:  # its checksum, most of all
        return ""
    return "tar"


def signature_at(path: Path) -> str:
    """Return the signature of a file; empty for one that cannot be read, a pipe or a device."""
    return signature_of(_head(path))


def is_archive(path: Path) -> bool:
    """Whether the file is an archive by its first bytes, or else by its name and no text.

    Browsers unpack a `.csv.gz` while they fetch it and leave its name.
    """
    head = _head(path)
    if kind := signature_of(head):
        return kind != PARQUET
    is_text = bool(head.strip()) and min(head) >= ord("\t")
    return path.name.lower().endswith(SUFFIXES) and not is_text


def without_suffix(name: str) -> str:
    """A file's name without its suffix, which of an archive may be two; a name without one as it is."""
    suffixes = (suffix for suffix in SUFFIXES if name.lower().endswith(suffix))
    return name[: -len(next(suffixes, PurePosixPath(name).suffix)) or None]


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError:  # whoever reads it says what is wrong
        return b""
