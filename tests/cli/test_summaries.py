"""`digest summaries test`, and what `explain`, `status` and `check` say of summaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests import limits
from tests.cli.test_daemon import FAKETIME, event, wait_for
from tests.feed_xml import rss
from tests.servers import Reply, running
from tests.summaries.articles import TITLES, text_of
from tests.summaries.endpoint import Endpoint, first_sentences, hanging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.project import Project

KEY = "tops3cret-key-of-a-model"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running(made := Endpoint()):
        made.key = KEY
        yield made


def items() -> str:
    return rss(
        *(
            f"<item><title>{title}</title><link>https://site.example/{n}</link><guid>{n}</guid>"
            f"<description>&lt;p&gt;{text_of(title)}&lt;/p&gt;</description>"
            "<pubDate>Mon, 09 Nov 2026 09:00:00 GMT</pubDate></item>"
            for n, title in enumerate(TITLES)
        )
    )


def configure(project: Project, endpoint: Endpoint, *digest: str, key: str = KEY) -> None:
    project.feeds.replies["/feed"] = Reply(items())
    project.configure("/feed", send_to="vault")
    path = project.folder / "config.yaml"
    model = (
        f"models: [{{url: '{endpoint.url}/v1', model: small, api_key: {key}, price_in: 0.5,"
        " price_out: 2}]\n"
    )
    settings = "".join(f"    {line}\n" for line in digest)
    path.write_text(path.read_text("utf-8") + settings + model, "utf-8")


@pytest.fixture
def modelled(project: Project, endpoint: Endpoint) -> Project:
    configure(project, endpoint, "summary: model", "overview: true")
    return project


def test_it_tells_what_each_story_got_and_what_that_cost(
    modelled: Project, endpoint: Endpoint
) -> None:
    refused = TITLES[1]
    endpoint.write = lambda item: (
        "Nine eels were found, said Mirja Vexahol of the city."
        if item["title"] == refused
        else first_sentences(item)
    )

    tried = modelled.json("summaries", "test", "weekly")

    got = {story["title"]: story for story in tried["stories"]}
    assert {title: story["got"] for title, story in got.items()} == {
        title: "lead" if title == refused else "model" for title in TITLES
    }
    assert got[refused]["reason"] == "the summary has the number 'nine', which the article does not"
    assert got[TITLES[0]]["text"].startswith("Summary by a model: The council of Oslo")
    assert all(request["outcome"] == "answered" for request in tried["requests"])
    cost = (tried["tokens_in"] * 0.5 + tried["tokens_out"] * 2) / 1_000_000
    assert tried["cost"] == pytest.approx(cost)
    assert not (modelled.folder / "out").exists()


def test_what_it_paid_for_is_there_for_the_edition(modelled: Project, endpoint: Endpoint) -> None:
    modelled.json("summaries", "test")
    asked = len(endpoint.asked)

    modelled.json("send", "weekly")

    assert len(endpoint.asked) == asked
    (sent,) = (modelled.folder / "out").iterdir()
    assert sent.read_text("utf-8").count("Summary by a model: ") == len(TITLES)


def test_people_read_lines(modelled: Project) -> None:
    done = modelled.command("summaries", "test")

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("On top: ") for line in lines)
    assert "5 stories: 5 by a model" in lines
    assert lines[-1].endswith("at the prices of the file")


def test_a_request_that_failed_is_1_and_told_without_the_key(
    project: Project, endpoint: Endpoint
) -> None:
    configure(project, endpoint, "summary: model", key="wr0ng-key-of-a-model")

    done = project.command("summaries", "test")

    assert done.returncode == 1
    assert "refused the key, answered 401" in done.stdout
    assert "wr0ng-key" not in done.stdout + done.stderr


def test_a_digest_without_summaries_says_how_to_have_some(
    project: Project, endpoint: Endpoint
) -> None:
    configure(project, endpoint)

    done = project.command("summaries", "test")

    assert done.returncode == 2
    assert "set summary: lead, or summary: model" in done.stderr
    assert endpoint.asked == []


def test_leads_need_no_model(project: Project, endpoint: Endpoint) -> None:
    configure(project, endpoint, "summary: lead")

    tried = project.json("summaries", "test")

    assert {story["got"] for story in tried["stories"]} == {"lead"}
    assert tried["cost"] is None
    assert endpoint.asked == []


def test_a_running_daemon_does_it(modelled: Project) -> None:
    with modelled.daemon() as process:
        wait_for(process, event("polled"))
        tried = modelled.json("summaries", "test", "weekly")
        process.terminate()
        assert process.wait(limits.seconds(10)) == 0

    assert {story["got"] for story in tried["stories"]} == {"model"}


def messages(project: Project, title: str) -> str:
    (match,) = project.json("explain", title)["matches"]
    (verdict,) = match["digests"]
    return str(verdict["message"])


def test_explain_says_who_wrote_it_and_why_not(modelled: Project, endpoint: Endpoint) -> None:
    endpoint.write = lambda item: (
        f"{first_sentences(item)[:-1]}, said Mirja Vexahol."
        if item["title"] == TITLES[1]
        else first_sentences(item)
    )
    host = endpoint.url.removeprefix("http://")
    why = "lead, because the summary named 'Mirja', which the article does not"

    modelled.json("summaries", "test")
    assert f"as a story, summary by small at {host}, prompt 1" in messages(modelled, TITLES[0])
    assert why in messages(modelled, TITLES[1])

    modelled.json("send", "weekly")
    assert f"as a story, summary by small at {host}, prompt 1; " in messages(modelled, TITLES[0])
    assert why in messages(modelled, TITLES[1])


def test_preview_asks_nobody_and_says_why(modelled: Project, endpoint: Endpoint) -> None:
    entries = modelled.json("preview", "weekly", "--why")["entries"]

    assert endpoint.asked == []
    assert {entry["summary"]["reason"] for entry in entries} == {
        "no answer of a model came in time"
    }
    done = modelled.command("preview", "--why")
    assert "lead, because no answer of a model came in time" in done.stdout


def test_status_counts_tokens_and_tells_of_a_model_that_needs_its_operator(
    project: Project, endpoint: Endpoint
) -> None:
    configure(project, endpoint, "summary: model", key="wr0ng-key-of-a-model")
    project.command("summaries", "test")

    report = project.json("status")

    host = endpoint.url.removeprefix("http://")
    (need,) = [need for need in report["attention"] if need["kind"] == "model"]
    assert need["name"] == f"small at {host}"
    (usage,) = report["models"]
    assert usage["failed"] == usage["requests"] > 0
    done = project.command("status")
    assert f"Model small at {host}: " in done.stdout
    assert "digest check --online" in done.stdout


def online(project: Project, code: int) -> dict[str, Any]:
    findings = project.json("check", "--online", code=code)["checks"]
    (finding,) = [finding for finding in findings if finding["what"] == "model"]
    return dict(finding)


def test_a_check_asks_the_model(modelled: Project, endpoint: Endpoint) -> None:
    done = modelled.command("--json", "check", "--online")
    assert done.returncode in {0, 1}

    finding = online(modelled, done.returncode)
    assert finding["verdict"] == "ok"
    assert finding["said"].startswith("answers as json_schema, counts ")

    endpoint.key = "another"
    finding = online(modelled, 1)
    assert finding["verdict"] == "fail"
    assert finding["said"].startswith("refused the key")


def test_a_kill_in_the_middle_of_a_question_loses_nothing_but_the_answer(
    modelled: Project, endpoint: Endpoint
) -> None:
    reply, event_to_go_on = hanging()
    endpoint.change = lambda *_: reply
    endpoint.arrived.clear()
    with modelled.start("summaries", "test", "weekly") as process:
        assert endpoint.arrived.wait(limits.seconds(30))
        process.kill()
    event_to_go_on.set()
    lost = len(endpoint.asked)
    endpoint.change = lambda answer, _: answer

    tried = modelled.json("summaries", "test", "weekly")

    assert {story["got"] for story in tried["stories"]} == {"model"}
    (usage,) = modelled.json("status")["models"]
    # What it may have cost is counted.
    assert usage["failed"] >= lost > 0


@pytest.mark.skipif(not FAKETIME, reason="needs libfaketime to hurry the clock of a process")
def test_a_daemon_asks_ahead_and_is_on_time(project: Project, endpoint: Endpoint) -> None:
    due = (datetime.now(UTC) + timedelta(minutes=3)).replace(second=0, microsecond=0)
    configure(project, endpoint, "summary: model")
    path = project.folder / "config.yaml"
    at = f"schedule: daily at {due:%H:%M}"
    path.write_text(path.read_text("utf-8").replace("schedule: every monday at 09:00", at), "utf-8")

    with project.daemon(LD_PRELOAD=FAKETIME[0], FAKETIME="+0 x30") as process:
        (*_, published) = wait_for(process, event("published"))
        wait_for(process, event("delivered"))
        process.terminate()
        process.wait(limits.seconds(20))

    late = datetime.fromisoformat(published["time"]) - due
    assert timedelta(0) <= late < timedelta(seconds=40)
    (sent,) = (project.folder / "out").iterdir()
    assert sent.read_text("utf-8").count("Summary by a model: ") == len(TITLES)
