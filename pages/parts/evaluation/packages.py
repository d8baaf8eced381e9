"""A model from elsewhere, and one to take along."""

import streamlit as st

from fer.errors import FerError
from fer.models.inference import ModelEntry
from fer.models.packages import MOST_BYTES, brought_models, remove_brought, take_along, take_in
from fer.models.packages.writing import SUFFIX
from fer.system import jobs
from fer.system.jobs import JobStatus
from pages.parts import job_panel, phrases, state

_JOB = "bring-a-model"
_OPEN = "evaluation.model_files"
_PREPARED = "evaluation.taken_along"
# The uploaded file's id, where it lies, and its header.
_WEIGHED = "evaluation.weighed_file"


def show(entries: dict[str, ModelEntry], first: str | None) -> None:
    """Draw the popover beside the choice of models.

    Args:
        entries: every model there is.
        first: the one that is looked at, to be taken along; None where none is chosen.
    """
    with st.popover("Bring or take a model", icon=":material/move_item:", key=_OPEN):
        _bring()
        if first is not None:
            _take(entries[first])
        _remove(entries)
    job_panel.follow(_JOB, _use_it)


def _bring() -> None:
    st.markdown(
        "**Bring a model** that somebody took along from a workshop like this one. Only its numbers are "
        "read, into a network that is built here: nothing in the file can run. What it is said to be worth "
        "is a claim until you evaluate it."
    )
    upload = st.file_uploader(
        f"A file that ends in {SUFFIX}, at most {MOST_BYTES // 2**20} MB",
        type=["zip"],
        key="evaluation.brought_file",
        max_upload_size=MOST_BYTES // 2**20,
    )
    job = jobs.read_job(_JOB)
    busy = job is not None and job.is_active
    if upload is None:
        return
    # Weighed once, not whenever something else on the page is touched.
    weighed = st.session_state.get(_WEIGHED)
    if weighed is None or weighed[0] != upload.file_id or not weighed[1].exists():
        try:
            path, found = take_in(upload.name, upload.getvalue())
        except FerError as error:
            st.error(phrases.plain(str(error)), icon=":material/gpp_bad:")
            return
        weighed = st.session_state[_WEIGHED] = (upload.file_id, path, found.header)
    _, path, header = weighed
    st.markdown(
        f"**{phrases.plain(header.title)}** · {header.entry.title}, {header.entry.parameters:,} weights, "
        f"answers with {', '.join(header.emotions)}"
    )
    if header.claims:
        st.caption(f"Its maker says: {phrases.plain(header.claims)}")
    st.button(
        "Bring it in",
        icon=":material/input:",
        key="evaluation.bring",
        disabled=busy,
        on_click=_start,
        args=(str(path), header.title),
        help="Some twenty seconds. The same as: python -m fer import-package FILE",
    )


def _start(path: str, title: str) -> None:
    try:
        jobs.start_job(_JOB, f"Bringing “{phrases.plain(title)}”", ["import-package", path])
    except FerError as error:
        st.toast(str(error), icon=":material/error:")


def _use_it() -> None:
    """Look at the model that was brought, now that it is there."""
    job = jobs.read_job(_JOB)
    if job is not None and job.status is JobStatus.DONE and (name := job.result.get("model")):
        state.set_model(str(name))
        state.set_judged_models((str(name),))
        state.tell(
            f"“{phrases.plain(str(name))}” is here. What it is worth stands below, once faces are chosen."
        )
    jobs.forget_job(_JOB)
    if (weighed := st.session_state.pop(_WEIGHED, None)) is not None:
        weighed[1].unlink(missing_ok=True)


def _take(entry: ModelEntry) -> None:
    st.divider()
    st.markdown(
        f"**Take along** “{phrases.plain(entry.title)}”: its weights as plain arrays, for another workshop."
    )
    if st.session_state.get(_PREPARED) != entry.name:
        if st.button("Prepare the file", icon=":material/package_2:", key="evaluation.prepare_model"):
            st.session_state[_PREPARED] = entry.name
            st.rerun()
        return
    try:
        content = take_along(entry.name)
    except FerError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.download_button(
        f"Take it along · {len(content) / 1e6:,.1f} MB",
        content,
        f"{entry.name}{SUFFIX}",
        "application/zip",
        icon=":material/download:",
        key="evaluation.take_model",
    )


def _remove(entries: dict[str, ModelEntry]) -> None:
    brought = [name for name in brought_models() if name in entries]
    if not brought:
        return
    st.divider()
    name = st.selectbox(
        "Brought models",
        brought,
        key="evaluation.brought",
        format_func=lambda name: phrases.plain(entries[name].title) if name in entries else name,
    )
    st.button(
        "Remove it", icon=":material/delete:", key="evaluation.remove_brought", on_click=_gone, args=(name,)
    )


def _gone(name: str) -> None:
    try:
        remove_brought(name)
    except FerError as error:
        st.toast(str(error), icon=":material/error:")
