"""The sprig library: numbers and everything else, source and result as JSON, and the errors it gives."""

from __future__ import annotations

import pytest

from workflows.expr import ExprError, compile_expression
from workflows.expr.gojson import marshal

NUMBERS = [
    ("sprig.atoi('42')", "42"),
    ("sprig.atoi('x')", "0"),
    ("sprig.atoi('99999999999999999999')", "9223372036854775807"),
    ("sprig.int64('42')", "42"),
    ("sprig.int('42')", "42"),
    ("sprig.int('0x1F')", "31"),
    ("sprig.int('010')", "8"),
    ("sprig.int('12.00')", "12"),
    ("sprig.int('12.5')", "0"),
    ("sprig.int(3.9)", "3"),
    ("sprig.int(true)", "1"),
    ("sprig.int(nil)", "0"),
    ("sprig.int([])", "0"),
    ("sprig.float64('1.5')", "1.5"),
    ("sprig.float64('x')", "0"),
    ("sprig.seq(5)", '"1 2 3 4 5"'),
    ("sprig.seq(-3)", '"1 0 -1 -2 -3"'),
    ("sprig.seq(0)", '"1 0"'),
    ("sprig.seq(1,5)", '"1 2 3 4 5"'),
    ("sprig.seq(5,1)", '"5 4 3 2 1"'),
    ("sprig.seq(0,2,10)", '"0 2 4 6 8 10"'),
    ("sprig.seq(0,-2,-5)", '"0 -2 -4"'),
    ("sprig.seq(0,2,-5)", '""'),
    ("sprig.seq()", '""'),
    ("sprig.toDecimal('0777')", "511"),
    ("sprig.toDecimal(777)", "511"),
    ("sprig.until(3)", "[0,1,2]"),
    ("sprig.until(-3)", "[0,-1,-2]"),
    ("sprig.untilStep(0,10,3)", "[0,3,6,9]"),
    ("sprig.untilStep(0,10,0)", "[]"),
    ("sprig.untilStep(10,0,-3)", "[10,7,4,1]"),
    ("sprig.add1(1)", "2"),
    ("sprig.add(1,2,3)", "6"),
    ("sprig.add()", "0"),
    ("sprig.add('1','x')", "1"),
    ("sprig.sub(5,2)", "3"),
    ("sprig.div(7,2)", "3"),
    ("sprig.div(-7,2)", "-3"),
    ("sprig.mod(7,3)", "1"),
    ("sprig.mod(-7,3)", "-1"),
    ("sprig.mul(2,3,4)", "24"),
    ("sprig.add1f(1.5)", "2.5"),
    ("sprig.addf(1.1,2.2)", "3.3"),
    ("sprig.addf(0.1,0.2)", "0.3"),
    ("sprig.subf(5.5,1.1)", "4.4"),
    ("sprig.divf(10,3)", "3.3333333333333335"),
    ("sprig.divf(1,3,7)", "0.0476190476190476"),
    ("sprig.divf(2,3)", "0.6666666666666667"),
    ("sprig.mulf(1.1,1.1)", "1.21"),
    ("sprig.mulf(2)", "2"),
    ("sprig.biggest(1,2,3)", "3"),
    ("sprig.max(1,2,3)", "3"),
    ("sprig.min(3,1,2)", "1"),
    ("sprig.maxf(1.5,2)", "2"),
    ("sprig.minf(1.5,2)", "1.5"),
    ("sprig.ceil(1.2)", "2"),
    ("sprig.floor(1.8)", "1"),
    ("sprig.round(123.5555,3)", "123.556"),
    ("sprig.round(123.5555,3,0.6)", "123.555"),
    ("sprig.round(-1.5,0)", "-2"),
    ("sprig.round(2.5,0)", "3"),
    ("sprig.round('1.25',1)", "1.3"),
]

