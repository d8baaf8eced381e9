"""Documentation: every path, name, command and link in it is one that there is."""

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from fer.cli.commands import parse
from tests.conftest import PROJECT_ROOT

PAGES = sorted(
    [
        *PROJECT_ROOT.glob("*.md"),
        *PROJECT_ROOT.glob("docs/**/*.md"),
        PROJECT_ROOT / "data" / "README.md",
    ]
)
# Written by commands, which have tests of their own.
GENERATED = {"command-line.md"}
FOLDERS = "fer|pages|tests|docs|models|data|static|\\.ci|\\.streamlit"
# What a learner brings, downloads or trains: named in the documentation, and not there in a clean clone.
MADE_LATER = re.compile(r"data/(?!README)|models/(runs|brought)")
PATH = re.compile(rf"(?<![\w./@+-])(?:{FOLDERS})/[\w./*@+-]*")
MODULE = re.compile(r"(?<![\w./-])(?:fer|tests|pages|docs)(?:\.[a-zA-Z_]\w*)+")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
README_LINES = 200
README_PICTURES = 4


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """A page without its code."""
    return INLINE.sub("", FENCE.sub("", text_of(page)))


def label(page: Path) -> str:
    return page.relative_to(PROJECT_ROOT).as_posix()


each_page = pytest.mark.parametrize("page", PAGES, ids=label)


@each_page
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    without_addresses = re.sub(r"\w+://\S+", "", LINK.sub("", text_of(page)))
    named = {match.group().rstrip(".") for match in PATH.finditer(without_addresses)}
    missing = [
        path
        for path in sorted(named)
        if not MADE_LATER.match(path) and not any(PROJECT_ROOT.glob(path.rstrip("/")))
    ]
    assert missing == []


@each_page
def test_every_module_that_a_page_names_is_there_and_has_what_it_is_said_to_have(page: Path) -> None:
    missing = []
    for dotted in sorted({match.group() for match in MODULE.finditer(FENCE.sub("", text_of(page)))}):
        if dotted.endswith((".py", ".md", ".csv", ".json")):
            continue
        module, names = dotted, []
        while not _source(module) and "." in module:
            module, _, name = module.rpartition(".")
            names.append(name)
        source = _source(module)
        if source is None or not all(re.search(rf"\b{name}\b", text_of(source)) for name in names):
            missing.append(dotted)
    assert missing == []


def _source(module: str) -> Path | None:
    path = PROJECT_ROOT.joinpath(*module.split("."))
    return next((found for found in (path.with_suffix(".py"), path / "__init__.py") if found.is_file()), None)


@each_page
def test_what_is_said_to_be_in_a_file_is_in_it(page: Path) -> None:
    # In the documentation: `ARCHITECTURES` in `fer/models/catalog.py`.
    missing = [
        f"{name} in {path}"
        for name, path in re.findall(r"`(\w[\w.]*)(?:\([^)`]*\))?` in `([\w./]+\.py)`", text_of(page))
        if name.rpartition(".")[2] not in text_of(PROJECT_ROOT / path)
    ]
    assert missing == []


@each_page
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"`(test_\w+)`", text_of(page)))
    assert sorted(named - _tests()) == []


@cache
def _tests() -> frozenset[str]:
    sources = (path.read_text(encoding="utf-8") for path in PROJECT_ROOT.glob("tests/**/*.py"))
    return frozenset(name for source in sources for name in re.findall(r"def (test_\w+)", source))


def commands_of(page: Path) -> Iterator[str]:
    """Every `python -m …` of a page, as typed, without comments."""
    for fence in FENCE.findall(text_of(page)):
        for line in fence.replace("\\\n", " ").splitlines():
            if "python -m " in line:
                yield line
    for code in INLINE.findall(FENCE.sub("", text_of(page))):
        if "python -m " in code:
            yield code


@each_page
def test_every_command_that_a_page_names_can_be_typed(page: Path) -> None:
    refused = []
    if page.name == "command-line.md":
        return  # made from the parsers, with words in the place of values
    for command in commands_of(page):
        typed = command[command.index("python -m ") + len("python -m ") :]
        # A shell's | is a pipe; in a sentence it stands between words to choose from, and … for any others.
        module, *arguments = shlex.split(re.split(r"\s[|;>]\s|…", typed)[0], comments=True)
        refusal = None
        if module == "fer":
            refusal = _refusal(arguments)
        elif find_spec(module) is None:
            refusal = "no such module"
        if refusal:
            refused.append(f"{command}: {refusal}")
    assert refused == []


def _refusal(arguments: list[str]) -> str | None:
    """What the command line has against these words; None if it takes them. Nothing is carried out."""
    said = io.StringIO()
    # With --help nothing after the command's own name is looked at, so a name alone is tried with it.
    alone = len(arguments) < 2
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            parse([*arguments, "--help"] if alone else arguments)
        except SystemExit as end:
            return None if end.code in (0, None) else said.getvalue().strip()
    return None


@each_page
def test_every_link_within_the_documentation_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(text_of(page)):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        found = page if not path else (page.parent / path).resolve()
        if not found.exists() or (anchor and anchor not in anchors_of(found)):
            broken.append(target)
    assert broken == []


def anchors_of(page: Path) -> set[str]:
    """What a link can name of a page: its headings as GitHub writes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def linked_from(page: Path) -> Iterator[Path]:
    for target in LINK.findall(text_of(page)):
        if "://" not in target and not target.startswith(("#", "mailto:")):
            yield (page.parent / target.partition("#")[0]).resolve()


def test_every_page_and_every_picture_is_reached_from_the_readme() -> None:
    reached, to_read = set[Path](), [PROJECT_ROOT / "README.md"]
    while to_read:
        page = to_read.pop()
        for linked in set(linked_from(page)) - reached:
            reached.add(linked)
            if linked.suffix == ".md":
                to_read.append(linked)
    pictures = set(PROJECT_ROOT.glob("docs/screenshots/*.png"))
    pages = set(PROJECT_ROOT.glob("docs/**/*.md"))
    assert sorted(map(label, (pictures | pages) - reached)) == []


def test_the_readme_is_short() -> None:
    readme = PROJECT_ROOT / "README.md"
    assert len(text_of(readme).splitlines()) <= README_LINES
    assert sum(link.endswith(".png") for link in LINK.findall(text_of(readme))) <= README_PICTURES


def test_every_decision_has_its_three_parts_and_stands_in_the_list() -> None:
    folder = PROJECT_ROOT / "docs" / "adr"
    decisions = sorted(folder.glob("[0-9]*.md"))
    listed = [path.name for path in linked_from(folder / "README.md") if path.parent == folder]
    assert listed == [path.name for path in decisions]
    for number, path in enumerate(decisions, 1):
        assert path.name.startswith(f"{number:04d}-")
        headings = re.findall(r"^## (.+)$", text_of(path), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name


@each_page
def test_make_has_every_target_that_a_page_names(page: Path) -> None:
    targets = set(re.findall(r"^(\w+):", text_of(PROJECT_ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make (\w+)", text_of(page), re.MULTILINE))
    assert sorted(named - targets) == []


@each_page
def test_a_percentage_is_written_with_a_space_that_does_not_break(page: Path) -> None:
    if page.name not in GENERATED:
        assert re.findall(r"\S*\d(?: |)%", prose_of(page)) == []
