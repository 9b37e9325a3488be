//! Several steps at once: which are picked, and what is done with them as one change.

use super::store::Studio;
use super::write::Spot;
use crate::runs::words::count;
use crate::ui::browser;
use crate::ui::button::{Button, IconButton, Size};
use domain::flow::clip::{added, doubled};
use domain::flow::edit::{DeleteAction, FlowEdit, SetSkip};
use domain::flow::places::{further, outermost, relocation};
use domain::flow::tree;
use domain::problem::Problem;
use leptos::prelude::*;
use std::collections::BTreeSet;
use web_sys::MouseEvent;

impl Studio {
    /// Picks `step`, or no longer.
    pub fn toggle_pick(self, step: &str) {
        if step == "trigger" {
            return;
        }
        self.at.set(step.to_owned());
        self.picked.update(|it| {
            if !it.remove(step) {
                it.insert(step.to_owned());
            }
        });
    }

    /// A step is pressed: it opens; with Shift or the command key it is picked, or no longer.
    pub fn pressed(self, step: &str, event: &MouseEvent) {
        if event.shift_key() || event.ctrl_key() || event.meta_key() {
            let chosen = self
                .chosen
                .get_untracked()
                .filter(|_| self.picked.with_untracked(BTreeSet::is_empty));
            self.pick_more(chosen.as_deref());
            self.toggle_pick(step);
        } else {
            self.pick_none();
            self.open(step);
        }
    }

    /// Picks `steps` and those picked already; the trigger is never among them.
    pub fn pick_more<'a>(self, steps: impl IntoIterator<Item = &'a str>) {
        self.picked.update(|it| {
            it.extend(steps.into_iter().filter(|it| *it != "trigger").map(str::to_owned))
        });
    }

    /// Picks every step.
    pub fn pick_all(self) {
        let all = self.with_shown_untracked(|it| {
            tree::steps(&it.trigger).into_iter().map(|it| it.name.clone()).collect()
        });
        self.picked.set(all);
    }

    /// Picks nothing; false when nothing was.
    pub fn pick_none(self) -> bool {
        let some = self.picked.with_untracked(|it| !it.is_empty());
        if some {
            self.picked.update(BTreeSet::clear);
        }
        some
    }

    /// The picked steps; the one the keys are on where none is.
    pub fn meant(self) -> BTreeSet<String> {
        let picked = self.picked.get_untracked();
        let at = self.at.get_untracked();
        if picked.is_empty() && at != "trigger" { BTreeSet::from([at]) } else { picked }
    }

    /// Removes `steps` with what is inside them, as one change; the keys go to the step before.
    pub fn delete_all(self, steps: &BTreeSet<String>) {
        let names: Vec<_> = self.with_shown_untracked(|it| {
            outermost(&it.trigger, steps).into_iter().map(|it| it.name.clone()).collect()
        });
        let Some(first) = names.first() else { return };
        let before = self.cards.with_untracked(|all| {
            let at = all.iter().position(|it| it.name == *first).unwrap_or(1);
            all.get(at.saturating_sub(1)).map(|it| it.name.clone())
        });
        self.edit(FlowEdit::DeleteAction(DeleteAction { names }));
        self.leave_missing_steps();
        self.at.set(before.unwrap_or_else(|| "trigger".to_owned()));
        // The question or the menu that led here gives the focus back to what is gone.
        self.settle_focus_soon();
    }

    /// Puts copies of `steps` after the last of them and picks those.
    pub fn duplicate_all(self, steps: &BTreeSet<String>) {
        let edits = self.flow.with_untracked(|it| doubled(it.id.as_str(), &it.version, steps));
        self.put_new(edits);
    }

    /// Adds steps and picks them where they are more than one.
    pub(super) fn put_new(self, edits: Vec<FlowEdit>) -> bool {
        let names = added(&edits);
        let Some(first) = names.first().cloned() else { return false };
        if !self.edit_all(edits) {
            return false;
        }
        self.picked.set(if names.len() > 1 { names } else { BTreeSet::new() });
        self.at.set(first.clone());
        self.focus_soon(&first);
        true
    }

    /// Switches `steps` off, or on again when all of them are off.
    pub fn skip_all(self, steps: &BTreeSet<String>) {
        let off = self.with_shown_untracked(|it| {
            steps.iter().all(|step| tree::find(&it.trigger, step).is_some_and(|it| it.skip))
        });
        let names: Vec<_> = steps.iter().filter(|it| *it != "trigger").cloned().collect();
        if !names.is_empty() {
            let set = SetSkip { names, skip: !off };
            if !self.asks_first(&set) {
                self.edit(FlowEdit::SetSkipAction(set));
            }
        }
    }

    /// Moves `steps` together one place up or down: over the next step, into and out of loops and branches.
    pub fn move_further(self, steps: &BTreeSet<String>, down: bool) {
        let to = self.flow.with_untracked(|it| further(&it.version, steps, down));
        if let Some(to) = to {
            self.put_at(steps, &to);
        }
    }

    /// Where `steps` would go one place up or down; nowhere at the ends of the flow.
    pub fn can_move(self, steps: &BTreeSet<String>, down: bool) -> bool {
        self.flow.with(|it| further(&it.version, steps, down).is_some())
    }

    /// Moves `steps` together to `to`, as one change.
    pub fn put_at(self, steps: &BTreeSet<String>, to: &Spot) {
        let edits = self.flow.with_untracked(|it| relocation(&it.version.trigger, steps, to));
        match edits {
            Ok(edits) if edits.is_empty() => {}
            Ok(edits) => {
                if self.edit_all(edits) {
                    let at = self.at.get_untracked();
                    self.focus_soon(&at);
                }
            }
            Err(issues) => self.toasts.failed(Problem::Invalid { issues }.to_string()),
        }
    }

    /// Focuses a step once it is drawn, in the view that is shown.
    pub fn focus_soon(self, step: &str) {
        let step = step.to_owned();
        request_animation_frame(move || focus_step(&step));
    }
}

/// Focuses a step where it is on screen: on the canvas, else in the outline.
pub fn focus_step(step: &str) {
    let node = format!("node-{step}");
    let id = if browser::is_shown(&node) { node } else { format!("row-{step}") };
    browser::focus(&id);
}

/// What can be done with the picked steps, above the lower edge of the canvas; absent while fewer than two are.
#[component]
pub fn PickedBar(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let is_many = Memo::new(move |_| studio.picked.with(BTreeSet::len) > 1);
    let words =
        move || format!("{} picked", count(studio.picked.with(BTreeSet::len), "step", "steps"));
    let picked = move || studio.picked.get_untracked();
    view! {
        <p class="sr" role="status">{move || if is_many.get() { words() } else { String::new() }}</p>
        <Show when=move || is_many.get()>
            <div class="pickbar" role="toolbar" aria-label="Picked steps">
                <b class="num">{words}</b>
                <Show when=move || studio.is_editing()>
                    <Button size=Size::Small icon="copy" on:click=move |_| studio.duplicate_all(&picked())>"Duplicate"</Button>
                    <Button size=Size::Small icon="eye-off" on:click=move |_| studio.skip_all(&picked())>"Turn off or on"</Button>
                    <Button size=Size::Small icon="trash" on:click=move |_| studio.ask_delete_all(&picked())>"Delete"</Button>
                </Show>
                <IconButton icon="x" class="icon-btn--sm" label="Pick none" on:click=move |_| { studio.pick_none(); } />
            </div>
        </Show>
    }
}