OTHERS = [
    ("sprig.sha1sum('x')", '"11f6ad8ec52a2984abaafd7c3b516503785c2072"'),
    ("sprig.sha256sum('x')", '"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"'),
    (
        "sprig.sha512sum('x')",
        (
            '"a4abd4448c49562d828115d13a1fccea927f52b4d5459297f8b43e42da8'
            "9238bc13626e43dcb38ddb082488927ec904fb42057443983e88585179d5"
            '0551afe62"'
        ),
    ),
    ("sprig.adler32sum('x')", '"7929977"'),
    ("sprig.base('/a/b.txt')", '"b.txt"'),
    ("sprig.dir('/a/b.txt')", '"/a"'),
    ("sprig.clean('/a/../b//c/./d')", '"/b/c/d"'),
    ("sprig.ext('/a/b.txt')", '".txt"'),
    ("sprig.isAbs('/a')", "true"),
    ("sprig.base('')", '"."'),
    ("sprig.base('/')", '"/"'),
    ("sprig.base('a/')", '"a"'),
    ("sprig.dir('a')", '"."'),
    ("sprig.dir('')", '"."'),
    ("sprig.dir('/a')", '"/"'),
    ("sprig.clean('')", '"."'),
    ("sprig.clean('../../a')", '"../../a"'),
    ("sprig.clean('/../a')", '"/a"'),
    ("sprig.ext('a.b/c')", '""'),
    ("sprig.osBase('/a/b')", '"b"'),
    ("sprig.semver('1.2.3')", '"1.2.3"'),
    ("sprig.semver('1.2.3-alpha.1+meta').Prerelease()", '"alpha.1"'),
    ("sprig.semverCompare('>=1.0','1.2.3')", "true"),
    ("sprig.semverCompare('^1.2','1.3.0')", "true"),
    ("sprig.semverCompare('^0.2','0.3.0')", "false"),
    ("sprig.semverCompare('~1.2','1.2.9')", "true"),
    ("sprig.semverCompare('1.x','1.5.0')", "true"),
    ("sprig.semverCompare('>1.0 <2.0','1.5.0')", "true"),
    ("sprig.semverCompare('>1.0, <2.0','1.5.0')", "true"),
    ("sprig.semverCompare('<1.0 || >2.0','2.5.0')", "true"),
    ("sprig.semverCompare('1.0 - 2.0','1.5.0')", "true"),
    ("sprig.semverCompare('>=1.0','1.2.3-alpha')", "false"),
    ("sprig.semverCompare('>=1.0-0','1.2.3-alpha')", "true"),
    ("sprig.semverCompare('!=1.x','1.5.0')", "false"),
    ("sprig.semverCompare('*','1.5.0')", "true"),
    ("sprig.semverCompare('=1.2.3','1.2.3')", "true"),
    ("sprig.semverCompare('<=1','1.5.0')", "true"),
    ("sprig.semverCompare('<=1.4','1.5.0')", "false"),
    ("sprig.semverCompare('>1','1.5.0')", "false"),
    ("sprig.semverCompare('>1','2.0.0')", "true"),
    ("sprig.semverCompare('!=1.2','1.3.0')", "true"),
    ("sprig.semverCompare('~0','0.5.0')", "true"),
    ("sprig.semverCompare('^0','0.5.0')", "true"),
    (
        "sprig.urlParse('https://u:p@host:80/a%20b?q=1#f')",
        (
            '{"fragment":"f","host":"host:80","hostname":"host","opaque":'
            '"","path":"/a b","query":"q=1","scheme":"https","userinfo":"'
            'u:p"}'
        ),
    ),
    (
        "sprig.urlParse('mailto:joe@x.com')",
        (
            '{"fragment":"","host":"","hostname":"","opaque":"joe@x.com",'
            '"path":"","query":"","scheme":"mailto","userinfo":""}'
        ),
    ),
    (
        "sprig.urlParse('/a/b')",
        (
            '{"fragment":"","host":"","hostname":"","opaque":"","path":"/'
            'a/b","query":"","scheme":"","userinfo":""}'
        ),
    ),
    (
        "sprig.urlParse('host:80')",
        (
            '{"fragment":"","host":"","hostname":"","opaque":"80","path":'
            '"","query":"","scheme":"host","userinfo":""}'
        ),
    ),
    (
        "sprig.urlParse('http://[::1]:80/x')",
        (
            '{"fragment":"","host":"[::1]:80","hostname":"::1","opaque":"'
            '","path":"/x","query":"","scheme":"http","userinfo":""}'
        ),
    ),
    (
        "sprig.urlParse('')",
        (
            '{"fragment":"","host":"","hostname":"","opaque":"","path":""'
            ',"query":"","scheme":"","userinfo":""}'
        ),
    ),
    (
        "sprig.urlParse('//host/x')",
        (
            '{"fragment":"","host":"host","hostname":"host","opaque":"","'
            'path":"/x","query":"","scheme":"","userinfo":""}'
        ),
    ),
    (
        "sprig.urlParse('http://host?x=1')",
        (
            '{"fragment":"","host":"host","hostname":"host","opaque":"","'
            'path":"","query":"x=1","scheme":"http","userinfo":""}'
        ),
    ),
    (
        (
            "sprig.urlJoin({'scheme':'http','host':'h','path':'/a b','que"
            "ry':'q=1','fragment':'f','userinfo':'u:p'})"
        ),
        '"http://u:p@h/a%20b?q=1#f"',
    ),
    ("sprig.urlJoin({'host':'h','path':'x'})", '"//h/x"'),
    ("sprig.urlJoin({'path':'a:b'})", '"./a:b"'),
    ("sprig.urlJoin({'scheme':'mailto','opaque':'x@y'})", '"mailto:x@y"'),
    ("sprig.urlJoin({})", '""'),
    ("sprig.duration('95')", '"1m35s"'),
    ("sprig.duration(95)", '"0s"'),
    ("sprig.duration(sprig.int64(95))", '"1m35s"'),
    ("sprig.durationRound('2h10m5s')", '"2h"'),
    ("sprig.durationRound('100h')", '"4d"'),
    ("sprig.durationRound(5)", '"0s"'),
    ("sprig.htmlDate(0)", '"1970-01-01"'),
    ("sprig.date('2006-01-02 15:04',0)", '"1970-01-01 00:00"'),
    ("sprig.dateInZone('2006-01-02 15:04',0,'Europe/Zurich')", '"1970-01-01 01:00"'),
    ("sprig.toDate('2006-01-02','2023-01-02')", '"2023-01-02T00:00:00Z"'),
    ("sprig.toDate('2006-01-02','bad')", '"0001-01-01T00:00:00Z"'),
    ("sprig.unixEpoch(sprig.toDate('2006-01-02','2023-01-02'))", '"1672617600"'),
    ("sprig.dateModify('1h',sprig.toDate('2006-01-02','2023-01-02'))", '"2023-01-02T01:00:00Z"'),
    ("sprig.htmlDateInZone(0,'Asia/Tokyo')", '"1970-01-01"'),
]

