"""Trained models as files to take along and to bring: arrays and a header, and never anything that runs.

A Keras file is code: loading one from a stranger can do anything. So a model travels as plain arrays beside
the name of an architecture of our catalogue, which builds the network; and everything in the file is weighed,
by its size, its shape and its values, before it is believed.
"""

from fer.models.packages.header import ModelHeader
from fer.models.packages.inspecting import MOST_BYTES, ModelFile, inspect
from fer.models.packages.keeping import brought_models, remove_brought, take_in
from fer.models.packages.writing import take_along

__all__ = [
    "MOST_BYTES",
    "ModelFile",
    "ModelHeader",
    "brought_models",
    "inspect",
    "remove_brought",
    "take_along",
    "take_in",
]
