"""Robustness sweep: the whole split corrupted, for each chosen model started, followed and shown."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from fer.datasets import Dataset
from fer.evaluation import TTA
from fer.evaluation.robustness import CORRUPTIONS, LEVELS, Sweep
from fer.figures.robustness import NamedSweep
from fer.system import jobs
from pages.parts import caches, job_panel, notices, phrases
from pages.parts.evaluation import names
from pages.parts.evaluation.judged import Judged
from pages.parts.evaluation.robustness import sweep_results

SAMPLE = 1000


def show(judged: Judged) -> None:
    """Draw the sweep of the chosen models, or offer to make it."""
    st.subheader("The whole split", anchor=False)
    with notices.shown():
        sample = _choose_sample(len(judged.faces))
        emotions = judged.emotions
        where = (judged.dataset.name, judged.view, judged.split, emotions, sample)
        faces = caches.swept_faces(*where)
        paths = [caches.sweep_path(model.name, *where) for model in judged.models]
        sweeps = [caches.sweep(path) for path in paths]
        if judged.tta is not TTA.NONE:
            st.caption("A sweep uses no test-time augmentation, whatever is chosen above.")
        ready = [swept for swept in sweeps if swept is not None and not swept.missing(tuple(CORRUPTIONS))]
        if len(ready) < len(judged.models):
            _offer(judged, faces, sample, paths, sweeps)
        _results(judged, faces, sweeps)


def _choose_sample(count: int) -> int | None:
    """How many faces are swept; None for all."""
    if count <= SAMPLE:
        return None
    return st.segmented_control(
        "Faces",
        [SAMPLE, None],
        default=SAMPLE,
        required=True,
        format_func=lambda sample: f"{sample:,} of them" if sample else f"All {phrases.faces(count)}",
        key="evaluation.sweep_sample",
        label_visibility="collapsed",
        persist_state="session",
        help="An even draw: each emotion keeps its share, and it is always the same faces.",
    )


def _offer(
    judged: Judged,
    faces: Dataset,
    sample: int | None,
    paths: Sequence[Path],
    sweeps: Sequence[Sweep | None],
) -> None:
    """What a sweep would show, and the button that starts it; or how far it is."""
    digest = hashlib.blake2b(" ".join(path.stem for path in paths).encode(), digest_size=8).hexdigest()
    job_id = f"break-{digest}"
    active = jobs.is_active(job_id)
    begun = any(swept is not None for swept in sweeps)
    kinds = tuple(CORRUPTIONS)
    answers = len(faces) * sum(
        1 + LEVELS * len(kinds) if swept is None else LEVELS * len(swept.missing(kinds)) for swept in sweeps
    )
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        if active:
            title = "Breaking the faces"
        else:
            title = "Not all of it was measured" if begun else "Nothing was swept yet"
        st.markdown(f"### :material/stacked_line_chart: {title}", text_alignment="center")
        of = "them" if sample is None else f"a sample of {len(judged.faces):,}"
        st.markdown(
            f"A sweep corrupts **{phrases.faces(len(faces))}** ({judged.split} split"
            + (f", {of}" if sample is not None else "")
            + f") in {len(CORRUPTIONS)} ways at {LEVELS} levels and asks "
            + ("the model" if len(judged.models) == 1 else f"all {len(judged.models)} models")
            + " each time: how fast does accuracy fall, and for which emotions?",
            text_alignment="center",
        )
        if active:
            st.caption("You may leave this page; it goes on.", text_alignment="center")
        else:
            st.caption(
                f"{answers:,} predictions to go; small networks make some thousands a second. Each kind that "
                "is done is kept.",
                text_alignment="center",
            )
            if st.button(
                "Go on" if begun else "Start the sweep",
                icon=":material/play_arrow:",
                type="primary",
                key="evaluation.sweep_start",
            ):
                jobs.start_job(job_id, "Breaking the faces", arguments(judged, sample))
                st.rerun()
        job_panel.follow(job_id)


def arguments(judged: Judged, sample: int | None) -> list[str]:
    """What the command line is given."""
    return [
        "robustness",
        *(model.name for model in judged.models),
        "--data",
        judged.dataset.name,
        "--split",
        str(judged.split),
        *(["--sample", str(sample)] if sample is not None else []),
        *judged.view.as_options(),
    ]


def _results(judged: Judged, faces: Dataset, sweeps: Sequence[Sweep | None]) -> None:
    """The sweeps there are, for the kinds that all of them have."""
    found = [
        (index, NamedSweep(names.letter(judged, index), model.title, swept))
        for index, (model, swept) in enumerate(zip(judged.models, sweeps, strict=True))
        if swept is not None and swept.points
    ]
    if not found:
        return
    named = [each for _, each in found]
    kinds = tuple(kind for kind in CORRUPTIONS if all(kind in each.sweep.points for each in named))
    if kinds:
        sweep_results.show(judged, faces, named, kinds, [index for index, _ in found])
