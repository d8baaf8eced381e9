"""The recipes: each can be trained, and says honestly where it comes from."""

import json
from dataclasses import replace

import pytest

from fer.config import DatasetView, SplitPlan, TrainingConfig
from fer.config.recipes import PRESETS, Preset
from fer.models.catalog import architecture
from fer.models.transfer import require_possible
from tests.conftest import PROJECT_ROOT


def preset(key: str) -> Preset:
    return next(preset for preset in PRESETS if preset.key == key)


@pytest.mark.parametrize("known", PRESETS, ids=lambda preset: preset.key)
def test_a_recipe_can_be_trained_with_its_mistakes_and_without(known: Preset) -> None:
    base = TrainingConfig(dataset="fer2013.csv", view=DatasetView(edition="Mine"))
    right = known.configured(base)
    assert (right.dataset, right.view) == (base.dataset, base.view)
    assert right.dropout == architecture(right.architecture).own_dropout
    require_possible(right)
    wrong = known.configured(base, frozenset(defect.title for defect in known.defects))
    assert (wrong != right) == bool(known.defects)
    assert TrainingConfig.from_dict(json.loads(wrong.to_json())) == wrong


@pytest.mark.parametrize("key", ["s0", "s1", "s1_efficientnet", "s2", "s3_relu", "s3_elu", "s4"])
def test_a_published_recipe_stands_beside_its_figures_and_its_differences(key: str) -> None:
    assert "%" in preset(key).reported
    assert preset(key).differences


def test_the_mistakes_of_the_reference_systems_are_repeated_only_when_asked_for() -> None:
    base = TrainingConfig()
    twice = preset("s0").configured(base, frozenset({"Softmax taken twice"}))
    assert (preset("s0").configured(base).loss, twice.loss) == ("crossentropy", "double_softmax")
    leaking = preset("s4").configured(base, frozenset({preset("s4").defects[0].title}))
    assert leaking.view.splits == SplitPlan(0.2, keep_test=False)


def test_the_shipped_recipe_is_that_of_the_shipped_model() -> None:
    saved = (PROJECT_ROOT / "models" / "pretrained" / "mini_xception" / "config.json").read_text()
    shipped = TrainingConfig.from_dict(json.loads(saved))
    assert preset("shipped").config == replace(shipped, dataset="synthetic", name="")
