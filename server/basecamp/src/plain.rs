//! Basecamp's rich text as plain text, and back.

/// Tags whose content stands on lines of its own.
const BLOCKS: [&str; 8] = ["div", "p", "li", "h1", "blockquote", "pre", "ul", "ol"];

/// The words of `html`, with line breaks where blocks begin and end.
pub(crate) fn from_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(&unescape(before));
        let Some((tag, following)) = after.split_once('>') else {
            rest = "";
            break;
        };
        let name = name_of(tag);
        let is_block = BLOCKS.iter().any(|it| it.eq_ignore_ascii_case(name));
        if name.eq_ignore_ascii_case("br")
            || (is_block && !text.is_empty() && !text.ends_with('\n'))
        {
            text.push('\n');
        }
        rest = following;
    }
    text.push_str(&unescape(rest));
    tidy(&text)
}

fn name_of(tag: &str) -> &str {
    let name = tag.trim_start_matches('/');
    name.split(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default()
}

fn unescape(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (name, sign)| text.replace(name, sign))
}

/// Without spaces around lines, empty lines at the ends, and more than one empty line in between.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if !line.is_empty() || lines.last().is_some_and(|it| !it.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

/// Whether the words of `html` are all there is to it: it has lines, and nothing else that plain text would lose.
pub(crate) fn is_plain(html: &str) -> bool {
    html.split('<').skip(1).all(|it| {
        let tag = it.split('>').next().unwrap_or_default();
        let tag = tag.trim_matches(|it: char| it == '/' || it.is_whitespace());
        ["div", "p", "br"].iter().any(|it| it.eq_ignore_ascii_case(tag))
    })
}

/// `text` as rich text; empty stays empty.
pub(crate) fn to_html(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let escaped = text.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<div>{}</div>", escaped.replace("\r\n", "\n").replace('\n', "<br>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_lines_and_tags_go() {
        let html = "<div>Check <strong>power</strong>&nbsp;use<br>today</div><ul><li>one</li><li>two</li></ul>";
        assert_eq!(from_html(html), "Check power use\ntoday\none\ntwo");
        assert_eq!(from_html("<bc-attachment sgid=\"x\"></bc-attachment>"), "");
    }

    #[test]
    fn what_plain_text_would_lose_is_not_plain() {
        for html in ["", "words", "<div>One<br>two<br/></div><p>three</p>", "<div>a &lt; b</div>"] {
            assert!(is_plain(html), "{html}");
        }
        for html in [
            "<b>loud</b>",
            "<div><a href=\"x\">x</a></div>",
            "<ul><li>one</li></ul>",
            "<p class=\"x\">",
        ] {
            assert!(!is_plain(html), "{html}");
        }
    }

    #[test]
    fn plain_text_survives_the_way_there_and_back() {
        for text in ["", "One line", "Two\nlines & <b>signs</b>", "a &amp; b"] {
            assert_eq!(from_html(&to_html(text)), text);
        }
    }
}
