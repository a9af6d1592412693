"""Which HTML is not shown to a reader: attributes, inline styles, simple rules of a style sheet. Pure.

Hidden text is where instructions to a model are planted (facts: EchoLeak, LatentInjection).
"""

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"(-?\d*\.?\d+)(px|pt|em|rem|%|)")
_TINY = {"px": 1.0, "pt": 1.0, "em": 0.1, "rem": 0.1, "%": 10.0, "": 0.0}  # font sizes nobody reads
_WHITE = re.compile(
    r"white|transparent|#fff(?:f?|fff(?:ff)?)|rgba?\((?:255[, ]*){3}.*\)|rgba\(.*,0?\.?0\)", re.I
)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_AT_RULE = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_SELECTOR = re.compile(r"[a-z0-9]*[.#][\w-]+", re.I)


def hides(attributes: Mapping[str, str]) -> bool:
    """Whether an element with these attributes is hidden, whatever is around it."""
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    return style_hides(attributes.get("style", ""))


def style_hides(style: str) -> bool:
    """Whether an inline style takes its element out of sight; white text is `whitens`."""
    rules = _declarations(style)
    return (
        rules.get("display") == "none"
        or rules.get("visibility") in ("hidden", "collapse")
        or _at_most(rules.get("opacity", ""), {"": 0.05, "%": 5.0})
        or _at_most(rules.get("font-size", ""), _TINY)
        or any(_at_most(rules.get(name, ""), {"px": -500.0}) for name in ("left", "top", "text-indent"))
        or (rules.get("overflow") == "hidden" and _collapsed(rules))
    )


def whitens(style: str) -> bool:
    """Whether the text becomes white or transparent: invisible unless something gives a background."""
    rules = _declarations(style)
    return bool(_WHITE.fullmatch(rules.get("color", "").replace(" ", "")))


def has_background(attributes: Mapping[str, str]) -> bool:
    """Whether the element brings its own background, on which white text can be read."""
    rules = {"background-color": attributes.get("bgcolor", ""), **_declarations(attributes.get("style", ""))}
    grounds = (value.replace(" ", "") for name, value in rules.items() if name.startswith("background"))
    return any(value not in ("", "none") and not _WHITE.fullmatch(value) for value in grounds)


def hidden_selectors(css: str) -> frozenset[str]:
    """Class and id selectors that a style sheet hides, such as ".note" or "p#x"; others are not read.

    Rules inside @media and the like depend on the screen and do not count.
    """
    plain = _AT_RULE.sub("", _COMMENT.sub("", css))
    found = (rule.group(1).split(",") for rule in _RULE.finditer(plain) if style_hides(rule.group(2)))
    selectors = (each.strip() for group in found for each in group)
    return frozenset(each for each in selectors if _SELECTOR.fullmatch(each))


def selectors_of(tag: str, attributes: Mapping[str, str]) -> frozenset[str]:
    """The class and id selectors that match an element, to compare with `hidden_selectors`."""
    names = ["." + name for name in attributes.get("class", "").split()]
    names += ["#" + name for name in [attributes.get("id", "").strip()] if name]
    return frozenset([*names, *(tag + name for name in names)])


def _declarations(style: str) -> dict[str, str]:
    pairs = (each.partition(":") for each in style.lower().replace("!important", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def _at_most(value: str, limits: Mapping[str, float]) -> bool:
    match = _NUMBER.fullmatch(value.replace(" ", ""))
    if match is None:
        return False
    number, unit = float(match.group(1)), match.group(2)
    return unit in limits and number <= limits[unit]


def _collapsed(rules: Mapping[str, str]) -> bool:
    sizes = ("height", "width", "max-height", "max-width")
    return any(_at_most(rules.get(name, ""), {"px": 1.0, "": 0.0}) for name in sizes)
