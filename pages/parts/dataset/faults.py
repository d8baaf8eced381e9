"""The view "Faults": what is wrong with the faces, kind by kind, worst first, and mending it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.config import TrainingConfig
from fer.datasets import Dataset, Split
from fer.datasets.browsing import votes_won
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.editions import Edition, Mending
from fer.datasets.quality import Findings, Inspection, QualityIssue, galleries
from fer.datasets.quality.lessons import LESSONS
from fer.emotions import Emotion
from fer.errors import ModelError
from fer.models.inference import list_models
from fer.system import jobs
from pages.parts import caches, face_sheet, job_panel, mending, notices, phrases, pickers, state
from pages.parts.dataset import copies_sheet, face_card, fault_tiles
from pages.parts.dataset.fault_words import WORDS

FACES_PER_PAGE = 60
GROUPS_PER_PAGE = 24
# Of a picture that is there dozens of times, so many are shown; the rest is counted.
_COPIES_SHOWN = 10
_COPIES = (QualityIssue.LEAK, QualityIssue.EXACT_DUPLICATE, QualityIssue.NEAR_DUPLICATE)
_LOW_IS_BAD = (QualityIssue.BLANK, QualityIssue.DARK, QualityIssue.BLURRED)
_NOBODY: NDArray[np.intp] = np.empty(0, np.intp)
# Whose features judge the labels, where it is there.
_MODEL = TrainingConfig().architecture
_MARKING = "dataset.fault_marking"
_MARKED = "dataset.fault_marked"


def show(dataset: Dataset) -> None:
    """Show what an inspection found in the dataset, or offer to make one.

    Args:
        dataset: as it came, before any view.
    """
    inspection = caches.inspected(dataset)
    if inspection is None or _now_sees_more(inspection):
        _offer(dataset)
        return
    found = [fault for fault in WORDS if fault in inspection.findings]
    fault = next((fault for fault in found if fault == state.fault()), found[0])
    fault_tiles.show(
        [_tile(inspection.findings[kind]) for kind in found], fault, "dataset.faults", on_choose=_choose
    )
    _gallery(dataset, inspection, fault)


def _now_sees_more(inspection: Inspection) -> bool:
    """Whether labels were judged by outlines, and there is a model now that would judge them better."""
    if inspection.facts.get("label_by_model", 1) or not _has_model():
        return False
    with suppress(ModelError):
        return caches.recognizer(_MODEL).has_features
    return False


def _has_model() -> bool:
    return _MODEL in {model.name for model in list_models()}


def _offer(dataset: Dataset) -> None:
    """What an inspection would look for, and the button that starts it; or how far it is."""
    job_id = f"inspect-{caches.fingerprint(dataset)}"
    job = jobs.read_job(job_id)
    active = job is not None and job.is_active
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.markdown(
            "### :material/troubleshoot: " + ("Looking at every face" if active else "Nobody has looked yet"),
            text_alignment="center",
        )
        st.markdown(
            "An inspection looks at every face for **copies**, exact and near, above all those that lie in "
            "two splits; for **wrong labels**, by a model that is asked only about faces it never saw; and "
            "for pictures that are **no face**, blank, too dark, too bright or blurred.",
            text_alignment="center",
        )
        if active:
            st.caption("You may leave this page; it goes on.", text_alignment="center")
            job_panel.follow(job_id)
            return
        st.caption(
            f"For {phrases.faces(len(dataset))} that takes {_wait(len(dataset))} on two cores, once. Nothing "
            "is changed: what to do about each face is yours to say.",
            text_alignment="center",
        )
        if st.button("Find the faults", icon=":material/search:", type="primary", key="dataset.inspect"):
            with notices.shown():
                jobs.start_job(job_id, f"Inspecting {dataset.source.title}", _arguments(dataset))
            st.rerun()
        job_panel.follow(job_id)


def _arguments(dataset: Dataset) -> list[str]:
    """The command that inspects the dataset in the state that is on the page."""
    arguments = ["inspect", dataset.name]
    if not _has_model():
        arguments += ["--model", ""]  # outlines judge the labels then
    return [*arguments, *(["--skip-bad"] if state.view().skip_bad else [])]


def _wait(count: int) -> str:
    return "a few seconds" if count < 4000 else f"about {phrases.duration(max(20, count / 600))}"


def _choose(key: str) -> None:
    state.set_fault(QualityIssue(key))
    st.session_state[_MARKED] = []


def _tile(findings: Findings) -> fault_tiles.Tile:
    words, count = WORDS[findings.fault], len(findings)
    severity, weight = (words.severity, words.weight) if count else (0, "none found")
    return fault_tiles.Tile(
        findings.fault, words.title, count, severity, weight, LESSONS[findings.fault].definition
    )


@st.fragment
def _gallery(dataset: Dataset, inspection: Inspection, fault: QualityIssue) -> None:
    """Show one kind of fault; turning a page or moving the cut runs only this."""
    mending.settle()
    edition = mending.edition_of(dataset)
    draw = _copies if fault in _COPIES else _faces
    places = draw(dataset, inspection, fault, edition)
    place = state.face()
    if place is not None and not (st.session_state.get(_MARKING) and draw is _faces):
        face_card.open_face(dataset, place, among=places)


def _head(fault: QualityIssue, number: str) -> None:
    """What the fault is, how many there are, how it is measured and what it does to a model."""
    lesson = LESSONS[fault]
    st.header(lesson.title, anchor=False)
    st.markdown(f"{number}  \n{lesson.consequence}")
    st.markdown(f"**What to do.** {lesson.remedy}")
    st.caption(f"**How it is measured.** {lesson.definition}")


# ── copies ───────────────────────────────────────────────────────────────────────────────────────


def _copies(
    dataset: Dataset, inspection: Inspection, fault: QualityIssue, edition: Edition | None
) -> NDArray[np.intp]:
    """Draw copies group by group; return all of them, in that order."""
    findings = inspection.findings[fault]
    words, chart = st.columns([3, 2], gap="large")
    with chart:
        place = st.empty()
        if fault is QualityIssue.NEAR_DUPLICATE and len(findings) > 1:
            findings = _cut(findings, findings, inspection.facts, below=galleries.taken_below(findings))
    leaks = fault is QualityIssue.LEAK
    groups = galleries.leaks_of(dataset, inspection) if leaks else galleries.groups_of(findings)
    groups = galleries.kept_first(dataset, groups)
    members = int(sum(map(len, groups)))
    crossings = galleries.crossings(dataset, groups)
    if len(groups) and len(crossings) > 1:
        place.plotly_chart(
            figures.crossings_figure(crossings), config={"displayModeBar": False}, key="dataset.crossings"
        )
    conflicts = galleries.contradicting(dataset, groups)
    leaking, spare = galleries.leaking_copies(dataset, groups), galleries.spare_copies(dataset, groups)
    with words:
        if not groups:
            _head(fault, "**None was found.**")
            return _NOBODY
        number = (
            f"**{len(groups):,}** {'picture is' if len(groups) == 1 else 'pictures are'} there more than "
            f"once: **{members:,}** faces, {members / len(dataset):.1%} of the set, and **{len(spare):,}** "
            "more than one of each."
        )
        if fault is QualityIssue.LEAK:
            number = (
                f"**{len(groups):,}** {'picture lies' if len(groups) == 1 else 'pictures lie'} in two splits "
                f"or more: **{members:,}** faces, of which **{len(leaking):,}** copy "
                "a test or validation face of another split. "
                f"{_known_test_faces(dataset, groups)}"
            )
        if conflicts:
            pictures = "1 picture" if len(conflicts) == 1 else f"{len(conflicts):,} pictures"
            number += f" The copies of {pictures} **contradict one another**."
        _head(fault, number)

    changes = mending.changes_of(edition)
    partners = galleries.partner_of(groups)

    def out(places: Sequence[int] | NDArray[np.intp]) -> list[Mending]:
        return [
            Mending(int(at), None, _why(dataset, fault, int(at), partners[int(at)]))
            for at in places
            if int(dataset.rows[at]) not in changes
        ]

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if len(leaking):
            _button(
                dataset,
                "Leave out every copy that leaks",
                out(leaking),
                "leaks",
                help="Of a picture in two splits the test face stays, or else the validation face.",
            )
        if fault is not QualityIssue.LEAK:
            _button(
                dataset,
                "Keep one of each",
                out(spare),
                "spare",
                help="The test face stays, or else the validation face, or else the first in the file.",
            )
        if conflicts and fault is not QualityIssue.LEAK:  # there it would take test faces as well
            _button(
                dataset,
                "Leave out all that contradict",
                out(np.concatenate(conflicts)),
                "contradicting",
                help="Nobody knows which of their labels is right.",
            )
        _undo(dataset, edition)
    _mended_so_far(dataset, np.concatenate(groups), edition)

    first, last = _page(f"dataset.fault_page.{fault}", len(groups), GROUPS_PER_PAGE)
    shown = groups[first:last]
    rule = set(map(int, leaking if fault is QualityIssue.LEAK else spare))
    going = [out([at for at in group if int(at) in rule]) for group in shown]
    pressed = copies_sheet.show(
        dataset.images[np.concatenate([group[:_COPIES_SHOWN] for group in shown])],
        [
            _group(dataset, group, edition, len(mendings))
            for group, mendings in zip(shown, going, strict=True)
        ],
        "dataset.copies",
        on_open=state.set_face,
    )
    if pressed is not None and pressed < len(going) and going[pressed]:
        mending.mend(dataset, going[pressed], f"{phrases.faces(len(going[pressed]))} left out")
        st.rerun()
    _pages(f"dataset.fault_page.{fault}", "Pictures", first, last, len(groups), GROUPS_PER_PAGE)
    return np.concatenate(groups)


def _group(
    dataset: Dataset, group: NDArray[np.intp], edition: Edition | None, going: int
) -> copies_sheet.Group:
    labels = [dataset.emotions[label] for label in np.unique(dataset.labels[group])]
    conflict = len(labels) > 1
    said = f"{len(labels)} labels" if conflict else "same label"
    if len(group) > _COPIES_SHOWN:
        said += f", {_COPIES_SHOWN} of {len(group)} copies shown"
    shown = group[:_COPIES_SHOWN]
    return copies_sheet.Group(
        mending.captions(dataset, shown, edition),
        [pickers.SPLIT_TITLES[Split(str(split))] for split in dataset.splits[shown]],
        said,
        conflict,
        ("Leave out 1" if going == 1 else f"Leave out {going}") if going else "",
        "The test face stays, or else the validation face, or else the first in the file.",
    )


def _known_test_faces(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> str:
    """How much of the test set a model has met while it learned."""
    training, test = dataset.splits == Split.TRAIN, dataset.splits == Split.TEST
    met = sum(int(test[group].sum()) for group in groups if training[group].any())
    if not met:
        return ""
    return f"A model has met **{met / test.sum():.1%}** of the test faces while it learned."


def _why(dataset: Dataset, fault: QualityIssue, place: int, partner: int) -> str:
    other = f"row {dataset.rows[partner]:,}"
    if fault is QualityIssue.LEAK:
        return f"leak: the same picture as {other}, {dataset.splits[partner]}"
    return f"{'exact' if fault is QualityIssue.EXACT_DUPLICATE else 'near'} duplicate of {other}"


# ── one face at a time ───────────────────────────────────────────────────────────────────────────


def _faces(
    dataset: Dataset, inspection: Inspection, fault: QualityIssue, edition: Edition | None
) -> NDArray[np.intp]:
    """Draw faces one by one, worst first; return all of them, in that order."""
    found, named = inspection.findings[fault], WORDS[fault]
    ranked = galleries.all_ranked(found, inspection)
    words, chart = st.columns([3, 2], gap="large")
    with chart:
        findings = _cut(
            found, ranked, inspection.facts, below=fault in _LOW_IS_BAD or galleries.taken_below(found)
        )
    with words:
        number = f"**{len(findings):,}** faces, {len(findings) / max(len(dataset), 1):.1%} of the set."
        _head(fault, number if len(findings) else "**None was found.**")
        if fault is QualityIssue.WRONG_LABEL and len(findings):
            _suspicions(dataset, findings, inspection.facts)
    if not len(findings):
        return _NOBODY

    changes = mending.changes_of(edition)
    open_ones = np.array([int(dataset.rows[at]) not in changes for at in findings.faces])
    reasons = {
        int(at): f"{named.reason} {named.score(float(score))}"
        for at, score in zip(findings.faces, findings.scores, strict=True)
    }
    suggested = {
        int(at): dataset.emotions[label]
        for at, label in zip(findings.faces, findings.suggestions, strict=True)
        if label >= 0
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if suggested:
            _button(
                dataset,
                "Take every suggested label",
                [
                    Mending(int(at), suggested[int(at)], reasons[int(at)])
                    for at in findings.faces[open_ones]
                    if int(at) in suggested
                ],
                "suggested",
                done="given the suggested label",
                icon=":material/label:",
                help="The model is wrong about some of them as well: look before you press.",
            )
        _button(
            dataset,
            "Leave out all",
            [Mending(int(at), None, reasons[int(at)]) for at in findings.faces[open_ones]],
            "all",
            help="All that the cut takes, on every page, but for those that you mended already.",
        )
        _undo(dataset, edition)
        marking = st.toggle(
            "Mark several", key=_MARKING, help="A click then marks a face instead of opening it."
        )
    _mended_so_far(dataset, findings.faces, edition)

    first, last = _page(f"dataset.fault_page.{fault}", len(findings), FACES_PER_PAGE)
    shown = findings.faces[first:last]
    marked = [at for at in st.session_state.get(_MARKED, []) if at in reasons] if marking else []
    if marking:
        _mend_marked(dataset, marked, suggested, reasons)
    captions = mending.captions(
        dataset,
        shown,
        edition,
        badges=[named.score(float(score)) for score in findings.scores[first:last]],
        chosen=marked,
    )
    face_sheet.show(
        dataset.images[shown],
        [
            _with_notes(caption, notes)
            for caption, notes in zip(captions, _notes(dataset, shown, suggested), strict=True)
        ],
        "dataset.fault_sheet",
        side="7.4rem" if suggested else "5.4rem",
        on_open=state.set_face,
        on_select=(lambda places: _mark(shown, places)) if marking else None,
    )
    _pages(f"dataset.fault_page.{fault}", "Faces", first, last, len(findings), FACES_PER_PAGE)
    return findings.faces


def _suspicions(dataset: Dataset, findings: Findings, facts: Mapping[str, float]) -> None:
    """What the suspects are taken for, how good their judge is, and whether people agree with it."""
    pairs = Counter(
        (dataset.emotions[dataset.labels[at]], dataset.emotions[label])
        for at, label in zip(findings.faces, findings.suggestions, strict=True)
        if label >= 0
    )
    if pairs:
        commonest = [f"{label} → {other} ({count:,})" for (label, other), count in pairs.most_common(3)]
        st.markdown(f"Most often: {phrases.listed(commonest)}.")
    if "label_accuracy" in facts:
        judge = f"Of faces that it never saw, the judge names **{facts['label_accuracy']:.0%}** as labelled."
        if not facts.get("label_by_model", 1):
            judge += (
                " It knows their outlines only, for want of a model that shows what it sees: doubt it more."
            )
        st.caption(judge)
    check = galleries.check_by_votes(dataset, findings)
    if check is not None and check.suspects and check.all_faces:
        st.info(
            f"**Checked against people.** FER+'s ten voters, whom the method never heard of, call "
            f"**{check.label_refuted / check.suspects:.0%}** of these faces something else than their label "
            f"(of all faces {check.all_refuted / check.all_faces:.0%}), and "
            f"**{check.suggestion_confirmed / check.suspects:.0%}** exactly what is suggested.",
            icon=":material/how_to_vote:",
        )


def _notes(
    dataset: Dataset, places: NDArray[np.intp], suggested: Mapping[int, Emotion]
) -> list[tuple[str, ...]]:
    """What stands under each face besides its label: the suggestion, and the voters' answer."""
    won = None if dataset.votes is None else votes_won(dataset.votes[places])
    notes = []
    for index, at in enumerate(places):
        lines = [f"→ {suggested[int(at)]}?"] if int(at) in suggested else []
        if suggested and won is not None:
            lines.append(f"FER+: {VOTE_NAMES[won[index]] if won[index] >= 0 else 'undecided'}")
        notes.append(tuple(lines))
    return notes


