//! A program that is an MCP server, which here is this test program called again, and what is seen of it from outside.

use domain::tool_server::{NewProgram, NewToolServer};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The value of a variable that nobody may see again.
pub(crate) const SECRET: &str = "s3cret-of-the-crm";
/// How the folder is named to the program.
const FOLDER: &str = "folder=";
/// Lines that it writes at once when it floods.
const PIECE: usize = 10_000;
/// The process it starts itself; nobody waits so long.
const HOURS: &str = "36000";

/// Its folder: how it behaves, and what it did, one file each. It lives as long as the test.
pub(crate) struct Fake {
    folder: TempDir,
}

impl Fake {
    pub(crate) fn new(manner: &str) -> Self {
        let fake = Self { folder: tempfile::tempdir().unwrap() };
        fake.says("Finds a contact");
        fake.behaves(manner);
        fake
    }

    /// From its next message on.
    pub(crate) fn behaves(&self, manner: &str) {
        fs::write(self.folder.path().join("manner"), manner).unwrap();
    }

    pub(crate) fn says(&self, description: &str) {
        fs::write(self.folder.path().join("description"), description).unwrap();
    }

    pub(crate) fn program(&self) -> NewProgram {
        let folder = format!("{FOLDER}{}", self.folder.path().display());
        let own = ["process::program", "--exact", "--ignored", "--nocapture", "--test-threads=1"];
        NewProgram {
            command: std::env::current_exe().unwrap().display().to_string(),
            arguments: own.into_iter().map(str::to_owned).chain([folder]).collect(),
            variables: [("CRM_KEY".to_owned(), SECRET.to_owned())].into(),
        }
    }

    pub(crate) fn server(&self) -> NewToolServer {
        let program = Some(self.program());
        NewToolServer { name: "CRM".to_owned(), program, ..NewToolServer::default() }
    }

    /// How often it was started.
    pub(crate) fn starts(&self) -> usize {
        self.lines("starts").len()
    }

    /// How often it was asked for `method`.
    pub(crate) fn asked(&self, method: &str) -> usize {
        self.lines("asked").iter().filter(|it| *it == method).count()
    }

    /// Waits until everything that it ever was, and started, is gone.
    pub(crate) async fn is_gone(&self) {
        let limit = Instant::now() + Duration::from_secs(30);
        let numbers: Vec<String> = [self.lines("starts"), self.lines("children")].concat();
        assert!(!numbers.is_empty());
        while numbers.iter().any(|it| runs(it)) {
            assert!(Instant::now() < limit, "{numbers:?} run on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn lines(&self, file: &str) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join(file)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

/// Whether the process does anything yet: one that ended stays listed until somebody looks.
fn runs(number: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().and_then(|it| it.chars().next());
    state.is_some_and(|it| !matches!(it, 'Z' | 'X'))
}

/// Not a test: the program that the tests start.
#[test]
#[ignore = "the program of the other tests"]
fn program() {
    let folder = std::env::args().find_map(|it| it.strip_prefix(FOLDER).map(PathBuf::from));
    serve(&folder.unwrap());
    // Without the words of the test program.
    std::process::exit(0);
}

fn serve(folder: &Path) {
    note(folder, "starts", &std::process::id().to_string());
    let mut child = std::process::Command::new("sleep").arg(HOURS).spawn().unwrap();
    note(folder, "children", &child.id().to_string());
    std::thread::spawn(move || child.wait().unwrap());
    for line in std::io::stdin().lock().lines() {
        let message: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let method = message["method"].as_str().unwrap_or_default();
        note(folder, "asked", method);
        let manner = fs::read_to_string(folder.join("manner")).unwrap();
        misbehave(&manner, method);
        let Some(id) = message.get("id") else { continue };
        let answer = match result(folder, method, &message["params"]) {
            Some(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            None => {
                json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "What?"}})
            }
        };
        say(&format!("no JSON at all\n{answer}\n"));
        if manner == "leaves after a call" && method == "tools/call" {
            std::process::exit(0);
        }
    }
}

fn misbehave(manner: &str, method: &str) {
    let is_call = method == "tools/call";
    match manner {
        "fails to start" => {
            eprintln!("starting\nthe key {SECRET} is not known");
            std::process::exit(3);
        }
        "dies in a call" if is_call => std::process::abort(),
        "hangs in a call" if is_call => loop {
            std::thread::park();
        },
        "floods in a call" if is_call => loop {
            say(&"more\n".repeat(PIECE));
        },
        "complains without end" if is_call => loop {
            eprint!("{}", "oh no\n".repeat(PIECE));
        },
        _ => {}
    }
}

fn result(folder: &Path, method: &str, params: &Value) -> Option<Value> {
    let description = fs::read_to_string(folder.join("description")).unwrap();
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    match method {
        "initialize" => Some(json!({
            "protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
            "serverInfo": {"name": "crm", "version": "1"},
        })),
        "tools/list" => Some(json!({"tools": [
            {"name": "find contact", "description": description, "inputSchema": schema},
        ]})),
        "tools/call" => {
            let mut given: Vec<String> = std::env::vars().map(|it| it.0).collect();
            given.sort();
            let name = params["arguments"]["name"].as_str().unwrap_or("?");
            let text = format!("{name} is on 4th floor");
            let key = std::env::vars().find(|it| it.0 == "CRM_KEY").map(|it| it.1 == SECRET);
            Some(json!({
                "content": [{"type": "text", "text": text}],
                "structuredContent": {"given": given, "hasKey": key},
            }))
        }
        _ => None,
    }
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever started it may be gone.
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

fn note(folder: &Path, file: &str, line: &str) {
    let file = fs::OpenOptions::new().create(true).append(true).open(folder.join(file));
    writeln!(file.unwrap(), "{line}").unwrap();
}
