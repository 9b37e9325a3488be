//! Choosing what of a proposal is taken: every part has a check, and what builds on one that is left out goes with it.

use super::store::Studio;
use crate::runs::words::count;
use domain::flow::proposal::parts::Part;
use leptos::prelude::*;

impl Studio {
    /// Takes the part at `at`, with those it builds on; or leaves it out, with those that build on it.
    fn take_part(self, at: usize, is_taken: bool) {
        let left = self.left_out.get_untracked();
        let left = self.suggested.with_untracked(|it| {
            let parts = &it.as_ref()?.parts;
            Some(if is_taken {
                parts.with(&left, at)
            } else {
                parts.without(&left.into_iter().chain([at]).collect())
            })
        });
        self.left_out.set(left.unwrap_or_default());
        self.leave_missing_steps();
    }

    fn parts(self) -> Vec<Part> {
        self.suggested.with(|it| it.as_ref().map(|it| it.parts.all.clone()).unwrap_or_default())
    }
}

/// "The assistant proposes 4 changes, 3 are taken".
pub fn words(studio: Studio) -> String {
    let many = studio.parts().len();
    let left = studio.left_out.with(|it| it.len());
    let proposed = format!("The assistant proposes {}", count(many, "change", "changes"));
    match (left, many.saturating_sub(left)) {
        (0, _) => proposed,
        (_, 0) => format!("{proposed}, none is taken"),
        (_, 1) => format!("{proposed}, 1 is taken"),
        (_, taken) => format!("{proposed}, {taken} are taken"),
    }
}

/// "Accept all", or how many of them.
pub fn accept_words(studio: Studio) -> String {
    let (many, left) = (studio.parts().len(), studio.left_out.with(|it| it.len()));
    if left == 0 {
        "Accept all".to_owned()
    } else {
        format!("Accept {} of {many}", many - left.min(many))
    }
}

/// Whether anything of the proposal is taken.
pub fn takes_some(studio: Studio) -> bool {
    studio.parts().len() > studio.left_out.with(|it| it.len())
}

/// The parts of the proposal, each with its check.
#[component]
pub fn PartList(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let parts = Memo::new(move |_| studio.parts());
    let is_single = move || parts.with(|it| it.len() < 2);
    let row = move |(at, part): (usize, Part)| {
        view! { <li><PartCheck studio=studio at=at words=part.title /></li> }
    };
    view! {
        <ul class="stack" aria-label="What is proposed">
            {move || parts.get().into_iter().enumerate().map(row).collect_view()}
        </ul>
        <p class="hint">
            {move || if is_single() {
                "It is taken whole or not at all."
            } else {
                "What is not checked is dropped. A change that builds on another one goes with it."
            }}
        </p>
    }
}

/// The check of the part that is about `step`, if there is one.
#[component]
pub fn StepCheck(
    /// The open flow.
    studio: Studio,
    /// The step.
    #[prop(into)]
    step: Signal<Option<String>>,
) -> impl IntoView {
    let at = Memo::new(move |_| {
        let step = step.get()?;
        let parts = studio.parts();
        let at = parts.iter().position(|it| it.step.as_ref() == Some(&step))?;
        (parts.len() > 1).then_some(at)
    });
    move || {
        let words = "Take this change".to_owned();
        at.get().map(|at| view! { <PartCheck studio=studio at=at words=words /> })
    }
}

#[component]
fn PartCheck(studio: Studio, at: usize, words: String) -> impl IntoView {
    let is_taken = move || studio.left_out.with(|it| !it.contains(&at));
    let may = move || studio.may_edit.get() && studio.parts().len() > 1;
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=is_taken
                disabled=move || !may()
                on:change=move |event| studio.take_part(at, event_target_checked(&event))
            />
            {words}
        </label>
    }
}
