"""Films on the live page: looked into, read by a process, shown, taken along and forgotten."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.emotions import EMOTIONS
from fer.errors import VideoError
from fer.live import LiveSettings
from fer.live.choice import LiveChoice
from fer.live.drawing import DrawingStyle
from fer.live.video import films
from fer.system import jobs, paths
from fer.system.jobs import JobStatus
from tests.app.test_live_page import files_in, open_page, words
from tests.core import filmed, grey_level


@pytest.fixture(autouse=True)
def model(fer_home: Path) -> Path:
    return grey_level.save_model(fer_home / "models" / "pretrained" / "grey")


def shown(path: Path, name: str = "holiday.mp4") -> AppTest:
    page = open_page()
    page.segmented_control(key="live.view").set_value("Video").run()
    page.file_uploader(key="live.film").set_value((name, path.read_bytes(), "video/mp4")).run()
    assert not page.exception
    return page


def until_done(job_id: str) -> jobs.Job:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        job = jobs.read_job(job_id)
        if job is not None and not job.is_active:
            return job
        time.sleep(0.1)
    pytest.fail("the film was never read")


def test_a_film_is_looked_into_before_anything_is_written(tmp_path: Path, fer_home: Path) -> None:
    film = filmed.film(tmp_path / "film.mp4", sound="aac")
    open_page()
    before = files_in(fer_home)
    page = shown(film)
    assert "320×240 pixels" in words(page)
    assert "sound (aac) kept" in words(page)
    assert len(page.image) == 1
    assert files_in(fer_home) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"no film at all", "damaged, or is none")],
    ids=["empty", "none"],
)
def test_what_is_no_film_is_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "it.mp4").write_bytes(content)
    page = shown(tmp_path / "it.mp4")
    assert said in page.error[0].value
    assert "holiday.mp4" in page.error[0].value


def test_a_film_is_read_by_a_process_shown_taken_along_and_forgotten(tmp_path: Path, fer_home: Path) -> None:
    page = shown(filmed.film(tmp_path / "film.mp4", sound="aac"))
    page.button(key="live.film.start").click().run()
    assert not page.exception
    (folder,) = paths.films_folder().iterdir()
    job = until_done(f"film-{folder.name}")
    assert job.status is JobStatus.DONE, job.error
    assert not list(folder.glob("film.*")), "the copy is gone"
    page.run()
    assert not page.exception
    assert "12 frames, 12 faces of 1 person" in words(page)
    assert {button.label for button in page.get("download_button")} == {"The film", "CSV", "Parquet"}
    assert len(page.get("plotly_chart")) == 2
    (film,) = films.list_films()
    assert film.name == "holiday.mp4"
    assert filmed.contents(folder / "annotated.mp4")["sound"] == "aac"
    assert film.content(films.PARQUET)[:4] == b"PAR1"
    assert len(film.people()[0].labels) == 12
    page.button(key="live.film.forget").click().run()
    assert not page.exception
    assert not folder.exists()
    assert films.list_films() == []


def test_a_film_that_was_read_is_found_again(tmp_path: Path, fer_home: Path) -> None:
    kept_film("earlier.mp4", b"1")
    page = open_page()
    page.segmented_control(key="live.view").set_value("Video").run()
    page.selectbox(key="live.film.kept").select_index(0).run()
    assert not page.exception
    assert "earlier.mp4" in words(page)
    assert "No face was read" in words(page)


def test_each_person_of_a_film_can_be_looked_at(tmp_path: Path, fer_home: Path) -> None:
    scores = ",".join(["0.1"] * 6 + ["0.4"])
    rows = [f"{n},{n / 10},{person},0,0,9,9,happy,0.4,{scores}" for n in range(4) for person in (3, 5)]
    film = kept_film("two.mp4", b"1", rows)
    page = open_page()
    page.segmented_control(key="live.view").set_value("Video").run()
    page.selectbox(key="live.film.kept").select_index(0).run()
    assert not page.exception
    people = page.segmented_control(key=f"live.film.person.{film.folder.name}")
    assert people.value == 3
    people.set_value(5).run()
    assert not page.exception
    assert page.segmented_control(key=f"live.film.person.{film.folder.name}").value == 5


# ── the folder ───────────────────────────────────────────────────────────────────────────────────


def kept_film(name: str, content: bytes, rows: Sequence[str] = ()) -> films.Film:
    film = films.film_of(content, name)
    film.folder.mkdir(parents=True)
    (film.folder / "about.json").write_text(f'{{"name": "{name}"}}')
    (film.folder / "annotated.mp4").write_bytes(b"film")
    heading = "frame,seconds,person,left,top,right,bottom,label,confidence," + ",".join(EMOTIONS)
    (film.folder / "faces.csv").write_text("\n".join([heading, *rows]) + "\n")
    return film


def test_a_name_that_is_no_films_is_refused(fer_home: Path) -> None:
    with pytest.raises(VideoError, match="no film by its name"):
        films.film_of(b"1", "film.exe")


def test_only_the_latest_few_films_are_kept(fer_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        kept_film(f"{number}.mp4", str(number).encode())
        time.sleep(0.01)
    monkeypatch.setattr(jobs, "start_job", lambda *arguments: None)
    coming = films.film_of(b"new", "new.mp4")
    films.start_reading(coming, b"new", LiveChoice("grey"))
    assert {film.name for film in films.list_films()} == {"2.mp4", "3.mp4", "4.mp4", "5.mp4"}
    assert (coming.folder / "film.mp4").read_bytes() == b"new"


def test_the_command_says_everything_that_was_chosen(fer_home: Path) -> None:
    film = films.film_of(b"1", "it.mov")
    settings = LiveSettings("haar_profile", 0.6, lift_contrast=True, unsure_below=0.5, temperature=2.0)
    style = DrawingStyle(bars="each", emotion_maps=True)
    arguments = " ".join(film.arguments(Path("copy.mov"), LiveChoice("grey", "other", settings, style)))
    for part in (
        "video copy.mov",
        "--model grey",
        "--second other",
        "--detector haar_profile",
        "--score-threshold 0.6",
        "--lift-contrast",
        "--unsure-below 0.5",
        "--temperature 2.0",
        "--bars each",
        "--maps",
        "--discard",
    ):
        assert part in arguments


def test_people_and_shares_are_read_from_the_table(fer_home: Path) -> None:
    scores = ",".join(["0.1"] * 6 + ["0.4"])
    rows = [
        f"{n},{n / 10},1,0,0,9,9,{label},0.4,{scores}" for n, label in enumerate(["happy", "happy", "unsure"])
    ]
    rows.append(f"3,0.3,2,0,0,9,9,sad,0.4,{scores}")
    film = kept_film("it.mp4", b"1", rows)
    first, second = film.people()
    assert (first.track_id, second.track_id) == (1, 2)
    assert first.seconds == pytest.approx([-0.3, -0.2, -0.1])
    assert first.probabilities.shape == (3, 7)
    assert first.share() == {EMOTIONS[3]: pytest.approx(2 / 3), None: pytest.approx(1 / 3)}
    assert list(film.shares()) == ["Person 1", "Person 2", "Everyone"]
    assert np.isclose(sum(film.shares()["Everyone"].values()), 1)
