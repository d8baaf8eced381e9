"""Model catalogue: which architectures there are, and how each prepares its input. No Keras here."""

from dataclasses import dataclass, replace

from fer.config import TrainingConfig
from fer.errors import UnknownArchitectureError
from fer.models.preprocessing import Preprocessing

# What every `build` names the layer whose output, (n, h, w, d), is its last feature map before the head. The
# exported model answers with it beside the probabilities: it is what the network has seen before it decides.
FEATURES_LAYER = "features"
# What `build` names the layer that gives every emotion its value, where the head averages over the places of
# the face: a convolution before the average, or a Dense after it. Averaging and a linear layer may change
# places, so either way each emotion has a map whose mean is exactly its logit: its class activation map, Zhou
# et al. (2016), arXiv:1512.04150. A head that flattens the features has no such layer.
EMOTION_MAPS_LAYER = "emotion_maps"

_USUAL = Preprocessing(48, 48, 1, "minus_one_to_one")


@dataclass(frozen=True, slots=True)
class Architecture:
    """One entry of the catalogue.

    Attributes:
        name: the name of its file in `fer/models/architectures/`, which has `build(input_shape, class_count,
            dropout)`; its model has a layer named `FEATURES_LAYER`, and one named `EMOTION_MAPS_LAYER` if it
            has such maps.
        title: what a list shows.
        summary: a sentence for a learner.
        parameters: all weights at seven emotions, trainable or not.
        paper: where it was published.
        license: of the published code.
        preprocessing: how its authors prepare the input.
        own_dropout: the dropout its authors train it with, 0 to 0.9. Nothing applies it by itself: a form
            starts at it, and a run uses what its config says.
        has_emotion_maps: whether its head averages over the places of the face, so that what it answers can
            be told apart by place, exactly.
        pretrained: whether Keras publishes what its backbone learned from ImageNet's photographs. Its file
            then has `backbone(input_shape, weights)`, Keras' own network without a head.
        weights_file: the name of Keras' file of those weights.
        fine_tune_blocks: beginnings of the names of its backbone's layers, in order: where fine-tuning can
            begin.
    """

    name: str
    title: str
    summary: str
    parameters: int
    paper: str
    license: str = "MIT"
    preprocessing: Preprocessing = _USUAL
    own_dropout: float = 0.0
    has_emotion_maps: bool = False
    pretrained: bool = False
    weights_file: str = ""
    fine_tune_blocks: tuple[str, ...] = ()


_RESNET = (
    "after He, Zhang, Ren and Sun (2015), Deep Residual Learning for Image Recognition, arXiv:1512.03385; "
    "the widths are ours"
)
_NO_CODE = "no code was published; rebuilt from its description"

