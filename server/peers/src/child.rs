//! One process that is an MCP server: a line of JSON on its standard input or output is a message.

use crate::beyond::Beyond;
use crate::wire::{
    ANSWER_BYTES, Came, Failure, answers, asks, question, refused, shortened, too_much,
};
use domain::tool_server::NewProgram;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use serde_json::Value;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

/// Bytes that are read at once.
const PIECE: usize = 16 * 1024;
/// Bytes of its complaints that are kept: the end says why it failed.
const COMPLAINTS: usize = 2 * 1024;
/// Letters of them that are told.
const TOLD: usize = 300;
/// How long a silent program is waited for, before it is looked whether it still runs.
const SILENCE: Duration = Duration::from_millis(100);
/// How long a process that was killed is waited for, to learn how it ended.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Values shorter than this are not taken out of its complaints: they are in any text.
const SHORTEST_SECRET: usize = 4;

/// A running program. It is killed with everything it started when it is dropped.
pub(crate) struct Child {
    program: NewProgram,
    process: tokio::process::Child,
    stdin: ChildStdin,
    heard: Heard,
    sent: u64,
    beyond: Beyond,
}

/// Why nothing more comes of a program.
enum Broken {
    /// It ended, or closed its input or output.
    Ended,
    /// It writes without end.
    TooMuch,
}

impl Child {
    /// Starts `program` with its own variables and the folders of programs, and nothing else of our surroundings:
    /// those hold secrets.
    pub(crate) fn start(program: &NewProgram, path: &str) -> Result<Self, Failure> {
        let mut command = Command::new(&program.command);
        command
            .args(&program.arguments)
            .env_clear()
            .env("PATH", path)
            .envs(&program.variables)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut process = command.spawn().map_err(|error| not_started(program, &error))?;
        let (stdin, stdout) = (process.stdin.take(), process.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
            return Err(Failure::new(Came::Nowhere, "The program has no input or output"));
        };
        let heard = Heard {
            stdout,
            stderr: process.stderr.take(),
            rest: Vec::new(),
            looked: 0,
            read: 0,
            complaints: Complaints::default(),
        };
        let (program, beyond) = (program.clone(), Beyond::default());
        Ok(Self { program, process, stdin, heard, sent: 0, beyond })
    }

    /// Whether it is this program, with these arguments and variables.
    pub(crate) fn is(&self, program: &NewProgram) -> bool {
        self.program == *program
    }

    /// Asks, and gives the whole message that answers. After a failure it can only be dropped.
    pub(crate) async fn ask(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        self.sent += 1;
        let id = self.sent;
        let pid = self.pid();
        let mut message = question(id, method, params);
        self.heard.read = 0;
        loop {
            let Self { stdin, heard, .. } = self;
            // Side by side: a program that first says much takes nothing in before that is read.
            match tokio::try_join!(write(stdin, &message), heard.answer(id, pid)) {
                Ok(((), answer)) if asks(&answer) => message = refused(&answer),
                Ok(((), answer)) => return Ok(answer),
                Err(broken) => return Err(self.autopsy(&broken).await),
            }
        }
    }

    /// From now on it is known what the program has besides tools.
    pub(crate) fn introduced(&mut self, beyond: Beyond) {
        self.beyond = beyond;
    }

    /// What it has besides tools, once it was greeted.
    pub(crate) fn beyond(&self) -> Beyond {
        self.beyond
    }

    /// Says something that has no answer.
    pub(crate) async fn tell(&mut self, message: &Value) -> Result<(), Failure> {
        match write(&mut self.stdin, message).await {
            Ok(()) => Ok(()),
            Err(broken) => Err(self.autopsy(&broken).await),
        }
    }

