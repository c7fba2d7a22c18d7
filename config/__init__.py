"""Settings and entry points of the processes. Not for behaviour; `workflows` never imports this package."""
