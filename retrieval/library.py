"""The library: takes documents in, finds evidence in them, and shows only what an audience may see."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from retrieval.bridge import Bridge
from retrieval.catalogue import Catalogue
from retrieval.documents import Defaults
from retrieval.embed import Embedder
from retrieval.errors import DiskFull, StoreBusy, StoreReadOnly
from retrieval.finder import Coverage, Finder
from retrieval.indexes import EXACT_LIMIT, Indexes
from retrieval.ingest import Ingest, Rules, refusals
from retrieval.lexicon import load as load_lexicon
from retrieval.owner import Owner
from retrieval.types import Document, Found, IngestResult, Passage, Source
from retrieval.visibility import Audience
from retrieval.vocabulary import Vocabulary

_FEW = 1_000  # passages that may be embedded while somebody waits for an answer: about 20 s
_PUT_BATCH = 64  # documents embedded together by put_many
_ONLY_READING = (StoreBusy, StoreReadOnly, DiskFull)  # nothing can be written; questions are answered


class Library:
    """One folder of documents. Reading needs nobody's leave; whoever writes owns the folder meanwhile.

    >>> with Library.open(home, embedder) as library:
    ...     results = list(library.ingest(["corpus"]))
    ...     found = library.search("what if OpenAI falters?", Audience.of("employees"))
    """

    def __init__(
        self,
        home: Path,
        catalogue: Catalogue,
        bridge: Bridge,
        exact_limit: int = EXACT_LIMIT,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._today = today
        self._catalogue = catalogue
        self._bridge = bridge
        self._owner = Owner(home)
        self._owning = False
        self.vocabulary = Vocabulary(home / "vocabulary")
        self._indexes = Indexes(home, catalogue, bridge, exact_limit)
        self._finder: Finder | None = None
        self._stack = ExitStack()

    @classmethod
    def open(
        cls,
        home: Path,
        embedder: Embedder,
        database: str = "",
        exact_limit: int = EXACT_LIMIT,
        today: Callable[[], date] = date.today,
    ) -> "Library":
        """Open the library in `home`, making it if need be; `database` is a SQLAlchemy URL."""
        catalogue = Catalogue(database or f"sqlite:///{home / 'catalogue.db'}")
        catalogue.migrate()
        return cls(home, catalogue, Bridge(embedder, load_lexicon()), exact_limit, today)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        try:
            self._stack.close()
            self._indexes.close()
        finally:
            self._catalogue.close()

    # Owning

    @contextmanager
    def owning(self) -> Iterator[None]:
        """Own the folder for a while: StoreBusy names the process that has it. May be nested."""
        if self._owning:
            yield
            return
        with self._owner:
            self._owning = True
            try:
                self._indexes.disown_newer()
                yield
            finally:
                self._owning = False

    def many(self) -> bool:
        """Whether the library holds so many passages that owning it makes a search faster."""
        return self._indexes.many()

    def try_to_own(self) -> bool:
        """Own the folder until `close`, if that can be; a search over `many` passages is faster so."""
        try:
            self._stack.enter_context(self.owning())
            self._indexes.follow()
        except _ONLY_READING:
            return False
        return True

    # Taking in

    def ingest(
        self, paths: Sequence[str], defaults: Defaults | None = None, rules: Rules | None = None
    ) -> Iterator[IngestResult]:
        """Take in files and folders; one result for each item, whatever happens to it. StoreBusy."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self.owning())
            except (StoreReadOnly, DiskFull) as error:
                yield from refusals(paths, error)
                return
            work = Ingest(
                self._catalogue, self._bridge, self.vocabulary, defaults or Defaults(), rules or Rules()
            )
            try:
                yield from work.run(paths)
            finally:
                self._indexes.follow()
                self._finder = None

    def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """Take in a document that is already split."""
        self.put_many([(document, passages)])

    def put_many(self, items: Iterable[tuple[Document, Sequence[Passage]]]) -> None:
        """Take in documents that are already split, embedding many at once."""
        with self.owning():
            batch: list[tuple[Document, Sequence[Passage]]] = []
            for item in items:
                batch.append(item)
                if len(batch) == _PUT_BATCH:
                    self._put(batch)
                    batch = []
            self._put(batch)
            self._indexes.follow()

    def _put(self, batch: Sequence[tuple[Document, Sequence[Passage]]]) -> None:
        if not batch:
            return
        titled = [(document.title, passages) for document, passages in batch]
        for (document, passages), embedded in zip(batch, self._bridge.passages(titled), strict=True):
            self._catalogue.replace(document, passages, embedded)

    def remove(self, document_id: str) -> bool:
        """Delete a document for good; False when there is none."""
        with self.owning():
            found = self._catalogue.remove(document_id)
            self._indexes.follow()
        return found

    def rebuild(self) -> None:
        """Make both caches anew from the catalogue; nothing that has its vectors is embedded again."""
        with self.owning():
            self._indexes.rebuild()

    def unembedded(self) -> int:
        """Passages that this model has not seen, after a change of model or lexicon: found by words only."""
        if not self._indexes.vectors_behind():
            return 0  # known without counting, which takes 260 ms at 100,000 passages
        classes = self._catalogue.visibility_classes(Audience.whole_library())
        return self._catalogue.count(classes) - self._catalogue.count(classes, self._bridge.name)

    def catch_up(self) -> bool:
        """Bring the caches up to the catalogue if they are behind; False when another process is at it.

        What another model embedded is embedded again, unless that is too much to wait for: see `unembedded`.
        """
        if not self._indexes.behind() or self.unembedded() > _FEW:
            return True
        try:
            with self.owning():
                self._indexes.follow()
        except _ONLY_READING:
            return False
        return True

    # Finding

    def search(self, query: str, audience: Audience, k: int = 10) -> Found:
        """The k best passages this audience may see, and whether they are likely to hold the answer."""
        return self._find().find(query, audience, k, self._owning)

    def covers(self, question: str) -> Coverage:
        """Which shares of what a question asks about a text holds, as a function of the text."""
        return self._find().covers(question)

    def _find(self) -> Finder:
        if self._finder is None:
            self._finder = Finder(
                self._catalogue, self._indexes, self._bridge, self.vocabulary.synonyms(), self._today
            )
        return self._finder

    def self_check(self, sample: int = 200) -> int:
        """How many of some passages are not found by their own vector; facts: Chroma may lose live ones."""
        return self._indexes.self_check(sample, self._owning)

    def sources(self, audience: Audience, include_gone: bool = False) -> tuple[Source, ...]:
        """The documents that this audience may see, by title."""
        return self._catalogue.sources(audience, include_gone)
