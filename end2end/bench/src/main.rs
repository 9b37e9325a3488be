//! Benchmarks of a built PM OS: `bench PATH_TO_PMOS [start|page|studio|runs|drain|steps|loop|paused|memory|crash|crashes|chat|mcp|mirror]...`,
//! everything but `crashes` and `mirror-medium` when none is named. `mirror` and `crashes` need no built PM OS, `mcp`
//! needs npm; `mirror-medium` is the same over a world of a tenth the size.
//!
//! Each figure is printed on a line of its own beside a baseline measured in the same run: a bare axum route in a
//! process of its own. Absolute times drift with the machine; the ratios are what counts.
#![expect(clippy::print_stdout, reason = "its figures are its output")]

mod bare;
mod chat;
mod crash;
mod crashes;
mod flows;
mod load;
mod mcp;
mod mirror;
mod page;
mod product;
mod runs;
mod soak;
mod start;
mod studio;

use sandbox::world::Size;
use std::path::PathBuf;

/// What ends a benchmark: it says so and measures nothing.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Measured = Result<(), Failure>;

const USAGE: &str = "bench PATH_TO_PMOS [start|page|studio|runs|drain|steps|loop|paused|memory|crash|crashes|chat|mcp|mirror|mirror-medium]...";

/// What takes long, or measures again what another one does.
const ONLY_WHEN_NAMED: [&str; 2] = ["crashes", "mirror-medium"];

#[tokio::main]
async fn main() -> Measured {
    let mut words = std::env::args().skip(1);
    let first = words.next().ok_or(USAGE)?;
    if first == bare::COMMAND {
        return bare::serve().await;
    }
    if first == mirror::COMMAND {
        return mirror::serve().await;
    }
    // A second installation in one process is no error here.
    drop(rustls::crypto::ring::default_provider().install_default());
    if first == crashes::COMMAND {
        return crashes::carry_out(words).await;
    }
    let binary = PathBuf::from(first);
    let wanted: Vec<String> = words.collect();
    let all = [
        "start",
        "page",
        "studio",
        "runs",
        "drain",
        "steps",
        "loop",
        "paused",
        "memory",
        "crash",
        "crashes",
        "chat",
        "mcp",
        "mirror",
        "mirror-medium",
    ];
    let is_wanted = |name: &&str| {
        let is_named = wanted.iter().any(|word| word == name);
        is_named || (wanted.is_empty() && !ONLY_WHEN_NAMED.contains(name))
    };
    for name in all.into_iter().filter(is_wanted) {
        println!("# {name}");
        match name {
            "start" => start::measure(&binary).await?,
            "page" => page::measure(&binary).await?,
            "studio" => studio::measure(&binary).await?,
            "runs" => runs::measure(&binary).await?,
            "drain" => soak::measure_drain(&binary).await?,
            "steps" => runs::measure_steps(&binary).await?,
            "loop" => soak::measure_loop(&binary).await?,
            "paused" => soak::measure_paused(&binary).await?,
            "memory" => soak::measure_memory(&binary).await?,
            "crashes" => crashes::measure().await?,
            "chat" => chat::measure(&binary).await?,
            "mcp" => Box::pin(mcp::measure(&binary)).await?,
            "mirror" => Box::pin(mirror::measure(Size::Large)).await?,
            "mirror-medium" => Box::pin(mirror::measure(Size::Medium)).await?,
            _ => crash::measure(&binary).await?,
        }
    }
    Ok(())
}

/// One line: the figure, its baseline, their ratio.
pub(crate) fn report(name: &str, unit: &str, value: f64, baseline: f64) {
    let ratio = if baseline > 0.0 { value / baseline } else { f64::NAN };
    println!("{name}: {value:.2} {unit}; baseline {baseline:.2} {unit}; ratio {ratio:.3}");
}

/// One line for a figure that has no baseline, beside its bar.
pub(crate) fn report_bar(name: &str, unit: &str, value: f64, bar: &str) {
    println!("{name}: {value:.2} {unit}; bar {bar}");
}
