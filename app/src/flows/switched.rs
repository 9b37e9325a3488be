//! Pieces that the workspace switched off: marked at their steps, barred in the picker, and told where they run.

use super::store::Studio;
use super::trial_fns::load_pieces_off;
use crate::live::{Live, LiveEvent};
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use domain::event::{EventKind, Topic};
use domain::ids::FlowId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

/// What changes which pieces are off, or what of the flow is live.
const CHANGES: [EventKind; 4] = [
    EventKind::PieceSwitched,
    EventKind::FlowPublished,
    EventKind::FlowEnabled,
    EventKind::FlowDisabled,
];

impl Studio {
    /// Learns which pieces are off, and again whenever that may be different.
    pub fn follow_pieces(self, live: Live) {
        let (version, last) = (live.version(Topic::Flow), live.last(Topic::Flow));
        let id = Memo::new(move |_| self.flow.with(|it| it.id.clone()));
        Effect::new(move |before: Option<u64>| {
            let version = version.get();
            let id = id.get();
            let may_differ = || last.get_untracked().is_none_or(|it| concerns(&it, &id));
            if before == Some(version) || (before.is_some() && !may_differ()) {
                return version;
            }
            spawn_local(async move {
                if let Ok(off) = load_pieces_off(id).await {
                    self.off.try_set(off);
                }
            });
            version
        });
    }
}

/// Whether an event changes what pieces are to the flow `id`.
fn concerns(event: &LiveEvent, id: &FlowId) -> bool {
    let kind = event.data.get("kind").and_then(Value::as_str).and_then(EventKind::parse);
    let Some(kind) = kind.filter(|it| CHANGES.contains(it)) else { return false };
    kind == EventKind::PieceSwitched || event.id == id.as_str()
}

/// Says that runs of the live version fail, and what helps; nothing while they do not.
#[component]
pub fn PiecesOffCallout(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let live = Memo::new(move |_| studio.off.with(|it| it.live.join(" and ")));
    move || {
        let names = live.get();
        (!names.is_empty()).then(|| {
            view! {
                <Callout tone=Tone::Warn title=format!("{names}: switched off in this workspace")>
                    <p>
                        "The flow is live and keeps being started, but its runs fail where it uses that. Publish it \
                         without, switch it off, or ask an admin to switch the piece on again."
                    </p>
                </Callout>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_may_change_it_asks_again() {
        let told = |id: &str, kind: &str| -> LiveEvent {
            serde_json::from_value(json!({ "type": "flow", "id": id, "kind": kind })).expect("one")
        };
        let id = FlowId::from("f1");
        assert!(concerns(&told("@pmos/piece-notify", "piece.switched"), &id));
        assert!(concerns(&told("f1", "flow.published"), &id));
        assert!(!concerns(&told("f2", "flow.published"), &id));
        assert!(!concerns(&told("f1", "flow.edited"), &id));
    }
}
