"""Cost table: what a network costs beside how good it is, and what others reached.

Costs come from `measured`, accuracies from the cards of the shipped models and of a learner's runs, and from
nowhere else: a model that is trained anew is told of as soon as its card is there.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from fer.errors import ModelNotFoundError
from fer.models.card import ModelCard, load_card
from fer.models.catalog import ARCHITECTURES, Architecture
from fer.models.costs.measured import FACE_COUNTS, MeasuredCosts, NetworkCost
from fer.models.costs.peers import PEERS, PRIVATE_TEST_FACES
from fer.statistics import Proportion, percent
from fer.system import paths
from fer.system.markdown import markdown_table

Cost = Literal["parameters", "multiply_adds", "milliseconds", "file_bytes"]
COSTS = get_args(Cost)
Kind = Literal["shipped", "untrained", "measured peer", "published", "run"]

FER_2013 = "FER-2013"
NO_WEIGHTS = "no trained weights shipped"
MOST_RUNS = 6
"""How many runs are shown beside the others: the best of each architecture, of so many."""
BEGIN, END = "<!-- costs -->", "<!-- /costs -->"


@dataclass(frozen=True, slots=True)
class Accuracy(Proportion):
    """How often a model is right.

    Attributes:
        split: "PrivateTest", or "PublicTest" for a run that has not looked at the test faces.
    """

    split: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """An architecture of the catalogue.

    Attributes:
        entry: what it is.
        parameters: of the shipped model, or else of the architecture at its own input size.
        cost: what it costs; None where it was not measured yet.
        model: the shipped model whose accuracy it is; empty without one.
        accuracy: on PrivateTest, by that model's card; None without one.
    """

    entry: Architecture
    parameters: int
    cost: NetworkCost | None
    model: str
    accuracy: Accuracy | None


@dataclass(frozen=True, slots=True)
class CostPoint:
    """One network in the plot.

    Attributes:
        title: what the legend calls it.
        kind: whose it is, and who measured it.
        costs: what is known of its costs; what is not is left out.
        accuracy: None for an architecture that nobody has shipped weights of.
        note: where it comes from.
        architecture: its name in the catalogue; empty for somebody else's.
    """

    title: str
    kind: Kind
    costs: Mapping[Cost, float]
    accuracy: Accuracy | None
    note: str = ""
    architecture: str = ""


def cost_rows(costs: MeasuredCosts) -> tuple[CostRow, ...]:
    """Every architecture of the catalogue with its cost, and with the accuracy of its best shipped model."""
    shipped = _best_of_each(shipped_cards().values(), "test")
    return tuple(
        _row(entry, costs.networks.get(entry.name), shipped.get(entry.name))
        for entry in ARCHITECTURES.values()
    )


def _row(entry: Architecture, cost: NetworkCost | None, card: ModelCard | None) -> CostRow:
    """A cost measured at another input size than the shipped model's is none of that model's."""
    if card is None:
        return CostRow(entry, entry.parameters, cost, "", None)
    of_it = cost if _same_size(cost, card) else None
    return CostRow(entry, card.parameters or entry.parameters, of_it, card.name, tested(card))


def _same_size(cost: NetworkCost | None, card: ModelCard) -> bool:
    return cost is not None and {cost.image_size} == set(card.preprocessing.input_shape[:2])


def tested(card: ModelCard) -> Accuracy | None:
    """The accuracy on PrivateTest that a card tells of; None without one, or if it is of other faces."""
    return _told(card, card.test, "PrivateTest")


def validated(card: ModelCard) -> Accuracy | None:
    """The accuracy on PublicTest, which the epoch was chosen on; None if it is of other faces or labels."""
    view = card.config.get("view") or {}
    as_it_came = not (view.get("edition") or view.get("splits")) and view.get("labels", "given") == "given"
    return _told(card, card.validation, "PublicTest") if as_it_came else None


def cost_points(costs: MeasuredCosts, runs: Iterable[ModelCard] = ()) -> tuple[CostPoint, ...]:
    """Everything that can be plotted: our architectures, a learner's runs, and what others reached.

    Args:
        costs: what was measured.
        runs: the cards of a learner's runs; of each architecture the best is shown that learned from
            FER-2013, for other faces are another test.
    """
    points = [_of_row(row) for row in cost_rows(costs) if row.cost is not None or row.accuracy is not None]
    best = sorted(_best_of_each(runs, "validation").values(), key=_validation_of, reverse=True)
    points += [
        CostPoint(
            card.title,
            "run",
            _costs_of(costs.networks.get(card.architecture), card),
            tested(card) or validated(card),
            "your run",
            card.architecture,
        )
        for card in best[:MOST_RUNS]
    ]
    for peer in PEERS:
        flip = (
            "" if peer.with_flip is None else f"; {percent(peer.with_flip)} with its mirror image averaged in"
        )
        points.append(
            CostPoint(
                peer.title,
                "measured peer" if peer.measured_here else "published",
                {} if peer.parameters is None else {"parameters": float(peer.parameters)},
                Accuracy(round(peer.accuracy * PRIVATE_TEST_FACES), PRIVATE_TEST_FACES, "PrivateTest"),
                f"{peer.source}{flip}",
            )
        )
    return tuple(points)


def text_rows(costs: MeasuredCosts) -> list[list[str]]:
    """The catalogue's networks with their costs and accuracies as text, the titles of the columns first."""
    head = [
        *("network", "parameters", "input", "multiply-adds", "file, kB"),
        *(f"ms, {count} face{'s' if count > 1 else ''}" for count in FACE_COUNTS),
        "PrivateTest accuracy (95\u00a0%)",
    ]
    rows = [head]
    for row in cost_rows(costs):
        known = ["–", "not measured yet", *["–"] * (1 + len(FACE_COUNTS))]
        if row.cost is not None:
            known = [
                f"{row.cost.image_size}×{row.cost.image_size}",
                f"{row.cost.multiply_adds / 1e6:,.1f} M",
                f"{row.cost.file_bytes / 1e3:,.0f}",
                *(f"{row.cost.milliseconds[count]:,.2f}" for count in FACE_COUNTS),
            ]
        judged = NO_WEIGHTS if row.accuracy is None else str(row.accuracy)
        rows.append([row.entry.name, f"{row.parameters:,}", *known, judged])
    return rows


