"""Classification report: precision, recall and F1 of every emotion as a table with bars."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from fer.evaluation import ClassReport
from fer.statistics import percent
from pages.parts import components

_STYLE = components.style(__file__)

Measure = Literal["precision", "recall", "f1"]


def class_scores_table(reports: Sequence[ClassReport]) -> None:
    """Show precision, recall, F1 and support of each emotion; a dash where the split never asks."""
    _table(
        ("Precision", "Recall", "F1"),
        [(report, (report.precision, report.recall, report.f1)) for report in reports],
    )


def compared_scores_table(models: Sequence[tuple[str, Sequence[ClassReport]]], measure: Measure) -> None:
    """Show one measure of each emotion for several models side by side.

    Args:
        models: each with its name, a letter or a word, and its reports; all of the same faces. An emotion
            that one of them does not know has a dash there.
        measure: which one.
    """
    known = [{report.emotion: report for report in reports} for _, reports in models]
    emotions = {emotion: report for reports in reversed(known) for emotion, report in reports.items()}
    _table(
        [name for name, _ in models],
        [
            (
                report,
                [getattr(reports[emotion], measure) if emotion in reports else None for reports in known],
            )
            for emotion, report in emotions.items()
        ],
    )


def _table(titles: Sequence[str], rows: Sequence[tuple[ClassReport, Sequence[float | None]]]) -> None:
    lines = "".join(
        f'<tr><td><span class="dot" style="background:{report.emotion.color}"></span>'
        f"{report.emotion.capitalize()}</td>"
        + "".join(f'<td class="score">{_bar(score, report.emotion.color)}</td>' for score in scores)
        + f"<td>{report.support:,}</td></tr>"
        for report, scores in rows
    )
    heads = "".join(f"<th>{title}</th>" for title in ("Emotion", *titles, "Faces"))
    st.html(
        f'{_STYLE}<table class="fer-reports"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'
    )


def _bar(score: float | None, color: str) -> str:
    if score is None:
        return "–"
    return f'{percent(score)}<div class="bar"><div style="width:{score:.1%};background:{color}"></div></div>'
