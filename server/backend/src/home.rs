//! What the first page tells beside to-dos and runs. All of it comes from the mirror and the events, in a few bounded
//! reads: what only Basecamp knows is not asked for here.

use crate::Backend;
use domain::actor::{Actor, Permission};
use domain::event::{EventKind, StoredEvent};
use domain::home::{Did, Glance, Happened, Recent};
use domain::problem::Problem;
use domain::record::Deed;
use store::{events, ids};
use tools::reversible::Lately;

/// What is older is no news.
const NEWS_MS: i64 = 14 * 86_400_000;
/// How many things that happened are told.
const TOLD: usize = 8;
/// How far the clocks of Basecamp and of this machine may be apart where both tell of one change.
const APART_MS: u64 = 120_000;
/// Events that are looked at.
const LOOKED_AT: i64 = 500;

impl Backend {
    /// What happened lately in Basecamp and here, and what everybody has to do.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn glance(&self, actor: &Actor) -> Result<Glance, Problem> {
        actor.require(Permission::Read)?;
        let since = ids::now_ms() - NEWS_MS;
        let mut recent = self.did(actor, since).await?;
        let lately = self.tools.reversible_lately(actor, since).await?;
        let mut glance = Glance::default();
        if self.basecamp.connection(actor).await?.is_some()
            && self.basecamp.mirrored(actor).await?.is_some()
        {
            let today = self.auth.today(actor).await?;
            glance.loads = self.insight.workload(actor, today).await?;
            let told = self.basecamp.latest_of_all(actor, since).await?;
            glance.is_read = told.is_some();
            recent.extend(told.into_iter().flatten().map(Recent::Basecamp));
        }
        let mut recent = with_undos(recent, lately);
        recent.sort_by_key(|it| std::cmp::Reverse(it.what.at_ms()));
        recent.truncate(TOLD);
        Ok(Glance { recent, ..glance })
    }

    async fn did(&self, actor: &Actor, since: i64) -> Result<Vec<Recent>, Problem> {
        let mut conn = self.db.read().await?;
        let most = i64::try_from(TOLD).unwrap_or_default();
        let found = events::news(&mut conn, &actor.workspace, (LOOKED_AT, most)).await?;
        let told = found.into_iter().filter(|it| it.at_ms >= since).filter_map(told);
        Ok(told.map(Recent::Here).collect())
    }
}

/// What happened, each with the write that it was. A person's own writes that nothing tells of are told beside.
fn with_undos(recent: Vec<Recent>, lately: Vec<Lately>) -> Vec<Happened> {
    let mut all: Vec<Happened> =
        recent.into_iter().map(|what| Happened { what, undo: None }).collect();
    for write in lately {
        let apart = |it: &Happened| it.what.at_ms().abs_diff(write.at_ms);
        let teller = all
            .iter_mut()
            .filter(|it| it.undo.is_none() && apart(it) <= APART_MS && tells(&it.what, &write))
            .min_by_key(|it| apart(it));
        match teller {
            Some(it) => it.undo = Some(write.undo),
            None if write.is_own => all.push(beside(write)),
            None => {}
        }
    }
    all
}

/// Whether what happened is what a write did.
fn tells(what: &Recent, write: &Lately) -> bool {
    let verb = write.tool.trim_start_matches("flow_").split('_').next().unwrap_or_default();
    let is_flow = write.tool.starts_with("flow_");
    match what {
        Recent::Here(did) => {
            let words = match verb {
                "create" | "build" | "import" | "duplicate" => "made the flow",
                "publish" => "published the flow",
                "enable" => "switched on the flow",
                "disable" => "switched off the flow",
                _ => return false,
            };
            is_flow && did.what == words && did.label == write.target
        }
        Recent::Basecamp(news) => {
            !is_flow && news.title == write.target && is_deed_of(verb, &news.deed)
        }
    }
}

/// Whether a tool whose name begins with `verb` does this.
fn is_deed_of(verb: &str, deed: &Deed) -> bool {
    match deed {
        Deed::Added | Deed::Posted | Deed::Wrote | Deed::Uploaded => {
            matches!(verb, "create" | "add" | "post" | "upload")
        }
        Deed::Commented => matches!(verb, "create" | "add" | "post" | "comment"),
        Deed::Answered | Deed::Other(_) => false,
        Deed::Completed => verb == "complete",
        Deed::Reopened => verb == "uncomplete",
        Deed::Moved(_) => verb == "move",
        Deed::Due(_) | Deed::Given(_) => {
            matches!(verb, "update" | "assign" | "unassign" | "reassign" | "reschedule")
        }
        Deed::Trashed => verb == "trash",
        Deed::Archived => verb == "archive",
        Deed::Restored => verb == "unarchive",
    }
}

/// A write that nothing else tells of.
fn beside(write: Lately) -> Happened {
    let what = match write.target.is_empty() {
        true => format!("used “{}”", write.title),
        false => format!("used “{}” on", write.title),
    };
    let did = Did { who: write.who, what, label: write.target, href: None, at_ms: write.at_ms };
    Happened { what: Recent::Here(did), undo: Some(write.undo) }
}

