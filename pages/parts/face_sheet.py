"""A sheet of faces on a page: crisp at any size, as many columns as fit, clickable where that helps.

A face may carry a score, the label it was given in an edition, or the mark of one that was left out, and
the faces of a sheet may be marked for something that is then done to all of them.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

# A face is never shown larger than this in a sheet; what is larger need not travel.
_MOST_PIXELS = 160

_CSS = """
.sheet {
  display: grid; gap: .5rem; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr));
}
.face {
  all: unset; display: block; position: relative; box-sizing: border-box; border-radius: .5rem;
  overflow: hidden; background: var(--st-secondary-background-color);
  transition: transform .12s, box-shadow .12s;
}
.face img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; }
.face .label {
  display: flex; align-items: center; gap: .4em; padding: .28rem .5rem .32rem;
  white-space: nowrap; overflow: hidden;
  font: 400 .74rem/1.2 var(--st-font); color: var(--st-text-color);
}
.face .dot { width: .6em; height: .6em; border-radius: 50%; flex: none; }
.face .label + .label { padding-top: 0; font-weight: 600; }
.face .label.note { font-weight: 400; opacity: .75; }
.face .label.old { text-decoration: line-through; opacity: .6; }
.face .badge, .face .mark {
  position: absolute; top: .25rem; padding: .12rem .34rem; border-radius: .4rem;
  font: 600 .68rem/1.25 var(--st-font); color: #fff; background: rgb(16 20 24 / .74);
}
.face .badge { right: .25rem; font-variant-numeric: tabular-nums; }
.face .mark { left: .25rem; }
.face.excluded img { opacity: .22; filter: grayscale(1); }
.face.excluded .label { opacity: .6; text-decoration: line-through; }
.face .tick {
  position: absolute; left: .3rem; top: .3rem; width: 1.15rem; height: 1.15rem; border-radius: 50%;
  box-sizing: border-box; border: 2px solid #fff; background: rgb(16 20 24 / .45);
  box-shadow: 0 0 3px rgb(0 0 0 / .5);
}
.face.chosen .tick { background: var(--st-primary-color); }
.face.chosen .tick::after {
  content: ''; position: absolute; left: 32%; top: 12%; width: 22%; height: 50%;
  border: solid #fff; border-width: 0 2px 2px 0; transform: rotate(42deg);
}
.selecting .face .mark { left: 1.7rem; }
.selecting .face { user-select: none; }
.selecting .face.chosen img { opacity: .72; }
button.face { cursor: pointer; }
button.face:hover { transform: translateY(-2px); box-shadow: 0 4px 14px rgb(0 0 0 / .18); }
button.face:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.face.chosen, button.face.chosen:hover { box-shadow: 0 0 0 2px var(--st-primary-color); }
@media (prefers-reduced-motion: reduce) { .face { transition: none; } }
"""

# Cards are changed in place rather than built anew, so that a sheet neither blinks nor loses the keyboard's
# focus. `sent` numbers the choices of this sheet: an answer to an older one must not undo a newer click.
_JS = """
function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function label(text, color, className) {
  const made = element('div', className);
  if (color) {
    const dot = element('span', 'dot');
    dot.style.background = color;
    made.append(dot);
  }
  made.append(text);
  return made;
}

function draw(card, face, selecting) {
  const picture = card.querySelector('img') ?? document.createElement('img');
  if (picture.getAttribute('src') !== face.picture) picture.src = face.picture;
  picture.alt = face.description;
  const parts = [picture];
  if (face.label) parts.push(label(face.label, face.color, face.new_label ? 'label old' : 'label'));
  if (face.new_label) parts.push(label('→ ' + face.new_label, face.new_color, 'label'));
  if (face.badge) parts.push(element('span', 'badge', face.badge));
  for (const note of face.notes) parts.push(element('div', 'label note', note));
  if (face.excluded) parts.push(element('span', 'mark', 'left out'));
  if (selecting) parts.push(element('span', 'tick'));
  card.replaceChildren(...parts);
  card.title = card.tagName === 'BUTTON' ? face.description : '';
}

export default function({ data, parentElement, setTriggerValue }) {
  const sheet = parentElement.querySelector('.sheet');
  const selecting = data.answered !== null;
  sheet.style.setProperty('--side', data.side);
  sheet.classList.toggle('selecting', selecting);
  if (!selecting) {
    sheet.sent = undefined;
  }
  if (!selecting || sheet.sent === undefined || data.answered >= sheet.sent) {
    sheet.chosen = new Set(data.faces.filter((face) => face.chosen).map((face) => face.row));
    sheet.sent = selecting ? data.answered : undefined;
  }

  const tag = data.clickable || selecting ? 'BUTTON' : 'DIV';
  while (sheet.children.length > data.faces.length) sheet.lastChild.remove();
  data.faces.forEach((face, index) => {
    let card = sheet.children[index];
    if (!card || card.tagName !== tag) {
      const made = element(tag, 'face');
      if (tag === 'BUTTON') made.type = 'button';
      card ? card.replaceWith(made) : sheet.append(made);
      card = made;
    }
    draw(card, face, selecting);
    card.classList.toggle('excluded', face.excluded);
    card.onclick = selecting ? (event) => choose(index, event.shiftKey)
      : data.clickable ? () => setTriggerValue('opened', face.row) : null;
  });
  mark();

  function mark() {
    data.faces.forEach((face, index) => {
      const card = sheet.children[index], chosen = sheet.chosen.has(face.row);
      card.classList.toggle('chosen', chosen);
      if (selecting) {
        card.setAttribute('role', 'checkbox');
        card.setAttribute('aria-checked', String(chosen));
      } else {
        card.removeAttribute('role');
        card.removeAttribute('aria-checked');
      }
    });
  }

  function choose(index, through) {
    const row = data.faces[index].row, add = !sheet.chosen.has(row);
    const from = through && sheet.last !== undefined ? sheet.last : index;
    for (let at = Math.min(from, index); at <= Math.max(from, index); at++) {
      const other = data.faces[at].row;
      add ? sheet.chosen.add(other) : sheet.chosen.delete(other);
    }
    sheet.last = index;
    sheet.sent += 1;
    mark();
    setTriggerValue('selected', { number: sheet.sent, rows: [...sheet.chosen] });
  }
}
"""

_component = st.components.v2.component("fer_face_sheet", html='<div class="sheet"></div>', css=_CSS, js=_JS)


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
    faces = [
        {
            "picture": data_url(image),
            "label": caption.label,
            "color": caption.color,
            "description": _described(caption),
            "row": caption.row,
            "chosen": caption.chosen,
            "badge": caption.badge,
            "new_label": caption.new_label,
            "new_color": caption.new_color,
            "excluded": caption.excluded,
            "notes": list(caption.notes),
        }
        for image, caption in zip(images, captions, strict=True)
    ]

    def opened() -> None:
        row = cast("dict[str, Any]", st.session_state[key]).get("opened")
        if row is not None and on_open is not None:
            on_open(int(row))

    def selected() -> None:
        choice = cast("dict[str, Any]", st.session_state[key]).get("selected")
        if choice is not None and on_select is not None:
            st.session_state[answered] = int(choice["number"])
            on_select([int(row) for row in choice["rows"]])

    _component(
        key=key,
        data={
            "faces": faces,
            "side": side,
            "clickable": on_open is not None,
            "answered": None if on_select is None else st.session_state.get(answered, 0),
        },
        on_opened_change=opened,
        on_selected_change=selected,
    )


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
