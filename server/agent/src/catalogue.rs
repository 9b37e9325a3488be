//! Which tools a model is offered: few enough to choose well, and those it looked for.

use crate::llm::{OtherTool, Prompt};
use crate::untrusted::clean;
use domain::actor::{Actor, Permission};
use domain::approval::Risk;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
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

/// How much a word counts that is in the name of a tool, and one that is in what is said of it.
const IN_NAME: usize = 4;
const IN_MEANING: usize = 2;

/// The tools that may be offered.
struct Worded {
    all: Vec<&'static ToolSpec>,
    /// Where each word is: the place of a tool, and how much it counts there.
    found: HashMap<String, Vec<(usize, usize)>>,
}

/// The catalogue never changes, so it is cut up once, not for each question.
static WORDED: OnceLock<Worded> = OnceLock::new();

fn worded(tools: &Tools) -> &'static Worded {
    WORDED.get_or_init(|| {
        let all: Vec<_> = tools.list().filter(|it| it.name != NEVER).collect();
        let mut found: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (at, spec) in all.iter().enumerate() {
            let text = format!("{} {} {}", spec.title, spec.meaning, spec.group);
            let meaning = text.split(|letter: char| !letter.is_alphanumeric());
            let name: BTreeSet<_> = spec.name.split('_').map(stem).collect();
            let meaning: BTreeSet<_> = meaning.map(stem).collect();
            let in_name = name.into_iter().map(|it| (it, IN_NAME));
            for (word, weight) in in_name.chain(meaning.into_iter().map(|it| (it, IN_MEANING))) {
                found.entry(word).or_default().push((at, weight));
            }
        }
        Worded { all, found }
    })
}

/// The tools for `prompt`, in the order of the catalogue.
pub(crate) fn chosen(tools: &Tools, actor: &Actor, prompt: &Prompt) -> Vec<&'static ToolSpec> {
    let may_write = actor.role.can(Permission::Write);
    let worded = worded(tools);
    let is_allowed = |it: &ToolSpec| it.risk == Risk::Read || may_write;
    let known = known(prompt);
    let mut scored: Vec<(usize, &str)> =
        std::iter::zip(scores(worded, &words(prompt)), &worded.all)
            .filter(|(score, it)| *score > 0 && is_allowed(it))
            .map(|(score, it)| (score, it.name))
            .collect();
    // A stable sort keeps the order of the catalogue among equals.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let mut names: HashSet<&str> = ALWAYS.into_iter().collect();
    names.extend(known.iter().map(String::as_str));
    names.extend(scored.into_iter().take(CHOSEN).map(|(_, name)| name));
    let all = worded.all.iter().copied();
    all.filter(|it| names.contains(it.name) && is_allowed(it)).collect()
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

/// How well each tool fits; everyday tools come first.
fn scores(worded: &Worded, words: &BTreeSet<String>) -> Vec<usize> {
    let everyday = worded.all.iter().map(|it| usize::from(it.profile == Profile::Focused));
    let mut scores: Vec<usize> = everyday.collect();
    for (at, weight) in words.iter().filter_map(|it| worded.found.get(it)).flatten() {
        if let Some(score) = scores.get_mut(*at) {
            *score += weight;
        }
    }
    scores
}
