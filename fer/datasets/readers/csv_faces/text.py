"""CSV fields: a table's lines, their fields, and how they are quoted in messages."""

import codecs
from collections.abc import Iterator

from fer.datasets.readers.vocabulary import quoted

# What may stand around a value without being part of it.
PADDING = b' "\t\r\n'
# The longest line there may be: a face of 512×512 with four bytes a pixel, and its label.
LINE_BYTES = 2**20 + 2**10


def lines_of(block: bytes, ending: bytes) -> Iterator[tuple[int, int]]:
    """Where each line of the block begins, and where it stops before its ending."""
    start = 0
    while start < len(block):
        stop = block.find(ending, start)
        stop = len(block) if stop < 0 else stop
        yield start, stop
        start = stop + 1


def fields_of(line: bytes, separator: bytes) -> list[bytes]:
    """The fields of a line without what surrounds them; a separator within quotes separates nothing."""
    # Numbers that were brought to one width have several spaces between them.
    fields = line.split() if separator == b" " else line.split(separator)
    if b'"' in line:
        whole: list[bytes] = []
        inside = False
        for part in fields:
            if inside:
                whole[-1] += separator + part
            else:
                whole.append(part)
            inside ^= bool(part.count(b'"') % 2)
        fields = whole
    return [part.strip(PADDING) for part in fields]


def utf_16_of(head: bytes) -> str:
    """How a file is written if it begins with this text in UTF-16; empty for any other encoding."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = head[:4096]
    zeros = {"utf-16-be": head[0::2].count(0), "utf-16-le": head[1::2].count(0)}
    is_utf_16 = max(zeros.values()) > len(head) // 4 > 4 * min(zeros.values())
    return max(zeros, key=lambda name: zeros[name]) if is_utf_16 else ""


def is_blank(line: bytes) -> bool:
    """Whether nothing stands in the line; Excel writes a row that was emptied as separators only."""
    return not line.strip(b' "\t\r\n,;')


def text_of(field: bytes) -> str:
    """A field as text, without what surrounds it; bytes that are no text become a sign for it."""
    return field.strip(PADDING).decode("utf-8-sig", "replace").strip()


def shown(field: bytes) -> str:
    """Bytes from the file as a short quotation that is safe to print."""
    return quoted(field[:400].strip(PADDING).decode("utf-8-sig", "replace"))