def as_markdown(costs: MeasuredCosts) -> str:
    """The table of docs/reference/costs.md: our networks, the others, and the machine."""
    head, *rows = text_rows(costs)
    rows = [[f"`{name}`", *cells] for name, *cells in rows]
    rows += [
        [
            f"{point.title} ({'measured by us' if point.kind == 'measured peer' else 'published'})",
            f"{point.costs['parameters']:,.0f}" if "parameters" in point.costs else "–",
            *["–"] * (3 + len(FACE_COUNTS)),
            str(point.accuracy),
        ]
        for point in cost_points(costs)
        if point.kind in ("measured peer", "published") and point.accuracy is not None
    ]
    versions = ", ".join(f"{name} {version}" for name, version in costs.versions.items())
    return (
        f"{markdown_table([head, *rows])}\n\n"
        f"Times: {costs.processor}, {costs.measured_on}, one LiteRT thread, faces of "
        f"the input's size, their preparation included ({versions})."
    )


def shipped_cards() -> dict[Path, ModelCard]:
    """Return the cards of the shipped models by their folders; one that cannot be read tells nothing."""
    cards = {}
    for folder in paths.pretrained_models().values():
        with suppress(ModelNotFoundError):
            cards[folder] = load_card(folder)
    return cards


def _best_of_each(
    cards: Iterable[ModelCard], looked_at: Literal["test", "validation"]
) -> dict[str, ModelCard]:
    """By architecture, the best card of those that tell of faces of FER-2013 that were `looked_at`.

    The best on validation faces: test faces choose nothing.
    """
    best: dict[str, ModelCard] = {}
    for card in cards:
        known = tested(card) if looked_at == "test" else validated(card)
        former = best.get(card.architecture)
        if known and (former is None or _validation_of(card) > _validation_of(former)):
            best[card.architecture] = card
    return best


def _validation_of(card: ModelCard) -> float:
    told = validated(card)
    return told.share if told else 0.0


def _told(card: ModelCard, figures: Mapping[str, Any] | None, split: str) -> Accuracy | None:
    """What a card tells of all the faces of a split of FER-2013; both have equally many."""
    if figures is None or card.dataset.get("title") != FER_2013:
        return None
    try:
        told = Proportion.from_dict(figures)
    except (KeyError, TypeError, ValueError):  # edited by hand
        return None
    return Accuracy(told.right, told.of, split) if told.of == PRIVATE_TEST_FACES else None


def _of_row(row: CostRow) -> CostPoint:
    return CostPoint(
        row.entry.title,
        "untrained" if row.accuracy is None else "shipped",
        _costs_of(row.cost, None) or {"parameters": float(row.parameters)},
        row.accuracy,
        NO_WEIGHTS if row.accuracy is None else f"shipped as {row.model}",
        row.entry.name,
    )


def _costs_of(cost: NetworkCost | None, card: ModelCard | None) -> dict[Cost, float]:
    """What is known of a network; a run at another input size has its parameters, and nothing else."""
    if cost is None or (card is not None and not _same_size(cost, card)):
        return {"parameters": float(card.parameters)} if card is not None and card.parameters else {}
    return {
        "parameters": float(cost.parameters),
        "multiply_adds": float(cost.multiply_adds),
        "milliseconds": cost.milliseconds[FACE_COUNTS[0]],
        "file_bytes": float(cost.file_bytes),
    }
