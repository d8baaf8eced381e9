"""Robustness results: the weakest kinds first, curves, emotions, and the faces that became wrong."""

from collections.abc import Sequence

import streamlit as st

from fer.datasets import Dataset
from fer.evaluation.robustness import CORRUPTIONS, LEVELS, CorruptionKind, Sweep, corrupt
from fer.figures import robustness as figures
from fer.figures.robustness import NamedSweep
from fer.statistics import compare_answers, percent, percent_range
from pages.parts import face_sheet, phrases, pickers, state
from pages.parts.evaluation import face_card
from pages.parts.evaluation.judged import Judged
from pages.parts.evaluation.robustness import one_face, training_against
from pages.parts.face_sheet import Caption
from pages.parts.plot import plot

MOST_FACES = 24
_KIND = "evaluation.sweep_kind"


@st.fragment
def show(
    judged: Judged,
    faces: Dataset,
    sweeps: Sequence[NamedSweep],
    kinds: Sequence[CorruptionKind],
    indices: Sequence[int],
) -> None:
    """Draw the results; choosing a kind runs only this.

    faces: those that were swept, in the order of the sweeps' answers.
    kinds: that all of the sweeps have measured.
    indices: which of the judged models the sweeps are of.
    """
    first = sweeps[0].sweep
    order = tuple(kind for kind in first.weakest_first() if kind in kinds)
    st.markdown(_in_words(sweeps[0], order))
    _table(sweeps, order)
    st.caption(
        f"Of {phrases.faces(len(first))}; in brackets the 95\u00a0% interval. “Changed”: the answers at "
        "level 5 that differ from the one to the untouched face, right or wrong. “Surely worse from”: the "
        "first level whose loss, on the same faces, is more than chance. How bad level 5 is was chosen for "
        "each kind by itself: compare models along a row, not the rows with one another."
    )
    plot(figures.all_kinds_figure(sweeps, order), "evaluation.sweep_all")
    st.caption(
        "Accuracy from level 0, untouched, to level 5; dotted: always answering the commonest emotion."
    )
    st.markdown("#### One kind, closely")
    kind = one_face.choose_kind(_KIND, order)
    plot(figures.severity_figure(sweeps, kind), "evaluation.sweep_curve")
    st.caption(
        f"{CORRUPTIONS[kind].words} The bands are 95\u00a0% intervals of {phrases.faces(len(first))}. The "
        "same faces are asked about at every level, so smaller differences than the bands suggest can be "
        "real."
    )
    place = _choose_model(sweeps)
    named, model_index = sweeps[place], indices[place]
    emotions, turns = st.columns([3, 2], gap="large")
    with emotions:
        st.markdown("**Which emotions are still found**")
        plot(figures.recalls_figure(named.sweep, kind), "evaluation.sweep_recalls")
        st.caption(
            "Recall of each emotion; in brackets how many faces show it. Few faces make a rough curve."
        )
    with turns:
        st.markdown(f"**What {CORRUPTIONS[kind].title.lower()} turns answers into**")
        _turns(named.sweep, kind)
        if model_index == 0:
            training_against.show(judged, kind, "evaluation.sweep_train")
    _fallen(judged, faces, named.sweep, kind)


def _in_words(named: NamedSweep, order: Sequence[CorruptionKind]) -> str:
    swept, weakest, strongest = named.sweep, order[0], order[-1]
    worst, least = swept.points[weakest][-1], swept.points[strongest][-1]
    name = f"**{named.letter}**, “{phrases.plain(named.title)}”, " if named.letter else "The model "
    low, high = swept.correct(worst).interval_95
    said = (
        f"{name}is right for {percent(swept.accuracy(swept.untouched))} of the untouched faces. Of what was "
        f"tried, **{CORRUPTIONS[weakest].title.lower()}** costs it most: at "
        f"{CORRUPTIONS[weakest].say(worst.severity)}, it is right for **{percent(swept.accuracy(worst))}** "
        f"({percent_range(low, high)})"
    )
    if low <= swept.majority_accuracy:
        compared = "worse than" if high < swept.majority_accuracy else "not surely better than"
        said += f", {compared} always answering the commonest emotion ({percent(swept.majority_accuracy)})"
    said += f". Its mean confidence there is {percent(worst.mean_confidence, 0)}"
    if worst.mean_confidence > high + 0.1:
        said += ", so its confidence does not warn of it"
    if len(order) > 1:
        said += (
            f". It bears **{CORRUPTIONS[strongest].title.lower()}** best: {percent(swept.accuracy(least))} "
            f"at {CORRUPTIONS[strongest].say(least.severity)}"
        )
    return f"{said}."


