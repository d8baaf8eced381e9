"""What is written down of each architecture, and how it is drawn; a process test proves it current."""

import pytest

from fer.__main__ import main
from fer.errors import ModelError
from fer.figures import architecture_figure
from fer.figures.architecture import boxes
from fer.models import blueprint
from fer.models.blueprint import Blueprint, Layer, load_blueprint, save_blueprint
from fer.models.catalog import ARCHITECTURES, FEATURES_LAYER


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_blueprint_agrees_with_the_catalogue(name: str) -> None:
    drawn = load_blueprint(name)
    assert drawn.parameters == ARCHITECTURES[name].parameters
    assert drawn.layers[0].output_shape == ARCHITECTURES[name].preprocessing.input_shape
    assert drawn.layers[-1].output_shape == (7,)
    assert FEATURES_LAYER in [layer.name for layer in drawn.layers]


def test_multiply_adds_are_those_of_the_convolutions_and_products() -> None:
    costs = {layer.name: layer.multiply_adds for layer in load_blueprint("mini_xception").layers}
    assert costs["conv2d"] == 46 * 46 * 3 * 3 * 1 * 8
    assert costs["separable_conv2d"] == 44 * 44 * (3 * 3 * 8 + 8 * 16)
    assert costs["batch_normalization"] == 0
    paired = {layer.name: layer.multiply_adds for layer in load_blueprint("paired_cnn").layers}
    assert paired["dense"] == 3 * 3 * 256 * 128


def test_what_is_saved_comes_back(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(blueprint, "FOLDER", tmp_path)
    drawn = Blueprint("one", (Layer("face", "InputLayer", "", (), (48, 48, 1), 0, 0, 0),))
    save_blueprint(drawn)
    assert load_blueprint("one") == drawn
    (tmp_path / "one.json").write_text("{ torn")
    with pytest.raises(ModelError, match="python -m fer blueprint one --renew"):
        load_blueprint("one")


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_layer_and_every_parameter_is_in_the_diagram(name: str) -> None:
    drawn = load_blueprint(name)
    gathered = boxes(drawn)
    assert sorted(layer.name for box in gathered for layer in box.layers) == sorted(
        layer.name for layer in drawn.layers
    )
    figure = architecture_figure(drawn)
    parameters = [int(values[1].replace(",", "")) for values in figure.data[0].customdata]
    assert sum(parameters) == drawn.parameters
    assert len(figure.layout.annotations) == len(parameters)


def test_a_residual_module_is_drawn_with_its_shortcut() -> None:
    figure = architecture_figure(load_blueprint("mini_xception"))
    shortcuts = [shape for shape in figure.layout.shapes if shape.type == "path"]
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert len(shortcuts) == 4
    assert sum("plus the shortcut" in text and "1×1 of every second pixel" in text for text in texts) == 4
    assert not [s for s in architecture_figure(load_blueprint("tiny_cnn")).layout.shapes if s.type == "path"]


def test_the_command_line_says_what_a_network_is_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["blueprint", "tiny_cnn"]) == 0
    said = capsys.readouterr().out
    assert "25,199 parameters, 24,959 of them trainable, 2,156,992 multiply-adds a face" in said
    assert "GlobalAveragePooling2D" in said
