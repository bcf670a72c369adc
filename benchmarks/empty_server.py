"""An ASGI application that reads a body and answers 2.3 kB, served as ``counterseal serve`` serves its own.

The raw limit of the HTTP server: whatever it takes is out of the reach of the code behind it.
"""

from __future__ import annotations

import socket
from typing import Any

import uvicorn
import uvloop

_REPLY = b'{"activity":"%s"}' % (b"x" * 2300)


async def app(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One exchange."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_REPLY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _REPLY})


def main() -> None:
    """Listen on any free port and say which."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    print(f"ready on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvloop.run(uvicorn.Server(config).serve([listener]))


if __name__ == "__main__":
    main()
