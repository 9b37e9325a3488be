//! The files of the project, as a clone holds them.

use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 8] = [
    ".git",
    "target",
    "node_modules",
    "data",
    "test-results",
    "playwright-report",
    "shots",
    "proptest-regressions",
];

/// Endings of the files that people read.
const TEXT: [&str; 14] = [
    "rs", "toml", "md", "css", "scss", "ts", "json", "sql", "svg", "txt", "yml", "yaml", "sh",
    "html",
];

/// One text file.
pub(crate) struct File {
    /// Below the root of the clone, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The root of the clone that the tests run in.
pub(crate) fn root() -> PathBuf {
    let here = std::env::current_dir().unwrap();
    here.ancestors().find(|folder| folder.join("Cargo.lock").is_file()).unwrap().to_owned()
}

/// Every text file of the project, by path.
pub(crate) fn files() -> Vec<File> {
    let root = root();
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(
        found.len() > 100,
        "the tree was not found: {} files below {}",
        found.len(),
        root.display()
    );
    found
}

/// Every file with this ending.
pub(crate) fn files_ending(ending: &str) -> Vec<File> {
    files().into_iter().filter(|file| file.path.ends_with(ending)).collect()
}

/// One file that must be there.
pub(crate) fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Fails with all problems at once.
pub(crate) fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_text = path.extension().is_some_and(|it| TEXT.iter().any(|known| it == *known));
        if path.is_dir() && !SKIPPED.contains(&name.as_str()) {
            collect(root, &path, found);
        } else if path.is_file() && (is_text || path.ends_with(".ci/run")) {
            let path_text = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(File {
                path: path_text,
                text: String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned(),
            });
        }
    }
}
