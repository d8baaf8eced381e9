"""Which settings about pretrained weights are refused before anything starts."""

import pytest

from fer.__main__ import main
from fer.config import TrainingConfig
from fer.errors import ConfigError
from fer.models.blueprint import load_blueprint
from fer.models.catalog import ARCHITECTURES, architecture
from fer.models.transfer import begins_fine_tuning, require_possible

PRETRAINED = [entry.name for entry in ARCHITECTURES.values() if entry.pretrained]


@pytest.mark.parametrize("name", PRETRAINED)
def test_every_block_to_be_fine_tuned_from_is_there_and_they_are_in_order(name: str) -> None:
    layers = [layer.name for layer in load_blueprint(name).layers]
    firsts = [
        next(place for place, layer in enumerate(layers) if layer.startswith(block))
        for block in architecture(name).fine_tune_blocks
    ]
    assert firsts == sorted(set(firsts))
    for block in ("", *architecture(name).fine_tune_blocks):
        require_possible(TrainingConfig(architecture=name, initial_weights="imagenet", fine_tune_from=block))


def test_a_network_without_published_weights_cannot_begin_with_them() -> None:
    config = TrainingConfig(architecture="tiny_cnn", initial_weights="imagenet")
    with pytest.raises(
        ConfigError, match=r"no weights of ImageNet for “tiny_cnn”.*efficientnet_b2, resnet50"
    ):
        require_possible(config)


def test_a_block_that_is_not_there_is_answered_with_those_that_are() -> None:
    config = TrainingConfig(architecture="resnet50", fine_tune_from="conv9")
    with pytest.raises(ConfigError, match=r"no block “conv9”.*conv2, conv3, conv4, conv5"):
        require_possible(config)


def test_fine_tuning_begins_once_and_only_after_a_phase_of_the_head() -> None:
    two = TrainingConfig(epochs=5, head_epochs=2)
    assert [epoch for epoch in range(1, 6) if begins_fine_tuning(two, epoch)] == [3]
    assert not any(begins_fine_tuning(TrainingConfig(epochs=5), epoch) for epoch in range(1, 6))


def test_the_command_line_refuses_them_before_it_starts_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--model", "tiny_cnn", "--initial-weights", "imagenet"]) == 2
    assert "no weights of ImageNet for “tiny_cnn”" in capsys.readouterr().err
