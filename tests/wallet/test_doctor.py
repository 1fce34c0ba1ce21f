"""`coinslot doctor`: each thing that can be wrong is named with what to do, and nothing secret with it."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import distributions
from pathlib import Path

import pytest

from coinslot.checks import Finding, _home
from coinslot.checks._versions import clients
from coinslot.conformance.ledger._scenes import plan
from coinslot.ledger import SqliteLedger
from coinslot.ledger._place import Mount
from coinslot.ledger._rows import planned_row
from coinslot.wallets import family as families
from tests.wallet.conftest import PASSPHRASE, Run

TEST_KEY = "test:" + "44" * 32
LIVE_KEY = "c0ffee" + "5a" * 29


def findings(run: Run, *arguments: str) -> dict[str, Finding]:
    done = run("doctor", "--json", *arguments)
    assert LIVE_KEY not in done.output
    found = [Finding(**json.loads(line)) for line in done.output.splitlines()]
    assert done.exit_code == (1 if any(each.state == "wrong" for each in found) else 0)
    assert all(each.todo for each in found if each.state == "wrong")
    return {each.subject: each for each in found}


@contextmanager
def origin(behind: timedelta = timedelta(0), *, dated: bool = True) -> Iterator[str]:
    """A server whose clock is behind ours."""

    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(405)
            if dated:
                self.send_header("Date", format_datetime(datetime.now(UTC) - behind, usegmt=True))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_new_user_is_told_to_make_a_wallet(run: Run) -> None:
    found = findings(run)
    assert found["base"].todo == "coinslot wallet new evm"
    assert [one.subject for one in found.values() if one.state == "wrong"] == ["keys"]
    assert found["keys"].todo == "one is enough: coinslot wallet new evm or coinslot wallet new solana"
    assert found["solana"].todo == "coinslot wallet new solana"


def test_one_wallet_is_enough(run: Run, password: Path) -> None:
    run("wallet", "new", "solana", "--passphrase-file", password, "--no-backup")
    found = findings(run)
    assert found["solana"].state == "right"
    assert found["base"].state == "note"
    assert found["wallet solana/main"].told == "no backup of it was ever opened"
    assert found["solana on Solana"].todo.startswith("set COINSLOT_SOLANA_RPC")
    assert "Ready to pay." in run("doctor").output


def test_what_is_to_be_made_has_a_name_that_is_free(
    run: Run, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ("--passphrase-file", password, "--no-backup")
    run("wallet", "new", "evm", "--test", *made)
    todo = findings(run, "https://api.example.com")["keys"].todo
    assert "coinslot wallet new evm/live, then coinslot wallet use evm/live" in todo
    for step in ("wallet new evm/live", "wallet use evm/live"):
        done = run(*step.split(), *(made if "new" in step else ()))
        assert done.exit_code == 0, done.output
    assert "keys" not in findings(run, "https://api.example.com")
    run("wallet", "use", "evm/main")
    assert "coinslot wallet use evm/live" in findings(run, "https://api.example.com")["keys"].todo
    monkeypatch.setenv("COINSLOT_EVM_KEY", TEST_KEY)
    assert (
        "unset COINSLOT_EVM_KEY, then coinslot wallet use"
        in findings(run, "https://api.example.com")["keys"].todo
    )


def test_a_wallet_is_opened_where_nobody_must_be_asked(
    run: Run, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("wallet", "new", "evm", "--test", "--passphrase-file", password)
    assert "COINSLOT_EVM_KEYSTORE_PASSWORD_FILE" in findings(run)["wallet evm/main"].todo
    monkeypatch.setenv("COINSLOT_EVM_KEYSTORE_PASSWORD_FILE", str(password))
    assert findings(run)["wallet evm/main"].state == "right"
    password.write_text("another passphrase")
    assert findings(run)["wallet evm/main"].state == "wrong"


def test_settings_that_cannot_be_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COINSLOT_EVM_KEY", LIVE_KEY[:-1])
    found = findings(run)
    assert "is not a private key" in found["base"].told
    assert [one.subject for one in found.values() if one.state == "wrong"] == ["base"]
    monkeypatch.setenv("COINSLOT_EVM_KEY", LIVE_KEY)
    monkeypatch.setenv("COINSLOT_EVM_KEYSTORE", "somewhere")
    assert "one of the two" in findings(run)["base"].told
    monkeypatch.delenv("COINSLOT_EVM_KEYSTORE")
    monkeypatch.setenv("COINSLOT_BASE_RPC", "http://node.example.com/secret-token")
    found = findings(run)
    assert "must be an https address" in found["base"].told
    assert "secret-token" not in str(found)


@pytest.mark.loopback
@pytest.mark.parametrize(("key", "state"), [(TEST_KEY, "right"), (LIVE_KEY, "wrong")], ids=["test", "live"])
def test_kinds_of_keys_fit_kinds_of_origins(
    run: Run, monkeypatch: pytest.MonkeyPatch, key: str, state: str
) -> None:
    monkeypatch.setenv("COINSLOT_EVM_KEY", key)
    with origin() as address:
        found = findings(run, address)
    assert found["base"].state == ("right" if state == "right" else "note")
    # However many backends there are, one key that fits is one thing to mend.
    wrong = [one.subject for one in found.values() if one.state == "wrong"]
    assert wrong == ([] if state == "right" else ["keys"])
    assert state == "right" or "coinslot wallet new evm --test" in found["keys"].todo
    assert found["solana"].todo == "coinslot wallet new solana --test"
    assert found["clock"].state == "right"


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("behind", "words"), [(timedelta(hours=1), "ahead of"), (timedelta(hours=-1), "behind")], ids=str
)
def test_a_wrong_clock(run: Run, behind: timedelta, words: str) -> None:
    with origin(behind) as address:
        found = findings(run, address)["clock"]
    assert (found.state, words in found.told) == ("wrong", True)


@pytest.mark.loopback
def test_an_origin_that_tells_no_time_or_is_not_there(run: Run) -> None:
    with origin(dated=False) as address:
        assert findings(run, address)["clock"].state == "note"
    assert findings(run, address)["origin"].told.endswith("does not answer")


@pytest.mark.parametrize("named", ["ftp://example.com", "nonsense", "http://example.com", "json", "?"])
def test_what_is_no_origin(run: Run, named: str) -> None:
    found = findings(run, named)["origin"]
    assert found.state == "wrong"
    assert found.todo.startswith("write it as https://…")


def test_a_client_that_is_installed_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "stablestudio" in clients()
    assert not [name for name in clients() if name.startswith("coinslot")]
    monkeypatch.setattr("coinslot.checks.clients", lambda: ["paintshop", "stablestudio"])
    assert findings(run)["clock"].todo == "name the API: coinslot doctor paintshop"
    told = "write it as https://…, or name an installed client (paintshop, stablestudio)"
    assert findings(run, "stablestudo")["origin"].todo == told


def test_permissions(run: Run, home: Path, password: Path) -> None:
    run("wallet", "new", "evm", "--test", "--passphrase-file", password)
    assert findings(run)["permissions"].state == "right"
    home.chmod(0o755)
    assert findings(run)["permissions"].todo == f"chmod 700 {home}"
    home.chmod(0o700)
    keystore = home / "wallets" / "evm" / "main.keystore.json"
    keystore.chmod(0o644)
    assert findings(run)["permissions"].todo == f"chmod 600 {keystore}"


def test_a_ledger_that_cannot_be_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("COINSLOT_HOME", str(file / "below"))
    assert findings(run)["ledger"].state == "wrong"


def test_a_damaged_ledger_is_not_to_be_deleted(run: Run, home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "ledger.sqlite3").write_bytes(b"not a database, certainly not one" * 100)
    (home / "ledger.sqlite3").chmod(0o600)
    assert "do not delete" in findings(run)["ledger"].todo


def test_shared_and_fleeting_places(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings(run)["disk"].state == "note"  # tests lie in the folder for temporary files
    monkeypatch.setattr(
        _home, "read_mounts", lambda: [Mount(Path("/"), "ext4"), Mount(Path(tempfile.gettempdir()), "nfs4")]
    )
    found = findings(run)["disk"]
    assert (found.state, "nfs4" in found.told) == ("wrong", True)


def test_versions_that_do_not_fit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Client:
        name, version, requires = "paintshop", "3.0", ["coinslot>=99", 'pytest>=99; extra == "test"']

    real = list(distributions())
    monkeypatch.setattr("coinslot.checks._versions.distributions", lambda: [*real, Client()])
    found = findings(run)["paintshop"]
    assert found.told == "3.0 needs coinslot>=99, and finds something else"
    assert found.todo == "pip install -U paintshop coinslot"


def test_no_backend(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coinslot.checks._payers.first_party", list)
    assert "pip install" in findings(run)["backends"].todo


def test_families_are_those_of_the_backends() -> None:
    assert {name: family.name for name, family in families.load_families().items()} == {
        "base": "evm",
        "solana": "solana",
        "tempo": "evm",
    }


def test_no_passphrase_is_told(run: Run, password: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("wallet", "new", "evm", "--test", "--passphrase-file", password)
    monkeypatch.setenv("COINSLOT_EVM_KEYSTORE_PASSWORD_FILE", str(password))
    assert PASSPHRASE not in run("doctor").output


def test_an_api_is_known_by_its_client(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(origin: str, client: str | None) -> list[object]:
        asked.append(origin)
        return []

    monkeypatch.setattr("coinslot.checks.check_origin", ask)
    findings(run, "stablestudio")
    assert asked == ["https://stablestudio.dev"]
    monkeypatch.setenv("STABLESTUDIO_BASE_URL", "http://127.0.0.1:4020")
    assert "STABLESTUDIO_BASE_URL" in findings(run, "stablestudio")["address"].told
    assert asked[1:] == ["http://127.0.0.1:4020"]


def test_calls_that_were_left_open(run: Run, home: Path) -> None:
    assert "open calls" not in findings(run)
    with SqliteLedger(home / "ledger.sqlite3").database.transaction() as db:
        for number, (money, delivery) in enumerate([("unknown", "none"), ("settled", "accepted")]):
            row = planned_row(plan(number + 1), "gone")
            row |= {"money": money, "delivery": delivery}
            places = ", ".join("?" for _ in row)
            query = f"INSERT INTO attempts ({', '.join(row)}) VALUES ({places})"  # noqa: S608 - our names
            db.execute(query, tuple(row.values()))
    found = findings(run)
    assert found["open calls"].todo == "coinslot ledger recover"
    assert "1 call" in found["results"].told
