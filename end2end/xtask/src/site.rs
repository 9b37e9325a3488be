//! Lays `target/site` out: a folder named by the version, a brotli form beside each file, and the list `target/site.rs`
//! by which the server takes the files into its binary.

use crate::process::{Outcome, failed};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::Path;

/// Below this size a compressed form saves nothing.
const SMALLEST_WORTH_COMPRESSING: usize = 1024;

/// The most that a first visit may load, compressed, in bytes: the product's bar.
pub(crate) const BUDGET: usize = 600_000;

/// Whether files get a smaller form beside them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Best,
}

/// Files by their path below `target/site`; `{version}` in a path is filled in when all are known.
pub(crate) struct Site {
    files: BTreeMap<String, Vec<u8>>,
    compression: Compression,
}

impl Site {
    pub(crate) fn new(compression: Compression) -> Self {
        Self { files: BTreeMap::new(), compression }
    }

    pub(crate) fn add(&mut self, path: String, bytes: Vec<u8>) {
        self.files.insert(path, bytes);
    }

    /// Adds a file to the folder that is new with every version, so that browsers may keep it for ever.
    pub(crate) fn add_versioned(&mut self, name: &str, bytes: Vec<u8>) {
        self.add(format!("pkg/{{version}}/{name}"), bytes);
    }

    /// Replaces the folder, unless it already holds exactly this.
    pub(crate) fn write(self, folder: &Path) -> Outcome {
        let version = self.version();
        let list = folder.with_extension("rs");
        let sign = format!("// version {version}\n");
        if std::fs::read_to_string(&list).is_ok_and(|text| text.starts_with(&sign))
            && folder.is_dir()
        {
            return Ok(());
        }
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(failed("emptying", folder))?;
        }
        let mut entries = sign + "[\n";
        let finished = self.finished(&version)?;
        let is_compressed: Vec<bool> =
            finished.keys().map(|path| finished.contains_key(&format!("{path}.br"))).collect();
        for ((path, bytes), is_compressed) in finished.into_iter().zip(is_compressed) {
            let file = folder.join(&path);
            let parent = file.parent().unwrap_or(folder);
            std::fs::create_dir_all(parent).map_err(failed("making", parent))?;
            std::fs::write(&file, bytes).map_err(failed("writing", &file))?;
            // The binary holds no plain form of what it can unpack.
            if is_compressed {
                continue;
            }
            writeln!(entries, "    (\"/{path}\", include_bytes!(\"site/{path}\") as &[u8]),")
                .map_err(|it| it.to_string())?;
        }
        std::fs::write(&list, entries + "]\n").map_err(failed("writing", &list))
    }

    /// Every file under its final path, compressed forms included.
    fn finished(self, version: &str) -> Outcome<BTreeMap<String, Vec<u8>>> {
        let mut finished = BTreeMap::new();
        for (path, bytes) in self.files {
            let path = path.replace("{version}", version);
            if self.compression == Compression::Best && bytes.len() >= SMALLEST_WORTH_COMPRESSING {
                finished.insert(format!("{path}.br"), brotli(&bytes)?);
            }
            finished.insert(path, bytes);
        }
        Ok(finished)
    }

    /// A hash of every path and byte, and of how they are stored.
    fn version(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.files.hash(&mut hasher);
        (self.compression == Compression::Best).then_some("br").hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// What a first visit loads, in bytes: the brotli forms of script, module and style sheet. The modules of pages that are
/// loaded when they are opened are not among them, nor the assistant's, which comes once the page stands.
pub(crate) fn first_visit(folder: &Path) -> Outcome<usize> {
    let pkg = folder.join("pkg");
    let mut total = 0;
    for version in std::fs::read_dir(&pkg).map_err(failed("reading", &pkg))? {
        let version = version.map_err(failed("reading", &pkg))?.path();
        for name in ["pmos.js.br", "pmos.wasm.br", "pmos.css.br"] {
            let path = version.join(name);
            total += std::fs::read(&path).map_err(failed("reading", &path))?.len();
        }
    }
    Ok(total)
}

fn brotli(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 22);
    writer.write_all(bytes).map_err(|error| format!("compressing: {error}"))?;
    drop(writer);
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::{Compression, Site};

    fn site(compression: Compression) -> Site {
        let mut site = Site::new(compression);
        site.add_versioned("pmos.css", b".a{}".repeat(1000));
        site.add("robots.txt".to_owned(), b"User-agent: *".to_vec());
        site
    }

    #[test]
    fn version_names_every_byte() {
        let mut changed = site(Compression::Best);
        changed.add("robots.txt".to_owned(), b"User-agent: x".to_vec());
        assert_ne!(site(Compression::Best).version(), changed.version());
        assert_eq!(site(Compression::Best).version(), site(Compression::Best).version());
    }

    #[test]
    fn large_files_get_a_smaller_form_beside_them() {
        let finished = site(Compression::Best).finished("1").unwrap();
        let paths: Vec<&str> = finished.keys().map(String::as_str).collect();
        assert_eq!(paths, ["pkg/1/pmos.css", "pkg/1/pmos.css.br", "robots.txt"]);
        assert_eq!(site(Compression::None).finished("1").unwrap().len(), 2);
    }
}
