//! What a code step writes with `console`: the first lines are kept, each cut to a length that people read.

use rquickjs::{Ctx, Error, Function};
use std::cell::RefCell;
use std::rc::Rc;

/// Lines that are kept.
const LINES: usize = 100;
/// Letters of a line.
const LETTERS: usize = 400;
/// Takes a function that keeps a line, and puts a console in place that calls it. What a step does to the language's
/// own words later does not reach the ones taken here.
const CONSOLE: &str = "(keep) => {
  const { stringify } = JSON, { freeze, fromEntries } = Object, text = String;
  const shown = it => {
    if (typeof it === 'string') return it;
    if (it instanceof Error) return text(it);
    try { return stringify(it) ?? text(it) } catch { return text(it) }
  };
  const write = kind => (...all) => {
    let line = kind;
    for (let at = 0; at < all.length; at++) line += (at ? ' ' : '') + shown(all[at]);
    keep(line.slice(0, 2000).toWellFormed());
  };
  const kinds = [['log', ''], ['info', ''], ['debug', ''], ['trace', ''], ['warn', 'warning: '], ['error', 'error: ']];
  globalThis.console = freeze(fromEntries(kinds.map(([name, kind]) => [name, write(kind)])));
}";

/// The lines of one code step. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Log {
    lines: Rc<RefCell<Lines>>,
}

#[derive(Default)]
struct Lines {
    kept: Vec<String>,
    dropped: usize,
}

impl Log {
    fn keep(&self, line: &str) {
        let mut lines = self.lines.borrow_mut();
        if lines.kept.len() < LINES {
            lines.kept.push(line.chars().take(LETTERS).collect());
        } else {
            lines.dropped += 1;
        }
    }

    /// Puts a console that writes here into `ctx`.
    pub(crate) fn listen<'js>(&self, ctx: &Ctx<'js>) -> Result<(), Error> {
        let log = self.clone();
        let keep = Function::new(ctx.clone(), move |line: String| log.keep(&line))?;
        let prepare: Function<'js> = ctx.eval(CONSOLE)?;
        prepare.call((keep,))
    }

    /// The lines, and how many more there were.
    pub(crate) fn taken(&self) -> Vec<String> {
        let lines = std::mem::take(&mut *self.lines.borrow_mut());
        let mut kept = lines.kept;
        if lines.dropped > 0 {
            kept.push(format!("and {} more", lines.dropped));
        }
        kept
    }
}
