//! Answers as HTML: markdown without raw HTML and without pictures, so that nothing a tool read can act on the page
//! or tell another server that it was read.

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, html};

/// Renders an answer. Links open beside PM OS when they lead elsewhere.
pub fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    Builder::default()
        .rm_tags(["img"])
        .link_rel(Some("noopener noreferrer"))
        .url_schemes(["http", "https", "mailto"].into())
        .clean(&page)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_links_are_kept() {
        let html = to_html("- [Draft copy](https://app.example.com/1)\n- **late**");
        assert!(html.contains("<li>") && html.contains("<strong>late</strong>"), "{html}");
        assert!(html.contains(r#"href="https://app.example.com/1""#), "{html}");
    }

    #[test]
    fn nothing_in_an_answer_can_act_on_the_page() {
        for hostile in [
            "<script>alert(1)</script>",
            "![x](https://evil.example/pixel.png)",
            "[x](javascript:alert(1))",
            "<img src=x onerror=alert(1)>",
            "<a href=\"data:text/html,x\">y</a>",
        ] {
            let html = to_html(hostile);
            let acts = ["<script", "<img", "javascript:", "<a href=\"data"]
                .iter()
                .any(|it| html.contains(it));
            assert!(!acts, "{hostile} gave {html}");
        }
    }
}
