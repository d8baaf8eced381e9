"""Edition store: editions listed, opened, made, renamed, deleted and restored."""

from dataclasses import replace
from datetime import UTC, datetime

from fer.datasets.editions.edition import Edition, short_name
from fer.datasets.editions.location import SUFFIX, edition_path, folder_of, refuse_taken
from fer.datasets.editions.text import read_edition, save_edition
from fer.errors import EditionError
from fer.system import files
from fer.system.locks import locked

_DELETED = ".deleted-"


def list_editions(dataset_name: str) -> list[Edition]:
    """The editions of a dataset that can be read, by name; see `list_damaged_editions` for the others."""
    return _all(dataset_name)[0]


def list_damaged_editions(dataset_name: str) -> list[str]:
    """What is wrong with the edition files that cannot be read, a sentence each."""
    return _all(dataset_name)[1]


def load_edition(dataset_name: str, name: str) -> Edition:
    """Read one edition.

    Raises:
        EditionError: there is none of that name, or its file cannot be understood; it stays untouched.
    """
    path = edition_path(dataset_name, name)
    if not path.is_file():
        known = ", ".join(f"“{edition.name}”" for edition in list_editions(dataset_name))
        raise EditionError(
            f"“{short_name(dataset_name)}” has no edition “{name}”. "
            + (f"There is {known}; choose one of them." if known else "Make one on the dataset page first.")
        )
    return read_edition(path, dataset_name)


def create_edition(dataset_name: str, name: str) -> Edition:
    """Save a new edition without changes and return it; its name must be free."""
    name = " ".join(name.split())
    path = edition_path(dataset_name, name)
    with locked(path.parent):
        refuse_taken(path)
        edition = Edition(name, dataset_name)
        save_edition(path, edition)
    return edition


def rename_edition(dataset_name: str, old: str, new: str) -> Edition:
    """Give an edition another name, which must be free, and return it."""
    new = " ".join(new.split())
    source, target = edition_path(dataset_name, old), edition_path(dataset_name, new)
    with locked(source.parent):
        edition = load_edition(dataset_name, old)
        if source == target:
            return edition
        if new.casefold() != old.casefold():
            refuse_taken(target)
        renamed = replace(edition, name=new)
        files.move(source, target)
        save_edition(target, renamed)  # the file tells its name as well
    return renamed


def delete_edition(dataset_name: str, name: str) -> None:
    """Take an edition off the list; `restore_edition` brings it back."""
    path = edition_path(dataset_name, name)
    with locked(path.parent):
        if not path.exists():
            load_edition(dataset_name, name)  # says so
        stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
        files.move(path, path.with_name(f"{_DELETED}{stamp}-{path.name}"))


def restore_edition(dataset_name: str, name: str) -> Edition:
    """Bring back the edition of that name that was deleted last, unless there is one now, and return it."""
    path = edition_path(dataset_name, name)
    with locked(path.parent):
        refuse_taken(path)
        stamp = "[0-9]" * 8 + "-" + "[0-9]" * 6 + "-" + "[0-9]" * 6
        deleted = sorted(path.parent.glob(f"{_DELETED}{stamp}-{path.name}"))
        if not deleted:
            raise EditionError(
                f"No deleted edition “{name}” is left to bring back. Its file may have been "
                f"removed from {path.parent}."
            )
        files.move(deleted[-1], path)
        return load_edition(dataset_name, name)


def _all(dataset_name: str) -> tuple[list[Edition], list[str]]:
    folder = folder_of(dataset_name)
    good, damaged = [], []
    found = folder.glob(f"[!.]*{SUFFIX}") if folder.is_dir() else ()
    for path in sorted(found, key=lambda path: path.name.casefold()):
        try:
            good.append(read_edition(path, dataset_name))
        except EditionError as error:
            damaged.append(str(error))
    return good, damaged
