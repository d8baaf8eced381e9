"""How an error, an empty state and a wait look: always a sentence, always with the next step."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from fer.errors import FerError
from fer.system.progress import Progress
from pages.parts import phrases

# So many sentences can be read at a glance.
_MOST_LISTED = 4


@contextmanager
def shown() -> Iterator[None]:
    """Turn a `FerError` into a message on the page and end the script there.

    Anything else is a defect of ours and passes through.
    """
    try:
        yield
    except FerError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


def listed(sentences: Sequence[str], key: str) -> None:
    """Show what there is to know about something, each sentence as it is; what is much, behind the first."""
    with st.container(gap="xxsmall", key=key):
        for sentence in sentences[:_MOST_LISTED]:
            st.caption(f":material/info: {phrases.plain(sentence)}")  # it may quote the names of files
        if more := sentences[_MOST_LISTED:]:
            with st.expander(f"More notes: {len(more)}", type="compact"):
                for sentence in more:
                    st.caption(phrases.plain(sentence))


def empty(
    title: str, text: str, page: str | None = None, label: str = "", icon: str = ":material/inbox:"
) -> None:
    """Show a designed empty state: what is missing, why it matters, and where to get it.

    Args:
        title: what is not there yet, in a few words.
        text: a sentence or two, Markdown.
        page: the page that helps, as a path from the project root ("pages/3_training.py"); None for none.
        label: what the link to it says.
        icon: a Material symbol.
    """
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.markdown(f"### {icon} {title}", text_alignment="center")
        st.markdown(text, text_alignment="center")
        if page is not None:
            link(page, label)


def link(page: str, label: str, icon: str = ":material/arrow_forward:") -> None:
    """Show a link to another page of the workshop, by its path from the project root."""
    st.page_link(page, label=label, icon=icon, icon_position="right")


def downloads(key: str, *offered: tuple[str, Callable[[], bytes], str]) -> None:
    """Show a button for each file: its label, what makes its bytes once it is pressed, and its name."""
    for label, content, name in offered:
        st.download_button(
            label, content, name, icon=":material/download:", key=f"{key}.{label}", on_click="ignore"
        )


@contextmanager
def working(title: str = "") -> Iterator[Progress]:
    """Yield a `Progress` drawn as a bar where it is called; the bar goes when the work is done.

    Nothing appears until the work reports, so that what comes from a cache does not flicker. Once it has
    taken a second, it says how long it still takes.

    Args:
        title: what is being worked on, if the messages do not say so.
    """
    place = st.empty()
    started = time.monotonic()

    def report(fraction: float, message: str) -> None:
        fraction = min(max(fraction, 0.0), 1.0)
        seconds = time.monotonic() - started
        text = f"**{title}** · {message}" if title else message
        if seconds > 1 and 0.02 < fraction < 1:
            text += f" · about {phrases.duration(seconds * (1 - fraction) / fraction)} left"
        place.progress(fraction, text=text)

    try:
        yield report
    finally:
        place.empty()
