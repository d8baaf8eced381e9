"""Optimizers: the rules by which gradients change the weights."""

import keras

from fer.config import TrainingConfig


def build_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """Return the optimizer the config names; its rate is set before every step."""
    averaging = {"use_ema": True, "ema_momentum": config.weight_averaging} if config.weight_averaging else {}
    rate = float(config.learning_rate)  # Keras takes no whole number
    match config.optimizer:
        case "adam":
            return keras.optimizers.Adam(rate, **averaging)
        case "adamw":
            return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, **averaging)
        case "sgd":
            # Keras takes None for no decay, and adds a pass over all weights for one of 0.
            decay = config.weight_decay or None
            return keras.optimizers.SGD(rate, 0.9, nesterov=True, weight_decay=decay, **averaging)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate, **averaging)
        case "adadelta":
            return keras.optimizers.Adadelta(rate, **averaging)
