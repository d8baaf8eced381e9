"""Pictures with faces: from the learner's computer, or taken by the browser's own camera widget."""

import streamlit as st

from fer import drawing, figures, pictures
from fer.errors import FerError
from pages.parts import caches
from pages.parts.live.choice import LiveChoice


def snapshot(choice: LiveChoice) -> None:
    """Take one picture with the browser's own camera widget, which needs no video connection."""
    taken = st.camera_input("One picture", key="live.snapshot", label_visibility="collapsed")
    if taken is not None:
        _picture(choice, "Your picture", taken.getvalue(), key=taken.file_id)


def uploads(choice: LiveChoice) -> None:
    """Recognise the faces in pictures from the learner's computer."""
    files = st.file_uploader(
        "Pictures with faces",
        type=sorted(pictures.SUFFIXES),
        accept_multiple_files=True,
        key="live.uploads",
        help="They are read in memory and forgotten when you leave.",
    )
    for file in files:
        _picture(choice, file.name, file.getvalue(), key=file.file_id)


def _picture(choice: LiveChoice, title: str, content: bytes, key: str) -> None:
    """One picture, drawn over, with the seven scores of the chosen face; or the sentence why not."""
    try:
        image_bgr, faces = caches.recognized_picture(
            choice.model, choice.other, content, title, choice.settings.for_a_picture()
        )
    except FerError as error:
        st.error(str(error), icon=":material/broken_image:")
        return
    picture, beside = st.columns([5, 3], gap="medium")
    drawn_bgr = drawing.draw_faces(image_bgr, faces, choice.style)
    picture.image(drawn_bgr, channels="BGR", caption=title, width="stretch")
    with beside:
        if not faces:
            st.markdown("##### :material/person_search: No face found")
            st.markdown(
                "The detector looks for upright faces seen from the front, at least 30 pixels wide. Try one "
                "with better light, less tilt, or a closer crop."
            )
            return
        number = 1
        if len(faces) > 1:
            number = st.segmented_control(
                f"{len(faces)} faces, largest first",
                range(1, len(faces) + 1),
                default=1,
                required=True,
                key=f"live.face.{key}",
            )
        scores = faces[number - 1].scores
        st.markdown(f"##### {scores.top.capitalize()}, {scores.confidence:.0%}")
        st.plotly_chart(
            figures.scores_figure(scores), config={"displayModeBar": False}, key=f"live.scores.{key}"
        )
