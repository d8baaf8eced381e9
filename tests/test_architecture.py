"""Layers: who may import whom, and who may load the heavy libraries; checked on the code's real imports."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import PROJECT_ROOT

# The rule: a wing of fer/ imports only wings on lines below its own. Wings that share a line do not meet.
LAYERS = [
    "__main__",
    "cli",
    "course",
    "figures",
    "evaluation",
    "training",
    "runs",
    "datasets live",
    "models detection glossary",
    "config",
    "system",
    "errors emotions statistics images",
]
GROUND = set(LAYERS[-1].split())  # these may use one another

HEAVY = {"keras", "tensorflow", "jax", "torch"}
# Only these load Keras, all below fer; whoever imports one of them runs in a process of its own.
HEAVY_WINGS = ("models.architectures", "training.engine", "cli.bench.rivals")
MOST_LINES_OF_A_FILE = 450
MOST_LINES_OF_A_FUNCTION = 80
# What a page may use besides fer and the parts, and what a part may.
PAGE_LIBRARIES = {"streamlit", "numpy"}
PART_LIBRARIES = PAGE_LIBRARIES | {"cv2", "plotly", "av", "streamlit_webrtc"}

SOURCES = sorted(
    [*PROJECT_ROOT.glob("fer/**/*.py"), *PROJECT_ROOT.glob("pages/**/*.py"), PROJECT_ROOT / "app.py"]
)
PAGES = sorted(PROJECT_ROOT.glob("pages/[0-9]*.py"))


def module_name(path: Path) -> str:
    """The dotted name of a source file; a package is called as its folder."""
    return ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in SOURCES}
FER_MODULES = [name.removeprefix("fer.") for name in MODULES if name.startswith("fer.")]
PART_MODULES = [name for name in MODULES if name.startswith("pages.parts.")]


@cache
def imports(name: str) -> frozenset[str]:
    """Every module that `name` imports, anywhere in its text; ours by their whole names."""

    def found() -> Iterator[str]:
        for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name} imports relatively; write the whole name."
                assert node.module is not None
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield whole if whole in MODULES else node.module

    return frozenset(found())


def ours(name: str) -> set[str]:
    """The modules of this project that `name` imports."""
    return {module for module in imports(name) if module.split(".")[0] in {"fer", "pages", "app", "tests"}}


def libraries(name: str) -> set[str]:
    """The third parties that `name` imports."""
    return {module.split(".")[0] for module in imports(name) - ours(name)} - sys.stdlib_module_names


def wing(module: str) -> str:
    """The wing of a module of fer: the first name below fer."""
    return module.removeprefix("fer.").split(".")[0]


def layer(module: str) -> int | None:
    """How high a module's wing stands, from 0; None for one that no line names."""
    return next((len(LAYERS) - i for i, line in enumerate(LAYERS) if wing(module) in line.split()), None)


def is_heavy(module: str) -> bool:
    """Whether a module lies where Keras may be loaded."""
    return module.removeprefix("fer.").startswith(HEAVY_WINGS)


@pytest.mark.parametrize("module", FER_MODULES)
def test_a_wing_imports_only_wings_below_it(module: str) -> None:
    own = layer(module)
    assert own is not None, f"No line of LAYERS names the wing “{wing(module)}”."
    for other in ours(f"fer.{module}"):
        assert other.startswith("fer"), f"{module} imports {other}, which is no part of fer"
        if other == "fer" or wing(other) == wing(module) or {wing(module), wing(other)} <= GROUND:
            continue
        assert (layer(other) or 0) < own, f"{module} imports {other}, which does not lie below it"


def test_the_core_can_be_surveyed_at_a_glance() -> None:
    top = [path for path in (PROJECT_ROOT / "fer").iterdir() if path.name != "__pycache__"]
    assert len([path for path in top if path.is_dir()]) <= 12
    assert len([path for path in top if path.is_file()]) <= 8


