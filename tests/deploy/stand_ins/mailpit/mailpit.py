#!/usr/bin/env python3
"""Catches mails and answers `readyz` and `/api/v1/messages` in Mailpit's way. For Python 3.11, which has smtpd."""

import asyncore
import email
import email.policy
import json
import smtpd
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SMTP, PAGES = ("0.0.0.0", 1025), ("0.0.0.0", 8025)
caught = []


class Catcher(smtpd.SMTPServer):
    """Takes every mail."""

    def process_message(self, _peer, mailfrom, rcpttos, data, **_options):
        """Keep what a list of messages shows of a mail."""
        message = email.message_from_bytes(data, policy=email.policy.default)
        caught.append(
            {
                "MessageID": str(message["message-id"]).strip("<>"),
                "Subject": str(message["subject"]),
                "From": {"Address": mailfrom},
                "To": [{"Address": address} for address in rcpttos],
            }
        )


class Pages(BaseHTTPRequestHandler):
    """The list of messages, and whether it can be had."""

    def do_GET(self):
        """Answer."""
        answer = {"total": len(caught), "messages": caught} if self.path.startswith("/api/v1/messages") else "ok"
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Log nothing."""


if sys.argv[1:] == ["readyz"]:
    urllib.request.urlopen("http://127.0.0.1:8025/readyz", timeout=3)
    sys.exit(0)
Catcher(SMTP, None, enable_SMTPUTF8=True)
threading.Thread(target=ThreadingHTTPServer(PAGES, Pages).serve_forever, daemon=True).start()
asyncore.loop()
