"""Thumbnail grid: a sheet of faces, crisp at any size, as many columns as fit, clickable where that helps.

A face may carry a score, the label it was given in an edition, or the mark of one that was left out, and
the faces of a sheet may be marked for something that is then done to all of them.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.parts import components

# A face is never shown larger than this in a sheet; what is larger need not travel.
_MOST_PIXELS = 160

_component = components.component(__file__, '<div class="sheet"></div>', "elements.js")


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands under a face, and on it.

    Attributes:
        label: a word or two; empty for none.
        color: "#rrggbb" of the dot before it; empty for none.
        description: what a screen reader and the pointer are told.
        row: what `on_open` and `on_select` are given.
        chosen: whether the face is marked.
        badge: a score in the picture's corner, a few characters; empty for none.
        new_label: the label it was given instead, shown under the old one, struck out; empty for none.
        new_color: "#rrggbb" of the dot before the new label.
        excluded: it was left out of the edition: shown pale, with a mark.
        notes: more lines under the label, quieter.
    """

    label: str = ""
    color: str = ""
    description: str = "a face"
    row: int = 0
    chosen: bool = False
    badge: str = ""
    new_label: str = ""
    new_color: str = ""
    excluded: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Faces that belong together, such as the copies of one picture.

    Attributes:
        captions: one per face.
        said: what is to be known of the group, in a few words.
        conflict: whether its faces contradict one another.
        action: what the button says; empty for none.
        explained: what the pointer is told over the button.
    """

    captions: Sequence[Caption]
    said: str
    conflict: bool
    action: str
    explained: str


def show(
    images: NDArray[np.uint8],
    captions: Sequence[Caption],
    key: str,
    *,
    side: str = "5rem",
    on_open: Callable[[int], None] | None = None,
    on_select: Callable[[list[int]], None] | None = None,
) -> None:
    """Show the faces in a grid.

    Args:
        images: (n, h, w, 1 or 3) uint8, n of a hundred or so at most: they travel with the page.
        captions: one per face.
        key: the widget's key.
        side: the least width of a face, CSS.
        on_open: called with a caption's `row` when its face is clicked; None makes a sheet to look at.
        on_select: makes every face a checkbox, a click (with Shift: up to the one clicked before), Space or
            Enter marks it, and nothing is opened. Called with the `row` of all marked faces whenever that
            changes; the caller keeps them and says so in `chosen`.
    """
    answered = f"{key}.answered"

    def selected(choice: dict[str, Any]) -> None:
        if on_select is not None:
            st.session_state[answered] = choice["number"]
            on_select(choice["rows"])

    _component(
        key=key,
        data={
            "faces": _cards(images, captions),
            "side": side,
            "clickable": on_open is not None,
            "answered": None if on_select is None else st.session_state.get(answered, 0),
        },
        on_opened_change=components.on_trigger(key, "opened", on_open),
        on_selected_change=components.on_trigger(key, "selected", selected),
    )


def show_groups(
    images: NDArray[np.uint8], groups: Sequence[Group], key: str, *, on_open: Callable[[int], None]
) -> int | None:
    """Show faces group by group; return the number of the group whose button was pressed, None for none.

    Args:
        images: (n, h, w, 1 or 3) uint8, the faces of all groups one after the other.
        groups: in their order.
        key: the widget's key.
        on_open: called with a caption's `row` when its face is clicked.
    """
    cards = iter(_cards(images, [caption for group in groups for caption in group.captions]))
    described = [
        {
            "faces": [next(cards) for _ in group.captions],
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
        on_pressed_change=lambda: None,
    )
    pressed: int | None = result.get("pressed")
    return pressed


def _cards(images: NDArray[np.uint8], captions: Sequence[Caption]) -> list[dict[str, Any]]:
    return [
        asdict(caption) | {"picture": data_url(image), "description": _described(caption)}
        for image, caption in zip(images, captions, strict=True)
    ]


def _described(caption: Caption) -> str:
    given = f", now {caption.new_label.lower()}" if caption.new_label else ""
    return caption.description + given + (", left out" if caption.excluded else "")


def data_url(image: NDArray[np.uint8]) -> str:
    """The face as a lossless picture: about 0.1 ms for 48 x 48, a hundred of them 9 ms."""
    height, width, channels = image.shape
    pixels = image if channels == 1 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    if max(height, width) > _MOST_PIXELS:
        scale = _MOST_PIXELS / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return "data:image/png;base64," + b64encode(cv2.imencode(".png", pixels)[1].tobytes()).decode()