def _table(sweeps: Sequence[NamedSweep], order: Sequence[CorruptionKind]) -> None:
    """The kinds, weakest first: accuracy untouched and at the worst level, for each model."""
    rows: dict[str, list[str]] = {
        "Weakest first": [
            f"{one_face.ICONS[kind]} **{CORRUPTIONS[kind].title}**, "
            f"{CORRUPTIONS[kind].number(CORRUPTIONS[kind].levels[-1])}"
            for kind in order
        ]
    }
    for named in sweeps:
        swept, name = named.sweep, f"{named.letter}: " if named.letter else ""
        worst = [swept.points[kind][-1] for kind in order]
        rows[f"{name}right at level 5 (untouched {percent(swept.accuracy(swept.untouched))})"] = [
            f"**{percent(right.share)}** ({right.range_95})" for right in map(swept.correct, worst)
        ]
        rows[f"{name}changed"] = [percent(swept.answers_changed(point) / len(swept), 0) for point in worst]
        rows[f"{name}surely worse from"] = [_surely_worse(swept, kind) for kind in order]
    st.table(rows, border="horizontal", hide_index=True, alt="Accuracy by kind of corruption, weakest first.")


def _surely_worse(swept: Sweep, kind: CorruptionKind) -> str:
    """The first level whose loss is more than chance; paired, so that hard faces cancel out."""
    untouched = swept.is_right(swept.untouched)
    for point in swept.points[kind]:
        _, high = compare_answers(untouched, swept.is_right(point)).interval_95
        if high < 0:
            return CORRUPTIONS[kind].number(point.severity)
    return "never"


def _choose_model(sweeps: Sequence[NamedSweep]) -> int:
    return pickers.choose_one(
        "Model",
        range(len(sweeps)),
        "evaluation.sweep_model",
        lambda place: f"{sweeps[place].letter}  {sweeps[place].title}",
        help="Whose emotions and faces are shown below.",
    )


def _turns(swept: Sweep, kind: CorruptionKind) -> None:
    corruption = CORRUPTIONS[kind]
    worst = swept.points[kind][-1]
    turns = swept.turns(worst)
    if not turns:
        st.caption(f"Not one answer changed, even at {corruption.number(worst.severity)}.")
        return
    before = {emotion: int((swept.untouched.answers == i).sum()) for i, emotion in enumerate(swept.emotions)}
    st.table(
        {
            "Was called": [turn.before.capitalize() for turn in turns[:6]],
            "Is called now": [turn.after.capitalize() for turn in turns[:6]],
            "Faces": [f"{turn.count:,} of {before[turn.before]:,}" for turn in turns[:6]],
        },
        border="horizontal",
        hide_index=True,
        alt="The commonest changes of an answer.",
    )
    answered = [int((worst.answers == index).sum()) for index in range(len(swept.emotions))]
    commonest = max(range(len(answered)), key=answered.__getitem__)
    st.caption(
        f"At {corruption.say(worst.severity)}, {swept.answers_changed(worst):,} of "
        f"{phrases.faces(len(swept))} get another answer than untouched, and "
        f"{percent(answered[commonest] / len(swept), 0)} of all answers are **{swept.emotions[commonest]}**."
    )


def _fallen(judged: Judged, faces: Dataset, swept: Sweep, kind: CorruptionKind) -> None:
    """The faces that were right untouched and are wrong at a level, as the model saw them there."""
    st.markdown("**Faces that fell: right untouched, wrong now**")
    corruption = CORRUPTIONS[kind]
    level = st.segmented_control(
        "Level",
        range(1, LEVELS + 1),
        default=1,
        required=True,
        format_func=lambda level: f"{level}: {corruption.number(corruption.levels[level - 1])}",
        key="evaluation.sweep_level",
        label_visibility="collapsed",
        persist_state="session",
    )
    point = swept.points[kind][level - 1]
    fallen = swept.fallen(point)
    if len(fallen) == 0:
        st.info("No face that was right untouched is wrong at this level.", icon=":material/check:")
        return
    shown = fallen[:MOST_FACES]
    # Corrupted among all others, because a face's noise follows from its place.
    images = corrupt(faces.images[: int(shown[-1]) + 1], kind, point.severity, swept.seed)[shown]
    labels = [swept.emotions[swept.labels[index]] for index in shown]
    answers = [swept.emotions[point.answers[index]] for index in shown]
    face_sheet.show(
        images,
        [
            Caption(
                label,
                label.color,
                f"row {row}: {label}, now called {answer}",
                row=int(row),
                new_label=answer,
                new_color=answer.color,
            )
            for row, label, answer in zip(faces.rows[shown], labels, answers, strict=True)
        ],
        key="evaluation.sweep_fallen",
        on_open=state.set_opened_face,
    )
    more = f"The first {len(shown)} of " if len(shown) < len(fallen) else ""
    right = int(swept.is_right(swept.untouched).sum())
    back = int((~swept.is_right(swept.untouched) & swept.is_right(point)).sum())
    st.caption(
        f"{more}{phrases.faces(len(fallen))}, of {right:,} that were right. "
        f"{phrases.faces(back).capitalize()} changed the other way: wrong before, right now. Click one to "
        "open the original."
    )
    face_card.open_face(judged, faces.rows[fallen])
