"""The server as whoever keeps the machine meets it: a start, its answers, its end."""

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installed import COMMAND, Environment, bare, run
from tests.served import Served, are_gone, served

pytestmark = pytest.mark.sweep


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return bare(tmp_path / "home")


@pytest.fixture
def server(environment: Environment, tmp_path: Path) -> Iterator[Served]:
    with served(environment, log=tmp_path / "log") as running:
        yield running


def test_a_start_from_nothing_serves_pages_until_it_is_told_to_end(
    server: Served, environment: Environment
) -> None:
    response, body = server.get("/sign-in/", accept_encoding="gzip")
    assert response.status == 200
    assert response.getheader("Content-Encoding") == "gzip"
    html = gzip.decompress(body).decode()
    styles = re.findall(r'href="(/static/[^"]+\.css)"', html)
    assert styles
    for address in styles:
        assert re.search(r"\.[0-9a-f]{12}\.css$", address)
        response, body = server.get(address, accept_encoding="gzip")
        assert "immutable" in (response.getheader("Cache-Control") or "")
        assert response.getheader("Content-Encoding") == "gzip"
    ready, said = server.get("/ready")
    assert (ready.status, json.loads(said)["ready"]) == (200, True)

    home = Path(environment["MANYPATHS_HOME"])
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600
    children = server.children()
    assert len(children) >= 2
    assert server.end() == 0
    assert are_gone(children)


def test_ctrl_c_ends_it_and_all_that_it_started(server: Served) -> None:
    server.get("/sign-in/")
    children = server.children()
    # A terminal sends it to all processes alike.
    os.killpg(server.process.pid, signal.SIGINT)
    assert server.process.wait(60) == 0
    assert are_gone(children)


def test_its_log_is_one_line_of_json_a_request(environment: Environment, tmp_path: Path) -> None:
    with served(environment, log=tmp_path / "log") as running:
        running.get("/sign-in/?next=/people/Ada/", x_request_id="test-0001")
        running.get("/nothing/Ada/")
        running.end()
    lines = [json.loads(line) for line in running.lines]
    requests = [line for line in lines if line["logger"] == "manypaths.requests"]
    assert [line["route"] for line in requests] == ["sign_in:start", ""]
    assert requests[0]["request_id"] == "test-0001"
    assert "Ada" not in str(running.lines)
    assert not [line for line in lines if line["logger"] == "_granian"]


@pytest.mark.fault
def test_no_process_outlives_a_server_that_is_killed(server: Served) -> None:
    server.get("/health")
    children = server.children()
    server.end(signal.SIGKILL)
    assert are_gone(children)


@pytest.mark.fault
def test_a_process_that_is_killed_is_replaced(server: Served) -> None:
    server.get("/health")
    children = server.children()
    pages = max(children, key=lambda child: len(list(Path(f"/proc/{child}/task").iterdir())))
    os.kill(pages, signal.SIGKILL)
    assert server.answers_again()


def test_others_are_not_let_in_without_https(environment: Environment) -> None:
    refused = run(environment, "serve", "--host", "0.0.0.0")
    assert refused.returncode == 1
    assert "MANYPATHS_ADDRESS" in refused.stderr
    assert not Path(environment["MANYPATHS_HOME"]).exists()


@pytest.mark.parametrize(
    ("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)]
)
def test_a_port_that_is_taken_is_refused(
    environment: Environment, host: str, family: socket.AddressFamily
) -> None:
    with socket.create_server((host, 0), family=family) as taken:
        port = taken.getsockname()[1]
        refused = run(environment, "serve", "--port", port)
    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr


def test_it_is_reached_by_its_name_as_passkeys_need_and_by_its_number(
    server: Served,
) -> None:
    assert server.said == f"Manypaths is at http://localhost:{server.port}/\n"
    for host in ("localhost", "127.0.0.1"):
        response, _ = server.get("/sign-in/", host=f"{host}:{server.port}")
        assert response.status == 200
    assert server.get("/sign-in/", host="elsewhere.example")[0].status == 400


SHOWN = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""


def settings_of(environment: Environment, **more: str) -> dict[str, object]:
    """Return what follows from an environment, as a process of its own sees it."""
    names = (
        *("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME"),
        *("CSRF_COOKIE_SECURE", "ALLOWED_HOSTS", "SECURE_HSTS_SECONDS", "N_PROXIES", "SECRET_KEY"),
    )
    done = subprocess.run(
        [sys.executable, "-c", SHOWN, *names],
        env={**environment, **more, "DJANGO_SETTINGS_MODULE": "manypaths.settings"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_cookies_are_for_https_unless_people_come_by_loopback(environment: Environment) -> None:
    usual = settings_of(environment)
    behind = settings_of(environment, MANYPATHS_ADDRESS="https://paths.example.org/")
    plain = settings_of(environment, MANYPATHS_ADDRESS="http://127.0.0.1:8000")
    for safe in (usual, behind):
        assert safe["SESSION_COOKIE_NAME"] == "__Host-session"
        assert safe["CSRF_COOKIE_NAME"] == "__Host-csrf"
        assert safe["SESSION_COOKIE_SECURE"]
        assert safe["CSRF_COOKIE_SECURE"]
    assert (plain["SESSION_COOKIE_NAME"], plain["SESSION_COOKIE_SECURE"]) == ("session", False)
    assert behind["ALLOWED_HOSTS"] == ["paths.example.org"]
    assert (behind["SECURE_HSTS_SECONDS"], behind["N_PROXIES"]) == (31_536_000, 1)
    assert (plain["SECURE_HSTS_SECONDS"], plain["N_PROXIES"]) == (0, 0)


def test_all_processes_of_a_home_share_its_secret(environment: Environment) -> None:
    assert settings_of(environment)["SECRET_KEY"] != settings_of(environment)["SECRET_KEY"]
    assert run(environment, "init").returncode == 0
    assert settings_of(environment)["SECRET_KEY"] == settings_of(environment)["SECRET_KEY"]
    kept = Path(environment["MANYPATHS_HOME"]) / "secret-key"
    before = kept.read_text()
    assert run(environment, "init").returncode == 0
    assert kept.read_text() == before


def test_the_settings_stand_django_s_own_look_at_a_deployment(environment: Environment) -> None:
    done = subprocess.run(
        [
            *(COMMAND.with_name("django-admin"), "check", "--deploy", "--fail-level", "WARNING"),
        ],
        env={
            **environment,
            "MANYPATHS_ADDRESS": "https://paths.example.org",
            "DJANGO_SETTINGS_MODULE": "manypaths.settings",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
