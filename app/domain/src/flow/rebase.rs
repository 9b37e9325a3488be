//! Putting a change that was made on an older state of a flow onto what somebody else made of it meanwhile.
//!
//! Changes to different values are both kept. Where both changed the same value nobody wins in silence: that is a
//! [`Clash`], which a person decides.

mod branches;
mod stack;

use super::edit::{AddAction, ChangeName, DeleteAction, FlowEdit, ImportFlow, SetSkip};
use super::merge::{Content, merge};
use super::{Action, FlowVersion, Note, Trigger, tree};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
pub use stack::{Late, OpenClash, Stacked, stack};

/// What becomes of one change.
#[derive(Clone, Debug, PartialEq)]
pub enum Rebased {
    /// It can be made, perhaps beside what the other did to the same step.
    Fits(FlowEdit),
    /// It is there already.
    Done,
    /// Both changed the same value.
    Clash(Clash),
    /// What it was about is gone; the words say what.
    Lost(String),
}

/// Both changed the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// The step, where it is about one.
    pub step: Option<String>,
    /// What people read for it.
    pub title: String,
    /// Where, with both values as text; empty when one deletes what the other changed.
    pub values: Vec<Disputed>,
    /// Makes the older change after all.
    pub mine: FlowEdit,
}

/// One value that both changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disputed {
    /// Where: `settings.input.content`.
    pub path: String,
    /// In the change that comes late.
    pub mine: String,
    /// What it is by now.
    pub theirs: String,
}

/// Where a dispute about a step that is switched off or on is.
pub const SWITCH: &str = "skip";

/// `mine`, which was made on `base`, on `theirs`.
pub fn rebase(base: &FlowVersion, theirs: &FlowVersion, mine: &FlowEdit) -> Rebased {
    match mine {
        FlowEdit::UpdateAction(it) => action(base, theirs, it),
        FlowEdit::UpdateTrigger(it) => trigger(base, theirs, it),
        FlowEdit::AddAction(it) => added(base, theirs, it),
        FlowEdit::DeleteAction(it) => deleted(base, theirs, it),
        FlowEdit::SetSkipAction(it) => switched(base, theirs, it),
        FlowEdit::ChangeName(it) => named(base, theirs, it),
        FlowEdit::UpdateNote(it) => note(base, theirs, it),
        FlowEdit::ImportFlow(it) if it.keep_samples => put_back(base, theirs, it),
        FlowEdit::ImportFlow(_) if same(&base.trigger, &theirs.trigger) => {
            Rebased::Fits(mine.clone())
        }
        FlowEdit::ImportFlow(_) => {
            Rebased::Lost("The flow was changed meanwhile, so it was not replaced".to_owned())
        }
        _ => branches::rebase(base, theirs, mine),
    }
}

fn same(a: &impl Serialize, b: &impl Serialize) -> bool {
    serde_json::to_value(a).ok() == serde_json::to_value(b).ok()
}

/// A flow put back as it was keeps what the other did since.
fn put_back(base: &FlowVersion, theirs: &FlowVersion, mine: &ImportFlow) -> Rebased {
    let wanted = Content {
        display_name: mine.display_name.clone(),
        trigger: mine.trigger.clone(),
        notes: mine.notes.clone().unwrap_or_default(),
    };
    let now = Content::from(theirs);
    match merge(&Content::from(base), &wanted, &now) {
        Ok(merged) if merged == now => Rebased::Done,
        Ok(merged) => Rebased::Fits(merged.put_back()),
        Err(why) => Rebased::Lost(why),
    }
}

/// The step without what is inside and after it.
pub(super) fn alone(step: &Action) -> Action {
    Action {
        next_action: None,
        first_loop_action: None,
        children: None,
        on_error_action: None,
        // The flag is worked out from the rest.
        valid: false,
        ..step.clone()
    }
}

/// The trigger without what follows it.
pub(super) fn alone_trigger(trigger: &Trigger) -> Trigger {
    // The flag is worked out from the rest.
    Trigger { next_action: None, valid: false, ..trigger.clone() }
}

fn action(base: &FlowVersion, theirs: &FlowVersion, mine: &Action) -> Rebased {
    let title = &mine.display_name;
    let Some(now) = tree::find(&theirs.trigger, &mine.name) else {
        return Rebased::Lost(format!("{title} was deleted meanwhile"));
    };
    let before = tree::find(&base.trigger, &mine.name).unwrap_or(now);
    let sides = [alone(before), alone(mine), alone(now)];
    merged(&sides, (Some(&mine.name), title), |it| FlowEdit::UpdateAction(Box::new(it)))
}

fn trigger(base: &FlowVersion, theirs: &FlowVersion, mine: &Trigger) -> Rebased {
    let sides = [&base.trigger, mine, &theirs.trigger].map(alone_trigger);
    let about = (Some(theirs.trigger.name.as_str()), mine.display_name.as_str());
    merged(&sides, about, |it| FlowEdit::UpdateTrigger(Box::new(it)))
}

fn note(base: &FlowVersion, theirs: &FlowVersion, mine: &Note) -> Rebased {
    let find = |it: &FlowVersion| it.notes.iter().find(|it| it.id == mine.id).cloned();
    let Some(now) = find(theirs) else {
        return Rebased::Lost("The note was deleted meanwhile".to_owned());
    };
    let sides = [find(base).unwrap_or_else(|| now.clone()), mine.clone(), now];
    merged(&sides, (None, "The note"), FlowEdit::UpdateNote)
}

fn named(base: &FlowVersion, theirs: &FlowVersion, mine: &ChangeName) -> Rebased {
    let name = |it: &str| json!({ "displayName": it });
    let sides =
        [name(&base.display_name), name(mine.display_name.trim()), name(&theirs.display_name)];
    merged(&sides, (None, "The flow's name"), |it: Value| {
        let text = it.get("displayName").and_then(Value::as_str).unwrap_or_default();
        FlowEdit::ChangeName(ChangeName { display_name: text.to_owned() })
    })
}

