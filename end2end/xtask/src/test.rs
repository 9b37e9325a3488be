//! `cargo xtask test`: everything that must be true before a change lands, in the order in which it fails soonest.

use crate::bundle::{self, Profile};
use crate::config::Config;
use crate::postgres::{Postgres, VARIABLE};
use crate::process::{Outcome, run, run_reading};
use crate::{prepare, site};
use std::fmt;
use std::time::Instant;

/// The feature that puts the bundle into the server.
const EMBED: &str = "server/embed";

/// Every check and every test, on both databases and in a browser. Installs what is missing.
pub(crate) fn everything(config: &Config) -> Outcome {
    let mut report = Report::default();
    report.stage("packages", |_| prepare::packages(config))?;
    quick_stages(config, &mut report)?;
    report.stage("lints for the browser", |_| clippy_browser(config))?;
    report.stage("browser bundle", |_| bundle_within_budget(config))?;
    report.stage("server with the bundle inside", |_| build_tests(config))?;
    report.stage("tests on SQLite and PostgreSQL", |tally| {
        let postgres = Postgres::start(config)?;
        let mut cargo = config.cargo(&["test", "--no-fail-fast", "--features", EMBED]);
        run_reading(cargo.env(VARIABLE, &postgres.url), |line| tally.read_cargo(line))
    })?;
    report.stage("browser test packages", |_| prepare::browser_tests(config))?;
    report.stage("packages of the Python client", |_| prepare::python_client(config))?;
    report.stage("browser tests", |tally| playwright(config, tally))?;
    report.close();
    Ok(())
}

/// What needs no other program: formatting, lints, and all Rust tests on SQLite.
pub(crate) fn quick(config: &Config) -> Outcome {
    let mut report = Report::default();
    quick_stages(config, &mut report)?;
    report.stage("tests on SQLite", |tally| {
        run_reading(&mut config.cargo(&["test", "--no-fail-fast"]), |line| tally.read_cargo(line))
    })?;
    report.close();
    Ok(())
}

fn quick_stages(config: &Config, report: &mut Report) -> Outcome {
    report.stage("formatting", |_| run(&mut config.cargo(&["fmt", "--all", "--check"])))?;
    report.stage("tidiness", |_| {
        run(&mut config.cargo(&["test", "--quiet", "--package", "tidy", "--package", "xtask"]))
    })?;
    report.stage("lints", |_| {
        let mut cargo =
            config.cargo(&["clippy", "--workspace", "--exclude", "frontend", "--all-targets"]);
        run(cargo.args(["--quiet", "--", "--deny", "warnings"]))
    })
}

/// The lints of `app` as the browser compiles it, in the bundle's profile: the two share what runs at build time.
fn clippy_browser(config: &Config) -> Outcome {
    let wasm = ["--target", "wasm32-unknown-unknown", "--profile", "wasm-release", "--quiet"];
    let mut cargo = config.cargo(&["clippy", "--package", "frontend"]);
    cargo.args(wasm).arg("--target-dir").arg(config.browser_target());
    run(cargo.args(["--", "--deny", "warnings"]))
}

/// The server and all tests in one build, so that both have the same features and nothing is compiled twice.
fn build_tests(config: &Config) -> Outcome {
    run(&mut config.cargo(&["build", "--lib", "--bins", "--tests", "--features", EMBED]))
}

/// The bundle that people load, held under its size.
fn bundle_within_budget(config: &Config) -> Outcome {
    bundle::build(config, Profile::Release)?;
    let size = site::first_visit(&config.site)?;
    println!(
        "a first visit loads {} kB of at most {} kB, compressed",
        size / 1000,
        site::BUDGET / 1000
    );
    if size <= site::BUDGET { Ok(()) } else { Err("the bundle is over its budget".to_owned()) }
}

fn playwright(config: &Config, tally: &mut Tally) -> Outcome {
    let folder = config.root.join("end2end");
    run(config.command("npx").args(["--no-install", "tsc"]).current_dir(&folder))?;
    let mut tests = config.command("npx");
    // One story of a hundred must not hold back a change by chance; what passed only again is named and counted.
    tests.args(["--no-install", "playwright", "test", "--retries=1"]).current_dir(&folder);
    tests.env("PMOS_BIN", config.server_binary("debug"));
    tests.env("PMOS_PYTHON", config.python_client().join("bin/python"));
    run_reading(&mut tests, |line| tally.read_playwright(line))
}

/// Tests counted from what the runners print.
#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    /// Stories that passed only when they were told again.
    flaky: u32,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.flaky > 0 { write!(f, ", {} passed only again", self.flaky) } else { Ok(()) }
    }
}

impl Tally {
    /// `test result: ok. 4 passed; 0 failed; …`
    fn read_cargo(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("test result: ") {
            for part in rest.split(['.', ';']) {
                self.count(part);
            }
        }
    }

    /// `  12 passed (9.1s)`, `  1 failed` and `  1 flaky`
    fn read_playwright(&mut self, line: &str) {
        self.count(line);
    }

    fn count(&mut self, words: &str) {
        let mut words = words.split_whitespace();
        let number = words.next().and_then(|it| it.parse::<u32>().ok());
        match (number, words.next()) {
            (Some(number), Some("passed")) => self.passed += number,
            (Some(number), Some("failed")) => self.failed += number,
            (Some(number), Some("flaky")) => self.flaky += number,
            _ => {}
        }
    }
}

/// Names each stage, times it, and closes with the one line that says how many tests ran.
#[derive(Default)]
struct Report {
    tally: Tally,
}

impl Report {
    fn stage(&mut self, name: &str, work: impl FnOnce(&mut Tally) -> Outcome) -> Outcome {
        println!("== {name}");
        let begun = Instant::now();
        let outcome = work(&mut self.tally);
        let word = if outcome.is_ok() { "done" } else { "FAILED" };
        println!("== {name}: {word} in {:.0} s", begun.elapsed().as_secs_f64());
        outcome.map_err(|reason| format!("{name}: {reason}\n{}", self.tally))
    }

    fn close(&self) {
        println!("{}", self.tally);
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn tests_of_both_runners_are_counted() {
        let mut tally = Tally::default();
        tally.read_cargo(
            "test result: ok. 4 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out",
        );
        tally.read_cargo("test chat::one_decision_wins ... ok");
        tally.read_playwright("  12 passed (9.1s)");
        tally.read_playwright("  1 failed");
        tally.read_playwright("  1 flaky");
        tally.read_playwright("  3 skipped");
        assert_eq!(tally.to_string(), "16 passed, 2 failed, 1 passed only again");
    }
}
