"""Class accuracy: how well each emotion is recognised, epoch by epoch."""

from collections.abc import Mapping, Sequence

import streamlit as st

from fer import figures, runs
from fer.datasets import Split
from fer.emotions import Emotion
from fer.runs import DatasetManifest, Run, RunCurves
from fer.runs.diagnosis import Evidence
from fer.statistics import percent
from pages.parts import live_chart, phrases

# With so few, one face more or less moves a curve by a percent and more.
_FEW_FACES = 100
_WIDE, _NARROW = 4, 2


def show(run: Run, curves: RunCurves, evidence: Sequence[Evidence]) -> None:
    """Draw a small chart for each emotion; or say why there is none."""
    manifest = runs.read_manifest(run.folder)
    if (missing := _missing(run, curves, manifest)) or manifest is None:
        st.info(missing, icon=":material/mood:")
        return
    emotions = manifest.emotions
    faces = manifest.counts.get(Split.VALIDATION)
    faces = faces if faces is not None and len(faces) == len(emotions) else None
    newest = {
        emotion: share
        for index, emotion in enumerate(emotions)
        if (share := figures.class_curve(curves.metrics[-1:], index)[0]) is not None
    }
    charts = [
        figures.class_accuracies_figure(curves.metrics, emotions, faces, run.config.epochs, columns, evidence)
        for columns in (_WIDE, _NARROW)
    ]
    live_chart.draw_chart(
        charts[0],
        narrow=charts[1],
        key="run.emotions",
        revision=run.id,
        description="Validation accuracy of each emotion, epoch by epoch. Now: "
        + ", ".join(f"{emotion} {percent(share, 0)}" for emotion, share in newest.items()),
    )
    sentences = [
        "The share of each emotion's validation faces that was recognised; the thin line is all faces."
    ]
    if len(newest) > 1:
        best, worst = max(newest.values()), min(newest.values())
        sentences.append(
            f"Now it recognises {_called(newest, best)} best ({percent(best, 0)}) and "
            f"{_called(newest, worst)} least ({percent(worst, 0)})."
        )
    for seen in evidence:
        if seen.measure == "classes":
            sentences.append(f"{seen.text[:1].upper()}{seen.text[1:].rstrip('.')}.")
    if faces is None:
        sentences.append("How many faces there are of each was not written down.")
    elif few := [
        f"{emotion} ({count})"
        for emotion, count in zip(emotions, faces, strict=True)
        if 0 < count < _FEW_FACES
    ]:
        sentences.append(f"Few faces make a restless line: {phrases.listed(few)}.")
    if any(not row.class_accuracies for row in curves.metrics):
        sentences.append("Epochs without a point were trained by an earlier version, which did not tell.")
    st.caption(" ".join(sentences))


def _called(shares: Mapping[Emotion, float], share: float) -> str:
    """The emotions of this share, in bold."""
    return phrases.listed([f"**{emotion}**" for emotion, other in shares.items() if other == share])


def _missing(run: Run, curves: RunCurves, manifest: DatasetManifest | None) -> str:
    """Why there is nothing to draw; empty if there is."""
    if not curves.metrics:
        if run.is_active:
            return "The emotions are told apart after each epoch; the first one is not through yet."
        return "No epoch was through, so nothing is known of the single emotions."
    told = {len(row.class_accuracies) for row in curves.metrics if row.class_accuracies}
    if not told:
        return (
            "This run was trained by an earlier version, which wrote down the accuracy of all faces only. "
            "Evaluate it to see each emotion."
        )
    if manifest is None:
        return (
            f"Its {runs.FACES_FILE} is missing or damaged, so nobody knows which figure belongs to which "
            "emotion. Evaluate it to see each emotion."
        )
    if told != {len(manifest.emotions)}:
        return (
            f"Its {runs.METRICS_FILE} tells of {phrases.listed([str(number) for number in sorted(told)])} "
            f"emotions and its {runs.FACES_FILE} of {len(manifest.emotions)}: one of them was changed. "
            "Evaluate it to see each emotion."
        )
    return ""
