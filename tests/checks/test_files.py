"""What `check` finds of the files that editions go to, and of those with secrets."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.checks.files import check_files, check_secrets
from digest.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.config import Settings

CONFIG = """\
feeds: [https://feeds.example/1]
channels:
{channels}
digests:
  weekly: {{schedule: every monday at 09:00, send_to: [{names}]}}
  daily: {{schedule: daily at 09:00, send_to: [{first}]}}
"""


def settings_of(folder: Path, **paths: str) -> Settings:
    channels = "\n".join(f'  {name}: {{kind: file, path: "{p}"}}' for name, p in paths.items())
    text = CONFIG.format(channels=channels, names=", ".join(paths), first=next(iter(paths)))
    (folder / "config.yaml").write_text(text, "utf-8")
    return load_settings(folder / "config.yaml", {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("out/{digest}-{date}.md", "out/{digest}-{date}.md"),
        ("out/{digest}-{date}.md", "./out/../out//{digest}-{date}.md"),
        ("out/{digest}-{date}.md", "out/weekly-{date}.md"),
    ],
)
def test_channels_that_write_to_the_same_files_are_told(
    tmp_path: Path, one: str, other: str
) -> None:
    (finding,) = check_files(settings_of(tmp_path, vault=one, copy=other))

    assert (finding.what, finding.name, finding.verdict) == ("files", "vault", "warn")
    assert finding.said == "copy writes to the same files; the later ones get a number"
    assert finding.remedy == "give each channel a path of its own"


def test_a_folder_by_another_name_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")

    (finding,) = check_files(settings_of(tmp_path, vault="out/{date}.md", copy="link/{date}.md"))

    assert finding.said == "copy writes to the same files; the later ones get a number"


def test_channels_with_paths_of_their_own_are_no_finding(tmp_path: Path) -> None:
    assert check_files(settings_of(tmp_path, vault="{digest}-{date}.md", copy="{date}.txt")) == []


def test_digests_that_take_each_other_s_place_are_told(tmp_path: Path) -> None:
    text = CONFIG.format(
        channels="  vault: {kind: file, path: latest.md, mode: replace}",
        names="vault",
        first="vault",
    )
    (tmp_path / "config.yaml").write_text(text, "utf-8")

    (finding,) = check_files(load_settings(tmp_path / "config.yaml", {}))

    assert finding.said == f"weekly, daily take turns in {tmp_path / 'latest.md'}"
    assert finding.remedy == "put {digest} into its path"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("x" * 256, "xxx… has more than 255 bytes"),
        ("é" * 127 + ".md", "é… has more than 255 bytes"),
        ("x" * 245 + "{date}.md", "xxx… has more than 255 bytes"),
        ("x" * 250 + "{digest}", "xxx… has more than 255 bytes"),
        ("x" * 256 + "/{date}.md", "xxx… has more than 255 bytes"),
        ("/".join(["x" * 200] * 21), "the path has more than 4,095 bytes"),
        (".digest-{date}.part", ".part is the name of a file that was left half written"),
        ("config.yaml/{date}.md", "config.yaml is no folder"),
        ("config.yaml/deep/{date}.md", "config.yaml is no folder"),
    ],
)
def test_a_file_that_can_never_be_is_refused(tmp_path: Path, path: str, said: str) -> None:
    finding = check_files(settings_of(tmp_path, vault=path))[0]

    assert (finding.what, finding.name, finding.verdict) == ("files", "vault", "fail")
    assert said in finding.said
    assert finding.remedy == "change the path of the channel vault"


@pytest.mark.parametrize("path", ["x" * 255, "é" * 126 + ".md", "new/deep/{digest}-{date}.md"])
def test_a_file_that_can_be_is_no_finding(tmp_path: Path, path: str) -> None:
    assert check_files(settings_of(tmp_path, vault=path)) == []


SECRETS = """\
feeds: [{url: "https://feeds.example/1", headers_file: headers}]
smtp: {host: mail.example, from: a@mail.example, username: a, password_file: password}
channels:
  inbox: {kind: email, to: [b@mail.example]}
  team: {kind: slack, webhook_url_file: hook}
digests:
  weekly: {schedule: every monday at 09:00, send_to: [inbox, team]}
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can look into, as those of tests are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name, text in (
            ("config.yaml", SECRETS),
            ("headers", "Authorization: x"),
            ("password", "s3cret"),
            ("hook", "https://hooks.slack.com/services/T0/B0/x"),
        ):
            Path(folder, name).write_text(text, "utf-8")
            Path(folder, name).chmod(0o600)
        yield Path(folder)


def secrets_in(folder: Path) -> list[tuple[str, str]]:
    findings = check_secrets(load_settings(folder / "config.yaml", {}))
    return [(one.verdict, one.name.removeprefix(f"{folder}/")) for one in findings]


@pytest.mark.parametrize("name", ["headers", "password", "hook"])
def test_a_file_with_a_secret_that_others_can_read_is_told(open_folder: Path, name: str) -> None:
    assert secrets_in(open_folder) == [("ok", "")]
    (open_folder / name).chmod(0o644)
    assert secrets_in(open_folder) == [("warn", name)]

    settings = load_settings(open_folder / "config.yaml", {})
    (finding,) = check_secrets(settings)
    subprocess.run(finding.remedy.strip("`"), shell=True, check=True)
    assert secrets_in(open_folder) == [("ok", "")]


def test_without_files_for_secrets_there_is_no_finding(tmp_path: Path) -> None:
    assert check_secrets(settings_of(tmp_path, vault="{date}.md")) == []
