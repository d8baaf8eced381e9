"""Copies of one picture side by side, group by group: where each lies, its label, what was done to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.parts import components, face_sheet

_component = components.component(__file__, '<div class="groups"></div>', "elements.js")


@dataclass(frozen=True, slots=True)
class Group:
    """The copies of one picture.

    Attributes:
        captions: one per copy, as for `face_sheet.show`.
        splits: where each copy lies, in a word.
        said: what is to be known of the group, in a few words.
        conflict: whether its copies contradict one another.
        action: what the button says; empty for none.
        explained: what the pointer is told over the button.
    """

    captions: Sequence[face_sheet.Caption]
    splits: Sequence[str]
    said: str
    conflict: bool
    action: str
    explained: str


def show(
    images: NDArray[np.uint8],
    groups: Sequence[Group],
    key: str,
    *,
    on_open: Callable[[int], None],
) -> int | None:
    """Show the groups and return the number of the one whose button was pressed; None for none.

    Args:
        images: (n, h, w, 1 or 3) uint8, the copies of all groups one after the other.
        groups: in their order.
        key: the widget's key.
        on_open: called with a caption's `row` when its face is clicked.
    """
    pictures = iter(images)
    described = [
        {
            "copies": [
                {
                    "picture": face_sheet.data_url(next(pictures)),
                    "place": caption.row,
                    "label": caption.label,
                    "color": caption.color,
                    "new_label": caption.new_label,
                    "new_color": caption.new_color,
                    "excluded": caption.excluded,
                    "split": split,
                    "description": f"{caption.description}, {split.lower()}"
                    + (", left out" if caption.excluded else ""),
                }
                for caption, split in zip(group.captions, group.splits, strict=True)
            ],
            "said": group.said,
            "conflict": group.conflict,
            "action": group.action,
            "explained": group.explained,
        }
        for group in groups
    ]

    result = _component(
        key=key,
        data={"groups": described},
        on_opened_change=components.on_trigger(key, "opened", on_open),
        on_mended_change=lambda: None,
    )
    mended: int | None = result.get("mended")
    return mended
