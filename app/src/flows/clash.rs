//! Changes that came late: put on what somebody else did where they fit, asked about where both changed the same.

use super::author::Author;
use super::cards::readable;
use super::outbox::Unsaved;
use super::store::Studio;
use crate::ui::browser;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use domain::flow::edit::{FlowEdit, SetSkip, apply};
use domain::flow::rebase::{
    Clash, Disputed, Late, OpenClash, Rebased, SWITCH, Stacked, rebase, stack,
};
use domain::flow::{FlowVersion, tree};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How long what somebody else did may have escaped a person who is about to press, in milliseconds.
const NEWS_MS: i64 = 3_000;

impl Studio {
    /// Notes which steps somebody else switched off or on.
    pub(super) fn note_switched(self, before: &FlowVersion, now: &FlowVersion) {
        let was_off = |name: &str| tree::find(&before.trigger, name).map(|it| it.skip);
        let steps = tree::steps(&now.trigger);
        let switched =
            steps.into_iter().filter(|it| was_off(&it.name).is_some_and(|was| was != it.skip));
        let names: BTreeSet<_> = switched.map(|it| it.name.clone()).collect();
        if !names.is_empty() {
            self.just_switched.set_value((browser::now_ms(), names));
        }
    }

    /// Asks before a switch takes back what somebody else did a moment ago: it may be meant for what stood there before.
    /// False where it takes nothing back; then nothing is asked.
    pub(super) fn asks_first(self, mine: &SetSkip) -> bool {
        let (at_ms, mut switched) = self.just_switched.get_value();
        let names: Vec<_> = mine.names.iter().filter(|it| switched.remove(*it)).cloned().collect();
        if names.is_empty() || browser::now_ms() - at_ms > NEWS_MS {
            return false;
        }
        // Whatever is decided, the next press is meant for what stands there then.
        self.just_switched.set_value((at_ms, switched));
        let edit = FlowEdit::SetSkipAction(mine.clone());
        let before = FlowEdit::SetSkipAction(SetSkip { names, skip: mine.skip });
        let asked = self.flow.with_untracked(|it| {
            let base = apply(&it.version, &before).ok()?;
            let Rebased::Clash(clash) = rebase(&base, &it.version, &edit) else { return None };
            Some(OpenClash { clash, late: Late { base, edit } })
        });
        let Some(asked) = asked else { return false };
        self.note_author();
        self.clashes.update(|it| it.push(asked));
        self.keep_unsent();
        true
    }

    /// Puts `unsaved`, which was made on `base`, on what is on screen now; what fits waits to be sent again.
    pub(super) fn put_on_top(self, base: &FlowVersion, unsaved: &Unsaved) {
        if unsaved.edits.is_empty() {
            return;
        }
        let open = self.clashes.get_untracked();
        let Stacked { version, fits, clashes, lost, renamed } = self.flow.with_untracked(|it| {
            stack((base, &it.version), &unsaved.edits, open, unsaved.may_be_there)
        });
        self.flow.update(|it| it.version = version);
        self.outbox.update_value(|it| fits.into_iter().for_each(|edit| it.push(edit, None)));
        if self.clashes.with_untracked(|it| *it != clashes) {
            self.note_author();
            self.clashes.set(clashes);
        }
        self.follow_names(&renamed);
        if let Some(first) = lost.first() {
            let many = match lost.len() {
                1 => "a change of yours was".to_owned(),
                many => format!("{many} changes of yours were"),
            };
            self.toasts.failed(format!(
                "Somebody changed this flow meanwhile, so {many} not kept. {first}"
            ));
        }
    }

    /// Steps of this page got other names, because somebody else added some at the same time: what is open stays open.
    fn follow_names(self, renamed: &BTreeMap<String, String>) {
        let now = |it: &str| renamed.get(it).cloned();
        if let Some(name) = self.at.with_untracked(|it| now(it)) {
            self.at.set(name);
        }
        for open in [self.chosen, self.fresh] {
            if let Some(name) = open.with_untracked(|it| now(it.as_deref()?)) {
                open.set(Some(name));
            }
        }
        if self.picked.with_untracked(|it| it.iter().any(|it| renamed.contains_key(it))) {
            self.picked.update(|it| {
                *it = it.iter().map(|it| now(it).unwrap_or_else(|| it.clone())).collect();
            });
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
            self.put_on_top(&base, &Unsaved { edits: vec![edit], may_be_there: true });
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
    let author = studio.author(open.into());
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
    view! {
        <Dialog open=open title=Signal::derive(title)>
            <div class="dialog__body stack stack--4">
                <p>{move || first.with(|it| it.as_ref().map(|it| words(it, &author.read())))}</p>
                {move || first.get().map(|it| it.values.into_iter().filter(is_text).map(|it| disputed(studio, author, it)).collect_view())}
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| studio.settle(false) attr:autofocus=true>{move || first.with(|it| keep_words(it.as_ref()))}</Button>
                <Button kind=Kind::Primary on:click=move |_| studio.settle(true)>{move || first.with(|it| use_words(it.as_ref()))}</Button>
            </div>
        </Dialog>
    }
}

/// The switch that both pressed, where it is about one.
fn switch(clash: &Clash) -> Option<&Disputed> {
    clash.values.first().filter(|it| it.path == SWITCH)
}

/// Whether both values are shown: a switch is told in a sentence.
fn is_text(it: &Disputed) -> bool {
    it.path != SWITCH
}

fn words(clash: &Clash, author: &Author) -> String {
    let who = author.name();
    match (switch(clash), clash.values.as_slice()) {
        (Some(Disputed { theirs, mine, .. }), _) => {
            format!("{who} switched it {theirs} a moment ago. Yours would switch it {mine}.")
        }
        (None, []) => format!("{who} changed it while you deleted it. It is still there."),
        (None, _) => format!("{who} changed the same as you, and that is in the flow now."),
    }
}

fn keep_words(clash: Option<&Clash>) -> String {
    clash
        .and_then(switch)
        .map_or_else(|| "Keep theirs".to_owned(), |it| format!("Leave it {}", it.theirs))
}

fn use_words(clash: Option<&Clash>) -> String {
    clash
        .and_then(switch)
        .map_or_else(|| "Use mine".to_owned(), |it| format!("Switch it {}", it.mine))
}

fn disputed(studio: Studio, author: Memo<Author>, it: Disputed) -> impl IntoView {
    let or_nothing = |text: String| match text.as_str() {
        "" => "nothing".to_owned(),
        text => readable(text, &studio.numbers()),
    };
    view! {
        <div class="fdiff">
            <h3>{super::proposed::label(&it.path)}</h3>
            <div class="diffline"><span class="quiet">{move || author.read().label()}</span> <span>{or_nothing(it.theirs)}</span></div>
            <div class="diffline" data-op="add"><span class="quiet">"Yours"</span> <span>{or_nothing(it.mine)}</span></div>
        </div>
    }
}
