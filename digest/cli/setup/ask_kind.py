"""The questions about a channel of one kind, asked until it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.channels import channel_class
from digest.cli import aio
from digest.cli.setup.kinds import QUESTIONS, not_asked, unanswered
from digest.cli.setup.probe import ChannelProbe, one_line
from digest.cli.setup.prompts import (
    Answer,
    agree,
    ask,
    ask_more,
    ask_secret,
    choose,
    tell,
    transcript,
)
from digest.config.channels import service_name
from digest.errors import DeliveryError, DigestError, UsageError

if TYPE_CHECKING:
    from digest.channels.protocol import Finder, Found
    from digest.cli.setup.kinds import Answers, KindQuestion

_LONGEST_WAIT, _STEP = 60, 10


def ask_about(kind: str, known: Answers, *, test: bool) -> Answers:
    """Ask what is not known, and again for it as long as the channel does not work."""
    while True:
        try:
            answers = _ask_all(kind, known, test=test)
            if not test or _works(kind, answers):
                return answers
        except DeliveryError as error:
            tell(f"! {service_name(kind)}: {one_line(error.reason)}")
        # What was given is asked for too, since it may be what is wrong.
        known = {each.key: known[each.key] for each in not_asked(kind) if each.key in known}


def refuse_bad(kind: str, answers: Answers) -> None:
    """Look whether the settings take what is given.

    Raises:
        UsageError: one does not.
    """
    for question in QUESTIONS[kind]:
        try:
            if question.key in answers:
                question.read(answers[question.key])
        except ValueError as error:
            raise UsageError(f"{question.option}: {error}") from None


def try_given(kind: str, answers: Answers) -> None:
    """Look whether a channel works; posts nothing.

    Raises:
        DigestError: it does not.
    """
    probe, name = ChannelProbe(kind, answers), service_name(kind)
    try:
        tell(f"  {name}: {transcript.attempt(lambda: aio.run(probe.check()))}")
    except DeliveryError as error:
        raise DigestError(f"{name}: {probe.one_line(error.reason)}") from None


def _works(kind: str, answers: Answers) -> bool:
    """Whether a channel works; posts a line if that is agreed to."""
    probe, name = ChannelProbe(kind, answers), service_name(kind)
    try:
        tell(f"  {name}: {transcript.attempt(lambda: aio.run(probe.check()))}")
        if probe.can_greet and agree("Post a line there, to see it?"):
            transcript.attempt(lambda: aio.run(probe.greet()))
    except DeliveryError as error:
        tell(f"! {name}: {probe.one_line(error.reason)}")
        return False
    return True


def _ask_all(kind: str, known: Answers, *, test: bool) -> Answers:
    answers = dict(known)
    for question in unanswered(kind, known):
        if question.about.hint:
            tell(f"  {question.about.hint}")
        if question.about.found and test:
            answers |= _find(question, answers)
        else:
            answers[question.key] = _ask(question)
    return answers


def _ask(question: KindQuestion) -> str:
    reader = Answer(question.key, question.read)
    if question.is_secret:
        return ask_secret(question.about.text, reader)
    answer: str = ask(question.about.text, reader)
    return answer


def _find(question: KindQuestion, answers: Answers) -> Answers:
    """Look for settings that nobody knows by heart, unless somebody does.

    Raises:
        DeliveryError: nothing can be found with these answers.
    """
    finder, text = channel_class(question.kind).finder(answers), question.about.text
    tell(f"  {transcript.attempt(lambda: aio.run(finder.invite()))}.")
    while True:
        how = f"Press Enter once you have, or write {text[:1].lower()}{text[1:]}"
        if typed := ask_more(how, Answer(question.key, question.read)):
            return {question.key: typed}
        found: list[Found] = transcript.attempt(lambda: _look(finder))
        if found:
            return _chosen(found)
        tell("! Nothing was found; look whether it was written to the right bot.")


def _look(finder: Finder) -> list[Found]:
    """What there is, or comes soon."""
    tell(f"  looking, for {_LONGEST_WAIT} seconds at most")
    for left in range(_LONGEST_WAIT, 0, -_STEP):
        if found := aio.run(finder.find(_STEP)):
            return found
        tell(f"  nothing yet; looking for {left - _STEP} seconds more")
    return []


def _chosen(found: list[Found]) -> Answers:
    [place] = choose("Which", [each.name for each in found], most=1) if len(found) > 1 else [0]
    tell(f"  found: {found[place].name}")
    return found[place].settings
