"""Names of operations in the OpenAPI description, after view and method: they outlive new addresses."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema

_VERBS = {"GET": "get", "PUT": "replace", "DELETE": "delete"}
_LIST_VERBS = {"GET": "list", "POST": "create"}


class OperationNames(AutoSchema):
    def get_operation_id(self) -> str:
        """RunListView.get is listRuns, RunView.get is getRun, StopView.post is stop.

        A view that serves several kinds is named after the kind, too.
        """
        name = type(self.view).__name__.removesuffix("View")
        kind = getattr(self.view, "kind", "")
        if kind not in name:
            name = name.replace("Revision", f"{kind}Revision")
        if name.endswith("List"):
            one = name.removesuffix("List")
            return f"{_LIST_VERBS[self.method]}{one}" + ("s" if self.method == "GET" else "")
        verb = _VERBS.get(self.method)
        return f"{verb}{name}" if verb else f"{name[0].lower()}{name[1:]}"

    def get_description(self) -> str:  # type: ignore[override]
        """Docstrings are for those who read the code; the summary says what callers need."""
        return ""

    def get_tags(self) -> list[str]:
        """The module of the view is its subject."""
        return [type(self.view).__module__.rpartition(".")[2]]
