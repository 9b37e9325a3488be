//! What a flow that starts by Basecamp waits for.

use crate::engine::Engine;
use crate::pieces::input::Input;
use basecamp::Basecamp;
use domain::flow::{PieceSettings, Trigger, TriggerKind, catalog};
use store::flow_watches::Watch;

/// What the trigger waits for; none when something else starts the flow.
pub(crate) fn watch(trigger: &Trigger) -> Option<Watch> {
    let TriggerKind::Piece(settings) = &trigger.kind else { return None };
    if settings.piece_name != catalog::BASECAMP {
        return None;
    }
    Some(read(settings))
}

/// Basecamp as the trigger uses it.
pub(crate) fn basecamp(engine: &Engine, trigger: &Trigger) -> Basecamp {
    match &trigger.kind {
        TriggerKind::Piece(settings) => engine.basecamp_of(&settings.input),
        TriggerKind::Empty(_) => engine.basecamp.clone(),
    }
}

fn read(settings: &PieceSettings) -> Watch {
    let input = Input::new(&settings.input);
    Watch {
        what: settings.trigger_name.clone().unwrap_or_default(),
        project: input.integer("project"),
        place: input.integer("todolist").or_else(|| input.integer("column")),
        person: input.integer("person"),
        with_own: input.flag("with_own"),
    }
}

/// The kind of record a trigger tells of; none for projects.
pub(crate) fn kind(what: &str) -> Option<&'static str> {
    match what {
        "new_project" => None,
        "card_moved" => Some("Kanban::Card"),
        "new_message" => Some("Message"),
        "new_comment" => Some("Comment"),
        "new_checkin_answer" => Some("Question::Answer"),
        _ => Some("Todo"),
    }
}
