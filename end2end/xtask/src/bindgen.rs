//! Turns the compiled browser crate into the two files that a browser loads.

use crate::bundle::Profile;
use crate::config::Config;
use crate::process::{Outcome, capture, failed, run};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const WASM: &str = "wasm32-unknown-unknown";

/// Builds `frontend` and returns the folder with `pmos.js` and `pmos_bg.wasm`.
pub(crate) fn build(config: &Config, profile: Profile) -> Outcome<PathBuf> {
    add_target(config)?;
    let target = config.browser_target();
    let name = match profile {
        Profile::Dev => "dev",
        Profile::Release => "wasm-release",
    };
    let mut cargo =
        config.cargo(&["build", "--package", "frontend", "--target", WASM, "--profile", name]);
    run(cargo.arg("--target-dir").arg(&target))?;
    let folder = if profile == Profile::Dev { "debug" } else { name };
    let wasm = target.join(WASM).join(folder).join("frontend.wasm");
    let out = target.join("bindgen").join(name);
    if is_older(&out.join("pmos.js"), &wasm) {
        generate(&wasm, &out)?;
    }
    Ok(out)
}

fn generate(wasm: &Path, out: &Path) -> Outcome {
    if out.exists() {
        std::fs::remove_dir_all(out).map_err(failed("emptying", out))?;
    }
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(wasm).out_name("pmos").typescript(false).omit_default_module_path(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen
        .web(true)
        .and_then(|it| it.generate(out))
        .map_err(|error| format!("binding {}: {error:#}", wasm.display()))
}

fn add_target(config: &Config) -> Outcome {
    let libraries =
        capture(config.command("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(&libraries).is_dir() {
        return Ok(());
    }
    run(config.command("rustup").args(["target", "add", WASM]))
}

fn is_older(path: &Path, than: &Path) -> bool {
    let written = |path: &Path| {
        path.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
    };
    written(path) <= written(than)
}
