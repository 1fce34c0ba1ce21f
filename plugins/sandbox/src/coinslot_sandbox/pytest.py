"""The pytest plugin: a paid API for tests.

```python
@pytest.mark.paid_api("openapi.json", time_scale=0)
def test_it(paid_api):
    paid_api.url, paid_api.wallets[0].key, paid_api.payments
```
The document may also stand in the ini option `paid_api_document`; paths start at pytest's root.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from coinslot_sandbox.chain import LocalChain
    from coinslot_sandbox.server import Server

ServePaidApi: TypeAlias = "Callable[..., Server]"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option."""
    parser.addini("paid_api_document", "OpenAPI document that the fixture paid_api serves", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marker means."""
    config.addinivalue_line(
        "markers",
        "paid_api(document, **options): what the fixture paid_api serves, and the sandbox's options",
    )


@pytest.fixture(scope="session")
def evm_chain_process() -> Iterator[LocalChain]:
    """Run one local EVM chain for the whole session; skip where node is missing, but not where CI is true."""
    from coinslot_sandbox.chain import local_chain
    from coinslot_sandbox.errors import ChainUnavailable

    with ExitStack() as running:
        try:
            chain = running.enter_context(local_chain())
        except ChainUnavailable as missing:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(str(missing))
        yield chain


@pytest.fixture
def evm_chain(evm_chain_process: LocalChain) -> Iterator[LocalChain]:
    """Return a local EVM chain on which nothing has happened; whatever the test does there is undone."""
    with evm_chain_process.undone():
        yield evm_chain_process


@pytest.fixture
def serve_paid_api(request: pytest.FixtureRequest) -> Iterator[ServePaidApi]:
    """Return a function that serves a document (path or bytes) until the test ends."""
    from coinslot_sandbox.sandbox import Sandbox

    with ExitStack() as running:

        def serve(document: str | Path | bytes, **options: Any) -> Server:
            if not isinstance(document, bytes):
                document = (request.config.rootpath / document).read_bytes()
            return running.enter_context(Sandbox(document, **options).serve())

        yield serve


@pytest.fixture
def paid_api(request: pytest.FixtureRequest, serve_paid_api: ServePaidApi) -> Server:
    """Return a running paid API: the marker's document, else the ini option's, else a small example."""
    marker = request.node.get_closest_marker("paid_api")
    arguments, options = (marker.args, marker.kwargs) if marker else ((), {})
    document = arguments[0] if arguments else request.config.getini("paid_api_document")
    if not document:
        document = (Path(__file__).parent / "example.openapi.json").read_bytes()
    return serve_paid_api(document, **options)
