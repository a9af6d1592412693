"""Catalogues to try: SQLite everywhere, PostgreSQL where its programs are found."""

import pytest
from hypothesis import Phase, settings
from servers import new_database

from retrieval.catalogue import Catalogue

# For tests that expect a property to fail: the first example is enough.
settings.register_profile("unshrunk", phases=[Phase.generate])


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/catalogue.db"
    return new_database(request.getfixturevalue("postgres"), f"c{abs(hash(tmp_path))}")


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
