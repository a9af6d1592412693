import http.client
import socket
import threading

import pytest

from bot.errors import StrategistError
from bot.serve.web import Web, answer


def hello(environ, start):
    size = len(environ["wsgi.input"].read())
    return answer(start, "200 OK", f"ä {size}")


@pytest.fixture
def web():
    made = Web(hello, "127.0.0.1", 0, most_body=100)
    made.open()
    yield made
    made.close()


def post(web, body, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    try:
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode(), dict(response.getheaders())
    finally:
        connection.close()


def test_it_serves_and_says_nothing_of_itself(web):
    status, body, headers = post(web, b"1234")
    assert (status, body) == (200, "ä 4")
    assert "waitress" not in headers.get("Server", "")


def test_what_is_too_long_is_refused_before_the_application_sees_it(web):
    assert post(web, b"x" * 100)[0] == 200
    assert post(web, b"x" * 101)[0] == 413
    assert post(web, b"", Long="x" * 70_000)[0] == 431


def test_a_request_that_is_none_is_refused(web):
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as raw:
        raw.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.0 400")


def test_a_port_in_use_is_named(web):
    with pytest.raises(StrategistError, match=rf"127\.0\.0\.1:{web.port}.*Choose another"):
        Web(hello, "127.0.0.1", web.port).open()


def test_nothing_is_left_of_it_once_it_is_closed():
    before = set(threading.enumerate())
    web = Web(hello, "127.0.0.1", 0)
    assert not web.connected
    web.close()
    web.open()
    port = web.port
    assert web.connected
    idle = socket.create_connection(("127.0.0.1", port), timeout=10)
    post(web, b"x")
    web.close()
    web.close()
    assert not web.connected
    assert set(threading.enumerate()) == before
    assert idle.recv(1) == b""
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
