"""The first state: answers, threads, feedback, limits, spending, audit, replicas.

Frozen: it must go on making the tables of its own day, so it does not import `bot.state.tables`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _answers()
    _slack()
    _limits()
    _models()
    _audit()
    op.create_table(
        "replicas",
        sa.Column("replica", sa.Text, primary_key=True),
        sa.Column("seen", sa.Float, nullable=False),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _answers() -> None:
    places = ("surface", "team", "channel", "thread", "ts", "asker", "confidentiality", "audience")
    op.create_table(
        "answers",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("asked_at", "question", "status", "answer", *places),
    )
    op.create_index("answers_by_time", "answers", ["asked_at"])
    op.create_index("answers_by_thread", "answers", ["channel", "thread", "asked_at"])
    op.create_index("answers_by_status", "answers", ["status", "asked_at"])
    op.create_table(
        "feedback",
        sa.Column("answer_id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, primary_key=True),
        *_texts("verdict", "reason", "at"),
    )
    op.create_index("feedback_by_time", "feedback", ["at"])


def _slack() -> None:
    op.create_table(
        "messages",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("ts", sa.Text, primary_key=True),
        *_texts("answer_id", "message_ts", "bound_at"),
    )
    op.create_index("messages_by_message", "messages", ["channel", "message_ts"])
    op.create_index("messages_by_time", "messages", ["bound_at"])
    op.create_table(
        "threads",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("thread", sa.Text, primary_key=True),
        *_texts("engaged_at"),
    )
    op.create_index("threads_by_time", "threads", ["engaged_at"])
    op.create_table(
        "channels",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("follow_ups", sa.Boolean, nullable=False),
    )


def _limits() -> None:
    keys = [sa.Column(name, sa.Text, primary_key=True) for name in ("user", "day", "key")]
    op.create_table("counts", *keys)
    op.create_index("counts_by_day", "counts", ["day"])
    op.create_table(
        "bots",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("bot", sa.Text, primary_key=True),
        *_texts("posted_at"),
    )


def _models() -> None:
    op.create_table(
        "spending",
        sa.Column("id", _WHOLE, primary_key=True, autoincrement=True),
        *_texts("day", "vendor", "model", "outcome"),
        sa.Column("seconds", sa.Float, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("tokens_in", "tokens_out", "trillionths")),
    )
    op.create_index("spending_by_day", "spending", ["day"])
    op.create_table(
        "rests",
        sa.Column("vendor", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("until", "seconds")),
        *_texts("kind"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("n", _WHOLE, primary_key=True, autoincrement=False),
        *_texts("at", "actor", "action", "subject", "detail", "digest"),
    )
    # The chain finds what was changed; the database itself already refuses to change it by mistake.
    if op.get_bind().dialect.name == "sqlite":
        for word in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{word.lower()} BEFORE {word} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is only ever added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    )
