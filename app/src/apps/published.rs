//! What is filled in to publish an app.

use super::asked::Asked;
use domain::app::publisher::{Audience, PublishStatus};
use domain::app::{App, AppChange};
use leptos::prelude::*;
use serde_json::json;

/// The form of an app that is made or changed. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Draft {
    /// The app that is changed; none for a new one.
    pub app: RwSignal<Option<App>>,
    /// The flow.
    pub flow: RwSignal<String>,
    /// What people call it.
    pub name: RwSignal<String>,
    /// What it does.
    pub description: RwSignal<String>,
    /// Where the gallery shows it.
    pub category: RwSignal<String>,
    /// What it asks.
    pub asked: Asked,
    /// How its output is shown.
    pub output: RwSignal<String>,
    /// `internal` or `external`.
    pub audience: RwSignal<String>,
    /// `draft`, `ready` or `published`.
    pub status: RwSignal<String>,
    /// Shown first.
    pub featured: RwSignal<bool>,
}

impl Draft {
    /// Of a new app.
    pub fn blank() -> Self {
        let text = |it: &str| RwSignal::new(it.to_owned());
        Self {
            app: RwSignal::new(None),
            flow: text(""),
            name: text(""),
            description: text(""),
            category: text(""),
            asked: Asked::nothing(),
            output: text("text"),
            audience: text("internal"),
            status: text("published"),
            featured: RwSignal::new(false),
        }
    }

    /// Holds an app from now on, or a new one.
    pub fn hold(self, app: Option<App>) {
        let about = app.as_ref().map(|it| &it.gallery_metadata);
        let of = |it: Option<&String>| it.cloned().unwrap_or_default();
        self.flow.set(of(app.as_ref().and_then(|it| it.flow_id.as_ref())));
        self.name.set(of(app.as_ref().map(|it| &it.name)));
        self.description.set(of(app.as_ref().map(|it| &it.description)));
        self.category.set(of(about.map(|it| &it.category)));
        self.asked.hold(about.map(|it| it.input_schema.fields.clone()).unwrap_or_default());
        self.output.set(about.map_or("text", |it| it.output_type.as_str()).to_owned());
        let audience = about.map_or(Audience::Internal, |it| it.publisher.audience);
        self.audience.set(audience.as_str().to_owned());
        let status = about.map_or(PublishStatus::Published, |it| it.publisher.publish_status);
        self.status.set(status.as_str().to_owned());
        self.featured.set(about.is_some_and(|it| it.featured));
        self.app.set(app);
    }

    /// What is sent; what else the publisher's block of the app says stays.
    pub fn change(self) -> AppChange {
        let old = self.app.with_untracked(|it| {
            it.as_ref().map(|it| it.gallery_metadata.output_schema.clone()).unwrap_or_default()
        });
        let mut schema = if old.is_object() { old } else { json!({}) };
        let mut block = schema["publisher"].take();
        if !block.is_object() {
            block = json!({});
        }
        let audience = self.audience.get_untracked();
        let runner = if audience == "external" { "public_page" } else { "workspace_only" };
        block["audience"] = audience.into();
        block["runnerMode"] = runner.into();
        block["publishStatus"] = self.status.get_untracked().into();
        schema["publisher"] = block;
        AppChange {
            flow_id: Some(self.flow.get_untracked()).filter(|it| !it.is_empty()),
            description: Some(self.description.get_untracked()),
            category: Some(self.category.get_untracked()),
            featured: Some(self.featured.get_untracked()),
            input_schema: Some(self.asked.schema()),
            output_type: Some(self.output.get_untracked()),
            output_schema: Some(schema),
            ..AppChange::default()
        }
    }
}
