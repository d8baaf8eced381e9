"""From a config to a network that can be trained."""

import importlib
from dataclasses import replace

import keras

from fer.config import TrainingConfig
from fer.preprocessing import Preprocessing
from fer.training.optimizing import build_optimizer
from fer.zoo.catalog import architecture


def preprocessing_of(config: TrainingConfig) -> Preprocessing:
    """The architecture's own preparation of its input, at the size the config asks for."""
    own = architecture(config.architecture).preprocessing
    if config.image_size is None:
        return own
    return replace(own, image_height=config.image_size, image_width=config.image_size)


def build_network(config: TrainingConfig, class_count: int) -> keras.Model:
    """Return the untrained network, its weights drawn from the config's seed."""
    keras.utils.set_random_seed(config.seed)
    name = architecture(config.architecture).name
    network: keras.Model = importlib.import_module(f"fer.zoo.{name}").build(
        preprocessing_of(config).input_shape, class_count
    )
    return network


def compiled(network: keras.Model, config: TrainingConfig) -> keras.Model:
    """Return the network's layers in a second model, ready for `train_on_batch`.

    This one carries the optimizer and its state, and goes into last.keras; the bare one goes into
    best.keras and is exported.
    """
    trainee = keras.Model(network.inputs, network.outputs, name=config.architecture)
    trainee.compile(
        optimizer=build_optimizer(config),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing),
        metrics=["accuracy"],
        # XLA makes TensorFlow six times slower on a CPU; JAX is nothing without it.
        jit_compile=keras.backend.backend() == "jax",
    )
    trainee.optimizer.build(trainee.trainable_variables)
    return trainee
