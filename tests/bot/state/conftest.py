"""States to try: SQLite everywhere, PostgreSQL where its programs are found."""

import pytest
from servers import new_database

from bot.state import State


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    return new_database(request.getfixturevalue("postgres"), f"s{abs(hash(tmp_path))}")


@pytest.fixture
def state(state_url):
    made = State.open(state_url)
    yield made
    made.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.db"


@pytest.fixture
def local(path):
    """SQLite alone, for what only SQLite can suffer."""
    made = State.open(f"sqlite:///{path}")
    yield made
    made.close()
