"""The card beside a model: the same after a round trip, and a sentence where it is damaged."""

import json
from pathlib import Path
from typing import Any

import pytest

from fer.config import TrainingConfig
from fer.emotions import Emotion
from fer.errors import ModelNotFoundError
from fer.models.card import CARD_FILE, ModelCard, load_card
from fer.models.inference import list_models
from fer.models.preprocessing import Preprocessing
from tests.core import grey_level

FULL = ModelCard(
    name="tiny",
    title="Tiny",
    architecture="mini_xception",
    preprocessing=Preprocessing(64, 64, 3, "zero_to_one"),
    emotions=(Emotion.HAPPY, Emotion.SAD),
    parameters=12,
    config=TrainingConfig(epochs=3).as_dict(),
    dataset={"name": "synthetic"},
    trained_at="2026-01-01",
    validation={"accuracy": 0.5, "interval_95": [0.4, 0.6], "count": 100, "epoch": 2},
    test=None,
    weaknesses=("It guesses.",),
    intended_use="learning",
    license="MIT",
    notes="made by hand",
)


def test_a_card_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    FULL.save(tmp_path)
    assert load_card(tmp_path) == FULL


def test_a_card_that_says_only_what_is_needed_is_enough(tmp_path: Path) -> None:
    values = {"name": "x", "title": "X", "architecture": "mini_xception"}
    values |= {"preprocessing": Preprocessing().as_dict(), "emotions": ["sad"]}  # type: ignore[dict-item]
    (tmp_path / CARD_FILE).write_text(json.dumps(values))
    card = load_card(tmp_path)
    assert card.emotions == (Emotion.SAD,)
    assert card.weaknesses == ()
    assert card.test is None


def test_a_missing_card_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match=r"has no card\.json.*train it again"):
        load_card(tmp_path)


def damaged(change: dict[str, Any]) -> str:
    whole = {"name": "x", "title": "X", "architecture": "mini_xception", "emotions": ["sad"]}
    whole |= {"preprocessing": Preprocessing().as_dict()}  # type: ignore[dict-item]
    return json.dumps(whole | change)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"name": "x"}',
        damaged({"emotions": ["bored"]}),
        damaged({"emotions": None}),
        damaged({"preprocessing": {"image_height": 4}}),
        damaged({"preprocessing": [48, 48]}),
        damaged({"accuracy": 0.99}),
        damaged({"weaknesses": None}),
    ],
)
def test_a_damaged_card_is_a_sentence_and_leaves_the_list_of_models_standing(
    fer_home: Path, content: str
) -> None:
    folder = grey_level.save_model(fer_home / "models" / "pretrained" / "broken")
    (folder / CARD_FILE).write_text(content)
    with pytest.raises(ModelNotFoundError, match="of the model “broken” cannot be understood"):
        load_card(folder)
    assert [entry.title for entry in list_models()] == ["broken (damaged)"]


def test_a_card_that_is_not_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelNotFoundError, match="cannot be understood"):
        load_card(tmp_path)
