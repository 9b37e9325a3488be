//! Requests about flows.

use super::asked_words;
use super::beside;
use super::phrase::{Captures, Phrase};
use super::places::{Place, StepName, placed, step_name};
use super::recipe::{self, Recipe, Start};
use super::run_words;
use super::step_words::{self, Do};
use chrono::NaiveDate;

/// A request about flows. A flow is named in words; none means the one on the page, or the last one talked about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FlowRequest {
    /// Builds one.
    New(Recipe),
    /// Changes one.
    Change(Option<String>, Change),
    /// "My flows".
    List,
    /// "What does it do?"
    Explain(Option<String>),
    /// "Is anything missing before I publish?"
    Check(Option<String>),
    /// "Run it".
    Run(Option<String>),
    /// "Publish it".
    Publish(Option<String>),
    /// "Turn it on", "turn it off".
    Switch(Option<String>, Switch),
    /// "Delete it".
    Delete(Option<String>),
    /// "Stop the run of it".
    Stop(Option<String>),
    /// "Recent runs", "what failed?"
    Runs(Option<String>, Which),
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    /// The published version runs.
    On,
    /// Nothing runs by itself.
    Off,
}

/// Which runs are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// All.
    All,
    /// Those that failed.
    Failed,
    /// The newest that failed.
    LastFailed,
}

/// A change to a flow.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    /// Adds steps.
    Add(Vec<Do>, Place),
    /// Removes a step.
    Remove(StepName),
    /// Makes a step do something else.
    Replace(StepName, Vec<Do>),
    /// Renames the flow.
    Rename(String),
    /// Renames a step.
    Title(StepName, String),
    /// Puts a step elsewhere.
    Move(StepName, Place),
    /// Sets what starts it, and adds steps at the end.
    Start(Start, Vec<Do>),
    /// "Change it", without saying what.
    Unsaid,
}

/// What a phrase asks about flows; none when it asks about something else.
pub(crate) fn read(phrase: &Phrase, today: NaiveDate, is_in_flow: bool) -> Option<FlowRequest> {
    if asked_words::is_report(phrase) {
        return None;
    }
    if let Some(request) = run_words::read(phrase) {
        return Some(request);
    }
    if let Some(recipe) = new(phrase, today) {
        return Some(FlowRequest::New(recipe));
    }
    if let Some((flow, rest)) = within(phrase) {
        return change(&rest, today).map(|it| FlowRequest::Change(Some(flow), it));
    }
    if let Some(start) = restart(phrase) {
        return Some(FlowRequest::Change(None, Change::Start(start, Vec::new())));
    }
    if let Some(change) = rearranged(phrase).filter(|_| is_in_flow) {
        return Some(FlowRequest::Change(None, change));
    }
    if let Some(request) = manage(phrase, is_in_flow) {
        return Some(request);
    }
    if let Some(recipe) = recipe::read(phrase, today, false) {
        return Some(match recipe.start.filter(|_| is_in_flow) {
            Some(start) => FlowRequest::Change(None, Change::Start(start, recipe.steps)),
            None => FlowRequest::New(recipe::read(phrase, today, false)?),
        });
    }
    let change = is_in_flow.then(|| change(phrase, today)).flatten();
    change.filter(|it| beside::is_named(phrase, it)).map(|it| FlowRequest::Change(None, it))
}

/// "Create a flow called X that ...".
fn new(phrase: &Phrase, today: NaiveDate) -> Option<Recipe> {
    let (_, rest) = phrase.starts("@make|create|build|make|set_up|setup|design|add [me] [a|an|another|the] [new|empty|blank] @flow")?;
    let named = rest.fits_any(&[
        "called|named {name?} that|which|to|where|: {rest}",
        "called|named {name?} when|whenever|every|each {more}",
        "called|named {name}",
    ]);
    let Some(captures) = named else {
        return recipe::read(&described(&rest), today, true);
    };
    let name = captures.some("name");
    let described_by = match (captures.some("rest"), captures.some("more")) {
        (Some(_), _) => captures.part("rest"),
        // "when" belongs to what follows.
        (None, Some(_)) => rest.part(1 + captures.part("name").len(), rest.len()),
        (None, None) => Phrase::new(""),
    };
    let recipe = recipe::read(&described(&described_by), today, true).unwrap_or_default();
    Some(Recipe { name, ..recipe })
}

fn described(rest: &Phrase) -> Phrase {
    rest.starts("that|which|to|where|for|so_that|:|for_me").map_or_else(|| rest.clone(), |it| it.1)
}