# The smallest first: a list reads as a ladder.
ARCHITECTURES: dict[str, Architecture] = {
    entry.name: entry
    for entry in (
        Architecture(
            name="tiny_cnn",
            title="Tiny CNN",
            summary="Four plain convolutions, each half the size and twice as deep as the one before: 25,199 "
            "parameters, a first model within a minute.",
            parameters=25_199,
            paper="made for this workshop",
            has_emotion_maps=True,
        ),
        Architecture(
            name="mini_xception",
            title="mini_XCEPTION",
            summary="Depthwise separable convolutions with shortcuts and no dense layer: 58,423 parameters, "
            "small enough for real time on any laptop.",
            parameters=58_423,
            paper="Arriaga, Valdenegro-Toro and Plöger (2017), Real-time Convolutional Neural Networks "
            "for Emotion and Gender Classification, arXiv:1710.07557",
            has_emotion_maps=True,
        ),
        Architecture(
            name="small_resnet",
            title="Small ResNet",
            summary="ResNet-18's shape with 16 to 96 filters; shortcuts let eighteen layers learn together. "
            "488,311 parameters, and thirteen times mini_XCEPTION's work.",
            parameters=488_311,
            paper=_RESNET,
            has_emotion_maps=True,
        ),
        Architecture(
            name="paired_cnn",
            title="Paired CNN",
            summary="Convolutions in pairs, as in VGG, and a dense layer that sees the whole face: 1,643,355 "
            "parameters. One layer has 164 filters where its authors may have meant 64.",
            preprocessing=Preprocessing(48, 48, 1, "zero_to_one"),
            parameters=1_643_355,
            paper="the first reference system, figure 21",
            license=_NO_CODE,
            own_dropout=0.2,
        ),
        Architecture(
            name="block_cnn",
            title="Block CNN",
            summary="Four blocks of two normalised convolutions on 96×96 pixels in three channels, and a "
            "dense layer: 2,357,287 parameters. Its authors print no widths; these are ours.",
            preprocessing=Preprocessing(96, 96, 3, "zero_to_one"),
            parameters=2_357_287,
            paper="reference system S1, “Model building and its architecture”; the widths are ours",
            license=_NO_CODE,
            own_dropout=0.25,
        ),
        Architecture(
            name="half_resnet18",
            title="ResNet-18, half as wide",
            summary="ResNet-18 with 32 to 256 filters and a stem that keeps all 48 pixels: 2,801,063 "
            "parameters, and four times the small one's work; better with a graphics card.",
            parameters=2_801_063,
            paper=_RESNET,
            has_emotion_maps=True,
        ),
        Architecture(
            name="four_block_cnn",
            title="Four-block CNN, ReLU",
            summary="Four wide convolutions and two dense layers, dropout after each: 4,478,727 parameters, "
            "seventy-seven times mini_XCEPTION's, and as much slower to train as that sounds.",
            preprocessing=Preprocessing(48, 48, 1, "zero_to_one"),
            parameters=4_478_727,
            paper="the third reference system, images 2.2 to 2.5; it does not say how it scales the pixels",
            license=_NO_CODE,
            own_dropout=0.25,
        ),
        Architecture(
            name="four_block_cnn_elu",
            title="Four-block CNN, ELU",
            summary="The same 4,478,727 parameters with ELU, which lets a little of what is below "
            "zero through.",
            preprocessing=Preprocessing(48, 48, 1, "zero_to_one"),
            parameters=4_478_727,
            paper="the third reference system, section 2.2; it does not say how it scales the pixels",
            license=_NO_CODE,
            own_dropout=0.25,
        ),
        Architecture(
            name="efficientnet_b2",
            title="EfficientNet-B2",
            summary="Inverted residual blocks that weigh their own maps, on 96×96 pixels in three channels: "
            "7,778,432 parameters. It can begin with what it learned from ImageNet's photographs.",
            preprocessing=Preprocessing(96, 96, 3, "zero_to_one"),
            parameters=7_778_432,
            paper="Tan and Le (2019), EfficientNet: Rethinking Model Scaling for Convolutional Neural "
            "Networks, arXiv:1905.11946, as in keras.applications",
            license="Apache-2.0",
            own_dropout=0.3,
            has_emotion_maps=True,
            pretrained=True,
            weights_file="efficientnetb2_notop.h5",
            fine_tune_blocks=("block2", "block3", "block4", "block5", "block6", "block7", "top_conv"),
        ),
        Architecture(
            name="resnet50",
            title="ResNet-50",
            summary="Sixteen bottleneck blocks with shortcuts, made for photographs of 224 pixels: "
            "23,602,055 parameters. It can begin with what it learned from ImageNet's photographs.",
            preprocessing=Preprocessing(48, 48, 3, "zero_to_one"),
            parameters=23_602_055,
            paper="He, Zhang, Ren and Sun (2015), Deep Residual Learning for Image Recognition, "
            "arXiv:1512.03385, as in keras.applications",
            license="Apache-2.0",
            own_dropout=0.5,
            has_emotion_maps=True,
            pretrained=True,
            weights_file="resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
            fine_tune_blocks=("conv2", "conv3", "conv4", "conv5"),
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


def preprocessing_of(config: TrainingConfig) -> Preprocessing:
    """The architecture's own preparation of its input, at the size the config asks for.

    Raises:
        UnknownArchitectureError: the catalogue does not have it.
    """
    own = architecture(config.architecture).preprocessing
    if config.image_size is None:
        return own
    return replace(own, image_height=config.image_size, image_width=config.image_size)
