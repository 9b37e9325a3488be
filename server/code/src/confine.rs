//! Taking everything away from this process that a code step does not need, for good.

use crate::Limits;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;

const MB: u64 = 1024 * 1024;
/// Memory of the engine itself, and of reading the code.
const OWN_MB: u64 = 128;
/// Standard input, output and error are there already; nothing more can be opened.
const DESCRIPTORS: u64 = 3;

/// Bounds this process. It cannot be undone.
///
/// # Errors
/// When the operating system refuses; then no code may run.
pub(crate) fn confine(limits: &Limits) -> io::Result<()> {
    rustix::thread::set_no_new_privs(true)?;
    let mapped = mapped_bytes()?;
    let bounds = [
        (Resource::As, mapped + (limits.memory_mb + OWN_MB) * MB),
        (Resource::Nofile, DESCRIPTORS),
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ];
    for (resource, most) in bounds {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    // The first limit is told by a signal of its own; the second one kills.
    let seconds = limits.cpu_seconds.max(1);
    setrlimit(Resource::Cpu, Rlimit { current: Some(seconds), maximum: Some(seconds + 1) })
        .map_err(io::Error::from)
}

/// How much is mapped now: the program itself, which is no use of the code.
fn mapped_bytes() -> io::Result<u64> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|it| it.strip_prefix("VmSize:"));
    let kb = line.and_then(|it| it.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    let kb = kb.ok_or_else(|| io::Error::other("the memory in use cannot be read"))?;
    Ok(kb * 1024)
}
