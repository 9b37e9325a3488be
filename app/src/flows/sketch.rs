//! A flow drawn small and still: what a template makes, before there is a flow.

use super::cards::{Card, cards};
use crate::runs::words::count;
use domain::flow::FlowVersion;
use domain::flow::layout::{BranchLabel, Frame, Layout, Node, STEP_HEIGHT, STEP_WIDTH, layout};
use leptos::prelude::*;

/// Letters of a title that fit into a step.
const LETTERS: usize = 25;
/// Letters of a branch's name.
const LABEL_LETTERS: usize = 20;

/// The drawing of `version`, for people who see it; its steps belong beside it as a list.
#[component]
pub fn Sketch(
    /// The flow.
    version: FlowVersion,
) -> impl IntoView {
    let Layout { width, height, nodes, edges, labels, frames, .. } = layout(&version);
    let cards = cards(&version);
    let label = format!("The flow as a drawing, {}", count(nodes.len(), "step", "steps"));
    let lines = edges.into_iter().map(|it| view! { <path d=it.path /> }).collect_view();
    let frame =
        |it: Frame| view! { <rect class="frame" x=it.x y=it.y width=it.w height=it.h rx="16" /> };
    let frames = frames.into_iter().map(frame).collect_view();
    let steps = nodes.into_iter().zip(cards).map(|(node, card)| step(node, card)).collect_view();
    let labels = labels.into_iter().map(branch).collect_view();
    view! {
        <div class="sketch" tabindex="0" role="group" aria-label="Preview">
            <svg
                role="img"
                aria-label=label
                viewBox=format!("0 0 {width} {height}")
                style=format!("inline-size: {}px", width * 3 / 4)
            >
                {frames}
                {lines}
                {steps}
                {labels}
            </svg>
        </div>
    }
}

fn step(node: Node, card: Card) -> impl IntoView {
    let (x, y) = (node.x, node.y);
    let middle = y + STEP_HEIGHT / 2;
    let style = format!("--tile-h: {}", card.look.hue);
    view! {
        <g class="sketch__step" data-kind=card.kind.as_str() style=style>
            <rect x=x y=y width=STEP_WIDTH height=STEP_HEIGHT rx="10" />
            <circle cx=x + 26 cy=middle r="11" />
            <text class="n" x=x + 26 y=middle + 4 text-anchor="middle">{card.number}</text>
            <text x=x + 48 y=middle + 5>{cut(&card.title, LETTERS)}</text>
        </g>
    }
}

fn branch(label: BranchLabel) -> impl IntoView {
    let y = label.y + label.h / 2 + 4;
    view! { <text class="sketch__branch" x=label.x y=y text-anchor="middle">{cut(&label.name, LABEL_LETTERS)}</text> }
}

/// The text, or its beginning where it is longer.
fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let begin: String = text.chars().take(letters - 1).collect();
    format!("{}…", begin.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_titles_are_cut_between_letters() {
        assert_eq!(cut("Add a to-do", 25), "Add a to-do");
        assert_eq!(cut("Señor Ñandú", 7), "Señor…");
    }
}
