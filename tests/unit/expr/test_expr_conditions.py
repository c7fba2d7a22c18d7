"""Conditions of ``when``: what govaluate makes of them, with Argo's messages."""

from __future__ import annotations

import pytest

from workflows.expr import ExprError, compile_condition, evaluate_when

TRUE = [
    "10 > 9",
    "yes == yes",
    "'hello world' == 'hello world'",
    "b in (a, b)",
    "1 in (1,2)",
    "'hello world' =~ '^hel+o'",
    "'hello' !~ '^bye'",
    "(1 == 1 && !(2 == 3)) || false",
    "10 * 2 - 5 == 15",
    "true",
    "'10' < '9'",
    "'' == ''",
    '"a" == "a"',
    "'2024-01-02' > '2024-01-01'",
    "'2024-01-02' == '2024-01-02'",
    "(true)",
    "((true))",
    "(true) false",
    "(true)(false)",
    "((true) false)",
    "-1 < 0",
    "- 1 < 0",
    "~1 == -2",
    "1 - -1 == 2",
    "2 ** 3 == 8",
    "2 ** 3 ** 2 == 64",
    "10 - 3 - 2 == 5",
    "10 - 3 - 2 - 1 - 1 == 3",
    "100 / 5 / 2 == 10",
    "7 % 3 == 1",
    "1 / 0 > 1",
    "5 & 3 == 1",
    "(5 & 3) == 1",
    "5 | 3 == 7",
    "5 ^ 3 == 6",
    "1 << 3 == 8",
    "16 >> 2 == 4",
    "1 << 64 == 0",
    "1 + 2 * 3 == 7",
    "(1 + 2) * 3 == 9",
    "true ? true : false",
    "1 == 1 ? true : false",
    "1 == 2 ? true : 1 == 1",
    "() ?? true",
    "true || a",
    "a < b",
    "true == true",
    "1 == 1.0",
    "1.5 == 1.50",
    "0x1F == 31",
    "my_word == my_word",
    "[a b] == 'a b'",
    "'a\" == a",
    "'it\\'s' == 'it\\'s'",
    "a\\ b == 'a b'",
    "a =~ a",
    "a + b == ab",
    "'a' + 1 == 'a1'",
    "1 + 'a' == '1a'",
    "1000000 + 'a' == '1e+06a'",
    "a != b",
    '"Succeeded" == "Succeeded"',
    "Succeeded == Failed || Succeeded == Succeeded",
    "'2024-01-02T10:00:00Z' > '2024-01-01T10:00:00Z'",
    "'2024-01-02 10:00' > '2024-01-01'",
    "'12:30PM' == '12:30PM'",
    "'Mon Jan  2 15:04:05 2006' > 0",
    "'2024-01-02' in ('2024-01-02', 'x')",
    "(1 == 1) && (2 == 2) && (3 == 3) || (4 == 5)",
    '"héllo" == héllo',
    'héllo == "héllo"',
    "日本 == 日本",
    "1==1",
    "1!=2",
    "1>=1",
    "1<=1",
    "'a\\nb' == 'a\\nb'",
    "5 > 3 && 'x' in ('x','y') && !(1 > 2)",
    "99999999999999999999 > 1",
    ".5 == 0.5",
    "5. == 5",
    "(a) == (a)",
    "((a)) == a",
    "'a' == ('a')",
    "1 in ((1,2),3)",
    "3 in ((1,2),3)",
    "true == !false",
    "0 == -0",
    "'x' !~ 'y' && 'x' =~ 'x'",
    "'' =~ '.*'",
    "'' =~ ''",
    "a in (a, 'b', 1, true)",
    "true in (true, false)",
    "1 in (a, 1)",
    "(1) in (1,2)",
    '"foo bar" in ("foo bar", baz)',
]
FALSE = [
    "b in (a, c)",
    "false",
    "one == two",
    "'10' == 10",
    "!true",
    "!(true)",
    "! true",
    "7 % 0 == 1",
    "false ? true : false",
    "true ? false : true ? true : false",
    "false && a",
    "b < a",
    "true == 'true'",
    "a =~ 'b'",
    "'a' =~ b",
    "a == b == c",
    "a != a",
    "'3:04PM' > 1",
    "'2024-13-45' == 'x'",
    "a=='b'",
    "1 == - 1",
]
#: condition and what govaluate says
INVALID = [
    ("hello world == hello", "Cannot transition token types from VARIABLE [hello] to VARIABLE [world]"),
    (" == x", "Cannot transition token types from UNKNOWN [<nil>] to COMPARATOR [==]"),
    ("(1 == 1", "Unbalanced parenthesis"),
    ("1 == 1)", "Unbalanced parenthesis"),
    ("1 ==", "Unexpected end of expression"),
    ("== 1", "Cannot transition token types from UNKNOWN [<nil>] to COMPARATOR [==]"),
    ("a == ", "Unexpected end of expression"),
    ("!!true", "Invalid token: '!!'"),
    ("1--1 == 2", "Invalid token: '--'"),
    ("a==-1", "Invalid token: '==-'"),
    ("0x == 1", "Unable to parse hex value '' to uint64\n"),
    ("0xZZ == 1", "Unable to parse hex value '' to uint64\n"),
    ("1.2.3 == 1", "Unable to parse numeric value '1.2.3' to float64\n"),
    ("10m == 10m", "Cannot transition token types from NUMERIC [10] to VARIABLE [m]"),
    ("_x == 1", "Invalid token: '_'"),
    ("$x == 1", "Invalid token: '$'"),
    ("{{x}} == 1", "Invalid token: '{{'"),
    ("a.b == 1", "Unable to access unexported field 'b' in token 'a.b'"),
    ("a. == 1", "Hanging accessor on token 'a.'"),
    ("[a == 1", "Unclosed parameter bracket"),
    ("'a == 1", "Unclosed string literal"),
    ('"a == 1', "Unclosed string literal"),
    ("a =~ '['", "error parsing regexp: missing closing ]: `[`"),
    ("a =~ [x", "Unclosed parameter bracket"),
    ("foo(1)", "Undefined function foo"),
    ("foo (1)", "Undefined function foo"),
    ("a b", "Cannot transition token types from VARIABLE [a] to VARIABLE [b]"),
    ("1 2", "Cannot transition token types from NUMERIC [1] to NUMERIC [2]"),
    ("'a' 'b'", "Cannot transition token types from STRING [a] to STRING [b]"),
    ("true false", "Cannot transition token types from BOOLEAN [true] to BOOLEAN [false]"),
    (
        "'2024-01-02' ? true : false",
        "Cannot transition token types from TIME [2024-01-02 00:00:00 +0000 UTC] to TERNARY [?]",
    ),
    ("? a", "Cannot transition token types from UNKNOWN [<nil>] to TERNARY [?]"),
    ("a ?", "Unexpected end of expression"),
    ("  ", "Unexpected end of expression"),
    ("1 == 1 &&", "Unexpected end of expression"),
    ("1 == 1 && !", "Unexpected end of expression"),
    ("! ", "Unexpected end of expression"),
    (",", "Cannot transition token types from UNKNOWN [<nil>] to SEPARATOR [,]"),
    (",,", "Cannot transition token types from UNKNOWN [<nil>] to SEPARATOR [,]"),
    ("a&&!b", "Invalid token: '&&!'"),
    ("1=1", "Invalid token: '='"),
    ("a === b", "Invalid token: '==='"),
    ("a <> b", "Invalid token: '<>'"),
    ("a = b", "Invalid token: '='"),
    ("a and b", "Cannot transition token types from VARIABLE [a] to VARIABLE [and]"),
    ("not true", "Cannot transition token types from VARIABLE [not] to BOOLEAN [true]"),
    ("@", "Invalid token: '@'"),
    ("#", "Invalid token: '#'"),
    ("a # b", "Invalid token: '#'"),
    ("a;b", "Invalid token: ';'"),
    ("1e5 == 100000", "Cannot transition token types from NUMERIC [1] to VARIABLE [e5]"),
    ("1e5", "Cannot transition token types from NUMERIC [1] to VARIABLE [e5]"),
    (". == 1", "Unable to parse numeric value '.' to float64\n"),
    ("..", "Unable to parse numeric value '..' to float64\n"),
    ("-.5 < 0", "Invalid token: '-.'"),
]
UNPARSABLE = [
    ("!a", "Cannot transition token types from PREFIX [!] to STRING [a]"),
    ("-a < 0", "Cannot transition token types from PREFIX [-] to STRING [a]"),
    ("'a' =~ 'a' ? true : false", "Cannot transition token types from PATTERN [a] to TERNARY [?]"),
]
UNEVALUABLE = [
    ("a in (b)", "Value 'b' cannot be used with the comparator 'in', it is not a number"),
    ("a ? true : false", "Value 'a' cannot be used with the ternary operator '?', it is not a bool"),
    ("true && a", "Value 'a' cannot be used with the logical operator '&&', it is not a bool"),
    ("a && true", "Value 'a' cannot be used with the logical operator '&&', it is not a bool"),
    ("a || true", "Value 'a' cannot be used with the logical operator '||', it is not a bool"),
    ("1 < 2 < 3", "Value 'true' cannot be used with the comparator '<', it is not a number"),
    ("1 < a", "Value '1' cannot be used with the comparator '<', it is not a number"),
    ("a < 1", "Value 'a' cannot be used with the comparator '<', it is not a number"),
    ("true < false", "Value 'true' cannot be used with the comparator '<', it is not a number"),
    ("my-word == my-word", "Value 'my' cannot be used with the modifier '-', it is not a number"),
    ("a.B == 1", "No parameter 'a' found."),
    ("v1.2.3 == v1.2.3", "No parameter 'v1' found."),
    ("true.X == 1", "No parameter 'true' found."),
    ("1 =~ 'a'", "Value '1' cannot be used with the comparator '=~', it is not a number"),
    ("a =~ 1", "Value '1' cannot be used with the comparator '=~', it is not a number"),
    ("a in b", "Value 'b' cannot be used with the comparator 'in', it is not a number"),
    ("a in 1", "Value '1' cannot be used with the comparator 'in', it is not a number"),
    ("a IN (a)", "Value 'a' cannot be used with the comparator 'in', it is not a number"),
    ("1 - 'a' == 1", "Value 'a' cannot be used with the modifier '-', it is not a number"),
    ("'x' * 2 == 1", "Value 'x' cannot be used with the modifier '*', it is not a number"),
    ("a ? b", "Value 'a' cannot be used with the ternary operator '?', it is not a bool"),
    ("1 ? 2 : 3", "Value '1' cannot be used with the ternary operator '?', it is not a bool"),
    ("a&&b", "Value 'a' cannot be used with the logical operator '&&', it is not a bool"),
    ("() in (1)", "Value '1' cannot be used with the comparator 'in', it is not a number"),
]
NO_BOOLEAN = [
    ("1 + 1", "2"),
    ("a", "a"),
    ("'a'", "a"),
    ("()", "<nil>"),
    ("null ?? true", "null"),
    ("(a, b)", "[a b]"),
    ("a, b", "[a b]"),
    ("1, 2", "[1 2]"),
    ("a ?? b", "a"),
    ("a : b", "a"),
    ("(  )", "<nil>"),
    ("1 == 1, 2", "[true 2]"),
]
HINT = ' (hint: try wrapping the affected expression in quotes ("))'


