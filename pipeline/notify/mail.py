"""E-mail over SMTP: plain text and HTML, one recipient, with a Message-ID that stays the same for the same key."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import Any, Final, Literal

from pipeline.notify.channel import SECONDS, NotDelivered, Notice

Security = Literal["insecure", "starttls", "ssl"]
PERMANENT: Final = frozenset({550, 551, 553})
"""The mailbox is not there (RFC 5321 §4.2.3)."""


@dataclass(frozen=True)
class Mail:
    """A mailbox and the server that takes mail for it."""

    host: str
    port: int
    security: Security
    sender: tuple[str, str]
    """Name and address."""
    recipient: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    verify: bool = True

    def send(self, notice: Notice) -> None:
        """Hands one mail over. Raises NotDelivered."""
        try:
            with self._server() as server:
                if self.user:
                    server.login(self.user, self.password or "")
                server.send_message(self._mail(notice), self.sender[1], [self.recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise NotDelivered(f"the mail server refused the recipient ({code})", permanent=code in PERMANENT) from None
        except smtplib.SMTPResponseException as error:
            raise NotDelivered(f"the mail server answered {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise NotDelivered(f"the mail server cannot be used ({type(error).__name__})") from None

    def _server(self) -> smtplib.SMTP:
        trust = ssl.create_default_context()
        if not self.verify:
            trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        if self.security == "ssl":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=trust)
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        if self.security == "starttls":
            try:
                server.starttls(context=trust)
            except BaseException:
                server.close()
                raise
        return server

    def _mail(self, notice: Notice) -> EmailMessage:
        mail = EmailMessage()
        name, address = self.sender
        mail["From"] = Address(name or "Minyi", addr_spec=address)
        mail["To"] = Address(addr_spec=self.recipient)
        mail["Subject"] = notice.subject
        mail["Date"] = format_datetime(localtime())
        mail["Message-ID"] = notice.message_id
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(notice.text)
        mail.add_alternative(notice.html, subtype="html")
        return mail


def mail_of(plugin: Any) -> Mail:
    """The mailbox behind a ``mailto://`` address that Apprise has read. Raises ValueError (E850) unless it is one."""
    to = [address for _, address in plugin.targets]
    if len(to) != 1 or plugin.cc or plugin.bcc:
        raise ValueError("E850: a subscription has one mailbox (?to=…): make one for each, so that none is told twice")
    name, sender = plugin.from_addr
    return Mail(
        host=plugin.smtp_host,
        port=plugin.port,
        security=str(plugin.secure_mode),  # type: ignore[arg-type]
        sender=(name or "Minyi", sender),
        recipient=to[0],
        user=plugin.user,
        password=plugin.password,
        verify=plugin.verify_certificate,
    )
