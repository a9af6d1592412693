import os
import subprocess
import sys
from datetime import date

import pytest
from shelves import ALL, contents, opened, outcomes, results, take, titles, write

from retrieval.documents import Defaults
from retrieval.ingest import Rules, vanished
from retrieval.pooling import apart
from retrieval.visibility import Audience

EMPLOYEES = Defaults(visibility="employees", confidentiality="internal")


@pytest.fixture
def library(tmp_path):
    with opened(tmp_path / "home") as library:
        yield library


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


def passage_ids(library, query="OpenAI"):
    return {hit.source.title: hit.passage.id for hit in library.search(query, ALL, 100).hits}


def active(library):
    return sorted(each.uri.rpartition("/")[2] for each in library.sources(ALL))


# What becomes of a file


def test_each_item_is_reported_with_its_passages_time_and_readers(library, docs):
    write(docs, "a.md", visibility="group:board")
    [result] = library.ingest([str(docs)])
    assert (result.result, result.passages, result.visibility) == ("new", 1, "group:board")
    assert result.uri == f"file://{docs}/a.md"
    assert result.seconds > 0


@pytest.mark.parametrize("name", ["fake.pdf", "text.docx"])
def test_plain_text_under_another_formats_name_is_taken_in_with_a_note(library, docs, name):
    (docs / name).write_text("The contract ends in May.\n", encoding="utf-8")
    said = f"read as plain text, though it is named .{name.partition('.')[2]}"
    assert take(library, docs) == {name: ("new", said)}


def test_a_second_ingest_changes_nothing(library, docs, tmp_path):
    for name in ("a.md", "b.md"):
        write(docs, name, f"About {name}.")
    assert outcomes(library, docs) == {"a.md": "new", "b.md": "new"}
    before = contents(tmp_path / "home")
    assert outcomes(library, docs) == {"a.md": "unchanged", "b.md": "unchanged"}
    assert contents(tmp_path / "home") == before


def test_a_changed_text_replaces_the_old_one(library, docs):
    write(docs, "a.md", "OpenAI earns money.")
    outcomes(library, docs)
    write(docs, "a.md", "OpenAI loses money.")
    assert outcomes(library, docs) == {"a.md": "changed"}
    assert [hit.passage.text for hit in library.search("OpenAI", ALL).hits] == ["OpenAI loses money."]


def test_a_corrected_label_keeps_every_id_and_the_text(library, docs):
    write(docs, "a.md", title="Wrong")
    outcomes(library, docs)
    [before] = passage_ids(library).items()
    write(docs, "a.md", title="Right", publisher="Example AG", visibility="employees")
    assert take(library, docs) == {"a.md": ("changed", "only its labels changed")}
    [after] = passage_ids(library).items()
    assert (before, after) == (("Wrong", before[1]), ("Right", before[1]))
    assert library.sources(ALL)[0].visibility == "employees"


def test_a_document_can_leave_and_come_back(library, docs):
    path = write(docs, "a.md")
    outcomes(library, docs)
    before = passage_ids(library)
    path.unlink()
    assert take(library, docs) == {"a.md": ("gone", "the file is no longer there")}
    assert library.search("OpenAI", ALL).hits == ()
    assert [each.state for each in library.sources(ALL, include_gone=True)] == ["gone"]
    assert outcomes(library, docs) == {}
    write(docs, "a.md")
    assert outcomes(library, docs) == {"a.md": "changed"}
    assert passage_ids(library) == before


def test_a_document_can_come_back_with_another_text(library, docs):
    path = write(docs, "a.md")
    outcomes(library, docs)
    path.unlink()
    outcomes(library, docs)
    write(docs, "a.md", "OpenAI merged.")
    assert outcomes(library, docs) == {"a.md": "changed"}
    assert [hit.passage.text for hit in library.search("OpenAI", ALL).hits] == ["OpenAI merged."]


