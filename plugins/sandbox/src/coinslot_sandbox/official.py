"""The official x402 server code, as far as the sandbox uses it; nothing else imports it.

Its Ethereum parts import web3, which imports a part of websockets that warns when it is loaded.
The warning is nobody's business here, and must not fail the tests of a user who turns warnings
into errors.
"""

from __future__ import annotations

import warnings

from x402.schemas import PaymentPayload, PaymentRequirements, SettleResponse, VerifyResponse
from x402.schemas.v1 import PaymentPayloadV1, PaymentRequirementsV1

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from web3 import HTTPProvider, Web3
    from x402.extensions.sign_in_with_x.parse import parse_siwx_header
    from x402.extensions.sign_in_with_x.schema import build_siwx_schema
    from x402.extensions.sign_in_with_x.types import SIWxPayload, SIWxValidationOptions, SIWxVerifyOptions
    from x402.extensions.sign_in_with_x.validate import validate_siwx_message
    from x402.extensions.sign_in_with_x.verify import verify_siwx_signature
    from x402.mechanisms.evm.constants import MULTICALL3_ADDRESS
    from x402.mechanisms.evm.eip712 import hash_eip3009_authorization
    from x402.mechanisms.evm.exact.eip3009_utils import (
        ERC20_TRANSFER_EVENT_TOPIC,
        ParsedEIP3009Authorization,
    )
    from x402.mechanisms.evm.exact.facilitator import ExactEvmScheme
    from x402.mechanisms.evm.exact.v1.facilitator import ExactEvmSchemeV1
    from x402.mechanisms.evm.signers import FacilitatorWeb3Signer
    from x402.mechanisms.evm.types import (
        ExactEIP3009Authorization,
        TransactionReceipt,
        TypedDataDomain,
        TypedDataField,
    )
    from x402.mechanisms.evm.verify import verify_eoa_signature, verify_typed_data_strict

__all__ = [
    "ERC20_TRANSFER_EVENT_TOPIC",
    "MULTICALL3_ADDRESS",
    "ExactEIP3009Authorization",
    "ExactEvmScheme",
    "ExactEvmSchemeV1",
    "FacilitatorWeb3Signer",
    "HTTPProvider",
    "ParsedEIP3009Authorization",
    "PaymentPayload",
    "PaymentPayloadV1",
    "PaymentRequirements",
    "PaymentRequirementsV1",
    "SIWxPayload",
    "SIWxValidationOptions",
    "SIWxVerifyOptions",
    "SettleResponse",
    "TransactionReceipt",
    "TypedDataDomain",
    "TypedDataField",
    "VerifyResponse",
    "Web3",
    "build_siwx_schema",
    "hash_eip3009_authorization",
    "parse_siwx_header",
    "validate_siwx_message",
    "verify_eoa_signature",
    "verify_siwx_signature",
    "verify_typed_data_strict",
]
