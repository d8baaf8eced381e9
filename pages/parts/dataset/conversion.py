"""Dataset conversion: the form that writes the open dataset anew, with a progress bar per emotion."""

import re
from dataclasses import replace
from pathlib import Path

import streamlit as st

from fer.config import DatasetView
from fer.datasets import Dataset, list_datasets, takeaway
from fer.datasets.convert import Form
from fer.datasets.views import describe
from fer.emotions import Emotion
from fer.statistics import percent
from fer.system import jobs, paths
from fer.system.jobs import Job, JobStatus
from pages.parts import job_panel, notices, phrases, state

_FORM, _NAME, _ORDER, _SEED = (
    "dataset.convert_form",
    "dataset.convert_name",
    "dataset.convert_order",
    "dataset.convert_seed",
)
_STATE = "dataset.convert_state"
_EVERY_SECONDS = 0.5
_KEEP, _SHUFFLE = "As they are", "Shuffled"
# What each form is called, what its name ends in, and what it is good for.
_FORMS: dict[Form, tuple[str, str, str]] = {
    "folders": (
        "Class folders",
        "",
        "train/happy/00042.png: to look at with any program, and what Keras reads.",
    ),
    "fer-csv": ("FER-2013 table", ".csv", "emotion,pixels,Usage: what most tutorials begin with."),
    "wide-csv": ("Wide table", ".wide.csv", "A column per pixel: for spreadsheets, pandas and scikit-learn."),
    "parquet": ("Parquet", ".parquet", "Small and quick to open, with FER+ votes; what dataset hubs serve."),
}
_COUNTED = re.compile(r"(\w+) ([\d,]+) of ([\d,]+)")


def conversion_view(dataset: Dataset) -> None:
    """Show the form to convert a dataset, and how far that is.

    Args:
        dataset: as it came; the open edition and labels are applied by the conversion itself.
    """
    st.header("In another form", anchor=False)
    st.markdown(
        "The same faces, labels and splits, written anew into `data/`. Grey faces lose nothing on the way, "
        "in whichever direction: a round trip gives every pixel back."
    )
    job_id = _job_id(dataset)
    job = jobs.read_job(job_id)
    if job is not None and job.is_active:
        _watch(job_id, dataset)
        return
    if job is not None:
        _show_end(job)
    _show_form(dataset, job_id)


def _show_form(dataset: Dataset, job_id: str) -> None:
    form: Form = st.radio(
        "Form",
        list(_FORMS),
        format_func=lambda form: _FORMS[form][0],
        captions=[words for _, _, words in _FORMS.values()],
        key=_FORM,
    )
    suffix = _FORMS[form][1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stem = st.text_input(
            f"Name in data/{f', without {suffix}' if suffix else ''}",
            _free_name(dataset, suffix),
            key=f"{_NAME}.{dataset.name}.{form}",
            width=300,
        )
        order = st.segmented_control(
            "Order of the faces", [_KEEP, _SHUFFLE], default=_KEEP, required=True, key=_ORDER
        )
        seed = (
            st.number_input("Seed", 0, 2**31 - 1, 0, key=_SEED, width=140, help="The order follows from it.")
            if order == _SHUFFLE
            else None
        )
    view = state.view()
    if replace(view, skip_bad=False) != DatasetView():
        changed = st.checkbox(
            f"In the state that is open now: {describe(view)}",
            True,
            key=_STATE,
            help="Off writes the dataset as it came, without the edition, the votes or the new splits.",
        )
        view = view if changed else DatasetView(skip_bad=view.skip_bad)
    name = stem.strip().removesuffix(suffix) + suffix
    taken = name in {entry.name for entry in list_datasets()}
    if taken:
        st.caption(f":material/info: There is a “{name}” in data already. Choose another name.")
    arguments = ["convert", dataset.name, f"data/{name}", *view.as_options()]
    arguments += [] if seed is None else ["--seed", str(seed)]
    with st.expander("The same, typed", icon=":material/terminal:"):
        st.code(f"python -m fer {_typed(arguments)}", language="bash", wrap_lines=True)
    if st.button("Write it", icon=":material/save:", type="primary", disabled=taken, key="dataset.convert"):
        with notices.shown():
            target = paths.child(paths.data_folder(), name)
            arguments[2] = str(target)
            jobs.start_job(job_id, f"Writing {name}", arguments)
            st.rerun()


@st.fragment(run_every=_EVERY_SECONDS)
def _watch(job_id: str, dataset: Dataset) -> None:
    """Show how far each emotion is, until the work ends."""
    job = jobs.read_job(job_id)
    if job is None or not job.is_active:
        st.rerun()
    job_panel.progress_bar(job, percent(job.fraction, 0))
    written = _written(job.message)
    if not written:
        st.caption(job.message)
        return
    for emotion in dataset.emotions:
        done, total = written.get(emotion, (0, 0))
        if total:
            st.progress(done / total, text=f"{emotion.capitalize()} · {done:,} of {total:,}")


def _show_end(job: Job) -> None:
    """Say how a conversion ended, and what can be done with what it wrote."""
    done = job.status is JobStatus.DONE
    with st.container(border=True):
        if done:
            target = Path(str(job.result["target"]))
            st.markdown(
                f":material/check_circle: **{target.name}** is written, with "
                f"{phrases.faces(int(job.result['count']))}, in the folder"
            )
            st.code(str(target.parent), language=None, wrap_lines=True)
            for sentence in job.result.get("lost", ()):
                st.caption(f":material/info: {sentence}")
        elif job.status is JobStatus.STOPPED:
            st.markdown(":material/stop_circle: The writing was stopped; nothing of it was kept.")
        else:
            st.error(f"{job.title}: {job.error}", icon=":material/error:")
        with st.container(horizontal=True):
            if done and target.name in {entry.name for entry in list_datasets()}:
                st.button(
                    "Open it",
                    icon=":material/folder_open:",
                    key=f"{job.id}.open",
                    on_click=_open,
                    args=(target.name, job.id),
                )
            if done and takeaway.can_be_taken(target):
                st.download_button(
                    "Download it",
                    lambda: takeaway.content_of(target),
                    target.name,
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"{job.id}.take",
                )
            st.button("Close", key=f"{job.id}.close", on_click=jobs.forget_job, args=(job.id,))


def _open(name: str, job_id: str) -> None:
    jobs.forget_job(job_id)
    state.set_dataset(name)


def _job_id(dataset: Dataset) -> str:
    """One conversion of a dataset at a time, found again by whoever opens the page."""
    return "convert-" + re.sub(r"[^A-Za-z0-9._-]+", "-", dataset.name).strip("-.")[-80:]


def _written(message: str) -> dict[Emotion, tuple[int, int]]:
    """How many faces of each emotion are written, and of how many, as the work told."""
    found = {}
    for word, done, total in _COUNTED.findall(message):
        if word in list(Emotion):
            found[Emotion(word)] = (int(done.replace(",", "")), int(total.replace(",", "")))
    return found


def _free_name(dataset: Dataset, suffix: str) -> str:
    """A name that says what it was made from, and that nothing has yet."""
    stem = re.sub(r"[^A-Za-z0-9 ._-]+", "-", Path(dataset.name).name).strip("-. ")
    for known in (".wide.csv", ".csv", ".parquet", ".zip", ".tar.gz", ".tgz", ".tar"):
        stem = stem.removesuffix(known)
    taken = {entry.name for entry in list_datasets()}
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    return next((name for name in names if name + suffix not in taken), stem)


def _typed(arguments: list[str]) -> str:
    return " ".join(f'"{word}"' if re.search(r"[^\w./=+-]", word) else word for word in arguments)
