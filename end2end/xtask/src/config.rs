//! Where things are. The only file here that reads the environment.

use crate::process::Outcome;
use std::path::PathBuf;
use std::process::Command;

/// Where the tree is, where artefacts go and where the server will listen.
pub(crate) struct Config {
    /// The clone that the command was typed in: not the one that this tool was built in.
    pub(crate) root: PathBuf,
    /// Artefacts for this machine; `CARGO_TARGET_DIR` moves it.
    pub(crate) target: PathBuf,
    /// The browser's files, always below the clone, where the server looks for them.
    pub(crate) site: PathBuf,
    /// The address to open.
    pub(crate) address: String,
}

impl Config {
    /// Reads the current directory and the environment. Fails outside a clone of the project.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub(crate) fn from_env() -> Outcome<Self> {
        let here =
            std::env::current_dir().map_err(|error| format!("the current directory: {error}"))?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("end2end/xtask/Cargo.toml").is_file())
            .ok_or("run this inside a clone of PM OS")?
            .to_owned();
        let target = std::env::var("CARGO_TARGET_DIR")
            .map_or_else(|_| root.join("target"), |it| root.join(it));
        let host = std::env::var("PMOS_HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
        let port = std::env::var("PORT")
            .or_else(|_| std::env::var("PMOS_PORT"))
            .unwrap_or_else(|_| "10000".to_owned());
        Ok(Self { site: root.join("target/site"), address: format!("{host}:{port}"), target, root })
    }

    /// A program that runs at the root of the clone.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Cargo at the root of the clone.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        command
    }

    /// The server's binary, `profile` being cargo's folder name for it.
    pub(crate) fn server_binary(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join("pmos")
    }

    /// Where Python's packages for the tests are.
    pub(crate) fn python_client(&self) -> PathBuf {
        self.target.join("chat-client")
    }

    /// Artefacts for the browser: apart, so that the two kinds of build never wait for each other.
    pub(crate) fn browser_target(&self) -> PathBuf {
        self.target.join("front")
    }
}
