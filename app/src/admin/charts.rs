//! The two charts of telemetry. Sizes are those of the drawing, 620 by 190, whatever the window is.

use crate::ui::time::{Moment, use_now};
use domain::telemetry::{AnswerSlot, Range, RunSlot};
use leptos::prelude::*;

const LEFT: i64 = 34;
const RIGHT: i64 = 620;
const TOP: i64 = 8;
const BOTTOM: i64 = 168;
/// Lines across, besides the one at nought.
const LINES: i64 = 4;
/// Words below, about.
const WORDS: i64 = 6;

/// What a chart is drawn with: the highest value, and how many parts there are.
#[derive(Clone, Copy)]
struct Frame {
    range: Range,
    from_ms: i64,
    highest: i64,
}

impl Frame {
    /// With a round number at the top.
    fn new(range: Range, from_ms: i64, most: i64) -> Self {
        let mut step = 1;
        while step * LINES < most {
            step = match step.to_string().as_bytes().first() {
                Some(b'1') => step * 2,
                Some(b'2') => step / 2 * 5,
                _ => step * 2,
            };
        }
        Self { range, from_ms, highest: step * LINES }
    }

    /// Where a part begins.
    fn x(self, at: i64) -> i64 {
        LEFT + (RIGHT - LEFT) * at / self.range.slots()
    }

    fn wide(self) -> i64 {
        (RIGHT - LEFT) / self.range.slots()
    }

    fn y(self, value: i64) -> i64 {
        BOTTOM - (BOTTOM - TOP) * value / self.highest
    }
}

/// The lines across with their numbers, and the times below.
#[component]
fn Grid(frame: Frame) -> impl IntoView {
    let now = use_now();
    let line = move |at: i64| {
        let value = frame.highest * at / LINES;
        let y = frame.y(value);
        view! {
            <line class="grid" x1=LEFT x2=RIGHT y1=y y2=y />
            <text x=LEFT - 6 y=y + 4 text-anchor="end">{value}</text>
        }
    };
    let every = (frame.range.slots() / WORDS).max(1);
    let word = move |at: i64| {
        let at_ms = frame.from_ms + at * frame.range.slot_ms();
        let words = move || name_of(now.get(), frame.range, at_ms);
        view! { <text class="x" x=frame.x(at) y="185">{words}</text> }
    };
    view! {
        {(0..=LINES).map(line).collect_view()}
        {(0..frame.range.slots()).filter(|at| at % every == 0).map(word).collect_view()}
    }
}

fn name_of(now: Moment, range: Range, at_ms: i64) -> String {
    match range {
        Range::Hour | Range::Day => now.hour(at_ms),
        Range::Week | Range::Month => now.day_label(now.day_at(at_ms)),
    }
}

/// Runs of flows by part, one bar each.
#[component]
pub(crate) fn RunChart(range: Range, from_ms: i64, runs: Vec<RunSlot>) -> impl IntoView {
    let most = runs.iter().map(|it| it.finished + it.waiting + it.failed).max().unwrap_or(0);
    let frame = Frame::new(range, from_ms, most);
    let sum = |of: fn(&RunSlot) -> i64| runs.iter().map(of).sum::<i64>();
    let title = format!(
        "Flow runs of the last {}: {} finished, {} waiting, {} failed. The busiest part had {most}.",
        range.label(),
        sum(|it| it.finished),
        sum(|it| it.waiting),
        sum(|it| it.failed)
    );
    let bar = move |(at, slot): (i64, RunSlot)| {
        let parts = [
            (slot.finished, "var(--viz-4)"),
            (slot.waiting, "var(--viz-2)"),
            (slot.failed, "var(--viz-5)"),
        ];
        let mut below = 0;
        parts
            .into_iter()
            .filter(|it| it.0 > 0)
            .map(|(count, fill)| {
                let (top, bottom) = (frame.y(below + count), frame.y(below));
                below += count;
                let (x, wide, high) =
                    (frame.x(at) + 2, (frame.wide() - 4).max(2), (bottom - top).max(1));
                view! { <rect x=x y=top width=wide height=high rx="2" fill=fill /> }
            })
            .collect_view()
    };
    view! {
        <section class="card" aria-labelledby="tm-r">
            <div class="card__head"><h2 id="tm-r">"Flow runs"</h2></div>
            <div class="card__body stack stack--3">
                <svg class="chart chart--w" viewBox="0 0 620 190" role="img" aria-label=title>
                    <Grid frame=frame />
                    {(0..).zip(runs).map(bar).collect_view()}
                </svg>
                <ul class="legend">
                    <li><i style="--k: var(--viz-4)"></i>"Finished"</li>
                    <li><i style="--k: var(--viz-2)"></i>"Waiting"</li>
                    <li><i style="--k: var(--viz-5)"></i>"Failed"</li>
                </ul>
            </div>
        </section>
    }
}

/// How long answers took by part, as two lines; a part without an answer is left out.
#[component]
pub(crate) fn ResponseChart(range: Range, from_ms: i64, answers: Vec<AnswerSlot>) -> impl IntoView {
    let most = answers.iter().filter_map(|it| it.slow_ms).max().unwrap_or(0);
    let frame = Frame::new(range, from_ms, most);
    let title = format!(
        "Response time of the last {}: nineteen of twenty answers took at most {most} milliseconds in the slowest part.",
        range.label()
    );
    let slow = line_of(frame, answers.iter().map(|it| it.slow_ms));
    let typical = line_of(frame, answers.iter().map(|it| it.typical_ms));
    view! {
        <section class="card" aria-labelledby="tm-t">
            <div class="card__head"><h2 id="tm-t">"Response time, ms"</h2></div>
            <div class="card__body stack stack--3">
                <svg class="chart chart--w" viewBox="0 0 620 190" role="img" aria-label=title>
                    <Grid frame=frame />
                    <path class="ln" d=slow stroke="var(--viz-2)" />
                    <path class="ln" d=typical stroke="var(--viz-1)" />
                </svg>
                <ul class="legend">
                    <li><i class="line" style="--k: var(--viz-1)"></i>"Typical"</li>
                    <li><i class="line" style="--k: var(--viz-2)"></i>"Slowest 1 in 20"</li>
                </ul>
            </div>
        </section>
    }
}

/// A line through the values, broken where there is none; a value alone is a short dash.
fn line_of(frame: Frame, values: impl Iterator<Item = Option<i64>>) -> String {
    let mut path = String::new();
    let mut is_down = false;
    for (at, value) in (0..).zip(values) {
        let Some(value) = value else {
            is_down = false;
            continue;
        };
        let (x, y) = (frame.x(at) + frame.wide() / 2, frame.y(value));
        let step = if is_down { format!("L{x} {y} ") } else { format!("M{x} {y} h2 ") };
        path.push_str(&step);
        is_down = true;
    }
    path.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_a_chart_is_round_and_holds_every_value() {
        let top = |most| Frame::new(Range::Day, 0, most).highest;
        assert_eq!([top(0), top(4), top(5), top(34), top(318)], [4, 4, 8, 40, 400]);
        let frame = Frame::new(Range::Day, 0, 34);
        assert_eq!((frame.y(0), frame.y(40)), (BOTTOM, TOP));
    }

    #[test]
    fn a_line_is_broken_where_nothing_was_answered() {
        let frame = Frame::new(Range::Day, 0, 40);
        let line = line_of(frame, [Some(0), Some(40), None, Some(40)].into_iter());
        assert_eq!(line.matches('M').count(), 2);
        assert_eq!(line.matches('L').count(), 1);
    }
}
