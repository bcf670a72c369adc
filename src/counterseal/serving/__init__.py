"""One server in one process: its socket, uvicorn with our limits, and how often memory is looked through."""
