"""The language of ``when``: govaluate, with bare words taken for texts.

Argo substitutes tags first; what arrives here has none. Error texts are govaluate's. Not for
``depends``, hooks and expression tags, which are expr-lang.
"""

from workflows.expr.conditions.condition import Condition, compile_condition, evaluate_when

__all__ = ["Condition", "compile_condition", "evaluate_when"]
