"""The published figures and ours as dots."""

from fer.evaluation.replication.comparison import compare, comparisons
from fer.evaluation.replication.recipes import PUBLISHED, VARIANTS, variant
from fer.figures.replications import replication_figure
from tests.core.test_replication import kept_of


def test_before_any_run_only_the_published_figures_are_drawn() -> None:
    figure = replication_figure(comparisons())
    (published,) = figure.data
    assert published.name == "published"
    expected = [told.share for each in VARIANTS for told in each.figures]
    assert list(published.x) == expected
    assert len(figure.layout.annotations) == len(expected)
    assert "S1 · block CNN (test)" in {note.text for note in figure.layout.annotations}


def test_ours_stand_on_the_same_line_with_their_interval() -> None:
    row = compare(variant("s0"), PUBLISHED["s0"][0], kept := kept_of("s0", 0.6))
    ours, published = replication_figure([row]).data
    assert (list(ours.x), list(ours.y)) == ([0.6], list(published.y))
    low, high = kept.best.interval_95
    assert ours.error_x.array[0] + 0.6 == high
    assert 0.6 - ours.error_x.arrayminus[0] == low
    left, right = replication_figure([row]).layout.xaxis.range
    assert left < low < 0.6776 < right


def test_a_dot_that_cannot_be_compared_is_open() -> None:
    rows = [
        compare(variant("s4"), PUBLISHED["s4"][0], kept_of("s4", 0.6)),
        compare(variant("s1_efficientnet"), None, kept_of("s1_efficientnet", 0.6)),
        compare(variant("s2"), PUBLISHED["s2"][0], kept_of("s2", 0.6)),
    ]
    ours, published = replication_figure(rows).data
    assert list(ours.marker.symbol) == ["circle-open", "circle-open", "circle"]
    assert len(published.x) == 2


def test_nothing_at_all_is_an_empty_figure() -> None:
    (published,) = replication_figure([]).data
    assert list(published.x) == []
