//! The text piece.

use crate::pieces::input::{Input, as_text};
use crate::pieces::{Done, Failed};
use serde_json::{Value, json};

/// The longest text a step makes, bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// Does what `action` says.
pub(crate) fn run(action: &str, input: &Input<'_>) -> Result<Done, Failed> {
    let text = || input.text("text").unwrap_or_default();
    let output = match action {
        "concat" => join(input)?,
        "split" => split(&text(), &input.required_as_is("delimiter", "Where to cut")?),
        "replace" => replace(input, &text())?,
        "find" => find(&text(), &input.required_as_is("searchValue", "The words to find")?),
        "change_case" => cased(&text(), &input.text("case").unwrap_or_default())?.into(),
        "stripHtml" => without_tags(&input.required_text("html", "The HTML")?).into(),
        "shorten" => shortened(&text(), input)?,
        "defaultValue" => input
            .value("value")
            .or_else(|| input.value("defaultString"))
            .cloned()
            .unwrap_or_default(),
        other => return Err(Failed::unknown("Text", other)),
    };
    Ok(Done::Output(output))
}

fn join(input: &Input<'_>) -> Result<Value, Failed> {
    let texts = input.list("texts", "The texts")?;
    let between = input.text("separator").unwrap_or_default();
    let texts: Vec<String> = texts.iter().map(as_text).collect();
    checked(texts.join(&unescaped(&between)))
}

fn split(text: &str, at: &str) -> Value {
    text.split(&unescaped(at)).map(|it| Value::from(it.trim())).collect()
}

fn replace(input: &Input<'_>, text: &str) -> Result<Value, Failed> {
    let words = input.required_as_is("searchValue", "The words to replace")?;
    let with = input.text("replaceValue").unwrap_or_default();
    let grown = text.matches(&words).count().saturating_mul(with.len());
    if grown > LONGEST {
        return Err(too_long());
    }
    checked(text.replace(&words, &with))
}

fn find(text: &str, words: &str) -> Value {
    let position = text.split_once(words).map(|(before, _)| before.chars().count());
    json!({ "found": position.is_some(), "position": position, "times": text.matches(words).count() })
}

fn cased(text: &str, case: &str) -> Result<String, Failed> {
    Ok(match case {
        "upper" => text.to_uppercase(),
        "lower" => text.to_lowercase(),
        "title" => text.split(' ').map(capital).collect::<Vec<_>>().join(" "),
        "sentence" => capital(text),
        "slug" => slug(text),
        other => return Err(Failed::new(format!("{other} is not a way to change letters"))),
    })
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
    })
}

fn slug(text: &str) -> String {
    let words = text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// The words between tags; scripts and styles are not words.
fn without_tags(html: &str) -> String {
    let mut words = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        words.push(' ');
        let name: String = tag.chars().take(6).collect::<String>().to_ascii_lowercase();
        rest = match name.as_str() {
            "script" => after(tag, "</script>"),
            it if it.starts_with("style") => after(tag, "</style>"),
            _ => tag.split_once('>').map_or("", |it| it.1),
        };
    }
    words.push_str(rest);
    let words = words.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">");
    let words = words.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What follows the first `end` in `text`, whatever its letter case; nothing when it never ends.
fn after<'a>(text: &'a str, end: &str) -> &'a str {
    let lower = text.to_ascii_lowercase();
    lower.find(end).and_then(|at| text.get(at + end.len()..)).unwrap_or_default()
}

fn shortened(text: &str, input: &Input<'_>) -> Result<Value, Failed> {
    let most = input.required_integer("length", "The number of characters")?;
    let most = usize::try_from(most)
        .map_err(|_| Failed::new("The number of characters must not be negative"))?;
    let short: String = text.chars().take(most).collect();
    Ok(if short.len() < text.len() { format!("{short}…").into() } else { short.into() })
}

/// `\n` and `\t` as people write them in one line.
fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t")
}

fn checked(text: String) -> Result<Value, Failed> {
    if text.len() > LONGEST { Err(too_long()) } else { Ok(text.into()) }
}

fn too_long() -> Failed {
    Failed::new("The text would be longer than 4 MB. Use a shorter one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pieces::testing::output;

    fn gave(action: &str, input: Value) -> Value {
        output(&input, |input| run(action, input))
    }

    #[test]
    fn texts_are_joined_cut_and_changed() {
        assert_eq!(gave("concat", json!({ "texts": ["a", 1], "separator": ", " })), "a, 1");
        assert_eq!(gave("split", json!({ "text": "a, b", "delimiter": "," })), json!(["a", "b"]));
        assert_eq!(gave("split", json!({ "text": "a\nb", "delimiter": "\\n" })), json!(["a", "b"]));
        let input = json!({ "text": "a-b-a", "searchValue": "a", "replaceValue": "c" });
        assert_eq!(gave("replace", input), "c-b-c");
        assert_eq!(
            gave("find", json!({ "text": "übermorgen", "searchValue": "morgen" })),
            json!({ "found": true, "position": 4, "times": 1 })
        );
        for (case, expected) in
            [("upper", "OUR PLAN: B"), ("title", "Our Plan: B"), ("slug", "our-plan-b")]
        {
            assert_eq!(
                gave("change_case", json!({ "text": "our plan: b", "case": case })),
                expected
            );
        }
        assert_eq!(gave("shorten", json!({ "text": "long text", "length": 4 })), "long…");
        assert_eq!(gave("defaultValue", json!({ "value": "", "defaultString": "x" })), "x");
    }

    #[test]
    fn only_the_words_of_a_page_are_kept() {
        let html = "<p>Hi <b>you</b><script>let a = '<b>';</script> &amp; me</p><br";
        assert_eq!(gave("stripHtml", json!({ "html": html })), "Hi you & me");
    }
}
