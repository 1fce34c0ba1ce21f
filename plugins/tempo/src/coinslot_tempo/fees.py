"""What a payment may cost above its price: gas, its price, and the token that the fee is taken in.

With a node, they are asked from it as the official clients ask. Without one they come from our table, which
is safe: chain, price and limit are signed, what is not used is not paid, and a price that has become too
low is taken by no block, so that the payment expires unused. Whatever they come from, they stay below the
limits of the table.
"""

from __future__ import annotations

from dataclasses import dataclass

from eth_hash.auto import keccak

from coinslot.effects import Flow
from coinslot.errors import PaymentRefused
from coinslot.node import Node, NodeFailed, NodeRefused, quantity
from coinslot_tempo.addresses import argument
from coinslot_tempo.charge import Charge
from coinslot_tempo.networks import (
    GAS_LIMIT,
    MAX_GAS_PRICE,
    SPLIT_GAS,
    Limits,
    Token,
    fee_tokens,
    in_units,
    limits,
)

BALANCE = keccak(b"balanceOf(address)")[:4]
ESTIMATE_MARGIN = 5_000
"""Gas above the node's estimate, for each call."""
TIP = 1_000_000_000
"""Attodollars for one gas above the base fee, where no node can be asked."""


@dataclass(frozen=True, slots=True)
class Fee:
    """The most that is paid for a transaction, and in which token."""

    gas_limit: int
    gas_price: int
    """Attodollars for one gas, at most."""
    tip: int
    """Attodollars for one gas above the base fee, within that."""
    token: Token | None
    """None: a sponsor pays."""

    @property
    def units(self) -> int:
        """What the payer may be charged, in atomic units: nothing where a sponsor pays."""
        return in_units(self.gas_limit * self.gas_price) if self.token else 0


def check_limits(charge: Charge, gas_limit: int, gas_price: int, tip: int) -> None:
    """Raise ValueError where a fee is above what our table allows."""
    most = _most(charge)
    if gas_limit > most.gas:
        raise ValueError(f"it needs {gas_limit} gas, and {most.gas} is the most that is allowed")
    if gas_price > MAX_GAS_PRICE or tip > gas_price:
        raise ValueError(
            f"a gas price of {gas_price} attodollars passes the {MAX_GAS_PRICE} that are allowed"
        )
    if gas_limit * gas_price > most.fee:
        raise ValueError(
            f"its fee may reach {in_units(gas_limit * gas_price)} millionths of a dollar, "
            f"and {in_units(most.fee)} is the most that is allowed"
        )


def choose_fee(charge: Charge, payer: str, node: Node | None) -> Flow[Fee]:
    """Decide gas, price and token. Raises PaymentRefused where a limit is passed or the node is no help."""
    try:
        gas_limit, gas_price, tip = yield from _gas(charge, payer, node)
        check_limits(charge, gas_limit, gas_price, tip)
        units = in_units(gas_limit * gas_price)
        token = None if charge.sponsored else (yield from _fee_token(charge, payer, node, units))
        if node is not None:
            yield from _check_balance(charge, payer, node, units if token == charge.token else 0)
    except NodeFailed as error:
        raise PaymentRefused(f"The payment cannot be prepared: {error}.", slug="node") from None
    except ValueError as error:
        raise PaymentRefused(f"The payment cannot be prepared: {error}.", slug="fee") from None
    return Fee(gas_limit, gas_price, tip, token)


def held(node: Node, token: Token, owner: str) -> Flow[int]:
    """Ask what somebody holds of a token, in atomic units. Raises NodeFailed."""
    return (yield from node.call(token.asset.address, BALANCE + argument(owner)))


def _most(charge: Charge) -> Limits:
    return limits(len(charge.transfers) - 1, sponsored=charge.sponsored)


def _gas(charge: Charge, payer: str, node: Node | None) -> Flow[tuple[int, int, int]]:
    """Return gas limit, gas price and tip."""
    network = charge.network
    if node is None:
        most = _most(charge)
        gas_limit = min(GAS_LIMIT + SPLIT_GAS * (len(charge.transfers) - 1), most.gas)
        return gas_limit, min(network.gas_price, most.fee // gas_limit), TIP
    yield from node.check_chain(network.chain_id)
    gas_price = quantity((yield from node.ask("eth_gasPrice")), "gas price")
    tip = min(gas_price, network.sponsored_tip) if charge.sponsored else gas_price
    estimated = 0
    for transfer in charge.transfers:
        call = {"from": payer, "to": charge.token.asset.address, "data": "0x" + transfer.call().hex()}
        try:
            told = yield from node.ask("eth_estimateGas", call, "latest")
        except NodeRefused:
            # Nodes that cannot estimate this kind of transaction are common; the fixed limit will do.
            estimated = 0
            break
        estimated += quantity(told, "gas estimate") + ESTIMATE_MARGIN
    return max(GAS_LIMIT, estimated), gas_price, tip


def _fee_token(charge: Charge, payer: str, node: Node | None, units: int) -> Flow[Token]:
    """Choose the charge's own token if fees are taken in it, else the first that holds enough."""
    if charge.token.pays_fees:
        return charge.token
    if node is None:
        raise ValueError(
            f"no fee is taken in {charge.token.asset.symbol}, and without a node nobody can say which other "
            f"token the wallet holds: set {charge.network.node_variable} to your own node"
        )
    for token in fee_tokens(charge.network):
        if (yield from held(node, token, payer)) >= units:
            return token
    symbols = " or ".join(token.asset.symbol for token in fee_tokens(charge.network))
    raise ValueError(
        f"the wallet does not hold the {units} millionths of a dollar in {symbols} that it may take"
    )


def _check_balance(charge: Charge, payer: str, node: Node, fee: int) -> Flow[None]:
    """Raise ValueError where the wallet cannot pay: such a transaction fails, and its fee is lost."""
    try:
        balance = yield from held(node, charge.token, payer)
    except NodeFailed:
        return
    wanted = sum(transfer.amount for transfer in charge.transfers) + fee
    if balance < wanted:
        asset = charge.token.asset
        raise ValueError(
            f"the wallet holds {asset.dollars(balance)} {asset.symbol}, and price and fee may take "
            f"{asset.dollars(wanted)}"
        )
