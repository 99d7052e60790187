"""What only an operator knows, for the examples of `digest init --example`."""

from __future__ import annotations

WHAT_ONLY_YOU_KNOW = {
    "TIMEZONE": "Europe/Berlin",
    "PLACE": "Berlin, DE",
    "CALENDAR_URL": "https://calendar.example/private-4f9e8a7b6c5d4e3f2a1b/basic.ics",
    "TELEGRAM_BOT_TOKEN": "123456789:AAs3cr3t-t0k3n_of-thirty-five-letters",
    "TELEGRAM_CHAT": "77",
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/s3cr3t-slack",
    "DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/1503/s3cr3t-discord",
    "HOOK_URL": "https://n8n.example/webhook/s3cr3t-hook",
    "HOOK_SECRET": "whsec_s3cr3t+TheNewKey/TheNewKey0TheNe",
    "GITHUB_TOKEN": "ghp_s3cr3tGithub",
    "EMAIL": "ada@example.com",
    "ENGLISH_READER": "grandma@example.com",
    "GERMAN_READER": "oma@example.com",
    "SMTP_HOST": "smtp.example.com",
    "SMTP_USERNAME": "ada@example.com",
    "SMTP_PASSWORD": "s3cr3t-smtp",
    "IMAP_HOST": "imap.example.com",
    "IMAP_USERNAME": "ada@example.com",
    "IMAP_PASSWORD": "s3cr3t-imap",
    "VAULT": "notes",
}
