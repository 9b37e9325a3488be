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
    /// Pick the step in that direction too.
    Extend(Way),
    /// Pick the step, or no longer.
    Pick,
    /// Pick every step.
    PickAll,
    /// Move the step one place up or down.
    Shift(Way),
    /// Switch the step off or on.
    Skip,
    /// Search in the flow.
    Find,
    /// Ask before the draft goes live.
    Publish,
}

/// What is held down with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Cmd or Ctrl.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// Alt or Option.
    pub alt: bool,
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

/// Reads a key press.
pub fn read(key: &str, held: Held) -> Option<Command> {
    match held {
        Held { command: true, alt: false, shift } => with_command(key, shift),
        Held { command: false, alt: true, shift: false } => match way(key)? {
            way @ (Way::Up | Way::Down) => Some(Command::Shift(way)),
            _ => None,
        },
        Held { alt: true, .. } => None,
        Held { shift: true, .. } if way(key).is_some() => way(key).map(Command::Extend),
        _ => alone(key),
    }
}

fn way(key: &str) -> Option<Way> {
    match key {
        "ArrowUp" => Some(Way::Up),
        "ArrowDown" => Some(Way::Down),
        "ArrowLeft" => Some(Way::Left),
        "ArrowRight" => Some(Way::Right),
        "Home" => Some(Way::First),
        "End" => Some(Way::Last),
        _ => None,
    }
}

fn alone(key: &str) -> Option<Command> {
    match key {
        "Enter" => Some(Command::Open),
        "+" => Some(Command::AddAfter),
        "=" => Some(Command::ZoomIn),
        "-" => Some(Command::ZoomOut),
        "1" => Some(Command::Fit),
        "x" => Some(Command::Pick),
        "Delete" | "Backspace" => Some(Command::Delete),
        "Escape" => Some(Command::Close),
        _ => way(key).map(Command::Move),
    }
}

fn with_command(key: &str, shift: bool) -> Option<Command> {
    match (key.to_ascii_lowercase().as_str(), shift) {
        ("d", false) => Some(Command::Duplicate),
        ("z", false) => Some(Command::Undo),
        ("z", true) | ("y", false) => Some(Command::Redo),
        ("enter", false) => Some(Command::Test),
        ("enter", true) => Some(Command::Publish),
        ("+" | "=", _) => Some(Command::ZoomIn),
        ("-", _) => Some(Command::ZoomOut),
        ("1", false) => Some(Command::Fit),
        ("a", false) => Some(Command::PickAll),
        ("e", false) => Some(Command::Skip),
        ("f", false) => Some(Command::Find),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Held = Held { command: false, shift: false, alt: false };
    const COMMAND: Held = Held { command: true, ..NONE };
    const SHIFT: Held = Held { shift: true, ..NONE };
    const ALT: Held = Held { alt: true, ..NONE };

    #[test]
    fn plus_adds_a_step_and_with_the_command_key_zooms() {
        assert_eq!(read("+", SHIFT), Some(Command::AddAfter));
        assert_eq!(read("+", COMMAND), Some(Command::ZoomIn));
    }

    #[test]
    fn shift_turns_undo_into_redo() {
        assert_eq!(read("z", COMMAND), Some(Command::Undo));
        assert_eq!(read("Z", Held { shift: true, ..COMMAND }), Some(Command::Redo));
    }

    #[test]
    fn letters_alone_do_nothing() {
        assert_eq!(read("d", NONE), None);
    }

    #[test]
    fn arrows_go_pick_and_carry() {
        assert_eq!(read("ArrowDown", NONE), Some(Command::Move(Way::Down)));
        assert_eq!(read("ArrowDown", SHIFT), Some(Command::Extend(Way::Down)));
        assert_eq!(read("ArrowDown", ALT), Some(Command::Shift(Way::Down)));
        assert_eq!(read("ArrowLeft", ALT), None, "that is the browser's");
    }
}
