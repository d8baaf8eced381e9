"""Field metadata: a setting declared once; its bounds, option, glossary line and widget follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

PER_CENT = "\N{NO-BREAK SPACE}%"


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """What is known of one setting; the field that it is declared for gives its name, type and default.

    Attributes:
        title: its name for a person.
        text: what it means, Markdown of a sentence or two: the glossary's line, and the form's help.
        option: what `--help` says of it, before its default; empty for one that no plain option sets.
        metavar: what `--help` calls its value, where that is a text.
        lowest: the least that a number may be; None for what has no bounds.
        highest: the most that a number may be, or the most characters of a text.
        group: which part of the form asks for it; empty for one with a widget of its own.
        slider_to: a slider is drawn, to this value at least; None for a field to type a number into.
        offered: the values that a slider offers, where they are few.
        step: of its widget.
        unit: what follows its value. `PER_CENT` is for shares of 1, written a hundred times as large.
        words: what single values are called: the options of a choice, None, or a special number.
        lessons: what each option of a choice means, for the line below it.
        short: its name where there is hardly room.
        asked: whether the form asks for it, given what is chosen above; where it does not, the default holds.
        name: the field's.
        kind: the field's type, without None.
        optional: whether it may be None.
        options: the words that it may be; empty for other kinds.
        default: what it is when nothing is chosen.
    """

    title: str
    text: str
    option: str = ""
    metavar: str = ""
    lowest: float | None = None
    highest: float | None = None
    group: str = ""
    slider_to: float | None = None
    offered: tuple[float, ...] = ()
    step: float | None = None
    unit: str = ""
    words: Mapping[Any, str] = field(default_factory=dict)
    lessons: Mapping[str, str] = field(default_factory=dict)
    short: str = ""
    asked: Callable[[Mapping[str, Any]], bool] = lambda chosen: True
    name: str = ""
    kind: Any = str
    optional: bool = False
    options: tuple[str, ...] = ()
    default: Any = None

    @property
    def label(self) -> str:
        """What stands above its widget: its title, and the unit of what is typed there."""
        return f"{self.title}, {self.unit.strip()}" if self.unit not in ("", PER_CENT) else self.title

    def written(self, value: Any) -> str:
        """A value as a person writes it: "never", "AdamW", "10 %", "1.5 epochs"."""
        if value in self.words:
            return self.words[value]
        match value:
            case None | "":
                return "none"
            case bool():
                return "yes" if value else "no"
            case str():
                return value
            case int() if self.unit != PER_CENT:
                number = str(value) if self.name == "seed" else f"{value:,}"
            case _:
                number = plain_number(100 * value if self.unit == PER_CENT else value)
        return number + self.unit


def plain_number(value: float) -> str:
    """A number without an exponent, as far as the tenth decimal: "0.0005"."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def setting(default: Any, title: str, text: str, **known: Any) -> Any:
    """Declare a field of settings: its default, a class for a new one of it, and what `SettingSpec` knows."""
    metadata = {"spec": SettingSpec(title, text, **known)}
    if isinstance(default, type):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@cache
def specs_of(cls: type) -> Mapping[str, SettingSpec]:
    """The settings that a dataclass declares, in their order, by name."""
    hints = get_type_hints(cls)
    found = {}
    for each in fields(cls):
        if "spec" not in each.metadata:
            continue
        hint = hints[each.name]
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        optional = get_origin(hint) in (Union, UnionType)
        words = () if optional or not get_args(hint) else get_args(hint)
        found[each.name] = replace(
            each.metadata["spec"],
            name=each.name,
            kind=kinds[0] if optional else str if words else hint,
            optional=optional,
            options=words,
            default=None if each.default is MISSING else each.default,
        )
    return MappingProxyType(found)
