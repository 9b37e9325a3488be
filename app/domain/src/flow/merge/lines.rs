//! Which step follows which: the order of the steps in every body, of three sides in one.

use super::{Content, Steps};
use crate::flow::{ActionKind, Branch, tree};
use std::collections::{BTreeMap, BTreeSet};

/// Names of the steps of each body, by what they are inside and which body of it.
pub(super) type Lines = BTreeMap<(String, usize), Vec<String>>;

/// The steps of one body.
pub(super) fn line<'a>(lines: &'a Lines, owner: &str, body: usize) -> &'a [String] {
    lines.get(&(owner.to_owned(), body)).map(Vec::as_slice).unwrap_or_default()
}

/// Every body of `content` with the steps in it.
pub(super) fn lines(content: &Content) -> Lines {
    let names = |first| tree::chain(first).map(|it| it.name.clone()).collect::<Vec<_>>();
    let trigger = &content.trigger;
    let mut all = Lines::new();
    all.insert((trigger.name.clone(), 0), names(trigger.next_action.as_deref()));
    for step in tree::steps(trigger) {
        for (at, body) in tree::bodies(step).into_iter().enumerate() {
            all.insert((step.name.clone(), at), names(body.first));
        }
    }
    all
}

/// The bodies of the merged flow, whose steps are `steps`.
pub(super) fn merged(sides: [&Content; 3], steps: &Steps) -> Result<Lines, String> {
    let branches = branch_changes(sides)?;
    let [base, mine, theirs] = sides.map(lines);
    let keys: BTreeSet<_> = base.keys().chain(mine.keys()).chain(theirs.keys()).collect();
    let mut found = Lines::new();
    for key in keys {
        let of = |lines: &Lines| line(lines, &key.0, key.1).to_vec();
        let (base, mine, theirs) = (of(&base), of(&mine), of(&theirs));
        let order = match branches.get(&key.0) {
            Some(Side::Mine) => mine,
            Some(Side::Theirs) => theirs,
            None => woven(&base, &mine, &theirs)?,
        };
        found.insert(key.clone(), order.into_iter().filter(|it| steps.contains_key(it)).collect());
    }
    let mut seen = BTreeSet::new();
    for name in found.values().flatten() {
        if !seen.insert(name) {
            let title = steps.get(name).map_or(name.as_str(), |it| it.display_name.as_str());
            return Err(format!("“{title}” was moved by somebody else since"));
        }
    }
    Ok(found)
}

/// Who changed which branches a router has.
enum Side {
    Mine,
    Theirs,
}

/// The routers whose branches one side added, removed or put in another order: then what is in them is that side's
/// too, and the other side must have left it as it was.
fn branch_changes(sides: [&Content; 3]) -> Result<BTreeMap<String, Side>, String> {
    let [base, mine, theirs] = sides.map(routers);
    let mut found = BTreeMap::new();
    for (name, (title, was)) in &base {
        let (Some((_, mine)), Some((_, theirs))) = (mine.get(name), theirs.get(name)) else {
            continue;
        };
        let is_reshaped = |it: &Router| it.names != was.names;
        let side = match (is_reshaped(mine), is_reshaped(theirs)) {
            (false, false) => continue,
            (true, false) if theirs.children == was.children => Side::Mine,
            (false, true) if mine.children == was.children => Side::Theirs,
            _ => {
                return Err(format!(
                    "The branches of “{title}” were changed by somebody else since"
                ));
            }
        };
        found.insert(name.clone(), side);
    }
    Ok(found)
}

/// The branches of a router, and the steps in each.
struct Router {
    names: Vec<String>,
    children: Vec<Vec<String>>,
}

fn routers(content: &Content) -> BTreeMap<String, (String, Router)> {
    let mut found = BTreeMap::new();
    for step in tree::steps(&content.trigger) {
        let ActionKind::Router(settings) = &step.kind else { continue };
        let names = settings.branches.iter().map(|it: &Branch| it.name().to_owned()).collect();
        let children = tree::bodies(step)
            .into_iter()
            .map(|it| tree::chain(it.first).map(|it| it.name.clone()).collect())
            .collect();
        found.insert(step.name.clone(), (step.display_name.clone(), Router { names, children }));
    }
    found
}

/// One order out of three.
fn woven(base: &[String], mine: &[String], theirs: &[String]) -> Result<Vec<String>, String> {
    if mine == base || mine == theirs {
        return Ok(theirs.to_vec());
    }
    if theirs == base {
        return Ok(mine.to_vec());
    }
    match (is_reordered(base, mine), is_reordered(base, theirs)) {
        (true, true) => Err("The order of the steps was changed by somebody else since".to_owned()),
        (true, false) => Ok(put_into(mine, base, theirs)),
        (false, _) => Ok(put_into(theirs, base, mine)),
    }
}

/// Whether the steps that are still there stand in another order.
fn is_reordered(base: &[String], side: &[String]) -> bool {
    let left = base.iter().filter(|it| side.contains(it));
    !left.eq(side.iter().filter(|it| base.contains(it)))
}

/// `first` with what `other` took out of `base` and put into it: each new step after the one it was put after, as far
/// as that is still there.
fn put_into(first: &[String], base: &[String], other: &[String]) -> Vec<String> {
    let gone = |it: &&String| base.contains(it) && !other.contains(it);
    let mut order: Vec<String> = first.iter().filter(|it| !gone(it)).cloned().collect();
    for (at, name) in other.iter().enumerate() {
        if base.contains(name) || order.contains(name) {
            continue;
        }
        let mut before = other.iter().take(at).rev();
        let place = before.find_map(|it| order.iter().position(|held| held == it));
        order.insert(place.map_or(0, |it| it + 1), name.clone());
    }
    order
}
