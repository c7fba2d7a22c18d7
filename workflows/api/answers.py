"""What the API answers, for its OpenAPI description only: answers are plain values made by `wire`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workflows.wire import ROW
from workflows.wire.actions import ACTIONS

_Text = serializers.CharField
_Number = serializers.IntegerField


class Fault(serializers.Serializer[Any]):
    code = _Text()
    message = _Text()
    severity = serializers.ChoiceField(choices=["error", "warning"])
    document = _Number(help_text="counts the documents of the text from 0")
    path = _Text(help_text="such as spec.templates[0].steps[1][0].template")
    line = _Number(help_text="counts from 1, 0 when unknown")
    column = _Number()
    remedy = _Text()


class ProblemDetails(serializers.Serializer[Any]):
    """RFC 9457. Match on `code`; texts may change."""

    type = _Text()
    title = _Text()
    status = _Number()
    code = _Text()
    detail = _Text()
    instance = _Text(required=False)
    problems = Fault(many=True, required=False)
    fields = serializers.DictField(required=False)  # type: ignore[assignment]


class Faults(serializers.Serializer[Any]):
    problems = Fault(many=True)


class Verdict(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    code = _Text(required=False)
    reason = _Text(required=False)


def _allowed_actions() -> type[serializers.Serializer[Any]]:
    return type("AllowedActions", (serializers.Serializer,), {action: Verdict() for action in ACTIONS})


AllowedActions = _allowed_actions()


class RunMetadata(serializers.Serializer[Any]):
    name = _Text()
    namespace = _Text()
    uid = _Text()
    creationTimestamp = serializers.DateTimeField()
    labels = serializers.DictField(child=_Text())
    annotations = serializers.DictField(child=_Text(), required=False)


class RunStatus(serializers.Serializer[Any]):
    phase = _Text(help_text="empty until the engine has taken up the run")
    startedAt = serializers.DateTimeField(allow_null=True)
    finishedAt = serializers.DateTimeField(allow_null=True)
    message = _Text(required=False)
    progress = _Text(required=False, help_text="N/M, not in lists")
    outputs = serializers.DictField(required=False)
    conditions = serializers.ListField(required=False)
    nodes = serializers.DictField(required=False, help_text="Argo's NodeStatus by node id, not in lists")


class UsedTemplate(serializers.Serializer[Any]):
    """A stored object that a run has a copy of."""

    kind = _Text()
    name = _Text()
    revision = _Number()


class RunExtra(serializers.Serializer[Any]):
    """What Argo has no field for."""

    seq = _Number(help_text="grows with every change of the run")
    attempt = _Number(help_text="how often the run was retried by hand")
    templates = UsedTemplate(many=True, required=False, help_text="not in lists")
    nodeCount = _Number()
    phaseCounts = serializers.DictField(child=_Number())
    suspended = serializers.BooleanField()
    shutdown = _Text()
    creator = _Text()
    allowedActions = AllowedActions()


class Workflow(serializers.Serializer[Any]):
    """Argo's Workflow object; lists leave out its spec and nodes."""

    apiVersion = _Text()
    kind = _Text()
    metadata = RunMetadata()
    spec = serializers.DictField(required=False)
    status = RunStatus()
    sluice = RunExtra()


class RunPage(serializers.Serializer[Any]):
    items = Workflow(many=True)
    next = _Text(allow_null=True, help_text="`cursor` of the next page, null on the last")


class Submitted(serializers.Serializer[Any]):
    """`warnings` are what the linter has to say about a text that it lets pass."""

    runs = Workflow(many=True)
    warnings = Fault(many=True)


class DryRun(serializers.Serializer[Any]):
    """What would have been stored. Nothing was."""

    runs = serializers.ListField(
        child=serializers.DictField(),
        help_text="Workflow objects after all overrides; what a stored template adds is in "
        "`status.storedWorkflowTemplateSpec`",
    )
    warnings = Fault(many=True)


_COLUMNS_HELP = f"one list per column, all of length `count`, empty without rows: {', '.join(ROW)}"


class Graph(serializers.Serializer[Any]):
    """Nodes by columns. Forget all you hold when `since` is 0, drop `deleted`, then put the rows by idx."""

    since = _Number()
    seq = _Number()
    count = _Number()
    columns = serializers.DictField(child=serializers.ListField(), help_text=_COLUMNS_HELP)
    deleted = serializers.ListField(child=_Number())


