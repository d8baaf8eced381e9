"""Experiment outcome: what the one change of a run brought, beside the run it repeats."""

from typing import Literal

import streamlit as st

from fer import runs
from fer.errors import RunError
from fer.runs import Experiment, Run, RunStatus, diagnosis
from fer.runs.diagnosis import FindingKind, Outcome, Verdict
from pages.parts import caches, notices, phrases, state
from pages.parts.training import runs_table

_Color = Literal["green", "gray", "orange", "red"]
_BADGES: dict[Verdict, tuple[str, str, _Color]] = {
    Verdict.HELPED: ("it helped", ":material/thumb_up:", "green"),
    Verdict.CHANCE: ("could be chance", ":material/casino:", "gray"),
    Verdict.NO_HELP: ("did not help", ":material/do_not_disturb_on:", "orange"),
    Verdict.WORSE: ("made it worse", ":material/thumb_down:", "red"),
    Verdict.OPEN: ("not known yet", ":material/hourglass_empty:", "gray"),
}


def badge(outcome: Outcome) -> tuple[str, str, _Color]:
    """A verdict's label, icon and colour, as `st.badge` takes them."""
    return _BADGES[outcome.verdict]


def show(run: Run) -> None:
    """Draw what the change of `run`, which has an experiment, brought."""
    experiment = run.experiment
    assert experiment is not None
    try:
        base = runs.load_run(experiment.base)
    except RunError:
        base = None
    outcome = caches.outcome(base, run)
    with st.container(border=True, key="training.outcome"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What the change brought", anchor=False, width="content")
            label, icon, color = badge(outcome)
            st.badge(label, icon=icon, color=color)
        st.markdown(_what_was_tried(experiment, base))
        if outcome.verdict is not Verdict.OPEN:
            st.markdown(f"**{outcome.verdict.sentence}** {phrases.plain(outcome.sentence)}")
        else:
            st.markdown(phrases.plain(outcome.sentence))
        if outcome.symptom:
            st.markdown(outcome.symptom)
        if base is None:
            return
        ended = not any(item.is_active or item.status is RunStatus.QUEUED for item in (base, run))
        pairs = diagnosis.repetitions(base, run) if ended else []
        if pairs:
            _other_seeds(outcome, pairs)
        if outcome.caveats:
            st.caption("\n".join(f"- {caveat}" for caveat in outcome.caveats))
        _buttons(base, run, outcome, pairs)


def _what_was_tried(experiment: Experiment, base: Run | None) -> str:
    try:
        against = FindingKind(experiment.finding)
    except ValueError:
        against = FindingKind.HEALTHY
    title = f"“{phrases.plain(base.title)}”" if base is not None else "another run"
    sought = "to get further" if against is FindingKind.HEALTHY else f"against “{against.headline.lower()}”"
    return (
        f"This run repeats {title} with one change, {sought}, and the same seed: "
        f"**{phrases.plain(experiment.advice)}**."
    )


def _other_seeds(outcome: Outcome, pairs: list[tuple[Run, Run]]) -> None:
    outcomes = [caches.outcome(*pair) for pair in pairs]
    if sentence := diagnosis.across_seeds([outcome, *outcomes]):
        st.markdown(sentence)
    elif any(item.verdict is Verdict.OPEN for item in outcomes):
        st.markdown("Both runs are under way with another seed.")


def _buttons(base: Run, run: Run, outcome: Outcome, pairs: list[tuple[Run, Run]]) -> None:
    with st.container(horizontal=True):
        if st.button("Show the run it repeats", icon=":material/arrow_back:", key="outcome.base"):
            state.set_run_id(base.id)
            st.rerun()
        if outcome.difference is None:
            return
        if st.button(
            "Compare their curves",
            icon=":material/stacked_line_chart:",
            key="outcome.compare",
            help="Ticks both in the list of runs, and lays their curves over one another below it.",
        ):
            runs_table.tick((base.id, run.id))
            st.rerun()
        waiting = any(item.is_active or item.status is RunStatus.QUEUED for pair in pairs for item in pair)
        obstacle = diagnosis.obstacle(base)
        if st.button(
            "Run both with another seed",
            icon=":material/casino:",
            key="outcome.again",
            disabled=waiting or bool(obstacle),
            help=obstacle
            or ("Both are under way already." if waiting else None)
            or "Starts the first run and this one once more, one after the other, with the next seed: if the "
            "change helps there too, it was hardly luck.",
        ):
            with notices.shown():
                _, experiment = diagnosis.start_repetition(base, run)
            state.set_run_id(experiment.id)
            st.rerun()
