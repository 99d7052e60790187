"""What the documentation says is so: settings, commands, examples, links.

`UPDATE_DOCS=1 pytest tests/test_docs.py` writes the generated part of docs/configuration.md anew.
"""

from __future__ import annotations

import inspect
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import pytest

from digest import PROJECT_URL
from digest.channels.slack.answers import _REMEDIES
from digest.cli import cli
from digest.cli.feeds_kinds import source_kinds
from digest.cli.setup.first_config import Start, StartFeed, config_text
from digest.config import load_settings
from digest.config.base import Model
from digest.config.channels import CHANNEL_KINDS
from digest.config.kinds import kind_of, members_of
from digest.config.known_pages import PAGES
from digest.config.secrets import file_description, file_forms
from digest.config.settings import Settings
from digest.config.sources import source_meant
from digest.config.structure import fields_of, has_kind
from digest.config.units import duration_text
from tests import template_docs
from tests.examples import DOCUMENTS
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from tests.servers import HttpServer

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
MARK = "<!-- generated from the settings -->\n"
documents = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
KINDS_MARK = "<!-- generated from the kinds -->\n"
ADDRESSES_MARK = "<!-- generated from the addresses -->\n"
END_MARK = "<!-- end -->\n"
TYPES_MARK = "<!-- generated from the types -->\n"


def parts(model: type[Model] = Settings, where: str = "") -> Iterator[tuple[str, type[Model]]]:
    """Each section of a file, as its heading calls it, with its settings."""
    yield where, model
    for key, field in fields_of(model).items():
        inside = (field.annotation, *get_args(field.annotation))
        origins = {get_origin(part) for part in inside}
        place = ".NAME" if dict in origins else "[]" if tuple in origins else ""
        models = list(models_in(field.annotation))
        yield from _sections(models, f"{where}.{key}{place}".lstrip("."))


def _sections(models: Sequence[type[Model]], where: str) -> Iterator[tuple[str, type[Model]]]:
    for model in models:
        if not has_kind(model):
            yield from parts(model, where)
            continue
        if model is models[0] and len(base_of(model).model_fields) > 1:
            yield where, base_of(model)
        yield f"{where} with kind: {kind_of(model)}", model


def base_of(model: type[Model]) -> type[Model]:
    """What all kinds have in common, with what is between left to each kind."""
    (base,) = model.__bases__
    assert issubclass(base, Model)
    return base if Model in base.__bases__ else base_of(base)


