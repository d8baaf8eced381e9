"""Training diagnosis: what a run's curves tell, and buttons that put the advice to the test."""

from collections.abc import Sequence

import streamlit as st

from fer.runs import Run, diagnosis
from fer.runs.diagnosis import Evidence, Finding, FindingKind, Remedy
from pages.parts import caches, notices, phrases, state
from pages.parts.training import outcome_panel

_ICONS = {
    FindingKind.DIVERGENCE: ":material/trending_up:",
    FindingKind.DOUBLE_SOFTMAX: ":material/function:",
    FindingKind.RATE_TOO_HIGH: ":material/speed:",
    FindingKind.RATE_TOO_LOW: ":material/hourglass_bottom:",
    FindingKind.UNDERFITTING: ":material/trending_flat:",
    FindingKind.OVERFITTING: ":material/menu_book:",
    FindingKind.DEAD_CLASS: ":material/visibility_off:",
    FindingKind.FLUCTUATION: ":material/show_chart:",
    FindingKind.PLATEAU: ":material/horizontal_rule:",
    FindingKind.TOO_FEW_EPOCHS: ":material/moving:",
    FindingKind.SMALL_VALIDATION: ":material/groups:",
    FindingKind.HEALTHY: ":material/check_circle:",
}
_MEASURES = {
    "accuracy": "accuracy",
    "loss": "loss",
    "learning_rate": "learning rate",
    "classes": "accuracy of each emotion",
}
# So many buttons beside a finding; the rest can be unfolded.
_SHOWN_REMEDIES = 3


def show(run: Run, findings: Sequence[Finding]) -> None:
    """Draw what the curves of `run` tell; part of a fragment that may run once a second."""
    experiments = [
        other
        for other in caches.run_history()[0]
        if other.experiment is not None and other.experiment.base == run.id
    ]
    if run.experiment is not None:
        outcome_panel.show(run)
    if not findings and not experiments:
        return
    with st.container(key="training.diagnosis"):
        st.subheader("Diagnosis", anchor=False)
        obstacle = diagnosis.obstacle(run)
        answered: set[str] = set()
        for finding in findings:
            answered |= _finding(run, finding, experiments, obstacle)
        others = [other for other in experiments if other.id not in answered]
        if others:
            st.markdown("**Other changes tried**" if answered else "**Changes tried**")
            for other in others:
                _tried(run, other, "other")


def _finding(run: Run, finding: Finding, experiments: list[Run], obstacle: str) -> set[str]:
    """Draw one finding; returns the ids of the experiments shown with it."""
    with st.container(border=True, key=f"diagnosis.{finding.kind}"):
        st.markdown(f"**{_ICONS[finding.kind]} {finding.title}**")
        st.markdown(finding.sentence)
        if finding.evidence:
            st.caption("Marked on the curves: " + "; ".join(map(_where, finding.evidence)) + ".")
        if not finding.remedies:
            return set()
        st.caption(
            "**Try one change.** Each button starts this run again with that one change and the same seed; "
            "afterwards you are told what it brought, and how sure that is."
            if not obstacle
            else f"**It cannot be repeated.** {phrases.plain(obstacle)}"
        )
        answered = set()
        first, rest = finding.remedies[:_SHOWN_REMEDIES], finding.remedies[_SHOWN_REMEDIES:]
        for remedy in first:
            answered |= _remedy(run, finding, remedy, experiments, obstacle)
        if rest:
            with st.expander(
                "More changes", icon=":material/more_horiz:", key=f"diagnosis.{finding.kind}.more"
            ):
                for remedy in rest:
                    answered |= _remedy(run, finding, remedy, experiments, obstacle)
        return answered


def _where(evidence: Evidence) -> str:
    first, last = evidence.first_epoch, evidence.last_epoch
    epochs = f"epoch {first}" if first == last else f"epochs {first} to {last}"
    return f"{_MEASURES[evidence.measure]}, {epochs} ({evidence.text})"


def _remedy(run: Run, finding: Finding, remedy: Remedy, experiments: list[Run], obstacle: str) -> set[str]:
    """Draw one change: a button, or what it brought where it was tried."""
    before = diagnosis.tried(run, remedy, experiments)
    if before is not None:
        _tried(run, before, finding.kind)
        if diagnosis.is_answer(before):
            return {before.id}
    field = next(iter(remedy.change))
    with st.container(gap="xxsmall"):
        if st.button(
            remedy.label,
            icon=":material/science:",
            key=f"diagnosis.try.{finding.kind}.{field}.{remedy.change[field]!r}"[:120],
            disabled=bool(obstacle),
            help=obstacle or None,
        ):
            with notices.shown():
                started = diagnosis.start_experiment(run, finding.kind, remedy)
            state.set_run_id(started.id)
            st.rerun()
        st.caption(remedy.why)
    return {before.id} if before is not None else set()


def _tried(run: Run, experiment: Run, place: str) -> None:
    """Draw what a change brought that was tried, in a line, with the way to that run.

    Args:
        place: what it stands below; two findings may offer the same change.
    """
    assert experiment.experiment is not None
    outcome = caches.outcome(run, experiment)
    with (
        st.container(gap="xxsmall"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        label, icon, color = outcome_panel.badge(outcome)
        st.markdown(f"Tried: **{phrases.plain(experiment.experiment.advice)}**", width="content")
        st.badge(label, icon=icon, color=color)
        if st.button(
            "Show that run",
            icon=":material/arrow_forward:",
            type="tertiary",
            key=f"diagnosis.show.{place}.{experiment.id}",
        ):
            state.set_run_id(experiment.id)
            st.rerun()
    st.caption(phrases.plain(outcome.sentence))
