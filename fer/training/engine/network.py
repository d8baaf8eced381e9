"""Network: from a config to a Keras model that can be trained."""

import importlib

import keras
import numpy as np

from fer.config import Precision, TrainingConfig
from fer.models.catalog import architecture
from fer.models.catalog import preprocessing_of as preprocessing_of
from fer.training.engine.losses import build_loss
from fer.training.engine.optimizing import build_optimizer


def build_network(config: TrainingConfig, class_count: int, precision: Precision = "float32") -> keras.Model:
    """Return the untrained network for so many classes, its weights drawn from the config's seed.

    A run may let its layers compute in another precision than float32; what is exported does not.
    """
    keras.utils.set_random_seed(config.seed)
    build = importlib.import_module(
        f"fer.models.architectures.{architecture(config.architecture).name}"
    ).build
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        network: keras.Model = build(preprocessing_of(config).input_shape, class_count, config.dropout)
    finally:
        keras.config.set_dtype_policy(usual)
    return network


def runs_on_jax() -> bool:
    """Whether Keras was told, by `KERAS_BACKEND=jax`, to compute with JAX, as on a graphics card."""
    return bool(keras.backend.backend() == "jax")


def compiled(network: keras.Model, config: TrainingConfig) -> keras.Model:
    """Return the network's layers in a second model, ready for `train_on_batch`.

    This one carries the optimizer and its state, and goes into last.keras; the bare one goes into
    best.keras and is exported.
    """
    trainee = keras.Model(network.inputs, network.outputs, name=config.architecture)
    trainee.compile(
        optimizer=build_optimizer(config),
        loss=build_loss(config),
        metrics=["accuracy"],
        # XLA makes TensorFlow six times slower on a CPU; JAX is nothing without it.
        jit_compile=runs_on_jax(),
    )
    trainee.optimizer.build(trainee.trainable_variables)
    return trainee


def repeatable() -> None:
    """Let the same run on the same machine come out the same, to the bit, whatever else the machine does."""
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()


def reseed(network: keras.Model, seed: int, epoch: int) -> None:
    """Let what the network draws in an epoch (what dropout leaves out) follow from the seed and its number.

    So an epoch that is trained again, after a stop or a crash, leaves out the same.
    """
    # The batches draw from [seed, epoch]; a key of its own keeps this apart from them.
    rng = np.random.default_rng(np.random.SeedSequence([seed, epoch], spawn_key=(1,)))
    for variable in network.variables:
        if variable.name == "seed_generator_state":
            variable.assign(rng.integers(2**31, size=variable.shape).astype(variable.dtype))
