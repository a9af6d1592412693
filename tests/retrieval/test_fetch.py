import hashlib
import os
import threading
from pathlib import Path

import pytest

from retrieval.errors import ChangedWhileRead, NotFound, Refused
from retrieval.fetch import expand, fetch, uri_of

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text("# Note\n", encoding="utf-8")
    return path


def test_bytes_uri_type_and_digest(note: Path):
    fetched = fetch(str(note))
    assert fetched.data == b"# Note\n"
    assert fetched.uri == f"file://{note.resolve()}"
    assert fetched.media_type == "text/markdown"
    assert fetched.digest == hashlib.sha256(b"# Note\n").hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "{question}.md",
        "..%2F..%2Fetc%2Fpasswd.md",
        "\U0001f4a5 Größe ñ.md",
        " a b .md",
        "a%20b.md",
        "a\nb.md",
    ],
)
def test_any_name_is_just_a_name(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_text("x", encoding="utf-8")
    fetched = fetch(str(path))
    assert fetched.uri == f"file://{tmp_path.resolve()}/{name}"
    assert fetch(fetched.uri) == fetched
    assert uri_of(str(path)) == fetched.uri


def test_two_ways_to_a_file_are_one_uri(note: Path, tmp_path: Path):
    (tmp_path / "link.md").symlink_to(note)
    (tmp_path / "sub").mkdir()
    assert fetch(str(tmp_path / "sub" / ".." / "link.md")).uri == fetch(str(note)).uri


@pytest.mark.parametrize("name", ["missing.md", "note.md/inside.md", "nul\0byte.md", "x" * 5_000])
def test_what_does_not_exist_is_not_found(note: Path, name: str):
    with pytest.raises(NotFound):
        fetch(str(note.parent / name))


@pytest.mark.parametrize("uri", ["https://example.org/a.md", "ftp://h/a", "data://x"])
def test_only_local_files(uri: str):
    with pytest.raises(Refused, match="no local file"):
        fetch(uri)


def test_a_name_that_is_no_utf_8_is_refused(tmp_path: Path):
    raw = os.fsencode(tmp_path) + b"/gr\xf6sse.md"
    Path(os.fsdecode(raw)).write_text("x", encoding="utf-8")
    with pytest.raises(Refused, match="not valid UTF-8"):
        fetch(os.fsdecode(raw))


def test_an_empty_file_is_refused(tmp_path: Path):
    (tmp_path / "a.md").touch()
    with pytest.raises(Refused, match="is empty"):
        fetch(str(tmp_path / "a.md"))


def test_size_and_limit_are_named(note: Path):
    with pytest.raises(Refused, match="has 7 bytes; the limit is 6"):
        fetch(str(note), limit=6)
    assert fetch(str(note), limit=7).data


def test_a_file_larger_than_32_mib_is_refused_unread(tmp_path: Path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(Refused, match=r"50,000,000 bytes; the limit is 33,554,432 \(32 MiB\)"):
        fetch(str(tmp_path / "a.txt"))


def test_folders_pipes_and_devices_are_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.md")
    for path, said in ((tmp_path, "a folder"), (tmp_path / "pipe.md", "pipe"), (Path("/dev/zero"), "device")):
        with pytest.raises(Refused, match=said):
            fetch(str(path))


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_missing_rights_are_refused_with_advice(note: Path):
    note.chmod(0)
    with pytest.raises(Refused, match=r"permission denied.*chmod"):
        fetch(str(note))


def test_nothing_outside_the_roots_is_read(note: Path, tmp_path: Path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "inside.md").write_text("x", encoding="utf-8")
    (root / "out.md").symlink_to(note)
    (tmp_path / "root2").mkdir()
    (tmp_path / "root2" / "near.md").write_text("x", encoding="utf-8")
    assert fetch(str(root / "inside.md"), [root]).data == b"x"
    for path in (note, root / ".." / "note.md", tmp_path / "root2" / "near.md"):
        with pytest.raises(Refused, match="outside the folders"):
            fetch(str(path), [root])
    with pytest.raises(Refused, match=r"a link that leads out of the folder.*Name the file itself"):
        fetch(str(root / "out.md"), [root])


def test_a_root_may_itself_be_a_link(note: Path, tmp_path: Path):
    (tmp_path / "alias").symlink_to(note.parent, target_is_directory=True)
    assert fetch(str(tmp_path / "alias" / "note.md"), [tmp_path / "alias"]).data


def test_a_file_that_keeps_changing_is_named_as_such(note: Path):
    stop = threading.Event()

    def write() -> None:
        with note.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"more text\n" * 100)
                if file.tell() > 20_000_000:
                    file.truncate(0)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(ChangedWhileRead):
            for _ in range(200):
                fetch(str(note))
    finally:
        stop.set()
        writer.join()


def test_expand_gives_files_of_folders_sorted_without_hidden_ones(tmp_path: Path):
    for name in ("b.md", "a/z.md", "a/y.txt", ".hidden.md", ".git/config", "..%2Fodd.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = [Path(each).relative_to(tmp_path).as_posix() for each in expand([str(tmp_path)])]
    assert found == ["..%2Fodd.md", "a/y.txt", "a/z.md", "b.md"]


def test_expand_passes_on_what_is_named_directly(tmp_path: Path):
    (tmp_path / ".hidden.md").write_text("x", encoding="utf-8")
    given = [str(tmp_path / ".hidden.md"), str(tmp_path / "missing.md"), "https://example.org", "nul\0"]
    assert list(expand(given)) == given


def test_expand_does_not_follow_links_into_folders_but_names_them(note: Path, tmp_path: Path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = list(expand([str(tmp_path / "d")]))
    assert found == [str(tmp_path / "d" / "loop")]
    with pytest.raises(Refused, match="is a folder"):
        fetch(found[0])
