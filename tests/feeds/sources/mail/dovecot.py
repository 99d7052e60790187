"""A Dovecot of one's own on this machine: everybody has an account, with one password."""

from __future__ import annotations

import grp
import hmac
import json
import os
import pwd
import signal
import socket
import subprocess
import tempfile
import time
from base64 import b64encode, urlsafe_b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imap_tools import MailBoxUnencrypted

    from tests.certificates import Certificate

DOVECOT = Path("/usr/sbin/dovecot")
PASSWORD = "s3cret-passw0rd"
KEY = b"k" * 32
# Connections of one account.
MOST = 3
CONFIGURATION = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_location = maildir:{folder}/homes/%u/Maildir
mail_max_userip_connections = {most}
first_valid_uid = 1
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/homes/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
# A token is a JWT (RFC 7519) that is signed with the key.
OAUTH2 = """\
introspection_mode = local
username_attribute = sub
local_validation_key_dict = fs:posix:prefix={folder}/keys/
"""


@dataclass(frozen=True)
class Dovecot:
    """A running instance: its ports, where mail is in clear and with TLS, and who signed for it."""

    port: int
    tls_port: int
    authority: Certificate

    def settings(self, user: str, **more: Any) -> dict[str, Any]:
        """An account as `feeds` has it."""
        return {
            "kind": "mail",
            "host": "127.0.0.1",
            "port": self.tls_port,
            "username": user,
            "password": PASSWORD,
            "ca_file": str(self.authority.path),
            "senders": "*@a.example",
            **more,
        }

    @contextmanager
    def account(self, user: str) -> Iterator[MailBoxUnencrypted]:
        """An account as its owner has it open."""
        from imap_tools import MailBoxUnencrypted

        with MailBoxUnencrypted("127.0.0.1", self.port).login(user, PASSWORD) as opened:
            yield opened


@contextmanager
def running_dovecot(certificate: Certificate, authority: Certificate) -> Iterator[Dovecot]:
    """Start one as a process of somebody without rights, and stop it at the end."""
    version = subprocess.run([DOVECOT, "--version"], capture_output=True, text=True, check=True)
    if not version.stdout.startswith("2.3."):
        pytest.skip(
            f"the configuration is for Dovecot 2.3, and this is {version.stdout.split()[0]}"
        )
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    rights: dict[str, Any] = (
        {"user": user.pw_uid, "group": user.pw_gid} if os.geteuid() == 0 else {}
    )
    # It takes seconds to end, for which nobody waits, and may write until then.
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as name:
        folder, ports = Path(name), free_ports()
        configure(folder, user, ports, certificate)
        # What it says goes to a file: it stays, and would keep a pipe open.
        with (folder / "said").open("ab") as said:
            command: list[str | Path] = [DOVECOT, "-c", folder / "conf"]
            done = subprocess.run(
                command, stderr=said, timeout=limits.seconds(30), check=False, **rights
            )
        assert not done.returncode, (folder / "said").read_text("utf-8")
        try:
            yield Dovecot(*ports, authority)
        finally:
            os.kill(int((folder / "run/master.pid").read_text()), signal.SIGTERM)


def configure(
    folder: Path, user: pwd.struct_passwd, ports: tuple[int, int], certificate: Certificate
) -> None:
    (folder / "cert.pem").write_bytes(certificate.path.read_bytes())
    (folder / "key.pem").write_bytes(certificate.key.read_bytes())
    (folder / "keys/default/HS256").mkdir(parents=True)
    (folder / "keys/default/HS256/default").write_bytes(b64encode(KEY))
    text = CONFIGURATION.format(
        folder=folder,
        user=user.pw_name,
        group=grp.getgrgid(user.pw_gid).gr_name,
        uid=user.pw_uid,
        gid=user.pw_gid,
        port=ports[0],
        tls_port=ports[1],
        password=PASSWORD,
        most=MOST,
    )
    (folder / "conf").write_text(text)
    (folder / "oauth2").write_text(OAUTH2.format(folder=folder))
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)


def token_of(user: str) -> str:
    """An access token of an account, good for some minutes."""
    now = int(time.time())
    claims = {"sub": user, "iat": now - 60, "exp": now + 600}
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    signed = b".".join(_base64(json.dumps(part).encode()) for part in parts)
    return (signed + b"." + _base64(hmac.digest(KEY, signed, "sha256"))).decode()


def _base64(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        socket.create_server(("127.0.0.1", 0)) as second,
    ):
        return first.getsockname()[1], second.getsockname()[1]
