//! Flows from draft to run, on both databases.

#![cfg(test)]

mod answers;
mod apps;
mod bodies;
mod branches;
mod changing;
mod clocks;
mod coding;
mod connecting;
mod crashing;
mod drafts;
mod elsewhere;
mod error_branch;
mod forming;
mod hooking;
mod identity;
mod lifecycle;
mod limits;
mod mails;
mod nodes;
mod outgoing;
mod pieces;
mod places;
mod posting;
mod proposals;
mod reaching;
mod recorded;
mod retrying;
mod saying;
mod setting_up;
mod settling;
mod site;
mod sweeping;
mod switching;
mod tables;
mod templates;
mod thinking;
mod triggers;
mod trying;
mod turns;
mod waiting;
mod walking;
mod world;

/// Not a test: the process in which code steps of the tests run.
#[test]
#[ignore = "the worker of code steps"]
fn code_worker() {
    code::worker::serve().unwrap();
    // Without the words of the test program.
    std::process::exit(0);
}
