//! Settings of the server (contract.md 10). Nothing is required.

mod reading;

use reading::{
    assistant, base_url, database, flow_engine, handshake, is_closed, is_on, lists, log_level,
    numbers, origins, parse, tool_programs, unread,
};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use tools::style::ListStyle;

/// A setting that stops the start: its name and the reason.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct ConfigError {
    /// The variable.
    pub name: &'static str,
    /// What is wrong and what is accepted.
    pub reason: String,
}

/// A setting that may hold a password or a key. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

/// Where records are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, which several nodes may share.
    Postgres(Secret),
}

/// A server of another maker that runs flows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowServer {
    /// Its address.
    pub url: String,
    /// An API key of it.
    pub api_key: Secret,
    /// The project that holds the flows.
    pub project_id: String,
}

/// Everything read from the environment at the start.
#[derive(Clone, Debug)]
pub struct Config {
    /// `PMOS_HOST`, default `127.0.0.1`; `PORT` or `PMOS_PORT`, default 10000, 0 takes a free one.
    pub listen: SocketAddr,
    /// `PMOS_DATA`, default `./data`: the SQLite file, the generated key, the sample Basecamp.
    pub data: PathBuf,
    /// `APP_BASE_URL`, without a slash at the end; the listening address when absent.
    pub base_url: Option<String>,
    /// `DATABASE_URL` (PostgreSQL) or `SQLITE_PATH`; a file in `data` when absent.
    pub database: Database,
    /// `PMOS_SECRET_KEY`; generated once into `data` when absent.
    pub secret_key: Option<Secret>,
    /// `JSON_BODY_LIMIT`, bytes, default 2 MB.
    pub json_body_limit: usize,
    /// `PMOS_SIGNUP=closed` switches sign-up off.
    pub is_signup_closed: bool,
    /// `CORS_ALLOWED_ORIGINS`, commas between: sites whose pages may call with a key, besides those in the settings.
    pub cors_allowed_origins: Vec<String>,
    /// `PMOS_SHELL_TOKEN`: what scripts show besides their key to run commands; nothing when absent.
    pub shell_token: Option<Secret>,
    /// `BCGPT_URL` or `PMOS_URL`, shown where scripts look for it; the base address when absent.
    pub shown_url: Option<String>,
    /// `FLOW_URL`, the same for the engine of flows.
    pub shown_flow_url: Option<String>,
    /// `ACTIVEPIECES_URL` or `FLOW_URL`, with `ACTIVEPIECES_API_KEY` and `ACTIVEPIECES_PROJECT_ID`: where the first workspace
    /// keeps its flows while it chose no engine itself; the built-in one when absent.
    pub flow_engine: Option<FlowServer>,
    /// `PMOS_TOOL_PROGRAMS=on` lets super admins add programs of this machine as tool servers; they are looked for in the
    /// folders of `PATH`, which are here. None when it is off, the default.
    pub tool_programs: Option<String>,
    /// `AUTO_EXPAND_MAX_ITEMS`, default 1000; `PREVIEW_LIMIT`, default 5; `COMPACT_LIST_DEFAULT`, default false: how tools
    /// give lists.
    pub lists: ListStyle,
    /// `ACTION_ENFORCE_CHUNK_REQUIRED`, default true: a part of a list is no answer to an action.
    pub needs_chunks: bool,
    /// `MCP_PROTOCOL_VERSION`: the revision that `initialize` answers where a client names one we do not speak; the newest
    /// with a handshake when absent.
    pub mcp_revision: Option<String>,
    /// Names that are set although nothing reads them; the log says so at the start.
    pub unread: Vec<&'static str>,
    /// `LOG_LEVEL`: `off`, `error`, `warn`, `info`, `debug` or `trace`; default `info`. `RUST_LOG` says it in more detail.
    pub log_level: String,
    /// Limits of the assistant: `AGENT_MAX_ITERATIONS`, `AGENT_RUNTIME`.
    pub assistant: agent::config::Config,
    /// Where Basecamp is.
    pub basecamp: basecamp::config::Config,
}

const DEFAULT_PORT: u16 = 10_000;
/// Where programs are looked for when nothing says so.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";
const DEFAULT_BODY_LIMIT: usize = 2 * 1024 * 1024;

