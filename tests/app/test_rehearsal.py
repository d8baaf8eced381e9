"""The dataset page without a browser, as `fer bench page` measures it."""

from collections.abc import Callable

import pytest

from pages.parts import rehearsal


def test_a_rehearsal_times_every_page_and_weighs_every_view(
    csv_in_data: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "_ROUNDS", 2)
    answer = rehearsal.rehearse(f"{csv_in_data('small')}.csv")
    for name in ("page_ms", "sheet_ms", "image_ms"):
        assert len(answer[name]) == 2
    assert min(map(min, answer.values())) > 0


def test_a_page_that_shows_an_error_is_not_rehearsed(csv_in_data: Callable[[str], str]) -> None:
    with pytest.raises(SystemExit, match="shows an error"):
        rehearsal._require_whole(rehearsal._script(_broken, csv_in_data("small")).run())


def _broken() -> None:
    import streamlit as st

    st.error("There are no faces.")
