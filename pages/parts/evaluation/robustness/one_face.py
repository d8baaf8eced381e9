"""Corruption lab: one face corrupted by a slider, and what up to three models say at once."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.emotions import EmotionScores
from fer.evaluation.robustness import CORRUPTIONS, Corruption, CorruptionKind, SeverityScan, corrupt_together
from fer.figures import robustness as figures
from fer.statistics import percent
from pages.parts import caches, face_sheet, notices, phrases
from pages.parts.evaluation import chosen_face, names
from pages.parts.evaluation.chosen_face import ChosenFace
from pages.parts.evaluation.judged import Judged
from pages.parts.evaluation.robustness import training_against
from pages.parts.face_sheet import Caption
from pages.parts.plot import plot

ICONS = {
    CorruptionKind.DARKNESS: ":material/dark_mode:",
    CorruptionKind.BRIGHTNESS: ":material/light_mode:",
    CorruptionKind.NOISE: ":material/grain:",
    CorruptionKind.BLUR: ":material/blur_on:",
    CorruptionKind.LOW_RESOLUTION: ":material/grid_on:",
    CorruptionKind.ROTATION: ":material/rotate_left:",
    CorruptionKind.SIDE_SHIFT: ":material/swap_horiz:",
    CorruptionKind.EYES_COVERED: ":material/visibility_off:",
    CorruptionKind.MOUTH_COVERED: ":material/masks:",
}
_KIND = "evaluation.break_kind"
_COUNTED = {"share": "share", "degrees": "degrees", "times": "times"}
_FORMATS = {"share": "percent", "degrees": "%.1f°", "times": "%.2f×"}


@st.fragment
def show(judged: Judged) -> None:
    """Draw the face and its controls; moving the slider runs only this."""
    st.subheader("One face", anchor=False)
    with notices.shown():
        chosen = chosen_face.choose(judged, "evaluation.break")
        if chosen is None:
            return
        kind = choose_kind(_KIND)
        corruption = CORRUPTIONS[kind]
        severity, others = _choose_severities(corruption)
        scans = [caches.severity_scan(model.name, chosen.image, kind, others) for model in judged.models]
        plain = [caches.severity_scan(model.name, chosen.image, kind, {}) for model in judged.models]
        before = [scan.scores(corruption.neutral) for scan in plain]
        faces, controls = st.columns([2, 3], gap="large", vertical_alignment="center")
        with faces:
            _pair(judged, chosen, scans, plain, {**others, kind: severity})
        with controls:
            for index, (scan, untouched) in enumerate(zip(scans, before, strict=True)):
                _sentence(names.letter(judged, index), scan, untouched.top, severity, bool(others))
            training_against.show(judged, kind)
        _scores(judged, before, scans, severity)
        st.caption(
            "Bars: the changed face; the grey marks across them: the untouched one. Curves: the score of "
            "each emotion, in its colour, at every place of the slider; dashed where the answer changes; "
            "amber where the slider stands."
        )
        _strip(
            chosen, corruption, scans, [names.letter(judged, index) for index in range(len(scans))], others
        )


def _scores(
    judged: Judged, before: Sequence[EmotionScores], scans: Sequence[SeverityScan], severity: float
) -> None:
    """Bars and curves: side by side for one model, below one another for each of several."""
    # At the bottom, because titles may take one line or two.
    columns = st.columns(len(scans), gap="medium", vertical_alignment="bottom")
    for index, (column, model, untouched, scan) in enumerate(
        zip(columns, judged.models, before, scans, strict=True)
    ):
        with column:
            title = f"{names.letter(judged, index)}  {phrases.plain(model.title)}"
            st.markdown(f"**{title.strip()}**")
            bars, curves = st.columns([2, 3], gap="medium") if len(scans) == 1 else [st.container()] * 2
            with bars:
                plot(
                    figures.change_figure(untouched, scan.scores(severity)),
                    f"evaluation.break_scores.{model.name}",
                )
            with curves:
                plot(figures.severity_scan_figure(scan, severity), f"evaluation.break_along.{model.name}")


def choose_kind(key: str, kinds: Sequence[CorruptionKind] = tuple(CORRUPTIONS)) -> CorruptionKind:
    """Show the kinds side by side and return the chosen one."""
    if st.session_state.get(key, kinds[0]) not in kinds:
        st.session_state[key] = kinds[0]
    return st.pills(
        "In which way",
        kinds,
        default=kinds[0],
        required=True,
        format_func=lambda kind: f"{ICONS[kind]} {CORRUPTIONS[kind].title}",
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )


def _choose_severities(corruption: Corruption) -> tuple[float, dict[CorruptionKind, float]]:
    """How badly, and what is switched on besides."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width="stretch"):
            severity = _slider(corruption, f"evaluation.break.{corruption.kind}", corruption.levels[2])
        with st.popover("More at once", icon=":material/layers:", key="evaluation.break_more"):
            st.caption("These stay switched on, whichever kind is chosen above.")
            others = {
                other.kind: _slider(other, f"evaluation.break_also.{other.kind}", other.neutral)
                for other in CORRUPTIONS.values()
                if other.kind != corruption.kind
            }
            st.button(
                "Switch all of them off",
                icon=":material/layers_clear:",
                key="evaluation.break_reset",
                on_click=_switch_off,
            )
    active = {kind: value for kind, value in others.items() if value != CORRUPTIONS[kind].neutral}
    besides = (
        phrases.listed(
            [f"{CORRUPTIONS[kind].title.lower()} {CORRUPTIONS[kind].number(v)}" for kind, v in active.items()]
        )
        if active
        else ""
    )
    st.caption(corruption.words + (f" **Also on: {besides}.**" if besides else ""))
    return severity, active


