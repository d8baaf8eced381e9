"""Copies of one picture side by side, group by group: where each lies, its label, what was done to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.parts import face_sheet

_CSS = """
.groups { display: flex; flex-wrap: wrap; gap: .7rem; align-items: stretch; padding: 3px; }
.group {
  display: flex; flex-direction: column; gap: .5rem; box-sizing: border-box; max-width: 100%;
  padding: .6rem .65rem .55rem; border: 1px solid var(--st-border-color); border-radius: .6rem;
  font: 400 .74rem/1.25 var(--st-font); color: var(--st-text-color);
}
.copies { display: flex; flex-wrap: wrap; gap: .5rem; }
.copy { all: unset; cursor: pointer; width: 6.4rem; border-radius: .45rem; }
.copy:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.copy .picture {
  position: relative; border-radius: .45rem; overflow: hidden; transition: transform .12s, box-shadow .12s;
}
.copy:hover .picture { transform: translateY(-2px); box-shadow: 0 4px 14px rgb(0 0 0 / .18); }
.copy img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; }
.copy .mark {
  position: absolute; left: .25rem; top: .25rem; padding: .1rem .32rem; border-radius: .4rem;
  font-weight: 600; font-size: .68rem; color: #fff; background: rgb(16 20 24 / .74);
}
.copy.excluded img { opacity: .22; filter: grayscale(1); }
.copy.excluded .line { opacity: .6; text-decoration: line-through; }
.line {
  display: flex; align-items: center; gap: .35em; padding-top: .28rem; white-space: nowrap; overflow: hidden;
}
.line .dot { width: .6em; height: .6em; border-radius: 50%; flex: none; }
.line.quiet { opacity: .7; padding-top: .1rem; }
.line.old { text-decoration: line-through; opacity: .6; }
.foot {
  display: flex; justify-content: space-between; align-items: center; gap: .8rem;
  margin-top: auto; min-height: 1.6rem;
}
.foot .said { opacity: .75; }
.foot .said.conflict { opacity: 1; font-weight: 600; }
.foot button {
  all: unset; cursor: pointer; white-space: nowrap; padding: .2rem .5rem; border-radius: .45rem;
  border: 1px solid var(--st-border-color);
}
.foot button:hover, .foot button:focus-visible {
  border-color: var(--st-primary-color); color: var(--st-primary-color);
}
@media (max-width: 430px) {
  .copy { width: 4.2rem; }
  .foot { flex-wrap: wrap; gap: .3rem .8rem; }
}
@media (prefers-reduced-motion: reduce) { .copy .picture { transition: none; } }
"""

_JS = """
function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function line(text, color, className) {
  const made = element('div', className);
  if (color) {
    const dot = element('span', 'dot');
    dot.style.background = color;
    made.append(dot);
  }
  made.append(text);
  return made;
}

export default function({ data, parentElement, setTriggerValue }) {
  const sheet = parentElement.querySelector('.groups');
  sheet.replaceChildren(...data.groups.map((group, number) => {
    const card = element('div', 'group');
    const copies = element('div', 'copies');
    copies.append(...group.copies.map((copy) => {
      const face = element('button', copy.excluded ? 'copy excluded' : 'copy');
      face.type = 'button';
      face.title = copy.description;
      face.onclick = () => setTriggerValue('opened', copy.place);
      const picture = element('div', 'picture'), image = document.createElement('img');
      image.src = copy.picture;
      image.alt = copy.description;
      picture.append(image);
      if (copy.excluded) picture.append(element('span', 'mark', 'left out'));
      face.append(picture, line(copy.label, copy.color, copy.new_label ? 'line old' : 'line'));
      if (copy.new_label) face.append(line('→ ' + copy.new_label, copy.new_color, 'line'));
      face.append(line(copy.split, '', 'line quiet'));
      return face;
    }));
    const foot = element('div', 'foot');
    foot.append(element('span', group.conflict ? 'said conflict' : 'said', group.said));
    if (group.action) {
      const button = element('button', '', group.action);
      button.type = 'button';
      button.title = group.explained;
      button.onclick = () => setTriggerValue('mended', number);
      foot.append(button);
    }
    card.append(copies, foot);
    return card;
  }));
}
"""

_component = st.components.v2.component(
    "fer_copies_sheet", html='<div class="groups"></div>', css=_CSS, js=_JS
)


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

    def opened() -> None:
        place = cast("dict[str, Any]", st.session_state[key]).get("opened")
        if place is not None:
            on_open(int(place))

    result = cast(
        "dict[str, Any]",
        _component(
            key=key,
            data={"groups": described},
            on_opened_change=opened,
            on_mended_change=lambda: None,
        ),
    )
    mended = result.get("mended")
    return None if mended is None else int(mended)
