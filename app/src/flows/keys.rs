//! What the keys do on the canvas (DESIGN.md 4). Single keys never reach this while a field has the focus.

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// To another step.
    Move(Way),
    /// Open the step's settings.
    Open,
    /// Choose a step to add after this one.
    AddAfter,
    /// A copy after this one.
    Duplicate,
    /// Remove the step.
    Delete,
    /// Take the last change back.
    Undo,
    /// Do it again.
    Redo,
    /// Show the whole flow.
    Fit,
    /// Nearer.
    ZoomIn,
    /// Further.
    ZoomOut,
    /// Close the top layer.
    Close,
    /// Start a test run.
    Test,
}

/// A direction between steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The step before.
    Up,
    /// The step after.
    Down,
    /// The branch before.
    Left,
    /// The branch after.
    Right,
    /// The trigger.
    First,
    /// The last step.
    Last,
}

/// Reads a key press; `command` is Cmd or Ctrl.
pub fn read(key: &str, command: bool, shift: bool) -> Option<Command> {
    if command {
        return with_command(key, shift);
    }
    match key {
        "ArrowUp" => Some(Command::Move(Way::Up)),
        "ArrowDown" => Some(Command::Move(Way::Down)),
        "ArrowLeft" => Some(Command::Move(Way::Left)),
        "ArrowRight" => Some(Command::Move(Way::Right)),
        "Home" => Some(Command::Move(Way::First)),
        "End" => Some(Command::Move(Way::Last)),
        "Enter" => Some(Command::Open),
        "+" => Some(Command::AddAfter),
        "=" => Some(Command::ZoomIn),
        "-" => Some(Command::ZoomOut),
        "1" => Some(Command::Fit),
        "Delete" | "Backspace" => Some(Command::Delete),
        "Escape" => Some(Command::Close),
        _ => None,
    }
}

fn with_command(key: &str, shift: bool) -> Option<Command> {
    match (key.to_ascii_lowercase().as_str(), shift) {
        ("d", false) => Some(Command::Duplicate),
        ("z", false) => Some(Command::Undo),
        ("z", true) | ("y", false) => Some(Command::Redo),
        ("enter", false) => Some(Command::Test),
        ("+" | "=", _) => Some(Command::ZoomIn),
        ("-", _) => Some(Command::ZoomOut),
        ("1", false) => Some(Command::Fit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_adds_a_step_and_with_the_command_key_zooms() {
        assert_eq!(read("+", false, true), Some(Command::AddAfter));
        assert_eq!(read("+", true, false), Some(Command::ZoomIn));
    }

    #[test]
    fn shift_turns_undo_into_redo() {
        assert_eq!(read("z", true, false), Some(Command::Undo));
        assert_eq!(read("Z", true, true), Some(Command::Redo));
    }

    #[test]
    fn letters_alone_do_nothing() {
        assert_eq!(read("d", false, false), None);
    }
}
