//! A private PostgreSQL for the tests: own folder, own port, gone when the tests are.

use crate::config::Config;
use crate::process::{Outcome, capture, failed, free_port, run, start, stop, wait_for};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const START_LIMIT: Duration = Duration::from_secs(30);

/// What names the server to the tests.
pub(crate) const VARIABLE: &str = "PMOS_TEST_POSTGRES";

/// Runs a command whose tests find a server of their own.
pub(crate) fn with(config: &Config, program: &str, arguments: &[&str]) -> Outcome {
    let postgres = Postgres::start(config)?;
    run(config.command(program).args(arguments).env(VARIABLE, &postgres.url))
}

/// A running server; dropping it stops it and removes its folder.
pub(crate) struct Postgres {
    /// Where the tests connect to.
    pub(crate) url: String,
    child: Child,
    folder: PathBuf,
}

impl Postgres {
    /// Makes a new cluster from Debian's package and waits until it answers. It keeps nothing safe on disk.
    pub(crate) fn start(config: &Config) -> Outcome<Self> {
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("pmos-postgres-{port}"));
        std::fs::create_dir_all(&folder).map_err(failed("making", &folder))?;
        let owner = Owner::find(config, &folder)?;
        let programs = programs()?;
        let cluster = folder.join("cluster");
        let mut make = owner.command(config, &programs.join("initdb"));
        run(make
            .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale", "C", "-D"])
            .arg(&cluster)
            .stdout(Stdio::null()))?;
        let mut serve = owner.command(config, &programs.join("postgres"));
        serve.args(["-p", &port.to_string(), "-c", "fsync=off", "-c", "max_connections=300"]);
        serve.args(["-c", "listen_addresses=127.0.0.1", "-k"]).arg(&folder).arg("-D").arg(&cluster);
        let child = start(serve.stdout(Stdio::null()).stderr(Stdio::null()))?;
        let mut server =
            Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), child, folder };
        wait_for(&mut server.child, &format!("127.0.0.1:{port}"), START_LIMIT)
            .map_err(|why| format!("PostgreSQL: {why}"))?;
        Ok(server)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = stop(&mut self.child, "-INT");
        let removed =
            std::fs::remove_dir_all(&self.folder).map_err(failed("removing", &self.folder));
        if let Err(reason) = stopped.and(removed) {
            eprintln!("{reason}");
        }
    }
}

/// PostgreSQL refuses to run as root, so root runs it as the user that Debian's package made.
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn find(config: &Config, folder: &Path) -> Outcome<Self> {
        let number = |arguments: &[&str]| -> Outcome<u32> {
            capture(config.command("id").args(arguments))?
                .parse()
                .map_err(|error| format!("reading an id: {error}"))
        };
        if number(&["-u"])? != 0 {
            return Ok(Self(None));
        }
        let (user, group) = (number(&["-u", "postgres"])?, number(&["-g", "postgres"])?);
        std::os::unix::fs::chown(folder, Some(user), Some(group))
            .map_err(failed("giving away", folder))?;
        Ok(Self(Some((user, group))))
    }

    fn command(&self, config: &Config, program: &Path) -> Command {
        let mut command = config.command(&program.to_string_lossy());
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group).current_dir("/");
        }
        command
    }
}

/// The newest of Debian's versions.
fn programs() -> Outcome<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql");
    let found = std::fs::read_dir(versions).map_err(failed("reading", versions))?.flatten();
    let newest = found
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .max();
    newest.ok_or_else(|| format!("no initdb below {}", versions.display()))
}
