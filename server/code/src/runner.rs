//! Starting the process of a code step, feeding it, and ending it when it takes too long.

use crate::worker::{MARK, Told, WORD};
use crate::{Job, Limits, Outcome, Ran};
use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// Bytes around what a code step gives, what it logged with them.
const ENVELOPE: usize = 512 * 1024;
/// The signal for too much processor time.
const TOO_LONG: i32 = 24;

/// Runs code steps, each in a process of its own. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runner {
    program: PathBuf,
    arguments: Vec<OsString>,
    limits: Limits,
    places: Arc<Semaphore>,
}

impl Runner {
    /// With this program, which becomes [`crate::worker::serve`] when it is called with [`WORD`].
    ///
    /// # Errors
    /// When the program's own file is not known.
    pub fn of_this_program() -> io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?, vec![WORD.into()], Limits::default()))
    }

    /// With a program that becomes [`crate::worker::serve`] when it is called with `arguments`.
    pub fn new(program: PathBuf, arguments: Vec<OsString>, limits: Limits) -> Self {
        let places = std::thread::available_parallelism().map_or(2, usize::from).max(2);
        Self { program, arguments, limits, places: Arc::new(Semaphore::new(places)) }
    }

    /// Runs `job` to its end. A process that is dropped is killed.
    pub async fn run(&self, job: Job) -> Ran {
        let Ok(_place) = self.places.acquire().await else {
            return Outcome::Failed("The server is stopping".to_owned()).into();
        };
        let told = Told { job, limits: self.limits };
        let within = Duration::from_secs(self.limits.wall_seconds);
        match tokio::time::timeout(within, self.ran(&told)).await {
            Ok(Ok(ran)) => ran,
            Ok(Err(error)) => Outcome::Failed(format!("The code could not be run: {error}")).into(),
            Err(_) => {
                let most = within.as_secs();
                Outcome::Failed(format!("The code was not done within {most} s and was stopped"))
                    .into()
            }
        }
    }

    async fn ran(&self, told: &Told) -> io::Result<Ran> {
        // Nothing of the server's surroundings is passed on: its settings hold secrets.
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let sent = serde_json::to_vec(told)?;
        let (said, status) = talk(&mut child, &sent, self.limits.output_bytes + ENVELOPE).await?;
        let text = String::from_utf8_lossy(&said);
        let line = text.lines().rev().find_map(|it| it.strip_prefix(MARK));
        match line.map(serde_json::from_str) {
            Some(Ok(ran)) => Ok(ran),
            _ => Ok(Outcome::Failed(self.ended(status)).into()),
        }
    }

    /// Why a process ended that said nothing.
    fn ended(&self, status: ExitStatus) -> String {
        let Limits { cpu_seconds, memory_mb, .. } = self.limits;
        match status.signal() {
            Some(TOO_LONG) => format!(
                "The code used more than {cpu_seconds} s of processor time and was stopped. Look for a loop without an end"
            ),
            Some(signal) => format!(
                "The code was stopped by the system (signal {signal}). It may use {memory_mb} MB of memory and {cpu_seconds} s of \
                 processor time"
            ),
            None => format!("The code ended without an answer ({status})"),
        }
    }
}

/// Feeds the process and hears it out; one that says more than `most` bytes is killed.
async fn talk(child: &mut Child, sent: &[u8], most: usize) -> io::Result<(Vec<u8>, ExitStatus)> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else {
        return Err(io::Error::other("it has no input or output"));
    };
    let mut said = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    let mut stdout = stdout.take(limit);
    let feeding = async move {
        // A process that was stopped takes nothing any more; its end tells why.
        drop(stdin.write_all(sent).await);
        drop(stdin);
    };
    let (_, heard) = tokio::join!(feeding, stdout.read_to_end(&mut said));
    heard?;
    if said.len() >= most {
        child.kill().await?;
    }
    let status = child.wait().await?;
    Ok((said, status))
}
