"""`digest templates`: the themes, a copy of one, and trying it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from digest.cli import run_command
from digest.rendering.samples import SAMPLES
from digest.rendering.template_trial import unused_files
from digest.rendering.templates import THEMES, Templates
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.config.looks import Theme
    from tests.cli.project import Project


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run `digest templates` and return its exit code, output and errors."""

    def call(*arguments: object, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        code = run_command([*options, "templates", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def in_json(run: Callable[..., tuple[int, str, str]], *arguments: object, code: int = 0) -> Any:
    ended, out, _ = run(*arguments, options=("--json",))
    assert ended == code
    return json.loads(out)


def test_the_themes_are_listed(run: Callable[..., tuple[int, str, str]]) -> None:
    _, out, _ = run("list")
    assert all(theme in out for theme in THEMES)
    assert [one["name"] for one in in_json(run, "list")["themes"]] == list(THEMES)


@pytest.mark.parametrize("theme", THEMES)
def test_an_exported_theme_works_right_away(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, theme: Theme
) -> None:
    folder = tmp_path / "mine"
    result = in_json(run, "export", theme, folder)
    assert sorted(path.name for path in folder.iterdir()) == result["files"]
    assert in_json(run, "check", folder)["problems"] == []
    # Whatever theme is set beside it, what was exported is what is seen.
    copy, original = Templates(folder, "classic"), Templates(theme=theme)
    for make in (SAMPLES["ordinary"], SAMPLES["empty"]):
        assert copy.html(make()) == original.html(make())
        assert copy.text(make()) == original.text(make())


def test_nothing_is_written_over(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text("mine")
    code, _, err = run("export", "classic", tmp_path)
    assert code == 2
    assert (
        err == f"digest: {tmp_path / 'edition.txt'} is there already; export into an empty folder\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["edition.txt"]


def test_nothing_is_written_through_a_link(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "edition.html").symlink_to(tmp_path / "elsewhere")
    code, _, said = run("export", "classic", tmp_path)
    assert (code, "is there already" in said) == (2, True)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_written_is_named(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = run("export", "classic", tmp_path / "file" / "folder")
    assert code == 2
    assert err == f"digest: {tmp_path / 'file' / 'folder'}: Not a directory\n"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("\n{{ nowhere }}", ":2: 'nowhere' is undefined"),
        ("{% if %}", ":1: Expected an expression, got 'end of statement block'"),
        ("{% if not edition.stories %}\n{{ nowhere }}{% endif %}", ":2: 'nowhere' is undefined"),
        ("{{ 1 if edition.language == 'en' else nowhere }}", ":1: 'nowhere' is undefined"),
        ("{{ 9 / (edition.stories | length - 60) }}", ":1: division by zero"),
        (
            "{% if edition_links and not edition.stories %}\n{{ nowhere }}{% endif %}",
            ":2: 'nowhere' is undefined",
        ),
        ("{{ t('{who}') }}", ":1: '{who}' is given no value for 'who'"),
    ],
)
def test_what_some_edition_would_meet_is_found(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, source: str, said: str
) -> None:
    (tmp_path / "edition.txt").write_text(source)
    assert in_json(run, "check", tmp_path, code=2)["problems"] == [
        f"{tmp_path / 'edition.txt'}{said}"
    ]
    code, out, _ = run("check", tmp_path)
    assert (code, out) == (2, f"! {tmp_path / 'edition.txt'}{said}\n")


def test_a_file_that_nothing_uses_is_named(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "editon.html").write_text("{{ broken")
    (tmp_path / "edition.md").write_text("{% include 'part.md' %}")
    (tmp_path / "part.md").write_text("Part.")
    (tmp_path / "notes.rst").write_text("Not a template.")
    assert in_json(run, "check", tmp_path, code=2)["problems"] == [
        f"{tmp_path / 'editon.html'}: nothing uses it; did you mean 'edition.html'?"
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("email.html", "edition.html"),
        ("edition.htm", "edition.html"),
        ("edition.html.j2", "edition.html"),
        ("Edition.txt", "edition.txt"),
        ("digest.md", "edition.md"),
    ],
)
def test_a_wrong_name_comes_with_the_one_that_was_meant(
    tmp_path: Path, name: str, meant: str
) -> None:
    (tmp_path / name).write_text("{{ broken")
    (tmp_path / "README.md").write_text("How ours came to be.")
    (line,) = unused_files(tmp_path, ["classic"])
    assert line == f"{tmp_path / name}: nothing uses it; did you mean {meant!r}?"


def test_a_check_and_a_start_name_a_file_that_does_nothing(project: Project) -> None:
    project.configure(send_to="vault")
    config = project.folder / "config.yaml"
    text = config.read_text("utf-8").replace("feeds:\n", "feeds: ['http://127.0.0.1:2/']\n")
    text = text.replace("    title:", "    template: tpl\n    title:")
    config.write_text(text, "utf-8")
    wrong = project.folder / "tpl" / "email.html"
    wrong.parent.mkdir()
    wrong.write_text("{{ broken", "utf-8")
    said = f"{wrong}: nothing uses it; did you mean 'edition.html'?"
    (finding,) = [one for one in project.json("check")["checks"] if one["what"] == "templates"]
    assert (finding["verdict"], finding["said"]) == ("warn", f"compile; {said}")
    logged = [json.loads(line) for line in project.command("run", "--once").stderr.splitlines()]
    assert [one["reason"] for one in logged if one["event"] == "template without use"] == [said]
    wrong.rename(wrong.with_name("edition.html"))
    assert "fail templates" in project.command("check").stdout


def test_a_relative_folder_is_named_as_it_was_given(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "edition.txt").write_text("{{ nowhere }}")
    assert run("check", "mine")[1] == "! mine/edition.txt:1: 'nowhere' is undefined\n"


# The made-up editions that templates are tried on are of a digest of that name.
FAILS = "Mine{% if edition.digest != 'sample' %}{{ nowhere }}{% endif %}"


def test_a_template_that_fails_on_real_entries_is_told_everywhere(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed")
    mine, config = project.folder / "mine", project.folder / "config.yaml"
    mine.mkdir()
    (mine / "edition.md").write_text(FAILS)
    text = config.read_text("utf-8").replace("    title:", "    template: mine\n    title:")
    config.write_text(text, "utf-8")
    assert project.command("check").returncode == 0
    project.json("poll")
    reason = f"{mine}/edition.md:1: 'nowhere' is undefined"

    preview = project.command("preview", "weekly", "--as", "markdown")
    assert (preview.returncode, preview.stdout.splitlines()[0]) == (1, "# Weekly reading")
    assert preview.stderr == f"digest: the theme's own stands in for what fails: {reason}\n"
    assert project.command("preview", "weekly").returncode == 0

    project.json("send", "weekly", "--to", "inbox")
    # Nothing that went out has that part.
    assert project.json("incidents")["incidents"] == []
    project.json("resend", "1", "--to", "vault")
    (out,) = (project.folder / "out").iterdir()
    assert out.read_text().startswith("# Weekly reading\n")
    (incident,) = project.json("incidents")["incidents"]
    assert (incident["kind"], incident["message"]) == ("template", reason)
    (need,) = project.json("status")["attention"]
    assert (need["kind"], need["name"], need["message"]) == ("template", "weekly", reason)
    assert "digest preview weekly" in project.command("status").stdout

    # A digest that has no template of its own has none that fails.
    config.write_text(text.replace("    template: mine\n", ""), "utf-8")
    project.feeds.replies["/feed"] = Reply(rss(item(2)))
    project.json("poll")
    project.json("send", "weekly", "--to", "vault")
    assert project.json("status")["attention"] == []
