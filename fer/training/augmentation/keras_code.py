"""Keras preprocessing layers: the same settings as Keras' own code. Text only: no Keras here."""

from collections.abc import Iterator

from fer.config import AugmentationConfig, Fill

_FILLS: dict[Fill, str] = {"nearest": "nearest", "reflect": "reflect", "black": "constant"}
# Ours takes a kernel of four standard deviations to either side.
_BLUR_REACH = 4

DIFFERENCES = (
    "**One warp or many.** Here a face is flipped, turned, zoomed and shifted in one go, so its pixels are "
    "interpolated once; Keras' layers do it one after the other, and each softens the picture a little.",
    "**Contrast.** Here it is stretched about mid-grey, in Keras about the mean of the face. A single "
    "number, `RandomContrast(0.2)`, only ever raises contrast in Keras 3.15; the pair lowers it too.",
    "**Zoom.** Keras draws by how much the *view* grows, here the *face* is scaled evenly: the ends are the "
    "same, the values between them fall a little differently.",
    "**Noise and blur.** Here each face draws a strength of its own; `GaussianNoise` always adds its full "
    "standard deviation, and `RandomGaussianBlur` draws one strength for a whole batch.",
    "**Erasing.** Here the mean of the face fills a rectangle of aspect 1:2 to 2:1; Keras fills it with a "
    "constant, and draws its two sides apart.",
    "**Random draws.** The ranges agree, the draws do not: the same seed gives other pictures. Layers inside "
    "a model work in training only; here the faces are changed before the model sees them.",
)
"""Where Keras' layers do not do quite what happens here, Markdown."""


def keras_code(config: AugmentationConfig) -> str:
    """Return a Python module, as Keras 3.15 runs it, whose `augment(images, labels)` does much the same."""
    layers = list(_layers(config))
    lines = ["import keras", ""]
    if layers:
        lines += ["# Pixels from 0 to 1.", "layers = ["]
        lines += [f"    {line}," for line in layers]
        lines += ["]"]
    else:
        lines += ["layers = []  # every face stays as it is"]
    if config.mixup_alpha:
        lines += [f"mix_up = keras.layers.MixUp(alpha={config.mixup_alpha:g})"]
    if config.cutmix_alpha:
        lines += [
            "# A single number would be the most alpha may be; the pair fixes it.",
            f"cut_mix = keras.layers.CutMix(factor=({config.cutmix_alpha:g}, {config.cutmix_alpha:g}))",
        ]
    lines += [
        "",
        "",
        "def augment(images, labels):",
        '    """images: (n, h, w, c), from 0 to 1; labels: (n, k), one-hot or shares."""',
        "    for layer in layers:",
        "        images = layer(images, training=True)",
    ]
    if any("GaussianNoise" in layer for layer in layers):
        lines += ["    images = keras.ops.clip(images, 0, 1)  # GaussianNoise leaves the range"]
    if config.mixes:
        lines += _mixing_lines(config)
    else:
        lines += ["    return images, labels"]
    return "\n".join(lines) + "\n"


def _layers(config: AugmentationConfig) -> Iterator[str]:
    """The layers for each face by itself, in the order in which the same happens here."""
    fill = f'fill_mode="{_FILLS[config.fill]}"'
    match config.horizontal_flip, config.vertical_flip:
        case True, True:
            yield 'keras.layers.RandomFlip("horizontal_and_vertical")'
        case True, False:
            yield 'keras.layers.RandomFlip("horizontal")'
        case False, True:
            yield 'keras.layers.RandomFlip("vertical")'
    if config.rotation_degrees:
        yield f"keras.layers.RandomRotation({config.rotation_degrees:g} / 360, {fill})"
    if config.zoom_in_fraction or config.zoom_out_fraction:
        # Keras says how much more of the picture is seen, negative for less: 1 / scale - 1.
        closer = 1 / (1 + config.zoom_in_fraction) - 1
        farther = 1 / (1 - config.zoom_out_fraction) - 1
        yield f"keras.layers.RandomZoom(({_short(closer)}, {_short(farther)}), {fill})"
    if config.shift_x_fraction or config.shift_y_fraction:
        yield (
            f"keras.layers.RandomTranslation(height_factor={config.shift_y_fraction:g}, "
            f"width_factor={config.shift_x_fraction:g}, {fill})"
        )
    if config.blur_pixels:
        kernel = 2 * max(1, round(_BLUR_REACH * config.blur_pixels)) + 1
        yield (
            f"keras.layers.RandomGaussianBlur(factor=(1, 1), kernel_size={kernel}, "
            f"sigma=(0, {config.blur_pixels:g}), value_range=(0, 1))"
        )
    if config.contrast_fraction:
        pair = f"{config.contrast_fraction:g}, {config.contrast_fraction:g}"
        yield f"keras.layers.RandomContrast(({pair}), value_range=(0, 1))"
    if config.brightness_fraction:
        yield f"keras.layers.RandomBrightness({config.brightness_fraction:g}, value_range=(0, 1))"
    if config.noise_fraction:
        yield f"keras.layers.GaussianNoise({config.noise_fraction:g})"
    if config.erase_fraction:
        yield (
            f"keras.layers.RandomErasing(factor=(0.5, 0.5), scale=(0, {config.erase_fraction:g}), "
            "fill_value=0.5, value_range=(0, 1))"
        )


def _mixing_lines(config: AugmentationConfig) -> Iterator[str]:
    if config.mixup_alpha and config.cutmix_alpha:
        yield "    heads = float(keras.random.uniform(())) < 0.5"
        yield "    mixing = mix_up if heads else cut_mix"
    else:
        yield f"    mixing = {'mix_up' if config.mixup_alpha else 'cut_mix'}"
    yield '    mixed = mixing({"images": images, "labels": labels}, training=True)'
    yield '    return mixed["images"], mixed["labels"]'


def _short(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
