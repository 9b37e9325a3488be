//! Expressions against what another engine gave for them, and against anything at all.

use domain::expr::limit::Limit;
use domain::expr::{ExprError, REDACTED, Resolved, Scope, evaluate, resolve};
use proptest::prelude::*;
use serde_json::{Value, json};

const VECTORS: &str = include_str!("../vectors/expressions.json");

/// Where we differ on purpose: the expression and what we give.
fn differences() -> Vec<(&'static str, Value)> {
    vec![
        // Assignments and statements are no expressions.
        ("{{a=1;b=2}}", json!("")),
        // JSON has no number for these, so they become their text instead of null.
        ("{{1/0}}", json!("Infinity")),
        ("{{Infinity}}", json!("Infinity")),
    ]
}

fn vectors() -> (Value, Value) {
    let vectors: Value = serde_json::from_str(VECTORS).expect("vectors");
    let trigger =
        json!({ "body": vectors["trigger_output_body"], "queryParams": vectors["trigger_query"] });
    (vectors, trigger)
}

fn resolved(text: &str, trigger: &Value) -> Resolved {
    let scope = Scope::new().step("trigger", trigger);
    resolve(&json!(text), &scope).unwrap_or_else(|it| panic!("{text}: {it}"))
}

#[test]
fn every_recorded_expression_gives_the_recorded_value() {
    let (vectors, trigger) = vectors();
    for vector in vectors["vectors"].as_array().expect("a list") {
        let text = vector["expr"].as_str().expect("a text");
        let different = differences().into_iter().find(|it| it.0 == text);
        let expected = different.map_or_else(|| vector["resolved"].clone(), |it| it.1);
        let given = resolved(text, &trigger).value;
        let same = match (given.as_f64(), expected.as_f64()) {
            (Some(given), Some(expected)) => {
                (given - expected).abs() <= f64::EPSILON * expected.abs()
            }
            _ => given == expected,
        };
        assert!(same, "{text}: {given} instead of {expected}");
    }
}

#[test]
fn only_texts_are_resolved_wherever_they_are() {
    let (vectors, trigger) = vectors();
    let scope = Scope::new().step("trigger", &trigger);
    let given = resolve(&vectors["nested_object_input"], &scope).expect("within limits");
    assert_eq!(given.value, vectors["nested_object_resolved"]["value"]);
}

