"""Private names of Streamlit and streamlit-webrtc enter through one module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT_ROOT

SHIM = PROJECT_ROOT / "pages" / "parts" / "_compat.py"
PUBLIC = {"streamlit", "streamlit.testing.v1", "streamlit_webrtc"}
LIBRARIES = {"streamlit", "streamlit_webrtc", "aioice"}


def private_names(source: str) -> Iterator[str]:
    """Every private module, attribute or name of a library that a source uses."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            modules = names if isinstance(node, ast.Import) else [node.module or ""]
            yield from (
                module for module in modules if module.split(".")[0] in LIBRARIES and module not in PUBLIC
            )
            if modules[0].split(".")[0] in LIBRARIES:
                yield from (name for name in names if name.startswith("_"))
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__"):
            if not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}):
                yield node.attr
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"getattr", "hasattr", "setattr"}:
            named = node.args[1]
            if isinstance(named, ast.Constant) and str(named.value).startswith("_"):
                yield str(named.value)


@pytest.mark.parametrize(
    "source",
    [
        "from streamlit.runtime.scriptrunner import get_script_run_ctx",
        "import streamlit.runtime",
        "import aioice.ice",
        "from streamlit import _main",
        "def stop(context):\n    context._worker.stop()",
        "def stop(context):\n    return hasattr(context, '_worker')",
    ],
)
def test_a_private_name_is_noticed(source: str) -> None:
    assert list(private_names(source))


@pytest.mark.parametrize(
    "path",
    [PROJECT_ROOT / "app.py", *sorted((PROJECT_ROOT / "pages").rglob("*.py"))],
    ids=lambda path: str(path.relative_to(PROJECT_ROOT)),
)
def test_only_the_shim_uses_private_names(path: Path) -> None:
    assert bool(list(private_names(path.read_text(encoding="utf-8")))) == (path == SHIM)
