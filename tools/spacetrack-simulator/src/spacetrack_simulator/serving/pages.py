"""Texts of the site."""

__all__ = [
    "LOCKED",
    "LOGIN_FAILED",
    "LOGIN_PAGE",
    "MAINTENANCE_PAGE",
    "NOT_LOGGED_IN",
    "NO_RESULTS",
    "RATE_LIMIT",
    "violation_mail",
]

LOGIN_FAILED = {"Login": "Failed"}
NOT_LOGGED_IN = {"error": "You must be logged in to complete this action"}
LOCKED = {"Login": "Failed", "error": "Your account has been suspended. Contact the site's administrator."}
NO_RESULTS = "NO RESULTS RETURNED"
RATE_LIMIT = (
    "You've violated your query rate limit.  Please refer to our Acceptable Use guidelines and adjust your scripts."
)
LOGIN_PAGE = """<!DOCTYPE html>
<html><head><title>Space-Track.Org</title></head>
<body><form action="/auth/login" method="post"><label>Username <input name="identity"></label>
<label>Password <input name="password" type="password"></label><button>Login</button></form></body></html>
"""
MAINTENANCE_PAGE = """<!DOCTYPE html>
<html><head><title>Maintenance</title></head>
<body><h1>Site maintenance</h1><p>The site is being worked on and will be back shortly.</p></body></html>
"""


def violation_mail(identity: str, rule: str, text: str) -> str:
    """Word the mail that tells an account's owner of a violation."""
    return f"Your username {identity} does not follow the usage policy ({rule}): {text}"
