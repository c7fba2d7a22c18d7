"""What a new installation begins with: one namespace and the example templates."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from workflows.models import Namespace
from workflows.services.access import Access
from workflows.services.manifests import check_text
from workflows.services.templates import Edit, store_checked
from workflows.spec import parse_documents
from workflows.store import clock

NAMESPACE = "default"
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def seed(owner: User, folder: Path = EXAMPLES) -> None:
    """Make the namespace and store the example manifests that others refer to, once."""
    with transaction.atomic():
        home, created = Namespace.objects.get_or_create(name=NAMESPACE, defaults={"created_at": clock.now()})
        if not created:
            return
        for path in sorted(folder.glob("*.yaml")):
            text = path.read_text()
            if all(document.kind != "Workflow" for document in parse_documents(text)):
                store_checked(Access(owner), home, check_text(home.name, text), Edit())
