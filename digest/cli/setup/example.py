"""`init --example`: a configuration from one of the examples, with what only its operator knows."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.cli.setup.ask_kind import ask_about
from digest.cli.setup.first_config import SCHEMA_FILE
from digest.cli.setup.kinds import QUESTIONS, unanswered
from digest.cli.setup.prompts import Answer, ask, ask_secret, tell, transcript, zone_here
from digest.cli.setup.write import secret_file
from digest.config import load_settings
from digest.config.read import read_config
from digest.config.yaml.scalar import scalar
from digest.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.errors import Problem

FOLDER = Path(__file__).parent / "examples"
EXAMPLES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
# What the comments on top say of each variable, from where they begin to say how to start.
_QUESTION = re.compile(r"(?m)^#   (?P<name>[A-Z_]+) +(?P<question>\S.*)$")
_HOW_TO_START = re.compile(r"(?m)^#\n# To start from it: .*\n(?:#.*\n)*")
_DEFAULT = re.compile(r"\$\{(?P<name>\w+):-(?P<value>[^}]*)\}")
# A secret is a variable alone, on a line of its own; any other stands in quotes.
_SECRET = re.compile(r"(?m)^(?P<before> +(?:- )?)(?P<key>\w+): \$\{(?P<name>\w+)\}")
_WHOLE = re.compile(r'"\$\{(?P<name>\w+)(?::-[^}]*)?\}"')
_PART = re.compile(r"\$\{(?P<name>\w+)(?::-[^}]*)?\}")
_ZONE = "TIMEZONE"


class Example(Struct, frozen=True):
    """An example: its file, its text, and what is to be asked, by the names of variables."""

    path: Path
    text: str
    questions: dict[str, str]
    defaults: dict[str, str]
    secrets: frozenset[str]

    @property
    def about(self) -> str:
        """What it is, as its first comment says, in one line."""
        lines = self.text.partition("\n#\n")[0].splitlines()
        return " ".join(line.removeprefix("# ") for line in lines)


def read_example(name: str) -> Example:
    """The example of this name."""
    path = FOLDER / f"{name}.yaml"
    text = path.read_text("utf-8")
    return Example(
        path,
        text,
        {found["name"]: found["question"] for found in _QUESTION.finditer(text)},
        {found["name"]: found["value"] for found in _DEFAULT.finditer(text)},
        frozenset(found["name"] for found in _SECRET.finditer(text)),
    )


def fill_example(
    config: Path, name: str, zone: str | None, *, test: bool
) -> tuple[str, dict[str, str]]:
    """The text of a new configuration, and the secrets by the files they are to be in.

    With `test`, channels that are asked for are tried.

    Raises:
        UsageError: nobody is there to be asked for what no variable has, a variable has what no
            setting takes, or something is not installed.
    """
    example = read_example(name)
    given = {name: os.environ[name] for name in example.questions if os.environ.get(name)}
    given |= {_ZONE: zone} if zone else {}
    _refuse_unfit(example, given)
    person = sys.stdin.isatty() and sys.stderr.isatty()
    answers = _asked(example, given, test=test) if person else _usual(example, given)
    return _filled(config, example, answers)


def _refuse_unfit(example: Example, given: Mapping[str, str]) -> None:
    """Tell what no answer will mend: what is not installed, and what is given."""
    answers = {name: name for name in example.questions} | dict(given)
    lines: list[str] = []
    for problem in _problems(example, answers):
        names = _names_in(example, problem)
        if names <= given.keys():
            lines.append(f"{' and '.join(names) or example.path.stem}: {problem.message}")
    if lines:
        raise UsageError("\n".join(lines))


def _names_in(example: Example, problem: Problem) -> set[str]:
    """The variables in the line of a problem."""
    lines = ["", *example.text.splitlines()]
    return {found["name"] for found in _PART.finditer(lines[problem.line])}


def _usual(example: Example, given: Mapping[str, str]) -> dict[str, str]:
    answers = {**example.defaults, _ZONE: zone_here(), **given}
    if missing := [name for name in example.questions if name not in answers]:
        variables = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[1:] else missing)
        noun = "variables" if missing[1:] else "variable"
        raise UsageError(f"{example.path.stem}: set the {noun} {variables}; on a terminal, it asks")
    return answers


def _asked(example: Example, given: Mapping[str, str], *, test: bool) -> dict[str, str]:
    tell(example.about)
    tell()
    defaults = {**example.defaults, _ZONE: zone_here()}
    channels = [*_channels(example, given)]

    def ask_all() -> dict[str, str]:
        answers = dict(given)
        for name, question in example.questions.items():
            if name in answers:
                continue
            if channel := next(
                (each for each in channels if name in each.variables.values()), None
            ):
                answers |= channel.ask(given, test=test)
            else:
                answers[name] = _ask(example, name, question, answers, defaults.get(name))
        return answers

    answers: dict[str, str] = transcript.play(ask_all)
    return answers


class _Channel(Struct, frozen=True):
    """A channel of a kind that `init` knows how to ask for; `variables` by the settings' names."""

    kind: str
    variables: dict[str, str]

    def ask(self, given: Mapping[str, str], *, test: bool) -> dict[str, str]:
        """What its variables are to have, tried at once; what is given is not asked for."""
        names = self.variables.items()
        known = {key: given[variable] for key, variable in names if variable in given}
        found = ask_about(self.kind, known, test=test)
        return {variable: found[key] for key, variable in self.variables.items()}


