"""Syntax check: every JavaScript and CSS file of the repository parses; `make check` runs this.

    python -m tests.check_scripts

Ruff and mypy do not read these files, and a browser tells of a broken one only where it is shown.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tinycss2
import tree_sitter_javascript
from tree_sitter import Language, Parser

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def sources() -> list[Path]:
    """Every `.js` and `.css` that people write; none that is copied from a package."""
    return sorted(
        path
        for folder in ("fer", "pages", "static")
        for path in (PROJECT_ROOT / folder).rglob("*")
        if path.suffix in {".js", ".css"} and not path.name.endswith(".min.js")
    )


def complaint(path: Path, node: str | None) -> str:
    """Return what is wrong with a file and where; empty if it parses.

    Args:
        path: a `.js` or `.css` file.
        node: the program that reads JavaScript as browsers do; None for a parser in Python.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        return next(_css_errors(text), "")
    if node is None:
        return next(_javascript_errors(text), "")
    command = [node, "--input-type=module", "--check", "-"]
    checked = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return checked.stderr.strip() if checked.returncode else ""


def _javascript_errors(text: str) -> Iterator[str]:
    waiting = [Parser(Language(tree_sitter_javascript.language())).parse(text.encode()).root_node]
    while waiting:
        part = waiting.pop()
        if part.is_error or part.is_missing:
            yield f"line {part.start_point.row + 1}: this is not JavaScript"
        waiting += reversed(part.children)


def _css_errors(text: str) -> Iterator[str]:
    # A reader of CSS closes what a file leaves open; then what is put behind it does not stand alone.
    behind = tinycss2.parse_component_value_list(f"{text}\nbehind")[-1]
    if behind.type != "ident":
        yield f"line {behind.source_line}: this is not closed"
    yield from _rule_errors(tinycss2.parse_stylesheet(text))


def _rule_errors(rules: list[Any]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "error":
            yield f"line {rule.source_line}: {rule.message}"
        elif getattr(rule, "content", None) is not None:
            yield from _rule_errors(tinycss2.parse_blocks_contents(rule.content))


def main() -> int:
    """Check every file; 1 and a line for each broken one if there are any."""
    node = shutil.which("node")
    broken = [(path, error) for path in sources() if (error := complaint(path, node))]
    for path, error in broken:
        print(f"{path.relative_to(PROJECT_ROOT)}: {error}", file=sys.stderr)
    if not broken:
        print(f"{len(sources())} scripts and styles parse ({'node' if node else 'tree-sitter'}).")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
