"""Report view: everything about the models as files to save."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from fer.datasets.registry import SYNTHETIC
from fer.figures import report as evaluation_report
from fer.figures.report import Form
from pages.parts import caches, phrases
from pages.parts.evaluation.judged import Judged

_FACES = "evaluation.report_faces"
_KINDS: dict[Form, tuple[str, str, str, str]] = {
    "html": (
        "The page",
        "text/html",
        ":material/description:",
        "One file with every figure, chart and answer. It opens in any browser, without a network and "
        "without this workshop, and prints well.",
    ),
    "csv": (
        "The answers as a table",
        "text/csv",
        ":material/table:",
        "A row for every face: its label, and every model's answer with the probability of every emotion.",
    ),
    "json": (
        "Everything as JSON",
        "application/json",
        ":material/data_object:",
        "Every figure with its interval, the confusions, the models' cards and every answer, for a program.",
    ),
}


def report_view(judged: Judged) -> None:
    """Draw the view."""
    st.markdown("### What the report holds")
    st.markdown(_contents(judged))
    _downloads(judged)


@st.fragment
def _downloads(judged: Judged) -> None:
    with_faces = st.toggle(
        "Show the most confident mistakes as pictures",
        key=_FACES,
        help="The page then holds up to 24 faces of each model. Without them it names their rows only.",
    )
    if with_faces and judged.dataset.name != SYNTHETIC:
        st.warning(
            "Faces are other people's photographs: include them only if you may pass them on. The terms of "
            f"these: {phrases.plain(judged.faces.source.license)}.",
            icon=":material/photo_camera:",
        )
    stem = evaluation_report.file_stem([*(model.name for model in judged.models), judged.split])
    for column, (form, (title, mime, icon, words)) in zip(
        st.columns(len(_KINDS)), _KINDS.items(), strict=True
    ):
        size = evaluation_report.expected_bytes(
            form, judged.evaluations, judged.faces.images[0].size, with_faces=with_faces
        )
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{title}**, about {_size(size)}")
            st.caption(words)
            st.download_button(
                f"Save as {form.upper()}",
                _written(judged, form, with_faces),
                file_name=f"{stem}.{form}",
                mime=mime,
                icon=icon,
                key=f"evaluation.report_{form}",
                on_click="ignore",
                type="primary" if form == "html" else "secondary",
                width="stretch",
            )
    st.markdown("The same from a terminal:")
    st.code(
        evaluation_report.command(
            [model.name for model in judged.models],
            judged.dataset.name,
            judged.split,
            judged.view,
            judged.tta,
            answerable_only=bool(judged.left_out),
            with_faces=with_faces,
        ),
        language="bash",
        wrap_lines=True,
    )


def _contents(judged: Judged) -> str:
    several = len(judged.models) > 1
    lines = [
        f"**{phrases.faces(len(judged.faces))}** of {phrases.plain(judged.faces.source.title)} with their "
        f"terms, state and fingerprint, {judged.tta.phrase}",
        "every **figure** with its 95\u00a0% interval, its formula and its words",
        *(["which model is **better**, or whether that could be chance"] if several else []),
        "the **confusions**, emotion by emotion, and the commonest **mistakes** with the rows behind them",
        "what must be **kept in mind**: other faces, known faces, faces that were left out",
        f"the {'models' if several else 'model'}: card, terms, intended use, weaknesses and every setting of "
        "the training",
        "every **answer**, the versions of the software, and the line that makes the report again",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _written(judged: Judged, form: Form, with_faces: bool) -> Callable[[], bytes]:
    """What writes the file once somebody wants it; it runs beside the page, so it takes all it needs."""
    models = [
        replace(model, fingerprint=caches.recognizer(model.name).fingerprint) for model in judged.models
    ]

    def written() -> bytes:
        report = evaluation_report.report_of(models, judged.faces, judged.view, left_out=judged.left_out)
        match form:
            case "html":
                return evaluation_report.to_html(report, with_faces=with_faces).encode()
            case "json":
                return evaluation_report.as_json(report).encode()
            case "csv":
                return evaluation_report.predictions_csv(report).encode()

    return written


def _size(count: int) -> str:
    return (
        f"{count / 1e6:.1f}\N{NO-BREAK SPACE}MB"
        if count >= 1e6
        else f"{max(count / 1e3, 1):.0f}\N{NO-BREAK SPACE}kB"
    )
