"""Tiles, one per kind of fault: how many faces show it and how much that matters; a click chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

_CSS = """
.tiles {
  display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(8.9rem, 1fr));
  padding: 3px;
}
.tile {
  all: unset; box-sizing: border-box; cursor: pointer; display: flex; flex-direction: column; gap: .1rem;
  padding: .7rem .85rem .75rem; border-radius: .6rem; border: 1px solid var(--st-border-color);
  background: var(--st-background-color); color: var(--st-text-color); font-family: var(--st-font);
  transition: border-color .12s, background .12s;
}
.tile:hover { border-color: var(--st-primary-color); }
.tile:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.tile.chosen {
  border-color: var(--st-primary-color); box-shadow: inset 0 0 0 1px var(--st-primary-color);
  background: var(--st-secondary-background-color);
}
.tile .name { font-size: .8rem; line-height: 1.25; opacity: .8; }
.tile .count { font-size: 1.45rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile.none .count { opacity: .4; }
.tile .weight {
  display: flex; align-items: center; gap: .4em; font-size: .74rem; line-height: 1.3; opacity: .75;
}
.tile .steps { display: inline-flex; gap: 2px; flex: none; }
.tile .steps i { width: .3rem; height: .6rem; border-radius: 1px; background: currentColor; opacity: .22; }
.tile .steps i.on { background: var(--st-primary-color); opacity: 1; }
@media (max-width: 430px) {
  .tiles { grid-template-columns: repeat(2, 1fr); }
}
@media (prefers-reduced-motion: reduce) { .tile { transition: none; } }
"""

_JS = """
export default function({ data, parentElement, setTriggerValue }) {
  const row = parentElement.querySelector('.tiles');
  while (row.children.length > data.tiles.length) row.lastChild.remove();
  data.tiles.forEach((tile, index) => {
    let button = row.children[index];
    if (!button) {
      button = document.createElement('button');
      button.type = 'button';
      for (const part of ['name', 'count', 'weight']) {
        const span = document.createElement('span');
        span.className = part;
        button.append(span);
      }
      row.append(button);
    }
    button.className = 'tile' + (tile.key === data.chosen ? ' chosen' : '') + (tile.none ? ' none' : '');
    button.setAttribute('aria-pressed', String(tile.key === data.chosen));
    button.title = tile.description;
    button.querySelector('.name').textContent = tile.name;
    button.querySelector('.count').textContent = tile.count;
    const weight = button.querySelector('.weight'), steps = document.createElement('span');
    steps.className = 'steps';
    for (let step = 1; step <= 3; step++) {
      const bar = document.createElement('i');
      if (step <= tile.severity) bar.className = 'on';
      steps.append(bar);
    }
    weight.replaceChildren(...(tile.severity ? [steps] : []), tile.weight);
    button.onclick = () => setTriggerValue('chosen', tile.key);
  });
}
"""

_component = st.components.v2.component("fer_fault_tiles", html='<div class="tiles"></div>', css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Tile:
    """One kind of fault.

    Attributes:
        key: what `on_choose` is given.
        name: what it is called.
        count: how many faces show it; None if it was not looked for.
        severity: how much it matters, 1 to 3; 0 for not at all.
        weight: the severity in a word or two.
        description: what the pointer and a screen reader are told.
    """

    key: str
    name: str
    count: int | None
    severity: int
    weight: str
    description: str


def show(tiles: Sequence[Tile], chosen: str, key: str, on_choose: Callable[[str], None]) -> None:
    """Show the tiles.

    Args:
        tiles: in their order.
        chosen: the key of the marked one.
        key: the widget's key.
        on_choose: called with the key of a tile that is clicked.
    """

    def clicked() -> None:
        choice = cast("dict[str, Any]", st.session_state[key]).get("chosen")
        if choice is not None:
            on_choose(str(choice))

    _component(
        key=key,
        data={
            "tiles": [
                {
                    "key": tile.key,
                    "name": tile.name,
                    "count": "–" if tile.count is None else f"{tile.count:,}",
                    "none": not tile.count,
                    "severity": tile.severity,
                    "weight": tile.weight,
                    "description": tile.description,
                }
                for tile in tiles
            ],
            "chosen": chosen,
        },
        on_chosen_change=clicked,
    )
