"""Archives: class folders or tables that come packed, unpacked into a folder of their own and read there."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from fer import images
from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset, Source
from fer.datasets.readers.folders import holds_emotions, load_folders
from fer.datasets.readers.loose_forms import LOADERS, chosen_form, guessed_form, not_understood
from fer.datasets.readers.signatures import UNPACKABLE, signature_at, without_suffix
from fer.datasets.readers.tables import find_tables, load_tables
from fer.datasets.readers.unpacking import FOREIGN, Budget, take_out
from fer.datasets.readers.vocabulary import quoted
from fer.errors import MalformedDatasetError, UnlabelledDatasetError
from fer.system import files, paths
from fer.system.progress import Progress, part, silent

_MOST_INNER_ARCHIVES = 8
# A zip of zips, one of which holds a .csv.gz. A file that holds itself would never end.
_DEEPEST_INNER = 3
UNPACKING = ".unpacking-"
"""How the folders are called that archives are unpacked into; a killed process leaves its own behind."""

Loader = Callable[[Path, Progress, bool, ImportSettings], Dataset]


def load_archive(
    path: Path, progress: Progress = silent, skip_bad: bool = False, how: ImportSettings = AS_GUESSED
) -> Dataset:
    """Read the class folders or the tables in an archive; see `fer.datasets.readers`.

    Where it holds archives itself and nothing complete beside them, as those of Kaggle's contests do, the
    dataset may be in one of those.

    Raises:
        MalformedDatasetError: also if it is damaged or cut off, locked, too large, or would write outside of
            its folder.
        StorageError: the disk is full.
    """
    with _unpacked(path, part(progress, 0, 0.5)) as (folder, budget):
        load, is_complete = _found(folder, how)
        for _ in range(_DEEPEST_INNER):
            if is_complete or not _take_out_inner(folder, budget):
                break
            load, is_complete = _found(folder, how)
        if load is None:
            reason = not_understood(folder)
            if isinstance(reason, UnlabelledDatasetError):
                raise reason
            foreign = budget.passed.example_of(FOREIGN)
            raise MalformedDatasetError(
                f"“{path.name}” holds {quoted(foreign)}, an archive that cannot be unpacked here. Unpack it "
                "yourself and choose what is inside, or pack it again as a .zip."
                if foreign
                else f"“{path.name}” holds neither a table of faces nor pictures in folders named for "
                "emotions, or several of them. Unpack it yourself and choose one."
            )
        dataset = load(folder, part(progress, 0.5, 1), skip_bad, how)
    notes = (*dataset.notes, *budget.passed.notes)
    return replace(dataset, name=path.name, source=Source(path.name), notes=notes)


def _found(folder: Path, how: ImportSettings) -> tuple[Loader | None, bool]:
    """What reads the dataset in a folder, and whether it has more than one split or is not divided at all."""
    if chosen := chosen_form(how):
        return LOADERS[chosen], True
    tables = find_tables(folder)
    if holds_emotions(folder) and not any(table.split is None for table in tables):
        return load_folders, True
    if not tables and (form := guessed_form(folder)):
        return LOADERS[form], True
    splits = {table.split for table in tables}
    if not tables and how.mapping:  # folders of any names may have been mapped
        return load_folders, False
    return (load_tables if tables else None), None in splits or len(splits) > 1


@contextmanager
def _unpacked(path: Path, progress: Progress) -> Iterator[tuple[Path, Budget]]:
    """Unpack an archive into a new folder below `data/cache`, which is removed in the end."""
    place = paths.cache_folder()
    with ExitStack() as stack:
        try:
            packed = max(path.stat().st_size, 1)
            place.mkdir(parents=True, exist_ok=True)
            temporary = tempfile.TemporaryDirectory(dir=place, prefix=UNPACKING, ignore_cleanup_errors=True)
            # Called like the archive, because errors speak of what they read by its name.
            folder = Path(stack.enter_context(temporary)) / path.name
            folder.mkdir()
        except OSError as error:
            raise files.storage_error(place, error) from error
        budget = Budget(path.name, packed)
        take_out(path, folder, budget, progress)
        yield folder, budget


def _take_out_inner(folder: Path, budget: Budget) -> bool:
    """Put what is in the archives inside in their places; whether there were any."""
    others = (path for path in sorted(folder.rglob("*")) if not path.name.lower().endswith(images.SUFFIXES))
    inner = [path for path in others if signature_at(path) in UNPACKABLE][:_MOST_INNER_ARCHIVES]
    for path in inner:
        target = path.with_name(without_suffix(path.name) or "inner")
        if target.exists():
            target = path.with_name(f"{path.name}.unpacked")
        take_out(path, target, budget, silent)
        path.unlink()
    return bool(inner)
