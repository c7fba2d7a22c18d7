"""Use cases, one file each: check the right, act in one transaction, wake the engine after it.

Pages, the API and commands call these and nothing below them. Errors are those of `workflows.errors`.
"""
