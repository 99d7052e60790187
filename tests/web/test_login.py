"""Who gets in, for how long, and with which forms."""

from __future__ import annotations

import asyncio
import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import aiohttp
import pytest
from pydantic import SecretStr

from digest.signing.sessions import Sessions
from digest.web.limiter import Limiter
from digest.web.login import routes as login_routes
from digest.web.site import _operator_routes
from tests import limits
from tests.databases import file_of
from tests.web.site import PASSWORD, Site, serve

if TYPE_CHECKING:
    from digest.config import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = b"k" * 32
SCRAPER = "198.51.100.4"


class Turned:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(KEY, Turned())


async def test_a_session_lasts_30_days() -> None:
    clock = Turned()
    sessions = Sessions(KEY, clock)
    cookie = sessions.begin("a password")
    clock.now += 30 * 86_400 - 1
    assert sessions.find("a password", cookie)
    clock.now += 2
    assert sessions.find("a password", cookie) is None


async def test_a_session_ends_with_its_password_and_its_key(sessions: Sessions) -> None:
    cookie = sessions.begin("a password")
    assert sessions.find("another one", cookie) is None
    assert Sessions(b"x" * 32, Turned()).find("a password", cookie) is None


async def test_each_session_has_a_token_of_its_own(sessions: Sessions) -> None:
    found = [sessions.find("p", sessions.begin("p")) for _ in range(2)]
    assert found[0] != found[1]
    assert None not in found


@pytest.mark.parametrize("spoilt", ["", ".", "..", "x", "9.9.9", "é.é.é", "\udc80.1.2", "9" * 5000])
async def test_what_is_no_session_is_none(sessions: Sessions, spoilt: str) -> None:
    assert sessions.find("p", spoilt) is None


async def test_no_letter_of_a_cookie_can_be_changed(sessions: Sessions) -> None:
    cookie = sessions.begin("p")
    for place, letter in enumerate(cookie):
        other = "1" if letter != "1" else "2"
        assert sessions.find("p", cookie[:place] + other + cookie[place + 1 :]) is None


async def test_ten_failures_a_minute() -> None:
    clock = Turned()
    limiter = Limiter(clock=clock)
    for _ in range(10):
        assert limiter.seconds() == 0
        limiter.note_failure()
        clock.now += 1
    assert limiter.seconds() == 51
    clock.now += 50
    assert limiter.seconds() == 0


async def test_each_browser_that_was_let_in_has_its_own() -> None:
    limiter = Limiter(most=1, clock=Turned())
    limiter.note_failure()
    assert (limiter.seconds(), limiter.seconds("a"), limiter.seconds("b")) == (61, 0, 0)
    limiter.note_failure("a")
    assert (limiter.seconds("a"), limiter.seconds("b")) == (61, 0)


async def test_a_mark_is_of_one_browser_while_the_password_is_the_same(sessions: Sessions) -> None:
    one, other = sessions.mark("p"), sessions.mark("p")
    assert sessions.browser("p", one)
    assert sessions.browser("p", one) != sessions.browser("p", other)
    assert sessions.browser("another one", one) == ""
    assert Sessions(b"x" * 32, Turned()).browser("p", one) == ""
    # A session is no mark, nor a mark a session.
    assert sessions.browser("p", sessions.begin("p")) == ""
    assert sessions.find("p", one) is None


@pytest.mark.parametrize("spoilt", ["", ".", "x.", ".x", "x", "é.é", "\udc80.1", "9" * 5000])
async def test_what_is_no_mark_is_none(sessions: Sessions, spoilt: str) -> None:
    assert sessions.browser("p", spoilt) == ""


def operator_pages() -> list[tuple[str, str]]:
    public = {(route.method, route.path) for route in login_routes() if route.path == "/login"}
    filled = [(route.method, route.path) for route in _operator_routes()]
    return [
        (method, re.sub(r"\{\w+(:(\w+)[^}]*)?\}", lambda found: found[2] or "1", path))
        for method, path in filled
        if (method, path) not in public
    ]


@pytest.mark.parametrize(("method", "path"), operator_pages())
async def test_nothing_is_to_be_had_without_a_login(site: Site, method: str, path: str) -> None:
    site.client.cookie_jar.clear()
    answer, text = await site.answer(path, method, data={"token": ""} if method == "POST" else None)
    if method == "POST":
        assert answer.status == 403
    else:
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
    assert "weekly" not in text


async def test_the_cookie_is_for_this_site_and_no_script(site: Site) -> None:
    site.client.cookie_jar.clear()
    answer = await site.log_in()
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Strict", "/")
    assert cookie["max-age"] == str(30 * 86_400)
    # Over plain HTTP a browser would not bring it back.
    assert not cookie["secure"]
    (mark,) = SimpleCookie(answer.headers.getall("Set-Cookie")[1]).values()
    assert mark["httponly"]
    assert (mark["samesite"], mark["path"]) == ("Strict", "/login")


async def test_a_wrong_password_says_so_and_sets_nothing(site: Site) -> None:
    site.client.cookie_jar.clear()
    answer = await site.log_in("wrong")
    assert answer.status == 401
    assert "Set-Cookie" not in answer.headers


async def test_logging_out(site: Site) -> None:
    site.client.cookie_jar.clear()
    await site.log_in()
    await site.press("/logout")
    assert (await site.answer("/"))[0].status == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/login", "/digests/weekly/test"])
