from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from bot.errors import StateError
from bot.state import Chain


@pytest.fixture
def filled(state):
    for number in range(5):
        state.audit("U1", "document removed", f"doc{number}", "no longer right")
    return state


def run(state, *statements):
    """As somebody with the database's password would, past what keeps others from it."""
    trigger = {
        "sqlite": ["DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"],
        "postgresql": ["DROP TRIGGER IF EXISTS audit_no_change ON audit"],
    }
    with state._store.writing() as connection:
        for each in [*trigger[state._store.dialect], *statements]:
            connection.execute(sa.text(each))


def test_the_newest_rows_come_first_and_the_chain_is_whole(filled):
    assert [(each.n, each.subject) for each in filled.audits(2)] == [(5, "doc4"), (4, "doc3")]
    assert filled.verify() == Chain(5, filled.audits(1)[0].digest)


def test_an_empty_trail_is_whole(state):
    assert state.verify() == Chain(0, "")


@pytest.mark.parametrize("column", ["at", "actor", "action", "subject", "detail", "digest"])
def test_a_changed_row_is_found(filled, column):
    run(filled, f"UPDATE audit SET {column} = 'something else' WHERE n = 3")
    assert filled.verify().broken == 3


@pytest.mark.parametrize("n", [1, 3])
def test_a_row_taken_out_is_found(filled, n):
    run(filled, f"DELETE FROM audit WHERE n = {n}")
    assert filled.verify().broken == n


def test_a_row_taken_out_is_found_although_the_others_were_numbered_anew(filled):
    run(filled, "DELETE FROM audit WHERE n = 3", "UPDATE audit SET n = 3 WHERE n = 4")
    assert filled.verify().broken == 3


def test_words_cannot_move_from_one_column_to_the_next(filled):
    run(filled, "UPDATE audit SET subject = 'doc2n', detail = 'o longer right' WHERE n = 3")
    assert filled.verify().broken == 3


def test_rows_cut_off_at_the_end_show_in_the_count(filled):
    before = filled.verify()
    run(filled, "DELETE FROM audit WHERE n = 5")
    after = filled.verify()
    assert (after.broken, after.rows, before.rows) == (None, 4, 5)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'U2'", "DELETE FROM audit"])
def test_the_database_itself_refuses_changes(filled, statement):
    with pytest.raises(StateError, match="only ever added to"), filled._store.writing() as connection:
        connection.execute(sa.text(statement))
    assert filled.verify().broken is None


def test_rows_of_many_threads_make_one_chain(state):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: state.audit("U1", "added", str(number)), range(40)))
    assert state.verify().rows == 40
    assert state.verify().broken is None
