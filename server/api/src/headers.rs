//! Headers of every answer: what a browser may do with it (contract.md 0.7).

use crate::request::is_api_path;
use crate::rest::chat;
use crate::{hooks, oauth};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use std::sync::Arc;

/// For what comes from our origin but is not ours: it may do nothing in a browser.
const OF_OTHERS: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox";

/// On an answer that is sent as it is: packing it would take longer than sending it.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

/// What the page's own inline scripts carry; another one for each answer. Pages hand it to their renderer.
#[derive(Clone, Debug)]
pub struct PageNonce(pub Arc<str>);

impl PageNonce {
    pub(crate) fn fresh() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string().into())
    }

    /// Scripts run when they are ours: from our files or with this nonce. The bundle is WebAssembly. Sizes and
    /// positions are style attributes; style sheets are files.
    fn policy(&self, forms: &str) -> String {
        format!(
            "default-src 'self'; script-src 'self' 'nonce-{}' 'wasm-unsafe-eval'; style-src 'self'; \
             style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
             {forms}frame-ancestors 'none'",
            self.0
        )
    }
}

/// Sets them; nothing else decides about them.
pub(crate) fn add(headers: &mut HeaderMap, path: &str, nonce: &PageNonce, is_secure: bool) {
    let policy = match path {
        _ if hooks::takes_payloads(path) || chat::is_file(path) => OF_OTHERS.to_owned(),
        // Its form ends at the address of the chat client, which browsers count as a target of the form.
        oauth::PAGE => nonce.policy(""),
        _ => nonce.policy("form-action 'self'; "),
    };
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_secure {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    let is_page =
        headers.get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    if is_page || is_api_path(path) {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}
