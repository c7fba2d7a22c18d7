"""The sprig function library (3.3), as expressions reach it through ``sprig.NAME``.

`SPRIG` maps names to functions. `UNAVAILABLE` lists functions of sprig that fail here with a clear
error: they need ciphers, certificates or the network. Argo itself leaves out ``env`` and ``expandenv``.
Source: sprig's documentation and its behaviour. Texts are cut by bytes where Go cuts bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import Fault
from workflows.expr.signature import checked
from workflows.expr.sprig import (
    crypto,
    data,
    dates,
    defaults,
    dicts,
    lists,
    numbers,
    paths,
    regexes,
    semver,
    strings,
    urls,
)
from workflows.expr.values import Function

#: in sprig, but not here; derivePassword and htpasswd cannot be called from expressions in Argo either,
#: because no value of an expression has their parameter types
UNAVAILABLE: Final = frozenset({
    "bcrypt", "derivePassword", "htpasswd", "genPrivateKey", "buildCustomCert", "genCA", "genCAWithKey",
    "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "encryptAES",
    "decryptAES", "getHostByName",
})  # fmt: skip


def _unavailable(name: str) -> Function:
    def call(run: Any, *arguments: Any) -> Any:
        raise Fault(f"sprig.{name} is not available")

    return Function(name, call)


def _available(name: str, entry: tuple[str, Callable[..., Any]]) -> Function:
    parameters, function = entry
    return Function(name, checked(parameters, function), f"func({parameters})")


_MODULES: Final = (
    crypto, data, dates, defaults, dicts, lists, numbers, paths, regexes, semver, strings, urls,
)  # fmt: skip

SPRIG: Final[dict[str, Function]] = {
    **{name: _unavailable(name) for name in sorted(UNAVAILABLE)},
    **{name: _available(name, entry) for module in _MODULES for name, entry in module.FUNCTIONS.items()},
}
