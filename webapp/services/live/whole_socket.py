"""A socket that writes all it is given, or fails: simple-websocket takes for granted that `send` does."""

import threading
from typing import Any

# A reader that takes nothing for this long is gone.
SECONDS = 10
_BOTH_WAYS = 2  # socket.SHUT_RDWR


class WholeSocket:
    """Everything else is the socket's own. The thread that answers pings and the one that sends frames take turns."""

    def __init__(self, socket: Any) -> None:
        socket.settimeout(SECONDS)
        self._socket = socket
        self._lock = threading.Lock()
        self._is_broken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def send(self, data: bytes) -> int:
        """Raises OSError when the reader is gone or too slow; then nothing more is sent."""
        with self._lock:
            if self._is_broken:
                raise BrokenPipeError
            try:
                self._socket.sendall(data)
            except OSError:
                self._break()
                raise
        return len(data)

    def _break(self) -> None:
        """Half a frame may have left: what came after it would be read as its rest."""
        self._is_broken = True
        try:
            self._socket.shutdown(_BOTH_WAYS)
        except OSError:
            return


def make_whole(environ: dict[str, Any]) -> None:
    """Let the server's socket in a WSGI environment be a whole one (Werkzeug's and gunicorn's names for it)."""
    for name in ("werkzeug.socket", "gunicorn.socket"):
        if name in environ:
            environ[name] = WholeSocket(environ[name])
