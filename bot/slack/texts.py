"""What the interface says, in English and German. Plain words: what happened, and what to do next. Pure."""

from retrieval.types import Language

Locale = Language

_TEXTS: dict[str, tuple[str, str]] = {
    # While an answer is being written
    "working": ("Searching our sources …", "Ich suche in unseren Quellen …"),
    "reading": ("Reading your file …", "Ich lese die Datei …"),
    # Slack puts the app's name before these three.
    "is.searching": ("is searching our sources …", "sucht in unseren Quellen …"),
    "is.reading": ("is reading your file …", "liest die Datei …"),
    "is.writing": ("is writing the answer …", "schreibt die Antwort …"),
    "draft": ("Draft, not checked yet", "Entwurf, noch nicht geprüft"),
    "stopped": (
        "Stopped. Nothing was kept of this answer. Ask again whenever you like.",
        "Angehalten. Von dieser Antwort ist nichts geblieben. Eine neue Frage ist jederzeit möglich.",
    ),
    "given_up": (
        "I could not finish this answer: it broke off several times. Please ask again; if it happens once "
        "more, "
        "tell your administrator the reference.",
        "Diese Antwort wurde nicht fertig: Sie brach mehrmals ab. Bitte noch einmal fragen; falls es wieder "
        "geschieht, der Administration die Kennung nennen.",
    ),
    "limit_reached": (
        "You have asked {limit} questions today, which is the most for one day. From midnight on I will "
        "answer "
        "again. Your administrator can raise the limit.",
        "Heute sind schon {limit} Fragen gestellt, mehr sind an einem Tag nicht vorgesehen. Ab Mitternacht "
        "antworte ich wieder. Die Administration kann die Grenze anheben.",
    ),
    "reference": ("Reference: {reference}", "Kennung: {reference}"),
    # An answer
    "sources": ("Sources ({count})", "Quellen ({count})"),
    "sources.more": ("More sources", "Weitere Quellen"),
    "missing": ("Not in our sources", "Nicht in unseren Quellen"),
    "nearest": ("Nearest in our sources", "Am nächsten in unseren Quellen"),
    "nearest.none": (
        "Nothing we hold comes near. Try other words, or ask your administrator to add a source.",
        "Nichts davon kommt in die Nähe. Andere Worte versuchen, oder die Administration um eine Quelle "
        "bitten.",
    ),
    "inference": ("Inference", "Schlussfolgerung"),
    "assumption": ("Assumption", "Annahme"),
    "unsupported": ("not borne out by the sources", "durch die Quellen nicht belegt"),
    "quoted": ("quoted without a model", "ohne Modell zitiert"),
    "undated": ("no date", "ohne Datum"),
    "sample": ("sample data", "Beispieldaten"),
    "more_privately": (
        "I may be able to tell you more in private.",
        "Vertraulich kann ich vielleicht mehr sagen.",
    ),
    "empty": (
        "The model wrote nothing that can be shown. Please ask again, or choose another model.",
        "Das Modell schrieb nichts, was sich zeigen lässt. Bitte noch einmal fragen oder ein anderes Modell "
        "wählen.",
    ),
    "part": ("{headline} ({part}/{all})", "{headline} ({part}/{all})"),
    "your_question": ("Your question: {question}", "Die Frage: {question}"),
    # Buttons
    "button.helpful": ("Helpful", "Hilfreich"),
    "button.not_helpful": ("Not helpful", "Nicht hilfreich"),
    "button.another": ("Ask another model", "Anderes Modell fragen"),
    "button.quotes": ("Show quotes", "Zitate zeigen"),
    "button.compare": ("Compare models", "Modelle vergleichen"),
    "button.share": ("Share with the channel", "Mit dem Kanal teilen"),
    "button.privately": ("Answer me privately", "Vertraulich antworten"),
    "button.more_sources": ("More sources", "Weitere Quellen"),
    "button.sources": ("Sources", "Quellen"),
    "button.cancel": ("Cancel", "Abbrechen"),
    "button.send": ("Send", "Senden"),
    # Feedback
    "feedback.title": ("What was wrong?", "Was war falsch?"),
    "feedback.reason": ("Reason", "Grund"),
    "feedback.wrong": ("Something is wrong", "Etwas stimmt nicht"),
    "feedback.incomplete": ("Something is missing", "Etwas fehlt"),
    "feedback.sources": ("The sources do not fit", "Die Quellen passen nicht"),
    "feedback.old": ("It is out of date", "Es ist veraltet"),
    "feedback.unclear": ("It is hard to understand", "Es ist schwer zu verstehen"),
    "feedback.words": ("In your own words", "In eigenen Worten"),
    "feedback.thanks": (
        "Thank you. Your opinion is kept with the answer.",
        "Danke. Die Einschätzung ist bei der Antwort vermerkt.",
    ),
    # Another model, several models
    "another.title": ("Ask another model", "Anderes Modell"),
    "another.which": ("Which one?", "Welches?"),
    "another.extractive": ("No model: quote the sources", "Kein Modell: Quellen zitieren"),
    "compare.title": ("The same question, side by side", "Dieselbe Frage nebeneinander"),
    "compare.agreed": ("They agree", "Darin sind sie sich einig"),
    "compare.differing": ("Only some say", "Nur einige sagen"),
    "quotes.title": ("What the sources say, word for word", "Was die Quellen sagen, Wort für Wort"),
    "quotes.none": ("This answer quotes no source.", "Diese Antwort zitiert keine Quelle."),
    # Sharing
    "share.title": ("Share this answer?", "Diese Antwort teilen?"),
    "share.text": (
        "Everybody in the channel will see it. I check once more that they may.",
        "Alle im Kanal sehen sie dann. Ich prüfe noch einmal, dass sie es dürfen.",
    ),
    "share.confirm": ("Share", "Teilen"),
    "share.done": ("Shared with the channel.", "Mit dem Kanal geteilt."),
    "share.by": ("Shared by {person}", "Geteilt von {person}"),
    # Sources, status, help
    "list.title": ("Sources you may see here", "Quellen, die hier sichtbar sind"),
    "list.count": ("{first} to {last} of {all}", "{first} bis {last} von {all}"),
    "list.none": (
        "There is no source yet that may be shown here. Your administrator can add some.",
        "Es gibt noch keine Quelle, die hier gezeigt werden darf. Die Administration kann welche hinzufügen.",
    ),
    "status.title": ("Status", "Zustand"),
    "status.ready": ("ready", "bereit"),
    "status.resting": ("resting for {seconds} s after a fault", "pausiert {seconds} s nach einer Störung"),
    "status.probing": ("being tried again", "wird gerade wieder versucht"),
    "status.not usable": ("not usable", "nicht nutzbar"),
    "status.last": ("last fault: {fault}", "letzte Störung: {fault}"),
    "status.none": (
        "No model is configured: answers quote the sources word for word.",
        "Kein Modell ist eingerichtet: Antworten zitieren die Quellen wörtlich.",
    ),
    "status.sources": ("Sources you may see here: {count}", "Quellen, die hier sichtbar sind: {count}"),
    "follow_ups.on": (
        "In this channel I answer follow-ups in my threads without a new mention. "
        "To change that: /strategy follow-ups off",
        "In diesem Kanal beantworte ich Rückfragen in meinen Threads ohne neue Erwähnung. "
        "Anders geht es mit: /strategy follow-ups off",
    ),
    "follow_ups.off": (
        "In this channel I answer only where I am mentioned. To change that: /strategy follow-ups on",
        "In diesem Kanal antworte ich nur, wo ich erwähnt werde. Anders geht es mit: /strategy follow-ups on",
    ),
    "help.title": (
        "Ask me about AI vendors, risks and alternatives",
        "Fragen zu KI-Anbietern, Risiken, Auswegen",
    ),
    "help.how": (
        "I answer from our own vetted sources, cite each statement and say how old it is. "
        "Where they say nothing, I say that.",
        "Ich antworte aus unseren geprüften Quellen, belege jede Aussage und sage, wie alt sie ist. "
        "Wo sie nichts sagen, sage ich das.",
    ),
    "help.ways": (
        "• mention me in a channel, and go on in the thread\n• write to me directly\n"
        "• attach a file: it is read for that question only\n"
        "• /strategy ask, followed by a question: only you see the answer\n"
        "• /strategy sources: what I may quote here\n• /strategy status: which models answer\n"
        "• /strategy follow-ups on, or off: whether follow-ups in this channel need no mention\n"
        "• the message menu: Ask AI Strategist",
        "• mich in einem Kanal erwähnen und im Thread weiterfragen\n• mir direkt schreiben\n"
        "• eine Datei anhängen: Sie wird nur für diese Frage gelesen\n"
        "• /strategy ask und die Frage: Nur du siehst die Antwort\n"
        "• /strategy sources: was ich hier zitieren darf\n• /strategy status: welche Modelle antworten\n"
        "• /strategy follow-ups on, oder off: ob Rückfragen in diesem Kanal ohne Erwähnung gehen\n"
        "• im Menü einer Nachricht: Ask AI Strategist",
    ),
    "help.seen": (
        "In a channel I only say what everybody there may see.",
        "In einem Kanal sage ich nur, was dort alle sehen dürfen.",
    ),
    "greeting": (
        "What would you like to know? For example:",
        "Was möchtest du wissen? Zum Beispiel:",
    ),
    "welcome": ("Happy to help. Ask whenever you like.", "Gern. Weitere Fragen jederzeit."),
    # App Home
    "home.title": ("AI Strategist", "AI Strategist"),
    "home.examples": ("What you can ask", "Was sich fragen lässt"),
    "home.recent": ("Recent sources", "Neue Quellen"),
    "home.admin": ("For administrators", "Für die Administration"),
    "home.unanswered": ("Questions without an answer", "Fragen ohne Antwort"),
    "home.unanswered.none": ("None so far.", "Bisher keine."),
    "home.models": ("Models", "Modelle"),
    "home.sources": ("Sources and who may see them", "Quellen und wer sie sehen darf"),
    "home.more": ("and {count} more", "und {count} weitere"),
    "home.gone": ("gone", "nicht mehr da"),
    "example.1": ("What is our risk if OpenAI falters?", "Was ist unser Risiko, wenn OpenAI ausfällt?"),
    "example.2": ("Which vendors can work in the EU?", "Welche Anbieter können in der EU arbeiten?"),
    "example.3": (
        "What would moving to another model cost us?",
        "Was würde uns ein Wechsel des Modells kosten?",
    ),
    "example.1.title": ("Risk if OpenAI falters", "Risiko, wenn OpenAI ausfällt"),
    "example.2.title": ("Vendors in the EU", "Anbieter in der EU"),
    "example.3.title": ("Cost of moving", "Kosten eines Wechsels"),
    # Failures: what happened. And what to do
    "failure.internal": (
        "Something here broke while I was answering. Please ask again; if it happens once more, tell your "
        "administrator the reference.",
        "Beim Antworten ist hier etwas schiefgegangen. Bitte noch einmal fragen; falls es wieder "
        "geschieht, der "
        "Administration die Kennung nennen.",
    ),
    "failure.slack": (
        "Slack did not accept my answer. Please ask again in a moment.",
        "Slack hat meine Antwort nicht angenommen. Bitte gleich noch einmal fragen.",
    ),
    "failure.library": (
        "Our sources cannot be searched at the moment. Please ask again in a few minutes; if it stays so, "
        "tell "
        "your administrator the reference.",
        "Unsere Quellen lassen sich gerade nicht durchsuchen. Bitte in einigen Minuten noch einmal fragen; "
        "falls "
        "es so bleibt, der Administration die Kennung nennen.",
    ),
    "failure.vendor": (
        "This model cannot answer at the moment: {reason}. Choose another one, or ask without choosing.",
        "Dieses Modell kann gerade nicht antworten: {reason}. Ein anderes wählen oder ohne Wahl fragen.",
    ),
    "failure.empty": (
        "There was no question in that message. Write it behind my name, for example: what is our risk if "
        "OpenAI falters?",
        "In dieser Nachricht stand keine Frage. Sie gehört hinter meinen Namen, zum Beispiel: Was ist unser "
        "Risiko, wenn OpenAI ausfällt?",
    ),
    "failure.too_long": (
        "The question is too long for me. Shorten it, or attach the text as a file and ask about it.",
        "Die Frage ist mir zu lang. Bitte kürzen, oder den Text als Datei anhängen und danach fragen.",
    ),
    "failure.unknown_command": (
        "I do not know this command. Try: ask, sources, status, follow-ups or help.",
        "Diesen Befehl kenne ich nicht. Möglich sind: ask, sources, status, follow-ups oder help.",
    ),
    "failure.file": (
        "I could not read the file {name}: {reason}. I answered without it; attach it in another format to "
        "have "
        "it read.",
        "Die Datei {name} ließ sich nicht lesen: {reason}. Ich habe ohne sie geantwortet; in einem anderen "
        "Format wird sie vielleicht lesbar.",
    ),
    "failure.external": (
        "Guests or people of other companies read along here, and I do not answer there. Ask me in a "
        "channel of "
        "our own, or directly.",
        "Hier lesen Gäste oder andere Firmen mit, dort antworte ich nicht. Bitte in einem eigenen Kanal "
        "fragen "
        "oder mir direkt schreiben.",
    ),
    "failure.guest": (
        "I only answer employees of this company. Please ask a colleague.",
        "Ich antworte nur Beschäftigten dieser Firma. Bitte eine Kollegin oder einen Kollegen fragen.",
    ),
    "failure.follow_ups": (
        "I did not change it: only employees who are members of the channel can. Use the command there.",
        "Ich habe nichts geändert: Das können nur Beschäftigte, die im Kanal Mitglied sind. "
        "Bitte den Befehl dort verwenden.",
    ),
    "failure.share": (
        "I did not share it: not everybody in the channel may see all of its sources. You can tell them in "
        "your "
        "own words.",
        "Ich habe sie nicht geteilt: Nicht alle im Kanal dürfen alle Quellen sehen. In eigenen Worten "
        "lässt sie "
        "sich weitersagen.",
    ),
    "failure.channel": (
        "I am not a member of that channel and cannot post there. Invite me first: /invite",
        "In diesem Kanal bin ich nicht Mitglied und kann dort nichts schreiben. Bitte zuerst einladen: "
        "/invite",
    ),
    "failure.gone": (
        "This answer is no longer kept. Please ask the question again.",
        "Diese Antwort ist nicht mehr gespeichert. Bitte die Frage noch einmal stellen.",
    ),
    "failure.not_yours": (
        "Only the person who asked can do that. Ask the question yourself.",
        "Das kann nur, wer gefragt hat. Bitte die Frage selbst stellen.",
    ),
}


def say(key: str, locale: Locale, **values: object) -> str:
    """One text of the interface, in the reader's language."""
    english, german = _TEXTS[key]
    return (german if locale == "de" else english).format(**values)


def knows(key: str) -> bool:
    """Whether there is such a text."""
    return key in _TEXTS


def keys() -> tuple[str, ...]:
    """All there are."""
    return tuple(_TEXTS)


def locale_of(slack: str | None) -> Locale:
    """Slack's "de-DE", "de_AT" or nothing at all, as one of our languages."""
    return "de" if (slack or "").lower().replace("_", "-").split("-")[0] == "de" else "en"
