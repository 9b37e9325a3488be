//! Which crate may use which. The compiler forbids circles; this keeps every arrow pointing the way of ARCHITECTURE.md.

use crate::tree::{files_ending, none, root, text};
use std::collections::BTreeMap;
use std::process::Command;

/// Each crate and those of ours that it may name, left of the arrow first.
const ALLOWED: [(&str, &[&str]); 20] = [
    ("frontend", &["app"]),
    ("app", &["backend", "domain"]),
    ("server", &["api", "app", "backend", "code", "domain"]),
    (
        "api",
        &[
            "agent", "auth", "backend", "basecamp", "domain", "flow", "insight", "mcp", "store",
            "tools",
        ],
    ),
    ("mcp", &["domain", "store", "tools"]),
    (
        "backend",
        &[
            "agent", "auth", "basecamp", "code", "domain", "flow", "insight", "peers", "sandbox",
            "store", "tools",
        ],
    ),
    ("agent", &["basecamp", "domain", "flow", "insight", "peers", "store", "tools"]),
    ("tools", &["basecamp", "domain", "flow", "insight", "peers", "store"]),
    ("peers", &["domain", "flow", "store"]),
    ("insight", &["basecamp", "domain", "store"]),
    ("flow", &["basecamp", "code", "domain", "store"]),
    ("code", &[]),
    ("basecamp", &["domain", "store"]),
    ("auth", &["domain", "store"]),
    ("store", &["domain"]),
    ("domain", &[]),
    ("sandbox", &[]),
    ("bench", &["basecamp", "domain", "flow", "insight", "sandbox", "store"]),
    ("xtask", &[]),
    ("tidy", &[]),
];

/// In tests a crate may also use these.
const ALLOWED_IN_TESTS: [&str; 1] = ["sandbox"];

/// Crates of the server that must never reach a browser.
const NATIVE: [&str; 7] = ["sqlx", "tokio", "axum", "reqwest", "rustls", "backend", "store"];

/// What a manifest names, by section: `dependencies`, `dev-dependencies` and their like for one target.
fn named(manifest: &str) -> BTreeMap<String, Vec<String>> {
    let mut sections: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut section = String::new();
    for line in manifest.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = header.rsplit('.').next().unwrap_or_default().to_owned();
        } else if let Some((name, _)) = line.split_once('=') {
            let name = name.trim().split('.').next().unwrap_or_default().trim_matches('"');
            sections.entry(section.clone()).or_default().push(name.to_owned());
        }
    }
    sections
}

/// The crate's name; none for the workspace's own manifest.
fn package(manifest: &str) -> Option<&str> {
    let (_, section) = manifest.split_once("[package]\n")?;
    section.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
}

/// Arrows that point the wrong way. `ours` are the names of all our crates.
fn wrong_arrows(manifest: &str, ours: &[String]) -> Vec<String> {
    let name = package(manifest).unwrap_or_default();
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![format!("{name}: say in end2end/tidy/src/arrows.rs which crates it may use")];
    };
    let sections = named(manifest);
    let mut problems = Vec::new();
    for (section, also) in
        [("dependencies", &[] as &[&str]), ("dev-dependencies", &ALLOWED_IN_TESTS)]
    {
        let used = sections.get(section).into_iter().flatten();
        for used in used.filter(|used| ours.contains(used) && *used != name) {
            if !allowed.contains(&used.as_str()) && !also.contains(&used.as_str()) {
                problems.push(format!("{name} may not use {used} ({section})"));
            }
        }
    }
    problems
}

/// Crates in the browser's tree that belong to the server.
fn native_in(tree: &str) -> Vec<String> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| NATIVE.contains(name))
        .map(|name| format!("the browser would load {name}"))
        .collect()
}

#[test]
fn arrows_point_one_way() {
    let manifests: Vec<String> =
        files_ending("Cargo.toml").into_iter().map(|file| file.text).collect();
    let members: Vec<&String> = manifests.iter().filter(|text| package(text).is_some()).collect();
    let ours: Vec<String> =
        members.iter().filter_map(|text| package(text)).map(str::to_owned).collect();
    assert!(ours.len() > 10, "{ours:?}");
    let problems: Vec<String> = members.iter().flat_map(|text| wrong_arrows(text, &ours)).collect();
    none(&problems);
}

#[test]
fn browser_loads_nothing_of_the_server() {
    let wasm = ["--target", "wasm32-unknown-unknown"];
    let mut cargo = Command::new("cargo");
    cargo
        .args(["tree", "-p", "frontend", "-e", "normal", "--prefix", "none", "--offline"])
        .args(wasm);
    let output = cargo.current_dir(root()).output().unwrap();
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(tree.contains("wasm-bindgen"), "{}", String::from_utf8_lossy(&output.stderr));
    none(&native_in(&tree));
}

#[test]
fn browser_crate_is_never_built_with_the_server() {
    let workspace = text("Cargo.toml");
    let defaults = workspace
        .split("default-members = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .unwrap();
    assert!(!defaults.contains("frontend"), "`ssr` and `hydrate` of app would meet");
}

#[test]
fn every_crate_has_the_lints_and_no_empty_doc_tests() {
    let mut problems = Vec::new();
    for file in files_ending("Cargo.toml").into_iter().filter(|file| package(&file.text).is_some())
    {
        let folder = file.path.trim_end_matches("Cargo.toml");
        if !file.text.contains("[lints]\nworkspace = true") {
            problems.push(format!("{}: [lints] workspace = true is missing", file.path));
        }
        if root().join(folder).join("src/lib.rs").is_file()
            && !file.text.contains("doctest = false")
        {
            problems.push(format!("{}: doctest = false is missing", file.path));
        }
    }
    none(&problems);
}

#[test]
fn bindings_and_their_tool_have_one_version() {
    let version = |path: &str, name: &str| {
        let manifest = text(path);
        let line = manifest.lines().find(|line| line.starts_with(name)).map(str::to_owned).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    assert_eq!(
        version("Cargo.toml", "wasm-bindgen ="),
        version("end2end/xtask/Cargo.toml", "wasm-bindgen-cli-support =")
    );
}

#[test]
fn wrong_arrow_is_found() {
    let ours = ["store".to_owned(), "flow".to_owned(), "sandbox".to_owned()];
    let manifest = "[package]\nname = \"store\"\n[dependencies]\nflow = { workspace = true }\n[dev-dependencies]\nsandbox.workspace = true\n";
    assert_eq!(wrong_arrows(manifest, &ours), ["store may not use flow (dependencies)"]);
    assert_eq!(wrong_arrows("[package]\nname = \"new\"\n", &ours).len(), 1);
    let target =
        "[package]\nname = \"store\"\n[target.'cfg(unix)'.dependencies]\nflow.workspace = true\n";
    assert_eq!(wrong_arrows(target, &ours).len(), 1);
}

#[test]
fn server_crate_in_the_browser_is_found() {
    assert_eq!(native_in("frontend v0.1.0 (/x)\napp v0.1.0 (/y)\ntokio v1.54.0\n").len(), 1);
}