def test_a_renamed_file_is_found_under_its_new_name_alone(library, docs):
    path = write(docs, "old.md")
    outcomes(library, docs)
    path.rename(docs / "new.md")
    assert outcomes(library, docs) == {"old.md": "gone", "new.md": "new"}
    assert active(library) == ["new.md"]
    (docs / "new.md").rename(path)
    assert outcomes(library, docs) == {"old.md": "changed", "new.md": "gone"}
    assert (active(library), len(library.search("OpenAI", ALL).hits)) == (["old.md"], 1)


def test_a_new_name_that_is_ingested_without_its_folder_is_taken_in(library, docs):
    path = write(docs, "old.md")
    outcomes(library, docs)
    path.rename(docs / "new.md")
    assert outcomes(library, docs / "new.md") == {"new.md": "new"}
    assert outcomes(library, docs) == {"old.md": "gone", "new.md": "unchanged"}


# Twins


def test_the_same_file_under_two_names_is_kept_once(library, docs):
    write(docs, "a.md", title="Same")
    (docs / "b.md").write_bytes((docs / "a.md").read_bytes())
    said = take(library, docs)
    assert said == {
        "a.md": ("new", ""),
        "b.md": ("unchanged", f"same content as file://{docs}/a.md, kept once"),
    }
    assert take(library, docs)["b.md"] == said["b.md"]
    assert len(library.search("OpenAI", ALL).hits) == 1


def test_when_the_kept_twin_goes_the_other_is_taken_in(library, docs):
    write(docs, "a.md", title="Same")
    (docs / "b.md").write_bytes((docs / "a.md").read_bytes())
    outcomes(library, docs)
    (docs / "a.md").unlink()
    assert outcomes(library, docs) == {"a.md": "gone", "b.md": "new"}


def test_when_the_kept_twin_changes_its_old_text_is_not_lost(library, docs):
    write(docs, "z.md", title="Same")
    outcomes(library, docs)
    (docs / "b.md").write_bytes((docs / "z.md").read_bytes())
    assert outcomes(library, docs) == {"b.md": "unchanged", "z.md": "unchanged"}
    write(docs, "z.md", "Mistral is French.")
    assert outcomes(library, docs) == {"b.md": "new", "z.md": "changed"}


def test_a_twin_that_was_gone_stays_so(library, docs):
    write(docs, "a.md", title="Same")
    outcomes(library, docs)
    (docs / "a.md").rename(docs / "b.md")
    outcomes(library, docs)
    (docs / "a.md").write_bytes((docs / "b.md").read_bytes())
    assert outcomes(library, docs) == {"a.md": "unchanged", "b.md": "unchanged"}
    assert active(library) == ["b.md"]


def test_twins_for_different_readers_are_two_documents(library, docs):
    for folder in ("one", "two"):
        write(docs, f"{folder}/{folder}.txt", visibility=None)
        (docs / folder / f"{folder}.txt").write_text("OpenAI lost money.")
    assert outcomes(library, docs / "one", defaults=Defaults("public")) == {"one.txt": "new"}
    assert outcomes(library, docs / "two", defaults=Defaults("admins")) == {"two.txt": "new"}
    assert titles(library.search("OpenAI", Audience.of("public"))) == ["one"]
    assert len(library.search("OpenAI", ALL).hits) == 2


# Who may see it


def test_who_may_see_a_silent_document_is_the_admins(library, docs):
    write(docs, "a.md", visibility=None)
    assert results(library, docs)["a.md"].visibility == "admins"
    assert library.search("OpenAI", Audience.of("employees")).hits == ()
    assert len(library.search("OpenAI", Audience.of("admins")).hits) == 1
    assert library.sources(ALL)[0].confidentiality == "secret"


@pytest.mark.parametrize("labels", [{"visibility": "evrybody"}, {"confidentiality": "top"}])
def test_an_unknown_word_in_a_document_is_refused(library, docs, labels):
    write(docs, "a.md", **labels)
    [(result, reason)] = take(library, docs).values()
    assert result == "refused"
    assert next(iter(labels.values())) in reason
    assert active(library) == []


