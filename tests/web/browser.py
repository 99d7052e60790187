"""Chromium without a screen, spoken to by its DevTools protocol over a web socket."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp

from tests import limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_SECONDS = limits.seconds(20)
_FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-proxy-server",
    "--force-color-profile=srgb",
)


class Browser:
    """One tab; `errors` is what its console complained of."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self.errors: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if future := self._answers.pop(said.get("id", 0), None):
                future.set_result(said)
            match said.get("method"):
                case "Page.loadEventFired":
                    self._loaded.set()
                case "Log.entryAdded" if said["params"]["entry"]["level"] in {"error", "warning"}:
                    entry = said["params"]["entry"]
                    self.errors.append(f"{entry['text']} ({entry.get('url', '')})")
                case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled":
                    self.errors.append(json.dumps(said["params"])[:500])

    async def ask(self, method: str, **parameters: Any) -> Any:
        """Call a method of the protocol."""
        number = next(self._numbers)
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(_SECONDS):
            answer = await future
        assert "error" not in answer, answer
        return answer["result"]

    async def evaluate(self, script: str) -> Any:
        """What a script in the page answers; ours is not subject to the page's policy."""
        result = await self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def open(self, url: str) -> None:
        """Go to a page, and wait until all of it is there."""
        self._loaded.clear()
        result = await self.ask("Page.navigate", url=url)
        assert "errorText" not in result, result
        await self._load()

    async def click(self, selector: str, text: str = "") -> None:
        """Click what has this text, as a mouse does, and wait for the page that it leads to."""
        self._loaded.clear()
        found = json.dumps([selector, text])
        place = await self.evaluate(
            f"""(async ([selector, text]) => {{
              const found = [...document.querySelectorAll(selector)]
                .find(one => one.textContent.includes(text) && one.checkVisibility());
              if (!found) return null;
              found.scrollIntoView({{block: "center", behavior: "instant"}});
              // Until it is painted there, a click would hit what was there before.
              for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
              const box = found.getBoundingClientRect();
              return [box.x + box.width / 2, box.y + box.height / 2];
            }})({found})"""
        )
        assert place, f"nothing to click: {selector} {text}\n{await self.text()}"
        mouse = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            await self.ask("Input.dispatchMouseEvent", type=kind, **mouse)
        await self._load()

    async def write(self, text: str) -> None:
        """Write into what has the focus."""
        await self.ask("Input.insertText", text=text)

    async def text(self) -> str:
        """What can be read."""
        return str(await self.evaluate("document.body.innerText"))

    async def path(self) -> str:
        """Where it is."""
        return str(await self.evaluate("location.pathname + location.search"))

    async def look(self, *, dark: bool = False, width: int = 1100) -> None:
        """In which colours, and how wide."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.ask("Emulation.setEmulatedMedia", features=[scheme])
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def screenshot(self) -> bytes:
        """What can be seen, as PNG."""
        shot = await self.ask("Page.captureScreenshot", optimizeForSpeed=True)
        return base64.b64decode(shot["data"])

    async def _load(self) -> None:
        async with asyncio.timeout(_SECONDS):
            await self._loaded.wait()

    async def close(self) -> None:
        await self._socket.close()
        await self._reading


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Browser]:
    """A browser with a profile of its own."""
    assert CHROMIUM
    # Root has no sandbox to put it into.
    flags = (*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else []))
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *flags,
        f"--user-data-dir={folder}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_SECONDS), aiohttp.ClientSession() as session:
            port = await _port(process)
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                (tab, *_) = [one for one in await answer.json() if one["type"] == "page"]
        async with aiohttp.ClientSession() as session:
            socket = session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0)
            async with socket as connected:
                browser = Browser(connected)
                for domain in ("Page", "Runtime", "Log"):
                    await browser.ask(f"{domain}.enable")
                yield browser
                await browser.close()
    finally:
        os.killpg(process.pid, 9)
        await process.communicate()


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stderr
    async for line in process.stderr:
        if b"DevTools listening on ws://" in line:
            return int(line.decode().partition("ws://")[2].partition("/")[0].rpartition(":")[2])
    raise AssertionError("chromium ended at once")
