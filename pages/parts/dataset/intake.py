"""Adding a dataset: uploaded, downloaded from a host, or put into `data/` by hand."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from fer import datasets
from fer.datasets import downloads
from fer.datasets.downloads import Address, Suggestion
from fer.errors import FerError, PartlyBadDatasetError
from fer.system import jobs, paths
from fer.system.jobs import Job, JobStatus
from pages.parts import job_panel, notices, state

_UPLOAD, _DOWNLOAD, _BY_HAND = "Upload", "Download", "By hand"
# The jobs that this session has started and not yet seen the end of.
_FETCHING = "dataset.fetching"
_BAD_ROWS_IN_SIGHT = 5
# What is to be said about a download that came, once.
_ARRIVED = "dataset.arrived"
# The upload whose good rows were asked for.
_GOOD_ROWS = "dataset.upload_good_rows"

# What is understood, as it would look on a disk or in an editor.
_FORMS = (
    (
        "The FER-2013 table",
        "emotion,pixels,Usage\n0,70 80 82 72 58 …,Training\n4,151 150 147 155 …,PublicTest",
        "`fer2013.csv` as the competition shipped it. 0 is angry, 6 is neutral.",
    ),
    (
        "A table with a column per pixel",
        "emotion,pixel0,pixel1,pixel2,…\nhappy,70,80,82,…\n6,151,150,147,…",
        "Labels as words or numbers. Several files, `train.csv` and `test.csv`, go into one folder.",
    ),
    (
        "Class folders",
        "faces/\n├─ train/\n│  ├─ happy/   001.jpg  002.jpg  …\n│  └─ sadness/ 001.png  …\n└─ test/ …",
        "Pictures of any size and colour, with splits or without. *Anger, scared, surprised* are understood; "
        "*contempt* is kept out, and the page says so.",
    ),
    (
        "Pictures with labels in their names",
        "jaffe/                KDEF/AF01/\n└─ KA.AN1.39.tiff    └─ AF01ANS.JPG",
        "JAFFE's, KDEF's, or a word such as *happy* in each; other patterns can be said once it is open.",
    ),
    (
        "Pictures with a list",
        "faces/\n├─ legend.csv   user.id,image,emotion\n└─ images/      001.jpg  002.jpg  …",
        "Which columns hold what is guessed, or said once it is open.",
    ),
    (
        "A Parquet table",
        "image         label  split\n⟨png bytes⟩   3      train\n⟨png bytes⟩   0      test",
        "Encoded pictures with a label, as the dataset hubs serve them.",
    ),
    (
        "An archive",
        "fer2013.zip        fer2013.tar.gz\n└─ fer2013.csv     └─ train/happy/001.jpg",
        "Any of these, packed as zip, tar, gzip, bzip2 or xz, whatever the file is called.",
    ),
    (
        "FER+ votes",
        "Usage,Image name,neutral,happiness,…\nTraining,fer0000000.png,4,0,…",
        "`fer2013new.csv`, put beside FER-2013: what ten people said about each of its faces.",
    ),
)


def add_dataset_button() -> None:
    """Draw the button that opens the dialog."""
    if st.button("Bring your own", icon=":material/add_photo_alternate:", key="dataset.bring"):
        _dialog()


def arriving_downloads() -> None:
    """Show the downloads that are under way, wherever they were started; one that is done is opened."""
    for job_id in _followed_jobs():
        job = jobs.read_job(job_id)
        if job is None:
            continue
        if job.status is JobStatus.DONE:
            _arrived(job)
        elif job.status is JobStatus.STOPPED:
            _forget(job_id)
        else:
            job_panel.follow(job_id)
    if told := st.session_state.pop(_ARRIVED, None):
        st.toast(told, icon=":material/download_done:", duration="long")


def offer_good_rows(error: PartlyBadDatasetError) -> None:
    """Show why a dataset cannot be opened as it is, and offer its good rows.

    Args:
        error: what opening it raised.
    """
    _offer_good_rows(error, "dataset.good_rows", lambda: state.set_view(replace(state.view(), skip_bad=True)))


@st.dialog("Bring your own faces", width="medium", icon=":material/add_photo_alternate:")
def _dialog() -> None:
    way = st.segmented_control(
        "How",
        [_UPLOAD, _DOWNLOAD, _BY_HAND],
        default=_UPLOAD,
        required=True,
        key="dataset.way",
        label_visibility="collapsed",
        width="stretch",
    )
    if way == _UPLOAD:
        _upload()
    elif way == _DOWNLOAD:
        _download()
    else:
        _by_hand()


# ── from the browser ─────────────────────────────────────────────────────────────────────────────


def _upload() -> None:
    file = st.file_uploader(
        "A CSV, a Parquet file, or an archive with pictures or tables in it",
        key="dataset.upload",
    )
    st.caption(
        "Up to 400 MB. Only the computer that runs FER Lab sees it, in the folder `data/`; larger ones, and "
        f"folders, can be put there by hand, see *{_BY_HAND}*."
    )
    if file is None:
        return
    good_rows = st.session_state.get(_GOOD_ROWS) == file.file_id
    try:
        with notices.working() as progress:
            entry = datasets.save_upload(file.name, file, progress, skip_bad=good_rows)
    except PartlyBadDatasetError as error:
        _offer_good_rows(
            error, "dataset.upload_good", lambda: st.session_state.update({_GOOD_ROWS: file.file_id})
        )
    except FerError as error:
        st.error(str(error), icon=":material/error:")
    else:
        if entry.kind == "votes":
            st.session_state[_ARRIVED] = (
                "The **FER+ votes** are in data. They show the next time this page refreshes."
            )
        else:
            state.set_dataset(entry.name)
            if good_rows:
                state.set_view(replace(state.view(), skip_bad=True))
        st.rerun()


def _offer_good_rows(error: PartlyBadDatasetError, key: str, use_them: Callable[[], None]) -> None:
    st.warning(str(error), icon=":material/rule:")
    with st.container(height="content" if len(error.bad) <= _BAD_ROWS_IN_SIGHT else 260, border=False):
        st.table(
            {"Where": [where for where, _ in error.bad], "Why": [why for _, why in error.bad]},
            border="horizontal",
            hide_index=True,
        )
    if error.bad_count > len(error.bad):
        st.caption(f"The first {len(error.bad)} of {error.bad_count:,} rows that cannot be used.")
    st.button(
        f"Use the {error.good:,} good rows",
        icon=":material/filter_alt:",
        key=key,
        type="primary",
        on_click=use_them,
    )


# ── from a host ──────────────────────────────────────────────────────────────────────────────────


def _download() -> None:
    for suggestion in downloads.SUGGESTIONS:
        with st.container(border=True, gap="xsmall"):
            _card(suggestion)
    with st.container(border=True, gap="small"):
        st.markdown("**Another dataset**")
        text = st.text_input(
            "Address",
            key="dataset.address",
            placeholder="kaggle:owner/name, hf:owner/name, or the address of its page",
            label_visibility="collapsed",
        )
        name = st.text_input(
            "Name in data/",
            key="dataset.address_name",
            placeholder="a name of your own (may stay empty)",
            label_visibility="collapsed",
        )
        if st.button("Download", icon=":material/download:", key="dataset.fetch") and text:
            _start(text, name.strip())
    st.caption(
        "This is the one thing here that needs the internet. Nothing is sent but the request; the licence is "
        "the host's word and yours to keep."
    )


def _card(suggestion: Suggestion) -> None:
    address = suggestion.address
    busy = jobs.is_active(downloads.job_id(address))
    st.markdown(f"**{suggestion.title}**  \n{suggestion.summary}")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(
            f"[{address}]({address.url}) · {suggestion.size} · licence: {suggestion.license}", width="content"
        )
        if st.button(
            "On its way" if busy else "Download",
            icon=":material/hourglass_top:" if busy else ":material/download:",
            disabled=busy,
            key=f"dataset.fetch.{address}",
        ):
            _start(str(address))


def _start(text: str, name: str = "") -> None:
    """Start the download of an address that a person wrote, and close the dialog."""
    try:
        address = downloads.parse_address(text)
        if name:
            paths.child(paths.data_folder(), name)  # said here, rather than by the job
        _fetch(address, name)
    except FerError as error:
        st.error(str(error), icon=":material/error:")
    else:
        st.rerun()


def _fetch(address: Address, name: str) -> None:
    job_id = downloads.job_id(address)
    arguments = ["download", str(address), *(["--name", name] if name else [])]
    jobs.start_job(job_id, f"Fetching {address}", arguments)
    started: list[str] = st.session_state.setdefault(_FETCHING, [])
    if job_id not in started:
        started.append(job_id)


def _followed_jobs() -> list[str]:
    """The downloads of this session, and the suggested ones that another session is fetching."""
    own: list[str] = st.session_state.get(_FETCHING, [])
    suggested = [downloads.job_id(suggestion.address) for suggestion in downloads.SUGGESTIONS]
    running = [
        job_id
        for job_id in suggested
        if job_id not in own and (job := jobs.read_job(job_id)) is not None and job.is_active
    ]
    return [*own, *running]


def _arrived(job: Job) -> None:
    """Open what a download brought, say under which terms it came, and let the page run again."""
    if job.id not in st.session_state.get(_FETCHING, []):
        return  # another session's, which ended this very moment
    _forget(job.id)
    brought = job.result
    st.session_state[_ARRIVED] = (
        f"**{brought['title']}** is in data as `{brought['name']}`. Licence, in the words of "
        f"{brought['host']}: {brought['license']}. {' '.join(brought['remarks'])}"
    )
    if brought["is_dataset"]:
        state.set_dataset(str(brought["name"]))
    st.rerun()


def _forget(job_id: str) -> None:
    own: list[str] = st.session_state.get(_FETCHING, [])
    if job_id in own:
        own.remove(job_id)
    jobs.forget_job(job_id)


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────


def _by_hand() -> None:
    st.markdown("Put a file or a folder here, and it is in the list of datasets:")
    st.code(str(paths.data_folder()), language=None, wrap_lines=True)
    st.markdown("Anything elsewhere can be tried first, or used by its path:")
    st.code("python -m fer info PATH", language="bash", wrap_lines=True)
    st.markdown("What is understood, in one or several files, loose or packed:")
    for first in range(0, len(_FORMS), 2):
        for column, (title, picture, words) in zip(
            st.columns(2, gap="small"), _FORMS[first : first + 2], strict=True
        ):
            with column.container(border=True, gap="xsmall", height="stretch"):
                st.markdown(f"**{title}**")
                st.code(picture, language=None)
                st.caption(words)