def _slider(corruption: Corruption, key: str, start: float) -> float:
    value = st.slider(
        f"{corruption.title}: {_COUNTED[corruption.unit]} {corruption.measure}",
        corruption.least,
        corruption.greatest,
        start,
        corruption.step,
        format=_FORMATS[corruption.unit],
        key=key,
        persist_state="session",
    )
    # What a browser sends back may be off by the smallest of steps.
    return float(corruption.severities[corruption.index_of(value)])


def _switch_off() -> None:
    for corruption in CORRUPTIONS.values():
        st.session_state[f"evaluation.break_also.{corruption.kind}"] = corruption.neutral


def _pair(
    judged: Judged,
    chosen: ChosenFace,
    scans: Sequence[SeverityScan],
    plain: Sequence[SeverityScan],
    severities: Mapping[CorruptionKind, float],
) -> None:
    """The untouched face beside the changed one, both as the first model sees them."""
    changed = corrupt_together(chosen.image[None], severities)
    preprocessing = judged.models[0].card.preprocessing
    seen = preprocessing.pictures(preprocessing.apply(np.concatenate([chosen.image[None], changed])))
    kind = scans[0].kind
    was = plain[0].scores(CORRUPTIONS[kind].neutral)
    now = scans[0].scores(severities[kind])
    face_sheet.show(
        seen,
        [
            Caption(
                was.top,
                was.top.color,
                "the untouched face",
                row=0,
                notes=(f"{percent(was.confidence, 0)} sure",),
            ),
            Caption(
                was.top,
                was.top.color,
                f"the changed face, called {now.top}",
                row=1,
                chosen=now.top != was.top,
                new_label=now.top if now.top != was.top else "",
                new_color=now.top.color,
                notes=(f"{percent(now.confidence, 0)} sure",),
            ),
        ],
        key="evaluation.break_pair",
        side="8.5rem",
    )
    st.caption(f"{chosen.title}: untouched, and changed, as the model sees it.")


def _sentence(letter: str, scan: SeverityScan, untouched: str, severity: float, with_others: bool) -> None:
    """Where the answer changes, in words."""
    corruption = CORRUPTIONS[scan.kind]
    now = scan.scores(severity)
    name = f"**{letter}**" if letter else "The model"
    said = (
        f"still says **{now.top}**" if now.top == untouched else f"says **{now.top}** instead of {untouched}"
    )
    first = [change for change in scan.answer_changes if change.is_first]
    if first:
        places = phrases.listed(
            [
                f"from {change.before} to **{change.after}** at about {corruption.number(change.severity)}"
                for change in sorted(first, key=lambda change: change.severity)
            ]
        )
        where = f"The answer first changes {places}."
    else:
        ends = f"{corruption.number(corruption.least)} to " if corruption.least < corruption.neutral else ""
        where = f"It does not change anywhere, {ends}{corruption.number(corruption.greatest)}."
        if not ends:
            where = f"It does not change up to {corruption.number(corruption.greatest)}."
    if with_others:
        where = f"With the others on, {where[0].lower()}{where[1:]}"
    st.markdown(f"{name} {said}, {percent(now.confidence, 0)} sure. {where}")


def _strip(
    chosen: ChosenFace,
    corruption: Corruption,
    scans: Sequence[SeverityScan],
    letters: Sequence[str],
    others: Mapping[CorruptionKind, float],
) -> None:
    """The face at the five levels of a sweep, with each model's answer under it."""
    severities = [corruption.neutral, *corruption.levels]
    start: NDArray[np.uint8] = chosen.image[None]
    images = np.concatenate(
        [corrupt_together(start, {**others, corruption.kind: severity}) for severity in severities]
    )
    captions = []
    for level, severity in enumerate(severities):
        answers = [scan.scores(severity) for scan in scans]
        firsts = [scan.scores(corruption.neutral).top for scan in scans]
        top = answers[0].top
        turned = [answer.top != first for answer, first in zip(answers, firsts, strict=True)]
        captions.append(
            Caption(
                f"{f'{letters[0]}: ' if letters[0] else ''}{top}",
                top.color,
                f"level {level}: "
                + ", ".join(f"{answer.top} {percent(answer.confidence, 0)}" for answer in answers),
                row=level,
                badge=corruption.number(severity) if level else "0",
                chosen=any(turned),
                notes=(
                    f"{percent(answers[0].confidence, 0)} sure",
                    *(
                        f"{name}: {answer.top} {percent(answer.confidence, 0)}"
                        for name, answer in zip(letters[1:], answers[1:], strict=True)
                    ),
                ),
            )
        )
    st.markdown("**The five levels of a sweep**")
    face_sheet.show(images, captions, key="evaluation.break_strip", side="6.5rem")
    st.caption(
        "Ringed: the answer is another one than at the left."
        + ("" if len(scans) == 1 else " With several models, that of at least one.")
    )
