"""What can be asked for behind a question mark on the auditors' pages: none of it is for anybody else."""

_WHY = "auditors only; test_export_and_entries_tell_no_case and tests/oversight"
_FILTER = ("case", "person", "agency", "act", "mode", "basis", "subject", "staff")
_FILTER += ("since", "since_hour", "until", "until_hour", "hour")
_ENTRIES = ("/audit", "/api/v1/audit/entries")
_ASKED = {
    **dict.fromkeys(_ENTRIES, (*_FILTER, "before")),
    **dict.fromkeys(("/audit/export", "/audit/export.csv", "/audit/export.pdf"), _FILTER),
    **{f"{start}/audit/picture": ("weeks", "until", "agency", "person") for start in ("", "/api/v1")},
    **{f"{start}/audit/rights": ("at", "case", "person") for start in ("", "/api/v1")},
    "/audit/entries/{entry}": ("rule",),
}
LOG_QUESTIONS = {f"GET {path} {name}": _WHY for path, names in _ASKED.items() for name in names}
LOG_QUESTIONS |= {f"{method} /log-requests/{{log_request}}/entries page_number": _WHY for method in ("GET", "POST")}

LIVE_QUESTIONS = {
    "GET /meetings/{meeting}/chair/events known": "a digest that one's own page carries: tests/meetings/test_live.py"
}
"""What a page that follows a meeting asks with."""