/// A step that has arrived already is not added again; one whose name was taken gets another.
fn added(base: &FlowVersion, theirs: &FlowVersion, mine: &AddAction) -> Rebased {
    let mut mine = mine.clone();
    match tree::find(&theirs.trigger, &mine.action.name) {
        None => {}
        Some(it) if same(&alone(it), &alone(&mine.action)) => return Rebased::Done,
        Some(_) => mine.action.name = tree::next_step_name(&theirs.trigger),
    }
    branches::rebase(base, theirs, &FlowEdit::AddAction(Box::new(mine)))
}

/// Steps that are gone cannot be switched off or on; the others are. One that somebody else switched meanwhile is not
/// switched back in silence.
fn switched(base: &FlowVersion, theirs: &FlowVersion, mine: &SetSkip) -> Rebased {
    let there: Vec<&Action> =
        mine.names.iter().filter_map(|it| tree::find(&theirs.trigger, it)).collect();
    if there.is_empty() && !mine.names.is_empty() {
        return Rebased::Lost("The step to switch off or on was deleted meanwhile".to_owned());
    }
    let names = there.iter().map(|it| it.name.clone()).collect();
    let edit = FlowEdit::SetSkipAction(SetSkip { names, skip: mine.skip });
    let before = |it: &Action| tree::find(&base.trigger, &it.name).map_or(it.skip, |it| it.skip);
    let is_touched = |it: &&&Action| it.skip != before(it);
    let is_disputed = |it: &&&Action| is_touched(it) && it.skip != mine.skip;
    let Some(step) = there.iter().find(is_disputed) else {
        let is_there = there.iter().all(|it| it.skip == mine.skip);
        let is_done = is_there && there.iter().any(|it| is_touched(&it));
        return if is_done { Rebased::Done } else { Rebased::Fits(edit) };
    };
    let word = |skip: bool| if skip { "off" } else { "on" }.to_owned();
    Rebased::Clash(Clash {
        step: Some(step.name.clone()),
        title: step.display_name.clone(),
        values: vec![Disputed {
            path: SWITCH.to_owned(),
            mine: word(mine.skip),
            theirs: word(step.skip),
        }],
        mine: edit,
    })
}

fn deleted(base: &FlowVersion, theirs: &FlowVersion, mine: &DeleteAction) -> Rebased {
    let left: Vec<_> =
        mine.names.iter().filter(|it| tree::find(&theirs.trigger, it).is_some()).cloned().collect();
    let whole = |of: &FlowVersion, name: &str| {
        tree::find(&of.trigger, name).map(|it| {
            let inner = tree::inside(it).into_iter().map(alone).collect::<Vec<_>>();
            json!([alone(it), inner])
        })
    };
    let changed = left.iter().find(|it| whole(base, it) != whole(theirs, it));
    let edit = FlowEdit::DeleteAction(DeleteAction { names: left.clone() });
    match changed.and_then(|it| tree::find(&theirs.trigger, it)) {
        _ if left.is_empty() => Rebased::Done,
        None => Rebased::Fits(edit),
        Some(step) => Rebased::Clash(Clash {
            step: Some(step.name.clone()),
            title: step.display_name.clone(),
            values: Vec::new(),
            mine: edit,
        }),
    }
}

/// The three sides in one: before, mine, and theirs.
fn merged<T: Serialize + DeserializeOwned>(
    sides: &[T; 3],
    (step, title): (Option<&str>, &str),
    edit: impl FnOnce(T) -> FlowEdit,
) -> Rebased {
    let [before, mine, theirs] = sides.each_ref().map(|it| json!(it));
    if mine == theirs {
        return Rebased::Done;
    }
    let mut values = Vec::new();
    let whole = three(Some(&before), Some(&mine), Some(&theirs), ("", &mut values));
    if values.is_empty() && whole.as_ref() == Some(&theirs) {
        return Rebased::Done;
    }
    let Ok(whole) = serde_json::from_value(whole.unwrap_or_default()) else {
        return Rebased::Lost(format!("{title} was changed meanwhile in a way that does not fit"));
    };
    let mine = edit(whole);
    if values.is_empty() {
        return Rebased::Fits(mine);
    }
    Rebased::Clash(Clash { step: step.map(str::to_owned), title: title.to_owned(), values, mine })
}

/// A value with both changes; where both changed it, mine, and that is noted.
pub(super) fn three(
    before: Option<&Value>,
    mine: Option<&Value>,
    theirs: Option<&Value>,
    (path, disputed): (&str, &mut Vec<Disputed>),
) -> Option<Value> {
    if mine == before || mine == theirs {
        return theirs.cloned();
    }
    if theirs == before {
        return mine.cloned();
    }
    if let (Some(Value::Object(a)), Some(Value::Object(b))) = (mine, theirs) {
        let none = serde_json::Map::new();
        let old = before.and_then(Value::as_object).unwrap_or(&none);
        let mut keys: Vec<&String> =
            b.keys().chain(a.keys().filter(|it| !b.contains_key(*it))).collect();
        keys.dedup();
        let pairs = keys.into_iter().filter_map(|key| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let value = three(old.get(key), a.get(key), b.get(key), (&path, disputed))?;
            Some((key.clone(), value))
        });
        return Some(Value::Object(pairs.collect()));
    }
    let text = |it: Option<&Value>| match it {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(it)) => it.clone(),
        Some(other) => other.to_string(),
    };
    disputed.push(Disputed { path: path.to_owned(), mine: text(mine), theirs: text(theirs) });
    mine.cloned()
}
