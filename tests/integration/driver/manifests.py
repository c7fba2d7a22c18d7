"""Small manifests for tests of the driver."""

from __future__ import annotations

ONE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: one}
spec:
  entrypoint: main
  templates: [{name: main, container: {image: busybox, command: ["true"]}}]
"""

DIAMOND = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: diamond}
spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
          - {name: A, template: work}
          - {name: B, template: work, depends: A}
          - {name: C, template: work, depends: A}
          - {name: D, template: work, depends: B && C}
    - {name: work, container: {image: busybox, command: ["true"]}}
"""

APPROVAL = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: approval}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: ask, template: ask}], [{name: go, template: work}]]
    - {name: ask, suspend: {}}
    - {name: work, container: {image: busybox, command: ["true"]}}
"""

TIMER = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: timer}
spec:
  entrypoint: main
  templates: [{name: main, suspend: {duration: "100"}}]
"""

BROKEN = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: broken}
spec:
  workflowTemplateRef: {name: nowhere}
"""
