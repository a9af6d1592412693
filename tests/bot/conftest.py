import pytest
import shelf

from bot.assistant import Assistant
from retrieval.visibility import Audience


@pytest.fixture(scope="session")
def shelved(tmp_path_factory):
    """The documents of `shelf`, taken in."""
    with shelf.library(tmp_path_factory.mktemp("shelf"), shelf.ALL) as made:
        yield made


@pytest.fixture(scope="session")
def ask(shelved):
    """Ask the shelf as somebody who may see all of it."""
    assistant = Assistant(shelved, 180, lambda: shelf.TODAY)

    def answer(question, audience=None):
        return assistant.ask(question, audience or Audience.whole_library())

    return answer
