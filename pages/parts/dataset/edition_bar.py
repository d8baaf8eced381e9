"""Dataset versions (editions): which is open, what it changed, undoing it, exporting and importing it."""

import re

import streamlit as st

from fer.datasets import Dataset, editions
from fer.datasets.editions import Change, Edition
from fer.errors import FerError
from pages.parts import face_sheet, mending, state

_PICKER = "dataset.edition"
_CHANGES, _MORE = "dataset.changes", "dataset.edition_more"
_MAKING, _DELETED, _IMPORTED = "dataset.making_edition", "dataset.edition_deleted", "dataset.edition_imported"
_NEW = "\N{HORIZONTAL ELLIPSIS}"  # never an edition's name: not a character that one may have
CHANGES_PER_PAGE = 12


def show(dataset: Dataset) -> Edition | None:
    """Show which edition is open and what can be done with it; return it, or None for none.

    Args:
        dataset: as it came, before any view.
    """
    edition = mending.edition_of(dataset)
    mending.tell()
    _bar(dataset, "" if edition is None else edition.name)
    return edition


@st.fragment
def _bar(dataset: Dataset, opened: str) -> None:
    """The bar itself; `opened` is the edition that the rest of the page was drawn with."""
    mending.settle()
    edition = mending.edition_of(dataset)
    name = "" if edition is None else edition.name
    if name != opened:
        st.rerun()
    names = [found.name for found in editions.list_editions(dataset.name)]
    # The widget follows what is open, whoever opened it: a gallery may just have made an edition.
    st.session_state[_PICKER] = name
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Edition",
            ["", *names, _NEW],
            key=_PICKER,
            on_change=_picked,
            format_func=lambda option: {"": "Original", _NEW: "New edition…"}.get(option, option),
            help="Leave a face out or correct its label in any view, and an edition keeps it: a small file "
            "beside the data, which itself is never changed. Training can use it.",
        )
        if edition is not None:
            label = "1 change" if len(edition) == 1 else f"{len(edition):,} changes"
            with st.popover(label, icon=":material/history:", key=_CHANGES, on_change="rerun"):
                if st.session_state[_CHANGES]:
                    _changes(dataset, edition)
        with st.popover("", icon=":material/more_horiz:", key=_MORE, on_change="rerun"):
            if st.session_state[_MORE]:
                _more(dataset, edition)
    for problem in editions.list_damaged_editions(dataset.name):
        st.warning(problem, icon=":material/warning:")
    if st.session_state.get(_MAKING):
        _make(dataset)


def _picked() -> None:
    option = st.session_state[_PICKER]
    if option == _NEW:
        st.session_state[_MAKING] = True
    else:
        mending.open_edition(option)


def _stop_making() -> None:
    st.session_state[_MAKING] = False


@st.dialog("New edition", on_dismiss=_stop_making)
def _make(dataset: Dataset) -> None:
    st.markdown(
        "A name for what you are about to mend, such as “without duplicates”. Train on it and on the data as "
        "it came, and the two models tell you what the mending was worth."
    )
    with st.form("dataset.new_edition", border=False):
        name = st.text_input("Name", key="dataset.new_edition_name", max_chars=60, placeholder="mended")
        made = st.form_submit_button("Make it", type="primary", icon=":material/add:")
    if made:
        try:
            edition = editions.create_edition(dataset.name, name.strip() or mending.DEFAULT_NAME)
        except FerError as error:
            st.error(str(error), icon=":material/error:")
            return
        _stop_making()
        mending.open_edition(edition.name)
        st.rerun()


def _counted(edition: Edition) -> str:
    parts = [f"{edition.excluded:,} left out"] if edition.excluded else []
    parts += [f"{edition.relabelled:,} relabelled"] if edition.relabelled else []
    return ", ".join(parts)


