//! Copies of steps: other names, references to each other rewritten, tests forgotten.

use super::tree;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A copy of `step` with what is inside it, its names not among `taken`.
pub(super) fn copied(step: &Value, taken: &[String]) -> Value {
    let mut copy = step.clone();
    if let Some(fields) = copy.as_object_mut() {
        fields.remove("nextAction");
    }
    with_fresh_names(copy, taken)
}

/// A copy of a whole chain.
pub(super) fn with_fresh_names(mut copy: Value, taken: &[String]) -> Value {
    let mut used: BTreeSet<String> = taken.iter().cloned().collect();
    let mut renames = Vec::new();
    for name in tree::names(&copy) {
        let new = (1..).map(|it| format!("step_{it}")).find(|it| !used.contains(it));
        let new = new.unwrap_or_default();
        used.insert(new.clone());
        renames.push((name, new));
    }
    tree::each_mut(&mut copy, &mut |it| {
        let named = renames.iter().find(|(old, _)| it["name"] == old.as_str());
        if let Some((_, new)) = named {
            it["name"] = new.as_str().into();
        }
        let shown = it["displayName"].as_str().unwrap_or_default();
        it["displayName"] = format!("{shown} Copy").into();
        if let Some(settings) = it["settings"].as_object_mut() {
            settings.remove("sampleData");
        }
        rewrite(&mut it["settings"], &renames);
    });
    copy
}

fn rewrite(value: &mut Value, renames: &[(String, String)]) {
    match value {
        Value::String(text) if text.contains("{{") => {
            for (old, new) in renames {
                for (before, after) in [('.', '.'), ('[', '['), ('}', '}')] {
                    *text =
                        text.replace(&format!("{{{{{old}{before}"), &format!("{{{{{new}{after}"));
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| rewrite(it, renames)),
        Value::Object(fields) => fields.values_mut().for_each(|it| rewrite(it, renames)),
        _ => {}
    }
}

/// The settings of a branch under another name.
pub(super) fn copied_branch(branch: &Value) -> Value {
    let mut copy = branch.clone();
    copy["branchName"] =
        json!(format!("{} Copy", branch["branchName"].as_str().unwrap_or_default()));
    copy
}
