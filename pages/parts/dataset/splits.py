"""Train, validation and test split: as it came, or drawn here."""

from dataclasses import replace

import streamlit as st

from fer import figures
from fer.config import SplitPlan
from fer.datasets import Dataset, Split
from fer.datasets.views import counts_under, official_test_rows_in_training
from fer.statistics import percent
from pages.parts import notices, phrases, pickers, state
from pages.parts.plot import plot

_AS_IT_CAME, _DRAWN = "As they came", "Drawn anew"
# The way that keeps the test untouched, and how well-known tutorials on FER-2013 divide it.
_PRESETS = {
    "10\u00a0%, test kept": (
        SplitPlan(0.1, seed=0),
        "A tenth of everything but the test faces judges each epoch; nobody learns from the test.",
    ),
    "10\u00a0% of all": (
        SplitPlan(0.1, keep_test=False, seed=0),
        "What `train_test_split(test_size=0.1, random_state=0)` over the whole file does.",
    ),
    "25\u00a0% of all": (
        SplitPlan(0.25, keep_test=False, seed=0),
        "Three quarters to learn from, one to judge.",
    ),
    "20\u00a0% of all": (
        SplitPlan(0.2, keep_test=False, seed=0),
        "What `validation_split=0.2` over the whole file does: the commonest choice, test faces and all.",
    ),
}


def splits_view(dataset: Dataset) -> None:
    """Let the learner keep the splits or draw others, and show what comes of it.

    Args:
        dataset: as it came; the open edition and the choice of labels are taken into account.
    """
    view = state.view()
    st.session_state["dataset.splits"] = _DRAWN if view.splits else _AS_IT_CAME
    st.segmented_control(
        "Splits",
        [_AS_IT_CAME, _DRAWN],
        required=True,
        key="dataset.splits",
        on_change=_choose_kind,
        help="Training faces teach. Validation faces judge each epoch and every setting. Test faces are for "
        "one last honest look.",
    )
    if view.splits is not None:
        _plan(view.splits)
    with notices.shown():
        counts = counts_under(dataset, state.view())
        leaked = official_test_rows_in_training(dataset, state.view())
    if leaked:
        _warn_of_leak(leaked, int((dataset.splits == Split.TEST).sum()))
    chart, table = st.columns([3, 2], gap="large", vertical_alignment="center")
    with chart:
        plot(figures.counts_figure(counts), "dataset.split_counts")
        if len(counts) > 1:
            named = [pickers.SPLIT_TITLES[split].lower() for split in counts]
            st.caption(f"From strong to faint: {phrases.listed(named)}.")
    with table:
        totals = {split: sum(of_split.values()) for split, of_split in counts.items()}
        everything = sum(totals.values())
        st.table(
            {
                "Split": [pickers.SPLIT_TITLES[split] for split in totals],
                "Faces": [f"{count:,}" for count in totals.values()],
                "Share": [percent(count / everything) for count in totals.values()],
            },
            border="horizontal",
            hide_index=True,
        )
        st.caption("Training and evaluation use these splits as long as this dataset is chosen.")
        absent = len(dataset) - everything
        if absent:
            st.caption(
                f"{absent:,} of the {len(dataset):,} faces are in none of them: the open edition, or the "
                "choice of labels, leaves them out."
            )
        missing = [pickers.SPLIT_TITLES[split].lower() for split in Split if split not in totals]
        if missing:
            st.caption(_without(missing))


def _plan(plan: SplitPlan) -> None:
    """Draw the widgets that say how to divide; each writes the whole plan back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Ready-made", width="content")
        for name, (preset, explained) in _PRESETS.items():
            st.button(
                name,
                key=f"dataset.preset.{name}",
                help=explained,
                type="primary" if preset == plan else "secondary",
                on_click=_set_plan,
                args=(preset,),
            )
    st.session_state["dataset.validation_percent"] = round(100 * plan.validation_fraction)
    st.session_state["dataset.test_percent"] = round(100 * plan.test_fraction)
    st.session_state["dataset.split_seed"] = plan.seed
    st.session_state["dataset.keep_test"] = plan.keep_test
    validation, test, seed = st.columns([3, 3, 2], gap="medium", vertical_alignment="bottom")
    validation.slider(
        "Validation",
        1,
        50,
        format="%d\u00a0%%",
        key="dataset.validation_percent",
        on_change=_read_plan,
        help="The share of the divided faces that judges each epoch; the model never learns from them.",
    )
    test.slider(
        "Test",
        0,
        40,
        format="%d\u00a0%%",
        key="dataset.test_percent",
        on_change=_read_plan,
        disabled=plan.keep_test,
        help="The share kept for the last look. To draw it anew, let the test faces be divided too.",
    )
    seed.number_input(
        "Seed",
        0,
        2**31 - 1,
        key="dataset.split_seed",
        on_change=_read_plan,
        help="Who goes where follows from it. Each emotion is divided alike, whatever the seed.",
    )
    st.toggle(
        "Keep the test faces as they are",
        key="dataset.keep_test",
        on_change=_read_plan,
        help="Divide only the others. Off, all faces are thrown together first, as most tutorials do.",
    )


def _warn_of_leak(leaked: int, tests: int) -> None:
    st.warning(
        f"**{leaked:,} of the {tests:,} test faces are training faces now.** A model that has learned from "
        "them knows their answers: its score on the test faces as they came then tells how well it "
        "remembers, not how well it reads a new face, and cannot be put beside published figures. Scores on "
        "the validation faces drawn here stay honest, but are of other faces than everybody else's. To "
        "compare with others, keep the test faces as they are.",
        icon=":material/water_drop:",
    )


def _without(missing: list[str]) -> str:
    if missing == [pickers.SPLIT_TITLES[Split.TEST].lower()]:
        return (
            "No face is kept for a last look: the validation faces chose the epoch, so their score is a "
            "little too kind."
        )
    return f"There are no {phrases.listed(missing)} faces."


def _choose_kind() -> None:
    drawn = st.session_state["dataset.splits"] == _DRAWN
    state.set_view(replace(state.view(), splits=next(iter(_PRESETS.values()))[0] if drawn else None))


def _set_plan(plan: SplitPlan) -> None:
    state.set_view(replace(state.view(), splits=plan))


def _read_plan() -> None:
    keep_test = st.session_state["dataset.keep_test"]
    test_percent = 0 if keep_test else st.session_state["dataset.test_percent"]
    _set_plan(
        SplitPlan(
            validation_fraction=st.session_state["dataset.validation_percent"] / 100,
            test_fraction=test_percent / 100,
            keep_test=keep_test,
            seed=st.session_state["dataset.split_seed"],
        )
    )
