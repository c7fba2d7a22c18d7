"""Bodies and queries the API accepts, field by field. Not for manifests: those are checked by `spec`."""

from __future__ import annotations

from typing import Any

from django.db import models
from rest_framework import serializers

from workflows.engine.messages import Millis
from workflows.engine.phases import FAILED, PENDING, RUN_FINISHED, RUNNING, SUCCEEDED
from workflows.wire import millis

RUN_PHASES = (PENDING, RUNNING, *sorted(RUN_FINISHED))

#: Characters of one supplied value; results are at most this long, too.
MAX_VALUE = 256 * 1024


class Values(serializers.DictField):
    """Names to texts, taken as they are: no trimming, the empty text is a value."""

    child = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=MAX_VALUE)


class MillisField(serializers.CharField):
    """An RFC 3339 time, read as milliseconds since the epoch."""

    def to_internal_value(self, data: Any) -> Millis:  # type: ignore[override]
        text = super().to_internal_value(data)
        try:
            return millis(text)
        except ValueError as error:
            raise serializers.ValidationError("not a time such as 2026-01-31T12:00:00Z") from error


class RunQuery(serializers.Serializer[Any]):
    namespace = serializers.CharField(required=False, help_text="only runs of this namespace")
    phase = serializers.CharField(required=False, help_text="one phase, or several with commas between")
    name = serializers.CharField(required=False, help_text="only runs whose name begins with this")
    template = serializers.CharField(required=False, help_text="only runs started from this stored template")
    label = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="key=value, or several with commas between"
    )
    createdAfter = MillisField(required=False, help_text="RFC 3339 time, that moment included")
    createdBefore = MillisField(required=False, help_text="RFC 3339 time, that moment excluded")
    cursor = serializers.CharField(required=False, help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=500, default=50)

    def validate_phase(self, value: str) -> list[str]:
        phases = value.split(",")
        unknown = sorted(set(phases) - set(RUN_PHASES))
        if unknown:
            raise serializers.ValidationError(
                f"unknown phase {unknown[0]!r}, there are {', '.join(RUN_PHASES)}"
            )
        return phases

    def validate_label(self, value: str) -> list[tuple[str, str]]:
        pairs = [pair.partition("=") for pair in value.split(",")]
        if any(not sign or not key for key, sign, _ in pairs):
            raise serializers.ValidationError("labels are asked for as key=value")
        return [(key, wanted) for key, _, wanted in pairs]


class Since(serializers.Serializer[Any]):
    since = serializers.IntegerField(
        required=False, min_value=0, default=0, help_text="`seq` of the graph you hold, 0 for none"
    )


class LogQuery(serializers.Serializer[Any]):
    container = serializers.RegexField(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", required=False, default="main")
    follow = serializers.BooleanField(required=False, default=False, help_text="go on until the node ends")


class TemplateChoice(serializers.Serializer[Any]):
    class Kind(models.TextChoices):
        NAMESPACED = "WorkflowTemplate"
        CLUSTER = "ClusterWorkflowTemplate"
        CRON = "CronWorkflow"

    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.NAMESPACED)
    name = serializers.CharField(max_length=253)
    revision = serializers.IntegerField(
        required=False, min_value=1, help_text="as it was at this revision; left out: as it is now"
    )


class SubmitBody(serializers.Serializer[Any]):
    """Either `manifest` or `template`; the rest changes what they say. A bare Argo object is taken, too."""

    manifest = serializers.JSONField(required=False, help_text="YAML or JSON as text, or one object")
    template = TemplateChoice(required=False, help_text="a stored template to start a run from")
    name = serializers.CharField(required=False, max_length=253)
    generateName = serializers.CharField(required=False, max_length=253)
    entrypoint = serializers.CharField(required=False, max_length=253)
    parameters = Values(required=False)
    labels = Values(required=False)
    annotations = Values(required=False)
    serviceAccountName = serializers.CharField(required=False, max_length=253)
    podPriorityClassName = serializers.CharField(required=False, max_length=253)
    priority = serializers.IntegerField(required=False, min_value=-(2**31), max_value=2**31 - 1)
    artifacts = serializers.DictField(
        child=serializers.CharField(max_length=36),
        required=False,
        help_text="tokens of uploads by the names of artifacts",
    )
    message = serializers.CharField(
        required=False,
        default="",
        max_length=500,
        allow_blank=True,
        help_text="why stored templates are changed",
    )
    dryRun = serializers.BooleanField(
        required=False, default=False, help_text="store and start nothing, show what would be stored"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("manifest" in attrs) == ("template" in attrs):
            raise serializers.ValidationError("give either a manifest or a template")
        return attrs

    def validate_manifest(self, value: Any) -> Any:
        if not isinstance(value, str | dict):
            raise serializers.ValidationError("a manifest is a text or an object")
        return value


class SubmitForm(serializers.Serializer[Any]):
    """A manifest with files. Every other part is a file, named after the artifact it becomes."""

    manifest = serializers.FileField(required=False, help_text="YAML or JSON, as a file or as text")
    request = serializers.CharField(required=False, help_text="JSON: whatever else a submit may say")


class ManifestBody(serializers.Serializer[Any]):
    manifest = serializers.JSONField(help_text="YAML or JSON as text, or one object")

    validate_manifest = SubmitBody.validate_manifest


class TemplateBody(ManifestBody):
    """One object of the kind that the address is for."""

    message = serializers.CharField(
        required=False, default="", max_length=500, allow_blank=True, help_text="why it is changed"
    )


class TemplateQuery(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, help_text="only those whose name begins with this")
    offset = serializers.IntegerField(required=False, min_value=0, default=0)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=500, default=100)


class StopBody(serializers.Serializer[Any]):
    selector = serializers.CharField(
        required=False,
        default="",
        max_length=2000,
        help_text="only fail the waiting suspend nodes that match",
    )
    message = serializers.CharField(required=False, default="", max_length=2000, allow_blank=True)


class NoBody(serializers.Serializer[Any]):
    """Nothing is asked for."""


class ResumeBody(StopBody):
    selector = serializers.CharField(
        required=False,
        default="",
        max_length=2000,
        help_text="only resume the suspend nodes that match, such as id=… or displayName=…",
    )
    values = Values(required=False, help_text="answers to the supplied outputs of those nodes")


class SetBody(serializers.Serializer[Any]):
    selector = serializers.CharField(max_length=2000)
    phase = serializers.ChoiceField(
        choices=[SUCCEEDED, FAILED, "Error", "Skipped"], required=False, default=""
    )
    message = serializers.CharField(required=False, default="", max_length=2000, allow_blank=True)
    values = Values(required=False)


class RetryBody(serializers.Serializer[Any]):
    restartSuccessful = serializers.BooleanField(required=False, default=False)
    selector = serializers.CharField(
        required=False,
        default="",
        max_length=2000,
        help_text="with restartSuccessful: which nodes to do again",
    )
    parameters = Values(required=False)


class ResubmitBody(serializers.Serializer[Any]):
    parameters = Values(required=False)
    sameTemplates = serializers.BooleanField(
        required=False, default=False, help_text="with the revisions of templates that the run used"
    )
    memoized = serializers.BooleanField(
        required=False,
        default=False,
        help_text="begin with what succeeded in the run, which must have failed",
    )


class NamespaceBody(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=63)


class TokenBody(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    expiresAt = MillisField(required=False, help_text="RFC 3339 time, left out for never")
