import threading

import pytest
from wall import TEXT, Wall
from ways import WAYS

from bot.models import Piece, Prompt
from bot.models.vendors import connect
from bot.models.wire import Stream


def counting(ended):
    """Endless pieces; tells when it was closed."""
    try:
        while True:
            yield Piece("more ")
    finally:
        ended.set()


def test_a_closed_stream_is_at_its_end():
    ended = threading.Event()
    stream = Stream(counting(ended))
    assert next(stream) == Piece("more ")
    stream.close()
    assert ended.is_set()
    assert list(stream) == []
    stream.close()


def test_a_stream_that_is_never_begun_can_be_closed():
    stream = Stream(counting(threading.Event()))
    stream.close()
    assert list(stream) == []


def test_an_error_comes_through_until_the_stream_is_closed():
    def failing():
        yield Piece("half")
        raise ZeroDivisionError

    stream = Stream(failing())
    next(stream)
    with pytest.raises(ZeroDivisionError):
        next(stream)
    assert list(stream) == []


@pytest.mark.parametrize("way", WAYS)
def test_closing_the_stream_closes_the_connection(way):
    with Wall(pace_s=0.05) as wall:
        chat = connect(wall.vendor(way, **{"via": way, "gap_s": 20.0, **WAYS[way]}))
        stream = chat.stream(Prompt("", "Go on."))
        assert any(piece.text for piece in stream)  # it has begun
        stream.close()
        assert wall.left(way)
        assert list(stream) == []
        assert len(wall.to(way)[0].sent) < len(TEXT)
        chat.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_vendor_that_only_shows_signs_of_life_can_be_left_by_another_thread(way):
    with Wall() as wall:
        chat = connect(wall.vendor(way, **{"via": way, "first_token_s": 20.0, **WAYS[way]}))
        wall.always(way, "trickle")
        stream = chat.stream(Prompt("", "Go on."))
        reader = threading.Thread(target=lambda: [None for _ in stream])
        reader.start()
        while not wall.count(way):
            reader.join(0.01)
        stream.close()
        reader.join(5)
        assert not reader.is_alive()
        assert wall.left(way)
        chat.close()
