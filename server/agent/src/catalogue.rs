//! Which tools a model is offered: few enough to choose well, and those it looked for.

use crate::llm::{OtherTool, Prompt};
use crate::untrusted::clean;
use domain::actor::{Actor, Permission};
use domain::approval::Risk;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use tools::other_tools::{Pinned, as_called};
use tools::tool::{Profile, ToolSpec};
use tools::tools::Tools;

/// How many are offered besides those that always are.
const CHOSEN: usize = 32;
/// How many of other servers.
const CHOSEN_OF_OTHERS: usize = 12;
/// Always offered: what finds the rest.
const ALWAYS: [&str; 5] =
    ["tools_search", "tools_describe", "list_projects", "find_project", "get_cached_payload_chunk"];
/// Never offered: a person decides.
const NEVER: &str = "pmos_approvals_decide";
/// The shortest word that says anything.
const WORD: usize = 3;

/// A tool that may be offered, with the words of its name and those of what is said of it.
struct Worded {
    spec: &'static ToolSpec,
    name: BTreeSet<String>,
    meaning: BTreeSet<String>,
}

/// The catalogue never changes, so it is cut up once, not for each question.
static WORDED: OnceLock<Vec<Worded>> = OnceLock::new();

fn worded(tools: &Tools) -> &'static [Worded] {
    WORDED.get_or_init(|| {
        let offered = tools.list().filter(|it| it.name != NEVER);
        offered
            .map(|spec| {
                let text = format!("{} {} {}", spec.title, spec.meaning, spec.group);
                let meaning = text.split(|letter: char| !letter.is_alphanumeric());
                Worded {
                    spec,
                    name: spec.name.split('_').map(stem).collect(),
                    meaning: meaning.map(stem).collect(),
                }
            })
            .collect()
    })
}

/// The tools for `prompt`, in the order of the catalogue.
pub(crate) fn chosen(tools: &Tools, actor: &Actor, prompt: &Prompt) -> Vec<&'static ToolSpec> {
    let may_write = actor.role.can(Permission::Write);
    let allowed: Vec<&Worded> =
        worded(tools).iter().filter(|it| it.spec.risk == Risk::Read || may_write).collect();
    let mut names: BTreeSet<String> = ALWAYS.iter().map(|it| (*it).to_owned()).collect();
    names.extend(known(prompt));
    let words = words(prompt);
    let mut scored: Vec<(usize, &str)> = allowed
        .iter()
        .map(|it| (score(it, &words), it.spec.name))
        .filter(|(score, _)| *score > 0)
        .collect();
    // A stable sort keeps the order of the catalogue among equals.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    names.extend(scored.into_iter().take(CHOSEN).map(|(_, name)| name.to_owned()));
    allowed.into_iter().map(|it| it.spec).filter(|it| names.contains(it.name)).collect()
}

/// Those of `all` tools of other servers that `prompt` names or that fit its words, the best first.
pub(crate) fn others(all: Vec<Pinned>, prompt: &Prompt) -> Vec<OtherTool> {
    if all.is_empty() {
        return Vec::new();
    }
    let (known, words) = (known(prompt), words(prompt));
    let mut fitting: Vec<(usize, OtherTool)> = Vec::new();
    for tool in all {
        let text = format!("{} {} {}", tool.called, tool.server, tool.description);
        let said: BTreeSet<String> =
            text.split(|letter: char| !letter.is_alphanumeric()).map(stem).collect();
        let is_known = usize::from(known.contains(&tool.called));
        let score = words.intersection(&said).count() + is_known * CHOSEN;
        let meaning = clean(&Value::from(tool.description));
        let meaning = meaning.as_str().unwrap_or_default().to_owned();
        let schema = clean(&tool.arguments);
        fitting.push((score, OtherTool { name: tool.called, meaning, schema }));
    }
    fitting.retain(|it| it.0 > 0);
    fitting.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    fitting.into_iter().take(CHOSEN_OF_OTHERS).map(|it| it.1).collect()
}

/// Tools the conversation used, and those a search found.
fn known(prompt: &Prompt) -> BTreeSet<String> {
    let earlier = prompt.history.iter().flat_map(|it| &it.calls);
    let mut names = BTreeSet::new();
    for call in earlier.chain(&prompt.done) {
        let of_another = as_called(&call.name, &call.args).map(|it| it.0.to_owned());
        names.insert(of_another.unwrap_or_else(|| call.name.clone()));
        let (true, Ok(found)) = (call.name.starts_with("tools_"), &call.outcome) else { continue };
        let rows = found.get("tools").and_then(Value::as_array).into_iter().flatten();
        names.extend(rows.filter_map(|it| it.get("name")?.as_str().map(str::to_owned)));
    }
    names
}

/// The words of what was said, newest turns only.
fn words(prompt: &Prompt) -> BTreeSet<String> {
    let earlier = prompt.history.iter().rev().filter(|it| it.role == "user").take(2);
    let texts = earlier.map(|it| it.text.as_str()).chain(prompt.said.iter().map(String::as_str));
    let mut words: BTreeSet<String> = texts
        .flat_map(|it| it.split(|letter: char| !letter.is_alphanumeric()))
        .map(stem)
        .filter(|it| it.len() >= WORD)
        .collect();
    if prompt.flow.is_some() {
        words.extend(["flow", "step"].map(str::to_owned));
    }
    if words.contains("task") || words.contains("do") {
        words.insert("todo".to_owned());
    }
    words
}

/// A word without its plural, in small letters.
fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    word.strip_suffix('s').filter(|it| it.len() > WORD).unwrap_or(&word).to_owned()
}

/// How well a tool fits; everyday tools come first.
fn score(tool: &Worded, words: &BTreeSet<String>) -> usize {
    let in_name = words.intersection(&tool.name).count();
    let in_text = words.intersection(&tool.meaning).count();
    in_name * 4 + in_text * 2 + usize::from(tool.spec.profile == Profile::Focused)
}
