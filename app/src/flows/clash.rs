//! Changes that came late: put on what somebody else did where they fit, asked about where both changed the same.

use super::store::Studio;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use domain::flow::FlowVersion;
use domain::flow::edit::FlowEdit;
use domain::flow::rebase::{Clash, Disputed, Rebased, rebase};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A change that came late, with the flow that it was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Late {
    base: FlowVersion,
    edit: FlowEdit,
}

/// A late change that somebody has to decide about.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenClash {
    /// What both changed.
    clash: Clash,
    /// What it was made of: kept over a reload, and looked at again when it is decided.
    pub(super) late: Late,
}

impl Studio {
    /// Puts `unsaved`, which was made on `base`, on what is on screen now; what fits waits to be sent again.
    pub(super) fn put_on_top(self, base: &FlowVersion, unsaved: Vec<FlowEdit>) {
        let mut lost = Vec::new();
        for edit in unsaved {
            let now = self.flow.with_untracked(|it| rebase(base, &it.version, &edit));
            match now {
                Rebased::Fits(edit) => match self.apply(&edit) {
                    Ok(()) => self.outbox.update_value(|it| it.push(edit, None)),
                    Err(problem) => lost.push(problem.to_string()),
                },
                Rebased::Done => {}
                Rebased::Clash(clash) => self.clashes.update(|all| {
                    // The last change to a value is what the person means.
                    let is_same = |it: &Clash| it.step == clash.step && it.title == clash.title;
                    all.retain(|it| !is_same(&it.clash));
                    all.push(OpenClash { clash, late: Late { base: base.clone(), edit } });
                }),
                Rebased::Lost(why) => lost.push(why),
            }
        }
        if let Some(first) = lost.first() {
            self.toasts.failed(format!(
                "Somebody changed this flow meanwhile, so a change of yours was not kept. {first}"
            ));
        }
    }

    /// Decides the first clash: the change of this page is made after all, or what the other did stays.
    fn settle(self, takes_mine: bool) {
        let Some(clash) =
            self.clashes.try_update(|it| (!it.is_empty()).then(|| it.remove(0))).flatten()
        else {
            return;
        };
        if takes_mine {
            self.make_after_all(clash.late);
        }
        self.keep_unsent();
    }

    /// Makes a late change on the flow as it is by now, which may have gone on while the question stood.
    fn make_after_all(self, late: Late) {
        match self.flow.with_untracked(|it| rebase(&late.base, &it.version, &late.edit)) {
            Rebased::Fits(edit) => self.edit(edit),
            Rebased::Clash(clash) => self.edit(clash.mine),
            Rebased::Done => {}
            Rebased::Lost(why) => self.toasts.failed(why),
        }
        self.leave_missing_steps();
    }

    /// Asks again what an earlier page left open.
    pub(super) fn ask_again(self, late: Vec<Late>) {
        for Late { base, edit } in late {
            self.put_on_top(&base, vec![edit]);
        }
    }
}

/// Asks about the first thing that both changed; it stays until it is decided.
#[component]
pub fn ClashDialog(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let first = Memo::new(move |_| studio.clashes.with(|it| it.first().map(|it| it.clash.clone())));
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(first.with(Option::is_some)));
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        // Closing it keeps what the other did, which is what is on screen.
        if before == Some(true) && !now && first.with_untracked(Option::is_some) {
            studio.settle(false);
        }
        now
    });
    let title = move || {
        first
            .with(|it| it.as_ref().map(|it| format!("{} was changed twice", it.title)))
            .unwrap_or_default()
    };
    let words = |it: Clash| match it.values.as_slice() {
        [] => "You deleted it while somebody else changed it. It is still there.",
        _ => "You and somebody else changed the same. What the other wrote is in the flow now.",
    };
    view! {
        <Dialog open=open title=Signal::derive(title)>
            <div class="dialog__body stack stack--4">
                <p>{move || first.get().map(words)}</p>
                {move || first.get().map(|it| it.values.into_iter().map(disputed).collect_view())}
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| studio.settle(false) attr:autofocus=true>"Keep theirs"</Button>
                <Button kind=Kind::Primary on:click=move |_| studio.settle(true)>"Use mine"</Button>
            </div>
        </Dialog>
    }
}

fn disputed(it: Disputed) -> impl IntoView {
    let or_nothing = |text: String| if text.is_empty() { "nothing".to_owned() } else { text };
    view! {
        <div class="fdiff">
            <h3>{super::proposed::label(&it.path)}</h3>
            <div class="diffline"><span class="quiet">"Theirs"</span> <span>{or_nothing(it.theirs)}</span></div>
            <div class="diffline" data-op="add"><span class="quiet">"Yours"</span> <span>{or_nothing(it.mine)}</span></div>
        </div>
    }
}
