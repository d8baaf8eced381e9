"""Model packages: the popover that imports a model from a file, exports one, and removes imported ones."""

import streamlit as st

from fer.errors import FerError
from fer.models.inference import ModelEntry
from fer.models.packages import MOST_BYTES, imported_models, model_package, receive_package, remove_imported
from fer.models.packages.writing import SUFFIX
from fer.system import jobs
from fer.system.jobs import JobStatus
from pages.parts import job_panel, phrases, state

_JOB = "bring-a-model"
_OPEN = "evaluation.model_files"
_PREPARED = "evaluation.exported"
# The uploaded file's id, where it lies, and its header.
_CHECKED = "evaluation.checked_package"


def packages_popover(entries: dict[str, ModelEntry], first: str | None) -> None:
    """Draw the popover beside the choice of models; the one that is looked at, `first`, can be exported."""
    with st.popover("Import or export a model", icon=":material/move_item:", key=_OPEN):
        _import()
        if first is not None:
            _export(entries[first])
        _remove(entries)
    job_panel.follow(_JOB, _use_it)


def _import() -> None:
    st.markdown(
        "**Import a model** that somebody exported from a workshop like this one. Only its numbers are read, "
        "into a network that is built here: nothing in the file can run. How good it is said to be is a "
        "claim until you evaluate it."
    )
    upload = st.file_uploader(
        f"A file that ends in {SUFFIX}, at most {MOST_BYTES // 2**20} MB",
        type=["zip"],
        key="evaluation.package",
        max_upload_size=MOST_BYTES // 2**20,
    )
    if upload is None:
        return
    # Checked once, not whenever something else on the page is touched.
    checked = st.session_state.get(_CHECKED)
    if checked is None or checked[0] != upload.file_id or not checked[1].exists():
        try:
            path, found = receive_package(upload.name, upload.getvalue())
        except FerError as error:
            st.error(phrases.plain(str(error)), icon=":material/gpp_bad:")
            return
        checked = st.session_state[_CHECKED] = (upload.file_id, path, found.header)
    _, path, header = checked
    st.markdown(
        f"**{phrases.plain(header.title)}** · {header.entry.title}, {header.entry.parameters:,} weights, "
        f"answers with {', '.join(header.emotions)}"
    )
    if header.claims:
        st.caption(f"Its maker says: {phrases.plain(header.claims)}")
    st.button(
        "Import it",
        icon=":material/input:",
        key="evaluation.import",
        disabled=jobs.is_active(_JOB),
        on_click=job_panel.start,
        args=(_JOB, f"Importing “{phrases.plain(header.title)}”", ["import-package", str(path)]),
        help="Some twenty seconds. The same as: python -m fer import-package FILE",
    )


def _use_it() -> None:
    """Look at the imported model, now that it is there."""
    job = jobs.read_job(_JOB)
    if job is not None and job.status is JobStatus.DONE and (name := job.result.get("model")):
        state.set_model(str(name))
        state.set_judged_models((str(name),))
        state.tell(
            f"“{phrases.plain(str(name))}” is here. How good it is stands below, once faces are chosen."
        )
    jobs.forget_job(_JOB)
    if (checked := st.session_state.pop(_CHECKED, None)) is not None:
        checked[1].unlink(missing_ok=True)


def _export(entry: ModelEntry) -> None:
    st.divider()
    st.markdown(
        f"**Export** “{phrases.plain(entry.title)}”: its weights as plain arrays, for another workshop."
    )
    if st.session_state.get(_PREPARED) != entry.name:
        if st.button("Prepare the file", icon=":material/package_2:", key="evaluation.prepare_model"):
            st.session_state[_PREPARED] = entry.name
            st.rerun()
        return
    try:
        content = model_package(entry.name)
    except FerError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.download_button(
        f"Download the package · {len(content) / 1e6:,.1f} MB",
        content,
        f"{entry.name}{SUFFIX}",
        "application/zip",
        icon=":material/download:",
        key="evaluation.export_model",
    )


def _remove(entries: dict[str, ModelEntry]) -> None:
    imported = [name for name in imported_models() if name in entries]
    if not imported:
        return
    st.divider()
    name = st.selectbox(
        "Imported models",
        imported,
        key="evaluation.imported",
        format_func=lambda name: phrases.plain(entries[name].title) if name in entries else name,
    )
    st.button(
        "Remove it", icon=":material/delete:", key="evaluation.remove_imported", on_click=_gone, args=(name,)
    )


def _gone(name: str) -> None:
    try:
        remove_imported(name)
    except FerError as error:
        st.toast(str(error), icon=":material/error:")
