"""MathML: formulas that every browser draws by itself, without a library from the network.

`Score.formula` is LaTeX; of that, only what those formulas use is understood here, and anything else is an
error that the tests find, not a page with a gap.
"""

import re
from html import escape

_TOKEN = re.compile(r"\\text\{[^{}]*\}|\\[A-Za-z]+|\\.|[{}_^]|\d+(?:\.\d+)?|[A-Za-z]|\s+|.")
_SIGNS = {r"\sum": "∑", r"\ln": "ln", r"\log": "log", r"\max": "max", r"\min": "min"}
_SIGNS |= {r"\cdot": "·", r"\times": "×", r"\le": "≤", r"\ge": "≥", r"\neq": "≠"}
_LETTERS = {r"\alpha": "α", r"\beta": "β", r"\kappa": "κ", r"\sigma": "σ", r"\mu": "μ"}
_SPACES = {r"\,": "0.17em", r"\;": "0.28em", r"\ ": "0.25em", r"\quad": "1em"}
_BOUNDED = {"∑", "max", "min"}
_NO_BREAK = "\N{NO-BREAK SPACE}"


def to_mathml(latex: str, *, large: bool = False) -> str:
    """Return a formula as a `<math>` element.

    Args:
        latex: the formula.
        large: whether its fractions and sums have all the room they want.

    Raises:
        ValueError: it holds a command that is not known here, or its brackets do not match.
    """
    rest = [token for token in _TOKEN.findall(latex) if not token.isspace()]
    content = _row(rest, within_braces=False)
    # Large signs, but on the left: a centred line among left-aligned ones reads like a slip.
    return f"<math displaystyle='{'true' if large else 'false'}'>{content}</math>"


def sentence_html(text: str) -> str:
    """Return a sentence as HTML, what stands between dollar signs as formulas."""
    parts = re.split(r"\$([^$]+)\$", text)
    return "".join(to_mathml(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def _row(rest: list[str], *, within_braces: bool) -> str:
    """Everything up to the closing brace, or to the end."""
    row: list[str] = []
    while rest:
        if rest[0] == "}":
            if not within_braces:
                raise ValueError("A formula closes a brace that it never opened.")
            rest.pop(0)
            return f"<mrow>{''.join(row)}</mrow>"
        row.append(_with_scripts(rest))
    if within_braces:
        raise ValueError("A formula opens a brace that it never closes.")
    return f"<mrow>{''.join(row)}</mrow>"


def _with_scripts(rest: list[str]) -> str:
    """One atom with what hangs below and above it."""
    sign = _SIGNS.get(rest[0], "")
    base, scripts = _atom(rest), {}
    while rest and rest[0] in "_^":
        mark = rest.pop(0)
        scripts[mark] = _atom(rest)
    if not scripts:
        return base
    under, over = ("munder", "mover") if sign in _BOUNDED else ("msub", "msup")
    both = "munderover" if sign in _BOUNDED else "msubsup"
    if len(scripts) == 2:
        return f"<{both}>{base}{scripts['_']}{scripts['^']}</{both}>"
    tag = under if "_" in scripts else over
    return f"<{tag}>{base}{next(iter(scripts.values()))}</{tag}>"


def _atom(rest: list[str]) -> str:
    if not rest:
        raise ValueError("A formula ends where something is still to come.")
    token = rest.pop(0)
    if token == "{":
        return _row(rest, within_braces=True)
    if token == r"\frac":
        return f"<mfrac>{_atom(rest)}{_atom(rest)}</mfrac>"
    if token.startswith(r"\text{"):
        # MathML drops ordinary spaces at the ends of a text.
        return f"<mtext>{escape(token[6:-1].replace(' ', _NO_BREAK))}</mtext>"
    if token in _SIGNS:
        return f"<mo>{_SIGNS[token]}</mo>"
    if token in _LETTERS:
        return f"<mi>{_LETTERS[token]}</mi>"
    if token in _SPACES:
        return f'<mspace width="{_SPACES[token]}"></mspace>'
    if token.startswith("\\"):
        raise ValueError(f"The formula command {token} is not known here.")
    if token[0].isdigit():
        return f"<mn>{token}</mn>"
    if token in "()|":
        return f'<mo stretchy="false">{token}</mo>'
    return f"<mi>{token}</mi>" if token.isalpha() else f"<mo>{escape(token.replace('-', '−'))}</mo>"
