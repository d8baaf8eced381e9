"""Films in and out: what is in a file, what is read in it, and what comes back. All made while testing."""

import csv
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fer.emotions import EMOTIONS
from fer.errors import VideoError
from fer.live import LiveSettings
from fer.live.drawing import DrawingStyle
from fer.live.video import annotate_film, probe_film, probing
from fer.live.video.annotating import FilmReport
from fer.models.inference import Recognizer
from tests.core import filmed, grey_level


@pytest.fixture
def recognizer(fer_home: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "grey"))


# ── what is in a file ────────────────────────────────────────────────────────────────────────────


def test_a_film_tells_its_size_length_rate_and_sound(tmp_path: Path) -> None:
    info, _ = probe_film(filmed.film(tmp_path / "film.mp4", sound="aac"))
    assert (info.width, info.height, info.codec, info.sound) == (320, 240, "h264", "aac")
    assert info.seconds == pytest.approx(1.2, abs=0.15)
    assert info.frames_per_second == pytest.approx(10, rel=0.1)
    assert info.read_size == (320, 240)


@pytest.mark.parametrize(("degrees", "stored"), [(90, (320, 240)), (270, (320, 240)), (180, (320, 240))])
def test_a_film_from_a_turned_telephone_is_read_upright(
    tmp_path: Path, degrees: int, stored: tuple[int, int]
) -> None:
    path = filmed.film(tmp_path / "turned.mp4", 3, size=stored, rotation_degrees=degrees)
    info, frame = probe_film(path)
    expected = stored if degrees == 180 else stored[::-1]
    assert (info.width, info.height) == expected
    assert frame.shape == (expected[1], expected[0], 3)
    as_stored = filmed.frame_bgr(0, stored)[..., ::-1]
    difference = np.abs(frame.astype(int) - np.rot90(as_stored, info.rotation_degrees // 90)).mean()
    assert difference < 8, "turned the way that the file says"


def test_a_film_of_4k_is_read_at_a_smaller_size_and_an_odd_one_at_an_even(tmp_path: Path) -> None:
    info, first = probe_film(filmed.film(tmp_path / "4k.mp4", 1, size=(3840, 2160)))
    assert (info.width, info.height) == (3840, 2160)
    assert info.read_size == (1280, 720)
    assert first.shape == (720, 1280, 3)
    assert probing.FilmInfo(333, 241, 0, 1, 1, "", "").read_size == (332, 240)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.write_bytes(b""), "is empty: it has 0 bytes"),
        (lambda path: path.write_bytes(b"no film at all" * 100), "damaged, or is none"),
        (lambda path: filmed.song(path), "holds only sound"),
        (lambda path: filmed.song(path, with_cover=True), "holds only sound"),
        (lambda path: filmed.film(path) and path.write_bytes(path.read_bytes()[:600]), "damaged, or is none"),
    ],
    ids=["empty", "no film", "sound", "sound with a cover", "cut off"],
)
def test_what_is_no_film_is_a_sentence(tmp_path: Path, make: object, sentence: str) -> None:
    path = tmp_path / "it.mp4"
    make(path)  # type: ignore[operator]
    with pytest.raises(VideoError, match=sentence) as caught:
        probe_film(path, "holiday.mp4")
    assert "holiday.mp4" in str(caught.value)


def test_an_upload_is_looked_into_without_being_written_anywhere(tmp_path: Path) -> None:
    content = filmed.film(tmp_path / "film.mp4", sound="aac").read_bytes()
    (tmp_path / "film.mp4").unlink()
    info, first = probe_film(content, "film.mp4")
    assert (info.width, info.sound) == (320, "aac")
    assert first.shape == (240, 320, 3)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    with pytest.raises(VideoError, match=r"“it\.mp4” is empty"):
        probe_film(b"", "it.mp4")


