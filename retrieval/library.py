"""The library: takes documents in, finds evidence in them, and shows only what an audience may see."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from retrieval import attachment, segments
from retrieval.bridge import Bridge
from retrieval.catalogue import Catalogue
from retrieval.documents import Defaults
from retrieval.embed import Embedder
from retrieval.errors import DiskFull, StoreBusy, StoreReadOnly
from retrieval.finder import Coverage, Finder
from retrieval.indexes import EXACT_LIMIT, Indexes
from retrieval.ingest import Ingest, Rules, refusals
from retrieval.lexicon import Lexicon
from retrieval.lexicon import load as load_lexicon
from retrieval.likeness import Likeness
from retrieval.owner import Hold
from retrieval.search import Wish
from retrieval.types import Document, Found, Hit, IngestResult, Passage, Source
from retrieval.visibility import Audience
from retrieval.vocabulary import Mark, Vocabulary

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
        self.vocabulary = Vocabulary(home / "vocabulary")
        self._indexes = Indexes(home, catalogue, bridge, exact_limit)
        self._hold = Hold(home, self._indexes.disown_newer)
        self._likeness = Likeness(bridge)
        self._finder: tuple[Mark, Finder] | None = None
        self._seen: tuple[int, Mark] | None = None
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

    @staticmethod
    def orphaned(home: Path) -> bool:
        """Whether there is an index, but not the catalogue that it was made of: then that was lost."""
        return not (home / "catalogue.db").exists() and segments.read(home / "lexical") is not None

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
        """Own the folder for a while, as the only thread of this process that changes it. May be nested.

        StoreBusy names the process that has it.
        """
        with self._hold.working():
            yield

    def many(self) -> bool:
        """Whether the library holds so many passages that owning it makes a search faster."""
        return self._indexes.many()

    def try_to_own(self) -> bool:
        """Own the folder until `close`, if that can be; a search over `many` passages is faster so."""
        try:
            self._stack.enter_context(self._hold.kept())
            with self._hold.working():
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

    def unembedded(self, counted: bool = False) -> int:
        """Passages that this model has not seen, after a change of model or lexicon: found by words only.

        Not counted where the vectors have followed the catalogue, unless `counted` asks for certainty.
        """
        return self._indexes.lacking() if counted or self._indexes.vectors_behind() else 0

    def catch_up(self) -> bool:
        """Bring the caches up to the catalogue if they are behind; False when another process is at it.

        What another model embedded is embedded again, unless that is too much to wait for: see `unembedded`.
        """
        if not self._indexes.behind() or self.unembedded() > _FEW:
            return True
        try:
            with self._hold.working(wait=False):
                self._indexes.follow()
        except _ONLY_READING:
            return False
        return True

    def refresh(self) -> bool:
        """Make ready for what other processes changed; whether there was anything since the last call.

        For a long-running program, now and then: searches see every change without it, but the first one
        after a change then pays for taking it up. Measured: .4 ms of CPU when nothing changed.
        """
        now = (self._catalogue.generation(), self.vocabulary.mark())
        changed, self._seen = now != self._seen, now
        if changed:
            self._indexes.refresh()
            self._find()
        return changed

    # Finding

    @property
    def lexicon(self) -> Lexicon:
        """The word pairs that join German and English here."""
        return self._bridge.lexicon

    def search(
        self,
        query: str,
        audience: Audience,
        k: int = 10,
        since: date | None = None,
        vendors: Collection[str] = (),
    ) -> Found:
        """The k best passages this audience may see, and whether they are likely to hold the answer.

        Documents of these vendors, and those published since that day, are preferred among equals.
        """
        return self._find().find(query, audience, k, self._hold.held, Wish(vendors, since))

    def classes(self, audience: Audience) -> frozenset[str]:
        """The visibility classes in use that this audience may see: equal ones see the same documents."""
        return frozenset(self._catalogue.visibility_classes(audience))

    def covers(self, question: str, audience: Audience) -> Coverage:
        """Which shares of what a question asks about a text holds, as a function of the text."""
        return self._find().covers(question, audience)

    def similar(self, claim: str, texts: Sequence[str]) -> Sequence[float]:
        """The cosine of a claim to each text, German or English on both sides; 0..1 for what we write."""
        return self._likeness.cosines(claim, texts)

    def examine(
        self,
        data: bytes,
        name: str,
        media_type: str,
        question: str,
        rules: Rules | None = None,
        defaults: Defaults | None = None,
        k: int = 6,
    ) -> tuple[Hit, ...]:
        """The k best passages of a file that came with a question; nothing of it is kept.

        Read as at ingest, in the sandbox. Its source has the uri "attachment:NAME". Refused, ParseFailed.
        """
        document, passages = attachment.read(data, name, media_type, rules or Rules(), defaults or Defaults())
        covers = self.covers(question, Audience.nobody())  # every word weighs the same
        return attachment.rank(document, passages, question, self._bridge, covers, k)

    def _find(self) -> Finder:
        mark, known = self.vocabulary.mark(), self._finder
        if known is None or known[0] != mark:  # an ingest here or in another process replaced a file
            finder = Finder(
                self._catalogue, self._indexes, self._bridge, self.vocabulary.synonyms(), self._today
            )
            known = self._finder = (mark, finder)
        return known[1]

    def self_check(self, sample: int = 200) -> int:
        """How many of some passages are not found by their own vector; facts: Chroma may lose live ones."""
        return self._indexes.self_check(sample, self._hold.held)

    def check(self) -> None:
        """Look at the whole catalogue, and at every vector of this model. StoreDamaged."""
        self._catalogue.check(self._bridge.name)

    def sources(self, audience: Audience, include_gone: bool = False) -> tuple[Source, ...]:
        """The documents that this audience may see, by title."""
        return self._catalogue.sources(audience, include_gone)
