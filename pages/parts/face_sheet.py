"""A sheet of faces on a page: crisp at any size, as many columns as fit, clickable where that helps."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

_CSS = """
.sheet {
  display: grid; gap: .5rem; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr));
}
.face {
  all: unset; display: block; box-sizing: border-box; border-radius: .5rem; overflow: hidden;
  background: var(--st-secondary-background-color); transition: transform .12s, box-shadow .12s;
}
.face img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; }
.face .label {
  display: flex; align-items: center; gap: .4em; padding: .28rem .5rem .32rem;
  white-space: nowrap; overflow: hidden;
  font: 400 .74rem/1.2 var(--st-font); color: var(--st-text-color);
}
.face .dot { width: .6em; height: .6em; border-radius: 50%; flex: none; }
button.face { cursor: pointer; }
button.face:hover { transform: translateY(-2px); box-shadow: 0 4px 14px rgb(0 0 0 / .18); }
button.face:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.face.chosen { box-shadow: 0 0 0 2px var(--st-primary-color); }
@media (prefers-reduced-motion: reduce) { .face { transition: none; } }
"""

_JS = """
export default function({ data, parentElement, setTriggerValue }) {
  const sheet = parentElement.querySelector('.sheet');
  sheet.style.setProperty('--side', data.side);
  sheet.replaceChildren(...data.faces.map((face) => {
    const card = document.createElement(data.clickable ? 'button' : 'div');
    card.className = face.chosen ? 'face chosen' : 'face';
    const picture = document.createElement('img');
    picture.src = face.picture;
    picture.alt = face.description;
    card.append(picture);
    if (face.label) {
      const label = document.createElement('div');
      label.className = 'label';
      if (face.color) {
        const dot = document.createElement('span');
        dot.className = 'dot';
        dot.style.background = face.color;
        label.append(dot);
      }
      label.append(face.label);
      card.append(label);
    }
    if (data.clickable) {
      card.title = face.description;
      card.onclick = () => setTriggerValue('opened', face.row);
    }
    return card;
  }));
}
"""

_component = st.components.v2.component("fer_face_sheet", html='<div class="sheet"></div>', css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands under a face.

    Attributes:
        label: a word or two; empty for none.
        color: "#rrggbb" of the dot before it; empty for none.
        description: what a screen reader and the pointer are told.
        row: what `on_open` is given.
        chosen: whether the face is marked.
    """

    label: str = ""
    color: str = ""
    description: str = "a face"
    row: int = 0
    chosen: bool = False


def show(
    images: NDArray[np.uint8],
    captions: Sequence[Caption],
    key: str,
    *,
    side: str = "5rem",
    on_open: Callable[[int], None] | None = None,
) -> None:
    """Show the faces in a grid.

    Args:
        images: (n, h, w, 1 or 3) uint8, n of a hundred or so at most: they travel with the page.
        captions: one per face.
        key: the widget's key.
        side: the least width of a face, CSS.
        on_open: called with a caption's `row` when its face is clicked; None makes a sheet to look at.
    """
    faces = [
        {
            "picture": _data_url(image),
            "label": caption.label,
            "color": caption.color,
            "description": caption.description,
            "row": caption.row,
            "chosen": caption.chosen,
        }
        for image, caption in zip(images, captions, strict=True)
    ]

    def opened() -> None:
        row = cast("dict[str, Any]", st.session_state[key]).get("opened")
        if row is not None and on_open is not None:
            on_open(int(row))

    _component(
        key=key,
        data={"faces": faces, "side": side, "clickable": on_open is not None},
        on_opened_change=opened,
    )


def _data_url(image: NDArray[np.uint8]) -> str:
    pixels = image if image.shape[2] == 1 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return "data:image/png;base64," + b64encode(cv2.imencode(".png", pixels)[1].tobytes()).decode()