def test_an_unknown_default_is_refused_for_each_document_that_needs_it(library, docs):
    write(docs, "a.md", visibility=None)
    write(docs, "b.md", "Mistral", visibility="public")
    said = take(library, docs, defaults=Defaults(visibility="everyone else"))
    assert (said["a.md"][0], said["b.md"][0]) == ("refused", "new")
    assert "everyone else" in said["a.md"][1]


def test_defaults_count_for_known_documents_only_when_they_are_named(library, docs):
    write(docs, "a.md", visibility=None)
    outcomes(library, docs)
    assert outcomes(library, docs, defaults=EMPLOYEES) == {"a.md": "unchanged"}
    said = take(library, docs, defaults=EMPLOYEES, rules=Rules(relabel=True))
    assert said == {"a.md": ("changed", "only its labels changed")}
    assert library.sources(ALL)[0].visibility == "employees"
    assert len(library.search("OpenAI", Audience.of("employees")).hits) == 1
    assert outcomes(library, docs, defaults=EMPLOYEES, rules=Rules(relabel=True)) == {"a.md": "unchanged"}


def test_a_document_that_becomes_secret_is_hidden_at_once(library, docs):
    write(docs, "a.md", visibility="public")
    outcomes(library, docs)
    write(docs, "a.md", visibility="admins")
    outcomes(library, docs)
    assert library.search("OpenAI", Audience.of("employees")).hits == ()
    assert library.sources(Audience.of("employees")) == ()


# Bad items among good ones


