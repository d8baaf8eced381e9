"""Transfer learning: which settings about pretrained weights go together. No Keras here."""

from fer.config import TrainingConfig
from fer.errors import ConfigError
from fer.models.catalog import ARCHITECTURES, architecture


def require_possible(config: TrainingConfig) -> None:
    """Check that the architecture has the weights, and the block, that the config names.

    Raises:
        UnknownArchitectureError: the catalogue does not have the architecture.
        ConfigError: it has no weights of ImageNet, or no block of that name.
    """
    entry = architecture(config.architecture)
    if config.initial_weights == "imagenet" and not entry.pretrained:
        others = ", ".join(each.name for each in ARCHITECTURES.values() if each.pretrained)
        raise ConfigError(
            f"There are no weights of ImageNet for “{entry.name}”. Begin with random ones, or choose one of: "
            f"{others}."
        )
    if entry.fine_tune_blocks and config.fine_tune_from not in ("", *entry.fine_tune_blocks):
        raise ConfigError(
            f"“{entry.name}” has no block “{config.fine_tune_from}” to be fine-tuned from. Choose one of: "
            f"{', '.join(entry.fine_tune_blocks)}; or none, for the whole network."
        )


def begins_fine_tuning(config: TrainingConfig, epoch: int) -> bool:
    """Whether `epoch`, from 1, is the first in which more than the head learns."""
    return config.head_epochs > 0 and epoch == config.head_epochs + 1
