//! Answers as HTML: markdown without raw HTML and without pictures, so that nothing a tool read can act on the page
//! or tell another server that it was read.

use crate::links;
use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Renders an answer. A link to a record of Basecamp opens it over the page of its project, and one to Basecamp itself
/// follows; what leads elsewhere opens beside PM OS.
pub fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut page = String::new();
    html::push_html(&mut page, led_here(events).into_iter());
    Builder::default()
        .rm_tags(["img"])
        .add_tag_attributes("a", ["class", "aria-label", "target"])
        .link_rel(Some("noopener noreferrer"))
        .url_schemes(["http", "https", "mailto"].into())
        .clean(&page)
        .to_string()
}

/// With links to records leading to our pages, and Basecamp's own beside them.
fn led_here<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let mut all = Vec::new();
    // The address in Basecamp of the link that is open, and its words so far.
    let mut open: Option<(CowStr<'a>, String)> = None;
    for event in events {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let ours = links::here(&dest_url).map(CowStr::from);
                let to = ours.clone().unwrap_or_else(|| dest_url.clone());
                open = ours.map(|_| (dest_url, String::new()));
                all.push(Event::Start(Tag::Link { link_type, dest_url: to, title, id }));
            }
            Event::End(TagEnd::Link) => {
                all.push(Event::End(TagEnd::Link));
                all.extend(open.take().map(|(url, words)| in_basecamp(&url, &words)));
            }
            event => {
                if let (Event::Text(text) | Event::Code(text), Some((_, words))) =
                    (&event, &mut open)
                {
                    words.push_str(text);
                }
                all.push(event);
            }
        }
    }
    all
}

/// The way to a record in Basecamp itself.
fn in_basecamp(url: &str, words: &str) -> Event<'static> {
    let (href, label) = (ammonia::clean_text(url), ammonia::clean_text(words));
    let link = format!(
        " <a class=\"prose__ext\" href=\"{href}\" target=\"_blank\" aria-label=\"Basecamp: {label}\">Basecamp</a>"
    );
    Event::InlineHtml(link.into())
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
    fn a_record_opens_here_and_basecamp_stands_beside_it() {
        let url = "https://3.basecamp.com/1/buckets/2/todos/3";
        let html = to_html(&format!("- [Say \"hi\" & *go*]({url}) · Nordlys app"));
        assert!(html.contains(r#"<a href="/projects/2?item=3""#), "{html}");
        assert!(html.contains(&format!(r#"href="{url}""#)), "{html}");
        assert!(html.contains(r#"aria-label="Basecamp: Say &quot;hi&quot; &amp; go""#), "{html}");
        assert_eq!(to_html("[x](https://e.example/2/todos/3)").matches("<a ").count(), 1);
        let hostile = to_html(r#"[a" onclick="x](https://3.basecamp.com/1/buckets/2/todos/3)"#);
        let label = r#"aria-label="Basecamp: a&quot; onclick=&quot;x""#;
        assert!(hostile.contains(label), "{hostile}");
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
