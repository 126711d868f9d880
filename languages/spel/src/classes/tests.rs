//! Calls of every class's methods, as Spinnaker answered them on Java 17.

use std::rc::Rc;

use serde_json::json;

use crate::{
    Error, Kind, Limits, Nothing, Value,
    evaluate::Evaluation,
    parser,
    value::{Map, Root, display},
};

/// What an expression gives, as `toString()` writes it, with its class in front.
fn answer(expression: &str) -> Result<String, Error> {
    let context = json!({
        "s": "Hello World", "n": 5, "l": ["x", "y", "x"], "nums": [3, 1, 2, 1], "mixed": [1, "a", null],
        "m": {"b": 1, "a": [1, 2]}, "big": u64::MAX,
    });
    let base = context.as_object().cloned().unwrap_or_default();
    let limits = Limits::default();
    let root = Value::Map(Map::Root(Rc::new(Root { base: Some(&base), ..Root::default() })));
    let node = parser::parse(expression, &limits)?;
    let value = Evaluation::new(root, &Nothing, &limits, true).value(&node)?;
    let text = match &value {
        Value::Array(array) => {
            format!("[{}]", array.items.iter().map(display).collect::<Vec<_>>().join(", "))
        }
        value => display(value),
    };
    Ok(format!("{} {text}", value.kind().map_or("null", crate::class::Type::short_name)))
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(answer(expression).as_deref(), Ok(*expected), "{expression}");
    }
}

#[track_caller]
fn refused(expressions: &[&str]) {
    for expression in expressions {
        assert!(answer(expression).is_err(), "{expression}: {:?}", answer(expression));
    }
}

#[test]
fn strings_are_utf_16() {
    check(&[
        ("'x😀y'.length()", "Integer 4"),
        ("'x😀y'.indexOf('y')", "Integer 3"),
        ("'x😀y'.substring(3)", "String y"),
        ("s.substring(2, 5)", "String llo"),
        ("s.charAt(4)", "Character o"),
        ("s.codePointAt(0)", "Integer 72"),
        ("'x😀'.codePointAt(1)", "Integer 128512"),
        ("'x😀y'.codePointCount(0, 4)", "Integer 3"),
        ("s.indexOf('o', 5)", "Integer 7"),
        ("s.lastIndexOf('o')", "Integer 7"),
        ("s.lastIndexOf('o', 6)", "Integer 4"),
        ("'aaa'.lastIndexOf('aa', 0)", "Integer 0"),
        ("s.indexOf(111)", "Integer 4"),
        ("''.indexOf('')", "Integer 0"),
        ("s.indexOf('', 99)", "Integer 11"),
        ("'abc'.compareTo('abd')", "Integer -1"),
        ("'abc'.compareTo('ab')", "Integer 1"),
        ("'ABC'.compareToIgnoreCase('abd')", "Integer -1"),
        ("'straße'.toUpperCase()", "String STRASSE"),
        ("'İ'.toLowerCase()", "String i̇"),
        ("'ΑΣ'.toLowerCase()", "String ας"),
        ("'title'.toUpperCase('tr')", "String TİTLE"),
        ("'ſ'.equalsIgnoreCase('S')", "Boolean true"),
        ("' a '.trim()", "String a"),
        ("'  x '.strip()", "String x"),
        ("'  x '.stripLeading()+'|'", "String x |"),
        ("' x '.stripTrailing()+'|'", "String  x|"),
        ("' '.isBlank()", "Boolean true"),
        ("'ab'.repeat(3)", "String ababab"),
        ("'a-b-c'.replace('-', '+')", "String a+b+c"),
        ("'abc'.replace('', '.')", "String .a.b.c."),
        ("'abc'.replace('b'.charAt(0), 'x'.charAt(0))", "String axc"),
        ("s.regionMatches(true, 6, 'WORLD', 0, 5)", "Boolean true"),
        ("s.startsWith('World', 6)", "Boolean true"),
        ("s.hashCode()", "Integer -862545276"),
        ("'ÄÖ😀'.hashCode()", "Integer 7817589"),
        ("s.contentEquals('Hello World')", "Boolean true"),
        ("'é'.getBytes()", "byte[] [-61, -87]"),
        ("'a'.getBytes('UTF-16')", "byte[] [-2, -1, 0, 97]"),
        ("new String('é'.getBytes())", "String é"),
        ("new String(5)", "String 5"),
        ("'  a\n b'.indent(1)", "String    a\n  b\n"),
        ("'  a\n   b'.stripIndent()", "String a\n b"),
        ("'a\\tb'.translateEscapes()", "String a\tb"),
        ("T(String).join('-', l)", "String x-y-x"),
        ("T(String).join(',', 'a,b'.split(','))", "String a,b"),
        ("T(String).valueOf(1.0)", "String 1.0"),
        ("T(String).valueOf('abc'.toCharArray(), 1, 2)", "String bc"),
        ("'x'.concat('y')", "String xy"),
        ("s.intern()", "String Hello World"),
    ]);
}