def models_in(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in members_of(annotation):
        yield from models_in(argument)


PARTS = dict(parts())


def default(name: str, field: FieldInfo) -> str:
    value: Any = field.default
    text = ""
    if field.is_required():
        return "required"
    if name in {"max_body", "daily_size"} and value:
        text = f"{value // 1_000_000}MB"
    elif isinstance(value, timedelta):
        text = duration_text(value)
    elif isinstance(value, tuple):
        text = ", ".join(value)
    elif isinstance(value, (str, int)):
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else ""


def rows(part: str, model: type[Model]) -> Iterator[str]:
    """The rows of a section: what is of its kind only, where there is a kind."""
    forms = file_forms(model)
    shared = {*base_of(model).model_fields} - {"kind"} if "with kind" in part else set()
    for name, field in fields_of(model).items():
        if name in shared or (model.__subclasses__() and name == "kind"):
            continue
        about = (field.description or "").replace("|", "\\|")
        yield f"| `{name}` | {default(name, field)} | {about} |"
        if name in forms:
            yield f"| `{name}_file` |  | {file_description(name, forms[name])} |"


def about_kind(part: str, model: type[Model]) -> Iterator[str]:
    """What is of a kind, and how its short form is written if it has one."""
    if "with kind" not in part:
        return
    yield str(inspect.getdoc(model))
    own = model.__mro__[: model.__mro__.index(base_of(model))]
    if form := next((vars(each)["short_form"] for each in own if "short_form" in vars(each)), None):
        about = str(inspect.getdoc(form.__func__))
        yield f"Short form: {about[0].lower()}{about[1:]}"
    yield ""


def reference() -> str:
    lines = []
    for part, model in PARTS.items():
        lines += [f"## {part or 'The file'}", "", *about_kind(part, model)]
        lines += ["| key | default | what |", "|---|---|---|"]
        lines += [*rows(part, model), ""]
    return "\n".join(lines)


def test_the_settings_reference_is_what_the_settings_say() -> None:
    path = ROOT / "docs/configuration.md"
    head = path.read_text("utf-8").partition(MARK)[0]
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(head + MARK + "\n" + reference(), "utf-8")
    assert path.read_text("utf-8") == head + MARK + "\n" + reference()


def table_of_kinds() -> str:
    lines = ["| kind | what | example |", "|---|---|---|"]
    for kind in source_kinds():
        extra = f" Needs the extra `{kind.extra}`." if kind.extra else ""
        link = f"[`{kind.kind}`](configuration.md#feeds-with-kind-{kind.kind})"
        lines.append(f"| {link} | {kind.about}{extra} | `{kind.example}` |")
    return "\n".join(lines) + "\n"


def table_of_addresses() -> str:
    """Every page whose kind is there, services in the order of the table."""
    lines = ["| service | the address of a page | is read as |", "|---|---|---|"]
    read = [(page, source_meant(page.example)) for page in PAGES]
    lines += [
        f"| {page.service} | `{page.example}` | `{meant}` |"
        for page, meant in read
        if meant != page.example
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("mark", "table"), [(KINDS_MARK, table_of_kinds), (ADDRESSES_MARK, table_of_addresses)]
)
def test_the_tables_of_sources_are_what_the_kinds_say(mark: str, table: Callable[[], str]) -> None:
    path = ROOT / "docs/sources.md"
    head, _, after = path.read_text("utf-8").partition(mark)
    text = head + mark + table() + END_MARK + after.partition(END_MARK)[2]
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize("model", PARTS.values(), ids=PARTS)
def test_every_setting_is_described(model: type[BaseModel]) -> None:
    bare = {name for name, field in model.model_fields.items() if not field.description}
    assert bare <= {"kind"}


def test_every_command_is_in_the_readme() -> None:
    documented = set(re.findall(r"^\| `digest ([a-z]+)", README, re.MULTILINE))
    context = cli.make_context("digest", ["--json", "status"])
    assert documented == set(cli.list_commands(context))


@pytest.mark.parametrize("name", ["demo", "test"])
def test_the_readme_has_the_commands_that_ci_runs(name: str) -> None:
    after = README.partition(f"<!-- {name} -->\n```sh\n")[2].partition("```")[0].splitlines()
    assert len(after) == 1
    assert after[0].startswith("python3 -m venv .venv && ")


def test_contributing_sets_up_as_the_readme_does() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    setup = text.partition("```sh\n")[2].partition("\n")[0]
    assert setup.startswith("python3 -m venv .venv && ")
    assert setup in README.replace("--quiet ", "")


def test_the_readme_configuration_is_ten_lines_that_load(tmp_path: Path) -> None:
    text = README.partition("```yaml\n")[2].partition("```")[0]
    assert len(text.splitlines()) <= 10
    (tmp_path / "config.yaml").write_text(text, "utf-8")
    environ = {"SMTP_PASSWORD": "x", "SLACK_WEBHOOK_URL": "https://hooks.slack.example/services/x"}
    settings = load_settings(tmp_path / "config.yaml", environ)
    assert settings.digests["weekly"].send_to == ("inbox", "team")


def test_the_example_configuration_works_as_it_stands(
    digest_command: Callable[..., subprocess.CompletedProcess[str]],
    feed_server: HttpServer,
    tmp_path: Path,
) -> None:
    text = (ROOT / "config.example.yaml").read_text("utf-8")
    settings = load_settings(ROOT / "config.example.yaml", {})
    # The same file, but for where its feeds are: tests reach no other machine.
    for number, feed in enumerate(settings.feeds):
        feed_server.replies[f"/{number}"] = Reply(rss(item(number, published=None)))
        text = text.replace(feed.address, f"{feed_server.url}/{number}")
    local = "polling: {allow_private_networks: true, per_host: 0}\nfeeds:\n"
    text = text.replace("feeds:\n", local, 1)
    text = text.replace("first_edition: 7d ", "first_edition: 0 ")
    (tmp_path / "config.example.yaml").write_text(text, "utf-8")
    assert digest_command("-c", "config.example.yaml", "run", "--once").returncode == 0
    for number in range(len(settings.feeds)):
        feed_server.replies[f"/{number}"] = Reply(rss(item(9, title="Fresh news")))
    digest_command("-c", "config.example.yaml", "poll")
    assert digest_command("-c", "config.example.yaml", "send", "briefing").returncode == 0
    (written,) = (tmp_path / "digests").iterdir()
    assert "Fresh news" in written.read_text("utf-8")


def test_the_commented_parts_of_the_example_load_too(tmp_path: Path) -> None:
    text = (ROOT / "config.example.yaml").read_text("utf-8")
    _, _, settings_part = text.partition("\ntimezone: UTC")
    # Prose has a space behind its #, a setting has its own indentation.
    body = re.sub(r"^#(?=smtp:|  )", "", settings_part, flags=re.MULTILINE)
    (tmp_path / "config.yaml").write_text("timezone: UTC" + body, "utf-8")
    environ = dict.fromkeys(("SMTP_PASSWORD", "FEED_TOKEN"), "x")
    environ["TELEGRAM_BOT_TOKEN"] = "123456789:AAtoken"
    environ["CALENDAR_URL"] = "https://calendar.example/basic.ics"
    environ["SLACK_WEBHOOK_URL"] = "https://hooks.slack.example/services/x"
    settings = load_settings(tmp_path / "config.yaml", environ)
    assert set(settings.channels) == {"folder", "inbox", "team", "phone"}
    assert set(settings.digests) == {"briefing", "weekly"}
    assert [block.kind for block in settings.digests["briefing"].blocks] == ["weather", "calendar"]
    assert settings.smtp is not None


def test_the_reference_of_templates_is_what_the_types_say() -> None:
    path = ROOT / "docs/templates.md"
    head = path.read_text("utf-8").partition(TYPES_MARK)[0]
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(head + TYPES_MARK + "\n" + template_docs.reference(), "utf-8")
    assert path.read_text("utf-8") == head + TYPES_MARK + "\n" + template_docs.reference()


@pytest.mark.parametrize("kind", template_docs.WORDS, ids=lambda kind: kind.__name__)
def test_every_template_variable_has_a_word(kind: type) -> None:
    assert [name for name, _ in template_docs.members(kind)] == list(template_docs.WORDS[kind])


def test_every_kind_that_an_edition_holds_is_documented() -> None:
    said = {type_ for kind in template_docs.WORDS for _, type_ in template_docs.members(kind)}
    linked = {name for text in said for name in re.findall(r"#(\w+)\)", text)}
    assert linked <= {kind.__name__.lower() for kind in template_docs.WORDS}


@documents
def test_links_lead_somewhere(path: Path) -> None:
    text = without_comments(path)
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|src=\"([^\":]+)\"", text)
    paths = [path.parent / link for pair in links for link in pair if link]
    assert [str(target) for target in paths if not target.exists()] == []


