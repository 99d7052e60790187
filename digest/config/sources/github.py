"""The settings of sources that list what is new on GitHub."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from digest.config.fields import Texts, Title
from digest.config.secrets import Secret
from digest.config.sources.base import Identity, SourceSettings

_OWNER = r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}"
_REPOSITORY = re.compile(rf"{_OWNER}/[A-Za-z0-9._-]{{1,100}}")
_ORGANISATION = re.compile(_OWNER)
_OF_READER = "notifications"
_OF_ORGANISATIONS = ("releases", "issues")
_IN_FEEDS = {"releases", "tags", "commits", "discussions"}
_BETTER_IN_API = {"releases", "commits"}
# What a setting other than the default goes with.
_GOES_WITH = {"branch": ("commits",), "labels": ("issues",), "prereleases": ("releases", "tags")}


class GithubSettings(SourceSettings):
    """What is new in repositories on GitHub, or the reader's own notifications there."""

    example: ClassVar[str] = "github:astral-sh/uv"

    kind: Literal["github"]
    repo: Texts = Field(
        (), description="`owner/name`, or a list of them, which is a source for each."
    )
    org: Title | None = Field(
        None, description="Instead of `repo`: the organisation, for its releases or issues."
    )
    what: Literal[
        "releases",
        "tags",
        "commits",
        "issues",
        "discussions",
        "advisories",
        "notifications",
    ] = Field("releases", description="What to list, as in `github:owner/name:commits`.")
    prereleases: bool = Field(
        default=False, description="Whether releases and tags that are not final count too."
    )
    labels: Texts = Field((), description="Only issues that have all of these labels.")
    branch: Title | None = Field(
        None, description="The branch of commits; default: the repository's own."
    )
    token: Secret | None = Field(
        None, description="A personal access token; for private repositories and notifications."
    )

    identity: Identity = Field(
        "guid", description="What tells entries apart; guid: GitHub's own id."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "repo": "repository repositories repos project projects",
        "org": "organisation organization owner",
        "what": "events event list watch",
        "prereleases": "prerelease pre_releases include_prereleases",
        "branch": "ref sha",
        "token": "github_token access_token api_key api_token auth pat",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """Releases, as in `github:owner/name`, or what is named: `github:owner/name:issues`.

        A branch follows commits, as in `github:owner/name:commits:main`. An owner alone, as in
        `github:owner`, is an organisation.
        """
        name, *more = argument.split(":", 2)
        if name == _OF_READER:
            return {"what": name}
        settings: dict[str, Any] = {"repo" if "/" in name else "org": name}
        return settings | dict(zip(("what", "branch"), more, strict=False))

    @property
    def address(self) -> str:
        """Its kind, its repository and what of it; names are the same in any case."""
        name = self.org or next(iter(self.repo), _OF_READER)
        plain = self.what in {"releases", _OF_READER}
        parts = (self.kind, name.lower(), "" if plain else self.what, self.branch or "")
        return ":".join(filter(None, parts))

    @property
    def uses_api(self) -> bool:
        """Whether the API is asked, and not a feed, which is enough for some without a token."""
        if self.org or self.what not in _IN_FEEDS:
            return True
        return self.token is not None and self.what in _BETTER_IN_API

    def sources(self) -> tuple[Self, ...]:
        """One for each repository."""
        if len(self.repo) < 2:
            return (self,)
        return tuple(self.model_copy(update={"repo": (name,)}) for name in self.repo)

    @field_validator("repo")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not _REPOSITORY.fullmatch(name):
                raise ValueError(f"must be owner/name, as in astral-sh/uv, and not {name!r}")
        return tuple({name.lower(): name for name in names}.values())

    @field_validator("org")
    @classmethod
    def _one_owner(cls, name: str | None) -> str | None:
        if name is not None and not _ORGANISATION.fullmatch(name):
            raise ValueError("must be the name of an organisation; owner/name goes into repo")
        return name

    @model_validator(mode="after")
    def _which(self) -> Self:
        if self.what == _OF_READER and (self.repo or self.org):
            raise ValueError("what: notifications are the reader's own; leave out repo and org")
        if self.what != _OF_READER and bool(self.repo) == bool(self.org):
            raise ValueError("give repo or org, and not both")
        if self.org and self.what not in _OF_ORGANISATIONS:
            raise ValueError(f"org goes with what: releases or issues; list repo for {self.what}")
        if self.name and len(self.repo) > 1:
            raise ValueError("a name goes with one repository; give a list tags instead")
        return self

    @model_validator(mode="after")
    def _of_use(self) -> Self:
        for name, uses in _GOES_WITH.items():
            if getattr(self, name) and self.what not in uses:
                raise ValueError(f"{name} goes with what: {' or '.join(uses)}")
        return self

    @model_validator(mode="after")
    def _can_be_asked(self, info: ValidationInfo) -> Self:
        """A file has to say how it is asked; who only names a source need not."""
        if self.what == _OF_READER and not self.token and info.context:
            raise ValueError("what: notifications needs a token; give token or token_file")
        return self
