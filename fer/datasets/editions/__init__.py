"""Editions: a learner's corrections of a dataset, kept beside it and never in it.

    data/editions/<dataset>/<edition>.json

An edition is a list of changes, each to one face: left out, or given another label. It is a small file
that a person can read, one change to a line, and it knows each face by its pixels, so that it never
mends the wrong one. Whatever changes one raises EditionError where there is none of that name or it cannot be
understood, and StorageError where it cannot be saved; it is then as before.
"""

from fer.datasets.editions.edition import REASON_CHARACTERS, Action, Change, Edition, face_hash, places_of
from fer.datasets.editions.exchange import as_csv, export_edition, import_edition
from fer.datasets.editions.location import edition_path
from fer.datasets.editions.mending import Mending, mend, undo, undo_last
from fer.datasets.editions.store import (
    create_edition,
    delete_edition,
    list_damaged_editions,
    list_editions,
    load_edition,
    rename_edition,
    restore_edition,
)
from fer.datasets.editions.text import read_edition, save_edition
