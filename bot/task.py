"""What a vendor's model is asked to do: the prompt filled in, within what this model can read. Pure."""

from dataclasses import dataclass

from bot import sheet
from bot.models import Prompt
from bot.models.vendor import Vendor
from bot.phrases import label, name_of
from bot.prompts import Template
from bot.sheet import Sheet, estimate
from bot.types import Brief

MOST_POINTS = 6  # what can be read aloud in a meeting
_ROOM = 3  # the answer may take this part of a small context, the rest is for reading


@dataclass(frozen=True, slots=True)
class Task:
    """One question with its passages, to be put to one vendor or another."""

    brief: Brief
    template: Template
    sheet: Sheet

    @classmethod
    def of(cls, brief: Brief, template: Template, mark: str = "") -> "Task":
        """The task of answering a brief; the mark of its frames is drawn unless it is given."""
        return cls(brief, template, Sheet.of(brief, mark))

    def prompt(self, vendor: Vendor) -> Prompt:
        """What this vendor is told."""
        return self.template.prompt(_answer_tokens(vendor), **self._values(self.shown(vendor).text()))

    def shown(self, vendor: Vendor) -> Sheet:
        """The passages that fit into this vendor's context."""
        empty = estimate(self.template.fill(**self._values("")))
        return self.sheet.within(vendor.context_tokens - _answer_tokens(vendor) - empty)

    def _values(self, passages: str) -> dict[str, object]:
        language = self.brief.language
        return {
            "language": name_of(language),
            "most": MOST_POINTS,
            "inference": label("inference", language),
            "assumption": label("assumption", language),
            "missing": label("missing", language),
            "mark": self.sheet.mark,
            "today": self.brief.as_of.isoformat(),
            "passages": passages,
            "thread": sheet.earlier(self.brief.thread, self.sheet.mark),
            "question": sheet.escape(self.brief.question),
        }


def _answer_tokens(vendor: Vendor) -> int:
    return min(vendor.most_tokens, vendor.context_tokens // _ROOM)
