"""http templates. Source: Argo's `executeHTTPTemplate`. Not for the exchange itself, see `http_requests`."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from workflows.engine.messages import Launch
from workflows.engine.phases import ERROR, FAILED, SUCCEEDED
from workflows.executors.agent.http_requests import TIMED_OUT, Answer, Exchange, Request, TooLarge, shown
from workflows.executors.agent.settings import AgentSettings
from workflows.executors.agent.work import Ending, Failed, Note, failed_node
from workflows.executors.base import ReadObject
from workflows.expr import ExprError, evaluate_bool

#: lets a server that knows it recognise a request that a crash made us send twice
_IDEMPOTENCY = "Idempotency-Key"


class HTTPWork:
    """One request. Headers from Secrets are read when it is sent and are in no log or expression."""

    is_slow = True

    def __init__(self, order: Launch, note: Note, settings: AgentSettings, secrets: ReadObject) -> None:
        self._order = order
        self._note = note
        self._settings = settings
        self._secrets = secrets
        self._template: dict[str, Any] = order.template["http"]
        self._exchange = Exchange(settings.egress, max_bytes=settings.max_body_bytes)

    def advance(self) -> Ending:
        request = self._request()
        self._note(f"{request.method} {shown(request.url)}")
        try:
            answer = self._exchange.run(request)
        except TooLarge as fault:
            # Argo's agent cannot hand over what is too large for the cluster's store, and says so.
            return Ending(
                ERROR,
                "HTTP request completed successfully but an error occurred when patching its result: "
                f"{fault}",
            )
        self._note(f"{answer.status} {answer.reason}, {len(answer.body)} bytes")
        return self._judge(answer)

    def failed(self, message: str) -> Ending:
        self._note(message)
        return failed_node(message)

    def limit(self) -> tuple[float, Ending] | None:
        given = self._template.get("timeoutSeconds")
        seconds = float(given) if given is not None else self._settings.max_seconds
        if seconds is None:
            return None
        method = str(self._template.get("method") or "Get")
        verb = f"{method[:1].upper()}{method[1:].lower()}"
        return seconds, failed_node(f'{verb} "{shown(str(self._template.get("url") or ""))}": {TIMED_OUT}')

    def cancel(self) -> None:
        self._exchange.cancel()

    def killed(self) -> None:
        """A request that was sent cannot be taken back."""

    def _request(self) -> Request:
        template = self._template
        headers = [
            (str(header.get("name") or ""), self._header_value(header))
            for header in template.get("headers") or ()
        ]
        if all(name.lower() != _IDEMPOTENCY.lower() for name, _ in headers):
            order = self._order
            headers.append((_IDEMPOTENCY, f"{order.run_uid}/{order.node_id}/{order.attempt}"))
        return Request(
            method=str(template.get("method") or "GET"),
            url=str(template.get("url") or ""),
            headers=headers,
            body=self._body(),
            verify=not template.get("insecureSkipVerify"),
        )

    def _header_value(self, header: dict[str, Any]) -> str:
        reference = (header.get("valueFrom") or {}).get("secretKeyRef")
        if reference is None:
            return str(header.get("value") or "")
        name, key = str(reference.get("name") or ""), str(reference.get("key") or "")
        values = self._secrets(self._order.namespace, name)
        if values is None:
            raise Failed(f'secrets "{name}" not found')
        if key not in values:
            raise Failed(f"secret '{name}' does not have the key '{key}'")
        return values[key].decode(errors="replace").rstrip("\r\n")

    def _body(self) -> bytes:
        template = self._template
        if template.get("bodyFrom") is not None:
            return self._body_bytes() or b""
        return str(template.get("body") or "").encode(errors="replace")

    def _body_bytes(self) -> bytes | None:
        text = (self._template.get("bodyFrom") or {}).get("bytes")
        if text is None:
            return None
        try:
            return base64.b64decode(str(text), validate=True)
        except (binascii.Error, ValueError) as fault:
            raise Failed(f"bodyFrom.bytes is no base64: {fault}") from fault

    def _judge(self, answer: Answer) -> Ending:
        text = answer.body.decode(errors="replace")
        condition = str(self._template.get("successCondition") or "")
        message = ""
        if not condition:
            if not 200 <= answer.status < 300:
                message = f"received non-2xx response code: {answer.status}"
        elif not self._holds(condition, answer, text):
            message = f"successCondition '{condition}' evaluated false"
        if message:
            self._note(message)
        return Ending(FAILED if message else SUCCEEDED, message, result=text)

    def _holds(self, condition: str, answer: Answer, text: str) -> bool:
        template = self._template
        content = self._body_bytes()
        request = {
            "method": str(template.get("method") or ""),
            "url": str(template.get("url") or ""),
            "body": str(template.get("body") or ""),
            "bodyBytes": None if content is None else list(content),
            "headers": {
                str(header.get("name") or ""): [str(header.get("value") or "")]
                for header in template.get("headers") or ()
                if header.get("valueFrom") is None
            },
        }
        response = {"statusCode": answer.status, "body": text, "headers": answer.headers}
        try:
            return evaluate_bool(condition, {"request": request, "response": response})
        except ExprError as fault:
            raise Failed(fault.message) from fault