def _with_notes(caption: face_sheet.Caption, notes: tuple[str, ...]) -> face_sheet.Caption:
    return replace(caption, notes=notes, description=", ".join([caption.description, *notes]))


def _mark(shown: NDArray[np.intp], places: list[int]) -> None:
    """Mark these of the faces that are shown; the marks of other pages stay."""
    elsewhere = [place for place in st.session_state.get(_MARKED, []) if place not in shown]
    st.session_state[_MARKED] = elsewhere + places


def _mend_marked(
    dataset: Dataset, marked: Sequence[int], suggested: Mapping[int, Emotion], reasons: Mapping[int, str]
) -> None:
    """The buttons for the faces that are marked."""

    def nothing_marked() -> None:
        st.session_state[_MARKED] = []

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{len(marked):,}** marked", width="content")
        if suggested:
            _button(
                dataset,
                "Take the suggestion",
                [Mending(at, suggested[at], reasons[at]) for at in marked if at in suggested],
                "marked",
                done="given the suggested label",
                icon=":material/label:",
                on_done=nothing_marked,
            )
        mending.buttons(
            dataset,
            marked,
            "dataset.fault_marked",
            reason=reasons[marked[0]] if len(marked) == 1 else "",
            on_done=nothing_marked,
        )


# ── what both have ───────────────────────────────────────────────────────────────────────────────