/// "In the X flow, ..." and "... in the X flow".
fn within(phrase: &Phrase) -> Option<(String, Phrase)> {
    if phrase.starts("when|whenever|every|each").is_some() {
        return None;
    }
    let captures = phrase
        .fits("in|to [the] {flow?} flow {rest}")
        .or_else(|| phrase.fits("{rest} to|in|from|of [the] {flow} flow"))
        .or_else(|| phrase.fits("{rest} to|in|from|of [the] flow {flow}"))?;
    let flow = captures
        .some("flow")
        .filter(|it| !matches!(it.to_lowercase().as_str(), "this" | "the" | "my"))?;
    Some((flow, captures.part("rest")))
}

/// Whether the flow on the page can be published.
const CHECKS: &[&str] = &[
    "is [there] anything|something [still] missing|wrong|left",
    "is [there] anything|something [still] missing|wrong|left before {rest}",
    "is [there] anything|something [still] missing|wrong|left in|with it|this|this_flow|the_flow",
    "what|what's|what_is [is] [still] missing",
    "what|what's|what_is [is] [still] missing|wrong before {rest}",
    "what|what's|what_is [is] missing|wrong in|with it|this|this_flow|the_flow",
    "can|could|may i publish [it|this|this_flow|the_flow] [now|yet]",
    "is it|this|this_flow|the_flow ready [to] [publish|be_published|go_live]",
    "check it|this|this_flow|the_flow",
];

/// "Rename step 2 to …", "move step 4 before step 2".
fn rearranged(phrase: &Phrase) -> Option<Change> {
    if let Some(captures) = phrase.fits_any(&[
        "rename|call|name [the] step {step} to|as {name}",
        "rename|call|name [the] {step} step to|as {name}",
    ]) {
        return Some(Change::Title(step_name(&captures.get("step")), captures.get("name")));
    }
    let captures = phrase.fits("move|put [the] step {moved}")?;
    let (step, place) = placed(&captures.part("moved"));
    (place != Place::End || phrase.has("end")).then(|| Change::Move(step_name(&step.text()), place))
}

fn manage(phrase: &Phrase, is_in_flow: bool) -> Option<FlowRequest> {
    let named = |captures: &Captures| flow_named(captures.some("flow"));
    // Without the word "flow" these could be about anything, so they count only where "it" is meant, or nothing is named
    // beside an open flow.
    let says_flow =
        phrase.has("@flow|flow|automation|workflow|it|this|digest|newsletter|reminders|alerts");
    let clear = |it: &Captures| says_flow || (is_in_flow && named(it).is_none());
    if let Some(captures) = phrase.fits_any(&[
        "rename|name|call [the] [flow] {flow?} to|as {name}",
        "rename [the] flow {flow?} to {name}",
    ]) {
        return clear(&captures)
            .then(|| FlowRequest::Change(named(&captures), Change::Rename(captures.get("name"))));
    }
    if let Some(captures) = phrase.fits_any(&[
        "publish|go_live|launch [the] [flow] {flow}",
        "publish|go_live",
        "make {flow} live",
    ]) {
        return Some(FlowRequest::Publish(named(&captures)));
    }
    if let Some(captures) = phrase.fits_any(&[
        "turn|switch {flow} back on",
        "turn|switch [back] on {flow}",
        "turn|switch {flow} on",
        "enable|activate|resume [the] {flow}",
    ]) {
        return clear(&captures).then(|| FlowRequest::Switch(named(&captures), Switch::On));
    }
    if let Some(captures) = phrase.fits_any(&[
        "turn|switch off {flow}",
        "turn|switch {flow} off",
        "disable|deactivate|pause|stop [the] {flow}",
    ]) {
        return clear(&captures).then(|| FlowRequest::Switch(named(&captures), Switch::Off));
    }
    if let Some(captures) = phrase.fits_any(&[
        "delete|remove [the] flow {flow}",
        "delete|remove [the] {flow} flow",
        "delete|remove it|this_flow|the_flow",
    ]) {
        return Some(FlowRequest::Delete(named(&captures)));
    }
    if let Some(captures) = phrase.fits_any(&[
        "run|start|trigger|execute|test|try [the] [flow] {flow?} now|again",
        "run|start|trigger|execute|test|try [the] [flow] {flow}",
        "run|test [now]",
    ]) {
        return (clear(&captures) || captures.some("flow").is_none())
            .then(|| FlowRequest::Run(named(&captures)));
    }
    if let Some(captures) = phrase.fits_any(&[
        "explain|describe [the] [flow] {flow}",
        "what does [the] [flow] {flow} do",
        "how does [the] [flow] {flow} work",
        "@show [me] [the] flow {flow}",
        "@show [me] [the] {flow} flow",
        "open [the] {flow} flow",
    ]) {
        return clear(&captures).then(|| FlowRequest::Explain(named(&captures)));
    }
    if phrase.fits_any(CHECKS).is_some() {
        return is_in_flow.then_some(FlowRequest::Check(None));
    }
    let captures = phrase.fits_any(&[
        "change|edit|update|modify [the] flow {flow}",
        "change|edit|update|modify [the] {flow} flow",
        "change|edit|update|modify it|this_flow|the_flow",
    ])?;
    Some(FlowRequest::Change(named(&captures), Change::Unsaid))
}

