"""Connections to a real PostgreSQL server: addresses, passwords, encryption, kinds of errors."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the extra [serve] is not installed")

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError

from spondyl.serve.store.engine import Database
from spondyl.serve.store.errors import StoreError
from spondyl.serve.store.postgres import connect_arguments, driver_url
from tests.serve.conftest import running_postgres

pytest.importorskip("pg8000", reason="the extra [postgres] is not installed")

from spondyl.serve.store.postgres_line import Line


@pytest.fixture(autouse=True)
def _knows_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))


def arguments(url: str) -> dict[str, Any]:
    return connect_arguments(make_url(url))


class TestArguments:
    @pytest.mark.parametrize("name", ["postgresql", "postgres", "postgresql+psycopg"])
    def test_urls_of_other_drivers_are_understood(self, name: str) -> None:
        assert driver_url(make_url(f"{name}://u@h/d")).drivername == "postgresql+pg8000"

    def test_a_server_far_away(self) -> None:
        found = arguments("postgresql://anna:word@db.example:5433/room?connect_timeout=3")
        assert (found["host"], found["port"]) == ("db.example", 5433)
        assert (found["user"], found["password"], found["database"]) == ("anna", "word", "room")
        assert found["timeout"] == 3
        assert found["ssl_context"] is None, "encrypted where the server can"

    @pytest.mark.parametrize(
        "url", ["postgresql://u@/d?host=/run/pg&port=5433", "postgresql://u@%2Frun%2Fpg:5433/d"]
    )
    def test_a_socket_of_this_machine(self, url: str) -> None:
        found = arguments(url)
        assert found["unix_sock"] == "/run/pg/.s.PGSQL.5433"
        assert "host" not in found
        assert found["ssl_context"] is False

    def test_encryption_by_its_names(self, tmp_path: Path) -> None:
        assert arguments("postgresql://u@h/d?sslmode=disable")["ssl_context"] is False
        assert arguments("postgresql://u@h/d?sslmode=require")["ssl_context"] is True
        assert arguments("postgresql://u@h/d?sslmode=verify-full")["ssl_context"].check_hostname
        with pytest.raises(StoreError, match="sslrootcert"):
            arguments(f"postgresql://u@h/d?sslmode=verify-ca&sslrootcert={tmp_path / 'none'}")

    def test_a_port_that_is_no_number(self) -> None:
        with pytest.raises(StoreError, match="port is a whole number"):
            arguments("postgresql://u@/d?host=h&port=x")

    def test_passwords_of_the_environment_and_of_a_file(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        assert arguments("postgresql://anna@db/room")["password"] is None
        file = tmp_path / "pgpass"
        file.write_text("db:5432:room:ben:no\nlocalhost:*:*:anna:here\ndb:5432:room:anna:there\n")
        file.chmod(0o644)
        assert arguments("postgresql://anna@db/room")["password"] is None, "others may read it"
        file.chmod(0o600)
        assert arguments("postgresql://anna@db/room")["password"] == "there"
        assert arguments("postgresql://anna@/room?host=/tmp")["password"] == "here"
        monkeypatch.setenv("PGPASSWORD", "said")
        assert arguments("postgresql://anna@db/room")["password"] == "said"
        assert arguments("postgresql://anna:own@db/room")["password"] == "own"


@pytest.fixture
def database(new_postgres: Callable[[], str]) -> Iterator[Database]:
    found = Database(new_postgres())
    yield found
    found.close()


def ask(database: Database, *statements: str) -> Any:
    with database.begin_write() as connection:
        return [connection.execute(text(each)) for each in statements][-1]


class TestErrors:
    @pytest.mark.parametrize(
        ("sql", "kind"),
        [
            ("INSERT INTO t VALUES (1, 2)", IntegrityError),
            ("INSERT INTO t VALUES (2, 9)", IntegrityError),
            ("INSERT INTO t VALUES (NULL, 1)", IntegrityError),
            ("INSERT INTO t VALUES (3, -1)", IntegrityError),
            ("SELECT 1 / 0", DataError),
            ("SELECT nothing FROM t", ProgrammingError),
            ("SET LOCAL statement_timeout=20; SELECT pg_sleep(9)", OperationalError),
        ],
    )
    def test_have_their_kinds(self, database: Database, sql: str, kind: type[DBAPIError]) -> None:
        ask(database, "CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t CHECK (up >= 0))")
        ask(database, "INSERT INTO t VALUES (1, 1)")
        with pytest.raises(kind) as told:
            ask(database, *sql.split(";"))
        assert type(told.value) is kind
        assert ask(database, "SELECT count(*) FROM t").scalar() == 1


class TestConnections:
    def test_what_the_server_ended_is_made_anew(self, database: Database) -> None:
        end = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        sessions = [database.session() for _ in range(3)]
        for each in sessions:
            each.execute(text("SELECT 1"))
        for each in sessions[1:]:
            each.close()
        assert sessions[0].scalar(text(end)) == 2
        sessions[0].close()
        for _ in range(3):
            database.check()

    def test_one_that_ends_under_a_transaction_is_told_and_the_next_works(
        self, database: Database
    ) -> None:
        with database.session() as session, database.session() as other:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            with pytest.raises(DBAPIError) as told:
                session.execute(text("SELECT 2"))
            assert told.value.connection_invalidated
        database.check()

    def test_an_answer_may_take_longer_than_connecting(
        self, new_postgres: Callable[[], str]
    ) -> None:
        database = Database(f"{new_postgres()}&connect_timeout=1")
        assert ask(database, "SELECT pg_sleep(1.3), 7").one()[1] == 7
        database.close()

    def test_values_that_cannot_be_sent_leave_the_connection_as_it_was(
        self, database: Database
    ) -> None:
        with database.session() as session:
            for wrong in ("\ud800", "a\0b"):
                with pytest.raises((UnicodeEncodeError, DBAPIError)):
                    session.execute(text("SELECT CAST(:x AS text)"), {"x": wrong})
                session.rollback()
                again = session.scalar(text("SELECT CAST(:x AS text)"), {"x": "50 % 'of' :it"})
                assert again == "50 % 'of' :it"

    def test_an_answer_that_is_not_understood_ends_the_connection_and_not_the_next_answer(
        self, database: Database
    ) -> None:
        def broken(_value: str) -> int:
            raise ValueError("no number")

        with database.session() as session:
            line = session.connection().connection.dbapi_connection
            assert isinstance(line, Line)
            line.register_in_adapter(23, broken)
            with pytest.raises(DBAPIError) as told:
                session.scalar(text("SELECT 1 WHERE 1 = CAST(:x AS int)"), {"x": 1})
            assert told.value.connection_invalidated
            session.rollback()
            assert session.scalar(text("SELECT 2")) == 2

    def test_threads_get_their_own_answers(self, database: Database) -> None:
        wrong: list[tuple[int, Any]] = []

        def work(number: int) -> None:
            for k in range(25):
                word = f"{number}-{k}" + ("\ud800" if k % 5 == 0 else "")
                try:
                    with database.session() as session:
                        got = session.scalar(text("SELECT CAST(:x AS text)"), {"x": word})
                except UnicodeEncodeError:
                    continue
                if got != word:
                    wrong.append((number, got))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert wrong == []


@pytest.fixture(scope="module")
def guarded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of a server that encrypts and asks for passwords, and its certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate", folder / "key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c ssl=on "
        "-c ssl_cert_file={folder}/certificate -c ssl_key_file={folder}/key"
    )
    files = {"certificate": certificate.read_bytes(), "key": key.read_bytes()}
    with running_postgres("scram-sha-256", options, **files):
        yield f"{{host}}:{port}/postgres", certificate


class TestEncryption:
    def _encrypted(self, url: str) -> bool:
        database = Database(url)
        try:
            database.check()
            sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            return bool(ask(database, sql).scalar())
        finally:
            database.close()

    @pytest.mark.parametrize(
        ("host", "options", "encrypted"),
        [
            ("127.0.0.1", "", True),
            ("127.0.0.1", "?sslmode=disable", False),
            ("127.0.0.1", "?sslmode=require", True),
            ("127.0.0.1", "?sslmode=verify-ca&sslrootcert={roots}", True),
            ("localhost", "?sslmode=verify-full&sslrootcert={roots}", True),
        ],
    )
    def test_is_as_asked_for(
        self, guarded_server: tuple[str, Path], host: str, options: str, encrypted: bool
    ) -> None:
        address, roots = guarded_server
        url = f"postgresql://spondyl:correct horse@{address}{options}"
        assert self._encrypted(url.format(host=host, roots=roots)) is encrypted

    @pytest.mark.parametrize(
        "options", ["?sslmode=verify-full", "?sslmode=verify-full&sslrootcert={roots}"]
    )
    def test_a_server_of_another_name_is_not_spoken_to(
        self, guarded_server: tuple[str, Path], options: str
    ) -> None:
        address, roots = guarded_server
        url = f"postgresql://spondyl:correct horse@{address}{options}"
        with pytest.raises(Exception, match=r"CERTIFICATE_VERIFY_FAILED|certificate verify"):
            self._encrypted(url.format(host="127.0.0.1", roots=roots))

    def test_a_wrong_password_is_told_in_a_sentence(self, guarded_server: tuple[str, Path]) -> None:
        url = f"postgresql://spondyl:hidden@{guarded_server[0]}".format(host="127.0.0.1")
        with pytest.raises(StoreError, match="password authentication failed") as told:
            self._encrypted(url)
        assert "hidden" not in str(told.value)
