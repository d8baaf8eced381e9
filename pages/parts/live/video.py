"""Video inference: a film read in a process of its own, shown annotated, with its table."""

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.errors import FerError
from fer.live import NOBODY_FOUND
from fer.live.choice import LiveChoice
from fer.live.video import FilmInfo, films
from fer.live.video.films import Film
from fer.system import jobs
from pages.parts import caches, job_panel, notices, phrases, pickers
from pages.parts._compat import UploadedFile
from pages.parts.plot import plot


def film_view(choice: LiveChoice) -> None:
    """Let a film be read with `choice`, and show what came of it."""
    file = st.file_uploader(
        "A film with faces",
        type=[suffix.removeprefix(".") for suffix in films.SUFFIXES],
        key="live.film",
        help="MP4, MOV, WebM, MKV, AVI or an animated GIF, up to 400 MB and half an hour.",
    )
    film = _kept() if file is None else None
    if file is not None:
        try:
            film, info, first = caches.film(file)
        except FerError as error:
            st.error(phrases.plain(str(error)), icon=":material/movie_off:")
            return
    if film is None:
        return
    active = jobs.is_active(film.id)
    if film.is_done and not active:
        _result(film)
        return
    if file is not None:
        _before(film, info, first)
    job_panel.follow(film.id)
    if file is not None and not active:
        st.button(
            "Read the film",
            icon=":material/play_arrow:",
            type="primary",
            key="live.film.start",
            on_click=_start,
            args=(film, file, choice),
            help="The film is copied into data/cache/ for as long as that takes.",
        )


def _kept() -> Film | None:
    """A film that is being read, or was read before and is still here."""
    st.caption(
        "Every frame is read: you get the film with boxes and labels, its sound kept, and a table with a row "
        "per face per frame. While it is read a copy lies in data/cache/, and is deleted afterwards; what "
        "came of it stays there until you forget it, five films at most."
    )
    kept = films.list_films()
    if not kept:
        return None
    return st.selectbox(
        "Or one that was read before",
        kept,
        index=None,
        format_func=lambda film: phrases.plain(film.name),
        key="live.film.kept",
        placeholder="none",
    )


def _start(film: Film, file: UploadedFile, choice: LiveChoice) -> None:
    try:
        films.start_reading(film, file.getvalue(), choice)
    except FerError as error:
        st.toast(str(error), icon=":material/error:")


def _before(film: Film, info: FilmInfo, first: NDArray[np.uint8]) -> None:
    """The film before it is read: its first frame, and what is in it."""
    picture, beside = st.columns([5, 3], gap="medium")
    picture.image(first, width="stretch")
    with beside:
        st.markdown(f"##### :material/movie: {phrases.plain(film.name)}")
        sound = f"sound ({info.sound}) kept" if info.sound else "silent"
        rate = f"{info.frames_per_second:.0f} frames a second, " if info.frames_per_second else ""
        st.markdown(
            f"{info.width}×{info.height} pixels, {phrases.duration(info.seconds)}, "
            f"{rate}{info.codec}, {sound}."
        )
        if info.read_size != (info.width, info.height):
            st.caption(f"It is read and written at {info.read_size[0]}×{info.read_size[1]}.")


def _result(film: Film) -> None:
    report = film.report
    picture, beside = st.columns([5, 3], gap="medium")
    with picture, notices.shown():
        st.video(film.content(films.ANNOTATED), format="video/mp4")
    with beside:
        st.markdown(f"##### :material/movie: {phrases.plain(film.name)}")
        people_seen = "1 person" if report["people"] == 1 else f"{report['people']} people"
        st.markdown(
            f"{report['frames']:,} frames, {phrases.faces(report['faces'])} of {people_seen}, read in "
            f"{phrases.duration(report['took_seconds'])}: {report['times_real_time']:.1f} times as fast as "
            f"it plays."
        )
        shares = film.shares()
        if shares:
            plot(figures.shares_figure(shares), "live.film.shares")
        else:
            st.markdown(f"No face was read. {NOBODY_FOUND}")
    people = film.people()
    if people:
        by_id = {person.track_id: person for person in people[:8]}
        # Numbers, not the people: these are read from the table anew each time, and are others then.
        chosen = pickers.choose_one(
            "Person",
            list(by_id),
            f"live.film.person.{film.folder.name}",  # another film, other people
            lambda track_id: f"Person {track_id}",
        )
        person = by_id[chosen]
        seconds = -float(person.seconds.min(initial=-1.0))
        plot(figures.timeline_figure(person, seconds=seconds, height=220), "live.film.timeline")
        st.caption("Seconds before the end. The strip below is the label that was told.")
    with st.container(horizontal=True, gap="small"):
        stem = film.name.rsplit(".", 1)[0]
        notices.downloads(
            "live.film",
            *(
                (label, partial(film.content, name), f"{stem}-{name}")
                for label, name in (
                    ("The film", films.ANNOTATED),
                    ("CSV", films.TABLE),
                    ("Parquet", films.PARQUET),
                )
            ),
        )
        st.button(
            "Forget it",
            icon=":material/delete:",
            key="live.film.forget",
            on_click=films.forget_film,
            args=(film,),
            help="Deletes the annotated film and the table from data/cache/.",
        )
