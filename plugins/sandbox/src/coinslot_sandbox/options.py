"""Everything that can be set about a sandbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coinslot_sandbox.clock import Clock, SystemClock
from coinslot_sandbox.exchange import Interference, undisturbed
from coinslot_sandbox.names import Entropy, system_entropy

if TYPE_CHECKING:
    from coinslot_sandbox.chain import LocalChain
    from coinslot_sandbox.chain.tempo import TempoChain
    from coinslot_sandbox.counter import Network
    from coinslot_sandbox.faults import Fault

SELLER = "0x5e37D84E69BdB7b2338B4B9d3D4242CC136C0B89"
"""Who is paid where nothing else is set: the hash of a phrase, so nobody has its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a sandbox behaves; the defaults are a well-behaved server at its usual speed."""

    x402_version: Literal[1, 2] = 2
    """2: the offer in a header; 1: in the body."""
    networks: Sequence[Network] = ("base",)
    """Where money is taken, in the order of the offers; `payable()` gives all that are installed."""
    pay_to: str = SELLER
    """Who is paid on EVM networks."""
    sponsored: bool = False
    """On Tempo, pay the buyers' fees."""
    max_timeout_seconds: int = 300
    """How long a challenge can be paid."""
    default_price: str = "0.01"
    """Dollars for a call whose price the document does not say."""
    other_offers: Sequence[Mapping[str, Any]] = ()
    """Offers listed after the real ones, which nothing here can take."""
    time_scale: float = 1.0
    """1: jobs take as long as the guidance says; 0: they are finished at once."""
    jobs: Path | None = None
    """Rules (TOML) that tell how routes start jobs; the file that the client was generated with."""
    polls: int | None = None
    """Jobs finish at the n-th question for their state, whatever the time."""
    fail_marker: str | None = None
    """Jobs fail when any text of their request holds this."""
    failing: Collection[str] = ()
    """Jobs of these paths fail."""
    url_lifetime: float | None = None
    """Seconds that a result's address lives; None: as the guidance says."""
    page_size: int = 5
    """The most that a page of the job list holds."""
    wallets: int = 1
    """How many funded wallets to make."""
    keys: Sequence[str] = ()
    """`test:` keys to fund instead of new ones."""
    wallet_dollars: str = "1000"
    """What each wallet holds at the start."""
    bare_sign_in_host: bool = False
    """Leave the port out of the sign-in challenge's domain, as Merit's servers do."""
    credentials: Mapping[str, str] = field(default_factory=dict)
    """The API keys and tokens that are good, by the document's names; of others any is."""
    body_limit: int = 1024 * 1024
    """The longest request body in bytes."""
    upload_limit: int = 64 * 1024 * 1024
    """The longest uploaded file in bytes."""
    clock: Clock = field(default_factory=SystemClock)
    entropy: Entropy = system_entropy
    """Where ids, nonces and keys come from."""
    chain: LocalChain | None = None
    """Settle payments on Base on this chain; None: in memory."""
    tempo_chain: TempoChain | None = None
    """Settle payments on Tempo on this chain, in pathUSD; None: in memory, in USDC.e."""
    faults: Sequence[Fault | str] = ()
    """What goes wrong on purpose, as in `"drop-after-settlement"` or `"delay=2:/api/generate/*:3"`."""
    interfere: Interference = undisturbed
    """Called at each moment of each exchange, after its faults went off; may do whatever a fault may."""