@pytest.mark.parametrize("condition", TRUE, ids=repr)
@pytest.mark.argo("5-when", "6-where-expr-is-used")
def test_condition_holds(condition: str) -> None:
    assert evaluate_when(condition) is True


@pytest.mark.parametrize("condition", FALSE, ids=repr)
def test_condition_does_not_hold(condition: str) -> None:
    assert evaluate_when(condition) is False


def message_of(condition: str) -> str:
    with pytest.raises(ExprError) as caught:
        evaluate_when(condition)
    return caught.value.message


@pytest.mark.parametrize(("condition", "detail"), INVALID, ids=repr)
def test_conditions_that_are_no_conditions_say_why(condition: str, detail: str) -> None:
    hint = HINT if detail.startswith("Invalid token") else ""

    assert message_of(condition) == f"Invalid 'when' expression '{condition}': {detail}{hint}"


@pytest.mark.parametrize(("condition", "detail"), UNPARSABLE, ids=repr)
def test_conditions_that_break_when_words_become_texts_say_why(condition: str, detail: str) -> None:
    assert message_of(condition) == f"Failed to parse 'when' expression '{condition}': {detail}"


@pytest.mark.parametrize(("condition", "detail"), UNEVALUABLE, ids=repr)
def test_conditions_that_cannot_be_evaluated_say_why(condition: str, detail: str) -> None:
    assert message_of(condition) == f"Failed to evaluate 'when' expresion '{condition}': {detail}"


@pytest.mark.parametrize(("condition", "value"), NO_BOOLEAN, ids=repr)
def test_conditions_must_give_a_boolean(condition: str, value: str) -> None:
    assert message_of(condition) == f"Expected boolean evaluation for '{condition}'. Got {value}"


def test_an_empty_condition_holds() -> None:
    assert evaluate_when("") is True


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 1", 2.0),
        ("a + 1", "a1"),
        ("1, a, true", [1.0, "a", True]),
        ("()", None),
        ("'2024-01-01'", 1704067200.0),
    ],
)
def test_the_value_need_not_be_a_boolean(source: str, expected: object) -> None:
    assert compile_condition(source).evaluate() == expected


def test_without_bare_words_names_are_unknown_parameters() -> None:
    with pytest.raises(ExprError, match=r"^No parameter 'yes' found\.$"):
        compile_condition("yes == 'yes'", bare_words=False).evaluate()


def test_syntax_errors_know_their_place() -> None:
    with pytest.raises(ExprError) as caught:
        compile_condition("a == $b")

    assert (caught.value.code, caught.value.position) == ("expression-syntax", 5)
