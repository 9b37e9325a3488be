//! Starting programs and saying plainly which one failed.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What every command returns; the error is a sentence for the person at the terminal.
pub(crate) type Outcome<T = ()> = Result<T, String>;

const POLL: Duration = Duration::from_millis(10);
const GRACE: Duration = Duration::from_secs(10);

/// Runs a program to its end, its words shown as they come.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{status}: {}", words(command))) }
}

/// Runs a program and returns what it printed, trimmed.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(format!(
            "{}: {}\n{}",
            output.status,
            words(command),
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

/// Runs a program to its end, showing each line it prints and handing it to `read`.
pub(crate) fn run_reading(command: &mut Command, mut read: impl FnMut(&str)) -> Outcome {
    let mut child = start(command.stdout(Stdio::piped()))?;
    let stdout = child.stdout.take().ok_or("the program's output is missing")?;
    for line in BufReader::new(stdout).lines() {
        let line = line.map_err(|error| format!("reading {}: {error}", words(command)))?;
        println!("{line}");
        read(&line);
    }
    let status =
        child.wait().map_err(|error| format!("waiting for {}: {error}", words(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{status}: {}", words(command))) }
}

/// Starts a program and leaves it running.
pub(crate) fn start(command: &mut Command) -> Outcome<Child> {
    command.spawn().map_err(|error| cannot_start(command, &error))
}

/// Asks a program to stop, and ends it when it has not after ten seconds.
pub(crate) fn stop(child: &mut Child, signal: &str) -> Outcome {
    let asked = run(Command::new("kill").arg(signal).arg(child.id().to_string()));
    let deadline = Instant::now() + GRACE;
    while asked.is_ok() && Instant::now() < deadline {
        if has_ended(child)? {
            return Ok(());
        }
        sleep(POLL);
    }
    child.kill().map_err(|error| format!("ending process {}: {error}", child.id()))?;
    child.wait().map(drop).map_err(|error| format!("waiting for process {}: {error}", child.id()))
}

/// Waits until something answers at `address`; fails at once when `child` ends before.
pub(crate) fn wait_for(child: &mut Child, address: &str, limit: Duration) -> Outcome {
    let deadline = Instant::now() + limit;
    while TcpStream::connect(address).is_err() {
        if has_ended(child)? {
            return Err(format!("it stopped before it answered at {address}"));
        }
        if Instant::now() > deadline {
            return Err(format!("nothing answered at {address} within {} s", limit.as_secs()));
        }
        sleep(POLL);
    }
    Ok(())
}

/// A port of the loopback interface that nothing listens on.
pub(crate) fn free_port() -> Outcome<u16> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("looking for a free port: {error}"))
}

/// A sentence for a failed file operation.
pub(crate) fn failed<'a>(
    doing: &'a str,
    path: &'a Path,
) -> impl FnOnce(std::io::Error) -> String + 'a {
    move |error| format!("{doing} {}: {error}", path.display())
}

fn has_ended(child: &mut Child) -> Outcome<bool> {
    child
        .try_wait()
        .map(|status| status.is_some())
        .map_err(|error| format!("looking at process {}: {error}", child.id()))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("cannot start {}: {error}", words(command))
}

fn words(command: &Command) -> String {
    let arguments = command.get_args().map(|it| it.to_string_lossy().into_owned());
    let program = command.get_program().to_string_lossy().into_owned();
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}