class NodeExtra(serializers.Serializer[Any]):
    idx = _Number()
    attempt = _Number()
    parents = serializers.ListField(child=_Text())
    seq = _Number()
    waiting = serializers.DictField(allow_null=True)


class NodeStatus(serializers.Serializer[Any]):
    """Argo's NodeStatus; empty fields are left out."""

    id = _Text()
    name = _Text()
    displayName = _Text(required=False)
    type = _Text()
    phase = _Text()
    templateName = _Text(required=False)
    templateRef = serializers.DictField(required=False)
    templateScope = _Text(required=False)
    boundaryID = _Text(required=False)
    message = _Text(required=False)
    startedAt = serializers.DateTimeField(allow_null=True)
    finishedAt = serializers.DateTimeField(allow_null=True)
    inputs = serializers.DictField(required=False)
    outputs = serializers.DictField(required=False)
    children = serializers.ListField(child=_Text(), required=False)
    outboundNodes = serializers.ListField(child=_Text(), required=False)
    nodeFlag = serializers.DictField(required=False)
    hostNodeName = _Text(required=False)
    sluice = NodeExtra()


class NamespaceRights(serializers.Serializer[Any]):
    name = _Text()
    rights = serializers.ListField(child=_Text())


class Me(serializers.Serializer[Any]):
    username = _Text()
    namespaces = NamespaceRights(many=True)


class Namespaces(serializers.Serializer[Any]):
    items = NamespaceRights(many=True)


class SettingsLink(serializers.Serializer[Any]):
    name = _Text()
    scope = _Text()
    url = _Text(help_text="${…} in it are fields of what it is shown with")
    target = _Text(required=False, help_text="of the anchor, such as _blank")


class Links(serializers.Serializer[Any]):
    links = SettingsLink(many=True)


class SettingsColumn(serializers.Serializer[Any]):
    """A label or annotation that lists of runs are to show."""

    name = _Text()
    type = serializers.ChoiceField(choices=["label", "annotation"])
    key = _Text()


class Info(serializers.Serializer[Any]):
    version = _Text()
    argoVersion = _Text(help_text="whose manifests are understood")
    links = SettingsLink(many=True)
    columns = SettingsColumn(many=True)
    navColor = _Text()


class ArgoInfo(serializers.Serializer[Any]):
    managedNamespace = _Text()
    modals = serializers.DictField(child=serializers.BooleanField())
    links = SettingsLink(many=True)
    columns = SettingsColumn(many=True)
    navColor = _Text()


class ArgoVersion(serializers.Serializer[Any]):
    version = _Text()
    buildDate = _Text()
    gitCommit = _Text()
    gitTag = _Text()
    gitTreeState = _Text()
    goVersion = _Text()
    compiler = _Text()
    platform = _Text()


class ArgoUserInfo(serializers.Serializer[Any]):
    issuer = _Text()
    subject = _Text()
    name = _Text()
    email = _Text()
    emailVerified = serializers.BooleanField()
    groups = serializers.ListField(child=_Text())
    serviceAccountName = _Text()
    serviceAccountNamespace = _Text()


class Example(serializers.Serializer[Any]):
    name = _Text()
    title = _Text()
    description = _Text()
    text = _Text()


class Examples(serializers.Serializer[Any]):
    examples = Example(many=True)


class Token(serializers.Serializer[Any]):
    id = _Number()
    name = _Text()
    prefix = _Text()
    createdAt = serializers.DateTimeField()
    expiresAt = serializers.DateTimeField(allow_null=True)
    lastUsedAt = serializers.DateTimeField(allow_null=True)


class Tokens(serializers.Serializer[Any]):
    tokens = Token(many=True)


class NewToken(Token):
    token = _Text(help_text="shown this once")


class StoredTemplate(serializers.Serializer[Any]):
    kind = _Text()
    namespace = _Text(allow_null=True)
    name = _Text()
    revision = _Number(help_text="of its present state; the ETag of the object")
    labels = serializers.DictField(child=_Text())
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class StoredTemplates(serializers.Serializer[Any]):
    items = StoredTemplate(many=True)
    next = _Number(allow_null=True, help_text="`offset` of the next page, null on the last")


class StoredTemplateDetail(StoredTemplate):
    source = _Text(help_text="as its author wrote it")  # type: ignore[assignment]
    manifest = serializers.DictField()