#[test]
fn the_language_does_what_javascript_does() {
    let trigger = json!({
        "people": [{"name": "Ann", "age": 31, "tags": ["a", "b"]}, {"name": "Bo", "age": 9, "tags": []}],
        "big": 9_007_199_254_740_993_i64, "text": "a-b-c", "price": 1234.5, "nothing": null, "day": "2026-03-01",
    });
    let cases = [
        ("trigger.people.filter(p => p.age > 18).map(p => p.name).join(', ')", json!("Ann")),
        ("trigger.people.reduce((sum, { age }) => sum + age, 0)", json!(40)),
        ("trigger.people.find(p => p.name === 'Bo')?.age ?? 'none'", json!(9)),
        ("trigger.people.find(p => p.name === 'Cy')?.age ?? 'none'", json!("none")),
        ("[...trigger.people].sort((a, b) => a.age - b.age)[0].name", json!("Bo")),
        ("Object.entries({a: 1, b: 2}).map(([k, v]) => `${k}=${v}`).join('&')", json!("a=1&b=2")),
        ("Object.fromEntries([['x', 1], ['y', 2]])", json!({"x": 1, "y": 2})),
        ("({...trigger.people[0], age: 32, tags: undefined})", json!({"name": "Ann", "age": 32})),
        ("trigger.big", json!(9_007_199_254_740_993_i64)),
        ("trigger.text.split('-').reverse().join('+')", json!("c+b+a")),
        ("trigger.text.replaceAll('-', x => x + x)", json!("a--b--c")),
        (
            "trigger.price.toFixed(2) + ' ' + (0.5).toFixed(0) + ' ' + (1.005).toFixed(2)",
            json!("1234.50 1 1.00"),
        ),
        ("(1234567.891).toLocaleString()", json!("1,234,567.891")),
        ("[3, 20, 100].sort()", json!([100, 20, 3])),
        ("'5' * '2' + +true", json!(11)),
        ("'5' + 2 + [1, [2, 3]] + null + {}", json!("521,2,3null[object Object]")),
        ("typeof missing + typeof null + typeof 'x'", json!("undefinedobjectstring")),
        ("null == undefined && null !== undefined && '1' == 1 && NaN != NaN", json!(true)),
        ("[1, 2, 3].includes(2) && 'name' in trigger.people[0] && !('x' in trigger)", json!(true)),
        ("((n, ...rest) => rest.length + n)(1, 2, 3)", json!(3)),
        ("(x => { const y = x * 2; if (y > 5) return 'big'; return 'small' })(3)", json!("big")),
        (
            "new Date(trigger.day).getTime() + 86400000 === new Date('2026-03-02').getTime()",
            json!(true),
        ),
        ("new Date(2026, 0, 31, 10).toISOString()", json!("2026-01-31T10:00:00.000Z")),
        ("new Date(new Date(0).setDate(32)).toISOString().slice(0, 10)", json!("1970-02-01")),
        ("new Date().toISOString()", json!("2026-03-04T05:06:07.000Z")),
        (
            "JSON.parse('{\"a\":[1,null]}').a[0] + JSON.stringify({b: [undefined, NaN]})",
            json!("1{\"b\":[null,null]}"),
        ),
        ("JSON.stringify({a: [1]}, null, 2)", json!("{\n  \"a\": [\n    1\n  ]\n}")),
        ("encodeURIComponent('a b&ü') + decodeURIComponent('%C3%BC')", json!("a%20b%26%C3%BCü")),
        ("Array.from({length: 3}, (_, i) => i * i)", json!([0, 1, 4])),
        ("5 % 3 + 2 ** 3 ** 0 + (7 >> 1) + (-1 >>> 31)", json!(8)),
        ("parseInt('ff', 16) + parseFloat('1.5kg') + Number('0x10')", json!(272.5)),
        ("flattenNestedKeys(trigger, ['people', 'tags'])", json!(["a", "b"])),
        ("'héllo'.at(-1) + 'abc'.padStart(5, '*') + 'x'.repeat(3)", json!("o**abcxxx")),
        ("Math.max(...trigger.people.map(p => p.age), 40)", json!(40)),
        ("['1', '2'].map(Number)", json!([1, 2])),
        ("trigger.nothing", json!("")),
        (&format!("1{}", " + 1".repeat(200)), json!(201)),
    ];
    let scope = Scope::new().step("trigger", &trigger).at(1_772_600_767_000);
    for (expression, expected) in cases {
        let given = evaluate(expression, &scope).unwrap_or_else(|it| panic!("{expression}: {it}"));
        assert_eq!((given.value, given.warnings), (expected, Vec::new()), "{expression}");
    }
}

#[test]
fn what_makes_no_sense_gives_nothing_and_says_why() {
    let trigger = json!({ "body": {} });
    let cases = [
        ("trigger.body.missing", "there is no such value"),
        ("trigger.body.missing.deep", "there is nothing to read deep from"),
        ("step_9.x", "step_9 is not known here"),
        ("trigger.body +", "it ends too early"),
        ("'x'.match(/x/)", "regular expressions are not supported"),
        ("process.env", "process is not known here"),
        (
            "trigger.constructor.constructor('return 1')()",
            "there is nothing to call constructor on",
        ),
        ("''.constructor", "there is no such value"),
        ("trigger.body.x = 1", "an expression cannot change a value"),
        ("Math.random()", "chance is not supported, so that a run can be repeated"),
        ("require('fs')", "require is not known here"),
    ];
    for (expression, reason) in cases {
        let given = resolved(&format!("{{{{{expression}}}}}"), &trigger);
        assert_eq!(given.value, json!(""), "{expression}");
        assert_eq!(given.warnings, [format!("{{{{{expression}}}}} gave nothing: {reason}")]);
    }
}

