//! What the assistant asks about first (contract.md 5.5). Nothing a model reads or says changes it: once text from
//! outside is in a run, every write asks, but for drafts whose addresses the person named.

use domain::approval::Risk;
use tools::tool::ToolSpec;

/// Writes of one run that need no question, when they need none by themselves.
pub(crate) const FREE_WRITES: usize = 5;

/// How much a workspace lets the assistant do on its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What deletes, goes live or leaves the workspace asks; nothing else does.
    Risky,
    /// Every write to Basecamp asks too.
    #[default]
    Basecamp,
    /// Every write asks.
    All,
}

impl Mode {
    /// The word of the setting.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Risky => "risky",
            Self::Basecamp => "basecamp",
            Self::All => "all",
        }
    }

    /// Reads the word of the setting.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "risky" => Some(Self::Risky),
            "basecamp" => Some(Self::Basecamp),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// Whether `tool` waits for a person, after `writes` writes of the same run.
pub(crate) fn asks(mode: Mode, tool: &ToolSpec, writes: usize) -> bool {
    match tool.risk {
        Risk::Read => false,
        Risk::Destructive => true,
        Risk::Write => {
            mode == Mode::All
                || (mode == Mode::Basecamp && tool.writes_to_basecamp())
                || tool.always_asks()
                || (writes >= FREE_WRITES && !is_draft(tool))
        }
    }
}

/// Whether a yes to `tool` may be remembered: never where each time has to be looked at.
pub(crate) fn may_be_remembered(tool: &ToolSpec) -> bool {
    tool.risk == Risk::Write && !tool.always_asks() && !needs_manage(tool.name)
}

/// A change to a draft touches nothing that runs, and one undo takes it back.
pub(crate) fn is_draft(tool: &ToolSpec) -> bool {
    matches!(tool.name, "flow_create" | "flow_update" | "flow_apply" | "flow_trigger_set")
        || tool.name.starts_with("flow_step_") && tool.name != "flow_step_test"
}

/// Tools whose approval needs the permission to manage, and that then run for the person who gave it.
pub(crate) fn needs_manage(tool: &str) -> bool {
    matches!(tool, "flow_publish" | "flow_enable" | "flow_rollback" | "flow_disable")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tools::tool::Profile;

    fn tool(name: &'static str, group: &'static str, risk: Risk) -> ToolSpec {
        ToolSpec {
            name,
            group,
            profile: Profile::Focused,
            risk,
            title: "",
            params: "",
            meaning: "",
        }
    }

    #[test]
    fn writes_to_basecamp_and_what_deletes_or_goes_live_always_ask() {
        assert!(asks(Mode::Basecamp, &tool("create_todo", "todos", Risk::Write), 0));
        assert!(asks(Mode::Basecamp, &tool("flow_publish", "flow", Risk::Write), 0));
        assert!(asks(Mode::Risky, &tool("flow_step_test", "flow", Risk::Write), 0));
        assert!(asks(Mode::Basecamp, &tool("flow_delete", "flow", Risk::Destructive), 0));
        assert!(!asks(Mode::Basecamp, &tool("list_projects", "projects", Risk::Read), 9));
    }

    #[test]
    fn drafts_never_ask_and_other_writes_from_the_sixth_on() {
        assert!(!asks(Mode::Basecamp, &tool("flow_update", "flow", Risk::Write), 40));
        assert!(!asks(Mode::Basecamp, &tool("flow_trigger", "flow", Risk::Write), 4));
        assert!(asks(Mode::Basecamp, &tool("flow_trigger", "flow", Risk::Write), 5));
    }

    #[test]
    fn what_deletes_or_goes_live_is_never_remembered() {
        assert!(may_be_remembered(&tool("create_todo", "todos", Risk::Write)));
        assert!(!may_be_remembered(&tool("trash_recording", "recordings", Risk::Destructive)));
        assert!(!may_be_remembered(&tool("flow_publish", "flow", Risk::Write)));
        assert!(!may_be_remembered(&tool("send_notification", "pmos", Risk::Write)));
    }

    #[test]
    fn a_workspace_can_let_it_do_more_or_less() {
        let todo = tool("create_todo", "todos", Risk::Write);
        let draft = tool("flow_update", "flow", Risk::Write);
        assert!(!asks(Mode::Risky, &todo, 0) && asks(Mode::Risky, &todo, 5));
        assert!(asks(Mode::Risky, &tool("flow_publish", "flow", Risk::Write), 0));
        assert!(asks(Mode::Risky, &tool("trash_recording", "recordings", Risk::Destructive), 0));
        assert!(asks(Mode::All, &draft, 0) && !asks(Mode::All, &tool("x", "pmos", Risk::Read), 0));
    }
}
