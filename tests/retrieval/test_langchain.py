import pytest
from fakes import FakeEmbedder

from retrieval.langchain import LibraryRetriever
from retrieval.library import Library
from retrieval.visibility import Audience


@pytest.fixture
def library(tmp_path):
    (tmp_path / "docs").mkdir()
    for name, visibility in (("open", "public"), ("closed", "admins")):
        front = f"---\ntitle: {name} note\nvisibility: {visibility}\n---\n"
        text = f"{front}\n# {name}\n\nOpenAI lost money in 2026.\n"
        (tmp_path / "docs" / f"{name}.md").write_text(text, "utf-8")
    with Library.open(tmp_path / "home", FakeEmbedder()) as library:
        list(library.ingest([str(tmp_path / "docs")]))
        yield library


def test_a_chain_gets_documents_with_their_source(library):
    [document] = LibraryRetriever(library=library, audience=Audience.of("public")).invoke("OpenAI money")
    assert document.page_content == "OpenAI lost money in 2026."
    assert document.metadata["title"] == "open note"
    assert document.metadata["uri"].endswith("/docs/open.md")


def test_a_chain_must_say_for_whom(library):
    with pytest.raises(ValueError, match="audience"):
        LibraryRetriever(library=library)


def test_a_chain_sees_what_its_audience_may_see(library):
    retriever = LibraryRetriever(library=library, audience=Audience.of("admins"))
    titles = {each.metadata["title"] for each in retriever.invoke("OpenAI money")}
    assert titles == {"open note", "closed note"}
