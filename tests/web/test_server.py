"""The listener: there when it is asked for, where it is asked for, and gone in time."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from typing import TYPE_CHECKING

import pytest

from digest.web.server import ListenError
from tests import limits
from tests.cli.project import Project
from tests.cli.test_daemon import event, wait_for
from tests.databases import file_of
from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.web.site import PASSWORD, serve

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Settings
    from tests.forked import Forking
    from tests.servers import HttpServer, MailServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def project(
    tmp_path: Path,
    feed_server: HttpServer,
    mail_server: MailServer,
    slack_server: HttpServer,
    forking: Forking,
) -> Project:
    project = Project(tmp_path, feed_server, mail_server, slack_server, forking)
    feed_server.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="vault")
    return project


def listen_at(project: Project, port: int) -> None:
    config = project.folder / "config.yaml"
    web = f"web: {{listen: '127.0.0.1:{port}', password: {PASSWORD}}}\n"
    config.write_text(web + config.read_text("utf-8"), "utf-8")


def ask(port: int, path: str = "/healthz") -> bytes:
    with socket.create_connection(("127.0.0.1", port), 5) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return client.recv(65536)


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def test_a_port_in_use_is_one_clear_error(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        listen_at(project, port)
        done = await asyncio.to_thread(project.command, "run")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert line.startswith(f"digest: web.listen: 127.0.0.1:{port}: ")
    assert "another program listens there; stop it, or choose another port" in line


async def test_a_stop_waits_for_no_visitor(project: Project, free_port: int) -> None:
    listen_at(project, free_port)
    with project.daemon() as process:
        wait_for(process, event("polled"))
        assert b" 200 OK" in ask(free_port)
        # One who is there still, one who says nothing, one who is half way through a form.
        form = b"Content-Length: 99\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\npass"
        heads = (
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"",
            b"POST /login HTTP/1.1\r\nHost: localhost\r\n" + form,
        )
        visitors = [socket.create_connection(("127.0.0.1", free_port)) for _ in heads]
        for visitor, head in zip(visitors, heads, strict=True):
            visitor.sendall(head)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(limits.seconds(10)) == 0
        assert time.monotonic() - began < limits.seconds(4)
        for visitor in visitors:
            visitor.close()


async def test_nothing_of_it_is_loaded_where_it_is_not_asked_for(project: Project) -> None:
    with project.daemon(PYTHONPROFILEIMPORTTIME="1") as process:
        assert process.stderr
        imported = set()
        for line in process.stderr:
            if line.startswith("import time:"):
                imported.add(line.rpartition("|")[2].strip())
            elif '"polled"' in line:
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(limits.seconds(10)) == 0
    assert "digest.web.server" in imported
    pages = {name for name in imported if name.startswith("digest.web.")}
    assert {name.rpartition(".")[2] for name in pages} == {"control", "control_client", "server"}
    assert "prometheus_client" not in imported


async def test_settings_move_it_take_it_away_and_bring_it_back(settings: Settings) -> None:
    assert settings.web
    folder = file_of(settings).parent / "moved"
    first = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db"})
    there = settings.web.model_copy(update={"listen": "localhost:0"})
    async with serve(first, folder) as site:
        before = site.serving.port
        await site.serving.follow(first)
        assert site.serving.port == before
        await site.serving.follow(first.model_copy(update={"web": there}))
        after = site.serving.port
        assert after != before
        assert b" 200 OK" in await asyncio.to_thread(ask, after)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.to_thread(ask, before)
        await site.serving.follow(first.model_copy(update={"web": None}))
        with pytest.raises(ConnectionRefusedError):
            await asyncio.to_thread(ask, after)
        await site.serving.follow(first)
        assert b" 200 OK" in await asyncio.to_thread(ask, site.serving.port)


async def test_settings_that_cannot_be_listened_by_are_not_taken_over(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert settings.web
    folder = file_of(settings).parent / "kept"
    first = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db"})
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = settings.web.model_copy(update={"listen": f"127.0.0.1:{other.getsockname()[1]}"})
        second = first.model_copy(update={"web": taken})
        async with serve(first, folder) as site:
            with pytest.raises(ListenError, match="another program listens there"):
                await site.serving.follow(second)
            site.take_over(second)
            async with asyncio.timeout(limits.seconds(10)):
                while not any(one.message == "not reloaded" for one in caplog.records):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert site.daemon.settings is first
            assert b" 200 OK" in await asyncio.to_thread(ask, site.serving.port)


@pytest.mark.parametrize("listen", ["no.such.host.invalid:80", "203.0.113.1:8080"])
async def test_an_address_that_is_not_ours(settings: Settings, listen: str) -> None:
    assert settings.web
    folder = file_of(settings).parent / "elsewhere"
    web = settings.web.model_copy(update={"listen": listen})
    other = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db", "web": web})
    words = "(the host name does not resolve|this machine has no such address); "
    with pytest.raises(ListenError, match=f"web.listen: {listen}: {words}"):
        async with serve(other, folder):
            pass


async def test_another_address_of_the_same_port(settings: Settings) -> None:
    assert settings.web
    folder = file_of(settings).parent / "readdressed"
    first = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db"})
    async with serve(first, folder) as site:
        port = site.serving.port
        there = settings.web
        for host in ("0.0.0.0", "127.0.0.1"):
            there = settings.web.model_copy(update={"listen": f"{host}:{port}"})
            await site.serving.follow(first.model_copy(update={"web": there}))
            assert b" 200 OK" in await asyncio.to_thread(ask, port)
        # The daemon goes on where it listened, which is what its settings say.
        kept = first.model_copy(update={"web": there})
        site.take_over(kept)
        while site.daemon.settings is not kept:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        nowhere = settings.web.model_copy(update={"listen": f"203.0.113.1:{port}"})
        with pytest.raises(ListenError):
            await site.serving.follow(first.model_copy(update={"web": nowhere}))
        assert b" 200 OK" in await asyncio.to_thread(ask, port)