#[test]
fn patterns_are_javas() {
    check(&[
        ("'a,b,,'.split(',')", "String[] [a, b]"),
        ("'a,b,,'.split(',', -1)", "String[] [a, b, , ]"),
        ("'a,b,c'.split(',', 2)", "String[] [a, b,c]"),
        ("','.split(',')", "String[] []"),
        ("''.split(',')", "String[] []"),
        ("'a.b'.split('\\.')", "String[] [a, b]"),
        ("'a1b22c'.split('\\d+')", "String[] [a, b, c]"),
        ("'v1.2'.matches('v\\d\\.\\d')", "Boolean true"),
        ("'v1.2'.matches('v')", "Boolean false"),
        ("'a1b2'.replaceAll('(\\w)(\\d)', '$2$1')", "String 1a2b"),
        ("'a.b.c'.replaceFirst('\\.', '-')", "String a-b.c"),
        ("'aXbX'.replaceAll('X', '')", "String ab"),
    ]);
}

#[test]
fn numbers_have_their_classes() {
    check(&[
        ("T(Integer).parseInt('-12')", "Integer -12"),
        ("T(Integer).parseInt('zz', 36)", "Integer 1295"),
        ("T(Integer).parseInt('+7')", "Integer 7"),
        ("T(Integer).toHexString(-1)", "String ffffffff"),
        ("T(Integer).toBinaryString(10)", "String 1010"),
        ("T(Integer).toString(255, 16)", "String ff"),
        ("T(Integer).valueOf('9')", "Integer 9"),
        ("T(Integer).bitCount(255)", "Integer 8"),
        ("T(Integer).highestOneBit(100)", "Integer 64"),
        ("T(Integer).reverse(1)", "Integer -2147483648"),
        ("T(Integer).rotateLeft(1, 33)", "Integer 2"),
        ("T(Integer).decode('-0x1F')", "Integer -31"),
        ("T(Integer).compare(1, 2)", "Integer -1"),
        ("T(Integer).signum(-5)", "Integer -1"),
        ("T(Integer).divideUnsigned(-1, 2)", "Integer 2147483647"),
        ("T(Long).parseLong('9223372036854775807')", "Long 9223372036854775807"),
        ("T(Long).numberOfTrailingZeros(8L)", "Integer 3"),
        ("T(Long).hashCode(4294967296L)", "Integer 1"),
        ("T(Byte).parseByte('-128')", "Byte -128"),
        ("T(Byte).toUnsignedInt(new Byte('-1'))", "Integer 255"),
        ("T(Double).parseDouble(' 1e3 ')", "Double 1000.0"),
        ("T(Double).parseDouble('0x1.8p1')", "Double 3.0"),
        ("T(Double).toHexString(0.1)", "String 0x1.999999999999ap-4"),
        ("T(Double).compare(0.0, -0.0)", "Integer 0"),
        ("T(Double).isNaN(0.0 / 0)", "Boolean true"),
        ("T(Boolean).parseBoolean('TRUE')", "Boolean true"),
        ("T(Boolean).logicalXor(true, false)", "Boolean true"),
        ("n.intValue()", "Integer 5"),
        ("n.doubleValue()", "Double 5.0"),
        ("1.9.intValue()", "Integer 1"),
        ("300.byteValue()", "Byte 44"),
        ("1.5.isInfinite()", "Boolean false"),
        ("big.bitLength()", "Integer 64"),
        ("big.toByteArray()", "byte[] [0, -1, -1, -1, -1, -1, -1, -1, -1]"),
        ("big.hashCode()", "Integer -32"),
        ("1.5.hashCode()", "Integer 1073217536"),
        ("true.hashCode()", "Integer 1231"),
        ("new Integer('5')", "Integer 5"),
        ("new Boolean(1)", "Boolean false"),
        ("5.compareTo('7')", "Integer -1"),
    ]);
}

