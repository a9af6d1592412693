"""Catalogues to try: SQLite everywhere, PostgreSQL where its programs are found."""

import os
import pwd
import shutil
import subprocess
import threading

import pytest
from hypothesis import Phase, settings

from retrieval.catalogue import Catalogue

# For tests that expect a property to fail: the first example is enough.
settings.register_profile("unshrunk", phases=[Phase.generate])


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A PostgreSQL of our own, on a socket in a temporary folder."""
    pytest.importorskip("psycopg", reason="PostgreSQL: the driver is not installed")
    if not (shutil.which("initdb") and shutil.which("postgres")):
        pytest.skip("PostgreSQL: initdb and postgres are not on the PATH")
    root = tmp_path_factory.mktemp("pg")
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    if user:  # PostgreSQL refuses to run as root
        os.chown(root, pwd.getpwnam("nobody").pw_uid, -1)
        for each in (root, root.parent, root.parent.parent):
            each.chmod(0o755)
    subprocess.run(
        ["initdb", "-D", root / "data", "-U", "strategist", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=root,
        **user,
    )
    options = ["-D", root / "data", "-k", root, "-h", "", "-c", "fsync=off"]
    with (
        (root / "log").open("w") as log,
        subprocess.Popen(["postgres", *options], stdout=log, stderr=log, cwd=root, **user) as server,
    ):
        yield _ready(root)
        server.terminate()


def _ready(root):
    import psycopg

    for _ in range(200):
        try:
            psycopg.connect(host=str(root), user="strategist", dbname="postgres").close()
        except psycopg.OperationalError:
            threading.Event().wait(0.05)
        else:
            return root
    raise AssertionError((root / "log").read_text())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/catalogue.db"
    root, name = request.getfixturevalue("postgres"), f"c{abs(hash(tmp_path))}"
    import psycopg

    with psycopg.connect(host=str(root), user="strategist", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return f"postgresql://strategist@/{name}?host={root}"


@pytest.fixture
def catalogue(url):
    made = Catalogue(url)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalogue.db"


@pytest.fixture
def local(path):
    """SQLite alone, for what only SQLite can suffer."""
    made = Catalogue(f"sqlite:///{path}")
    made.migrate()
    yield made
    made.close()
