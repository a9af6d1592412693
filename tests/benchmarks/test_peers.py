import pytest

from benchmarks.peers import PeerMissing, need


def test_an_absent_peer_names_its_package_and_the_extra():
    with pytest.raises(PeerMissing, match=r"no_such_peer .*\[bench\]"):
        need("no_such_peer")


def test_a_present_module_is_given():
    assert need("json").dumps([]) == "[]"
