//! `cargo xtask run`: the product as one file, built and started.

use crate::bundle::{self, Profile};
use crate::config::Config;
use crate::process::{Outcome, run as finish, start, wait_for};
use std::process::Child;
use std::time::Duration;

const START_LIMIT: Duration = Duration::from_secs(60);

/// Builds in release and starts the server in the foreground, with its data in `./data`.
pub(crate) fn run(config: &Config) -> Outcome {
    build_release(config)?;
    let mut server = start_server(config, "release")?;
    let status = server.wait().map_err(|error| format!("waiting for the server: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("the server stopped: {status}")) }
}

/// Builds in release and lets `end2end/bench` measure what `names` say, everything of every day when they say nothing;
/// one line per figure.
pub(crate) fn bench(config: &Config, names: &[&str]) -> Outcome {
    build_release(config)?;
    let mut cargo = config.cargo(&["run", "--release", "--quiet", "--package", "bench", "--"]);
    finish(cargo.arg(config.server_binary("release")).args(names))
}

/// One file with everything inside: `target/release/pmos`.
fn build_release(config: &Config) -> Outcome {
    bundle::build(config, Profile::Release)?;
    println!("building the server (the first time takes several minutes)");
    finish(&mut config.cargo(&["build", "--release", "--package", "server", "--features", "embed"]))
}

/// Starts a built server and says where it is once it answers.
pub(crate) fn start_server(config: &Config, profile: &str) -> Outcome<Child> {
    println!("starting the server");
    let mut command = config.command(&config.server_binary(profile).to_string_lossy());
    let mut server = start(&mut command)?;
    wait_for(&mut server, &config.address, START_LIMIT)
        .map_err(|why| format!("the server did not start: {why}"))?;
    println!("PM OS is running. Open http://{} (Ctrl-C stops it)", config.address);
    Ok(server)
}