#[test]
fn values_are_never_read_as_expressions() {
    let trigger = json!({ "text": "{{trigger.secret}}", "secret": "s", "code": "1 + 1" });
    assert_eq!(resolved("{{trigger.text}}", &trigger).value, "{{trigger.secret}}");
    assert_eq!(
        resolved("a {{trigger.text}} {{trigger.code}}", &trigger).value,
        "a {{trigger.secret}} 1 + 1"
    );
}

#[test]
fn a_flattened_list_in_a_text_gives_a_list_of_texts() {
    let trigger = json!({ "rows": [{ "id": 1 }, { "id": 2 }], "s": "x" });
    let text = "id={{flattenNestedKeys(trigger, ['rows','id'])}} s={{trigger.s}}";
    assert_eq!(resolved(text, &trigger).value, json!(["id=1 s=x", "id=2 s=x"]));
}

#[test]
fn connections_are_read_by_name_and_masked_where_they_are_shown() {
    let (mail, other) = (json!({ "type": "SECRET_TEXT", "secret_text": "s3cret" }), json!("bare"));
    let scope = Scope::new().connection("mail", &mail).connection("my-app", &other);
    let input = json!({
        "whole": "{{connections['mail']}}",
        "dot": "Bearer {{connections.mail.secret_text}}",
        "both": "{{connections['mail']['secret_text']}}",
        "dash": "{{connections.my-app}}",
        "inside": "{{ 'Bearer ' + connections['mail'].secret_text }}",
    });
    let given = resolve(&input, &scope).expect("known").value;
    assert_eq!(given["whole"], mail);
    assert_eq!(given["dot"], "Bearer s3cret");
    assert_eq!(given["both"], "s3cret");
    assert_eq!(given["dash"], "bare");
    assert_eq!(given["inside"], "Bearer s3cret");
    for shown in [
        "connections['mail']",
        "connections.mail.secret_text",
        "connections.my-app",
        "'Bearer ' + connections['mail'].secret_text",
    ] {
        assert_eq!(evaluate(shown, &scope).expect("known").value, REDACTED, "{shown}");
    }
}

#[test]
fn a_missing_connection_stops_the_step_and_is_named() {
    let stopped = resolve(&json!("{{connections['gone'].x}}"), &Scope::new());
    assert_eq!(stopped, Err(ExprError::NoConnection { external_id: "gone".to_owned() }));
}

#[test]
fn a_limit_stops_the_step_and_is_named() {
    let numbers = "Array.from({length: 2000}, (_, i) => i)";
    let cases = [
        (format!("{numbers}.map(x => {numbers}.map(y => y))"), Limit::Fuel),
        ("'x'.repeat(1e9)".to_owned(), Limit::Size),
        ("'abc'.padEnd(1e12)".to_owned(), Limit::Size),
        ("Array.from({length: 1e9})".to_owned(), Limit::Size),
        (format!("{}1{}", "(".repeat(200), ")".repeat(200)), Limit::Depth),
        (format!("{}1", "!".repeat(300)), Limit::Depth),
        ("(f => f(f))(f => f(f))".to_owned(), Limit::Depth),
        (format!("{numbers}.reduce((a, x) => [a], [])"), Limit::Depth),
        (format!("{numbers}.reduce((f, x) => () => f, 0)"), Limit::Depth),
        (format!("1{}", " + 1".repeat(400)), Limit::Depth),
        ("1 ".repeat(6000), Limit::Length),
    ];
    for (expression, limit) in cases {
        let shown: String = expression.chars().take(60).collect();
        assert_eq!(evaluate(&expression, &Scope::new()), Err(ExprError::Limit(limit)), "{shown}");
    }
}