#[test]
fn math_is_javas() {
    check(&[
        ("T(Math).abs(-5)", "Integer 5"),
        ("T(Math).abs(-1.5)", "Double 1.5"),
        ("T(Math).max(1, 2)", "Integer 2"),
        ("T(Math).min(1.5, 2.5)", "Double 1.5"),
        ("T(Math).floor(1)", "Double 1.0"),
        ("T(Math).ceil(1.2)", "Double 2.0"),
        ("T(Math).round(2.5)", "Long 3"),
        ("T(Math).round(-2.5)", "Long -2"),
        ("T(Math).rint(2.5)", "Double 2.0"),
        ("T(Math).pow(2, 10)", "Double 1024.0"),
        ("T(Math).sqrt('4')", "Double 2.0"),
        ("T(Math).floorMod(-7, 3)", "Integer 2"),
        ("T(Math).floorDiv(-7, 3)", "Integer -3"),
        ("T(Math).signum(-2.0)", "Double -1.0"),
        ("T(Math).toIntExact(5L)", "Integer 5"),
        ("T(Math).hypot(3, 4)", "Double 5.0"),
        ("T(Math).IEEEremainder(5.0, 3.0)", "Double -1.0"),
        ("T(Math).nextUp(1.0)", "Double 1.0000000000000002"),
        ("T(Math).ulp(1.0)", "Double 2.220446049250313E-16"),
        ("T(Math).getExponent(1024.0)", "Integer 10"),
        ("T(Math).toDegrees(3.141592653589793)", "Double 180.0"),
        ("T(Math).cbrt(27.0)", "Double 3.0"),
    ]);
}

#[test]
fn characters_are_units() {
    check(&[
        ("'abc'.charAt(0).isDigit(49)", "Boolean true"),
        ("'abc'.charAt(1).compareTo('a')", "Integer 1"),
        ("'é'.charAt(0).isLetter('é'.charAt(0))", "Boolean true"),
        ("'a'.charAt(0).toUpperCase('a'.charAt(0))", "Character A"),
        ("'a'.charAt(0).digit(102, 16)", "Integer 15"),
        ("'5'.charAt(0).hashCode()", "Integer 53"),
    ]);
}

#[test]
fn lists_change() {
    check(&[
        ("l.size()", "Integer 3"),
        ("l.contains('x')", "Boolean true"),
        ("l.indexOf('y')", "Integer 1"),
        ("l.lastIndexOf('x')", "Integer 2"),
        ("l.isEmpty()", "Boolean false"),
        ("l.subList(1, 3)", "List [y, x]"),
        ("l.containsAll({'x', 'y'})", "Boolean true"),
        ("{l.add('z'), l}", "List [true, [x, y, x, z]]"),
        ("{l.add(0, 'q'), l}", "List [null, [q, x, y, x]]"),
        ("{l.remove('x'), l}", "List [true, [y, x]]"),
        ("{nums.remove(9), nums}", "List [false, [3, 1, 2, 1]]"),
        ("{l.addAll({'p', 'q'}), l}", "List [true, [x, y, x, p, q]]"),
        ("{l.addAll(1, {'p'}), l}", "List [true, [x, p, y, x]]"),
        ("{l.removeAll({'x'}), l}", "List [true, [y]]"),
        ("{l.retainAll({'x'}), l}", "List [true, [x, x]]"),
        ("{l.clear(), l}", "List [null, []]"),
        ("{nums.sort(null), nums}", "List [null, [1, 1, 2, 3]]"),
        ("nums.hashCode()", "Integer 1013918"),
        ("mixed.toString()", "String [1, a, null]"),
        ("nums.equals({3, 1, 2, 1})", "Boolean true"),
        ("nums.equals({3L, 1, 2, 1})", "Boolean false"),
        ("{1, 2}.contains(1L)", "Boolean false"),
        ("{1, 2}.contains(2)", "Boolean true"),
    ]);
}

