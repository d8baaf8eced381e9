"""Quality issues as tiles: how many faces show it and how much that matters; a click chooses."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from pages.parts import components

_component = components.component(__file__, '<div class="tiles"></div>')


@dataclass(frozen=True, slots=True)
class Tile:
    """One kind of quality issue.

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


def issue_tiles(tiles: Sequence[Tile], chosen: str, key: str, on_choose: Callable[[str], None]) -> None:
    """Show the tiles.

    Args:
        tiles: in their order.
        chosen: the key of the marked one.
        key: the widget's key.
        on_choose: called with the key of a tile that is clicked.
    """
    _component(
        key=key,
        data={
            "tiles": [
                asdict(tile)
                | {"count": "–" if tile.count is None else f"{tile.count:,}", "none": not tile.count}
                for tile in tiles
            ],
            "chosen": chosen,
        },
        on_chosen_change=components.on_trigger(key, "chosen", on_choose),
    )
