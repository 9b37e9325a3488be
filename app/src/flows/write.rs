//! The changes a person can make, each as one edit of the flow.

use super::store::Studio;
use domain::flow::catalog::choices::Choice;
use domain::flow::edit::{
    AddAction, AddBranch, AtBranch, ChangeName, DeleteAction, FlowEdit, Location, MoveAction,
    MoveBranch, OneStep, SetSkip, next_step_name,
};
use domain::flow::{
    Action, ActionKind, ErrorHandling, PieceSettings, RouterSettings, TriggerKind, tree,
};
use leptos::prelude::*;

/// A place where a step can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// `trigger` or a step.
    pub parent: String,
    /// Relative to it.
    pub location: Location,
    /// Which branch, for [`Location::InsideBranch`].
    pub branch: Option<usize>,
}

impl Spot {
    /// Right after a step.
    pub fn after(step: &str) -> Self {
        Self { parent: step.to_owned(), location: Location::After, branch: None }
    }
}

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
        let Some(action) = choice.step(&name) else { return };
        self.edit(FlowEdit::AddAction(Box::new(AddAction {
            parent_step: spot.parent.clone(),
            step_location_relative_to_parent: spot.location,
            branch_index: spot.branch,
            action,
        })));
        self.open(&name);
        self.fresh.set(Some(name));
    }

    /// Makes a step do what was chosen; its name and what follows it stay, so what reads it goes on reading it.
    pub fn replace(self, choice: &Choice, step: &str) {
        let Some(action) = choice.step(step) else { return };
        self.edit(FlowEdit::UpdateAction(Box::new(action)));
        self.open(step);
        self.fresh.set(Some(step.to_owned()));
    }

    /// Makes what was chosen the trigger.
    pub fn choose_trigger(self, choice: &Choice) {
        let Some(trigger) = choice.trigger() else { return };
        self.edit(FlowEdit::UpdateTrigger(Box::new(trigger)));
        self.open("trigger");
        self.fresh.set(Some("trigger".to_owned()));
    }

    /// Removes a step with what is inside it.
    pub fn delete(self, step: &str) {
        if step == "trigger" {
            return;
        }
        let before = self.cards.with_untracked(|all| {
            let at = all.iter().position(|it| it.name == step).unwrap_or(1);
            all.get(at.saturating_sub(1)).map(|it| it.name.clone())
        });
        self.edit(FlowEdit::DeleteAction(DeleteAction { names: vec![step.to_owned()] }));
        self.leave_missing_steps();
        self.at.set(before.unwrap_or_else(|| "trigger".to_owned()));
    }

    /// Puts a copy after the step.
    pub fn duplicate(self, step: &str) {
        if step != "trigger" {
            self.edit(FlowEdit::DuplicateAction(OneStep { step_name: step.to_owned() }));
        }
    }

    /// Switches a step off or on.
    pub fn set_skip(self, step: &str, skip: bool) {
        self.edit(FlowEdit::SetSkipAction(SetSkip { names: vec![step.to_owned()], skip }));
    }

    /// Where the step would go when moved up or down on its line; nowhere at its ends.
    pub fn neighbour(self, step: &str, down: bool) -> Option<Spot> {
        self.flow.with(|it| neighbour(&it.version.trigger, step, down))
    }

    /// Moves a step.
    pub fn relocate(self, step: &str, to: Spot) {
        self.edit(FlowEdit::MoveAction(MoveAction {
            name: step.to_owned(),
            new_parent_step: to.parent,
            step_location_relative_to_new_parent: to.location,
            branch_index: to.branch,
        }));
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

/// The place one further up or down on the line of `step`.
fn neighbour(trigger: &domain::flow::Trigger, step: &str, down: bool) -> Option<Spot> {
    let main = (Spot::after(&trigger.name), trigger.next_action.as_deref());
    let bodies = tree::steps(trigger).into_iter().flat_map(|owner| {
        tree::bodies(owner).into_iter().map(move |it| {
            let (location, branch) = (it.location, it.branch);
            (Spot { parent: owner.name.clone(), location, branch }, it.first)
        })
    });
    for (start, first) in std::iter::once(main).chain(bodies) {
        let line: Vec<_> = tree::chain(first).map(|it| it.name.as_str()).collect();
        let Some(at) = line.iter().position(|it| *it == step) else { continue };
        return if down {
            line.get(at + 1).map(|it| Spot::after(it))
        } else if at == 1 {
            Some(start)
        } else {
            at.checked_sub(2).and_then(|it| line.get(it)).map(|it| Spot::after(it))
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::Trigger;
    use domain::flow::catalog::step;

    fn flow() -> Trigger {
        let mut third = step::loop_step("step_3");
        third.first_loop_action = Some(Box::new(step::loop_step("step_4")));
        let mut second = step::loop_step("step_2");
        second.next_action = Some(Box::new(third));
        let mut first = step::loop_step("step_1");
        first.next_action = Some(Box::new(second));
        Trigger { next_action: Some(Box::new(first)), ..step::empty_trigger() }
    }

    #[test]
    fn a_step_moves_one_place_along_its_own_line() {
        assert_eq!(neighbour(&flow(), "step_2", false), Some(Spot::after("trigger")));
        assert_eq!(neighbour(&flow(), "step_3", false), Some(Spot::after("step_1")));
        assert_eq!(neighbour(&flow(), "step_1", true), Some(Spot::after("step_2")));
    }

    #[test]
    fn at_the_ends_of_its_line_it_stays() {
        assert_eq!(neighbour(&flow(), "step_1", false), None);
        assert_eq!(neighbour(&flow(), "step_3", true), None);
        assert_eq!(neighbour(&flow(), "step_4", false), None);
    }
}