#[test]
fn maps_change() {
    check(&[
        ("m.keySet()", "Set [b, a]"),
        ("m.values()", "Set [1, [1, 2]]"),
        ("m.entrySet()", "Set [b=1, a=[1, 2]]"),
        ("m.containsKey('b')", "Boolean true"),
        ("m.containsValue(1)", "Boolean true"),
        ("m.containsValue(1L)", "Boolean false"),
        ("{m.remove('b', 1), m}", "List [true, {a=[1, 2]}]"),
        ("{m.replace('b', 1, 2), m}", "List [true, {b=2, a=[1, 2]}]"),
        ("{m.putAll({'z': 9}), m}", "List [null, {b=1, a=[1, 2], z=9}]"),
        ("{m.clear(), m}", "List [null, {}]"),
        ("m.hashCode()", "Integer 998"),
        ("m.keySet().contains('a')", "Boolean true"),
        ("m.keySet().containsAll({'a', 'b'})", "Boolean true"),
        ("m.equals({'a': {1, 2}, 'b': 1})", "Boolean true"),
        ("m.keySet().equals(m.keySet())", "Boolean true"),
        ("m.entrySet().toString()", "String [b=1, a=[1, 2]]"),
        ("m.isEmpty()", "Boolean false"),
    ]);
}

#[test]
fn what_java_refuses_is_refused() {
    refused(&[
        "'abc'.substring(5)",
        "'abc'.charAt(3)",
        "'abc'.repeat(-1)",
        "'a'.getBytes('bogus')",
        "'a'.concat(null)",
        "T(Integer).parseInt('x')",
        "T(Integer).parseInt('2147483648')",
        "T(Integer).parseInt('1', 99)",
        "T(Byte).parseByte('300')",
        "T(Math).addExact(2147483647, 1)",
        "T(Math).floorMod(1, 0)",
        "l.subList(0, 9)",
        "l.add(9, 'x')",
        "mixed.sort(null)",
        "l.addAll(null)",
        "{1, 2}.add(3)",
        "{1, 2}.remove(9)",
        "{a: 1}.clear()",
        "m.keySet().add('x')",
        "'a'.translateEscapes('x')",
        "'\\q'.translateEscapes()",
        "T(String).join('-', {1})",
        "'('.matches('(')",
        "'i'.toUpperCase('%')",
        "T(Double).parseDouble('1e')",
        "T(Double).parseDouble('inf')",
        "T(Integer).decode('0x-1')",
        "new String(null)",
        "n.compareTo(null)",
    ]);
}

#[test]
fn what_gives_no_allowed_class_cannot_be_called() {
    refused(&[
        "m.get('b')",
        "l.get(0)",
        "m.put('a', 1)",
        "l.stream()",
        "'a'.chars()",
        "'a'.lines()",
        "'a'.subSequence(0, 1)",
        "n.getClass()",
        "T(Math).PI",
        "T(Integer).MAX_VALUE",
        "T(Math).toString()",
        "'a'.toCharArray().clone()",
        "'a'.toCharArray().equals('a')",
        "T(Integer).getInteger('x')",
        "m.entrySet().![key]",
        "big.add(big)",
    ]);
}

#[test]
fn several_conversions_are_not_clear() {
    refused(&[
        "T(Math).max(1, 2L)",
        "T(Math).min(1.5, 2)",
        "T(Math).round(1)",
        "T(Math).abs('-5')",
        "'abc'.indexOf('c'.charAt(0))",
        "T(Integer).valueOf(5L)",
        "T(Long).valueOf(5)",
        "'abc'.charAt(0).isDigit('1')",
    ]);
}

#[test]
fn what_makes_too_much_is_not_made() {
    for expression in [
        "'abc'.repeat(2147483647)",
        "'a'.indent(2147483647)",
        "'a'.repeat(100000).replace('', 'a'.repeat(1000))",
        "'a'.repeat(100000).replaceAll('a', 'b'.repeat(1000))",
        "'a'.repeat(1000000).toCharArray()",
        "T(String).format('%2000000000d', 1)",
        "T(String).format('%.2000000000f', 1.0)",
        "T(String).join('a'.repeat(10000000), l)",
    ] {
        assert_eq!(answer(expression).map_err(|error| error.kind), Err(Kind::Limit), "{expression}");
    }
}

#[test]
fn a_list_within_itself_many_times_over_is_not_gone_through() {
    let doubled =
        |times: usize, last: &str| format!("{{#a = {{1}}, {}, {last}}}", vec!["#a = {#a, #a}"; times].join(", "));
    assert!(answer(&doubled(3, "#a.hashCode()")).is_ok());
    for last in ["#a.hashCode()", "#a.equals(#a)", "#a.toString()", "{#a}.contains({#a})", "l.removeAll(#a)"] {
        assert_eq!(answer(&doubled(60, last)).map_err(|error| error.kind), Err(Kind::Limit), "{last}");
    }
}
