"""Checkpoint: the weights and the optimizer's state that a run goes on from after its last epoch."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import keras

from fer import runs
from fer.errors import RunError
from fer.system import files


class Checkpoint:
    """The network and the optimizer of a run, kept in last.keras and brought back from it.

    Arrays only are read, into a network built from the catalogue: no code in the file is ever run.
    """

    def __init__(self, folder: Path, trainee: keras.Model, epochs_before: int = 0) -> None:
        """Keep `trainee`, whose optimizer was new after `epochs_before` epochs."""
        self._path = folder / runs.LAST_FILE
        self._trainee = trainee
        self._epochs_before = epochs_before

    def exists(self) -> bool:
        """Whether an epoch was ever completed."""
        return self._path.exists()

    def save(self) -> None:
        """Keep the state at the end of an epoch.

        Raises:
            StorageError: see `fer.system.files.save`.
        """
        files.save(self._path, self._trainee.save)

    def fits(self) -> bool:
        """Whether what is kept is of as many variables that learn: of the same phase of its run.

        Raises:
            RunError: the file cannot be read.
        """
        try:
            with (
                zipfile.ZipFile(self._path) as archive,
                archive.open("model.weights.h5") as member,
                h5py.File(member) as weights,
            ):
                kept = len(weights["optimizer"]["vars"])
        except Exception as error:
            raise self._unreadable(error) from error
        return kept == len(self._trainee.optimizer.variables)

    def restore(self, steps_per_epoch: int) -> int:
        """Bring the kept state back; returns how many epochs it has seen.

        Raises:
            RunError: the file cannot be read, or is of another network or of other batches.
        """
        try:
            self._trainee.load_weights(self._path)
        except Exception as error:
            raise self._unreadable(error) from error
        steps = int(self._trainee.optimizer.iterations)
        if steps % steps_per_epoch:
            raise RunError(
                f"This run stands at step {steps:,}, which is no whole number of epochs of "
                f"{steps_per_epoch:,} steps: its batch size was changed since. Put it back, or start a new "
                "run with the new one."
            )
        return self._epochs_before + steps // steps_per_epoch

    def _unreadable(self, error: Exception) -> RunError:
        return RunError(
            f"The {self._path.name} of this run cannot be read ({error}). Start a new run; the curves and "
            "the best weights of this one are kept."
        )

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Within, the network holds the moving average of its weights, if the run keeps one.

        Keras' own callback swaps by adding and subtracting, which rounds the weights a little each time.
        """
        optimizer, variables = self._trainee.optimizer, self._trainee.trainable_variables
        if not optimizer.use_ema:
            yield
            return
        weights = [keras.ops.convert_to_numpy(variable).copy() for variable in variables]
        optimizer.finalize_variable_values(variables)
        for variable in variables:
            # A copy of the average: whatever predicts under JAX may give the memory of the weights away.
            variable.assign(keras.ops.convert_to_numpy(variable).copy())
        try:
            yield
        finally:
            for variable, value in zip(variables, weights, strict=True):
                variable.assign(value)
