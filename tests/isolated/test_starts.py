"""A site that starts while its database is away shows nothing of a database of another mode."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from tangthu.kernel.home import Home
from tests.support.house import TestHouse
from tests.support.isolated import secret_dossier

TOKEN = "Xanhdamtrang"
# The socket of the database appears only after the site has started.
SCRIPT = """
import sys
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from tangthu.faces.office.wsgi import application
print("STARTED")
Path(sys.argv[1]).symlink_to(sys.argv[2])
def get(path):
    asked = {"PATH_INFO": path, "REMOTE_ADDR": "127.0.0.1"}
    asked["HTTP_COOKIE"] = "tangthu_session=" + 32 * "x"
    setup_testing_defaults(asked)
    told = []
    try:
        body = b"".join(application(asked, lambda status, headers: told.append(status)))
        print("GET", path, told[0][:3], body.decode().replace(chr(10), " "))
    except Exception as error:  # as where the database is away: the server says 500, no more
        print("GET", path, 500, type(error).__name__)
get("/ho-so/")
from tangthu.records.models import Document
try:
    print("READ", list(Document.objects.values_list("subject", flat=True)))
except Exception as error:
    print("REFUSED", type(error).__name__, error)
"""


def late(house: TestHouse, root: Path, mode: str) -> str:
    """What a site of `mode` says that began before the database of `house` could be reached."""
    home, socket = Home(root / "nha").ensure(), root / "cho"
    shutil.copytree(house.home.secrets / "database", home.secrets / "database")
    where = {**house.where, "host": str(socket)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, socket, house.where["host"]],
        env={**os.environ, "TANGTHU_HOME": str(home.root), "TANGTHU_MODE": mode,
             "DATABASE_URL": make_conninfo(**where)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("mode", ["isolated_lan", "connected"])
def test_a_site_that_began_without_its_database_refuses_one_of_the_other_mode(
    isolated_cast: TestHouse, tmp_path: Path, mode: str
) -> None:
    secret_dossier(isolated_cast, "3", number="02", token=TOKEN)
    told = late(isolated_cast, tmp_path, mode)
    if mode == "isolated_lan":
        assert "GET /ho-so/ 302" in told
        assert "READ" in told and TOKEN in told
        return
    assert "REFUSED WrongMode" in told
    assert "READ" not in told
    assert re.search(r"GET /ho-so/ 500 WrongMode", told)
    assert TOKEN not in told


@pytest.mark.req("AR-128")
def test_an_isolated_site_that_began_without_its_database_refuses_a_connected_one(
    cast: TestHouse, tmp_path: Path
) -> None:
    told = late(cast, tmp_path, "isolated_lan")
    assert "REFUSED WrongMode" in told
    assert re.search(r"GET /ho-so/ 500 WrongMode", told)