ERRORS = [
    ("sprig.substr(5,2,'hello')", 6, "runtime error: slice bounds out of range [5:2]"),
    ("sprig.repeat(-1,'ab')", 6, "strings: negative Repeat count"),
    ("sprig.div(7,0)", 6, "runtime error: integer divide by zero"),
    ("sprig.divf(1,0)", 6, "decimal division by 0"),
    ("sprig.mustFromJson('bad')", 6, "invalid character 'b' looking for beginning of value"),
    ("sprig.ternary('y','n','x')", 6, "reflect: Call using string as type bool"),
    ("sprig.append('x',2)", 6, "Cannot push on type string"),
    ("sprig.append(nil,2)", 6, "runtime error: invalid memory address or nil pointer dereference"),
    ("sprig.first('x')", 6, "Cannot find first on type string"),
    ("sprig.has(1,'x')", 6, "Cannot find has on type string"),
    ("sprig.slice([1],5)", 6, "reflect.Value.Slice: slice index out of bounds"),
    ("sprig.slice('abc',1)", 6, "list should be type of slice or array but string"),
    ("sprig.concat([1],'x')", 6, "Cannot concat type string as list"),
    ("sprig.dig('a','b')", 6, "dig needs at least three arguments"),
    (
        "sprig.dig('a','b','c',{'a':1})",
        6,
        "interface conversion: interface {} is int, not map[string]interface {}",
    ),
    ("sprig.chunk(0,[1])", 6, "runtime error: makeslice: len out of range"),
    ("sprig.semver('bad')", 6, "Invalid Semantic Version"),
    ("sprig.semverCompare('bad!','1.0.0')", 6, "improper constraint: bad!"),
    ("sprig.fail('boom')", 6, "boom"),
    ("sprig.mustRegexMatch('[','aaa')", 6, "error parsing regexp: missing closing ]: `[`"),
    (
        "sprig.regexFindAll('[','banana',-1)",
        6,
        "regexp: Compile(`[`): error parsing regexp: missing closing ]: `[`",
    ),
    (
        "sprig.urlParse('http://a b/')",
        6,
        'unable to parse url: parse "http://a b/": invalid character " " in host name',
    ),
    ("sprig.urlParse(':bad')", 6, 'unable to parse url: parse ":bad": missing protocol scheme'),
    ("sprig.urlParse('%zz')", 6, 'unable to parse url: parse "%zz": invalid URL escape "%zz"'),
    (
        "sprig.urlParse('http://h:bad/')",
        6,
        'unable to parse url: parse "http://h:bad/": invalid port ":bad" after host',
    ),
    ("sprig.urlJoin({'scheme':1})", 6, "unable to parse scheme key, must be of type string, but int found"),
    ("sprig.upper(1)", 6, "reflect: Call using int as type string"),
    ("sprig.upper()", 6, "invalid number of arguments: expected 1, got 0"),
    ("sprig.upper('a','b')", 6, "invalid number of arguments: expected 1, got 2"),
    ("sprig.repeat('a','b')", 6, "reflect: Call using string as type int"),
    (
        "sprig.mustToDate('2006-01-02','bad')",
        6,
        'parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006"',
    ),
    ("sprig.mustDateModify('x',sprig.toDate('2006-01-02','2023-01-02'))", 6, 'time: invalid duration "x"'),
    ("sprig.randInt(5,5)", 6, "invalid argument to Intn"),
    ("sprig.mustLast('x')", 6, "Cannot find last on type string"),
]

VALUES = [*NUMBERS, *OTHERS]


@pytest.mark.parametrize(("source", "expected"), VALUES, ids=[case[0] for case in VALUES])
@pytest.mark.argo("6-expr-lang-functions")
def test_functions_give_what_sprig_gives(source: str, expected: str) -> None:
    assert marshal(compile_expression(source).evaluate({})) == expected


@pytest.mark.parametrize(("source", "position", "detail"), ERRORS, ids=[case[0] for case in ERRORS])
def test_errors_have_sprigs_text_at_the_function(source: str, position: int, detail: str) -> None:
    with pytest.raises(ExprError) as caught:
        compile_expression(source).evaluate({})

    assert (caught.value.position, caught.value.detail) == (position, detail)
