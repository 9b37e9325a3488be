//! Settings one by one: how each is read, and what is said when it is wrong.

use super::{ConfigError, DEFAULT_PATH, Database, FlowServer, Secret};
use agent::runtime::Runtime;
use std::path::PathBuf;
use tools::style::ListStyle;

/// Revisions of the protocol of chat clients that begin with a handshake.
const HANDSHAKES: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
/// Settings that are a number and are read where they are used, with the least that is accepted.
const NUMBERS: [(&str, i64); 6] = [
    ("AGENT_MAX_ITERATIONS", 1),
    ("BASECAMP_CIRCUIT_THRESHOLD", 1),
    ("BASECAMP_CIRCUIT_COOLDOWN_MS", 0),
    ("BASECAMP_DEFAULT_ACCOUNT_ID", 1),
    ("BASECAMP_MAX_PAGES", 1),
    ("BASECAMP_PAGE_DELAY_MS", 0),
];

/// More than any of them can mean.
const MOST: i64 = 1 << 53;

/// Keys of models of the earlier system: here people give theirs, and an admin the workspace's.
const UNREAD: [&str; 3] = ["GEMINI_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"];

/// What is set although nothing reads it.
pub(super) fn unread(get: impl Fn(&str) -> Option<String>) -> Vec<&'static str> {
    UNREAD.into_iter().filter(|name| get(name).is_some()).collect()
}

/// A wrong one must not be taken for a missing one.
pub(super) fn numbers(get: impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
    for (name, least) in NUMBERS {
        let Some(text) = get(name) else { continue };
        if !text.parse::<i64>().is_ok_and(|it| (least..=MOST).contains(&it)) {
            let reason = format!("{text:?} is not accepted; give a number from {least}");
            return Err(ConfigError { name, reason });
        }
    }
    Ok(())
}

/// What `initialize` answers a client whose revision we do not speak.
pub(super) fn handshake(text: Option<String>) -> Result<Option<String>, ConfigError> {
    match text {
        Some(text) if !HANDSHAKES.contains(&text.as_str()) => Err(ConfigError {
            name: "MCP_PROTOCOL_VERSION",
            reason: format!("{text:?} is not accepted; give one of {}", HANDSHAKES.join(", ")),
        }),
        text => Ok(text),
    }
}

pub(super) fn parse<T: std::str::FromStr>(
    name: &'static str,
    text: &str,
    accepted: &str,
) -> Result<T, ConfigError> {
    text.parse().map_err(|_| ConfigError {
        name,
        reason: format!("{text:?} is not accepted; give {accepted}"),
    })
}

/// The three that go together; `FLOW_URL` alone is only shown.
pub(super) fn flow_engine(
    get: impl Fn(&str) -> Option<String>,
) -> Result<Option<FlowServer>, ConfigError> {
    let url = base_url("ACTIVEPIECES_URL", get("ACTIVEPIECES_URL"))?;
    let (key, project) = (get("ACTIVEPIECES_API_KEY"), get("ACTIVEPIECES_PROJECT_ID"));
    if url.is_none() && key.is_none() && project.is_none() {
        return Ok(None);
    }
    let url = match url {
        Some(url) => Some(url),
        None => base_url("FLOW_URL", get("FLOW_URL"))?,
    };
    let missing = |name: &'static str| {
        ConfigError {
        name,
        reason: "give ACTIVEPIECES_URL (or FLOW_URL), ACTIVEPIECES_API_KEY and ACTIVEPIECES_PROJECT_ID, or none of them"
            .to_owned(),
    }
    };
    Ok(Some(FlowServer {
        url: url.ok_or_else(|| missing("ACTIVEPIECES_URL"))?,
        api_key: Secret(key.ok_or_else(|| missing("ACTIVEPIECES_API_KEY"))?),
        project_id: project.ok_or_else(|| missing("ACTIVEPIECES_PROJECT_ID"))?,
    }))
}

/// Limits of the assistant; a runtime that does not exist stops the start.
pub(super) fn assistant(
    get: impl Fn(&str) -> Option<String>,
) -> Result<agent::config::Config, ConfigError> {
    match get("AGENT_RUNTIME") {
        Some(text) if Runtime::parse(&text).is_none() => Err(ConfigError {
            name: "AGENT_RUNTIME",
            reason: format!("{text:?} is not accepted; give v1 or v2"),
        }),
        _ => Ok(agent::config::Config::from_lookup(get)),
    }
}

