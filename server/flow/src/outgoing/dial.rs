//! The HTTP client whose name resolution is the judge: it dials only addresses that passed, so a name that changes
//! between the look and the call gains nothing.

use crate::outgoing::address;
use crate::outgoing::allowed::Allowed;
use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use url::{Host, Url};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Idle connections are dropped soon: they were judged when they were opened.
const IDLE: Duration = Duration::from_secs(5);

/// An address that PM OS does not reach on behalf of people and data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    message: String,
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Closed {}

impl Closed {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    fn private(host: &str) -> Self {
        Self::new(format!(
            "{host} is a private address, which PM OS does not reach by itself. A super admin can allow it in the platform \
             settings"
        ))
    }
}

/// A client that reaches public addresses and what `allowed` opens.
pub(crate) fn client(allowed: Arc<Allowed>) -> Result<Client, reqwest::Error> {
    // A second installation is refused, which is fine: there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(CONNECT_WITHIN)
        .pool_idle_timeout(IDLE)
        .dns_resolver(Arc::new(Judge { allowed }))
        .user_agent("PM OS")
        .build()
}

/// Reads an address and judges what can be judged before a name is resolved.
///
/// # Errors
/// Why the address is not one PM OS may reach.
pub fn judge(text: &str, allowed: &Allowed) -> Result<Url, Closed> {
    if text.chars().any(|it| it.is_control()) {
        return Err(Closed::new("The address holds a line break or another control character"));
    }
    let url = Url::parse(text.trim()).map_err(|_| {
        Closed::new(format!("{text} is not an address. It must begin with https:// or http://"))
    })?;
    judge_url(&url, allowed)?;
    Ok(url)
}

/// Judges the address a redirect leads to.
pub(crate) fn judge_url(url: &Url, allowed: &Allowed) -> Result<(), Closed> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Closed::new("The address must begin with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Closed::new(
            "The address holds a name or password. Use the step's authentication",
        ));
    }
    let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return Err(Closed::new("The address names no host"));
    };
    let name = url.host_str().unwrap_or_default();
    let literal = match host {
        Host::Domain(_) => None,
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
    };
    if allowed.has_host(name, port) || literal.is_some_and(|it| allowed.has_address(it)) {
        return Ok(());
    }
    if !matches!(port, 80 | 443) {
        let message =
            format!("The ports 80 and 443 may be reached, not {port}. A super admin can allow it");
        return Err(Closed::new(message));
    }
    match literal {
        Some(address) if !address::is_public(address) => Err(Closed::private(name)),
        _ => Ok(()),
    }
}

/// Connects to a host that is judged like an address, on one of `ports` or where the list opens it.
///
/// # Errors
/// Why it is not reached, in plain words.
pub(crate) async fn reach(
    (host, port): (&str, u16),
    ports: &[u16],
    allowed: &Allowed,
) -> Result<TcpStream, Closed> {
    let is_opened = allowed.has_host(host, port);
    if !is_opened && !ports.contains(&port) {
        let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
        let message = format!(
            "The ports {} may be reached, not {port}. A super admin can allow it",
            ports.join(", ")
        );
        return Err(Closed::new(message));
    }
    let away = || Closed::new(format!("{host} was not found or does not answer. Check its name"));
    let connecting = async {
        let found: Vec<SocketAddr> =
            tokio::net::lookup_host((host, port)).await.map_err(|_| away())?.collect();
        judge_found(host, &found, allowed)?;
        TcpStream::connect(found.as_slice()).await.map_err(|_| away())
    };
    tokio::time::timeout(CONNECT_WITHIN, connecting).await.unwrap_or_else(|_| Err(away()))
}

struct Judge {
    allowed: Arc<Allowed>,
}

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            judge_found(name.as_str(), &found, &allowed)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// One private address among them refuses all.
fn judge_found(name: &str, found: &[SocketAddr], allowed: &Allowed) -> Result<(), Closed> {
    let is_open = |it: &SocketAddr| address::is_public(it.ip()) || allowed.has_address(it.ip());
    if allowed.has_name(name) || found.iter().all(is_open) {
        return Ok(());
    }
    Err(Closed::private(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn addresses_that_hide_something_are_refused() {
        let closed = [
            "ftp://example.com",
            "file:///etc/passwd",
            "http://user@example.com",
            "http://a:b@example.com",
            "http://127.0.0.1",
            "http://[::1]/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://127.1/",
            "http://[::ffff:169.254.169.254]/",
            "https://example.com:8443/",
            "http://exa\nmple.com",
            "example.com",
        ];
        for text in closed {
            assert!(judge(text, &Allowed::default()).is_err(), "{text}");
        }
        assert!(judge("https://example.com/a?b=c", &Allowed::default()).is_ok());
    }

    #[test]
    fn the_list_opens_a_host_on_its_port() {
        let allowed = Allowed::read(&json!(["127.0.0.1:4000"]));
        assert!(judge("http://127.0.0.1:4000/x", &allowed).is_ok());
        assert!(judge("http://127.0.0.1:4001/x", &allowed).is_err());
    }

    #[test]
    fn one_private_address_among_many_refuses_the_name() {
        let found = ["1.1.1.1:0".parse().unwrap(), "10.0.0.1:0".parse().unwrap()];
        assert!(judge_found("two.example", &found, &Allowed::default()).is_err());
        assert!(judge_found("one.example", &found[..1], &Allowed::default()).is_ok());
    }
}
