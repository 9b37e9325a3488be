//! The newest lines of this node's log, kept in memory for super admins. The log goes to standard output as ever.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// Lines kept.
const LINES: usize = 1_000;
/// The longest line kept, letters.
const LETTERS: usize = 2_000;

static NEWEST: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Writes to standard output and keeps the newest lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = io::stdout().write(bytes)?;
        keep(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

/// The newest `count` lines, oldest first.
pub fn newest(count: usize) -> Vec<String> {
    let lines = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().skip(lines.len().saturating_sub(count)).cloned().collect()
}

/// A logger hands in whole lines.
fn keep(bytes: &[u8]) {
    let text = plain(&String::from_utf8_lossy(bytes));
    let mut lines = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
    for line in text.lines().filter(|it| !it.trim().is_empty()) {
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line.chars().take(LETTERS).collect());
    }
}

/// Without the colours of a terminal: `ESC [ numbers m`.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str(part.split_once('m').map_or("", |it| it.1));
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lines_are_kept_without_colours() {
        keep(b"\x1b[2m2026-02-18\x1b[0m \x1b[32mINFO\x1b[0m ready\nsecond\n");
        assert_eq!(newest(2), ["2026-02-18 INFO ready", "second"]);
        for at in 0..LINES {
            keep(format!("line {at}\n").as_bytes());
        }
        assert_eq!((newest(5_000).len(), newest(1)), (LINES, vec![format!("line {}", LINES - 1)]));
    }
}
