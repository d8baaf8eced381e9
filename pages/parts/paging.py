"""Pagination: which items of a long list are on the page that is open, and the buttons that turn it."""

import streamlit as st


def open_page(key: str, count: int, size: int) -> slice:
    """Return which of `count` items are on the open page; a page that is gone gives way to the last.

    Args:
        key: the widget's, as `page_buttons` is given it afterwards; another list has another key.
        count: items in the list.
        size: items on a page.
    """
    number = int(st.session_state.get(key, 1))
    last = max(-(-count // size), 1)
    if number > last:
        st.session_state[key] = number = last
    return slice((number - 1) * size, min(number * size, count))


def to_first_page(key: str) -> None:
    """Open the first page when the list is drawn next: it has become another one."""
    if key in st.session_state:
        st.session_state[key] = 1


def page_buttons(key: str, shown: slice, count: int, size: int, note: str = "", what: str = "Faces") -> None:
    """Say which items are shown, and turn the page where there are several.

    Args:
        key: the widget's.
        shown: from `open_page`.
        count: items in the list.
        size: items on a page.
        note: what else is said, such as their order.
        what: what the items are.
    """
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"{what} {shown.start + 1:,} to {shown.stop:,} of {count:,}{note}")
        if count > size:
            st.pagination(-(-count // size), key=key)