def _channels(example: Example, given: Mapping[str, str]) -> Iterator[_Channel]:
    """The channels of an example of which something is not given."""
    by_name = read_config(example.path, {name: name for name in example.questions}).data
    for channel in by_name["channels"].values():
        asked = unanswered(channel["kind"], {}) if channel["kind"] in QUESTIONS else []
        variables = {question.key: channel[question.key] for question in asked}
        if not {*variables.values()} <= given.keys():
            yield _Channel(channel["kind"], variables)


def _ask(
    example: Example, name: str, question: str, answers: Mapping[str, str], default: str | None
) -> str:
    kind = _kind(example, name, answers)
    if name in example.secrets:
        return ask_secret(question, kind)
    answer: str = ask(question, kind, default)
    return answer


def _kind(example: Example, name: str, answers: Mapping[str, str]) -> Answer:
    """Takes what the settings take where the variable stands."""
    before = dict(answers)

    def read(text: str) -> str:
        if not text:
            raise ValueError("is needed")
        for problem in _problems(example, {**before, name: text}):
            names = _names_in(example, problem)
            if name in names:
                raise ValueError(problem.message)
            if not names:
                raise UsageError(f"{example.path.stem}: {problem.message}")
        return text

    return Answer("value", read)


def _problems(example: Example, answers: Mapping[str, str]) -> Iterable[Problem]:
    try:
        load_settings(example.path, answers)
    except ConfigError as error:
        return error.problems
    return ()


def _filled(
    config: Path, example: Example, answers: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    files: dict[str, str] = {}

    def in_a_file(found: re.Match[str]) -> str:
        secret = answers[found["name"]]
        file = secret_file(config, found["name"].lower(), secret)
        files[file] = secret
        return f"{found['before']}{found['key']}_file: {scalar(file)}"

    text = _HOW_TO_START.sub("", example.text)
    text = _SECRET.sub(in_a_file, text)
    text = _WHOLE.sub(lambda found: scalar(answers[found["name"]]), text)
    text = _PART.sub(lambda found: _in_quotes(answers[found["name"]]), text)
    return f"# yaml-language-server: $schema={SCHEMA_FILE}\n{text}", files


def _in_quotes(text: str) -> str:
    """A text as it stands inside a double-quoted one of YAML."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