def test_bad_files_are_named_and_the_good_ones_are_in(library, docs):
    write(docs, "a.md")
    (docs / "b.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (docs / "c.txt").write_bytes(bytes(range(256)) * 40)
    (docs / "d.md").write_text("")
    (docs / "e.docx").write_bytes(b"PK\x03\x04 broken")
    write(docs, "f.md", "Mistral is French.")
    (docs / "g.md").symlink_to(docs / "g.md")
    said = take(library, docs)
    assert list(said) == ["a.md", "b.pdf", "c.txt", "d.md", "e.docx", "f.md", "g.md"]
    assert [said[name][0] for name in ("a.md", "f.md")] == ["new", "new"]
    for name in ("b.pdf", "c.txt", "d.md", "e.docx", "g.md"):
        result, reason = said[name]
        assert result in ("refused", "failed"), name
        assert len(reason) > 10
    assert active(library) == ["a.md", "f.md"]


def test_a_file_that_turns_bad_keeps_what_was_known_of_it(library, docs):
    write(docs, "a.md")
    outcomes(library, docs)
    (docs / "a.md").write_bytes(b"")
    assert outcomes(library, docs) == {"a.md": "refused"}
    assert len(library.search("OpenAI", ALL).hits) == 1


def test_a_name_that_is_not_utf8_is_reported_in_characters_that_can_be_printed(library, docs):
    name = os.fsdecode(b"caf\xe9.md")
    try:
        (docs / name).write_text("OpenAI")
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    write(docs, "z.md")
    said = take(library, docs)
    assert said["z.md"][0] == "new"
    [other] = said.keys() - {"z.md"}
    assert said[other][0] == "refused"
    other.encode("utf-8")


def test_a_path_with_a_nul_in_it_does_not_end_the_batch(library, docs):
    write(docs, "a.md")
    said = take(library, "x\0y.md", docs)
    assert (said["x\0y.md"][0], said["a.md"][0]) == ("failed", "new")


def test_a_missing_file_fails_and_the_rest_goes_on(library, docs):
    write(docs, "a.md")
    said = take(library, docs / "none.md", docs / "a.md")
    assert said["none.md"][0] == "failed"
    assert "no such file" in said["none.md"][1]
    assert said["a.md"][0] == "new"


def test_a_missing_folder_says_nothing_of_its_files(library, docs):
    write(docs, "a.md")
    outcomes(library, docs)
    docs.rename(docs.with_name("unmounted"))
    assert take(library, docs)["docs"][0] == "failed"
    assert active(library) == ["a.md"]


def test_a_folder_given_as_a_uri_is_a_folder(library, docs):
    path = write(docs, "a.md")
    assert outcomes(library, f"file://{docs}") == {"a.md": "new"}
    path.unlink()
    assert outcomes(library, f"file://{docs}") == {"a.md": "gone"}


def test_files_outside_the_folders_named_are_left_alone(library, docs):
    write(docs, "one/a.md")
    write(docs, "two/b.md", "Mistral")
    outcomes(library, docs)
    (docs / "two" / "b.md").unlink()
    assert outcomes(library, docs / "one") == {"a.md": "unchanged"}
    assert active(library) == ["a.md", "b.md"]


def test_a_file_whose_place_a_folder_took_is_gone(library, docs):
    path = write(docs, "a.md")
    outcomes(library, docs)
    path.unlink()
    path.mkdir()
    assert outcomes(library, docs) == {"a.md": "gone"}


def test_documents_that_are_no_files_do_not_vanish(library, docs):
    write(docs, "a.md")
    outcomes(library, docs)
    [source] = library.sources(ALL)
    assert vanished([str(docs)], [source]) == []
    assert vanished(["/"], [type(source)(**{**fields(source), "uri": "https://example.com/a.md"})]) == []


def fields(value):
    return {name: getattr(value, name) for name in value.__slots__}


def test_a_file_that_keeps_changing_is_left_for_the_next_time(library, docs):
    write(docs, "a.md")
    busy = write(docs, "b.md", "Mistral " * 1_000_000)
    write(docs, "c.md", "Anthropic")
    # It changes nothing but the time, a hundred thousand times a second.
    code = "import os, sys\nprint(1, flush=True)\nfor n in range(10**9): os.utime(sys.argv[1], ns=(n, n))"
    with subprocess.Popen([sys.executable, "-c", code, busy], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        said = take(library, docs)
        writer.kill()
    assert (said["a.md"][0], said["c.md"][0]) == ("new", "new")
    assert said["b.md"][0] == "failed"
    assert "changed while it was read" in said["b.md"][1]


class Stumbling:
    """An embedder that cannot take one word."""

    name, dimension, languages = "stumbling", 64, frozenset({"en", "de"})

    def __init__(self, inner):
        self.inner = inner

    def query(self, text):
        return self.inner.query(text)

    def passages(self, texts):
        if any("Mistral" in text for text in texts):
            raise RuntimeError("the model gave up")
        return self.inner.passages(texts)

    def parted(self, texts):
        return apart(self.passages, texts)


def test_an_embedder_that_fails_on_one_document_fails_that_one_alone(tmp_path, docs):
    from fakes import FakeEmbedder

    write(docs, "a.md")
    write(docs, "b.md", "Mistral")
    write(docs, "c.md", "Anthropic")
    with opened(tmp_path / "home", embedder=Stumbling(FakeEmbedder())) as library:
        said = take(library, docs)
        assert [said[name][0] for name in ("a.md", "b.md", "c.md")] == ["new", "failed", "new"]
        assert "the model gave up" in said["b.md"][1]


# Links


@pytest.fixture
def outside(tmp_path):
    return write(tmp_path / "outside", "secret.md", "OpenAI: the secret.")


def test_a_link_that_leads_out_of_the_folder_is_refused_under_its_own_path(library, docs, outside):
    (docs / "link.md").symlink_to(outside)
    (docs / "folder").symlink_to(outside.parent)
    (docs / "glossary.tsv").symlink_to(outside)
    (docs / "dangling.md").symlink_to(outside.with_name("none.md"))
    said = {each.uri: (each.result, each.reason) for each in library.ingest([str(docs)])}
    out = "is a link that leads out of the folder. Name the {} itself to take it in"
    assert said == {
        f"file://{docs}/dangling.md": ("failed", "no such file. Check the path"),
        f"file://{docs}/folder": ("refused", out.format("folder")),
        f"file://{docs}/glossary.tsv": ("refused", out.format("file")),
        f"file://{docs}/link.md": ("refused", out.format("file")),
    }
    assert active(library) == []


def test_a_link_that_is_named_itself_or_stays_in_the_folders_named_is_taken_in(library, docs, outside):
    (docs / "link.md").symlink_to(outside)
    assert take(library, docs / "link.md") == {"link.md": ("new", f"a link to file://{outside}")}
    assert outcomes(library, docs, outside.parent) == {"link.md": "unchanged", "secret.md": "unchanged"}
    assert active(library) == ["secret.md"]


def test_a_folder_may_itself_be_reached_through_a_link(library, docs, tmp_path):
    write(docs, "a.md")
    (tmp_path / "alias").symlink_to(docs)
    assert outcomes(library, tmp_path / "alias") == {"a.md": "new"}


# Dates


def test_a_document_from_the_future_is_taken_in_with_a_note(library, docs):
    rules = Rules(today=lambda: date(2026, 3, 1))
    write(docs, "a.md", published="2026-03-02")
    assert take(library, docs, rules=rules) == {"a.md": ("new", "published lies in the future: 2026-03-02")}
    write(docs, "a.md", published="2026-03-03")
    note = "only its labels changed; published lies in the future: 2026-03-03"
    assert take(library, docs, rules=rules) == {"a.md": ("changed", note)}
    assert library.sources(ALL)[0].published == date(2026, 3, 3)


# NUL characters: PostgreSQL refuses them in text


NUL_FRONT = b'title: "a\\0b"\nvisibility: public\nvendors: ["x\\0y"]\npublisher: "p\\0"\n'
WITH_NUL = {
    "a.md": b"# H&#0;x\n\nOpenAI lost &#0;&#x0; money.\n",
    "b.md": b"---\n" + NUL_FRONT + b"---\n\nOpenAI lost money.\n",
    "c.html": b"<html><title>a&#0;b\0</title><h1>H\0</h1><p>Open\0AI lost &#0; money.</p></html>",
}


@pytest.mark.parametrize("name", WITH_NUL)
def test_no_nul_reaches_the_catalogue(library, docs, tmp_path, name):
    (docs / name).write_bytes(WITH_NUL[name])
    assert take(library, docs, defaults=Defaults("public"))[name][0] == "new"
    texts = [value for rows in contents(tmp_path / "home").values() for row in rows for value in row]
    assert not [text for text in texts if isinstance(text, str) and ("\0" in text or "\\u0000" in text)]


def test_text_with_raw_nul_bytes_is_taken_for_what_it_is(library, docs):
    (docs / "a.txt").write_bytes(b"Open\0AI lost money.")
    assert take(library, docs)["a.txt"][0] == "refused"


# Vocabulary


def test_vocabulary_files_are_put_to_use_not_searched(library, docs):
    (docs / "glossary.tsv").write_text("RPO\trecovery point objective\trestore point\n")
    (docs / "vendors.yaml").write_text("vendors:\n  openai:\n    name: OpenAI\n    products: [ChatGPT]\n")
    write(docs, "a.md", "The restore point is one hour.")
    write(docs, "b.md", "OpenAI lost money.")
    assert outcomes(library, docs) == {
        "glossary.tsv": "new",
        "vendors.yaml": "new",
        "a.md": "new",
        "b.md": "new",
    }
    assert len(library.sources(ALL)) == 2
    assert titles(library.search("RPO", ALL, 1)) == ["a"]
    assert titles(library.search("ChatGPT", ALL, 1)) == ["b"]
    assert outcomes(library, docs)["glossary.tsv"] == "unchanged"


def test_a_broken_vocabulary_fails_and_the_old_one_stays(library, docs):
    (docs / "glossary.tsv").write_text("RPO\trecovery point objective\trestore point\n")
    outcomes(library, docs)
    (docs / "glossary.tsv").write_bytes(b"RPO\t\xff\xfe\n")
    assert take(library, docs)["glossary.tsv"][0] == "failed"
    assert library.vocabulary.synonyms()["rpo"] == ("restore point",)


def test_a_missing_vocabulary_file_fails_by_name(library, docs):
    [(result, reason)] = take(library, docs / "glossary.tsv").values()
    assert result == "failed"
    assert "glossary.tsv" in reason
