"""Model packages: trained models as files to export and import, arrays and a header, nothing that runs.

A Keras file is code: loading one from a stranger can do anything. So a model travels as plain arrays beside
the name of an architecture of our catalogue, which builds the network; and everything in the file is weighed,
by its size, its shape and its values, before it is believed.
"""

from fer.models.packages.header import ModelHeader
from fer.models.packages.inspecting import MOST_BYTES, ModelFile, inspect
from fer.models.packages.keeping import imported_models, receive_package, remove_imported
from fer.models.packages.writing import model_package
