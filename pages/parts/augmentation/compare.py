"""Before and after: a face and a draw of it on top of one another, with a slider between them."""

import numpy as np
import streamlit as st

from fer.training import augmentation
from pages.parts import face_sheet
from pages.parts.augmentation import dice_words, sheet
from pages.parts.augmentation.preview import Preview

_CSS = """
.compare { position: relative; width: min(24rem, 100%); aspect-ratio: 1; margin: 0 auto;
  border-radius: .6rem; overflow: hidden; background: var(--st-secondary-background-color); }
.compare img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain;
  pointer-events: none; user-select: none; }
.compare .after { clip-path: inset(0 0 0 var(--at)); }
.compare .line { position: absolute; top: 0; bottom: 0; left: var(--at); width: 2px; margin-left: -1px;
  background: #fff; box-shadow: 0 0 4px rgb(0 0 0 / .7); pointer-events: none; }
.compare .line::after { content: '↔'; position: absolute; left: 50%; top: 50%; width: 2rem; height: 2rem;
  transform: translate(-50%, -50%); border-radius: 50%; background: #fff; color: #1d2327;
  font: 600 1.05rem/2rem var(--st-font); text-align: center; box-shadow: 0 0 4px rgb(0 0 0 / .6); }
.compare .name { position: absolute; top: .5rem; padding: .15rem .5rem; border-radius: .4rem;
  font: 600 .8rem/1.4 var(--st-font); color: #fff; background: rgb(16 20 24 / .74); pointer-events: none; }
.compare .name.left { left: .5rem; }
.compare .name.right { right: .5rem; }
.compare input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0;
  cursor: ew-resize; touch-action: pan-y; }
.compare:has(input:focus-visible) { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
"""

_HTML = """
<div class="compare" style="--at: 50%">
  <img class="before"><img class="after"><div class="line"></div>
  <span class="name left">before</span><span class="name right">after</span>
  <input type="range" min="0" max="100" value="50" step="1">
</div>
"""

# The pictures change under the line, which stays where the learner left it.
_JS = """
export default function({ data, parentElement }) {
  const box = parentElement.querySelector('.compare');
  const range = box.querySelector('input');
  for (const name of ['before', 'after']) {
    const picture = box.querySelector('img.' + name);
    picture.src = data[name];
    picture.alt = data[name + '_description'];
  }
  range.setAttribute('aria-label', 'How much of the face before it was changed is shown');
  const move = () => {
    box.style.setProperty('--at', range.value + '%');
    range.setAttribute('aria-valuetext', range.value + '% before, ' + (100 - range.value) + '% after');
  };
  range.oninput = move;
  move();
}
"""

_component = st.components.v2.component("fer_compare", html=_HTML, css=_CSS, js=_JS)


def show(preview: Preview) -> None:
    """Draw the chosen face and one draw of it."""
    marks = sheet.choose_marks()
    dice = augmentation.draw(preview.config, 1, preview.dice())
    copy = augmentation.apply(preview.image, dice)
    words = dice_words.in_words(dice, 0)
    if marks:
        copy = sheet.marked(copy, dice)
    _component(
        key="augmentation.compare",
        data={
            "before": face_sheet.data_url(preview.image[0]),
            "after": face_sheet.data_url(copy[0]),
            "before_description": f"row {preview.row}: {preview.emotion}, unchanged",
            "after_description": f"the same face, {words}",
        },
    )
    height, width = preview.image.shape[1:3]
    filled = float(np.mean(augmentation.filled_in(dice, height, width)))
    st.caption(
        f"Drawn: {words}. {100 * filled:.0f}% of the pixels were made up by the fill. Drag the line, or move "
        "it with the arrow keys; **Draw again** throws the dice anew.",
        text_alignment="center",
    )
