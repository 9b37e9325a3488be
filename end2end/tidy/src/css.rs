//! The style sheets: one list, in the order of the cascade, each file in the layer of its folder.

use crate::tree::{files, none, text};

const LAYERS: &str = "@layer reset, tokens, base, components, features, utilities;";

/// Names in the order of `style/main.scss`, or the line that is not `@use`.
fn listed(main: &str) -> Result<Vec<String>, String> {
    let lines = main.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let name = line.strip_prefix("@use \"").and_then(|rest| rest.strip_suffix("\";"));
            name.map(str::to_owned)
                .ok_or_else(|| format!("main.scss may hold nothing but @use: {line}"))
        })
        .collect()
}

/// The place of a file in the cascade, and the layers that it may fill.
fn place(name: &str) -> Option<(usize, &'static [&'static str])> {
    match name {
        "layers" => Some((0, &[])),
        "tokens" => Some((1, &["tokens"])),
        "base" => Some((2, &["reset", "base"])),
        _ if name.starts_with("components/") => Some((3, &["components"])),
        _ if name.starts_with("features/") => Some((4, &["features"])),
        "utilities" => Some((5, &["utilities"])),
        _ => None,
    }
}

fn out_of_order(names: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut last = 0;
    for name in names {
        match place(name) {
            Some((at, _)) if at >= last => last = at,
            Some(_) => problems.push(format!("{name} is listed after a later layer")),
            None => problems.push(format!("{name} is in no known folder of style/")),
        }
    }
    problems
}

/// Layers that a file fills but may not, and rules outside any layer.
fn misplaced(name: &str, css: &str) -> Vec<String> {
    let allowed = place(name).map_or(&[] as &[&str], |(_, layers)| layers);
    let mut problems = Vec::new();
    for line in css.lines().filter(|line| line.starts_with(|it: char| !it.is_whitespace())) {
        let layer = line.strip_prefix("@layer ").and_then(|rest| rest.strip_suffix(" {"));
        let is_comment = line.starts_with("/*") || line.ends_with("*/") || line.starts_with('}');
        if !is_comment && !layer.is_some_and(|it| allowed.contains(&it)) {
            problems.push(format!("{name}.css: not in its layer: {line}"));
        }
    }
    problems
}

#[test]
fn main_lists_every_file_once_in_cascade_order() {
    let names = listed(&text("style/main.scss")).unwrap();
    let mut problems = out_of_order(&names);
    for file in files()
        .into_iter()
        .filter(|file| file.path.starts_with("style/") && file.path.ends_with(".css"))
    {
        let name = file.path.trim_start_matches("style/").trim_end_matches(".css");
        if names.iter().filter(|it| *it == name).count() != 1 {
            problems.push(format!("style/main.scss must list {name} once"));
        }
    }
    none(&problems);
}

#[test]
fn every_rule_is_in_the_layer_of_its_folder() {
    assert!(text("style/layers.css").contains(LAYERS), "the order of layers has changed");
    let names = listed(&text("style/main.scss")).unwrap();
    let sheets = names
        .iter()
        .filter(|name| *name != "layers")
        .map(|name| (name, text(&format!("style/{name}.css"))));
    none(&sheets.flat_map(|(name, css)| misplaced(name, &css)).collect::<Vec<_>>());
}

#[test]
fn stray_line_in_the_list_is_found() {
    assert!(listed("@use \"layers\";\n.a { color: red; }\n").is_err());
}

#[test]
fn wrong_order_is_found() {
    let names = ["layers", "features/runs", "components/card", "misc"].map(str::to_owned);
    assert_eq!(out_of_order(&names).len(), 2);
}

#[test]
fn rule_outside_its_layer_is_found() {
    assert!(
        misplaced("components/card", "/* Card */\n@layer components {\n  .card { }\n}\n")
            .is_empty()
    );
    assert_eq!(misplaced("components/card", "@layer features {\n}\n").len(), 1);
    assert_eq!(misplaced("components/card", ".card { }\n").len(), 1);
}
