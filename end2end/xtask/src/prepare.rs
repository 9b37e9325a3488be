//! What the tests need beside Rust: a browser, a database server and the packages of `end2end`.

use crate::config::Config;
use crate::process::{Outcome, capture, run};
use std::path::Path;

/// Debian's packages by the program that shows whether they are there.
const PACKAGES: [(&str, &str); 3] = [
    ("/usr/bin/chromium", "chromium"),
    ("/usr/lib/postgresql", "postgresql"),
    ("/usr/bin/npm", "npm"),
];

/// Installs the missing Debian packages, or says what to type when that takes rights we do not have.
pub(crate) fn packages(config: &Config) -> Outcome {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(program, _)| !is_there(config, program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if capture(config.command("id").arg("-u"))? != "0" {
        return Err(format!(
            "type this once, then again what you typed: sudo apt-get install -y {}",
            missing.join(" ")
        ));
    }
    run(config.command("apt-get").args(["-o", "DPkg::Lock::Timeout=300", "update"]))?;
    let install = ["-o", "DPkg::Lock::Timeout=300", "install", "-y"];
    run(config
        .command("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(install)
        .args(missing))
}

/// `npm ci` in `end2end`, without a browser of npm's own.
pub(crate) fn browser_tests(config: &Config) -> Outcome {
    let folder = config.root.join("end2end");
    let mut npm = config.command("npm");
    run(npm
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder))
}

fn is_there(config: &Config, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    Path::new(path).exists() || capture(config.command("which").arg(name)).is_ok()
}
