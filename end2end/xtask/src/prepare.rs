//! What the tests need beside Rust: a browser, a database server, and the packages of `end2end` for Node and Python.

use crate::config::Config;
use crate::process::{Outcome, capture, run};
use std::path::Path;

/// Debian's packages by the program that shows whether they are there.
const PACKAGES: [(&str, &str); 3] = [
    ("/usr/bin/chromium", "chromium"),
    ("/usr/lib/postgresql", "postgresql"),
    ("/usr/bin/npm", "npm"),
];

/// Makes environments for Python's packages; Debian has it apart from Python itself.
const VENV: &str = "python3-venv";

/// Installs the missing Debian packages, or says what to type when that takes rights we do not have.
pub(crate) fn packages(config: &Config) -> Outcome {
    let mut missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(program, _)| !is_there(config, program))
        .map(|(_, package)| *package)
        .collect();
    if capture(config.command("python3").args(["-c", "import ensurepip, venv"])).is_err() {
        missing.push(VENV);
    }
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

/// The official Python client of chat clients, in an environment of its own.
pub(crate) fn python_client(config: &Config) -> Outcome {
    let folder = config.python_client();
    run(config.command("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut pip = config.command(&folder.join("bin/python").display().to_string());
    let wanted =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(pip.args(wanted).arg("end2end/clients/requirements.txt"))
}

fn is_there(config: &Config, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    Path::new(path).exists() || capture(config.command("which").arg(name)).is_ok()
}
