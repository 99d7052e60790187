"""The settings of channels that post to Microsoft Teams."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, field_validator

from digest.config.channels.base import WEBHOOK_WORDS, ChannelSettings, Hook
from digest.config.fields import SecretUrl
from digest.config.secrets import MissingSecret

# https://devblogs.microsoft.com/microsoft365dev/retirement-of-office-365-connectors-within-microsoft-teams
_RETIRED = re.compile(r"https://([\w-]+\.)*(webhook\.office\.com|outlook\.office(365)?\.com)/.*")


class TeamsSettings(ChannelSettings):
    """A channel that posts to Microsoft Teams, through the webhook of a workflow."""

    kind: Literal["teams"]
    webhook_url: SecretUrl = Field(description="The address of the workflow's trigger; a secret.")

    synonyms: ClassVar[dict[str, str]] = {
        "webhook_url": f"{WEBHOOK_WORDS} workflow_url workflow flow_url flow connector",
    }
    hook: ClassVar[Hook | None] = Hook(
        *("webhook_url", "colleagues", "The address of the Teams workflow"),
        pattern=(
            r"https://([\w-]+\.)+(logic\.azure\.(com|us|cn)|api(\.gov)?\.powerplatform\.(com|us))"
            r"(:\d+)?/.*"
        ),
    )
    rank: ClassVar[int] = 60
    remedy: ClassVar[str] = (
        "look in Teams, in the app Workflows, whether the workflow is still there and switched on"
        " (it is switched off when its owner leaves), or make a new one and copy its whole address"
    )

    @field_validator("webhook_url")
    @classmethod
    def _not_retired(cls, url: SecretStr) -> SecretStr:
        if not isinstance(url, MissingSecret) and _RETIRED.fullmatch(url.get_secret_value()):
            raise ValueError(
                "must be the address of a workflow; connectors (webhook.office.com) were retired:"
                " in Teams choose Workflows in the menu of the channel, then 'Send webhook alerts"
                " to a channel', and copy the address that it shows"
            )
        return url
