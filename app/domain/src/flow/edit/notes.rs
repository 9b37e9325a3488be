//! Sticky notes.

use super::{DeleteNote, FlowVersion, Outcome, refuse};
use crate::flow::Note;

/// Characters of one note.
const LONGEST: usize = 10_000;

fn checked(note: &Note) -> Outcome {
    let colors = Note::COLORS;
    if !colors.contains(&note.color.as_str()) {
        return refuse("color", format!("A note is one of {}", colors.join(", ")));
    }
    if note.content.chars().count() > LONGEST {
        return refuse("content", format!("A note holds at most {LONGEST} characters. Shorten it"));
    }
    Ok(())
}

pub(super) fn add(version: &mut FlowVersion, note: &Note) -> Outcome {
    checked(note)?;
    if version.notes.iter().any(|it| it.id == note.id) {
        return refuse("id", "There already is a note with this id. Choose another");
    }
    version.notes.push(note.clone());
    Ok(())
}

pub(super) fn update(version: &mut FlowVersion, note: &Note) -> Outcome {
    checked(note)?;
    let Some(old) = version.notes.iter_mut().find(|it| it.id == note.id) else {
        return refuse("id", "There is no note with this id");
    };
    let created_at = old.created_at.take();
    *old = Note { created_at: note.created_at.clone().or(created_at), ..note.clone() };
    Ok(())
}

pub(super) fn delete(version: &mut FlowVersion, delete: &DeleteNote) -> Outcome {
    let before = version.notes.len();
    version.notes.retain(|it| it.id != delete.id);
    if version.notes.len() == before {
        return refuse("id", "There is no note with this id");
    }
    Ok(())
}
