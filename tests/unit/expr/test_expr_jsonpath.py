"""JSONPath as Argo's library reads it: path and result as JSON, or the library's error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workflows.expr import ExprError, compile_expression
from workflows.expr.gojson import marshal

DOCUMENT: dict[str, Any] = {
    "store": {
        "book": [
            {"cat": "ref", "price": 8.95, "title": "A b", "n": 1},
            {"cat": "fic", "price": 12.99, "isbn": "x", "n": 2},
            {"cat": "fic", "price": 8.99, "isbn": "y", "tags": ["p", "q"], "n": 3},
        ],
        "bike": {"color": "red", "price": 19.95},
    },
    "expensive": 10,
    "length": 5,
    "s": "str",
    "e": [],
    "z": None,
    "t": True,
    "a.b": 1,
    "it's": 2,
    "nums": [5, 1, 4],
}

VALUES = [
    (
        "$",
        (
            '{"a.b":1,"e":[],"expensive":10,"it\'s":2,"length":5,"nums":[5'
            ',1,4],"s":"str","store":{"bike":{"color":"red","price":19.95'
            '},"book":[{"cat":"ref","n":1,"price":8.95,"title":"A b"},{"c'
            'at":"fic","isbn":"x","n":2,"price":12.99},{"cat":"fic","isbn'
            '":"y","n":3,"price":8.99,"tags":["p","q"]}]},"t":true,"z":nu'
            "ll}"
        ),
    ),
    (
        "@",
        (
            '{"a.b":1,"e":[],"expensive":10,"it\'s":2,"length":5,"nums":[5'
            ',1,4],"s":"str","store":{"bike":{"color":"red","price":19.95'
            '},"book":[{"cat":"ref","n":1,"price":8.95,"title":"A b"},{"c'
            'at":"fic","isbn":"x","n":2,"price":12.99},{"cat":"fic","isbn'
            '":"y","n":3,"price":8.99,"tags":["p","q"]}]},"t":true,"z":nu'
            "ll}"
        ),
    ),
    (
        "$.store",
        (
            '{"bike":{"color":"red","price":19.95},"book":[{"cat":"ref","'
            'n":1,"price":8.95,"title":"A b"},{"cat":"fic","isbn":"x","n"'
            ':2,"price":12.99},{"cat":"fic","isbn":"y","n":3,"price":8.99'
            ',"tags":["p","q"]}]}'
        ),
    ),
    (
        "$.store.book",
        (
            '[{"cat":"ref","n":1,"price":8.95,"title":"A b"},{"cat":"fic"'
            ',"isbn":"x","n":2,"price":12.99},{"cat":"fic","isbn":"y","n"'
            ':3,"price":8.99,"tags":["p","q"]}]'
        ),
    ),
    ("$.store.book[0]", '{"cat":"ref","n":1,"price":8.95,"title":"A b"}'),
    ("$.store.book[0].title", '"A b"'),
    ("$.store.book[*].price", "[8.95,12.99,8.99]"),
    (
        "$.store.book[*]",
        (
            '[{"cat":"ref","n":1,"price":8.95,"title":"A b"},{"cat":"fic"'
            ',"isbn":"x","n":2,"price":12.99},{"cat":"fic","isbn":"y","n"'
            ':3,"price":8.99,"tags":["p","q"]}]'
        ),
    ),
    (
        "$.store.*",
        (
            '[{"color":"red","price":19.95},[{"cat":"ref","n":1,"price":8'
            '.95,"title":"A b"},{"cat":"fic","isbn":"x","n":2,"price":12.'
            '99},{"cat":"fic","isbn":"y","n":3,"price":8.99,"tags":["p","'
            'q"]}]]'
        ),
    ),
    ("$..price", "[19.95,8.95,12.99,8.99]"),
    ("$..book[0]", '[{"cat":"ref","n":1,"price":8.95,"title":"A b"}]'),
    ("$..book.length", "[3]"),
    ("$.store.book.length", "3"),
    ("$.length", "5"),
    ("$.s.length", "3"),
    ("$.store.length", "2"),
    ("$.nums.length", "3"),
    ("$.store.book[-1].n", "3"),
    ("$.store.book[0:2].n", "[1,2]"),
    ("$.store.book[:2].n", "[1,2]"),
    ("$.store.book[1:].n", "[2,3]"),
    ("$.store.book[::2].n", "[1,3]"),
    ("$.store.book[::-1].n", "[3,2,1]"),
    ("$.store.book[0:5].n", "[1,2,3]"),
    ("$.store.book[-2:].n", "[2,3]"),
    ("$.store.book[1:0].n", "[]"),
    ("$.store.book[0:2][0]", '{"cat":"ref","n":1,"price":8.95,"title":"A b"}'),
    ("$.store.book[0,2].n", "[1,3]"),
    ("$.store.book[0,9].n", "[1]"),
    ("$.store.book[0]['n','price']", "[1,8.95]"),
    ("$.store.book[0]['n','zz']", "[1]"),
    ("$['store']['bike']['color']", '"red"'),
    (
        '$["store"]',
        (
            '{"bike":{"color":"red","price":19.95},"book":[{"cat":"ref","'
            'n":1,"price":8.95,"title":"A b"},{"cat":"fic","isbn":"x","n"'
            ':2,"price":12.99},{"cat":"fic","isbn":"y","n":3,"price":8.99'
            ',"tags":["p","q"]}]}'
        ),
    ),
    ("$['a.b']", "1"),
    ("$['it\\'s']", "2"),
    ('$["it\'s"]', "2"),
    ("$.store.book[?(@.price < 10)].n", "[1,3]"),
    (
        "$.store.book[?(@.price<10)]",
        (
            '[{"cat":"ref","n":1,"price":8.95,"title":"A b"},{"cat":"fic"'
            ',"isbn":"y","n":3,"price":8.99,"tags":["p","q"]}]'
        ),
    ),
    ("$.store.book[?(@.isbn)].n", "[2,3]"),
    ("$.store.book[?(!@.isbn)].n", "[]"),
    ("$.store.book[?(@.cat=='fic')].n", "[2,3]"),
    ('$.store.book[?(@.cat=="fic")].n', "[2,3]"),
    ("$.store.book[?(@.cat == 'fic' && @.price < 10)].n", "[3]"),
    ("$.store.book[?(@.cat == 'ref' || @.price > 10)].n", "[1,2]"),
    ("$.store.book[?(@.cat != 'fic')].n", "[1]"),
    ("$.store.book[?(@.price <= $.expensive)].n", "[1,3]"),
    ("$.store.book[?(@.cat =~ 'f.*')].n", "[1,2,3]"),
    ("$.store.book[?(@.cat =~ '^r')].n", "[1]"),
    ("$.store.book[?(@.n in [1,3])].n", "[1,3]"),
    ("$.store.book[?(@.n not in [1,3])].n", "[2]"),
    ("$.store.book[?('p' in @.tags)].n", "[]"),
    ("$.store.book[?(@.n + 1 == 3)].n", "[2]"),
    ("$.store.book[?(@.n * 2 >= 4)].n", "[2,3]"),
    ("$.store.book[?(@.n % 2 == 1)].n", "[1,3]"),
    ("$.store.book[?(@.n ** 2 == 9)].n", "[3]"),
    ("$.store.book[?(@.n / 2 == 1)].n", "[2]"),
    ("$.store.book[?(@.n - 1 > 0)].n", "[2,3]"),
    ("$.store.book[?(@.tags[0]=='p')].n", "[3]"),
    ("$.store.book[?(@.title=='A b')].n", "[1]"),
    ("$.store.book[?(@['cat']=='ref')].n", "[1]"),
    (
        "$.store.book[?(@.n)]",
        (
            '[{"cat":"ref","n":1,"price":8.95,"title":"A b"},{"cat":"fic"'
            ',"isbn":"x","n":2,"price":12.99},{"cat":"fic","isbn":"y","n"'
            ':3,"price":8.99,"tags":["p","q"]}]'
        ),
    ),
    ("$.store.book[?(true)].n", "[1,2,3]"),
    ("$.store.book[?(false)].n", "[]"),
    ("$.store.book[?(1)].n", "[1,2,3]"),
    ("$.store.book[?(@.zz == nil)].n", "[]"),
    ("$.store.book[?(@.isbn == null)].n", "[]"),
    ("$.store.book[?(@.cat)][0]", '{"cat":"ref","n":1,"price":8.95,"title":"A b"}'),
    ("$.store.book[(@.length-1)].n", "3"),
    ("$.store.book[(@.length-3)].n", "1"),
    ("$.store.book[(1)]", '{"cat":"fic","isbn":"x","n":2,"price":12.99}'),
    ("$.nums[(0),(2)]", "[5,4]"),
    ("$.nums[0:(2)]", "[5,1]"),
    ("$.nums[(@.length-2):]", "[1,4]"),
    ("$.store.bike[?(@=='red')]", '["red"]'),
    ("$.nums[?(@>2)]", "[5,4]"),
    ("$.nums[?(@ == 5 || @ == 4)]", "[5,4]"),
    ("$..[?(@.isbn)].n", "[2,3]"),
    (
        "$..*",
        (
            '[1,[],10,2,5,[5,1,4],"str",{"bike":{"color":"red","price":19'
            '.95},"book":[{"cat":"ref","n":1,"price":8.95,"title":"A b"},'
            '{"cat":"fic","isbn":"x","n":2,"price":12.99},{"cat":"fic","i'
            'sbn":"y","n":3,"price":8.99,"tags":["p","q"]}]},true,null,5,'
            '1,4,{"color":"red","price":19.95},[{"cat":"ref","n":1,"price'
            '":8.95,"title":"A b"},{"cat":"fic","isbn":"x","n":2,"price":'
            '12.99},{"cat":"fic","isbn":"y","n":3,"price":8.99,"tags":["p'
            '","q"]}],"red",19.95,{"cat":"ref","n":1,"price":8.95,"title"'
            ':"A b"},{"cat":"fic","isbn":"x","n":2,"price":12.99},{"cat":'
            '"fic","isbn":"y","n":3,"price":8.99,"tags":["p","q"]},"ref",'
            '1,8.95,"A b","fic","x",2,12.99,"fic","y",3,8.99,["p","q"],"p'
            '","q"]'
        ),
    ),
    ("$.store..price", "[19.95,8.95,12.99,8.99]"),
    ("$.z", "null"),
    ("$.e[*].x", "[]"),
    ("$.t", "true"),
    (
        "$[*]",
        (
            '[1,[],10,2,5,[5,1,4],"str",{"bike":{"color":"red","price":19'
            '.95},"book":[{"cat":"ref","n":1,"price":8.95,"title":"A b"},'
            '{"cat":"fic","isbn":"x","n":2,"price":12.99},{"cat":"fic","i'
            'sbn":"y","n":3,"price":8.99,"tags":["p","q"]}]},true,null]'
        ),
    ),
    (
        "$..",
        (
            '[{"a.b":1,"e":[],"expensive":10,"it\'s":2,"length":5,"nums":['
            '5,1,4],"s":"str","store":{"bike":{"color":"red","price":19.9'
            '5},"book":[{"cat":"ref","n":1,"price":8.95,"title":"A b"},{"'
            'cat":"fic","isbn":"x","n":2,"price":12.99},{"cat":"fic","isb'
            'n":"y","n":3,"price":8.99,"tags":["p","q"]}]},"t":true,"z":n'
            'ull},1,[],10,2,5,[5,1,4],5,1,4,"str",{"bike":{"color":"red",'
            '"price":19.95},"book":[{"cat":"ref","n":1,"price":8.95,"titl'
            'e":"A b"},{"cat":"fic","isbn":"x","n":2,"price":12.99},{"cat'
            '":"fic","isbn":"y","n":3,"price":8.99,"tags":["p","q"]}]},{"'
            'color":"red","price":19.95},"red",19.95,[{"cat":"ref","n":1,'
            '"price":8.95,"title":"A b"},{"cat":"fic","isbn":"x","n":2,"p'
            'rice":12.99},{"cat":"fic","isbn":"y","n":3,"price":8.99,"tag'
            's":["p","q"]}],{"cat":"ref","n":1,"price":8.95,"title":"A b"'
            '},"ref",1,8.95,"A b",{"cat":"fic","isbn":"x","n":2,"price":1'
            '2.99},"fic","x",2,12.99,{"cat":"fic","isbn":"y","n":3,"price'
            '":8.99,"tags":["p","q"]},"fic","y",3,8.99,["p","q"],"p","q",'
            "true]"
        ),
    ),
    ("$.store.book[?(@.n =~ '[')]", "[]"),
    ("$.store['book'][*]['n']", "[1,2,3]"),
    (
        '$.store["bike","book"]',
        (
            '[{"color":"red","price":19.95},[{"cat":"ref","n":1,"price":8'
            '.95,"title":"A b"},{"cat":"fic","isbn":"x","n":2,"price":12.'
            '99},{"cat":"fic","isbn":"y","n":3,"price":8.99,"tags":["p","'
            'q"]}]]'
        ),
    ),
    ("$.nums[ 1 ]", "1"),
    ("$.nums[ 0 , 1 ]", "[5,1]"),
    ("$.nums [0]", "5"),
    ("$.store.book[*].tags", '[["p","q"]]'),
    ("$.store.book[*].tags[0]", '["p"]'),
    ("$.store.book[*].tags[*]", '[["p","q"]]'),
    ("$..tags", '["p","q"]'),
    ("$..zz", "[]"),
    ("$..length", "[5,0,3,3,2,2,3,3,4,3,3,4,3,1,5,3,1,2,1,1]"),
]
ERRORS = [
    ("$.store.book[5]", "index: invalid token out of range"),
    ("$.store.book[-5]", "index: invalid token out of range"),
    ("$.a.b", "key: invalid token key 'a' not found"),
    ("$.store[('bike')]", "key: invalid token key ''bike'' not found"),
    ("$.zz", "key: invalid token key 'zz' not found"),
    ("$.zz.y", "key: invalid token key 'zz' not found"),
    ("$.s.x", "key: invalid token target. expected [map] got [string]"),
    ("$.s[0]", "index: invalid token target. expected [array slice] got [string]"),
    ("$.z.x", "key: invalid token target. expected [map] got [nil]"),
    ("$.e[0]", "index: invalid token out of range"),
    ("$.nums[0][0]", "index: invalid token target. expected [array slice] got [float64]"),
    ("$.nums['a']", "key: invalid token target. expected [map] got [slice]"),
    ("$.store[0]", "index: invalid token target. expected [array slice] got [map]"),
    ("$[0]", "index: invalid token target. expected [array slice] got [map]"),
    ("$.", "invalid JSONPath selector '$.' invalid token. token string is empty"),
    ("$...", "invalid JSONPath selector '$...' invalid token. token string is empty"),
    ("a", "invalid JSONPath selector 'a' unexpected token 'a' at index 0"),
    ("$a", "invalid JSONPath selector '$a' unexpected token 'a' at index 1"),
    ("$[", "invalid JSONPath selector '$[' invalid token. '[' does not match any token format"),
    ("$[]", "invalid JSONPath selector '$[]' invalid token. '[]' does not match any token format"),
    ("$[a]", "invalid JSONPath selector '$[a]' invalid token. '[a]' does not match any token format"),
    ("$['a", "invalid JSONPath selector '$['a' invalid token. '['a' does not match any token format"),
    ("$[?]", "invalid JSONPath selector '$[?]' invalid token. '[?]' does not match any token format"),
    (
        "$[?(@.x]",
        ("invalid JSONPath selector '$[?(@.x]' invalid token. '[?(@.x]' does not match any token format"),
    ),
    (
        "$[1:2:3:4]",
        ("invalid JSONPath selector '$[1:2:3:4]' invalid token. '[1:2:3:4]' does not match any token format"),
    ),
    ("$[1:a]", "invalid JSONPath selector '$[1:a]' invalid expression. invalid format 'a'"),
    ("$[1,]", "invalid JSONPath selector '$[1,]' invalid token. '[1,]' does not match any token format"),
    ("$[,1]", "invalid JSONPath selector '$[,1]' invalid token. '[,1]' does not match any token format"),
    (
        "$[1,2:3]",
        ("invalid JSONPath selector '$[1,2:3]' invalid token. '[1,2:3]' does not match any token format"),
    ),
    ("$[::0]", "range: invalid token target. expected [array slice] got [map]"),
    ("$.nums[::0]", "range: invalid token out of range"),
    ("$.store.book[?()]", "invalid expression. is empty"),
    (
        "$.store.book[?(@.)]",
        "invalid JSONPath selector '$.store.book[?(@.)]' invalid token. token string is empty",
    ),
    (
        "$.nums[1.5]",
        ("invalid JSONPath selector '$.nums[1.5]' invalid token. '[1.5]' does not match any token format"),
    ),
    ("$ .nums", "invalid JSONPath selector '$ .nums' unexpected token ' ' at index 1"),
    ("$.store.book.n", "key: invalid token target. expected [map] got [slice]"),
]


def pick(path: str) -> Any:
    scope = {"document": json.dumps(DOCUMENT), "path": path}
    return compile_expression("jsonpath(document, path)").evaluate(scope)


@pytest.mark.parametrize(("path", "expected"), VALUES, ids=[case[0] for case in VALUES])
@pytest.mark.argo("6-expr-lang-functions")
def test_paths_pick_what_the_library_picks(path: str, expected: str) -> None:
    assert marshal(pick(path)) == expected


@pytest.mark.parametrize(("path", "detail"), ERRORS, ids=[repr(case[0]) for case in ERRORS])
def test_bad_paths_have_the_librarys_error(path: str, detail: str) -> None:
    with pytest.raises(ExprError) as caught:
        pick(path)

    assert caught.value.detail == detail


def test_brackets_around_parts_of_a_filter_are_understood() -> None:
    assert pick("$.store.book[?((@.n == 1) || (@.n == 3))].n") == [1.0, 3.0]
