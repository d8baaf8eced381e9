"""Run comparison: several curves beside one another, how they came out, and in what they differ."""

import html
from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

import streamlit as st

from fer import runs
from fer.config import Setting, compare_settings
from fer.figures.comparison import MOST_CURVES, Measure, NamedCurve, Over, comparison_figure
from fer.runs import Run
from fer.runs.sample_predictions import compare_predictions
from fer.statistics import Proportion, Verdict, percent
from pages.parts import caches, components, live_chart
from pages.parts.training import run_words

_STYLE = components.style(__file__)

_MEASURES: dict[Measure, str] = {
    "validation_accuracy": "Accuracy, validation",
    "validation_loss": "Loss, validation",
    "train_accuracy": "Accuracy, training",
    "train_loss": "Loss, training",
}
_OVER: dict[Over, str] = {"epoch": "Epochs", "corrections": "Corrections", "minutes": "Minutes"}
_OUTCOMES: dict[Verdict, str] = {
    "better": "{} is better than A:",
    "worse": "{} is worse than A:",
    "could be chance": "{} and A cannot be told apart:",
}


def show(chosen: Sequence[Run]) -> None:
    """Draw the comparison of two runs or more; of very many, the first few.

    Args:
        chosen: the runs, the oldest first.
    """
    compared = list(chosen[:MOST_CURVES])
    letters = ascii_uppercase[: len(compared)]
    st.header(f"{len(compared)} runs compared", anchor=False)
    if len(compared) < len(chosen):
        st.caption(
            f"Of the {len(chosen)} ticked ones the oldest {MOST_CURVES}: more could not be told apart."
        )
    _curves(compared, letters)
    _outcome(compared, letters)
    _verdicts(compared, letters)
    _settings(compared, letters)


def _curves(compared: Sequence[Run], letters: str) -> None:
    with st.container(horizontal=True, gap="medium"):
        measure = st.segmented_control(
            "Curve",
            list(_MEASURES),
            default="validation_accuracy",
            required=True,
            format_func=_MEASURES.__getitem__,
            key="training.compared.measure",
            label_visibility="collapsed",
        )
        over = st.segmented_control(
            "Over",
            list(_OVER),
            default="epoch",
            required=True,
            format_func=_OVER.__getitem__,
            key="training.compared.over",
            label_visibility="collapsed",
        )
    curves = [
        NamedCurve(letter, run.title, run.metrics(), _steps(run))
        for letter, run in zip(letters, compared, strict=True)
    ]
    live_chart.draw_chart(
        comparison_figure(curves, measure, over),
        key="training.compared",
        revision=f"{letters}{[run.id for run in compared]}{measure}{over}",
        description=f"{_MEASURES[measure]} of {len(compared)} runs over {_OVER[over].lower()}; the table "
        "below says how each came out.",
    )
    if not any(curve.metrics for curve in curves):
        st.caption("None of them has an epoch behind it yet; the curves come with the first.")


def _steps(run: Run) -> int:
    """How often an epoch of a run corrects the weights; 0 where its faces are not known."""
    manifest = runs.read_manifest(run.folder)
    return 0 if manifest is None else run.config.steps_of(manifest.training_faces)


def _outcome(compared: Sequence[Run], letters: str) -> None:
    rows = []
    for letter, run in zip(letters, compared, strict=True):
        best = caches.run_summary(run).best
        count = _validation_faces(run)
        accuracy, interval = "–", "–"
        if best is not None:
            accuracy = f"{percent(best.validation_accuracy)} in epoch {best.epoch}"
            if count:
                interval = Proportion.from_share(best.validation_accuracy, count).range_95
        rows.append((letter, run.title, run_words.STATUS_TITLES[run.status], accuracy, interval))
    _table(("", "Run", "Status", "Best on validation", "95\u00a0% interval"), [list(row) for row in rows])


def _verdicts(compared: Sequence[Run], letters: str) -> None:
    """Say of each run whether it is better than the first, as far as their answers to the same faces tell."""
    first, answers = compared[0], [caches.predictions(run) for run in compared]
    said = []
    for letter, run, theirs in list(zip(letters, compared, answers, strict=True))[1:]:
        if answers[0] is None or theirs is None or run.config.dataset != first.config.dataset:
            continue
        pair = compare_predictions(answers[0], theirs)
        if pair is not None:
            said.append(f"- **{_OUTCOMES[pair.verdict].format(letter)}** {pair.sentence}")
    if said:
        st.markdown("\n".join(said))
        if len(said) > 1:
            st.caption(
                "Of many comparisons some look sure by luck alone: one in twenty. Trust a difference that "
                "shows again with another seed."
            )
    if len(said) < len(compared) - 1:
        st.caption(
            "Runs are weighed face by face where both were asked about the same validation faces of one "
            "dataset, once their first epoch is through. Of the others believe only differences larger than "
            "the intervals."
        )


def _settings(compared: Sequence[Run], letters: str) -> None:
    settings = compare_settings([run.config for run in compared])
    different = [setting for setting in settings if setting.differs]
    head = ("Setting", *letters)
    st.subheader("What differs", anchor=False)
    if different:
        _table(head, [_row(setting) for setting in different])
    else:
        st.markdown("Nothing: they have the same settings, the seed too.")
    with st.expander("All settings", icon=":material/tune:"):
        _table(
            head,
            [_row(setting) for setting in settings],
            {index for index, s in enumerate(settings) if s.differs},
        )


def _row(setting: Setting) -> list[str]:
    return [_named(setting.name), *map(_told, setting.values)]


def _named(name: str) -> str:
    """A setting's name in words: "augmentation: noise fraction"."""
    return name.replace("view.", "data: ").replace(".", ": ").replace("_", " ").capitalize()


def _told(value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case int():
            return f"{value:,}"
    return str(value) or "–"


def _validation_faces(run: Run) -> int:
    """How many faces the run's accuracy was counted on; 0 where that is not known."""
    manifest = runs.read_manifest(run.folder)
    return sum(manifest.counts.get("validation", ())) if manifest else 0


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], marked: set[int] | None = None) -> None:
    """Draw a table that scrolls by itself where it is wide; the rows in `marked` stand out."""
    titles = "".join(f"<th>{html.escape(title)}</th>" for title in head)
    body = "".join(
        f"<tr><th>{html.escape(row[0])}</th>"
        + "".join(
            f"<td{' class=differs' if marked and index in marked else ''}>{html.escape(cell)}</td>"
            for cell in row[1:]
        )
        + "</tr>"
        for index, row in enumerate(rows)
    )
    st.html(
        f'{_STYLE}<div class="fer-compared"><table><thead><tr>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
