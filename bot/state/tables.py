"""The state's tables. A change here needs a migration in `bot/state/migrations/versions`; a test compares.

Moments are texts in UTC, of one length: exact in both databases, and the audit chain is computed over them.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, Table, Text

metadata = MetaData()

answers = Table(
    "answers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("asked_at", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("answer", Text, nullable=False),  # JSON: bot.contract.answer
    Column("surface", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("asker", Text, nullable=False),
    Column("confidentiality", Text, nullable=False),
    Column("audience", Text, nullable=False),  # JSON: who could read the answer
    Index("answers_by_time", "asked_at"),
    Index("answers_by_thread", "channel", "thread", "asked_at"),
    Index("answers_by_status", "status", "asked_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),  # of the question
    Column("answer_id", Text, nullable=False),
    Column("message_ts", Text, nullable=False),  # of the bot's message
    Column("bound_at", Text, nullable=False),
    Index("messages_by_message", "channel", "message_ts"),
    Index("messages_by_time", "bound_at"),
)

threads = Table(
    "threads",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("thread", Text, primary_key=True),
    Column("engaged_at", Text, nullable=False),
    Index("threads_by_time", "engaged_at"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),  # of the question
    Column("edit", Text, nullable=False),  # of which edit of it; empty: as it was first
    Column("writer", Text, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Index("drafts_by_time", "begun_at"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),  # of the question; of the thread where it was stopped
    Column("why", Text, primary_key=True),
    Column("at", Text, nullable=False),  # Slack's time
    Column("noted_at", Text, nullable=False),
    Index("withdrawals_by_time", "noted_at"),
)

channels = Table(
    "channels",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("follow_ups", Boolean, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer_id", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("feedback_by_time", "at"),
)

counts = Table(
    "counts",
    metadata,
    Column("user", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Index("counts_by_day", "day"),
)

bots = Table(  # nobody asks for it any more; databases have it
    "bots",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("bot", Text, primary_key=True),
    Column("posted_at", Text, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    # Integer for SQLite, which counts up only such a key by itself.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("day", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("tokens_in", BigInteger),
    Column("tokens_out", BigInteger),
    Column("trillionths", BigInteger),  # of a dollar; null where the price is not known
    Index("spending_by_day", "day"),
)

rests = Table(
    "rests",
    metadata,
    Column("vendor", Text, primary_key=True),
    Column("until", Float, nullable=False),  # Unix time
    Column("seconds", Float, nullable=False),
    Column("kind", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("digest", Text, nullable=False),  # over this row and the digest of the one before
)

replicas = Table(
    "replicas",
    metadata,
    Column("replica", Text, primary_key=True),
    Column("seen", Float, nullable=False),  # Unix time by the database's clock
)
