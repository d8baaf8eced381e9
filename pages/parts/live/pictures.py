"""Picture inference: faces in pictures from the learner's computer or the browser's camera widget."""

import hashlib
from collections.abc import Sequence

import streamlit as st

from fer import images
from fer.errors import FerError
from fer.live import NOBODY_FOUND, RecognizedFace, drawing, picture_export
from fer.live.choice import LiveChoice
from fer.live.picture_export import PicturePrediction
from fer.statistics import percent
from pages.parts import caches, notices, phrases, pickers
from pages.parts.course import course_state
from pages.parts.live import face_reading

# So many are read at once; more would make the page long and the memory full.
_MOST = 24


def snapshot_view(choice: LiveChoice) -> None:
    """Take one picture with the browser's own camera widget, which needs no video connection."""
    taken = st.camera_input("One picture", key="live.snapshot", label_visibility="collapsed")
    if taken is None:
        st.caption("It is read in memory and forgotten when you clear it or leave.")
        return
    _one(choice, "Your picture", taken.getvalue(), key="live.snapshot")


def pictures_view(choice: LiveChoice) -> None:
    """Recognise the faces in pictures from the learner's computer."""
    files = st.file_uploader(
        "Pictures with faces",
        type=sorted(images.SUFFIXES),
        accept_multiple_files=True,
        key="live.uploads",
        help="They are read in memory and forgotten when you leave.",
    )
    if not files:
        st.caption(
            "Drop one or many here: holiday pictures, a drawing, a painting. Each face is found, cut out and "
            "read; then look at one closely, or take all answers along as a table."
        )
        return
    if len(files) > _MOST:
        st.warning(
            f"{len(files)} pictures are many: the first {_MOST} are read. Take the others afterwards, or use "
            "`python -m fer recognize`, which reads any number.",
            icon=":material/photo_library:",
        )
        files = files[:_MOST]
    if len(files) == 1:
        answer = _one(choice, files[0].name, files[0].getvalue(), key="live.picture")
        if not answer.error:
            _take_along([answer], choice)
        return
    read = [
        _one(choice, file.name, file.getvalue(), key=f"live.picture.{file.file_id}", brief=True)
        for file in files
    ]
    _take_along(read, choice)


def _one(
    choice: LiveChoice, title: str, content: bytes, key: str, *, brief: bool = False
) -> PicturePrediction:
    """One picture, drawn over, with what is known of the chosen face; or the sentence why not.

    `brief` is for one of many: the face's closer reading is shown only when it is asked for.
    """
    try:
        image_bgr, faces = caches.recognized_picture(
            choice.model, choice.other, content, title, choice.settings.for_a_picture()
        )
    except FerError as error:
        st.error(phrases.plain(str(error)), icon=":material/broken_image:")
        return PicturePrediction(title, None, error=str(error))
    if choice.other is not None:
        course_state.note_comparison(choice.model, choice.other, len(faces))
    drawn = drawing.draw_faces(image_bgr, faces, choice.style)
    with st.container(border=brief):
        picture, beside = st.columns([5, 4], gap="medium")
        picture.image(drawn, channels="BGR", caption=phrases.plain(title), width="stretch")
        with beside:
            _beside(faces, choice, key, brief=brief)
    return PicturePrediction(title, image_bgr, faces)


def _beside(faces: Sequence[RecognizedFace], choice: LiveChoice, key: str, *, brief: bool) -> None:
    if not faces:
        st.markdown("##### :material/person_search: No face found")
        st.markdown(NOBODY_FOUND)
        return
    number = pickers.choose_one(f"{len(faces)} faces, largest first", range(1, len(faces) + 1), f"{key}.face")
    item = faces[number - 1]
    if brief and not st.toggle("Look closely", key=f"{key}.closely"):
        share = "" if item.too_small else f", {percent(item.confidence, 0)}"
        st.markdown(f"##### {item.told.capitalize()}{share}")
        return
    face_reading.face_panel(item, choice, key)


def _take_along(answers: Sequence[PicturePrediction], choice: LiveChoice) -> None:
    """What was read, as files; made when they are asked for."""
    faces = sum(len(answer.faces) for answer in answers)
    if not faces:
        return
    digest = hashlib.blake2b(repr([answer.name for answer in answers]).encode(), digest_size=4).hexdigest()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        read = sum(not answer.error for answer in answers)
        pictures = f"{read} picture{'' if read == 1 else 's'}"
        st.caption(f"{phrases.faces(faces)} in {pictures}, to take along:")
        notices.downloads(
            f"live.take.{digest}",
            ("CSV", lambda: picture_export.as_csv(answers).encode(), "faces.csv"),
            ("JSON", lambda: picture_export.as_json(answers, choice.model).encode(), "faces.json"),
            ("Annotated pictures", lambda: picture_export.as_zip(answers, choice.style), "annotated.zip"),
        )
