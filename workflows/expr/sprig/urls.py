"""sprig's URLs, read and written as Go's net/url does. Source: sprig documentation, "URL Functions"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, unquote

from workflows.expr.errors import Fault
from workflows.expr.formatting import quote_go
from workflows.expr.run import Run
from workflows.expr.values import kind_name

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_BAD_HOST: Final = re.compile(r"[\x00-\x20#/?@\\^`{|}]")
_PORT: Final = re.compile(r"(?::[0-9]*)?")
_PATH_SAFE: Final = "/$&+,:;=@!'()*~"
_FRAGMENT_SAFE: Final = "/?$&+,:;=@!'()*~"
_HOST_SAFE: Final = "!$&'()*+,;=:[]<>\"~"
_USER_SAFE: Final = "$&+,;=~"
_PARTS: Final = ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo")


def _checked(text: str, url: str) -> str:
    """Percent-decode, refusing broken escapes."""
    bad = _BAD_ESCAPE.search(text)
    if bad is not None:
        raise Fault(f"unable to parse url: parse {quote_go(url)}: invalid URL escape {quote_go(bad.group())}")
    return unquote(text, errors="replace")


def _refuse(url: str, problem: str) -> Fault:
    return Fault(f"unable to parse url: parse {quote_go(url)}: {problem}")


def parse_url(url: str) -> dict[str, str]:
    """The parts of a URL by sprig's names; raises a `Fault` with Go's text."""
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in url):
        raise _refuse(url, "net/url: invalid control character in URL")
    parts = dict.fromkeys(_PARTS, "")
    rest, _, fragment = url.partition("#")
    parts["fragment"] = _checked(fragment, url)
    scheme = _SCHEME.match(rest)
    if scheme is not None:
        parts["scheme"] = scheme.group()[:-1].lower()
        rest = rest[scheme.end() :]
    elif rest.startswith(":"):
        raise _refuse(url, "missing protocol scheme")
    rest, _, parts["query"] = rest.partition("?")
    if not rest.startswith("/"):
        if parts["scheme"]:
            return {**parts, "opaque": rest}
        if ":" in rest.partition("/")[0]:
            raise _refuse(url, "first path segment in URL cannot contain colon")
    if rest.startswith("//") and (parts["scheme"] or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        parts["userinfo"], parts["host"] = _authority(authority, url)
        rest = slash + path
    parts["path"] = _checked(rest, url)
    return parts


def _authority(authority: str, url: str) -> tuple[str, str]:
    user, at, host = authority.rpartition("@")
    if at and re.fullmatch(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*", user) is None:
        raise _refuse(url, "net/url: invalid userinfo")
    bad = _BAD_HOST.search(host)
    if bad is not None:
        raise _refuse(url, f"invalid character {quote_go(bad.group())} in host name")
    closing = host.rfind("]")
    if host.startswith("[") and closing < 0:
        raise _refuse(url, "missing ']' in host")
    port = host[closing + 1 :] if host.startswith("[") else host[host.rfind(":") :] if ":" in host else ""
    if _PORT.fullmatch(port) is None:
        raise _refuse(url, f"invalid port {quote_go(port)} after host")
    name, colon, secret = user.partition(":")
    shown = quote(_checked(name, url), safe=_USER_SAFE)
    if colon:
        shown += ":" + quote(_checked(secret, url), safe=_USER_SAFE)
    return shown, _checked(host, url)


def _hostname(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() | (port == "") else host


def _url_parse(run: Run, url: str) -> dict[str, Any]:
    run.text(len(url) * 2)
    parts = parse_url(url)
    return {**parts, "hostname": _hostname(parts["host"])}


def _url_join(run: Run, parts: dict[str, Any]) -> str:
    scheme, host, path, query, opaque, fragment, userinfo = (_part(parts, name) for name in _PARTS)
    run.text(3 * sum(map(len, (scheme, host, path, query, opaque, fragment, userinfo))))
    text = f"{scheme}:" if scheme else ""
    if opaque:
        text += opaque
    else:
        text += _hierarchy(scheme, host, path, _user(userinfo))
    text += f"?{query}" if query else ""
    return text + (f"#{quote(fragment, safe=_FRAGMENT_SAFE)}" if fragment else "")


def _hierarchy(scheme: str, host: str, path: str, user: str) -> str:
    text = ""
    if scheme or host or user:
        if host or path or user:
            text += "//"
        text += f"{user}@" if user else ""
        text += quote(host, safe=_HOST_SAFE)
    escaped = quote(path, safe=_PATH_SAFE)
    if escaped and not escaped.startswith("/") and host:
        text += "/"
    if not text and ":" in escaped.partition("/")[0]:
        text += "./"
    return text + escaped


def _user(userinfo: str) -> str:
    if not userinfo:
        return ""
    try:
        return parse_url(f"proto://{userinfo}@host")["userinfo"]
    except Fault as fault:
        raise Fault(fault.message.replace("parse url", "parse userinfo in dict", 1)) from None


def _part(parts: dict[str, Any], name: str) -> str:
    value = parts.get(name, "")
    if type(value) is not str:
        raise Fault(f"unable to parse {name} key, must be of type string, but {kind_name(value)} found")
    return value


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "urlParse": ("string", _url_parse),
    "urlJoin": ("map[string]any", _url_join),
}