    /// Ends what is left of it, and says why it failed.
    async fn autopsy(&mut self, broken: &Broken) -> Failure {
        if let Broken::TooMuch = broken {
            return too_much();
        }
        self.kill();
        let Self { process, heard, .. } = self;
        let status = tokio::time::timeout(LAST_WORDS, process.wait()).await;
        // What left its group may hold the other end open.
        drop(tokio::time::timeout(LAST_WORDS, heard.hear_complaints_out()).await);
        let how = ended(status.ok().and_then(Result::ok));
        let complaints = self.heard.complaints.told(&self.program);
        let said = if complaints.is_empty() {
            String::new()
        } else {
            format!(". It complained: {complaints}")
        };
        Failure::new(Came::Unknown, format!("{how}{said}"))
    }

    /// Its number, as long as it is not waited for: until then no other process is given it.
    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.process.id()?).ok()?)
    }

    /// Kills it with everything it started that did not leave its group.
    fn kill(&self) {
        if let Some(pid) = self.pid()
            && let Err(error) = kill_process_group(pid, Signal::KILL)
        {
            tracing::debug!(%error, "a program that is a tool server could not be killed");
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether a process has ended; it is not waited for.
fn is_over(pid: Pid) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::Pid(pid), options), Ok(None))
}

async fn write(stdin: &mut ChildStdin, message: &Value) -> Result<(), Broken> {
    let line = format!("{message}\n");
    let written = async {
        stdin.write_all(line.as_bytes()).await?;
        stdin.flush().await
    };
    written.await.map_err(|_: io::Error| Broken::Ended)
}

fn not_started(program: &NewProgram, error: &io::Error) -> Failure {
    let command = &program.command;
    let words = match error.kind() {
        io::ErrorKind::NotFound => format!("There is no program {command} on this machine"),
        io::ErrorKind::PermissionDenied => format!("PM OS is not allowed to start {command}"),
        _ => format!("{command} cannot be started: {error}"),
    };
    Failure::new(Came::Nowhere, words)
}

/// How a program ended. The signal that kills is our own, or the system's for want of memory.
fn ended(status: Option<ExitStatus>) -> String {
    match status.and_then(|it| it.code()) {
        Some(0) => "The program ended before it answered".to_owned(),
        Some(code) => format!("The program ended with code {code}"),
        None => match status.and_then(|it| it.signal()) {
            Some(signal) if signal != Signal::KILL.as_raw() => {
                format!("The program was ended by signal {signal}")
            }
            _ => "The program was killed, or closed its output".to_owned(),
        },
    }
}

/// What a program writes.
struct Heard {
    stdout: ChildStdout,
    /// None once it is closed.
    stderr: Option<ChildStderr>,
    /// What was read of its output and is no whole line yet.
    rest: Vec<u8>,
    /// So much of it holds no end of a line.
    looked: usize,
    /// Bytes since the last question, of both.
    read: usize,
    complaints: Complaints,
}

impl Heard {
    /// The message that answers `id`, or one that asks us something. Anything else that it writes is passed over.
    async fn answer(&mut self, id: u64, pid: Option<Pid>) -> Result<Value, Broken> {
        let mut was_over = false;
        loop {
            while let Some(line) = self.line() {
                match serde_json::from_slice::<Value>(&line) {
                    Ok(message) if answers(&message, id) || asks(&message) => return Ok(message),
                    _ => {}
                }
            }
            if self.read > ANSWER_BYTES {
                return Err(Broken::TooMuch);
            }
            let Self { stdout, stderr, rest, complaints, .. } = self;
            tokio::select! {
                biased;
                read = more(Some(stdout), rest) => match read {
                    0 => return Err(Broken::Ended),
                    read => (self.read, was_over) = (self.read + read, false),
                },
                read = more(stderr.as_mut(), &mut complaints.bytes), if stderr.is_some() => {
                    self.read += read;
                    self.complaints.keep_the_end();
                    if read == 0 {
                        self.stderr = None;
                    }
                }
                // What it started may hold its output open. Its own last words are read before the second look.
                () = tokio::time::sleep(SILENCE) => {
                    let is_over = pid.is_none_or(is_over);
                    if is_over && was_over {
                        return Err(Broken::Ended);
                    }
                    was_over = is_over;
                }
            }
        }
    }

