"""Scripts and styles: each is a file of its own that parses, and a broken one is refused."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import check_scripts
from tests.conftest import PROJECT_ROOT

NODE = shutil.which("node")
# With node where there is one, and always as where there is none.
READERS = [None] if NODE is None else [None, NODE]


@pytest.mark.parametrize("node", READERS)
def test_every_script_and_style_parses(node: str | None) -> None:
    assert {path.suffix for path in check_scripts.sources()} == {".js", ".css"}
    for path in check_scripts.sources():
        assert check_scripts.complaint(path, node) == "", path


@pytest.mark.parametrize("node", READERS)
@pytest.mark.parametrize(
    "broken",
    [
        "export default function({ data }) {\n  return data;\n",  # never closed
        "export default function({ data, ) => {\n}\n",
        "function draw() {\n  const a = ;\n}\n",
        "function draw() {\n  const text = 'no end;\n}\n",
    ],
)
def test_a_broken_script_is_refused(tmp_path: Path, broken: str, node: str | None) -> None:
    path = tmp_path / "broken.js"
    path.write_text(broken)

    assert check_scripts.complaint(path, node)


@pytest.mark.parametrize("node", READERS)
def test_what_browsers_know_is_accepted(tmp_path: Path, node: str | None) -> None:
    path = tmp_path / "script.js"
    path.write_text("export default async ({ a }) => { window.b ??= a?.c; return `${[...a]}`; };\n")

    assert check_scripts.complaint(path, node) == ""


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (".face { color: red;\n.other { color: blue; }\n", 1),  # never closed
        (".face { color: red; }\n.other { color blue; }\n", 2),
        (".face { color: red; } }\n", 1),
        ("@media (width < 40rem) {\n  .face { color: red; }\n", 1),
        ("\n\n.face\n", 3),
    ],
)
def test_a_broken_style_is_refused(tmp_path: Path, broken: str, line: int) -> None:
    path = tmp_path / "broken.css"
    path.write_text(broken)

    assert check_scripts.complaint(path, None).startswith(f"line {line}: ")


def test_the_check_needs_no_certain_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, PROJECT_ROOT / "tests" / "check_scripts.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "scripts and styles parse" in done.stdout


def test_none_lies_within_python() -> None:
    for path in [*PROJECT_ROOT.glob("pages/**/*.py"), *PROJECT_ROOT.glob("fer/**/*.py")]:
        text = path.read_text(encoding="utf-8")
        assert "export default" not in text, f"{path} holds JavaScript; put it into a .js beside it"
        assert not re.search(r"<style>[^<]*\{[^<]*:|<script>[^<]", text), (
            f"{path} holds CSS; put it into a .css"
        )


@pytest.mark.parametrize("path", check_scripts.sources(), ids=lambda path: path.name)
def test_each_belongs_to_the_python_beside_it(path: Path) -> None:
    shared = {"elements.js"}  # named by the components that use it
    beside = [path.with_suffix(".py"), path.with_suffix(".html.jinja")]
    assert path.name in shared or any(other.exists() for other in beside)
