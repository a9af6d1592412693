"""AI Strategist in Slack.

    desk = slack.desk.open_desk(parts)                                        # who are we?
    jobs = Jobs(settings, slack.workflows.handlers(desk), slack.workflows.give_up(desk))   # bot.jobs
    app = slack.create_app(desk, jobs)
    connection = slack.connection.Connection(app, parts.settings)   # or `dispatch` behind a web server

What happens to a message: intake decides whether it is a question and under which key; listening keeps it
as a job and acknowledges it; workflows run the job; answering admits the readers (access, people), reads
files and the thread (files, threads), asks the assistant, shows a draft (draft) and posts the checked answer
once (reply).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.slack.desk import Desk
    from bot.slack.listening import Jobs


def create_app(desk: "Desk", jobs: "Jobs") -> "App":
    """The Bolt app: every event it hears is kept as a job before Slack is told so."""
    from bot.slack.listening import listen

    return listen(desk, jobs)
