from pathlib import Path

import pytest
from commands import Desk
from servers import folder, serving

from retrieval.models import DEFAULT
from retrieval.onnx_model import export

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser):
    parser.addoption(
        "--install-everything",
        action="store_true",
        help="install into an empty environment as the Dockerfile does (minutes, downloads torch)",
    )
    parser.addoption(
        "--full-size",
        action="store_true",
        help="run campaigns, kills and floods at the size that is promised, not the small one (minutes)",
    )
    parser.addoption(
        "--peer",
        action="append",
        default=[],
        metavar="FOLDER",
        help="also ask model servers that nobody here wrote; a folder in which npm installed"
        " @copilotkit/aimock, or a virtual environment with transformers[serving]; may be given twice",
    )
    parser.addoption("--torch-args", default="", help="what TORCH_ARGS should be for --install-everything")


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """The packaged embedding model, exported once for the whole run."""
    folder = tmp_path_factory.mktemp("models")
    export(DEFAULT, folder)
    return folder


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL of our own: the folder of its socket."""
    with folder() as root, serving(root):
        yield root


@pytest.fixture(scope="session")
def corpus_home(tmp_path_factory, models):
    """A data folder that holds the sample corpus, taken in by the command itself. Not to be written to."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models)
    done = Desk(home).strategist("ingest", str(ROOT / "corpus"), "--quiet")
    assert done.code == 0, done.err
    return home


@pytest.fixture
def desk(corpus_home):
    """Somebody at a terminal, in the repository, with the sample corpus taken in."""
    return Desk(corpus_home)


@pytest.fixture
def own_desk(tmp_path, models):
    """The same with an empty data folder of the test's own."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models)
    return Desk(home)


@pytest.fixture(autouse=True)
def no_settings_of_the_developer(monkeypatch):
    import os

    for name in [each for each in os.environ if each.startswith("STRATEGIST_")]:
        monkeypatch.delenv(name)
