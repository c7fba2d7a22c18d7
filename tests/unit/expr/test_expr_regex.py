"""Regular expressions: Go's syntax, matches and errors, on both engines."""

from __future__ import annotations

import pytest

from workflows.expr.errors import Fault
from workflows.expr.limits import Budget
from workflows.expr.regex import compile_pattern, pattern, quote_meta

TEXTS = ["", "aab", "x y\n", "12", "KK"]
#: pattern to all its matches in those texts that have one
MATCHES: dict[str, dict[str, list[str]]] = {
    "a": {"aab": ["a", "a"]},
    "a*": {
        "": [""],
        "aab": ["aa", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "a+?b": {"aab": ["aab"]},
    "[^abc]": {"x y\n": ["x", " ", "y", "\n"], "12": ["1", "2"], "KK": ["K", "K"]},
    "(?i:A)b": {"aab": ["ab"]},
    "(?s).": {"aab": ["a", "a", "b"], "x y\n": ["x", " ", "y", "\n"], "12": ["1", "2"], "KK": ["K", "K"]},
    "(?U)a+": {"aab": ["a", "a"]},
    "a{2}": {"aab": ["aa"]},
    "a{2,}": {"aab": ["aa"]},
    "x{0}": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "(?P<n>a)(?<m>b)": {"aab": ["ab"]},
    "(?:a)": {"aab": ["a", "a"]},
    "[[:alpha:]]": {"aab": ["a", "a", "b"], "x y\n": ["x", "y"], "KK": ["K"]},
    "[[:^digit:]]": {"aab": ["a", "a", "b"], "x y\n": ["x", " ", "y", "\n"], "KK": ["K", "K"]},
    "[\\d\\-a]": {"aab": ["a", "a"], "12": ["1", "2"]},
    "[a-]": {"aab": ["a", "a"]},
    "[]a]": {"aab": ["a", "a"]},
    "[^]a]": {"aab": ["b"], "x y\n": ["x", " ", "y", "\n"], "12": ["1", "2"], "KK": ["K", "K"]},
    "\\pL": {"aab": ["a", "a", "b"], "x y\n": ["x", "y"], "KK": ["K", "K"]},
    "\\PL": {"x y\n": [" ", "\n"], "12": ["1", "2"]},
    "\\p{^L}": {"x y\n": [" ", "\n"], "12": ["1", "2"]},
    "\\z": {"": [""], "aab": [""], "x y\n": [""], "12": [""], "KK": [""]},
    "\\A": {"": [""], "aab": [""], "x y\n": [""], "12": [""], "KK": [""]},
    "a|b|": {
        "": [""],
        "aab": ["a", "a", "b"],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "|": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "()": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "(|a)*": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "(a*)*": {
        "": [""],
        "aab": ["aa", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "(a*)+": {
        "": [""],
        "aab": ["aa", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "((a)|b)*": {
        "": [""],
        "aab": ["aab"],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    ".*": {"": [""], "aab": ["aab"], "x y\n": ["x y", ""], "12": ["12"], "KK": ["KK"]},
    "(?i)[k-s]": {"KK": ["K", "K"]},
    "[\\pL\\d]": {"aab": ["a", "a", "b"], "x y\n": ["x", "y"], "12": ["1", "2"], "KK": ["K", "K"]},
    "$": {"": [""], "aab": [""], "x y\n": [""], "12": [""], "KK": [""]},
    "^": {"": [""], "aab": [""], "x y\n": [""], "12": [""], "KK": [""]},
    "a??": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "a*?": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "(?P<n>a)(?P<n>b)": {"aab": ["ab"]},
    "(?i-s:a)": {"aab": ["a", "a"]},
    "(?-i)a": {"aab": ["a", "a"]},
    "(?)": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "\\b*": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "^*": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "$+": {"": [""], "aab": [""], "x y\n": [""], "12": [""], "KK": [""]},
    "(?:)*": {
        "": [""],
        "aab": ["", "", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "(^a)*": {
        "": [""],
        "aab": ["a", "", ""],
        "x y\n": ["", "", "", "", ""],
        "12": ["", "", ""],
        "KK": ["", "", ""],
    },
    "[[:word:]]+": {"aab": ["aab"], "x y\n": ["x", "y"], "12": ["12"], "KK": ["K"]},
}
ERRORS = [
    ("\\C", "error parsing regexp: invalid escape sequence: `\\C`"),
    ("(", "error parsing regexp: missing closing ): `(`"),
    (")", "error parsing regexp: unexpected ): `)`"),
    ("a)", "error parsing regexp: unexpected ): `a)`"),
    ("[", "error parsing regexp: missing closing ]: `[`"),
    ("[a", "error parsing regexp: missing closing ]: `[a`"),
    ("[z-a]", "error parsing regexp: invalid character class range: `z-a`"),
    ("[a-\\d]", "error parsing regexp: invalid escape sequence: `\\d`"),
    ("*", "error parsing regexp: missing argument to repetition operator: `*`"),
    ("+a", "error parsing regexp: missing argument to repetition operator: `+`"),
    ("a**", "error parsing regexp: invalid nested repetition operator: `**`"),
    ("a*+", "error parsing regexp: invalid nested repetition operator: `*+`"),
    ("a*??", "error parsing regexp: invalid nested repetition operator: `*??`"),
    ("a{1001}", "error parsing regexp: invalid repeat count: `{1001}`"),
    ("a{2,1}", "error parsing regexp: invalid repeat count: `{2,1}`"),
    ("(a{1000}){1000}", "error parsing regexp: invalid repeat count: `{1000}`"),
    ("(?", "error parsing regexp: invalid or unsupported Perl syntax: `(?`"),
    ("(?a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?a`"),
    ("(?<n)", "error parsing regexp: invalid named capture: `(?<n)`"),
    ("(?P<n", "error parsing regexp: invalid named capture: `(?P<n`"),
    ("(?P<>a)", "error parsing regexp: invalid named capture: `(?P<>`"),
    ("(?P=n)", "error parsing regexp: invalid or unsupported Perl syntax: `(?P`"),
    ("(?=a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"),
    ("(?!a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?!`"),
    ("(?<=a)", "error parsing regexp: invalid named capture: `(?<=a)`"),
    ("(?<!a)", "error parsing regexp: invalid named capture: `(?<!a)`"),
    ("\\", "error parsing regexp: trailing backslash at end of expression: ``"),
    ("\\8", "error parsing regexp: invalid escape sequence: `\\8`"),
    ("\\q", "error parsing regexp: invalid escape sequence: `\\q`"),
    ("\\p{Foo}", "error parsing regexp: invalid character class range: `\\p{Foo}`"),
    ("\\pX", "error parsing regexp: invalid character class range: `\\pX`"),
    ("\\x", "error parsing regexp: invalid escape sequence: `\\x`"),
    ("\\xZ", "error parsing regexp: invalid escape sequence: `\\xZ`"),
    ("\\x{110000}", "error parsing regexp: invalid escape sequence: `\\x{110000`"),
    ("[[:foo:]]", "error parsing regexp: invalid character class range: `[:foo:]`"),
    ("(?i", "error parsing regexp: invalid or unsupported Perl syntax: `(?i`"),
    ("{1}", "error parsing regexp: missing argument to repetition operator: `{1}`"),
    ("x{2}{3}", "error parsing regexp: invalid nested repetition operator: `{2}{3}`"),
    ("x{2}*", "error parsing regexp: invalid nested repetition operator: `{2}*`"),
    ("[\\Q]\\E]", "error parsing regexp: invalid escape sequence: `\\Q`"),
]


@pytest.mark.parametrize("engine", ["backtracking", "machine"])
@pytest.mark.parametrize("source", MATCHES, ids=repr)
def test_matches_are_gos_on_both_engines(source: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine == "machine":
        monkeypatch.setattr(pattern, "_BACKTRACKING", -1)
    compiled = compile_pattern(source)

    found = {text: compiled.find_all(text, -1, Budget()) for text in TEXTS}

    assert {text: matches for text, matches in found.items() if matches} == MATCHES[source]


@pytest.mark.parametrize(("source", "message"), ERRORS, ids=[repr(case[0]) for case in ERRORS])
def test_bad_patterns_have_gos_error(source: str, message: str) -> None:
    with pytest.raises(Fault) as caught:
        compile_pattern(source)

    assert caught.value.message == message


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("<$0>", "-<ab>-"),
        ("$1$2", "-ab-"),
        ("$1x", "--"),
        ("${1}x", "-ax-"),
        ("$$", "-$-"),
        ("${n}", "-b-"),
        ("$", "-$-"),
    ],
)
def test_replacements_name_groups(template: str, expected: str) -> None:
    assert compile_pattern("(a)(?P<n>b)").replace_all("-ab-", template, Budget()) == expected


@pytest.mark.parametrize("source", ["(a+)+$", "(a|a)*b", "(a|aa)+c", "a*a*a*a*a*b", "(.*)*x"])
def test_patterns_that_explode_elsewhere_end_in_linear_time(source: str) -> None:
    budget = Budget()

    assert compile_pattern(source).search("a" * 2_000 + "!", budget) is False
    assert budget.steps > 900_000


def test_quoted_texts_match_themselves() -> None:
    text = r"a.b*c[d](e){1}^$|\?+"

    assert compile_pattern(quote_meta(text)).find(f"x{text}y", Budget()) == text