@documents
def test_links_into_a_document_lead_to_a_heading(path: Path) -> None:
    for link, anchor in re.findall(r"\]\(([^)#:]*)#([^)]*)\)", without_comments(path)):
        assert anchor in headings(path.parent / link if link else path), f"{link}#{anchor}"


def headings(path: Path) -> set[str]:
    """What GitHub makes of headings."""
    found = re.findall(r"(?m)^#+ (.+)$", path.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in found}


def without_comments(path: Path) -> str:
    return re.sub(r"(?s)<!--.*?-->", "", path.read_text("utf-8"))


def test_people_are_told_where_the_documentation_is() -> None:
    feeds = (StartFeed("https://example.com/feed.xml"),)
    written = config_text(Start(feeds, "daily", "UTC", "daily", "Daily"))
    heads = [written, (ROOT / "config.example.yaml").read_text("utf-8")]
    assert all(PROJECT_URL in head.partition("\n\n")[0] for head in heads)
    assert cli.get_help(cli.make_context("digest", ["--json", "status"])).endswith(PROJECT_URL)


def test_every_document_is_in_the_index() -> None:
    for index in (ROOT / "docs/index.md", ROOT / "docs/decisions/index.md"):
        linked = set(re.findall(r"\]\(([\w-]+\.md)\)", without_comments(index)))
        assert linked == {path.name for path in index.parent.glob("*.md")} - {"index.md"}


def test_every_kind_of_channel_has_a_row() -> None:
    table = (ROOT / "docs/channels.md").read_text("utf-8").partition("| kind |")[2]
    rows = re.findall(r"(?m)^\| `(\w+)` \|", table)
    assert rows == sorted(rows)
    assert set(CHANNEL_KINDS) <= set(rows)


def test_every_refusal_of_slack_that_needs_a_person_is_documented() -> None:
    table = (ROOT / "docs/slack.md").read_text("utf-8").partition("| Slack says |")[2]
    assert set(_REMEDIES) <= set(re.findall(r"`(\w+)`", table.partition("\n\n")[0]))
