"""Which architectures there are. No Keras here: pages read this, only the training process builds."""

from dataclasses import dataclass

from fer.errors import UnknownArchitectureError
from fer.preprocessing import Preprocessing

# What every `build` names the layer whose output, (n, h, w, d), is its last feature map before the head. The
# exported model answers with it beside the probabilities: it is what the network has seen before it decides.
FEATURES_LAYER = "features"


@dataclass(frozen=True, slots=True)
class Architecture:
    """One entry of the catalogue.

    Attributes:
        name: the name of its file in `fer/zoo/`, which has `build(input_shape, class_count)`, whose model
            has a layer named `FEATURES_LAYER`.
        title: what a list shows.
        summary: a sentence for a learner.
        preprocessing: how its authors prepare the input.
        parameters: all weights at seven emotions, trainable or not.
        paper: where it was published.
        license: of the published code.
    """

    name: str
    title: str
    summary: str
    preprocessing: Preprocessing
    parameters: int
    paper: str
    license: str


ARCHITECTURES: dict[str, Architecture] = {
    entry.name: entry
    for entry in (
        Architecture(
            name="mini_xception",
            title="mini_XCEPTION",
            summary="Depthwise separable convolutions with shortcuts and no dense layer: 58,423 parameters, "
            "small enough for real time on any laptop.",
            preprocessing=Preprocessing(48, 48, 1, "minus_one_to_one"),
            parameters=58_423,
            paper="Arriaga, Valdenegro-Toro and Plöger (2017), Real-time Convolutional Neural Networks "
            "for Emotion and Gender Classification, arXiv:1710.07557",
            license="MIT",
        ),
    )
}


def architecture(name: str) -> Architecture:
    """Return the catalogue's entry.

    Raises:
        UnknownArchitectureError: there is none of that name.
    """
    try:
        return ARCHITECTURES[name]
    except KeyError:
        raise UnknownArchitectureError(
            f"There is no architecture “{name}”. Choose one of: {', '.join(ARCHITECTURES)}."
        ) from None
