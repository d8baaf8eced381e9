"""The catalogue: what it promises of each architecture, without building one."""

from importlib.util import find_spec

import pytest

from fer.errors import UnknownArchitectureError
from fer.models.catalog import ARCHITECTURES, Architecture, architecture


@pytest.mark.parametrize("entry", ARCHITECTURES.values(), ids=ARCHITECTURES)
def test_an_entry_has_a_file_a_source_and_its_number_in_words(entry: Architecture) -> None:
    assert architecture(entry.name) is entry
    assert find_spec(f"fer.models.architectures.{entry.name}") is not None
    assert entry.title
    assert entry.paper
    assert entry.license
    assert f"{entry.parameters:,}" in entry.summary


def test_an_unknown_architecture_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownArchitectureError, match=r"“resnet”.*mini_xception"):
        architecture("resnet")
