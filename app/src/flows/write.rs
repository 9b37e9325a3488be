//! The changes a person can make, each as one edit of the flow.

use super::store::Studio;
use domain::flow::catalog::choices::Choice;
use domain::flow::catalog::replace::replacing;
use domain::flow::edit::{
    AddAction, AddBranch, AtBranch, ChangeName, FlowEdit, MoveBranch, next_step_name,
};
pub use domain::flow::places::Spot;
use domain::flow::{
    Action, ActionKind, ErrorHandling, PieceSettings, RouterSettings, TriggerKind, tree,
};
use leptos::prelude::*;

impl Studio {
    /// Renames the flow while a person types.
    pub fn rename_flow(self, name: &str) {
        let now = self.flow.with_untracked(|it| it.version.display_name == name.trim());
        if !now && !name.trim().is_empty() {
            self.type_in(
                "flow-name",
                FlowEdit::ChangeName(ChangeName { display_name: name.to_owned() }),
            );
        }
    }

    /// Puts what was chosen at `spot`, opens it, and keeps quiet about what it lacks until it is left.
    pub fn add(self, choice: &Choice, spot: &Spot) {
        let name = self.flow.with_untracked(|it| next_step_name(&it.version));
        let Some(mut action) = choice.step(&name) else { return };
        if let ActionKind::Piece(settings) = &mut action.kind {
            self.go_by_our_clock(settings);
        }
        self.edit(FlowEdit::AddAction(Box::new(AddAction {
            parent_step: spot.parent.clone(),
            step_location_relative_to_parent: spot.location,
            branch_index: spot.branch,
            action,
        })));
        self.open(&name);
        self.focus_soon(&name);
        self.fresh.set(Some(name));
    }

    /// What a new step would do by the clock of nowhere, it does by that of the workspace.
    fn go_by_our_clock(self, settings: &mut PieceSettings) {
        for name in ["timezone", "timeZone"] {
            if let Some(zone) = settings.input.get_mut(name) {
                *zone = self.zone.get_value().into();
            }
        }
    }

    /// Makes a step do what was chosen; its name, what follows it and what the new one asks for too stay.
    pub fn replace(self, choice: &Choice, step: &str) {
        let Some(mut action) = choice.step(step) else { return };
        if let ActionKind::Piece(settings) = &mut action.kind {
            self.go_by_our_clock(settings);
        }
        let old = self.flow.with_untracked(|it| tree::find(&it.version.trigger, step).cloned());
        let action = old.map_or(action.clone(), |old| replacing(&old, action));
        self.edit(FlowEdit::UpdateAction(Box::new(action)));
        self.open(step);
        self.fresh.set(Some(step.to_owned()));
    }

    /// Makes what was chosen the trigger.
    pub fn choose_trigger(self, choice: &Choice) {
        let Some(mut trigger) = choice.trigger() else { return };
        if let TriggerKind::Piece(settings) = &mut trigger.kind {
            self.go_by_our_clock(settings);
        }
        self.edit(FlowEdit::UpdateTrigger(Box::new(trigger)));
        self.open("trigger");
        self.focus_soon("trigger");
        self.fresh.set(Some("trigger".to_owned()));
    }

    /// What `read` finds in a piece's settings; nothing for other steps.
    pub fn with_settings<T>(self, step: &str, read: impl FnOnce(&PieceSettings) -> T) -> Option<T> {
        self.flow.with(|flow| {
            let trigger = &flow.version.trigger;
            if trigger.name == step {
                return match &trigger.kind {
                    TriggerKind::Piece(settings) => Some(read(settings)),
                    TriggerKind::Empty(_) => None,
                };
            }
            match &tree::find(trigger, step)?.kind {
                ActionKind::Piece(settings) => Some(read(settings)),
                _ => None,
            }
        })
    }

    /// Changes a piece's settings; `field` groups the keystrokes of one field.
    pub fn change_settings(
        self,
        step: &str,
        field: Option<&str>,
        change: impl FnOnce(&mut PieceSettings),
    ) {
        if step == "trigger" {
            let mut trigger = self.trigger();
            if let TriggerKind::Piece(settings) = &mut trigger.kind {
                change(settings);
                self.send(FlowEdit::UpdateTrigger(Box::new(trigger)), field);
            }
            return;
        }
        self.change_action(step, field, |action| {
            if let ActionKind::Piece(settings) = &mut action.kind {
                change(settings);
            }
        });
    }

    /// Changes a step's words or settings; what is inside and after it stays.
    pub fn change_action(self, step: &str, field: Option<&str>, change: impl FnOnce(&mut Action)) {
        let Some(found) =
            self.flow.with_untracked(|it| tree::find(&it.version.trigger, step).cloned())
        else {
            return;
        };
        let mut action = Action {
            next_action: None,
            first_loop_action: None,
            children: None,
            on_error_action: None,
            ..found
        };
        change(&mut action);
        self.send(FlowEdit::UpdateAction(Box::new(action)), field);
    }

    /// Renames a step while a person types; an empty name is not stored.
    pub fn rename_step(self, step: &str, name: &str) {
        let field = format!("name-{step}");
        if name.trim().is_empty() {
            return;
        }
        if step == "trigger" {
            let mut trigger = self.trigger();
            name.clone_into(&mut trigger.display_name);
            return self.type_in(&field, FlowEdit::UpdateTrigger(Box::new(trigger)));
        }
        self.change_action(step, Some(&field), |it| name.clone_into(&mut it.display_name));
    }

    /// Changes a router's settings.
    pub fn change_router(
        self,
        step: &str,
        field: Option<&str>,
        change: impl FnOnce(&mut RouterSettings),
    ) {
        self.change_action(step, field, |action| {
            if let ActionKind::Router(settings) = &mut action.kind {
                change(settings);
            }
        });
    }

    /// Adds a branch before the last one.
    pub fn add_branch(self, step: &str, at: usize, name: &str) {
        self.edit(FlowEdit::AddBranch(AddBranch {
            step_name: step.to_owned(),
            branch_index: at,
            branch_name: name.to_owned(),
            conditions: None,
        }));
    }

    /// Removes a branch with the steps in it.
    pub fn delete_branch(self, step: &str, at: usize) {
        self.edit(FlowEdit::DeleteBranch(AtBranch {
            step_name: step.to_owned(),
            branch_index: at,
        }));
        self.leave_missing_steps();
    }

    /// Puts a copy of a branch after it.
    pub fn duplicate_branch(self, step: &str, at: usize) {
        self.edit(FlowEdit::DuplicateBranch(AtBranch {
            step_name: step.to_owned(),
            branch_index: at,
        }));
    }

    /// Moves a branch to another place.
    pub fn move_branch(self, step: &str, from: usize, to: usize) {
        self.edit(FlowEdit::MoveBranch(MoveBranch {
            step_name: step.to_owned(),
            source_branch_index: from,
            target_branch_index: to,
        }));
    }

    /// Changes what happens when a step fails.
    pub fn change_failure(self, step: &str, change: impl FnOnce(&mut ErrorHandling)) {
        self.change_action(step, None, |action| {
            let options = match &mut action.kind {
                ActionKind::Piece(it) => &mut it.error_handling_options,
                ActionKind::Code(it) => &mut it.error_handling_options,
                ActionKind::Loop(_) | ActionKind::Router(_) => return,
            };
            change(options.get_or_insert_default());
        });
    }

    fn send(self, edit: FlowEdit, field: Option<&str>) {
        match field {
            Some(field) => self.type_in(field, edit),
            None => self.edit(edit),
        }
    }
}