#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let deepest = || {
        let nested = (0..60).fold("1".to_owned(), |inner, _| format!("[{inner}].map(x => x)"));
        for expression in [
            "(f => f(f))(f => f(f))".to_owned(),
            "(f => f(f))(f => [1].map(() => f(f)))".to_owned(),
            "(f => f(f))(f => [2, 1].sort(() => f(f)))".to_owned(),
            "(f => f(f))(f => `${'a'.replace('a', () => f(f))}`)".to_owned(),
            format!("{}1{}", "[".repeat(60), "]".repeat(60)),
            format!("JSON.stringify({}1{})", "[".repeat(60), "]".repeat(60)),
            "[1".to_owned() + &", 1".repeat(100) + "].reduce(a => [a]).toString()",
            nested,
        ] {
            let _ = evaluate(&expression, &Scope::new());
        }
    };
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    small.spawn(deepest).expect("a thread").join().expect("no overflow");
}

#[test]
fn many_mentions_of_one_large_value_are_not_free() {
    let trigger = json!({ "body": "x".repeat(1_000_000) });
    let scope = Scope::new().step("trigger", &trigger);
    let texts: Vec<_> = (0..100).map(|_| json!("{{trigger.body}}")).collect();
    assert_eq!(resolve(&Value::Array(texts), &scope), Err(ExprError::Limit(Limit::Size)));
}

/// Texts made of what the language is made of, so that more than the first lexeme is reached.
fn expressions() -> impl Strategy<Value = String> {
    let words = [
        "trigger",
        ".a",
        "['b']",
        "?.c",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ";",
        "=>",
        "x",
        "...",
        "+",
        "-",
        "*",
        "/",
        "**",
        "%",
        "==",
        "<",
        "&&",
        "||",
        "??",
        "?",
        "!",
        "typeof ",
        "1",
        "0.5",
        "1e9",
        "'t'",
        "`${x}`",
        "null",
        ".map",
        ".filter",
        ".reduce",
        ".sort",
        ".flat",
        ".join",
        ".split",
        ".repeat",
        ".length",
        "new Date",
        "Math.max",
        "JSON.stringify",
        "Array.from",
        "Object.entries",
        "const ",
        "return ",
        "if ",
        " = ",
        "\n",
        "é",
        "\"",
        "`",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..40)
        .prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn no_expression_panics_or_runs_on(expression in expressions()) {
        let trigger = json!({ "a": [1, "two", { "k": [null, true] }], "b": "text", "c": { "d": 5 } });
        let scope = Scope::new().step("trigger", &trigger).at(0);
        let _ = evaluate(&expression, &scope);
        let _ = resolve(&json!(format!("a {{{{{expression}}}}} b")), &scope);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let scope = Scope::new();
        let _ = evaluate(&text, &scope);
        let _ = resolve(&json!(text), &scope);
    }

    /// Text that came from outside is text, whatever it looks like.
    #[test]
    fn what_is_a_value_is_never_evaluated(expression in expressions()) {
        let given = format!("{{{{{expression}}}}}");
        let trigger = json!({ "text": given.as_str() });
        let scope = Scope::new().step("trigger", &trigger).at(0);
        let whole = resolve(&json!("{{trigger.text}}"), &scope);
        prop_assert_eq!(whole.map(|it| it.value), Ok(json!(given)));
        let part = resolve(&json!("<{{trigger.text}}>"), &scope);
        prop_assert_eq!(part.map(|it| it.value), Ok(json!(format!("<{given}>"))));
    }

    #[test]
    fn a_path_gives_exactly_what_is_there(key in "[a-z ]{1,8}", value in -1_000_000_i64..1_000_000) {
        let trigger = json!({ key.as_str(): { "inner": [value] } });
        let scope = Scope::new().step("trigger", &trigger);
        let given = resolve(&json!(format!("{{{{trigger['{key}'].inner[0]}}}}")), &scope);
        prop_assert_eq!(given.map(|it| it.value), Ok(json!(value)));
    }
}
