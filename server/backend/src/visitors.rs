//! People without a session: what tells one browser from another while it is open.

pub use flow::apps::Visitor;
pub use flow::apps::running::{Asked, Executed};

use domain::actor::Actor;
use domain::client::Client;
use store::ids;

/// The cookie that holds the random word of a browser.
pub const COOKIE: &str = "pmos_visitor";
/// Random bytes of a word.
const BYTES: usize = 16;

/// Who asks, with the word that the browser sent, if it is one of ours.
pub fn visitor(actor: Option<Actor>, word: Option<String>, client: Client) -> Visitor {
    Visitor { actor, browser: word.filter(|it| is_word(it)), client }
}

/// Gives a browser that has none a word; gives the cookie to set then. It lasts until the browser is closed.
pub fn known(visitor: &mut Visitor) -> Option<String> {
    if visitor.browser.is_some() {
        return None;
    }
    let word = ids::random_hex(BYTES);
    let secure = if visitor.client.is_secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={word}; Path=/; HttpOnly; SameSite=Lax{secure}");
    visitor.browser = Some(word);
    Some(cookie)
}

fn is_word(text: &str) -> bool {
    text.len() == BYTES * 2 && text.bytes().all(|it| it.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_keeps_its_word_and_brings_no_other() {
        let mut visitor = visitor(None, Some("mine".to_owned()), Client::default());
        let cookie = known(&mut visitor).unwrap_or_default();
        let word = visitor.browser.clone().unwrap_or_default();
        assert!(cookie.starts_with(&format!("{COOKIE}={word};")) && !cookie.contains("Secure"));
        assert_eq!(known(&mut visitor), None);
        let again = super::visitor(None, Some(word.clone()), Client::default());
        assert_eq!(again.browser, Some(word));
    }
}
