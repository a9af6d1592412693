"""A LangChain retriever over a Library, for people who bring their own chain."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from retrieval.library import Library
from retrieval.types import Hit
from retrieval.visibility import Audience


class LibraryRetriever(BaseRetriever):
    """Passages as LangChain documents, within what one audience may see.

    The audience has no default: a chain that answers for somebody must say for whom.

    >>> retriever = LibraryRetriever(library=library, audience=Audience.of("employees"), k=6)
    >>> retriever.invoke("what if OpenAI falters?")
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    audience: Audience
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in self.library.search(query, self.audience, self.k).hits]


def _document(hit: Hit) -> Document:
    source = hit.source
    return Document(
        id=hit.passage.id,
        page_content=hit.passage.text,
        metadata={
            "uri": source.uri,
            "title": source.title,
            "publisher": source.publisher,
            "published": source.published.isoformat() if source.published else None,
            "locator": hit.passage.locator,
            "language": hit.passage.language,
            "confidentiality": source.confidentiality,
            "score": hit.score,
        },
    )
