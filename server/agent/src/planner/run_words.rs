//! Words about runs of flows, and about which flows there are.

use super::flow_words::{FlowRequest, Which};
use super::phrase::Phrase;

/// Words that mean the newest run and name no flow.
fn is_last_run(words: &str) -> bool {
    const SAID: [&str; 2] = [
        "[the|my|our] [last|latest|newest|previous|most_recent] [failed] run|flow_run|execution|one",
        "it|that|this|the_flow|my_flow|the_last_flow",
    ];
    Phrase::new(words).fits_any(&SAID).is_some()
}

/// What a phrase asks about runs, or which flows there are.
pub(super) fn read(phrase: &Phrase) -> Option<FlowRequest> {
    stopped(phrase)
        .map(FlowRequest::Stop)
        .or_else(|| went_wrong(phrase))
        .or_else(|| list_or_runs(phrase))
}

/// Words for a run that is under way.
const RUN: &str = "run|runs|execution|executions";

/// "Stop the run of X": the flow, where one is named.
fn stopped(phrase: &Phrase) -> Option<Option<String>> {
    let (_, rest) = phrase.starts("stop|cancel|abort|kill|terminate|halt")?;
    let which =
        "[the|this|that|my|our|all|any] [the|my|our] [current|running|live|last|latest|newest]";
    if rest.fits(&format!("{which} {RUN} [now]")).is_some() {
        return Some(None);
    }
    let named = rest.fits_any(&[
        &format!("{which} {RUN} of|for [the] flow {{flow}}"),
        &format!("{which} {RUN} of|for [the] {{flow?}} flow|automation"),
        &format!("{which} {RUN} of|for [the] {{flow}}"),
        &format!("[the] {{flow?}} flow|automation {RUN}"),
        &format!("[the] {{flow}} {RUN}"),
    ])?;
    let flow = named.get("flow");
    let points = matches!(
        flow.to_lowercase().as_str(),
        "it" | "this" | "that" | "flow" | "this flow" | "the"
    );
    Some((!points).then_some(flow))
}

/// "What went wrong with the last run?"; what goes wrong elsewhere is no question about runs.
fn went_wrong(phrase: &Phrase) -> Option<FlowRequest> {
    const WRONG: &str = "what|what's|what_has went|gone|happened|failed wrong|badly";
    if phrase.fits(WRONG).is_some() {
        return Some(FlowRequest::Runs(None, Which::LastFailed));
    }
    let named = phrase.fits_any(&[
        &format!("{WRONG} in|with|during [the] [last|latest] [failed] {RUN} of|for [the] {{flow}}"),
        &format!("{WRONG} in|with|during [the] {{flow?}} flow|automation"),
        &format!("{WRONG} in|with|during [the] {{flow?}} {RUN}"),
    ])?;
    let flow = named.get("flow");
    let is_newest = Phrase::new(&flow)
        .fits("[the|my|our] last|latest|newest|previous|most_recent|failed|this|that [failed]")
        .is_some();
    Some(match is_newest {
        true => FlowRequest::Runs(None, Which::LastFailed),
        false => FlowRequest::Runs(Some(flow), Which::Failed),
    })
}

fn list_or_runs(phrase: &Phrase) -> Option<FlowRequest> {
    let fits = |patterns: &[&str]| phrase.fits_any(patterns);
    if let Some(captures) = fits(&[
        "@show|@what [me] [all] [are] [my|our|the|failed] failures|failed_runs",
        "@what [has|have|runs] failed [recently|lately|today|yesterday]",
        "@show|@what [me] [all] failed runs [of] {flow}",
        "did anything|something fail {more}",
        "did anything|something fail",
        "did any @flow|@flows fail {more}",
        "did any @flow|@flows fail",
        "any failures|errors|failed_runs {more}",
        "any failures|errors|failed_runs",
        "why did {flow} fail [today|yesterday|last_night]",
        "why has {flow} failed",
        "failed runs",
        "failures",
    ]) {
        let flow = captures.some("flow");
        return Some(match phrase.has("why") && flow.as_deref().is_none_or(is_last_run) {
            true => FlowRequest::Runs(None, Which::LastFailed),
            false => FlowRequest::Runs(flow, Which::Failed),
        });
    }
    if let Some(captures) = fits(&[
        "@show|@what [me] [are] [the|my|all] [recent|last|latest] runs|executions|run_history of|for [the] {flow}",
        "@show|@what [me] [are] [the|my|all] [recent|last|latest] runs|executions|run_history",
        "recent|last|latest runs|executions",
        "runs [of|for] [the] {flow}",
        "runs",
        "when did {flow} last run",
        "how did [the] {flow} run",
    ]) {
        return Some(FlowRequest::Runs(captures.some("flow"), Which::All));
    }
    fits(&[
        "@show|@what [me] [all] [are] [my|our|the] @flows [do] [i|we] [have|there]",
        "@show|@what [me] [all] [my|our|the] @flows",
        "@what @flows {more}",
        "@show [me] [all] [my|our|the] @flows that|which {more}",
        "how many @flows {more}",
        "my|our|all @flows",
        "flows",
    ])
    .map(|_| FlowRequest::List)
}
