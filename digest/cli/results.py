"""What each command prints with `--json`, and when it fails: the source of their JSON Schemas.

A new command gets a row in `RESULTS`; a test says so until it has. What a struct prints is its
fields, and the text below one is its description.
"""

from __future__ import annotations

from msgspec import Struct

from digest.app.results import Decided, HeldDecision, KeysRotated, Poll, Reloaded, Run, Send, Status
from digest.app.summary_trial import SummaryTrial
from digest.cli.backup import Backup
from digest.cli.check import Checks
from digest.cli.deliveries import Deliveries, Incidents, Show
from digest.cli.demo.demo import Demo
from digest.cli.explain import Explain
from digest.cli.feed_examination import Examination
from digest.cli.feeds import Export, Import
from digest.cli.feeds_edit import FeedAdded, FeedChange
from digest.cli.feeds_kinds import SourceKinds
from digest.cli.feeds_list import FeedList
from digest.cli.feeds_probe import Discover
from digest.cli.held import Held
from digest.cli.preview import ExplainedEdition
from digest.cli.setup.init import Init
from digest.cli.setup.service import ServiceRemoved, ServiceState, ServiceText
from digest.cli.templates import TemplateCheck, ThemeExport, Themes
from digest.jobs.pairing import PairingChanged, Pairings
from digest.jobs.recipient_admin import Recipients, RecipientsAllow
from digest.jobs.recipient_import import RecipientsImport
from digest.jobs.renames import DigestsForget, DigestsMove, RecipientsForget, RecipientsMove
from digest.jobs.test_sends import ChannelTest, SentTest
from digest.rendering.snapshot import EditionSnapshot


class Result(Struct, frozen=True):
    """What a command prints with `--json`, one struct or another, and how it may end.

    `fails` says when the exit code is 1, and is empty where only the database or the disk can be
    in the way; with `writes` it can be 3.
    """

    structs: tuple[type[Struct], ...]
    fails: str = ""
    writes: bool = False


_NOT_SENT = "a delivery is not sent"
# By the words that call the command.
RESULTS = {
    "run": Result((Run,), "with --once: a feed, an edition or a delivery failed", writes=True),
    "check": Result((Checks,), "with --online: something that it reaches cannot be used"),
    "poll": Result((Poll,), "a feed could not be read", writes=True),
    "preview": Result(
        (EditionSnapshot, ExplainedEdition), "a feed that was polled for it could not be read"
    ),
    "send": Result((Send, SentTest), _NOT_SENT, writes=True),
    "test": Result((ChannelTest,), "it is not sent", writes=True),
    "summaries test": Result((SummaryTrial,), "a request to a model failed", writes=True),
    "held": Result((Held, HeldDecision), writes=True),
    "deliveries": Result((Deliveries,), "there is no database yet"),
    "show": Result((Show,), "there is no database yet"),
    "retry": Result((Decided,), _NOT_SENT, writes=True),
    "drop": Result((Decided,), writes=True),
    "resend": Result((Decided,), _NOT_SENT, writes=True),
    "incidents": Result((Incidents,), "there is no database yet"),
    "explain": Result((Explain,), "nothing matches, or there is no database yet"),
    "status": Result(
        (Status,),
        "with --healthcheck: no daemon answers; with --exit-code: something needs attention",
    ),
    "reload": Result((Reloaded,), "no daemon runs, or it cannot take the file over"),
    "backup": Result((Backup,), "there is no database yet, or the copy could not be made"),
    "keys rotate": Result((KeysRotated,), writes=True),
    "feeds discover": Result((Discover,), "no feed was found"),
    "feeds test": Result((Examination,), "it is not a feed, or could not be read"),
    "feeds import": Result((Import,), "an address was left out"),
    "feeds export": Result((Export,)),
    "feeds list": Result((FeedList,)),
    "feeds kinds": Result((SourceKinds,)),
    "feeds add": Result((FeedAdded,), "no feed was found, or it cannot be read"),
    "feeds remove": Result((FeedChange,)),
    "feeds pause": Result((FeedChange,)),
    "feeds resume": Result((FeedChange,)),
    "recipients list": Result((Recipients,)),
    "recipients add": Result((Recipients,), writes=True),
    "recipients set": Result((Recipients,), writes=True),
    "recipients remove": Result((Recipients,), writes=True),
    "recipients restore": Result((Recipients,), writes=True),
    "recipients move": Result((RecipientsMove,), writes=True),
    "recipients forget": Result((RecipientsForget,), writes=True),
    "recipients allow": Result((RecipientsAllow,), writes=True),
    "recipients import": Result((RecipientsImport,), writes=True),
    "recipients export": Result((Recipients,)),
    "pair": Result((Pairings, PairingChanged), writes=True),
    "digests move": Result((DigestsMove,), writes=True),
    "digests forget": Result((DigestsForget,), writes=True),
    "templates list": Result((Themes,)),
    "templates export": Result((ThemeExport,)),
    "templates check": Result((TemplateCheck,)),
    "init": Result((Init,)),
    "service install": Result((ServiceState, ServiceText), "it does not run"),
    "service status": Result((ServiceState,), "it does not run, or is not installed"),
    "service remove": Result((ServiceRemoved,)),
    "demo": Result((Demo,), "the demo did not go as expected"),
}
# Why a command has none.
WITHOUT_RESULT = {
    "help": "what it prints is for people",
    "completion": "what it prints is a script, with `--json` and without",
    "schema": "what it prints is a JSON Schema, with `--json` and without",
    "schema output": "what it prints is a JSON Schema, with `--json` and without",
}