impl Config {
    /// Reads the environment; called by `main` only.
    ///
    /// # Errors
    /// The first setting that is wrong, with what is accepted.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads settings by name from anywhere; blank is absent.
    ///
    /// # Errors
    /// The first setting that is wrong, with what is accepted.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get =
            |name: &str| lookup(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        numbers(get)?;
        let host = match get("PMOS_HOST") {
            Some(text) => parse("PMOS_HOST", &text, "an address such as 127.0.0.1 or 0.0.0.0")?,
            None => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let port = match get("PORT").or_else(|| get("PMOS_PORT")) {
            Some(text) => parse("PORT", &text, "a number from 0 to 65535")?,
            None => DEFAULT_PORT,
        };
        let json_body_limit = match get("JSON_BODY_LIMIT") {
            Some(text) => parse("JSON_BODY_LIMIT", &text, "a number of bytes")?,
            None => DEFAULT_BODY_LIMIT,
        };
        let data = get("PMOS_DATA").map_or_else(|| PathBuf::from("data"), PathBuf::from);
        Ok(Self {
            listen: SocketAddr::new(host, port),
            base_url: base_url("APP_BASE_URL", get("APP_BASE_URL"))?,
            database: database(get("DATABASE_URL"), get("SQLITE_PATH"), &data)?,
            secret_key: get("PMOS_SECRET_KEY").map(Secret),
            shell_token: get("PMOS_SHELL_TOKEN").map(Secret),
            shown_url: base_url("BCGPT_URL", get("BCGPT_URL").or_else(|| get("PMOS_URL")))?,
            shown_flow_url: base_url("FLOW_URL", get("FLOW_URL"))?,
            flow_engine: flow_engine(get)?,
            json_body_limit,
            is_signup_closed: is_closed(get("PMOS_SIGNUP"))?,
            cors_allowed_origins: origins(get("CORS_ALLOWED_ORIGINS"))?,
            tool_programs: tool_programs(get)?,
            lists: lists(get)?,
            log_level: log_level(get("LOG_LEVEL"))?,
            unread: unread(get),
            mcp_revision: handshake(get("MCP_PROTOCOL_VERSION"))?,
            needs_chunks: is_on("ACTION_ENFORCE_CHUNK_REQUIRED", get, true)?,
            assistant: assistant(get)?,
            basecamp: basecamp::config::Config::from_lookup(get),
            data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            settings.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_is_required() {
        let config = read(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:10000");
        assert_eq!(config.database, Database::Sqlite(PathBuf::from("data/pmos.db")));
        assert!(!config.is_signup_closed);
        assert_eq!(config.tool_programs, None);
    }

    #[test]
    fn settings_of_the_earlier_system_have_their_effect() {
        let config = read(&[
            ("MCP_PROTOCOL_VERSION", "2025-06-18"),
            ("BASECAMP_MAX_PAGES", "3"),
            ("BASECAMP_PAGE_DELAY_MS", "250"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.mcp_revision.as_deref(), Some("2025-06-18"));
        assert_eq!(
            (config.basecamp.paging.most, config.basecamp.paging.pause.as_millis()),
            (3, 250)
        );
    }

    #[test]
    fn a_key_that_nothing_reads_is_named_and_not_kept() {
        let config = read(&[("OPENAI_API_KEY", "hunter2")]).unwrap();
        assert_eq!(config.unread, ["OPENAI_API_KEY"]);
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn programs_are_looked_for_where_the_server_was_started_to_look() {
        let on = ("PMOS_TOOL_PROGRAMS", "on");
        assert_eq!(read(&[on]).unwrap().tool_programs.as_deref(), Some(DEFAULT_PATH));
        let config = read(&[on, ("PATH", "/opt/tools")]).unwrap();
        assert_eq!(config.tool_programs.as_deref(), Some("/opt/tools"));
        assert_eq!(read(&[("PATH", "/opt/tools")]).unwrap().tool_programs, None);
    }

    #[test]
    fn a_wrong_setting_is_named_with_what_is_accepted() {
        for (name, value) in [
            ("PORT", "many"),
            ("PMOS_HOST", "here"),
            ("APP_BASE_URL", "pmos.example.com"),
            ("DATABASE_URL", "mysql://x"),
            ("PMOS_SIGNUP", "maybe"),
            ("AGENT_RUNTIME", "v3"),
            ("PMOS_TOOL_PROGRAMS", "yes"),
            ("JSON_BODY_LIMIT", "2 MB"),
            ("AUTO_EXPAND_MAX_ITEMS", "all"),
            ("PREVIEW_LIMIT", "-1"),
            ("LOG_LEVEL", "loud"),
            ("COMPACT_LIST_DEFAULT", "yes"),
            ("ACTION_ENFORCE_CHUNK_REQUIRED", "no"),
            ("MCP_PROTOCOL_VERSION", "2026-07-28"),
            ("BASECAMP_MAX_PAGES", "0"),
            ("BASECAMP_PAGE_DELAY_MS", "-1"),
            ("BASECAMP_CIRCUIT_THRESHOLD", "few"),
            ("BASECAMP_CIRCUIT_COOLDOWN_MS", "15 s"),
            ("BASECAMP_DEFAULT_ACCOUNT_ID", "mine"),
            ("AGENT_MAX_ITERATIONS", "0"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err().name, name);
        }
    }

    #[test]
    fn a_flow_server_is_named_whole_or_not_at_all() {
        let whole = [
            ("FLOW_URL", "http://10.0.0.7:8080/"),
            ("ACTIVEPIECES_API_KEY", "hunter2"),
            ("ACTIVEPIECES_PROJECT_ID", "Qe7tDyFjp0w8mVb5sZ1xk"),
        ];
        let config = read(&whole).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.flow_engine.unwrap().url, "http://10.0.0.7:8080");
        assert_eq!(read(&whole[..1]).unwrap().flow_engine, None);
        for (left_out, name) in
            ["ACTIVEPIECES_URL", "ACTIVEPIECES_API_KEY", "ACTIVEPIECES_PROJECT_ID"]
                .iter()
                .enumerate()
        {
            let mut some = whole.to_vec();
            some.remove(left_out);
            assert_eq!(read(&some).unwrap_err().name, *name);
        }
        let both =
            [whole[0], whole[1], whole[2], ("ACTIVEPIECES_URL", "https://flows.example.com")];
        assert_eq!(read(&both).unwrap().flow_engine.unwrap().url, "https://flows.example.com");
    }

    #[test]
    fn a_password_in_a_setting_is_never_printed() {
        let config = read(&[
            ("DATABASE_URL", "postgres://u:hunter2@db/pmos"),
            ("PMOS_SECRET_KEY", "hunter3"),
        ]);
        let printed = format!("{:?}", config.unwrap());
        assert!(!printed.contains("hunter"), "{printed}");
    }
}