def test_a_list_of_other_files_is_not_followed(tmp_path: Path) -> None:
    secret = filmed.film(tmp_path / "secret.mp4", 2)
    for name, text in (
        ("list.mp4", f"ffconcat version 1.0\nfile '{secret}'\n"),
        ("playlist.mp4", f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(VideoError, match="damaged, or is none"):
            probe_film(tmp_path / name)


def test_a_film_that_is_too_long_too_large_or_gone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filmed.film(tmp_path / "film.mp4")
    with pytest.raises(VideoError, match="cannot be read"):
        probe_film(tmp_path / "gone.mp4")
    for limit, value, sentence in (
        ("MAX_SECONDS", 1, "minutes long"),
        ("MAX_PIXELS", 100, "frames of 320×240 pixels"),
        ("MAX_BYTES", 100, "MB are read"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(probing, limit, value)
            with pytest.raises(VideoError, match=sentence):
                probe_film(path)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("telephone.mov", {"codec": "libx265"}),
        ("ten bits.mp4", {"codec": "libx265", "pixels": "yuv420p10le"}),
        ("camera.avi", {"codec": "mjpeg", "pixels": "yuvj420p"}),
        ("browser.webm", {"codec": "libvpx", "options": {"live": "1"}}),
        ("odd.mkv", {"codec": "ffv1", "pixels": "bgr0", "size": (321, 241)}),
        ("two.mkv", {"tracks": 2}),
        ("broadcast.ts", {"times_ms": [3_600_000 + 100 * number for number in range(5)]}),
        ("moving.gif", {"codec": "gif", "pixels": "rgb8"}),
    ],
)
def test_films_of_every_kind_tell_their_length_and_rate(
    tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    info, first = probe_film(filmed.film(tmp_path / name, 5, **options))
    assert (info.seconds, info.frames_per_second) == (
        pytest.approx(0.5, abs=0.02),
        pytest.approx(10, abs=0.5),
    )
    assert first.shape == (240, 320, 3)
    assert np.abs(first[..., ::-1].astype(int) - filmed.frame_bgr(0)).mean() < 30, "a palette is rough"


def test_one_frame_is_a_film(tmp_path: Path) -> None:
    assert probe_film(filmed.film(tmp_path / "one.mp4", 1))[1].shape == (240, 320, 3)


@pytest.mark.parametrize(
    ("aspect", "rotation", "seen"),
    [
        (Fraction(4, 3), 0, (320, 240)),
        (Fraction(2), 0, (320, 240)),
        (Fraction(4, 3), 90, (240, 320)),
        (Fraction(8, 9), 0, (360, 270)),
        (Fraction(8), 0, (40, 240)),
    ],
)
def test_a_film_is_seen_with_square_pixels(
    tmp_path: Path, aspect: Fraction, rotation: int, seen: tuple[int, int]
) -> None:
    path = filmed.film(tmp_path / "film.mp4", 2, aspect=aspect, rotation_degrees=rotation)
    info, first = probe_film(path)
    assert (info.width, info.height) == info.read_size == first.shape[1::-1] == seen


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (filmed.gif((65_500, 65_500), [10]), "8K|can be decoded"),
        (filmed.gif((16_000, 16_000), [10]), "8K, 7680×4320"),
        (filmed.gif((8, 8), [10] * 20_000), "33 minutes long"),
        (filmed.gif((8, 8), [65_535] * 3), "33 minutes long"),
        (filmed.gif((8, 8), [10])[:20], "damaged, or is none|can be decoded"),
        (b"GIF89a", "damaged, or is none|can be decoded"),
    ],
    ids=["65,500 wide", "larger than 8K", "20,000 frames", "long frames", "cut off", "no header"],
)
def test_a_gif_that_would_fill_the_memory_or_the_day_is_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(VideoError, match=sentence):
        probe_film(content, "it.gif")


def test_a_film_that_does_not_tell_its_length_is_measured_and_may_be_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filmed.film(tmp_path / "live.webm", 12, codec="libvpx", options={"live": "1"})
    monkeypatch.setattr(probing, "MAX_SECONDS", 1)
    with pytest.raises(VideoError, match="minutes long"):
        probe_film(path)


def test_a_codec_that_is_not_known_is_a_sentence(tmp_path: Path) -> None:
    path = filmed.film(tmp_path / "film.mkv", 3)
    path.write_bytes(path.read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_MPEG9/ISO/AVC"))
    with pytest.raises(VideoError, match="codec that is not known"):
        probe_film(path)


# ── read and written ─────────────────────────────────────────────────────────────────────────────


def annotated(
    source: Path, recognizer: Recognizer, **options: object
) -> tuple[FilmReport, Path, list[dict[str, str]]]:
    output, table = source.parent / "out.mp4", source.parent / "faces.csv"
    report = annotate_film(source, recognizer, output=output, table=table, **options)  # type: ignore[arg-type]
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return report, output, rows


def test_every_frame_comes_back_drawn_on_at_its_own_time_and_with_a_row(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    report, output, rows = annotated(filmed.film(tmp_path / "film.mp4"), recognizer)
    found = filmed.contents(output)
    assert (found["codec"], found["pixels"], found["size"]) == ("h264", "yuv420p", (320, 240))
    assert found["times"] == pytest.approx([number / 10 for number in range(12)], abs=0.002)
    assert report.frames == len(rows) == 12
    assert report.people == 1
    assert [float(row["seconds"]) for row in rows] == pytest.approx([n / 10 for n in range(12)], abs=0.002)
    assert {row["person"] for row in rows} == {"1"}
    for number, row in enumerate(rows):
        assert int(row["left"]) < 110 + 2 * number < int(row["right"])
        assert sum(float(row[emotion]) for emotion in EMOTIONS) == pytest.approx(1, abs=0.01)
    plain = filmed.frame_bgr(5)
    assert np.abs(found["frames"][5].astype(int) - plain).max() > 100, "something is drawn"


def test_a_film_with_uneven_timing_keeps_it(tmp_path: Path, recognizer: Recognizer) -> None:
    times = [0, 40, 50, 300, 310, 900, 1000, 1800]
    source = filmed.film(tmp_path / "uneven.mp4", len(times), times_ms=times)
    _, output, rows = annotated(source, recognizer)
    assert filmed.contents(output)["times"] == pytest.approx([t / 1000 for t in times], abs=0.002)
    assert [float(row["seconds"]) for row in rows] == pytest.approx([t / 1000 for t in times], abs=0.002)


@pytest.mark.parametrize(("suffix", "sound", "kept_as"), [(".mp4", "aac", "aac"), (".mkv", "libopus", "aac")])
def test_the_sound_is_kept_copied_or_coded_anew(
    tmp_path: Path, recognizer: Recognizer, suffix: str, sound: str, kept_as: str
) -> None:
    source = filmed.film(tmp_path / f"film{suffix}", sound=sound)
    _, output, _ = annotated(source, recognizer)
    before, after = filmed.contents(source), filmed.contents(output)
    assert after["sound"] == kept_as
    assert after["sound_seconds"] == pytest.approx(before["sound_seconds"], abs=0.1)


def test_the_index_stands_first_so_that_a_browser_need_not_wait(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    _, output, _ = annotated(filmed.film(tmp_path / "film.mp4"), recognizer)
    content = output.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_same_film_gives_the_same_table(tmp_path: Path, recognizer: Recognizer) -> None:
    source = filmed.film(tmp_path / "film.mp4")
    first, second = (annotated(source, recognizer)[2] for _ in range(2))
    assert first == second


def test_a_film_without_a_face_is_a_film_without_rows(tmp_path: Path, recognizer: Recognizer) -> None:
    report, output, rows = annotated(filmed.film(tmp_path / "wall.mp4", with_face=False), recognizer)
    assert (report.frames, report.faces, report.people, report.shares) == (12, 0, 0, {})
    assert rows == []
    assert len(filmed.contents(output)["frames"]) == 12


def test_a_second_model_has_columns_of_its_own_and_parquet_holds_the_same(
    tmp_path: Path, recognizer: Recognizer, fer_home: Path
) -> None:
    import pandas

    other = Recognizer(
        grey_level.save_model(fer_home / "models" / "pretrained" / "o", emotions=EMOTIONS[::-1])
    )
    source = filmed.film(tmp_path / "film.mp4")
    _, _, rows = annotated(source, recognizer, other=other)
    assert float(rows[0]["second_neutral"]) == pytest.approx(float(rows[0]["angry"]), abs=0.02)
    annotate_film(source, recognizer, table=tmp_path / "faces.parquet", other=other)
    frame = pandas.read_parquet(tmp_path / "faces.parquet")
    assert list(frame.columns) == list(rows[0])
    assert frame["person"].tolist() == [int(row["person"]) for row in rows]
    assert frame["happy"].tolist() == pytest.approx([float(row["happy"]) for row in rows])


def test_a_damaged_middle_is_passed_over(tmp_path: Path, recognizer: Recognizer) -> None:
    source = filmed.film(tmp_path / "film.mkv", 40)
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 60] = bytes(60)
    source.write_bytes(content)
    report, output, _ = annotated(source, recognizer)
    assert 0 < report.frames <= 40
    assert filmed.contents(output)["frames"]


def test_a_turned_film_comes_back_upright(tmp_path: Path, recognizer: Recognizer) -> None:
    source = filmed.film(tmp_path / "turned.mp4", 4, rotation_degrees=90)
    _, output, _ = annotated(source, recognizer)
    assert filmed.contents(output)["size"] == (240, 320)


def test_progress_grows_to_nearly_one(tmp_path: Path, recognizer: Recognizer) -> None:
    told: list[float] = []
    source = filmed.film(tmp_path / "film.mp4")
    annotate_film(
        source,
        recognizer,
        output=tmp_path / "o.mp4",
        progress=lambda fraction, message: told.append(fraction),
    )
    assert told == sorted(told)
    assert 0.8 < told[-1] < 1


def test_whoever_stops_it_leaves_nothing_half_written_and_the_older_film_in_place(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    source, output = filmed.film(tmp_path / "film.mp4"), tmp_path / "out.mp4"
    output.write_bytes(b"older")

    def stop(fraction: float, message: str) -> None:
        if fraction > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        annotate_film(source, recognizer, output=output, table=tmp_path / "faces.csv", progress=stop)
    assert output.read_bytes() == b"older"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["film.mp4", "out.mp4"]


@pytest.mark.parametrize(("output", "table"), [("out.webm", None), (None, "faces.xlsx")])
def test_other_kinds_of_file_are_refused_before_anything_is_read(
    tmp_path: Path, recognizer: Recognizer, output: str | None, table: str | None
) -> None:
    with pytest.raises(VideoError, match="saved as"):
        annotate_film(
            tmp_path / "gone.mp4",
            recognizer,
            output=tmp_path / output if output else None,
            table=tmp_path / table if table else None,
        )


def test_settings_and_style_reach_the_film(tmp_path: Path, recognizer: Recognizer) -> None:
    source = filmed.film(tmp_path / "film.mp4")
    _, _, rows = annotated(
        source, recognizer, settings=LiveSettings(unsure_below=1.0), style=DrawingStyle(bars="none")
    )
    assert {row["label"] for row in rows} == {"unsure"}


def test_narrow_pixels_give_the_same_answers_and_the_same_look(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    _, output, square = annotated(filmed.film(tmp_path / "square.mp4", 6), recognizer)
    looked = filmed.contents(output)["frames"]
    _, output, narrow = annotated(filmed.film(tmp_path / "narrow.mp4", 6, aspect=Fraction(4, 3)), recognizer)
    assert [row["label"] for row in narrow] == [row["label"] for row in square]
    sides = ("left", "top", "right", "bottom")
    boxes = [[[int(row[side]) for side in sides] for row in rows] for rows in (square, narrow)]
    assert np.abs(np.subtract(*boxes)).max() <= 10
    found = filmed.contents(output)
    assert found["size"] == (320, 240)
    assert np.abs(np.subtract(found["frames"], looked, dtype=int)).mean() < 6


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_film_that_begins_late_keeps_its_times(tmp_path: Path, recognizer: Recognizer, suffix: str) -> None:
    times = [5_000 + 100 * number for number in range(5)]
    codec = "libvpx" if suffix == ".webm" else "libx264"
    source = filmed.film(tmp_path / f"late{suffix}", 5, times_ms=times, codec=codec)
    report, output, rows = annotated(source, recognizer)
    assert [float(row["seconds"]) for row in rows] == pytest.approx([t / 1000 for t in times], abs=0.002)
    assert filmed.contents(output)["times"] == pytest.approx([t / 1000 for t in times], abs=0.002)
    assert (report.seconds, report.info.seconds) == (pytest.approx(0.4), pytest.approx(5.5, abs=0.02))


def test_a_broadcast_begins_at_nought_with_its_sound_beside_it(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    times = [300 + 100 * number for number in range(8)]
    source = filmed.film(
        tmp_path / "cut.ts", 8, times_ms=times, sound="aac", options={"output_ts_offset": "7200"}
    )
    _, output, rows = annotated(source, recognizer)
    found = filmed.contents(output)
    assert found["times"] == pytest.approx([float(row["seconds"]) for row in rows], abs=0.002)
    assert found["times"][0] == pytest.approx(0.3, abs=0.05), "its sound comes first"
    assert found["sound_seconds"] == pytest.approx(0.8, abs=0.1)


def test_an_animated_gif_keeps_the_delays_of_its_frames(tmp_path: Path, recognizer: Recognizer) -> None:
    pictures = [Image.fromarray(filmed.frame_bgr(number)[..., ::-1]) for number in range(4)]
    source = tmp_path / "moving.gif"
    delays = [100, 500, 40, 200]
    pictures[0].save(source, save_all=True, append_images=pictures[1:], duration=delays, loop=0)
    report, output, rows = annotated(source, recognizer)
    assert [float(row["seconds"]) for row in rows] == pytest.approx([0, 0.1, 0.6, 0.64], abs=0.002)
    assert report.info.seconds == pytest.approx(0.84, abs=0.01)
    assert len(filmed.contents(output)["frames"]) == 4


def test_a_clear_gif_is_white_where_it_is_clear(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (8, 8, 24, 24))
    clear.save(tmp_path / "clear.gif", save_all=True, append_images=[clear.rotate(90)], duration=100)
    _, first = probe_film(tmp_path / "clear.gif")
    assert first[2, 2].min() > 240
    assert first[16, 16, 0] > 150 > 60 > first[16, 16, 1]


def test_a_film_that_is_cut_off_or_goes_on_while_it_is_read_ends(
    tmp_path: Path, recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = filmed.film(tmp_path / "film.mkv", 40)

    def cut_off(fraction: float, message: str) -> None:
        if fraction > 0.1:
            source.write_bytes(source.read_bytes()[:9_000])

    report = annotate_film(source, recognizer, output=tmp_path / "out.mp4", progress=cut_off)
    assert 0 < report.frames <= 40
    source = filmed.film(tmp_path / "film.mkv", 12)
    monkeypatch.setattr(probing, "MAX_FRAMES", 10)
    with pytest.raises(VideoError, match="longer than it says"):
        annotate_film(source, recognizer, output=tmp_path / "other.mp4")
    assert not (tmp_path / "other.mp4").exists()