pub(super) fn base_url(
    name: &'static str,
    text: Option<String>,
) -> Result<Option<String>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    if text.starts_with("http://") || text.starts_with("https://") {
        return Ok(Some(text.trim_end_matches('/').to_owned()));
    }
    Err(ConfigError {
        name,
        reason: "give an address that begins with https:// or http://".to_owned(),
    })
}

pub(super) fn database(
    url: Option<String>,
    path: Option<String>,
    data: &std::path::Path,
) -> Result<Database, ConfigError> {
    match (url, path) {
        (Some(_), Some(_)) => {
            let reason = "set this or SQLITE_PATH, not both".to_owned();
            Err(ConfigError { name: "DATABASE_URL", reason })
        }
        (Some(url), None) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(Database::Postgres(Secret(url)))
        }
        (Some(url), None) => {
            match url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
                Some(path) => Ok(Database::Sqlite(PathBuf::from(path))),
                None => {
                    let reason = "give postgres://... or sqlite:path".to_owned();
                    Err(ConfigError { name: "DATABASE_URL", reason })
                }
            }
        }
        (None, Some(path)) => Ok(Database::Sqlite(PathBuf::from(path))),
        (None, None) => Ok(Database::Sqlite(data.join("pmos.db"))),
    }
}

pub(super) fn origins(text: Option<String>) -> Result<Vec<String>, ConfigError> {
    let text = text.unwrap_or_default();
    let all = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    let all: Vec<String> = all.map(str::to_owned).collect();
    if all.iter().all(|it| auth::platform::is_origin(it)) {
        return Ok(all);
    }
    Err(ConfigError {
        name: "CORS_ALLOWED_ORIGINS",
        reason: "give origins such as https://tools.example.com, commas between".to_owned(),
    })
}

pub(super) fn is_closed(text: Option<String>) -> Result<bool, ConfigError> {
    match text.as_deref() {
        None | Some("open") => Ok(false),
        Some("closed") => Ok(true),
        Some(other) => Err(ConfigError {
            name: "PMOS_SIGNUP",
            reason: format!("{other:?} is not accepted; give open or closed"),
        }),
    }
}

pub(super) fn tool_programs(
    get: impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, ConfigError> {
    match get("PMOS_TOOL_PROGRAMS").as_deref() {
        None | Some("off") => Ok(None),
        Some("on") => Ok(Some(get("PATH").unwrap_or_else(|| DEFAULT_PATH.to_owned()))),
        Some(other) => Err(ConfigError {
            name: "PMOS_TOOL_PROGRAMS",
            reason: format!("{other:?} is not accepted; give on or off"),
        }),
    }
}

pub(super) fn log_level(text: Option<String>) -> Result<String, ConfigError> {
    let text = text.map_or_else(|| "info".to_owned(), |it| it.to_ascii_lowercase());
    if ["off", "error", "warn", "info", "debug", "trace"].contains(&text.as_str()) {
        return Ok(text);
    }
    Err(ConfigError {
        name: "LOG_LEVEL",
        reason: format!("{text:?} is not accepted; give off, error, warn, info, debug or trace"),
    })
}

pub(super) fn lists(get: impl Fn(&str) -> Option<String>) -> Result<ListStyle, ConfigError> {
    let default = ListStyle::default();
    let number = |name: &'static str, otherwise: usize| match get(name) {
        Some(text) => parse(name, &text, "a number of items"),
        None => Ok(otherwise),
    };
    Ok(ListStyle {
        expanded_up_to: number("AUTO_EXPAND_MAX_ITEMS", default.expanded_up_to)?,
        preview: number("PREVIEW_LIMIT", default.preview)?,
        is_compact: is_on("COMPACT_LIST_DEFAULT", &get, default.is_compact)?,
        base_url: default.base_url,
    })
}

pub(super) fn is_on(
    name: &'static str,
    get: impl Fn(&str) -> Option<String>,
    otherwise: bool,
) -> Result<bool, ConfigError> {
    match get(name) {
        Some(text) => parse(name, &text, "true or false"),
        None => Ok(otherwise),
    }
}