def test_files_and_functions_are_short_enough_to_read() -> None:
    long = []
    for name, path in MODULES.items():
        text = path.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > MOST_LINES_OF_A_FILE:
            long.append(f"{name}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_LINES_OF_A_FUNCTION:
                    long.append(f"{name}.{node.name}: {lines} lines")
    assert long == []


def test_no_circle_of_imports() -> None:
    assert list(TopologicalSorter({name: ours(name) for name in MODULES}).static_order())  # or CycleError


@pytest.mark.parametrize("module", FER_MODULES)
def test_only_the_rehearsals_import_streamlit_and_only_the_heavy_wings_keras(module: str) -> None:
    used = libraries(f"fer.{module}")
    rehearses = module.startswith("cli.bench.rehearsal")
    assert rehearses or not any(name.startswith("streamlit") for name in used)
    assert not used & HEAVY or is_heavy(module)


@pytest.mark.parametrize("module", FER_MODULES)
def test_no_module_of_fer_names_a_page(module: str) -> None:
    source = MODULES[f"fer.{module}"].read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])pages\.[a-z_]|import pages\b|from pages\b", source)
    assert not [name for name in imports(f"fer.{module}") if name.split(".")[0] == "pages"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_imports_parts_and_fer_and_no_other_page(page: Path) -> None:
    name = module_name(page)
    assert {module for module in ours(name) if not module.startswith(("fer.", "pages.parts."))} == set()
    assert libraries(name) - PAGE_LIBRARIES == set()


@pytest.mark.parametrize("part", PART_MODULES)
def test_a_part_imports_parts_and_fer_and_no_page(part: str) -> None:
    assert {module for module in ours(part) if not module.startswith(("fer.", "pages.parts."))} == set()
    assert libraries(part) - PART_LIBRARIES == set()


def test_the_frame_holds_nothing_that_a_page_needs() -> None:
    assert ours("app") == set()
    assert libraries("app") == {"streamlit"}


def test_no_page_imports_a_heavy_wing() -> None:
    for name in ["app", *map(module_name, PAGES), *PART_MODULES]:
        assert not [module for module in ours(name) if is_heavy(module)], name


def test_the_frame_lists_exactly_the_pages_there_are() -> None:
    calls = [node for node in ast.walk(ast.parse(MODULES["app"].read_text())) if isinstance(node, ast.Call)]
    listed = [
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "Page"
        and isinstance(call.args[0], ast.Constant)
    ]
    assert sorted(listed) == [page.relative_to(PROJECT_ROOT).as_posix() for page in PAGES]


def test_what_the_server_imports_loads_no_tensorflow() -> None:
    served = {
        "fer.runs",
        "fer.models.inference",
        "fer.evaluation",
        "fer.__main__",
        "fer.cli.bench",
        *PART_MODULES,
    }
    for name in [*map(module_name, PAGES), *PART_MODULES]:
        served |= {module for module in ours(name) if module.startswith("fer.")}
    script = (
        "import importlib, sys\n"
        f"for name in {sorted(served)!r}: importlib.import_module(name)\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    child = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert (child.returncode, child.stdout) == (0, "[]\n"), child.stderr


def test_no_file_names_a_place_of_one_machine() -> None:
    # Whole folders of somebody's machine, at the beginning of a path.
    place = re.compile(r"(?<![\w.~}])(/(home|Users|work|root|mnt)/\w|[A-Z]:\\\\?Users)")
    folders = (
        "docs",
        "fer",
        "pages",
        "tests",
        ".ci",
        ".streamlit",
        "models/pretrained",
        "models/replications",
    )
    kinds = {".py", ".toml", ".md", ".txt", ".json", ""}
    inside = (path for name in folders for path in (PROJECT_ROOT / name).rglob("*"))
    named = [
        f"{path.relative_to(PROJECT_ROOT)}: {match.group()}"
        for path in (*PROJECT_ROOT.glob("[!.]*"), PROJECT_ROOT / ".gitignore", *inside)
        if path.is_file() and path.suffix in kinds and path != Path(__file__)
        for match in place.finditer(path.read_text(encoding="utf-8"))
    ]
    assert named == []
