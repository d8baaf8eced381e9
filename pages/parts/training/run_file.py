"""Run management: name, notes, and what becomes of the folder of a run."""

import streamlit as st

from fer import runs
from fer.errors import FerError
from fer.runs import Run, RunNotes, RunStatus
from pages.parts import notices, phrases, state

_LONGEST_NAME = 80
_LONGEST_NOTE = 2000


def show(run: Run) -> None:
    """Draw a row of small buttons about the run; their keys name it, lest a press meet another run."""
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", key="training.file"):
        _star(run)
        _words(run)
        _curves(run)
        _delete(run)
    if run.notes.note:
        st.markdown(f":material/sticky_note_2: {phrases.plain(run.notes.note)}")


def delete_several(chosen: list[Run]) -> None:
    """Offer to delete the runs that are ticked."""
    idle = [run for run in chosen if not run.is_active]
    with st.popover(f"Delete {len(chosen)} runs", icon=":material/delete:", key="training.delete_several"):
        if len(idle) < len(chosen):
            st.caption("The one that is training stays; stop it first.")
        st.markdown(f"{_many(len(idle))} into the trash. {_TAKE_BACK}")
        if st.button(
            f"Yes, delete {_many(len(idle), 'run', 'runs')}",
            key="training.delete_several.sure",
            type="primary",
            disabled=not idle,
        ):
            _delete_all([run.id for run in idle])


def show_trash() -> None:
    """Offer to take back what was deleted within the last day; nothing where nothing was."""
    deleted = runs.list_deleted()
    if not deleted:
        return
    with st.popover(f"Trash ({len(deleted)})", icon=":material/restore_from_trash:", key="training.trash"):
        st.caption(_TAKE_BACK)
        for run in deleted[:50]:
            if st.button(
                f"Take back {phrases.plain(run.title)}",
                icon=":material/undo:",
                key=f"training.restore.{run.id}",
                width="stretch",
            ):
                restore(run.id)
        if len(deleted) > 50:
            st.caption(f"And {len(deleted) - 50} that were deleted before these.")
        if st.button(
            "Empty the trash, to make room on the disk",
            icon=":material/delete_forever:",
            key="training.empty_trash",
            type="tertiary",
            help="They cannot be taken back after that.",
        ):
            with notices.shown():
                runs.empty_trash(older_than_seconds=0)
            st.rerun()


def restore(run_id: str) -> None:
    """Take a deleted run back, show it, and draw the page again."""
    try:
        runs.restore_run(run_id)
        state.set_run_id(run_id)
    except FerError as error:  # another tab was quicker, or a day is over
        state.tell(str(error))
    st.rerun()


def show_damaged(damaged: list[str]) -> None:
    """Say which run folders cannot be read, and offer to put them away."""
    one = len(damaged) == 1
    with st.container(border=True, gap="small"):
        names = ", ".join(damaged[:10]) + (" …" if len(damaged) > 10 else "")
        st.warning(
            f"{'One run' if one else f'{len(damaged)} runs'} cannot be read and {'is' if one else 'are'} "
            f"left out: {names}. Put the config.json and status.json in models/runs right, or move what "
            "cannot be read into the trash.",
            icon=":material/heart_broken:",
        )
        if st.button(
            "Move it into the trash" if one else "Move them into the trash",
            icon=":material/delete:",
            key="training.delete_damaged",
            help="Nothing is lost: take it back from the trash within a day, mended or not.",
        ):
            _delete_all(damaged)


_TAKE_BACK = "You can take a deleted run back for a day; after that the next deletion removes it for good."


def _star(run: Run) -> None:
    starred = run.notes.starred
    if st.button(
        "",
        icon=":material/star:" if starred else ":material/star_border:",
        key=f"training.star.{run.id}",
        type="primary" if starred else "secondary",
        help="Take the star away" if starred else "Star it, to find it again in the list",
    ):
        with notices.shown():
            runs.save_notes(run.folder, RunNotes(run.notes.name, run.notes.note, not starred))
        st.rerun()


def _words(run: Run) -> None:
    with (
        st.popover("Name and note", icon=":material/edit:", key="training.words"),
        st.form(f"training.words.{run.id}", border=False),
    ):
        name = st.text_input(
            "Name", run.name, max_chars=_LONGEST_NAME, placeholder=run.id, key=f"training.words.name.{run.id}"
        )
        note = st.text_area(
            "Note",
            run.notes.note,
            max_chars=_LONGEST_NOTE,
            placeholder="What you tried, and what you saw.",
            key=f"training.words.note.{run.id}",
        )
        if st.form_submit_button("Keep", type="primary", icon=":material/check:"):
            with notices.shown():
                runs.save_notes(run.folder, RunNotes(name.strip(), note.strip(), run.notes.starred))
            st.rerun()


def _curves(run: Run) -> None:
    def content() -> str:
        manifest = runs.read_manifest(run.folder)
        return runs.metrics_csv(run.metrics(), manifest.emotions if manifest else ())

    st.download_button(
        "Curves",
        content,
        f"{run.id}.csv",
        "text/csv",
        key="training.curves",
        icon=":material/download:",
        on_click="ignore",
        help="Every epoch's figures as a CSV file.",
    )


def _delete(run: Run) -> None:
    with st.popover(
        "Delete",
        icon=":material/delete:",
        key="training.delete",
        disabled=run.is_active,
        help="Stop it first; a run that is training cannot be deleted." if run.is_active else None,
    ):
        waits = " It will not begin." if run.status is RunStatus.QUEUED else ""
        st.markdown(
            f"**{phrases.plain(run.title)}** goes into the trash, its model with it.{waits} {_TAKE_BACK}"
        )
        if st.button(
            "Yes, delete it", type="primary", icon=":material/delete:", key=f"training.delete.sure.{run.id}"
        ):
            _delete_all([run.id])


def _delete_all(run_ids: list[str]) -> None:
    for run_id in run_ids:
        try:
            runs.delete_run(run_id)
        except FerError as error:  # another tab was quicker, or it has begun
            state.tell(str(error))
            continue
        if state.run_id() == run_id:
            state.set_run_id(None)
    state.set_compared_runs(run_id for run_id in state.compared_runs() if run_id not in run_ids)
    st.rerun()


def _many(count: int, one: str = "One run goes", many: str = "runs go") -> str:
    return one if count == 1 else f"{count} {many}"
