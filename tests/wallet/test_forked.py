"""A wallet that is being opened when its process is forked."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from coinslot.backend import Setting
from coinslot.wallets import keystore
from coinslot.wallets.opening import stored_key
from coinslot_base.family import BaseFamily
from tests.proof.mortal import in_a_process
from tests.wallet.conftest import Run


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked there")
def test_a_fork_waits_for_no_wallet_that_its_parent_is_opening(
    run: Run, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes as long as a person types, and who does that there opens nothing here."""
    made = run("wallet", "new", "evm", "--test", "--passphrase-file", password)
    assert made.exit_code == 0, made.output
    monkeypatch.setenv("COINSLOT_EVM_KEYSTORE_PASSWORD_FILE", str(password))
    opening, over, here, unseal = threading.Event(), threading.Event(), os.getpid(), keystore.unseal

    def slowly(content: bytes, passphrase: bytes, label: str | None) -> bytes | None:
        if os.getpid() == here:
            opening.set()
            over.wait(60)
        return unseal(content, passphrase, label)

    monkeypatch.setattr(keystore, "unseal", slowly)

    def opened() -> str:
        key = stored_key(Setting(os.environ), BaseFamily())
        assert key is not None
        unlock = key.unlock
        assert unlock is not None
        unlock()
        return key.address or ""

    def child() -> str:
        signal.alarm(30)
        return opened()

    thread = threading.Thread(target=opened)
    thread.start()
    try:
        assert opening.wait(60)
        ended, address = in_a_process(child)
    finally:
        over.set()
        thread.join()
    assert (ended, address[:2]) == (0, "0x")
