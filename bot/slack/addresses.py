"""Web addresses inside text: found as Slack, a browser or a person would find them, and made dead. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.slack.letters import folded

_ROUNDS = 5  # where one address is taken apart, its rest may look like another
HIDDEN = "[link]"  # stands for an address of which nothing can be shown safely

_GENERIC = frozenset(
    "com org net edu gov mil int info biz name pro dev app cloud tech site online store shop blog page web "
    "xyz top club live news media world today agency digital email group company solutions systems network "
    "software services support link click zip mov law bank health energy academy institute science cam "
    "foundation center capital ventures finance space icu vip work works studio design host website press "
    "wiki fun run chat tools example test invalid local localhost internal onion arpa mobi jobs travel asia "
    "google microsoft amazon apple aws azure lol rest sbs cyou bot guru life one zone money loan "
    "download".split()
)
_COUNTRIES = frozenset(
    "ac ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz "
    "ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk "
    "fm "
    "fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir "
    "is "
    "it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk "
    "ml "
    "mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl "
    "pm "
    "pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc "
    "td "
    "tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm "
    "zw".split()
)
# Endings of file names and of companies' names, too: README.md, ASP.NET, Example.ai.
_NAMES = frozenset("md py sh rs pl ps cc so ai io net zip mov app co".split())
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_SCHEMES = r"data|mailto|tel|sms|slack|file|blob|callto|skype|ms-[a-z-]{1,20}"
_FOUND = re.compile(
    r"(?P<full>(?:(?<![a-z0-9])[a-z0-9][a-z0-9+.\-]{1,60}|https?|ftp):[/\\]{2,}[^\s<>|\"`]+"
    rf"|(?:javascript|vbscript|view-source|(?<![a-z0-9])(?:{_SCHEMES})):[^\s<>|\"`]+)"
    rf"|(?P<email>[\w.+-]{{1,64}}@(?:{_LABEL}\.){{1,9}}[a-z]{{2,24}}(?![\w@/?#\\]|:\w))"
    rf"|(?<![^\W_])(?P<bare>(?:{_LABEL}\.){{1,9}}(?P<top>xn--[\w-]{{1,59}}|[^\W\d_]{{2,24}}))"
    r"(?![^\W_]|@)(?P<rest>\.?(?::\d{1,5})?(?:[/?#\\][^\s<>|\"`]*)?)"
    r"|(?<![\w.])(?P<number>\d{1,3}(?:\.\d{1,3}){3})(?!\d|\.\d)(?P<tail>(?::\d{1,5})?(?:[/?#\\][^\s<>|\"`]*)?)",
    re.I,
)
_HOST = re.compile(r"[a-z][a-z0-9+.\-]*:[/\\]+(?:[^/?#\\]*@)?(?P<host>[^/?#\\:]+)", re.I)
_SIMPLE_HOST = re.compile(r"(?!.*xn--)(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}\.?", re.I)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. `address` is what it points to; empty for text that points nowhere.

    `dead` is how an address is written so that nothing makes a link of it. A name like Example.ai stays
    as it is: whoever shows it where Slack looks for addresses puts it into code.
    """

    text: str
    address: str = ""
    dead: str = ""

    @property
    def is_name(self) -> bool:
        """Whether it is a name that looks like an address."""
        return bool(self.address) and self.dead == self.text


def pieces(text: str) -> Iterator[Piece]:
    """The text in order, cut at every address."""
    start = 0
    for found in _FOUND.finditer(folded(text)):
        end = _end(found)
        piece = _piece(found, text[found.start() : end])
        if piece is not None:
            yield Piece(text[start : found.start()])
            yield piece
            start = end
    yield Piece(text[start:])


def dead(text: str, names: bool = True) -> str:
    """The text with every address broken: readable where a host can be shown, nowhere a link.

    Without `names`, names like Example.ai are broken as well.
    """
    for _ in range(_ROUNDS):
        before, text = text, "".join(_dead(each, names) for each in pieces(text))
        if text == before:
            break
    return text


def _dead(piece: Piece, names: bool) -> str:
    if piece.is_name and not names:
        return piece.text.replace(".", "[.]")
    return piece.dead if piece.address else piece.text


def is_web(address: str) -> bool:
    """Whether a reader may be sent there at all: http or https, a host, nobody's password."""
    found = re.fullmatch(r"https?://([^/?#\s\\]+)(?:[/?#]\S*)?", address, re.I)
    return found is not None and "@" not in found[1]


def _end(found: re.Match[str]) -> int:
    """Where an address ends: a full stop or a bracket after it belongs to the sentence."""
    text = found.group()
    while text and (text[-1] in ".,;:!?'*_~]}…" or (text[-1] == ")" and text.count("(") < text.count(")"))):
        text = text[:-1]
    return found.start() + len(text)


def _piece(found: re.Match[str], text: str) -> Piece | None:
    if found["full"]:
        host = _HOST.match(folded(text))
        return Piece(text, text, _broken(host["host"]) if host else HIDDEN)
    if found["number"]:
        return _numeric(found, text)
    return _bare(found, text) if found["bare"] else None


def _numeric(found: re.Match[str], text: str) -> Piece | None:
    """Four numbers may be a version or a section: an address has a path, a port or a large number."""
    parts = [int(part) for part in found["number"].split(".")]
    if max(parts) > 255 or (max(parts) < 100 and not found["tail"]):
        return None
    return Piece(text, text, HIDDEN)


def _bare(found: re.Match[str], text: str) -> Piece | None:
    """A name with dots: an address, a file, a company, or two sentences without a space between them."""
    name, top = folded(found["bare"]), folded(found["top"])
    labels = name.split(".")
    if found["rest"].strip(".") or labels[0].lower() == "www" or top.lower().startswith("xn--"):
        return Piece(text, text, _broken(name))
    if top.lower() not in _GENERIC | _COUNTRIES:
        return None
    if len(labels) > 2 or not _is_name(labels[0], top):
        return Piece(text, text, _broken(name))
    if top.lower() in _NAMES:
        return None if _in_path(found) else Piece(text, text, text)
    return Piece(text, text, text.replace(".", ". ", 1)) if top.istitle() else None


def _in_path(found: re.Match[str]) -> bool:
    """docs/readme.md is a path; //readme.md would be an address."""
    before = found.string[max(0, found.start() - 2) : found.start()]
    return before.endswith("/") and before != "//"


def _is_name(first: str, top: str) -> bool:
    """ASP.NET, the Co.KG of a German company, or a sentence that ends. And another that begins."""
    return top.lower() in _NAMES or top.istitle() or (first.istitle() and top.isupper())


def _broken(host: str) -> str:
    plain = folded(host).rstrip(".")
    known = len(plain) <= 253 and _SIMPLE_HOST.fullmatch(plain)
    return plain.replace(".", "[.]") if known else HIDDEN
