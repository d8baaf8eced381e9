"""Before and after: a face and a draw of it on top of one another, with a slider between."""

import numpy as np
import streamlit as st

from fer.statistics import percent
from fer.training import augmentation
from pages.parts import components, face_sheet
from pages.parts.augmentation import sampling_words, sheet
from pages.parts.augmentation.preview import Preview

_HTML = """
<div class="compare" style="--at: 50%">
  <img class="before"><img class="after"><div class="line"></div>
  <span class="name left">before</span><span class="name right">after</span>
  <input type="range" min="0" max="100" value="50" step="1">
</div>
"""

_component = components.component(__file__, _HTML)


def show(preview: Preview) -> None:
    """Draw the chosen face and one draw of it."""
    marks = sheet.choose_marks()
    params = augmentation.draw(preview.config, 1, preview.generator())
    copy = augmentation.apply(preview.image, params)
    words = ", ".join(sampling_words.in_words(params, 0))
    if marks:
        copy = sheet.marked(copy, params)
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
    filled = float(np.mean(augmentation.filled_in(params, height, width)))
    st.caption(
        f"Drawn: {words}. {percent(filled, 0)} of the pixels were made up by the fill. Drag the line, or "
        "move it with the arrow keys; **Draw again** takes another seed.",
        text_alignment="center",
    )
