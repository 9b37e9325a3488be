//! What the first page tells beside to-dos and runs. All of it comes from the mirror and the events, in a few bounded
//! reads: what only Basecamp knows is not asked for here.

use crate::Backend;
use domain::actor::{Actor, Permission};
use domain::event::{EventKind, StoredEvent};
use domain::home::{Did, Glance, Recent};
use domain::problem::Problem;
use store::{events, ids};

/// What is older is no news.
const NEWS_MS: i64 = 14 * 86_400_000;
/// How many things that happened are told.
const TOLD: usize = 8;
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
        recent.sort_by_key(|it| std::cmp::Reverse(it.at_ms()));
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
