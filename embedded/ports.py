"""The loopback ports of the stack, each with the flag that chooses another.

Checks them all before anything starts, so that a busy port is one clear sentence and not a half
started stack. Port 0 stands for "any free one", which stays ours as long as this process runs.
"""

import socket
from dataclasses import dataclass, fields, replace

from embedded.errors import StackError

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65535


@dataclass(frozen=True, kw_only=True)
class Ports:
    temporal: int = 7233
    temporal_ui: int = 8233
    smtp: int = 8025
    mails: int = 8026


FLAGS = {
    "temporal": ("de Temporal-server", "--temporal-port"),
    "temporal_ui": ("de webpagina van Temporal", "--ui-port"),
    "smtp": ("de opgevangen mails (SMTP)", "--smtp-port"),
    "mails": ("de webpagina met mails", "--mails-port"),
}


def claim(ports: Ports) -> Ports:
    """Return the ports with every 0 filled in; raise a StackError for one that is not to be had."""
    chosen: dict[str, int] = {}
    for field in fields(Ports):
        port: int = getattr(ports, field.name)
        what, flag = FLAGS[field.name]
        if not 0 <= port <= HIGHEST_PORT:
            raise StackError(f"Poort {port} bestaat niet: geef {flag} een getal tot 65535.")
        if port in chosen.values() and port != 0:
            raise StackError(f"Poort {port} is twee keer gekozen: kies een andere met {flag}.")
        chosen[field.name] = _free_port(port, what, flag)
    return replace(ports, **chosen)


def free_port() -> int:
    """A loopback port that nobody gets but the server that asks for it by its number.

    Between choosing a port and listening on it, and while a killed server starts again, another
    process could be given it. So we keep it bound until this process ends, without listening, and
    only then call it reusable: bound, the system gives it to nobody; reusable, a server that sets
    SO_REUSEADDR, as every server does, may listen on it.
    """
    holder = socket.socket()
    holder.bind((LOOPBACK, 0))
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port: int = holder.getsockname()[1]
    holder.detach()
    return port


def _free_port(port: int, what: str, flag: str) -> int:
    if port == 0:
        return free_port()
    with socket.socket() as probe:
        # As servers do: a port that only waits out old connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            raise StackError(
                f"Poort {port} voor {what} mag alleen de systeembeheerder gebruiken: "
                f"kies een andere met {flag}."
            ) from None
        except OSError:
            raise StackError(
                f"Poort {port} voor {what} is al in gebruik: "
                f"stop het andere programma of kies een andere poort met {flag}."
            ) from None
    return port
