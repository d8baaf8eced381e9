"""Deep links: what was chosen stands in the page's address, survives a reload and can be shared.

    /evaluation?dataset=fer2013.csv&model=small_resnet&split=validation&view=Confusions

The address is read when it changes by another hand than ours, and written whenever a choice does. What it
names and is not there is said, and the page goes on with what it had.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from fer import course
from fer.course import lesson_called
from fer.datasets import Split, list_datasets
from fer.datasets.editions import list_editions
from fer.models.inference import list_models
from fer.runs import list_runs
from pages.parts import phrases, state
from pages.parts.course import course_state

_NAMES = frozenset(("dataset", "edition", "view", "run", "model", "split", "lesson"))
_WRITTEN = "address.written"
_MOST_CHARACTERS = 300
_SPLIT_KEY = "evaluation.split"


@dataclass(frozen=True, slots=True)
class Linked:
    """Which choices a page has in its address.

    Attributes:
        view_key: the session's key of the view; empty for a page with one view.
        views: their names.
        dataset: whether the dataset and its edition are in it.
        extra: "run", "models", "live" or "split", as far as the page has them.
    """

    view_key: str = ""
    views: Sequence[str] = ()
    dataset: bool = False
    extra: Sequence[str] = ()


NOTHING_LINKED = Linked()
"""Of a page without a choice of its own."""


def sync(linked: Linked) -> None:
    """Take over what the address says, if it was changed, and write what is chosen now."""
    given = {name: str(value)[:_MOST_CHARACTERS] for name, value in st.query_params.to_dict().items()}
    if given and given != st.session_state.get(_WRITTEN):
        for sentence in _taken(given, linked):
            st.warning(phrases.plain(sentence), icon=":material/link_off:")
    others = {name: value for name, value in given.items() if name not in _NAMES}
    chosen = {**others, **dict(_chosen(linked))}
    if chosen != given:
        st.query_params.from_dict(chosen)
    st.session_state[_WRITTEN] = chosen


def _taken(given: dict[str, str], linked: Linked) -> Iterator[str]:
    """Choose what the address names; yields a sentence for what is not there."""
    if linked.dataset and (name := given.get("dataset")):
        if name in {entry.name for entry in list_datasets()}:
            state.set_dataset(name)
            yield from _edition(given.get("edition", ""))
        else:
            yield f"The address names the dataset “{name}”, which is not here. “{state.dataset()}” is shown."
    if linked.view_key and (view := given.get("view")):
        if view in linked.views:
            st.session_state[linked.view_key] = view
        else:
            yield f"The address names the view “{view}”. The views are {phrases.listed(linked.views)}."
    if "run" in linked.extra and (run := given.get("run")):
        if run in {known.id for known in list_runs()}:
            state.set_run_id(run)
        else:
            yield f"The address names the run “{run}”, which is not here. It may have been deleted."
    if names := given.get("model"):
        yield from _models([name for name in names.split(",") if name][:3], linked)
    if "split" in linked.extra and (split := given.get("split")):
        yield from _split(split)
    if (lesson := given.get("lesson")) and lesson != course.load_progress().current:
        if lesson_called(lesson):
            course_state.change(lambda known: known.shown(True).with_current(lesson))
        else:
            yield f"The address names the lesson “{lesson}”, which the course does not have."


def _edition(name: str) -> Iterator[str]:
    if not name:
        return
    if name in {edition.name for edition in list_editions(state.dataset())}:
        state.set_view(replace(state.view(), edition=name))
    else:
        yield f"The address names the edition “{name}”, which this dataset does not have."


def _models(names: list[str], linked: Linked) -> Iterator[str]:
    known = {entry.name for entry in list_models()}
    there = [name for name in names if name in known]
    if there and "models" in linked.extra:
        state.set_judged_models(there)
        st.session_state["evaluation.models"] = there
    if there and "live" in linked.extra:
        state.set_live_model(there[0])
    for name in names:
        if name not in known and {"models", "live"} & set(linked.extra):
            yield f"The address names the model “{name}”, which is not here."


def _split(name: str) -> Iterator[str]:
    if name == Split.TEST and not state.test_is_open():
        yield "The address names the test faces. They are opened here by *One last look*, which is counted."
    elif name in list(Split):
        st.session_state[_SPLIT_KEY] = Split(name)
    else:
        yield f"The address names the split “{name}”. The splits are train, validation and test."


def _chosen(linked: Linked) -> Iterator[tuple[str, str]]:
    """What is chosen now, by the names in the address."""
    if linked.dataset:
        yield "dataset", state.dataset()
        if edition := state.view().edition:
            yield "edition", edition
    if linked.view_key and (view := st.session_state.get(linked.view_key)):
        yield "view", str(view)
    if "run" in linked.extra and (run := state.run_id()):
        yield "run", run
    if "models" in linked.extra and (models := state.judged_models()):
        yield "model", ",".join(models)
    if "live" in linked.extra and (model := state.live_model()):
        yield "model", model
    if "split" in linked.extra and (split := st.session_state.get(_SPLIT_KEY)):
        yield "split", str(split)
    progress = course.load_progress()
    if progress.current and progress.is_shown:
        yield "lesson", progress.current
