//! `cargo xtask dev`: build, start, and again whenever a file changes. Times of files are polled, which needs no
//! library and works on every file system.

use crate::bundle::{self, Profile};
use crate::config::Config;
use crate::process::{Outcome, run, stop};
use crate::serve::start_server;
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

const POLL: Duration = Duration::from_millis(300);

/// What the browser's files are made of.
const BROWSER: [&str; 5] = ["app", "frontend", "style", "public", "Cargo.lock"];

/// What the server is made of.
const SERVER: [&str; 4] = ["app", "server", "Cargo.toml", "Cargo.lock"];

/// Runs until it is interrupted. A build that fails leaves the running server as it is.
pub(crate) fn dev(config: &Config) -> Outcome {
    let mut server: Option<Child> = None;
    let mut built = (SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH);
    loop {
        let now = (newest(config, &BROWSER), newest(config, &SERVER));
        if now != built {
            if let Err(reason) = rebuild(config, &mut server, now.0 != built.0, now.1 != built.1) {
                println!("{reason}\nwaiting for a change");
            }
            built = now;
        }
        sleep(POLL);
    }
}

fn rebuild(config: &Config, server: &mut Option<Child>, browser: bool, native: bool) -> Outcome {
    if browser {
        bundle::build(config, Profile::Dev)?;
    }
    if native {
        println!("building the server");
        run(&mut config.cargo(&["build", "--package", "server"]))?;
    }
    if let Some(mut old) = server.take() {
        stop(&mut old, "-TERM")?;
    }
    *server = Some(start_server(config, "debug")?);
    Ok(())
}

fn newest(config: &Config, names: &[&str]) -> SystemTime {
    names
        .iter()
        .map(|name| newest_below(&config.root.join(name)))
        .max()
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

fn newest_below(path: &Path) -> SystemTime {
    let own = path.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| newest_below(&entry.path())).fold(own, SystemTime::max)
}
