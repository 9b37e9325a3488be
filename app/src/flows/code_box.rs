//! The box that code is written in: line numbers, Tab that indents, and a way out for people without a mouse.

use super::text::Writing;
use leptos::ev::KeyboardEvent;
use leptos::html::{Pre, Textarea};
use leptos::prelude::*;

/// One step to the right.
const INDENT: &str = "  ";

/// Text and what is selected of it, in UTF-16 units.
type Selected = (String, usize, usize);

/// A text of many lines, as code.
#[component]
pub fn CodeBox(
    /// The text.
    writing: Writing,
) -> impl IntoView {
    let id = writing.id.get_value();
    let note = format!("{id}-note");
    let (area, numbers) = (NodeRef::<Textarea>::new(), NodeRef::<Pre>::new());
    // After Escape, Tab goes on to the next field as it does everywhere else.
    let leaves = StoredValue::new(false);
    let lines = Memo::new(move |_| writing.typed.with(|it| it.matches('\n').count() + 1));
    let keydown = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            // Elsewhere in the settings it closes them.
            event.prevent_default();
            leaves.set_value(true);
        }
        "Tab" if leaves.get_value() => leaves.set_value(false),
        "Tab" => {
            event.prevent_default();
            shift(writing, area, event.shift_key());
        }
        "Shift" => {}
        _ => leaves.set_value(false),
    };
    let scrolled = move |_| {
        if let (Some(area), Some(numbers)) = (area.get_untracked(), numbers.get_untracked()) {
            numbers.set_scroll_top(area.scroll_top());
        }
    };
    let leave = move |_| {
        writing.is_typing.set(false);
        leaves.set_value(false);
    };
    view! {
        <div class="field">
            <label class="label" for=id.clone()>"Code"</label>
            <div class="codebox">
                <pre class="codebox__n" aria-hidden="true" node_ref=numbers>{move || numbered(lines.get())}</pre>
                <textarea class="codebox__t" id=id node_ref=area wrap="off" spellcheck="false" autocomplete="off"
                    autocapitalize="off" aria-describedby=note.clone()
                    rows=move || lines.get().clamp(8, 24).to_string()
                    prop:value=move || writing.typed.get()
                    on:focus=move |_| writing.is_typing.set(true) on:blur=leave on:scroll=scrolled on:keydown=keydown
                    on:input=move |event| writing.write(event_target_value(&event))>
                    {writing.typed.get_untracked()}
                </textarea>
            </div>
            <p class="hint" id=note>
                "The function is called with the inputs; what it returns is the result. Tab indents. Press Escape, then Tab, to leave."
            </p>
        </div>
    }
}

/// "1", "2", ... each on a line.
fn numbered(lines: usize) -> String {
    (1..=lines).map(|it| it.to_string()).collect::<Vec<_>>().join("\n")
}

/// Moves the lines that are selected one step to the right, or `back` to the left.
fn shift(writing: Writing, area: NodeRef<Textarea>, back: bool) {
    let Some(area) = area.get_untracked() else { return };
    let place = |it: Option<u32>| it.and_then(|it| usize::try_from(it).ok()).unwrap_or_default();
    let from = place(area.selection_start().ok().flatten());
    let to = place(area.selection_end().ok().flatten());
    let (text, from, to) =
        if back { outdented(&area.value(), from, to) } else { indented(&area.value(), from, to) };
    area.set_value(&text);
    let place = |it: usize| u32::try_from(it).unwrap_or_default();
    let _ = area.set_selection_range(place(from), place(to));
    writing.write(text);
}

/// Where the lines begin that `from..to` touches.
fn starts(units: &[u16], from: usize, to: usize) -> Vec<usize> {
    let is_break = |it: &u16| *it == u16::from(b'\n');
    let first = units.iter().take(from).rposition(is_break).map_or(0, |it| it + 1);
    let breaks = units.iter().enumerate().skip(from).take(to.saturating_sub(from));
    let later = breaks.filter(|it| is_break(it.1)).map(|it| it.0 + 1).filter(|it| *it < to);
    std::iter::once(first).chain(later).collect()
}

/// Puts a step in at the caret, or before every line that is selected.
fn indented(text: &str, from: usize, to: usize) -> Selected {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let (from, to) = (from.min(units.len()), to.min(units.len()));
    let step = INDENT.len();
    if from == to {
        units.splice(from..from, INDENT.encode_utf16());
        return (String::from_utf16_lossy(&units), from + step, from + step);
    }
    let starts = starts(&units, from, to);
    for at in starts.iter().rev() {
        units.splice(*at..*at, INDENT.encode_utf16());
    }
    (String::from_utf16_lossy(&units), from + step, to + step * starts.len())
}

/// Takes a step away before every line that is touched.
fn outdented(text: &str, from: usize, to: usize) -> Selected {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let (mut from, mut to) = (from.min(units.len()), to.min(units.len()));
    for at in starts(&units, from, to).into_iter().rev() {
        let blank = units.iter().skip(at).take(INDENT.len());
        let gone = blank.take_while(|it| **it == u16::from(b' ')).count();
        units.drain(at..at + gone);
        // What is selected stays so; a caret within the blanks goes to the line's begin.
        let moved = |it: usize| if it > at { it - gone.min(it - at) } else { it };
        (from, to) = (moved(from), moved(to));
    }
    (String::from_utf16_lossy(&units), from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, from: usize, to: usize) -> Selected {
        (text.to_owned(), from, to)
    }

    #[test]
    fn tab_puts_blanks_in_at_the_caret_and_before_lines_that_are_selected() {
        assert_eq!(indented("a🎉b", 3, 3), of("a🎉  b", 5, 5));
        assert_eq!(indented("one\ntwo\nthree", 1, 6), of("  one\n  two\nthree", 3, 10));
        assert_eq!(indented("one\ntwo", 0, 4), of("  one\ntwo", 2, 6));
    }

    #[test]
    fn tab_with_shift_takes_them_away_as_far_as_there_are_any() {
        assert_eq!(outdented("  one\n two\nthree", 3, 16), of("one\ntwo\nthree", 1, 13));
        assert_eq!(outdented("   x", 1, 1), of(" x", 0, 0));
        assert_eq!(outdented("x", 1, 1), of("x", 1, 1));
    }

    #[test]
    fn lines_are_numbered_from_one() {
        assert_eq!(numbered(3), "1\n2\n3");
    }
}
