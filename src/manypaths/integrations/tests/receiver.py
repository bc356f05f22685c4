"""A program of somebody else's that is told what happened, for tests of webhooks."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.test import override_settings

from manypaths.integrations.entry import integration_of
from manypaths.integrations.models import Endpoint, Token
from manypaths.integrations.services import Event, add_endpoint, make_token
from manypaths.people.access import Integration, TokenScope
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR


class Receiver:
    """A program of somebody else's that listens on this machine, and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], str]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.told]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.told]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen for as long as the block lasts."""
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    with override_settings(LOOPBACK_WEBHOOKS=True):
        yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def program_of(organization: Organization) -> tuple[Token, Integration]:
    made = make_token(organization, "Quiz", scopes=TokenScope.values, days=365, by=OPERATOR, at=AT)
    return made.token, integration_of(made.token)


def listen(
    receiver: Receiver, organization: Organization, *events: Event
) -> tuple[Endpoint, Integration]:
    _, program = program_of(organization)
    events = events or tuple(Event)
    return add_endpoint(receiver.address, events=events, by=program, at=AT), program
