//! The project's own commands: `cargo xtask run | dev | test [--quick] | bench [NAME...] | fuzz | bundle | tidy`.
//! This crate only builds and starts things; what they do is written in the crates it starts.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks on the terminal"
)]

mod bindgen;
mod bundle;
mod config;
mod fuzz;
mod postgres;
mod prepare;
mod process;
mod serve;
mod site;
mod style;
mod test;
mod watch;

use config::Config;
use process::Outcome;
use std::process::ExitCode;

const USAGE: &str = "cargo xtask COMMAND

run             build everything in release and start PM OS on http://127.0.0.1:10000
dev             the same in dev, rebuilt and restarted whenever a file changes
test            set up what is missing and run every check and every test
test --quick    formatting, lints and tests on SQLite: nothing to install, no browser
postgres CMD…   run a command with a private PostgreSQL named in PMOS_TEST_POSTGRES
bench [NAME…]   measure the built product, one line per figure; `bench crashes` ends runs at every point
fuzz [SECONDS]  try expressions, files of flows and bodies of requests that nobody would write
bundle [--dev]  only the browser's files, into target/site
tidy            only the checks of the tree";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match carry_out(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(words: &[&str]) -> Outcome {
    let config = Config::from_env()?;
    match words {
        ["run"] => serve::run(&config),
        ["dev"] => watch::dev(&config),
        ["test"] => test::everything(&config),
        ["test", "--quick"] => test::quick(&config),
        ["postgres", program, rest @ ..] => postgres::with(&config, program, rest),
        ["bench", names @ ..] => serve::bench(&config, names),
        ["fuzz"] => fuzz::fuzz(&config, None),
        ["fuzz", seconds] => fuzz::fuzz(&config, Some(seconds)),
        ["bundle"] => bundle::build(&config, bundle::Profile::Release),
        ["bundle", "--dev"] => bundle::build(&config, bundle::Profile::Dev),
        ["tidy"] => process::run(&mut config.cargo(&["test", "--quiet", "--package", "tidy"])),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no command `{}`\n\n{USAGE}", other.join(" "))),
    }
}
