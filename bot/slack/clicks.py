"""What can be clicked: the ids Slack sends back, and what their values say. Values hold ids only. Pure."""

FEEDBACK = "feedback"  # Slack's own pair of buttons
HELPFUL, NOT_HELPFUL = "feedback_helpful", "feedback_not_helpful"  # the same as ordinary buttons
ANOTHER = "ask_another"
QUOTES = "show_quotes"
COMPARE = "compare_models"
SHARE = "share"
PRIVATELY = "answer_privately"
MORE_SOURCES = "more_sources"  # value: the page
SHOW_SOURCES = "show_sources"
EXAMPLE = "ask_example"  # followed by the example's number; value: the same number
REASON_VIEW, MODEL_VIEW = "feedback_reason", "another_model"  # modals
REASON_BLOCK, WORDS_BLOCK, MODEL_BLOCK = "reason", "words", "model"  # their inputs, action id "value"
INPUT = "value"
EXAMPLES = 3
ASK_ABOUT = "ask_about_message"  # the shortcut in the menu of a message


def verdict_value(verdict: str, answer_id: str) -> str:
    """The value of a feedback button."""
    return f"{verdict} {answer_id}"


def verdict_of(value: str) -> tuple[str, str]:
    """ "helpful" or "not_helpful", and the answer's id; two empty words for anything else."""
    verdict, _, answer_id = value.partition(" ")
    return (verdict, answer_id) if verdict in ("helpful", "not_helpful") and answer_id else ("", "")
