"""A bank of Solana: LiteSVM, Solana's own runtime in this process, behind the few JSON-RPC methods that tests call.

Source of the methods: Solana's documentation, RPC methods. A transaction is carried out before its call returns.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from base58 import b58decode
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata

_REFUSED = -32002
"""What a node answers to a transaction that would fail."""

_DECODERS = {"base58": b58decode, "base64": b64decode}


class SolanaBank:
    """Its accounts and what becomes of transactions."""

    def __init__(self) -> None:
        self._ledger = LiteSVM()

    def answer(self, method: str, parameters: list[Any]) -> Any:
        """The result of one call. Raises ValueError with what is wrong with a transaction."""
        match method, parameters:
            case "getLatestBlockhash", _:
                return _at_slot({"blockhash": str(self._ledger.latest_blockhash()), "lastValidBlockHeight": 2**40})
            case "getBalance", [address, *_]:
                return _at_slot(self._ledger.get_balance(Pubkey.from_string(address)) or 0)
            case "requestAirdrop", [address, lamports, *_]:
                return str(self._ledger.airdrop(Pubkey.from_string(address), lamports).signature())
            case "sendTransaction", [transaction, {"encoding": encoding}]:
                return self._carried_out(VersionedTransaction.from_bytes(_DECODERS[encoding](transaction)))
            case _:
                raise ValueError(f"{method} with {parameters} is not known here")

    def _carried_out(self, transaction: VersionedTransaction) -> str:
        result = self._ledger.send_transaction(transaction)
        if isinstance(result, FailedTransactionMetadata):
            raise ValueError(f"{result.err()}: {result.meta().logs()}")
        self._ledger.expire_blockhash()  # two transactions that say the same are two
        return str(result.signature())


@contextmanager
def solana_bank() -> Iterator[str]:
    """The URL of a new one. One thread serves it, one call after the other."""
    bank = SolanaBank()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = {"jsonrpc": "2.0", "id": call["id"]}
            try:
                reply["result"] = bank.answer(call["method"], call.get("params", []))
            except ValueError as error:
                reply["error"] = {"code": _REFUSED, "message": str(error)}
            content = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *_: Any) -> None:
            """Nothing: the tests say what went wrong."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _at_slot(value: Any) -> dict[str, Any]:
    return {"context": {"slot": 1}, "value": value}
