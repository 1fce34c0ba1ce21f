"""Every operation of a document, called through its generated client against a sandbox of that document."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from coinslot import Client, Events, Policy
from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_sandbox import Sandbox
from coinslot_sandbox.events import HOW_MANY
from tests.corpus.arguments import Arguments, Extent


@dataclass(slots=True)
class Called:
    """What came of the calls."""

    calls: int = 0
    paid: int = 0
    failures: list[str] = field(default_factory=list)


def call_all(api: Api, package: ModuleType, home: Path) -> Called:
    """Call every operation twice, with the fewest arguments and with all; `home` is for the ledger."""
    called = Called()
    arguments = Arguments(api)
    modules = _modules(package)
    started: dict[str, list[str]] = {}
    with Sandbox(api, time_scale=0, wallet_dollars="100000").serve() as server:
        environ = {**server.wallets[0].environ, "COINSLOT_HOME": str(home)}
        policy = Policy(max_price="100", ceiling="100", payees={server.url: "dynamic"})
        shown = {one.name: "user:secret" for one in api.schemes if one.place != "sign-in"}
        made = _client(package)(base_url=server.url, policy=policy, environ=environ, credentials=shown)
        with made as client:
            # Jobs first, so that there is one to ask for.
            for route in sorted(api.routes, key=lambda route: route.job is None):
                for extent in ("least", "most"):
                    try:
                        call = getattr(getattr(client, route.group), route.name)
                        given = arguments.of(route, modules[route.method, route.path], call, extent)
                        if ids := started.get(route.path):
                            given |= dict.fromkeys(list(inspect.signature(call).parameters)[:1], ids[-1])
                        answer = call(**given)
                        if isinstance(answer, Events):
                            assert len(list(answer)) == HOW_MANY
                        if hasattr(call, "stream"):
                            assert len(list(call.stream(**given))) == HOW_MANY
                        if route.job is not None:
                            answer.wait()
                            started.setdefault(route.job.status_path, []).append(answer.id)
                    except Exception as error:  # noqa: BLE001 - one operation must not hide the others
                        called.failures.append(_told(route, extent, error))
                    else:
                        called.calls += 1
        called.paid = len(server.payments)
    return called


def _modules(package: ModuleType) -> dict[tuple[str, str], ModuleType]:
    """Return the modules of all routes, by method and path."""
    walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    modules = [importlib.import_module(one.name) for one in walked if not one.name.endswith(".__main__")]
    routes = [(module.ROUTE, module) for module in modules if hasattr(module, "ROUTE")]
    return {(route.method, route.path): module for route, module in routes}


def _client(package: ModuleType) -> Any:
    found = [getattr(package, name) for name in package.__all__]
    return next(one for one in found if isinstance(one, type) and issubclass(one, Client))


def _told(route: RouteSpec, extent: Extent, error: Exception) -> str:
    said = " ".join(str(error).split())[:300]
    return f"{route.method} {route.path} ({extent}): {type(error).__name__}: {said}"
