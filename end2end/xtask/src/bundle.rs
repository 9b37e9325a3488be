//! The browser's files: Rust compiled to WebAssembly, the joined style sheet and `public/`.

use crate::config::Config;
use crate::process::{Outcome, failed};
use crate::site::{Compression, Site};
use crate::{bindgen, style};
use std::path::Path;

/// Quick to build, or small to load.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// For `cargo xtask dev`: large, uncompressed.
    Dev,
    /// For everybody else.
    Release,
}

/// Builds all of it into `target/site`.
pub(crate) fn build(config: &Config, profile: Profile) -> Outcome {
    println!("building the browser bundle");
    let compiled = bindgen::build(config, profile)?;
    let mut site =
        Site::new(if profile == Profile::Dev { Compression::None } else { Compression::Best });
    add_compiled(&mut site, &compiled, "")?;
    site.add_versioned("pmos.css", style::join(&config.root.join("style"))?.into_bytes());
    add_public(&mut site, &config.root.join("public"))?;
    site.write(&config.site)
}

/// What wasm-bindgen and the cutting of pages wrote, as it is called: the files name each other.
fn add_compiled(site: &mut Site, folder: &Path, below: &str) -> Outcome {
    for entry in std::fs::read_dir(folder).map_err(failed("reading", folder))? {
        let path = entry.map_err(failed("reading", folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            add_compiled(site, &path, &format!("{below}{name}/"))?;
            continue;
        }
        let bytes = std::fs::read(&path).map_err(failed("reading", &path))?;
        site.add_versioned(&format!("{below}{name}"), bytes);
    }
    Ok(())
}

fn add_public(site: &mut Site, folder: &Path) -> Outcome {
    for entry in std::fs::read_dir(folder).map_err(failed("reading", folder))? {
        let path = entry.map_err(failed("reading", folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        site.add(name, std::fs::read(&path).map_err(failed("reading", &path))?);
    }
    Ok(())
}