def _cut(found: Findings, ranked: Findings, facts: Mapping[str, float], *, below: bool) -> Findings:
    """Draw the measure with a cut that can be moved; return the findings it takes.

    Args:
        found: those of the inspection; where they end the cut is at first.
        ranked: all that a cut may take, worst first.
        facts: of the inspection; its thresholds are there.
        below: the cut takes the low values.
    """
    if len(ranked) < 2 or ranked.scores.min() == ranked.scores.max():
        return found
    fault, words, scores = found.fault, WORDS[found.fault], ranked.scores.astype(float)
    worst, mildest = float(scores[0]), float(scores[-1])
    if len(ranked) > len(found):
        # Who would take more than a quarter of all faces for bad ones?
        mildest = float(scores[max(len(scores) // 4, len(found))])
    start = facts.get(f"threshold_{fault}", float(found.scores[-1]) if len(found) else worst)
    low, high = min(worst, mildest, start), max(worst, mildest, start)
    place = st.empty()
    cut = st.slider(
        f"{words.measure} {'at most' if below else 'at least'}",
        low,
        high,
        start,
        step=(high - low) / 200,
        format=words.format,
        key=f"dataset.cut.{fault}.{len(ranked)}",
    )
    taken = found if cut == start else galleries.beyond(ranked, cut, below=below)
    place.plotly_chart(
        figures.cut_figure(scores, cut, below=below, measure=words.measure.lower()),
        config={"displayModeBar": False},
        key="dataset.cut_chart",
    )
    st.caption(
        f"The cut takes {phrases.faces(len(taken))}"
        + ("." if cut == start else f"; as it was proposed, it takes {len(found):,}.")
    )
    return taken


def _button(
    dataset: Dataset,
    label: str,
    mendings: Sequence[Mending],
    key: str,
    *,
    done: str = "left out",
    icon: str = ":material/visibility_off:",
    help: str | None = None,
    on_done: Callable[[], None] = lambda: None,
) -> None:
    """A button that mends many faces in one gesture; it says how many."""
    if st.button(
        f"{label} ({len(mendings):,})",
        icon=icon,
        key=f"dataset.mend_{key}",
        disabled=not mendings,
        help=help,
    ):
        if mending.mend(dataset, mendings, f"{phrases.faces(len(mendings))} {done}"):
            on_done()
        st.rerun()


def _undo(dataset: Dataset, edition: Edition | None) -> None:
    if (
        edition is not None
        and edition.changes
        and st.button(
            "Undo the last change", icon=":material/undo:", type="tertiary", key="dataset.fault_undo"
        )
    ):
        mending.undo_last(dataset)
        st.rerun()


def _mended_so_far(dataset: Dataset, places: NDArray[np.intp], edition: Edition | None) -> None:
    if edition is None:
        st.caption(
            f"No edition is open: your first change makes one called “{mending.DEFAULT_NAME}”. The data "
            "itself is never changed."
        )
        return
    changes = mending.changes_of(edition)
    actions: Counter[str] = Counter(
        changes[row].action for row in dataset.rows[places].tolist() if row in changes
    )
    if not actions:
        st.caption(f"The edition “{edition.name}” has changed none of these faces yet.")
        return
    done = [
        f"{does} {actions[action]:,} {what}"
        for action, does, what in (("exclude", "leaves", "out"), ("relabel", "gives", "another label"))
        if actions[action]
    ]
    st.caption(f"Of these faces “{edition.name}” {phrases.listed(done)}.")


def _page(key: str, count: int, size: int) -> tuple[int, int]:
    """The first and the last item of the page that is open; a page that is gone gives way to the last."""
    pages = max(-(-count // size), 1)
    if st.session_state.get(key, 1) > pages:
        st.session_state[key] = pages
    first = (int(st.session_state.get(key, 1)) - 1) * size
    return first, min(first + size, count)


def _pages(key: str, what: str, first: int, last: int, count: int, size: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"{what} {first + 1:,} to {last:,} of {count:,}, worst first")
        if count > size:
            st.pagination(-(-count // size), key=key)
