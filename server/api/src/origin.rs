//! Requests that change something must come from our own pages or from no page at all (contract.md 0.7).

use crate::hooks;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use backend::Backend;
use domain::problem::Problem;

/// Refuses a change that another site's page asks for. Hooks are for other sites; they carry their own secret.
pub(crate) async fn check(
    backend: &Backend,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    if !changes_something(method, path) || hooks::is_hook(path) {
        return Ok(());
    }
    let site = text(headers, "sec-fetch-site");
    if site == Some("cross-site") {
        return Err(Problem::CrossSite);
    }
    let Some(origin) = text(headers, ORIGIN.as_str()) else { return Ok(()) };
    // Our pages send no referrer, so a form of theirs that works without scripts has the origin `null`. The browser
    // then still says where it comes from, in a header that no page can set.
    let is_our_form = origin == "null" && site == Some("same-origin");
    if is_our_form || is_ours(backend, origin, text(headers, HOST.as_str())) {
        return Ok(());
    }
    if backend.auth.is_allowed_origin(origin).await? { Ok(()) } else { Err(Problem::CrossSite) }
}

fn changes_something(method: &Method, path: &str) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || path == "/api/chat/stream"
}

/// Whether a page of `origin` may speak to us, whatever it asks for: ours, or one that a super admin listed.
pub(crate) async fn is_allowed(backend: &Backend, headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(origin) = text(headers, ORIGIN.as_str()) else { return Ok(true) };
    let is_ours = is_ours(backend, origin, text(headers, HOST.as_str()));
    Ok(is_ours || backend.auth.is_allowed_origin(origin).await?)
}

/// Whether the request comes from a page of another site that a super admin listed.
pub(crate) async fn is_listed(backend: &Backend, headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(origin) = text(headers, ORIGIN.as_str()) else { return Ok(false) };
    let is_ours = is_ours(backend, origin, text(headers, HOST.as_str()));
    Ok(!is_ours && backend.auth.is_allowed_origin(origin).await?)
}

/// Whether the request was sent to a name that is ours. Without a base address that is this machine or an address in
/// digits: a foreign name that was made to point here is what DNS rebinding uses.
pub(crate) fn is_our_host(backend: &Backend, headers: &HeaderMap) -> bool {
    if backend.config.base_url.is_some() {
        return true;
    }
    let Some(host) = text(headers, HOST.as_str()) else { return true };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok()
}

/// The base address where one is set, else the address the request was sent to.
fn is_ours(backend: &Backend, origin: &str, host: Option<&str>) -> bool {
    match &backend.config.base_url {
        Some(base) => origin == origin_of(base),
        None => origin.split_once("://").is_some_and(|(_, authority)| Some(authority) == host),
    }
}

fn origin_of(address: &str) -> &str {
    let path = address.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    path.and_then(|(_, path)| address.strip_suffix(path)?.strip_suffix('/')).unwrap_or(address)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin_of("https://pmos.example.com"), "https://pmos.example.com");
        assert_eq!(origin_of("https://example.com/pm/os"), "https://example.com");
    }
}
