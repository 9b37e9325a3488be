//! Code steps in a process of their own, which here is this test program called again.

#![cfg(test)]

use code::runner::Runner;
use code::{Job, Language, Limits, Outcome, Ran};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Duration;

/// Not a test: the process that the tests start.
#[test]
#[ignore = "the worker of the other tests"]
fn worker_process() {
    code::worker::serve().unwrap();
    // Without the words of the test program.
    std::process::exit(0);
}

fn runner(limits: Limits) -> Runner {
    let arguments = ["worker_process", "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    let program = std::env::current_exe().unwrap();
    Runner::new(program, arguments.map(Into::into).to_vec(), limits)
}

async fn whole(code: &str, inputs: Map<String, Value>, limits: Limits) -> Ran {
    let job = Job { code: code.to_owned(), language: Language::TypeScript, inputs };
    runner(limits).run(job).await
}

async fn ran_with(code: &str, inputs: Value, limits: Limits) -> Outcome {
    let inputs: Map<String, Value> = inputs.as_object().cloned().unwrap_or_default();
    whole(code, inputs, limits).await.outcome
}

async fn ran(code: &str) -> Outcome {
    ran_with(code, json!({ "a": 2 }), Limits::default()).await
}

fn why(outcome: Outcome) -> String {
    match outcome {
        Outcome::Failed(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn code_gets_its_inputs_and_gives_json() {
    let code = "export const code = async (inputs: { a: number }) => ({ double: inputs.a * 2 })";
    assert_eq!(ran(code).await, Outcome::Gave(json!({ "double": 4 })));
    assert_eq!(ran("() => undefined").await, Outcome::Nothing);
    assert_eq!(ran("() => null").await, Outcome::Gave(Value::Null));
    assert!(why(ran("() => { throw new Error('no') }").await).starts_with("Error: no"));
}

#[tokio::test]
async fn what_is_logged_comes_with_the_end_also_with_a_failure() {
    let code = "() => { console.log('one', 1); throw new Error('no') }";
    let ran = whole(code, Map::new(), Limits::default()).await;
    assert_eq!(ran.logged, ["one 1"]);
    assert!(why(ran.outcome).starts_with("Error: no"));
}

#[tokio::test]
async fn an_endless_loop_is_stopped_by_the_system() {
    let limits = Limits { cpu_seconds: 1, wall_seconds: 600, ..Limits::default() };
    let stopped = why(ran_with("() => { for (;;); }", json!({}), limits).await);
    assert!(stopped.contains("1 s of processor time and was stopped"), "{stopped}");
}

#[tokio::test]
async fn a_memory_bomb_ends_the_code_and_nothing_else() {
    let bomb = "() => { const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1)) }";
    let stopped = why(ran(bomb).await);
    assert!(stopped.contains("128 MB"), "{stopped}");
    assert_eq!(ran("() => 1").await, Outcome::Gave(json!(1)));
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_never_kept() {
    let limits = Limits { output_bytes: 1_000, ..Limits::default() };
    let refused = why(ran_with("() => 'x'.repeat(2000)", json!({}), limits).await);
    assert!(refused.contains("gave more than"), "{refused}");
}

#[tokio::test]
async fn large_inputs_arrive_whole() {
    let inputs = json!({ "text": "x".repeat(1_000_000) });
    let outcome = ran_with("(inputs) => inputs.text.length", inputs, Limits::default()).await;
    assert_eq!(outcome, Outcome::Gave(json!(1_000_000)));
}

/// The processes of the workers that this test program started.
fn children() -> Vec<String> {
    let mine = std::process::id().to_string();
    let all = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ids = all.map(|it| it.file_name().to_string_lossy().into_owned());
    ids.filter(|id| {
        let stat = std::fs::read_to_string(Path::new("/proc").join(id).join("stat"));
        // "7 (name) S 1 ...": the parent is the second word after the name.
        let parent = stat
            .ok()
            .and_then(|it| it.rsplit_once(')')?.1.split_whitespace().nth(1).map(str::to_owned));
        parent.as_deref() == Some(mine.as_str())
    })
    .collect()
}

/// The system lets the process open and start nothing: seen from outside, while the code runs.
#[tokio::test]
async fn the_process_is_confined_and_when_it_is_killed_the_step_says_so() {
    let limits = Limits { cpu_seconds: 30, wall_seconds: 600, memory_mb: 77, ..Limits::default() };
    let inputs = Map::new();
    let job =
        Job { code: "() => { for (;;); }".to_owned(), language: Language::TypeScript, inputs };
    let runner = runner(limits);
    let running = tokio::spawn(async move { runner.run(job).await });
    let confined = async {
        loop {
            for id in children() {
                let limits = std::fs::read_to_string(format!("/proc/{id}/limits"));
                let limits = limits.unwrap_or_default();
                // The other tests have children too: this one is known by its processor time.
                if limit(&limits, "Max cpu time").as_deref() == Some("30") {
                    return (id, limits);
                }
            }
            tokio::task::yield_now().await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), confined).await;
    let (id, _) = found.expect("the process is confined");
    // All bounds are set one after the other.
    let all_set = async {
        loop {
            let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
            let of = |name: &str| limit(&limits, name);
            let set = [of("Max open files"), of("Max file size"), of("Max processes")];
            if set == [Some("3".to_owned()), Some("0".to_owned()), Some("0".to_owned())]
                && of("Max core file size").as_deref() == Some("0")
            {
                assert!(of("Max address space").is_some_and(|it| it != "unlimited"));
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all_set).await.expect("all bounds are set");
    let surroundings = std::fs::read(format!("/proc/{id}/environ")).unwrap();
    assert_eq!(surroundings, Vec::<u8>::new(), "no setting of the server is passed on");
    let killed = std::process::Command::new("kill").args(["-9", &id]).status().unwrap();
    assert!(killed.success());
    let stopped = why(running.await.unwrap().outcome);
    assert!(stopped.contains("signal 9"), "{stopped}");
}

/// The soft limit in the table of the system.
fn limit(table: &str, name: &str) -> Option<String> {
    let row = table.lines().find(|it| it.starts_with(name))?;
    row.get(name.len()..)?.split_whitespace().next().map(str::to_owned)
}