/// An event in words; none for what is not news.
fn told(it: StoredEvent) -> Option<Did> {
    let target = it.event.target;
    let flow = || Some(format!("/flows/{target}"));
    let (what, href) = match it.event.kind {
        EventKind::FlowCreated => ("made the flow", flow()),
        EventKind::FlowPublished => ("published the flow", flow()),
        EventKind::FlowEnabled => ("switched on the flow", flow()),
        EventKind::FlowDisabled => ("switched off the flow", flow()),
        EventKind::FlowDeleted => ("deleted the flow", None),
        EventKind::AppPublished => ("published the app", Some("/apps".to_owned())),
        EventKind::AppUnpublished => ("took back the app", None),
        EventKind::InvitationAccepted => ("joined the workspace", None),
        _ => return None,
    };
    let label =
        if it.event.kind == EventKind::InvitationAccepted { String::new() } else { it.event.label };
    Some(Did { who: it.actor, what: what.to_owned(), label, href, at_ms: it.at_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::event::Event;
    use domain::ids::OperationId;
    use domain::record::News;
    use domain::undo::Reversible;

    fn news(deed: Deed, title: &str, at_ms: i64) -> Recent {
        Recent::Basecamp(News {
            who: None,
            deed,
            title: title.to_owned(),
            project_id: 7,
            project: "Halden Coffee rebrand".to_owned(),
            item: Some(42),
            app_url: String::new(),
            at_ms,
        })
    }

    fn write(tool: &'static str, target: &str, at_ms: i64) -> Lately {
        let label = format!("{tool}, {target}");
        Lately {
            undo: Reversible { operation: OperationId::from(tool), label, is_undone: false },
            tool,
            title: "Complete a to-do",
            target: target.to_owned(),
            who: "Ben Okafor".to_owned(),
            is_own: true,
            at_ms,
        }
    }

    fn undone_by(told: &[Happened]) -> Vec<Option<&str>> {
        told.iter().map(|it| it.undo.as_ref().map(|it| it.operation.as_str())).collect()
    }

    #[test]
    fn a_write_is_told_once_and_undone_where_it_is_told() {
        let recent = || {
            vec![
                news(Deed::Added, "Menu board copy", 1_000),
                news(Deed::Completed, "Menu board copy", 2_000),
                news(Deed::Completed, "Send the dielines", 2_000),
            ]
        };
        let told = with_undos(recent(), vec![write("complete_todo", "Menu board copy", 2_500)]);
        assert_eq!(undone_by(&told), [None, Some("complete_todo"), None]);
        let long_ago = write("complete_todo", "Menu board copy", 2_000 + 300_000);
        assert_eq!(
            undone_by(&with_undos(recent(), vec![long_ago])),
            [None, None, None, Some("complete_todo")]
        );
    }

    #[test]
    fn what_others_did_is_not_told_beside_what_everybody_sees() {
        let theirs = Lately { is_own: false, ..write("set_memory", "A note", 2_500) };
        assert_eq!(with_undos(Vec::new(), vec![theirs]), []);
        let own = with_undos(Vec::new(), vec![write("complete_todo", "Menu board copy", 9)]);
        let Recent::Here(did) = &own[0].what else { panic!("told here") };
        assert_eq!(
            format!("{} {} {}", did.who, did.what, did.label),
            "Ben Okafor used “Complete a to-do” on Menu board copy"
        );
    }

    #[test]
    fn a_change_of_a_flow_is_undone_where_the_flow_is_told_of() {
        let made = Recent::Here(told(event(EventKind::FlowCreated, "f1")).unwrap());
        let all = with_undos(vec![made], vec![write("flow_create", "Overdue nudge", 8)]);
        assert_eq!(undone_by(&all), [Some("flow_create")]);
    }

    fn event(kind: EventKind, target: &str) -> StoredEvent {
        StoredEvent {
            seq: 1,
            at_ms: 7,
            actor: "Ben Okafor".to_owned(),
            actor_id: "u1".to_owned(),
            via: "ui".to_owned(),
            event: Event::new(kind, target, "Overdue nudge"),
            request_id: "r1".to_owned(),
            ip: None,
        }
    }

    #[test]
    fn what_people_did_reads_as_a_sentence_and_leads_to_its_page() {
        let did = told(event(EventKind::FlowPublished, "f1")).unwrap();
        assert_eq!(
            format!("{} {} {}", did.who, did.what, did.label),
            "Ben Okafor published the flow Overdue nudge"
        );
        assert_eq!(did.href.as_deref(), Some("/flows/f1"));
        assert_eq!(told(event(EventKind::FlowDeleted, "f1")).unwrap().href, None);
        assert_eq!(told(event(EventKind::InvitationAccepted, "u2")).unwrap().label, "");
        assert!(told(event(EventKind::SignedIn, "u1")).is_none());
    }
}
