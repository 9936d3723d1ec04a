"""The reverse proxy: TLS only, whole bodies, and no private address in any log."""

import re

import pytest
from fastapi.routing import iter_route_contexts
from tests.deploy.files import DEPLOY, example, filled, keys_for, settings_in

from multiagency.app import build_app
from multiagency.web.middleware import LARGEST_BODY, LARGEST_UPLOAD, Shield

NGINX = (DEPLOY / "nginx" / "multiagency.conf").read_text()
TELLS_AN_ADDRESS = re.compile(
    r"\$(request\b|request_uri|uri|document_uri|args|query_string|arg_|http_|cookie_|is_args)"
)


def without_comments(conf: str) -> str:
    return re.sub(r"#.*", "", conf)


def locations(conf: str) -> dict[str, str]:
    return dict(re.findall(r"location (?:\^~ |= )?(\S+) \{([^}]*)\}", without_comments(conf)))


def leaks(conf: str, private: set[str]) -> list[str]:
    """Return every way in which this configuration writes down a private address."""
    plain, places = without_comments(conf), locations(conf)
    found = [f"log format: {line}" for line in re.findall(r"log_format [^;]*;", plain) if TELLS_AN_ADDRESS.search(line)]
    for words in re.findall(r"access_log ([^;]*);", plain):
        if words != "off" and words.split()[1:] != ["multiagency"]:
            found.append(f"access log: {words}")
    for words in re.findall(r"error_log ([^;]*);", plain):
        if words.split()[-1] not in {"crit", "alert", "emerg"}:
            found.append(f"error log: {words}")
    if "error_log" not in plain.split("location")[0]:
        found.append("error log: the default one")
    for prefix in private:
        place = next((body for path, body in places.items() if prefix.startswith(path) and path != "/"), "")
        if "access_log off;" not in place or "error_log /dev/null emerg;" not in place:
            found.append(f"not silent: {prefix}")
    return found


@pytest.fixture
def private(tmp_path):
    """The fixed beginning of every path that holds a private address, as the application has them."""
    keys_for("web", tmp_path / "keys")
    app = build_app(filled("web", tmp_path / "keys")).app
    paths = {context.path for context in iter_route_contexts(app.routes) if "{address}" in context.path}
    assert len(paths) >= 4
    return {path.partition("{address}")[0] for path in paths}


def test_the_proxy_writes_no_private_address(private):
    assert leaks(NGINX, private) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("$request_method", "$request_method $uri"),
        ("$request_method", '"$request"'),
        ("$status", "$status $http_referer"),
        ("multiagency.log multiagency;", "multiagency.log;"),
        ("multiagency.log multiagency;", "multiagency.log combined;"),
        ("-error.log crit;", "-error.log error;"),
        ("-error.log crit;", "-error.log;"),
        ("error_log /var/log/nginx/multiagency-error.log crit;", ""),
        ("location ^~ /j/ {\n        access_log off;", "location ^~ /j/ {\n"),
        ("location ^~ /api/v1/invitations {", "location ^~ /elsewhere {"),
        ("error_log /dev/null emerg;", "error_log /var/log/nginx/multiagency-error.log crit;"),
    ],
)
def test_a_proxy_that_writes_one_is_noticed(private, good, bad):
    assert good in NGINX
    assert leaks(NGINX.replace(good, bad), private) != []


def test_the_proxy_listens_with_tls_only():
    listening = re.findall(r"listen ([^;]*);", without_comments(NGINX))
    assert listening
    assert all("ssl" in words.split() and words.split()[0].endswith("443") for words in listening)


def test_the_proxy_says_what_the_application_says_about_https():
    said = dict(Shield(None, "https://a.example", None)._headers)[b"strict-transport-security"].decode()
    assert f'add_header Strict-Transport-Security "{said}" always;' in NGINX
    assert "proxy_hide_header Strict-Transport-Security;" in NGINX


def test_the_proxy_hands_on_whole_bodies_and_keeps_them_off_the_disk():
    plain = without_comments(NGINX)
    assert "proxy_request_buffering on;" in plain
    assert "proxy_max_temp_file_size 0;" in plain
    largest, in_memory = (re.search(rf"{name} (\d+)m;", plain) for name in ("max_body_size", "body_buffer_size"))
    assert largest[1] == in_memory[1]
    assert int(largest[1]) * 1024 * 1024 >= LARGEST_BODY


def test_the_proxy_takes_a_scan_and_keeps_it_off_the_disk():
    place = re.search(r"location ~ (\S+) \{([^}]*)\}", without_comments(NGINX))
    assert re.fullmatch(place[1], "/cases/ABCD-EFGH/consent/scan")
    assert not re.fullmatch(place[1], "/cases/ABCD-EFGH/consent/scan/else")
    largest, in_memory = (re.search(rf"{name} (\d+)m;", place[2]) for name in ("max_body_size", "body_buffer_size"))
    assert largest[1] == in_memory[1]
    assert int(largest[1]) * 1024 * 1024 >= LARGEST_UPLOAD


def test_the_proxy_reaches_the_web_process():
    web = settings_in(example("web"))
    assert set(re.findall(r"proxy_pass ([^;]*);", NGINX)) == {f"http://{web['host']}:{web['port']}"}
    assert f"server_name {web['base_url'].removeprefix('https://')};" in NGINX
