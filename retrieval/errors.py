"""The exception tree. Every error names the thing it is about and what to do next.

StrategistError
├── SettingsError            bot: a setting has a wrong value
├── RetrievalError
│   ├── IngestError          one document could not be taken in
│   │   ├── NotFound             no such file
│   │   ├── Refused              we will not take it: type, size, root, visibility
│   │   ├── ParseFailed          damaged, encrypted, a bomb, no text in it
│   │   └── ChangedWhileRead     the file moved under our hands
│   ├── StoreError           the library's own files
│   │   ├── StoreBusy            another process owns the index
│   │   ├── StoreReadOnly        the data folder cannot be written
│   │   ├── DiskFull             no space left
│   │   └── StoreDamaged         a cache that must be rebuilt, or a catalogue that cannot be read
│   └── ModelError           the embedding model
│       ├── ModelMissing         not installed, or not set up
│       └── ModelDamaged         the file is not the one we vetted
"""


class StrategistError(Exception):
    """Anything this product raises on purpose. `resource` is what it is about, `advice` the next step."""

    def __init__(self, resource: str, problem: str, advice: str = "") -> None:
        super().__init__(resource, problem, advice)
        self.resource = resource
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        text = f"{self.resource}: {self.problem}" if self.resource else self.problem
        return f"{text}. {self.advice}" if self.advice else text


class RetrievalError(StrategistError):
    """The library could not do what was asked."""


class IngestError(RetrievalError):
    """One document could not be taken in; the rest of the batch goes on."""


class NotFound(IngestError):
    """There is no such file."""


class Refused(IngestError):
    """The document breaks a rule of ours: type, size, root, or unknown visibility."""


class ParseFailed(IngestError):
    """The document is damaged, encrypted, too greedy, or holds no text."""


class ChangedWhileRead(IngestError):
    """The file changed while it was read; the next ingest will find it at rest."""


class StoreError(RetrievalError):
    """The library's own files are the problem."""


class StoreBusy(StoreError):
    """Another process owns the index."""


class StoreReadOnly(StoreError):
    """The data folder cannot be written."""


class DiskFull(StoreError):
    """No space is left where the library lives."""


class StoreDamaged(StoreError):
    """A file of the library is not what we wrote."""


class ModelError(RetrievalError):
    """The embedding model cannot be used."""


class ModelMissing(ModelError):
    """The embedding model is not installed or not set up."""


class ModelDamaged(ModelError):
    """The model's weights are not the ones that were vetted."""
