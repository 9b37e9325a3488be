//! The process that runs one code step: it reads the job, gives everything away, runs it, and writes one line.

use crate::confine::confine;
use crate::{Job, Limits, Ran, script};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// The word that makes the program this process.
pub const WORD: &str = "code-worker";
/// How the line with the answer begins: whatever else stands in the output is not ours.
pub(crate) const MARK: &str = "pmos-code ";

/// What the process is told.
#[derive(Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) job: Job,
    pub(crate) limits: Limits,
}

/// Is that process until the job is done. Nothing of the caller is left to do then.
///
/// # Errors
/// When the job cannot be read, the process not be confined, or the answer not be written.
pub fn serve() -> io::Result<()> {
    let mut sent = Vec::new();
    io::stdin().read_to_end(&mut sent)?;
    let told: Told = serde_json::from_slice(&sent)?;
    confine(&told.limits)?;
    answer(&script::run(&told.job, &told.limits))
}

fn answer(ran: &Ran) -> io::Result<()> {
    let line = format!("\n{MARK}{}\n", serde_json::to_string(ran)?);
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()
}
