//! How far people say projects are, as JSON.

use super::{Envelope, Render};
use crate::account::{Gauge, Needle, Project};
use serde_json::{Value, json};

impl Gauge {
    /// What was said last, and before that.
    pub(crate) fn ends(&self) -> (Option<&Needle>, Option<&Needle>) {
        let mut last = self.needles.iter().rev();
        (last.next(), last.next())
    }
}

impl Render<'_> {
    pub(crate) fn gauge(&self, project: &Project, gauge: &Gauge) -> Value {
        let (last, earlier) = gauge.ends();
        let mut shown = self.envelope(&Envelope {
            id: gauge.id,
            project_id: project.id,
            kind: "Gauge",
            path: "gauges",
            title: "Gauge",
            status: project.status,
            inherits_status: true,
            creator_id: self.account.owner_id(),
            created_at: gauge.needles.first().map_or(project.created_at, |it| it.created_at),
            updated_at: last.map_or(project.updated_at, |it| it.created_at),
        });
        super::records::keep_parts(&mut shown, "");
        let own = json!({
            "description": "", "description_attachments": [], "enabled": true,
            "last_needle_color": last.map(|it| it.colour.as_str()), "last_needle_position": last.map(|it| it.position),
            "previous_needle_position": earlier.map(|it| it.position)
        });
        shown.extend(super::into_map(own));
        Value::Object(shown)
    }

    pub(crate) fn needle(&self, project: &Project, gauge: &Gauge, needle: &Needle) -> Value {
        let mut shown = self.envelope(&Envelope {
            id: needle.id,
            project_id: project.id,
            kind: "Gauge::Needle",
            path: "gauge_needles",
            title: "Update",
            status: project.status,
            inherits_status: true,
            creator_id: needle.creator_id,
            created_at: needle.created_at,
            updated_at: needle.created_at,
        });
        let own = json!({
            "parent": {
                "id": gauge.id, "title": "Gauge", "type": "Gauge", "url": self.url(project.id, &format!("gauges/{}", gauge.id)),
                "app_url": self.app_url(project.id, &format!("gauges/{}", gauge.id))
            },
            "description": needle.description, "description_attachments": [], "color": needle.colour,
            "position": needle.position
        });
        shown.extend(super::into_map(own));
        Value::Object(shown)
    }
}