    /// The next whole line of its output.
    fn line(&mut self) -> Option<Vec<u8>> {
        let unseen = self.rest.get(self.looked..).unwrap_or_default();
        let Some(at) = unseen.iter().position(|it| *it == b'\n') else {
            self.looked = self.rest.len();
            return None;
        };
        let line = self.rest.drain(..=self.looked + at).collect();
        self.looked = 0;
        Some(line)
    }

    /// Reads its complaints to their end, once it writes no more.
    async fn hear_complaints_out(&mut self) {
        while more(self.stderr.as_mut(), &mut self.complaints.bytes).await > 0 {
            self.complaints.keep_the_end();
        }
    }
}

/// Reads some more of `stream` to the end of `into`; 0 at its end.
async fn more<R: AsyncRead + Unpin>(stream: Option<&mut R>, into: &mut Vec<u8>) -> usize {
    into.reserve(PIECE);
    match stream {
        Some(stream) => stream.read_buf(into).await.unwrap_or_default(),
        None => 0,
    }
}

/// The end of what a program wrote on its standard error.
#[derive(Default)]
struct Complaints {
    bytes: Vec<u8>,
    /// The beginning is not there.
    is_cut: bool,
}

impl Complaints {
    fn keep_the_end(&mut self) {
        let over = self.bytes.len().saturating_sub(COMPLAINTS);
        self.bytes.drain(..over);
        self.is_cut |= over > 0;
    }

    /// The newest whole lines of it on one line, without the values of the program's variables.
    fn told(&self, program: &NewProgram) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        // Half a line could hold half a secret.
        let whole = match self.is_cut {
            true => text.split_once('\n').map_or("", |it| it.1),
            false => &text,
        };
        let mut told = whole.trim().to_owned();
        let mut values: Vec<&String> = program.variables.values().collect();
        values.sort_by_key(|it| std::cmp::Reverse(it.len()));
        for value in values.into_iter().filter(|it| it.len() >= SHORTEST_SECRET) {
            told = told.replace(value.as_str(), "***");
        }
        let (mut newest, mut letters) = (Vec::new(), 0);
        for line in told.lines().rev().map(str::trim) {
            letters += line.chars().count();
            if letters > TOLD && !newest.is_empty() {
                break;
            }
            newest.push(line);
        }
        newest.reverse();
        shortened(&newest.join(" | "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(secret: &str) -> NewProgram {
        let variables = [("KEY".to_owned(), secret.to_owned()), ("N".to_owned(), "1".to_owned())];
        NewProgram { variables: variables.into(), ..NewProgram::default() }
    }

    fn said(pieces: &[&str]) -> Complaints {
        let mut complaints = Complaints::default();
        for piece in pieces {
            complaints.bytes.extend_from_slice(piece.as_bytes());
            complaints.keep_the_end();
        }
        complaints
    }

    #[test]
    fn complaints_are_told_without_secrets() {
        let told =
            said(&["no such key: hunter", "22\n\tat line 1\u{7}\n"]).told(&program("hunter22"));
        assert_eq!(told, "no such key: *** | at line 1");
    }

    #[test]
    fn only_whole_lines_of_the_end_are_told() {
        let secret = "s".repeat(COMPLAINTS);
        let long = said(&[secret.as_str(), "ss and more\nThe reason\n"]);
        assert_eq!(long.told(&program(&secret)), "The reason");
        assert_eq!(said(&["x".repeat(COMPLAINTS * 2).as_str()]).told(&program("x")), "");
        assert!(long.bytes.len() <= COMPLAINTS);
        let many = said(&["one more line\n".repeat(40).as_str(), "The reason\n"]);
        let told = many.told(&program("x"));
        assert!(told.ends_with("| The reason") && told.len() < 2 * TOLD, "{told}");
    }
}