async def test_forms_of_other_sites_are_refused(
    site: Site, path: str, headers: dict[str, str]
) -> None:
    site.client.cookie_jar.clear()
    await site.log_in()
    found = re.search(r'name="token" value="(\w+)"', await site.page("/"))
    assert found
    form = {"token": found[1], "password": PASSWORD, "to": "0"}
    answer, text = await site.answer(path, "POST", data=form, headers=headers)
    assert answer.status == 403
    assert "another site" in text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_forms_without_the_token_are_refused(site: Site, token: str) -> None:
    site.client.cookie_jar.clear()
    await site.log_in()
    answer, _ = await site.answer("/digests/weekly/test", "POST", data={"token": token, "to": "0"})
    assert answer.status == 403


async def test_too_many_wrong_passwords_keep_out_whom_nobody_knows(settings: Settings) -> None:
    folder = file_of(settings).parent / "guessed"
    other = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db"})
    async with serve(other, folder) as site:
        answers = [await site.log_in(f"wrong {n}") for n in range(11)]
        assert [answer.status for answer in answers] == [401] * 10 + [429]
        late = await site.log_in()
        assert late.status == 429
        assert 0 < int(late.headers["Retry-After"]) <= 60
        bearer = {"Authorization": f"Bearer {PASSWORD}", "Via": "1.1 proxy"}
        # Programs have failures of their own.
        assert (await site.answer("/metrics", headers=bearer))[0].status == 200
        assert (await site.answer("/healthz"))[0].status == 200


async def test_wrong_tokens_of_others_keep_no_program_out(settings: Settings) -> None:
    assert settings.web
    folder = file_of(settings).parent / "scraped"
    web = settings.web.model_copy(update={"public_url": "https://digest.example.com"})
    other = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db", "web": web})
    wrong, right = {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {PASSWORD}"}
    proxied = {"X-Forwarded-For": "203.0.113.9"}

    async with serve(other, folder) as site:

        async def ask(**headers: str) -> int:
            return (await site.answer("/metrics", headers=headers))[0].status

        # Through a proxy anybody may be who asks: they are limited in all.
        assert [await ask(**wrong, **proxied) for _ in range(11)] == [404] * 10 + [429]
        assert await ask(**right, **proxied) == 429
        # Nobody else is, neither programs that are right nor the login.
        assert await ask(**right) == 200
        assert (await site.log_in()).status == 303
        site.client.cookie_jar.clear()
        # A program may not guess more often either.
        assert [await ask(**wrong) for _ in range(11)] == [404] * 10 + [429]


async def test_wrong_tokens_through_a_declared_proxy_are_of_those_who_sent_them(
    settings: Settings,
) -> None:
    assert settings.web
    folder = file_of(settings).parent / "scraped through a proxy"
    web = settings.web.model_copy(update={"proxies": ("127.0.0.1",)})
    other = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db", "web": web})

    async with serve(other, folder) as site:

        async def ask(token: str, peer: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            headers["X-Forwarded-For"] = f"{SCRAPER}, {peer}"
            return (await site.answer("/metrics", headers=headers))[0].status

        assert await ask(PASSWORD, SCRAPER) == 200
        for number in range(30):
            assert await ask("wrong", f"203.0.113.{number}") == (404 if number < 10 else 429)
        assert await ask(PASSWORD, SCRAPER) == 200
        # That may be anybody's.
        assert await ask(PASSWORD, "nonsense") == 429


async def test_who_was_in_before_is_kept_out_by_nobody_else(settings: Settings) -> None:
    folder = file_of(settings).parent / "besieged"
    other = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db"})
    async with serve(other, folder) as site:
        await site.log_in()
        await site.press("/logout")
        wrong = {"password": "wrong"}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as stranger:
            for expected in [401] * 10 + [429]:
                async with stranger.post(f"{site.url}/login", data=wrong) as answer:
                    assert answer.status == expected
        assert (await site.log_in()).status == 303
        await site.press("/logout")
        # It may not guess more often either.
        answers = [(await site.log_in(f"wrong {n}")).status for n in range(11)]
        assert answers == [401] * 10 + [429]


async def test_without_a_password_there_is_nothing_to_log_in_to(settings: Settings) -> None:
    assert settings.web
    folder = file_of(settings).parent / "open"
    bare = settings.web.model_copy(update={"password": None})
    other = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db", "web": bare})
    async with serve(other, folder) as site:
        for path in ("/", "/login", "/feeds", "/deliveries"):
            answer, text = await site.answer(path)
            assert answer.status == 404
            assert "web.password" in text
        assert (await site.log_in("")).status == 404
        assert (await site.answer("/healthz"))[0].status == 200


async def test_a_new_password_ends_every_session(settings: Settings) -> None:
    assert settings.web
    folder = file_of(settings).parent / "changed"
    before = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db"})
    changed = settings.web.model_copy(update={"password": SecretStr("another password")})
    async with serve(before, folder) as site:
        await site.log_in()
        assert (await site.answer("/"))[0].status == 200
        site.take_over(before.model_copy(update={"web": changed}))
        async with asyncio.timeout(limits.seconds(10)):
            while (await site.answer("/"))[0].status == 200:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        assert (await site.log_in()).status == 401
        assert (await site.log_in("another password")).status == 303


async def test_the_cookie_is_secure_where_the_public_address_is(settings: Settings) -> None:
    assert settings.web
    folder = file_of(settings).parent / "public"
    web = settings.web.model_copy(update={"public_url": "https://digest.example.com"})
    other = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db", "web": web})
    async with serve(other, folder) as site:
        for host, secure in {"digest.example.com": True, "127.0.0.1": False}.items():
            jar = aiohttp.DummyCookieJar()
            async with (
                aiohttp.ClientSession(cookie_jar=jar) as client,
                client.post(
                    f"{site.url}/login",
                    data={"password": PASSWORD},
                    headers={"Host": host, "Origin": "https://digest.example.com"},
                    allow_redirects=False,
                ) as answer,
            ):
                assert answer.status == 303
                assert ("Secure" in answer.headers["Set-Cookie"]) is secure
