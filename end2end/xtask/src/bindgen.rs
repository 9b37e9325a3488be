//! Turns the compiled browser crate into the files that a browser loads: a script, the module that every page needs,
//! and one module for each area of pages that is loaded when one of them is opened (`app/src/lazy.rs`).

use crate::bundle::Profile;
use crate::config::Config;
use crate::process::{Outcome, capture, failed, run};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const WASM: &str = "wasm32-unknown-unknown";

/// Which modules each page needs; the server tells the browser to load them with the page.
const MANIFEST: &str = "__wasm_split_manifest.json";

/// The script that loads the modules of pages. Leptos writes this name into every page's module.
const LOADER: &str = "./__wasm_split.______________________.js";

/// Builds `frontend` and returns the folder with `pmos.js`, `pmos.wasm`, the modules of pages and their manifest.
pub(crate) fn build(config: &Config, profile: Profile) -> Outcome<PathBuf> {
    add_target(config)?;
    let target = config.browser_target();
    let name = match profile {
        Profile::Dev => "dev",
        Profile::Release => "wasm-release",
    };
    let mut cargo =
        config.cargo(&["rustc", "--package", "frontend", "--target", WASM, "--profile", name]);
    cargo.arg("--target-dir").arg(&target);
    // Pages are cut out of the finished module along its relocations.
    run(cargo.args(["--", "-Clink-args=--emit-relocs"]))?;
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
    let main = cut(wasm, out)?;
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(&main).out_name("pmos").typescript(false).omit_default_module_path(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    // The modules of pages find what they share by these names.
    bindgen.keep_lld_exports(true).demangle(false);
    bindgen
        .web(true)
        .and_then(|it| it.generate(out))
        .map_err(|error| format!("binding {}: {error:#}", wasm.display()))?;
    // The name that leptos asks for.
    let (bound, named) = (out.join("pmos_bg.wasm"), out.join("pmos.wasm"));
    std::fs::rename(&bound, &named).map_err(failed("naming", &bound))
}

/// Writes the modules of pages, their loader and [`MANIFEST`] into `out`; gives the path of what is left for every page.
fn cut(wasm: &Path, out: &Path) -> Outcome<PathBuf> {
    let whole = std::fs::read(wasm).map_err(failed("reading", wasm))?;
    let main = wasm.with_extension("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = out;
    options.main_out_path = &main;
    options.main_module = "./pmos.js";
    options.link_name = LOADER;
    let cut = wasm_split_cli_support::transform(options)
        .map_err(|error| format!("cutting {}: {error:#}", wasm.display()))?;
    for page in files(out)? {
        let module = std::fs::read(&page).map_err(failed("reading", &page))?;
        let bare =
            without_names(&module).map_err(|error| format!("{}: {error}", page.display()))?;
        std::fs::write(&page, bare).map_err(failed("writing", &page))?;
    }
    let needed: BTreeMap<_, _> = cut.prefetch_map.into_iter().collect();
    let manifest = out.join(MANIFEST);
    let text = serde_json::to_string(&needed).map_err(|error| error.to_string())?;
    std::fs::write(&manifest, text).map_err(failed("writing", &manifest))?;
    Ok(main)
}

/// The modules in `folder`.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let found = std::fs::read_dir(folder).map_err(failed("listing", folder))?;
    let paths: Vec<PathBuf> = found.flatten().map(|it| it.path()).collect();
    Ok(paths.into_iter().filter(|it| it.extension().is_some_and(|it| it == "wasm")).collect())
}

/// `module` without what only tools read: the names of functions are half of a page's module.
fn without_names(module: &[u8]) -> Outcome<Vec<u8>> {
    let mut bare = wasm_encoder::Module::new();
    for part in wasmparser::Parser::new(0).parse_all(module) {
        let part = part.map_err(|error| error.to_string())?;
        let Some((id, place)) = part.as_section() else { continue };
        if matches!(part, wasmparser::Payload::CustomSection(_)) {
            continue;
        }
        let (from, to) = (usize::try_from(place.start), usize::try_from(place.end));
        let place = from.unwrap_or_default()..to.unwrap_or_default();
        let data = module.get(place).ok_or("a section ends after the module")?;
        bare.section(&wasm_encoder::RawSection { id, data });
    }
    Ok(bare.finish())
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

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CustomSection, Module, NameMap, NameSection, TypeSection};

    #[test]
    fn a_module_without_names_does_the_same() {
        let (mut types, mut names, mut functions) =
            (TypeSection::new(), NameSection::new(), NameMap::new());
        types.ty().function([wasm_encoder::ValType::I32], []);
        functions.append(0, "app::flows::studio");
        names.functions(&functions);
        let custom = CustomSection { name: "producers".into(), data: (&[1, 2, 3][..]).into() };
        let mut bare = Module::new();
        bare.section(&types);
        let mut named = Module::new();
        named.section(&custom).section(&types).section(&names);
        assert_eq!(without_names(&named.finish()), Ok(bare.finish()));
    }

    #[test]
    fn what_is_no_module_is_not_cut() {
        assert!(without_names(b"<html>").is_err());
    }
}
