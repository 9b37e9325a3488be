//! Bodies of requests, as anybody may send them. `PROPTEST_CASES=100000` looks longer than the 256 of every day.

use domain::problem::Problem;
use flow::payload::HookRequest;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const KINDS: [&str; 9] = [
    "",
    "application/json",
    "application/vnd.api+json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "text/xml",
    "application/soap+xml",
    "text/plain",
    "multipart/form-data; boundary=x",
    "\u{0}/;;",
];

fn request(kind: &str, query: &str, body: Vec<u8>) -> HookRequest {
    HookRequest {
        method: "POST".to_owned(),
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        query: query.to_owned(),
        body,
    }
}

/// It is taken as an object that can be written and read, or refused with a reason.
fn taken_or_refused(request: &HookRequest) {
    match request.output() {
        Ok(output) => {
            assert!(output["headers"].is_object() && output["queryParams"].is_object());
            assert_eq!(output.get("body").is_some(), !request.body.is_empty());
            let text = output.to_string();
            assert_eq!(serde_json::from_str::<Value>(&text).expect("readable"), output);
        }
        Err(Problem::InvalidJson | Problem::Invalid { .. }) => {}
        Err(other) => panic!("{other:?}"),
    }
}

fn marks() -> impl Strategy<Value = String> {
    let words = [
        "<",
        ">",
        "</",
        "/>",
        "<a>",
        "</a>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml ?>",
        "<!DOCTYPE a [",
        "<!ENTITY b \"&b;\">",
        "&b;",
        "&#0;",
        "&lt;",
        "a=\"",
        "\"",
        "xmlns:p=\"u\"",
        "p:",
        "é",
        " ",
        "\n",
        "a",
    ];
    proptest::collection::vec(select(words.to_vec()), 0..40).prop_map(|it| it.concat())
}

fn pairs() -> impl Strategy<Value = String> {
    let words = [
        "a", "b", "=", "&", "[", "]", "[]", "%5B", "%5D", "%", "%ff", "+", "é", "[a][b][]", "0",
        ";",
    ];
    proptest::collection::vec(select(words.to_vec()), 0..60).prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(kind in select(KINDS.to_vec()), query in "\\PC{0,40}", body in proptest::collection::vec(any::<u8>(), 0..300)) {
        taken_or_refused(&request(kind, &query, body));
    }

    #[test]
    fn no_markup_breaks_the_reader(text in marks()) {
        taken_or_refused(&request("application/xml", "", text.into_bytes()));
    }

    #[test]
    fn no_form_breaks_the_reader(text in pairs()) {
        taken_or_refused(&request("application/x-www-form-urlencoded", &text, text.clone().into_bytes()));
    }

    #[test]
    fn json_arrives_as_it_was_sent(text in "\\PC{0,20}", number in any::<i64>()) {
        let sent = json!({ "a": [text, number], "b": { "c": null } });
        let output = request("application/json", "", sent.to_string().into_bytes()).output();
        prop_assert_eq!(&output.expect("readable")["body"], &sent);
    }
}

#[test]
fn what_nests_without_end_is_refused() {
    for (kind, open, close) in [
        ("application/json", "[", "]"),
        ("application/json", "{\"a\":", "1}"),
        ("text/xml", "<a>", "</a>"),
    ] {
        let body = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        let refused = request(kind, "", body.into_bytes()).output();
        assert!(
            matches!(refused, Err(Problem::InvalidJson | Problem::Invalid { .. })),
            "{kind} {open}"
        );
    }
    let deep = format!("a{}=1", "[b]".repeat(100_000));
    taken_or_refused(&request(
        "application/x-www-form-urlencoded",
        &deep,
        deep.clone().into_bytes(),
    ));
}