/// "it", "this flow" and "the flow" name none.
fn flow_named(words: Option<String>) -> Option<String> {
    let words = words?;
    let phrase = Phrase::new(&words);
    let name = phrase
        .fits_any(&["[the] {name} flow", "[the] flow {name}", "the {name}"])
        .map_or(words, |it| it.get("name"));
    const NONE: [&str; 9] =
        ["it", "this", "that", "flow", "this flow", "the flow", "that flow", "now", "them"];
    (!NONE.contains(&name.to_lowercase().as_str())).then_some(name)
}

fn change(phrase: &Phrase, today: NaiveDate) -> Option<Change> {
    if let Some(captures) = phrase.fits_any(&[
        "rename|call|name it|this|the_flow|this_flow|flow [to|as] {name}",
        "rename to|as {name}",
    ]) {
        return Some(Change::Rename(captures.get("name")));
    }
    if let Some(captures) = phrase.fits_any(&[
        "delete|remove|drop [the] step {step}",
        "delete|remove|drop [the] {step} step",
        "delete|remove|drop [the] {step}",
    ]) {
        return Some(Change::Remove(step_name(&captures.get("step"))));
    }
    if let Some(start) = restart(phrase).or_else(|| recipe::alone(phrase)) {
        return Some(Change::Start(start, Vec::new()));
    }
    if let Some(change) = replacement(phrase, today) {
        return Some(change);
    }
    let (added, place) = placed(phrase);
    let said = step_words::read_all(&added, today);
    let is_unknown = |all: &[Do]| all.iter().all(|it| matches!(it, Do::Unknown(_)));
    // "Add tell me Done" is said where what to add is asked for.
    let bare = added
        .starts("add|insert a|another|one step that|which|to")
        .or_else(|| added.starts("add|insert"))
        .map(|it| step_words::read_all(&it.1, today));
    let steps = match bare.filter(|it| is_unknown(&said) && !is_unknown(it)) {
        Some(bare) => bare,
        None => said,
    };
    let is_clear = steps.iter().any(|it| !matches!(it, Do::Unknown(_)))
        || phrase.starts("add|insert|then|also").is_some();
    (is_clear && !steps.is_empty()).then_some(Change::Add(steps, place))
}

/// "Replace step 2 with a wait of an hour", "change the delay to 10 minutes"; none while it is not clear what it should do.
fn replacement(phrase: &Phrase, today: NaiveDate) -> Option<Change> {
    let captures = phrase.fits_any(&[
        "replace|swap [the] step {step} with|by|for {does}",
        "replace|swap [the] {step} step with|by|for {does}",
        "replace|swap [the] {step} with|by|for {does}",
        "change|turn|set|make [the] step {step} to|into {does}",
        "change|turn|set|make [the] {step} step to|into {does}",
        "change|turn|set|make [the] {step} to|into {does}",
    ])?;
    let does = captures.get("does");
    let as_said = || ["", "add ", "wait "].map(|it| Phrase::new(&format!("{it}{does}")));
    let steps = as_said().into_iter().map(|it| step_words::read_all(&it, today));
    let is_known =
        |all: &Vec<Do>| !all.is_empty() && !all.iter().any(|it| matches!(it, Do::Unknown(_)));
    let steps = steps.into_iter().find(is_known)?;
    Some(Change::Replace(step_name(&captures.get("step")), steps))
}

/// "Start it every day at 9".
fn restart(phrase: &Phrase) -> Option<Start> {
    let captures = phrase.fits_any(&[
        "change|set [the] trigger|start|schedule to {start}",
        "replace|swap [the] trigger with|by|for {start}",
        "start|run|trigger it|this|the_flow {start}",
        "make it run|start {start}",
    ])?;
    recipe::alone(&captures.part("start"))
}
