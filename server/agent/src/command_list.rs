//! The commands there are, by name and by the words that mean them (contract.md 5.1).

use crate::agent::Agent;

/// One command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// The tool it runs.
    pub tool: &'static str,
    pub(crate) is_high_risk: bool,
    pub(crate) needs_project: bool,
    /// How words that mean it begin; several words as they stand.
    words: &'static [&'static str],
}

const fn plain(name: &'static str, tool: &'static str, words: &'static [&'static str]) -> Command {
    Command { name, tool, is_high_risk: false, needs_project: false, words }
}

const fn of_project(
    name: &'static str,
    tool: &'static str,
    words: &'static [&'static str],
) -> Command {
    Command { name, tool, is_high_risk: false, needs_project: true, words }
}

/// In the order in which plain text is matched.
const ALL: [Command; 7] = [
    Command {
        is_high_risk: true,
        ..plain("cleanup", "pmos_cleanup", &["cleanup", "clean up", "purge"])
    },
    plain("insights", "pmos_insights_list", &["insight"]),
    plain("status", "pmos_status", &["status"]),
    of_project("predict_completion", "pmos_predict_completion", &["predict", "eta", "completion"]),
    of_project("context_analyze", "pmos_context_analyze", &["context", "analy"]),
    of_project("patterns_work", "pmos_patterns_work", &["pattern"]),
    of_project("health_project", "pmos_health_project", &["health", "risk score"]),
];

impl Agent {
    /// The commands there are.
    pub fn commands(&self) -> impl Iterator<Item = Command> {
        ALL.into_iter().filter(|it| self.0.tools.find(it.tool).is_some())
    }

    /// The command of that name, or the first that plain text means; with the project that the text names.
    pub fn command_of(&self, text: &str) -> Option<(Command, Option<String>)> {
        let text = text.trim().trim_start_matches('/');
        if let Some(named) = self.commands().find(|it| it.name == text) {
            return Some((named, None));
        }
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower.split(|it: char| !it.is_alphanumeric()).collect();
        let means = |it: &Command| {
            it.words.iter().any(|word| match word.contains(' ') {
                true => lower.contains(word),
                false => words.iter().any(|it| it.starts_with(word)),
            })
        };
        let found = ALL.into_iter().find(means)?;
        let found = self.commands().find(|it| *it == found)?;
        Some((found, named_project(text)))
    }
}

/// The command that a message names behind a slash, and the words after it: `/status`, `/health_project Relaunch`.
pub(crate) fn slashed(message: &str) -> Option<(Command, String)> {
    let text = message.trim().strip_prefix('/')?;
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let command = ALL.into_iter().find(|it| it.name == name.to_lowercase())?;
    let rest = rest.trim();
    let project = rest.strip_prefix("project ").unwrap_or(rest).trim();
    Some((command, project.trim_matches(['"', '“', '”']).to_owned()))
}

/// Whether a message is a command by its name: then it is run, whoever answers otherwise.
pub fn is_command(message: &str) -> bool {
    slashed(message).is_some()
}

/// What follows the word "project" in a request.
fn named_project(text: &str) -> Option<String> {
    let at = text.to_lowercase().find("project ")? + "project ".len();
    let name = text.get(at..)?.trim().trim_matches(|it: char| "\"'“”.?!".contains(it)).trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_makes_a_name_a_command() {
        let read = |text| slashed(text).map(|(it, rest)| (it.name, rest));
        assert_eq!(read(" /status"), Some(("status", String::new())));
        let named = Some(("health_project", "Website relaunch".to_owned()));
        assert_eq!(read("/health_project Website relaunch"), named);
        assert_eq!(read("/health_project project “Website relaunch”"), named);
        for text in ["status", "/nothing", "/ status", "/statusquo", "what is /status"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_project_is_what_follows_the_word() {
        let named = |text| named_project(text);
        assert_eq!(
            named("Predict the project “Website relaunch”.").as_deref(),
            Some("Website relaunch")
        );
        assert_eq!(named("health of Project 7").as_deref(), Some("7"));
        assert_eq!(named("how is the project"), None);
    }
}
