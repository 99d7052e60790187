"""Whatever others send has an end: nothing in the program reads it without a bound."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

DIGEST = Path(__file__).parent.parent / "digest"
# Of a response these are the whole body, however long it is.
WHOLE = {"read", "text", "json", "readany", "iter_any", "iter_chunks", "iter_chunked", "readchunk"}
# Here bodies are read piece by piece, and counted.
COUNTED = {"http_client.py": {"iter_any"}, "feeds/http/fetch.py": {"iter_chunked"}}
# Of a request that was received, aiohttp reads no more than its application takes.
RECEIVED = {"request"}
CLIENTS = {"ClientSession", "urlopen", "urlretrieve", "HTTPConnection", "HTTPSConnection"}
MAKE_CLIENTS = {"http_client.py", "feeds/http/fetch.py"}
OTHER_CLIENTS = {"requests", "httpx", "urllib3", "http.client", "ftplib", "xmlrpc", "telnetlib"}
SDK_CLIENTS = {"WebClient", "WebhookClient", "AsyncWebClient", "AsyncWebhookClient"}


def unbounded(source: str, name: str) -> list[str]:
    """What in a module reads, or could read, a body without an end."""
    tree = ast.parse(source)
    found = [each for node in ast.walk(tree) if (each := _unbounded(node, name))]
    return [f"{name}:{node.lineno}: {words}" for node, words in found]


def _unbounded(node: ast.AST, name: str) -> tuple[ast.expr | ast.stmt, str] | None:
    if isinstance(node, ast.Await | ast.AsyncFor):
        value = node.value if isinstance(node, ast.Await) else node.iter
        whole = isinstance(value, ast.Call) and _reads_all(value, COUNTED.get(name, set()))
        return (node, "reads a whole body; use http_client.bounded") if whole else None
    if isinstance(node, ast.Call):
        return _client(node, name)
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = {alias.name for alias in node.names}
        modules |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
        modules |= {module.partition(".")[0] for module in modules}
        return (node, "another client; use http_client") if OTHER_CLIENTS & modules else None
    return None


def _reads_all(call: ast.Call, counted: set[str]) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WHOLE - counted:
        return False
    if call.func.attr == "read" and call.args:
        # So many bytes; or it is the store that is read, by what is given.
        return False
    return not (isinstance(call.func.value, ast.Name) and call.func.value.id in RECEIVED)


def _client(node: ast.Call, name: str) -> tuple[ast.expr, str] | None:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    called = node.func.id if isinstance(node.func, ast.Name) else called
    if called in CLIENTS and name not in MAKE_CLIENTS:
        return node, f"makes a client of its own ({called}); use http_client.plain_session"
    given = {each.arg for each in node.keywords}
    if called in SDK_CLIENTS and (name != "channels/slack/channel.py" or "session" not in given):
        return node, f"{called} reads any body whole; channels/slack/channel.py has what bounds it"
    return None


@pytest.mark.slow
def test_every_body_has_an_end() -> None:
    names = {path.relative_to(DIGEST).as_posix(): path for path in DIGEST.rglob("*.py")}
    found = {name: unbounded(path.read_text("utf-8"), name) for name, path in names.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "body = await answer.read()",
        "said = json.loads(await (await session.get(url)).text())",
        "said = await answer.json(content_type=None)",
        "body = await answer.content.read()",
        "async for piece in answer.content.iter_any(): body += piece",
        "async for piece in answer.content.iter_chunked(9): body += piece",
        "session = aiohttp.ClientSession()",
        "body = urlopen(url).read()",
        "import requests",
        "from urllib3.util import x",
        "import http.client",
        "client = AsyncWebClient(token)",
        "client = AsyncWebhookClient(url, session=aiohttp_session)",
    ],
)
def test_what_has_none_is_found(source: str) -> None:
    indented = source if source.startswith(("import", "from")) else f"async def f():\n    {source}"

    assert unbounded(indented, "checks/new.py")
