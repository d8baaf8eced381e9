"""Proportions and how figures are written for people."""

import numpy as np
import pytest

from fer.statistics import Proportion, percent, percent_range, signed, wilson_interval


def test_percentages_have_a_space_that_does_not_break() -> None:
    assert percent(0.631) == "63.1\u00a0%"
    assert percent(0.631, 0) == "63\u00a0%"
    assert percent_range(0.615, 0.647) == "61.5–64.7\u00a0%"


def test_differences_have_a_true_minus_sign() -> None:
    assert (signed(-1.25, 1), signed(0.5, 2)) == ("−1.2", "+0.50")


def test_a_proportion_tells_its_share_and_interval() -> None:
    proportion = Proportion(15, 148)
    assert proportion.share == 15 / 148
    assert proportion.interval_95 == wilson_interval(15, 148)
    assert str(proportion) == "10.1\u00a0% (6.2–16.0\u00a0%)"


def test_a_proportion_is_rebuilt_from_a_share_a_mask_and_what_a_card_keeps() -> None:
    proportion = Proportion(2_265, 3_589)
    assert Proportion.from_share(proportion.share, 3_589) == proportion
    assert Proportion.from_mask(np.array([True, False, True])) == Proportion(2, 3)
    assert Proportion.from_dict(proportion.to_dict()) == proportion


@pytest.mark.parametrize(
    "values",
    [{"accuracy": 1.2}, {"count": 0}, {"accuracy": "much"}, {"interval_95": [0.8, 1.2]}],
)
def test_what_is_no_share_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no share|could not convert"):
        Proportion.from_dict({**Proportion(5, 10).to_dict(), **values})
