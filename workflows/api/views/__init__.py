"""The views of the native API, by subject. Each parses, calls one service and renders."""
