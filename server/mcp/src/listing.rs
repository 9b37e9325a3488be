//! Which tools a chat client is shown, and how each is described.

use crate::door::{Caller, NESTED};
use crate::messages::bad_params;
use domain::actor::Permission;
use domain::approval::Risk;
use domain::keys::KeyProfile;
use rmcp::model::{ErrorData, Tool};
use serde_json::{Value, json};
use tools::tool::{Profile, ToolSpec};
use tools::tools::Tools;

/// A client that follows no cursor still gets everything.
const PAGE: usize = 500;
/// The catalogue's own tools come with every choice of tools.
const ALWAYS: &str = "tools";

/// What the address asks for: `?profile=full&toolsets=todos,flow`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    profile: Option<KeyProfile>,
    toolsets: Vec<String>,
}

impl Wish {
    /// Reads the query of the address.
    pub(crate) fn of(query: &str, tools: &Tools) -> Result<Self, ErrorData> {
        let mut wish = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "profile" => {
                    let profile = KeyProfile::parse(&value);
                    let wrong = || bad_params("profile is focused or full");
                    wish.profile = Some(profile.ok_or_else(wrong)?);
                }
                "toolsets" => {
                    let sets = value.split(',').map(|it| it.trim().to_lowercase());
                    wish.toolsets.extend(sets.filter(|it| !it.is_empty()));
                }
                _ => {}
            }
        }
        let is_known = |set: &&String| tools.list().any(|it| is_of(it, set));
        match wish.toolsets.iter().find(|it| !is_known(it)) {
            Some(unknown) => Err(bad_params(format!("There is no toolset {unknown}"))),
            None => Ok(wish),
        }
    }
}

/// Whether a tool belongs to a set: its group, or its family (`basecamp`, `flow`, `pmos`).
fn is_of(spec: &ToolSpec, set: &str) -> bool {
    spec.group == set || spec.family() == set
}

/// One page of the tools that `caller` is shown, and the cursor of the next.
pub(crate) fn page(
    tools: &Tools,
    caller: &Caller,
    wish: &Wish,
    cursor: Option<&str>,
) -> Result<(Vec<Tool>, Option<String>), ErrorData> {
    let start: usize = match cursor {
        None => 0,
        Some(text) => text.parse().map_err(|_| bad_params("This cursor is not one of ours"))?,
    };
    let shown: Vec<&ToolSpec> = tools.list().filter(|it| is_shown(it, caller, wish)).collect();
    let page: Result<Vec<Tool>, ErrorData> =
        shown.iter().skip(start).take(PAGE).map(|it| described(it)).collect();
    let next = start.saturating_add(PAGE);
    Ok((page?, (next < shown.len()).then(|| next.to_string())))
}

/// The profile of the address wins over that of the key. Sets are a choice of their own, from all tools.
fn is_shown(spec: &ToolSpec, caller: &Caller, wish: &Wish) -> bool {
    let of_key = caller.grant.as_ref().map(|it| it.profile);
    let has_sets = !wish.toolsets.is_empty();
    let fallback = if has_sets { Some(KeyProfile::Full) } else { of_key };
    let is_full = wish.profile.or(fallback).unwrap_or_default() == KeyProfile::Full;
    let is_in_profile = is_full || spec.profile == Profile::Focused;
    let is_in_sets =
        !has_sets || spec.group == ALWAYS || wish.toolsets.iter().any(|it| is_of(spec, it));
    is_in_profile && is_in_sets && may_call(spec, caller)
}

/// Nobody is shown everything, because a key may come with the call.
fn may_call(spec: &ToolSpec, caller: &Caller) -> bool {
    let is_for_key = caller.grant.as_ref().is_none_or(|it| {
        it.allows(spec.name, spec.group) || spec.group == ALWAYS || spec.name == NESTED
    });
    let can_write = caller.actor.as_ref().is_none_or(|it| it.role.can(Permission::Write));
    is_for_key && (can_write || spec.risk == Risk::Read || spec.name == NESTED)
}

/// A tool as the protocol describes it.
pub(crate) fn described(spec: &ToolSpec) -> Result<Tool, ErrorData> {
    let mut value = spec.describe();
    if let Some(fields) = value.as_object_mut() {
        // A failure has another shape than a success, so only the root is promised.
        fields.entry("outputSchema").or_insert_with(any_object);
    }
    serde_json::from_value(value).map_err(|error| {
        tracing::error!(tool = spec.name, %error, "a tool cannot be described");
        ErrorData::internal_error("A tool cannot be described", None)
    })
}

fn any_object() -> Value {
    json!({"type": "object", "additionalProperties": true})
}
