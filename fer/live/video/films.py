"""Uploaded films: a copy while one is read, and what came of it until it is forgotten.

data/cache/films/<id>/
    film.<suffix>    the copy, gone once it is read
    about.json       its name and what is in it
    poster.png       its first frame
    annotated.mp4    the film with everything drawn in
    faces.csv        a row per face per frame; faces.parquet the same
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fer.emotions import EMOTIONS, Emotion
from fer.errors import StorageError, VideoError
from fer.live import LiveHistory, PersonHistory
from fer.live.choice import LiveChoice
from fer.live.reading import TOO_SMALL
from fer.live.video import SUFFIXES as SUFFIXES
from fer.system import files, jobs, paths

_ABOUT = "about.json"
ANNOTATED, TABLE, PARQUET = "annotated.mp4", "faces.csv", "faces.parquet"
# What came of the last few films stays; older ones go when a new one comes.
_MOST_KEPT = 5


@dataclass(frozen=True, slots=True)
class Film:
    """A film's folder.

    Attributes:
        id: of its content; also its job's.
        folder: where it lies.
        name: of the file that was given.
    """

    id: str
    folder: Path
    name: str

    @property
    def is_done(self) -> bool:
        """Whether film and table are there."""
        return (self.folder / ANNOTATED).exists() and (self.folder / TABLE).exists()

    @property
    def report(self) -> dict[str, Any]:
        """What the reading told: frames, faces, people, shares, took_seconds, times_real_time."""
        numbers = ("frames", "faces", "people", "took_seconds", "times_real_time")
        job = jobs.read_job(self.id)
        return {**dict.fromkeys(numbers, 0), "shares": {}, **({} if job is None else job.result)}

    def arguments(self, copy: Path, choice: LiveChoice) -> Sequence[str]:
        """The command that reads `copy` of it, and deletes that."""
        settings, style = choice.settings, choice.style
        arguments = ["video", str(copy), "--name", self.name, "--model", choice.model, "--discard"]
        arguments += ["--output", str(self.folder / ANNOTATED), "--table", str(self.folder / TABLE)]
        arguments += ["--detector", settings.detector, "--smoothing", settings.smoothing.value]
        arguments += ["--unsure-below", str(settings.unsure_below)]
        arguments += ["--temperature", str(settings.temperature)]
        arguments += ["--bars", style.bars]
        if choice.other is not None:
            arguments += ["--second", choice.other]
        if settings.score_threshold is not None:
            arguments += ["--score-threshold", str(settings.score_threshold)]
        if settings.lift_contrast:
            arguments.append("--lift-contrast")
        if style.emotion_maps:
            arguments.append("--maps")
        return arguments

    def content(self, name: str) -> bytes:
        """The bytes of `ANNOTATED`, `TABLE` or `PARQUET`, the last made when it is first asked for.

        Raises:
            StorageError: it was deleted, or cannot be written.
        """
        path = self.folder / name
        try:
            if name == PARQUET and not path.exists():
                import pandas

                frame = pandas.read_csv(self.folder / TABLE)
                files.save(path, lambda temporary: frame.to_parquet(temporary, index=False))
            return path.read_bytes()
        except OSError as error:
            raise StorageError(
                f"What came of “{self.name}” cannot be read: {error.strerror or error}. Give the film again."
            ) from error

    def people(self) -> list[PersonHistory]:
        """What was read in everybody's face, whoever was seen most first; seconds count back from the end."""
        try:
            with (self.folder / TABLE).open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        except OSError:
            return []
        end = max((float(row["seconds"]) for row in rows), default=0.0)
        by_person: dict[int, list[dict[str, str]]] = {}
        for row in rows:
            if row["label"] == TOO_SMALL:
                continue
            by_person.setdefault(int(row["person"]), []).append(row)
        people = [
            PersonHistory(
                person,
                EMOTIONS,
                np.array([float(row["seconds"]) - end for row in own]),
                np.array([[float(row[e] or 0) for e in EMOTIONS] for row in own], np.float32),
                tuple(None if row["label"] == "unsure" else Emotion(row["label"]) for row in own),
            )
            for person, own in sorted(by_person.items())
        ]
        return sorted(people, key=lambda one: -len(one.labels))

    def shares(self) -> dict[str, dict[Emotion | None, float]]:
        """Each label's share of the time, for the people seen most and for everybody."""
        people = self.people()
        shares = {f"Person {one.track_id}": one.share() for one in people[:6]}
        if len(people) > 1:
            shares["Everyone"] = LiveHistory(tuple(people)).share()
        return shares


def film_of(content: bytes, name: str) -> Film:
    """Return where a film lies, or would, by its bytes and its file's name; nothing is written.

    Raises:
        VideoError: it is no film by its name.
    """
    if Path(name).suffix.lower() not in SUFFIXES:
        raise VideoError(f"“{name}” is no film by its name. Give one of: {', '.join(SUFFIXES)}.")
    digest = hashlib.blake2b(content, digest_size=10).hexdigest()
    return Film(f"film-{digest}", paths.child(paths.films_folder(), digest), name)


def start_reading(film: Film, content: bytes, choice: LiveChoice) -> None:
    """Copy a film to where it can be read, and start the process that reads it and deletes the copy.

    Raises:
        StorageError: it cannot be written.
    """
    job = jobs.read_job(film.id)
    if job is not None and job.is_active:
        return
    _make_room(film)
    copy = film.folder / f"film{Path(film.name).suffix.lower()}"
    files.save_text(film.folder / _ABOUT, json.dumps({"name": film.name}, ensure_ascii=False) + "\n")
    files.save_bytes(copy, content)
    try:
        jobs.start_job(film.id, f"Reading {film.name}", film.arguments(copy, choice))
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


def list_films() -> list[Film]:
    """Return the films that were read and are still here, the latest first."""
    found = map(_film_in, sorted(paths.films_folder().glob("*"), key=_written, reverse=True))
    return [film for film in found if film is not None and film.is_done]


def forget_film(film: Film) -> None:
    """Delete everything there is of a film, unless it is being read."""
    job = jobs.read_job(film.id)
    if job is not None and job.is_active:
        return
    shutil.rmtree(film.folder, ignore_errors=True)
    jobs.forget_job(film.id)


def _make_room(coming: Film) -> None:
    """Forget the films that nobody looked at for longest."""
    others = [folder for folder in paths.films_folder().glob("*") if folder != coming.folder]
    for folder in sorted(others, key=_written, reverse=True)[_MOST_KEPT - 1 :]:
        film = _film_in(folder)
        if film is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            forget_film(film)


def _film_in(folder: Path) -> Film | None:
    try:
        name = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))["name"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Film(f"film-{folder.name}", folder, str(name))


def _written(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