def _changes(dataset: Dataset, edition: Edition) -> None:
    """List what was done, newest first, each with its way back."""
    if not len(edition):
        st.markdown(
            "Nothing yet. Open a face, or **Select** some in the view **Faces**, and leave them out or "
            "change their label."
        )
        return
    newest = sorted(edition.changes, key=lambda change: change.at, reverse=True)
    pages = -(-len(newest) // CHANGES_PER_PAGE)
    page = min(st.session_state.get("dataset.changes_page", 1), pages)
    shown = newest[(page - 1) * CHANGES_PER_PAGE : page * CHANGES_PER_PAGE]
    st.markdown(f"**{_counted(edition)}**")
    st.button(
        "Undo the last change",
        icon=":material/undo:",
        key="dataset.undo_last",
        on_click=mending.undo_last,
        args=(dataset,),
    )
    places = dict(
        zip((change.row for change in edition.changes), editions.places_of(dataset, edition), strict=True)
    )
    for change in shown:
        picture, words, back = st.columns([1, 4, 1], vertical_alignment="center", gap="small")
        with picture:
            face_sheet.show(
                dataset.images[[places[change.row]]],
                [face_sheet.Caption(description=f"row {change.row}")],
                key=f"dataset.change.{change.row}",
                side="2.5rem",
            )
        words.markdown(_in_words(change))
        back.button(
            "",
            icon=":material/undo:",
            key=f"dataset.undo.{change.row}",
            type="tertiary",
            help=f"Put row {change.row:,} back to how it came",
            on_click=mending.put_back,
            args=(dataset, change.row),
        )
    if pages > 1:
        st.pagination(pages, key="dataset.changes_page")


def _in_words(change: Change) -> str:
    what = "left out" if change.new_label is None else f"{change.label} → **{change.new_label}**"
    why = f"  \n:small[{_plain(change.reason)}]" if change.reason else ""
    return f"Row {change.row:,}, {what}{why}"


def _plain(text: str) -> str:
    """The text as it is: what would be Markdown in it is not."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>~$:-])", r"\\\1", text)


def _more(dataset: Dataset, edition: Edition | None) -> None:
    """Take an edition along, take one in, take one away."""
    if edition is not None:
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{dataset.name}-{edition.name}").strip("-.")
        st.markdown(f"**{edition.name}**")
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                "JSON",
                editions.export_edition(edition),
                f"{stem}.json",
                "application/json",
                icon=":material/download:",
                key="dataset.edition_json",
                on_click="ignore",
                help="To import here or in another workshop; its faces are found by their pixels.",
            )
            st.download_button(
                "CSV",
                editions.as_csv(edition).encode(),
                f"{stem}.csv",
                "text/csv",
                icon=":material/download:",
                key="dataset.edition_csv",
                on_click="ignore",
                help="To look at in a spreadsheet.",
            )
        sure = st.checkbox(f"Delete “{edition.name}”", key=f"dataset.edition_doomed.{edition.name}")
        if sure:
            st.button(
                f"Yes, delete “{edition.name}”",
                type="primary",
                icon=":material/delete:",
                key="dataset.edition_delete",
                on_click=_delete,
                args=(dataset.name, edition.name),
            )
        st.divider()
    deleted = st.session_state.get(_DELETED)
    if deleted is not None and deleted[0] == dataset.name:
        st.button(
            f"Bring “{deleted[1]}” back",
            icon=":material/restore_from_trash:",
            key="dataset.edition_restore",
            on_click=_restore,
            args=deleted,
        )
    st.markdown("**Import an edition**")
    file = st.file_uploader(
        "An edition as JSON",
        type=["json"],
        key="dataset.edition_import",
        max_upload_size=20,
        label_visibility="collapsed",
    )
    if file is not None and st.session_state.get(_IMPORTED) != file.file_id:
        try:
            imported = editions.import_edition(dataset, file.getvalue())
        except FerError as error:
            st.error(str(error), icon=":material/error:")
            return
        # The file stays in the widget; it is taken in once.
        st.session_state[_IMPORTED] = file.file_id
        mending.open_edition(imported.name)
        st.rerun()


def _delete(dataset_name: str, name: str) -> None:
    try:
        editions.delete_edition(dataset_name, name)
    except FerError as error:
        mending.answer(str(error), failed=True)
        return
    st.session_state[_DELETED] = (dataset_name, name)
    if state.view().edition == name:
        mending.open_edition("")
    mending.answer(f"“{name}” is deleted. It can be brought back from the same menu.")


def _restore(dataset_name: str, name: str) -> None:
    try:
        editions.restore_edition(dataset_name, name)
    except FerError as error:
        mending.answer(str(error), failed=True)
        return
    del st.session_state[_DELETED]
    mending.open_edition(name)
    mending.answer(f"“{name}” is back.")
