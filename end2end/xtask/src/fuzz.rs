//! `cargo xtask fuzz [SECONDS]`: what strangers can send, as nobody would write it, for as long as one likes. The same
//! properties as in every test run; what fails is kept by proptest beside the tests and tried first from then on.

use crate::config::Config;
use crate::process::{Outcome, run};
use std::time::{Duration, Instant};

/// Crate and module of the properties: expressions, files of flows, bodies of requests.
const TARGETS: [(&str, &str); 3] =
    [("domain", "expressions::"), ("domain", "importing::"), ("flow", "bodies::")];
/// Tells proptest how many cases a property gets.
const CASES: &str = "PROPTEST_CASES";
/// Cases of the first round, which shows how fast the machine is.
const FIRST: u32 = 500;
const USUAL_SECONDS: u64 = 60;

/// Looks for `seconds`, shared equally; building is not counted.
pub(crate) fn fuzz(config: &Config, seconds: Option<&str>) -> Outcome {
    let seconds = seconds.map_or(Ok(USUAL_SECONDS), |it| {
        it.parse().map_err(|_| format!("`{it}` is no number of seconds"))
    })?;
    for (package, _) in TARGETS {
        run(&mut config.cargo(&["test", "--package", package, "--test", "it", "--no-run"]))?;
    }
    let share = Duration::from_secs(seconds).div_f64(TARGETS.len() as f64);
    for (package, module) in TARGETS {
        let (began, mut tried, mut cases) = (Instant::now(), 0_u64, Some(FIRST));
        while let Some(count) = cases {
            let round = Instant::now();
            let arguments = ["test", "--quiet", "--package", package, "--test", "it", module];
            run(config.cargo(&arguments).env(CASES, count.to_string()))?;
            tried += u64::from(count);
            cases = next(count, round.elapsed(), share.saturating_sub(began.elapsed()));
        }
        println!("{package} {module} {tried} cases a property, none failed");
    }
    Ok(())
}

/// As many cases as fit into the time that is left, at most ten times those of the round before; none when there is no
/// time for as many as in the first round.
fn next(cases: u32, took: Duration, left: Duration) -> Option<u32> {
    let rounds = left.as_nanos() / took.as_nanos().max(1);
    let fitting = match rounds {
        0 => left.as_nanos() * u128::from(cases) / took.as_nanos().max(1),
        more => u128::from(cases) * more.min(10),
    };
    u32::try_from(fitting).ok().filter(|it| *it >= FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_grow_and_end_with_the_time() {
        let second = Duration::from_secs(1);
        assert_eq!(next(500, second, 60 * second), Some(5000), "ten times at most");
        assert_eq!(next(5000, 10 * second, 35 * second), Some(15_000), "what fits");
        assert_eq!(next(15_000, 30 * second, 5 * second), Some(2500), "a part of a round");
        assert_eq!(next(5000, 10 * second, second / 2), None, "too little is left");
        assert_eq!(next(500, second, Duration::ZERO), None);
    }
}
