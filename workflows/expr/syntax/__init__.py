"""expr-lang's grammar: text to tokens to a tree. Not for meaning: types and evaluation are elsewhere."""
