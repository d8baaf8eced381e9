"""The splits of a dataset: kept, drawn like the tutorials do, and the leak that some of them make."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from fer.config import DatasetView, SplitPlan
from fer.datasets import load_dataset
from fer.datasets.editions import create_edition
from tests.app.conftest import words
from tests.corrections import exclude

NAME = "small.csv"


def panel() -> None:
    from fer.datasets import load_dataset
    from pages.parts.dataset import splits

    splits.splits_view(load_dataset("small.csv"))


@pytest.fixture
def open_panel(csv_in_data: Callable[[str], str]) -> Callable[..., AppTest]:
    """A function that draws the panel over a small dataset in a state."""

    def opened(view: DatasetView | None = None) -> AppTest:
        csv_in_data("small")
        page = AppTest.from_function(panel, default_timeout=60)
        page.session_state["workshop.dataset"] = NAME
        page.session_state["workshop.view"] = view or DatasetView()
        return page.run()

    return opened


def view_of(page: AppTest) -> DatasetView:
    view = page.session_state["workshop.view"]
    assert isinstance(view, DatasetView)
    return view


def totals(page: AppTest) -> dict[str, str]:
    table = page.table[0].value
    return dict(zip(table["Split"], table["Faces"], strict=True))


def test_at_first_the_splits_are_as_they_came(open_panel: Callable[..., AppTest]) -> None:
    page = open_panel()
    assert not page.exception
    assert totals(page) == {"Training": "28", "Validation": "7", "Test": "7"}
    assert not page.slider
    assert not page.warning


def test_drawn_anew_the_test_faces_are_kept_until_somebody_says_otherwise(
    open_panel: Callable[..., AppTest],
) -> None:
    page = open_panel()
    page.segmented_control(key="dataset.splits").set_value("Drawn anew").run()
    assert view_of(page).splits == SplitPlan(0.1)
    page.slider(key="dataset.validation_percent").set_value(40).run()
    assert view_of(page).splits == SplitPlan(0.4)
    assert totals(page) == {"Training": "21", "Validation": "14", "Test": "7"}
    assert page.slider(key="dataset.test_percent").disabled
    assert not page.warning
    page.number_input(key="dataset.split_seed").set_value(5).run()
    assert view_of(page).splits == SplitPlan(0.4, seed=5)
    page.segmented_control(key="dataset.splits").set_value("As they came").run()
    assert view_of(page).splits is None


def test_test_faces_among_the_training_faces_are_warned_of_with_their_number(
    open_panel: Callable[..., AppTest],
) -> None:
    page = open_panel(DatasetView(splits=SplitPlan(0.2)))
    page.toggle(key="dataset.keep_test").set_value(False).run()
    assert not page.exception
    assert view_of(page).splits == SplitPlan(0.2, keep_test=False)
    assert totals(page) == {"Training": "35", "Validation": "7"}
    assert "of the 7 test faces are training faces now" in page.warning[0].value
    assert "No face is kept for a last look" in words(page)
    page.slider(key="dataset.test_percent").set_value(20).run()
    assert totals(page) == {"Training": "28", "Validation": "7", "Test": "7"}
    page.toggle(key="dataset.keep_test").set_value(True).run()
    assert view_of(page).splits == SplitPlan(0.2)
    assert not page.warning


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("10\u00a0%, test kept", SplitPlan(0.1)),
        ("10\u00a0% of all", SplitPlan(0.1, keep_test=False)),
        ("25\u00a0% of all", SplitPlan(0.25, keep_test=False)),
        ("20\u00a0% of all", SplitPlan(0.2, keep_test=False)),
    ],
)
def test_a_tutorials_way_is_one_press(open_panel: Callable[..., AppTest], name: str, plan: SplitPlan) -> None:
    page = open_panel(DatasetView("", splits=SplitPlan(0.33, seed=9), skip_bad=True))
    page.button(key=f"dataset.preset.{name}").click().run()
    assert not page.exception
    assert view_of(page) == DatasetView(splits=plan, skip_bad=True)
    assert page.slider(key="dataset.validation_percent").value == round(100 * plan.validation_fraction)
    assert bool(page.warning) == (not plan.keep_test)


def test_the_open_edition_is_counted_in(open_panel: Callable[..., AppTest]) -> None:
    open_panel()
    faces = load_dataset(NAME)
    create_edition(NAME, "Mine")
    exclude(faces, "Mine", [0, 1])
    page = open_panel(DatasetView(edition="Mine"))
    assert totals(page) == {"Training": "26", "Validation": "7", "Test": "7"}
    assert any(caption.value.startswith("2 of the 42 faces are in none") for caption in page.caption)
    page = open_panel(DatasetView(edition="Gone"))
    assert "no edition “Gone”" in page.error[0].value
