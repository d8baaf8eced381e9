"""Training on an accelerator: one epoch under JAX, where only random draws and results travel.

The faces lie there as bytes; each step picks its own, changes them, prepares them and learns from them, in
one compiled program. This is what makes a graphics card worth having: fed batch by batch it would wait.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from fer.config import TrainingConfig
from fer.models.preprocessing import Preprocessing
from fer.runs import say
from fer.training.batches import TrainingBatches
from fer.training.engine import device_pixels
from fer.training.engine.losses import build_loss
from fer.training.engine.steps import Step
from fer.training.engine.teaching import Teachers

# Steps that may be under way before the result of the oldest is waited for: enough for the device never to
# wait for Python, few enough for a stop to be heard at once.
_AHEAD = 16


class OnDevice:
    """A `Stepper` whose steps are compiled whole; the network is read and written once an epoch."""

    def __init__(
        self,
        batches: TrainingBatches,
        config: TrainingConfig,
        preprocessing: Preprocessing,
        trainee: keras.Model,
        teachers: Teachers | None,
    ) -> None:
        self._batches = batches
        self._config = config
        self._preprocessing = preprocessing
        self._trainee = trainee
        self._teachers = teachers
        self._loss = build_loss(config)
        self._faces = {
            "images": jnp.asarray(batches.faces.images),
            "targets": jnp.asarray(batches.targets),
            "weights": jnp.asarray(batches.weights),
        }
        optimizer = trainee.optimizer
        # Set in every step: the schedule moves it, and it is among the optimizer's variables.
        self._rate_at = next(
            place for place, each in enumerate(optimizer.variables) if each is optimizer.learning_rate
        )
        self._step = jax.jit(self._one_step, static_argnames="size", donate_argnames="state")
        device = jax.devices()[0]
        say(f"Training on {device.device_kind}, faces changed there: JAX {jax.__version__}")

    def steps(self, epoch: int, rate: Callable[[int], float]) -> Iterator[Step]:
        """See `Stepper`."""
        plan = self._batches.plan(epoch)
        _, height, width, _ = self._batches.faces.images.shape
        input_height, input_width, _ = self._preprocessing.input_shape
        params = device_pixels.params_of(plan, self._config.augmentation, input_height, input_width)
        if self._config.augmentation.changes_anything:
            params["source"] = device_pixels.sources_of(plan, height, width)
        params = {name: jnp.asarray(values) for name, values in params.items()}
        taught = [_values(each) for each in self._teachers.networks] if self._teachers else []
        state = tuple([jnp.array(each.value) for each in group] for group in self._variables())
        count, size = len(plan.order), self._config.batch_size
        under_way: deque[tuple[int, int, float, Any]] = deque()
        for number, start in enumerate(range(0, count, size), start=1):
            now, faces = rate(number), min(size, count - start)
            state, judged = self._step(state, self._faces, taught, params, start, now, size=faces)
            under_way.append((number, faces, now, judged))
            if len(under_way) > _AHEAD:
                yield _finished_step(*under_way.popleft())
        while under_way:
            step = _finished_step(*under_way.popleft())
            if not under_way:  # the last is told when the network holds what came of it
                for group, values in zip(self._variables(), state, strict=True):
                    for variable, value in zip(group, values, strict=True):
                        variable.assign(value)
            yield step

    def _variables(self) -> tuple[list[Any], list[Any], list[Any]]:
        trainee = self._trainee
        return trainee.trainable_variables, trainee.non_trainable_variables, trainee.optimizer.variables

    def _one_step(
        self, state: Any, faces: Any, taught: Any, params: Any, start: Any, rate: Any, *, size: int
    ) -> tuple[Any, Any]:
        """The compiled program: a step over `size` faces from `start`, its loss and accuracy."""
        weights, others, optimizer = state
        params = {name: jax.lax.dynamic_slice_in_dim(each, start, size) for name, each in params.items()}
        row = params["row"]
        levels = device_pixels.changed(faces["images"][row], params, self._config.augmentation)
        inputs = device_pixels.prepared(levels, self._preprocessing)
        targets, counts = faces["targets"][row], faces["weights"][row]
        if self._config.augmentation.mixes:
            inputs, targets, counts = device_pixels.mixed(inputs, targets, counts, params)
        if self._teachers:
            answers = [
                network.stateless_call(*values, seen, training=False)[0]
                for network, values, seen in zip(
                    self._teachers.networks, taught, self._teachers.seen(inputs), strict=True
                )
            ]
            targets = self._teachers.blend(targets, answers)
        learn = jax.value_and_grad(
            partial(self._judged, inputs=inputs, targets=targets, counts=counts), has_aux=True
        )
        (loss, (answers, others)), slopes = learn(weights, others)
        optimizer = [*optimizer]
        optimizer[self._rate_at] = jnp.asarray(rate, jnp.float32)
        weights, optimizer = self._trainee.optimizer.stateless_apply(optimizer, slopes, weights)
        right = jnp.mean(answers.argmax(axis=-1) == targets.argmax(axis=-1))
        return (weights, others, optimizer), (loss, right)

    def _judged(
        self, weights: Any, others: Any, *, inputs: Any, targets: Any, counts: Any
    ) -> tuple[Any, Any]:
        answers, others = self._trainee.stateless_call(weights, others, inputs, training=True)
        return self._loss(targets, answers, sample_weight=counts), (answers, others)


def _values(network: keras.Model) -> tuple[list[Any], list[Any]]:
    return (
        [each.value for each in network.trainable_variables],
        [each.value for each in network.non_trainable_variables],
    )


def _finished_step(number: int, faces: int, rate: float, judged: tuple[Any, Any]) -> Step:
    """Wait for the device, and return what came of one step: its loss and accuracy are on their way."""
    loss, accuracy = (float(np.asarray(each)) for each in judged)
    return Step(number, faces, loss, accuracy, rate)
