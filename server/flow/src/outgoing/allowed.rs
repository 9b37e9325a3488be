//! The list of private places that steps may reach all the same (contract.md 1.8, `outgoingAllowList`).

use crate::outgoing::address;
use serde_json::Value;
use std::net::IpAddr;

/// Hosts, hosts with a port, and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    hosts: Vec<(String, Option<u16>)>,
    networks: Vec<(IpAddr, u32)>,
}

impl Allowed {
    /// Reads the setting; entries that cannot be read open nothing.
    pub fn read(setting: &Value) -> Self {
        let mut allowed = Self::default();
        for entry in setting.as_array().into_iter().flatten().filter_map(Value::as_str) {
            allowed.add(entry.trim());
        }
        allowed
    }

    /// The same list, with one more host on its port.
    #[must_use]
    pub fn and(mut self, url: &url::Url) -> Self {
        let host = url.host_str().map(str::to_owned);
        self.hosts.extend(host.map(|it| (it, url.port_or_known_default())));
        self
    }

    fn add(&mut self, entry: &str) {
        if let Some((network, length)) = entry.split_once('/') {
            let network = network.parse().ok().zip(length.parse().ok());
            self.networks.extend(network);
        } else if entry.parse::<std::net::Ipv6Addr>().is_ok() {
            self.hosts.push((entry.to_owned(), None));
        } else if let Some((host, port)) = entry.rsplit_once(':') {
            let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
            self.hosts.extend(port.parse().ok().map(|port| (host, Some(port))));
        } else if !entry.is_empty() {
            self.hosts.push((entry.to_ascii_lowercase(), None));
        }
    }

    /// Whether `host` may be reached on `port` wherever it leads.
    pub(crate) fn has_host(&self, host: &str, port: u16) -> bool {
        let host = host.trim_matches(['[', ']']);
        self.hosts.iter().any(|(name, at)| name == host && at.is_none_or(|at| at == port))
    }

    /// Whether `host` may be dialled on some port; the port was judged before.
    pub(crate) fn has_name(&self, host: &str) -> bool {
        self.hosts.iter().any(|(name, _)| name == host)
    }

    /// Whether `address` lies in an opened network.
    pub(crate) fn has_address(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|(network, length)| address::is_within(address, *network, *length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entries_open_what_they_name_and_nothing_else() {
        let allowed =
            Allowed::read(&json!(["intranet", "127.0.0.1:8080", "10.1.0.0/16", "::1", "/", 7]));
        assert!(allowed.has_host("intranet", 9000));
        assert!(allowed.has_host("127.0.0.1", 8080));
        assert!(!allowed.has_host("127.0.0.1", 8081));
        assert!(allowed.has_host("[::1]", 80));
        assert!(allowed.has_address("10.1.2.3".parse().unwrap()));
        assert!(!allowed.has_address("10.2.2.3".parse().unwrap()));
        assert!(!allowed.has_host("", 80));
    }
}
