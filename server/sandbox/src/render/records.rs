//! Records of the table of kinds, and the tools of a dock, as JSON.

use super::{Envelope, Render, into_map, iso};
use crate::account::{Project, Tool};
use crate::record::{self, Holds, Kind, Record};
use crate::repeats;
use serde_json::{Map, Value, json};

/// Fields that are written under this name and shown under another, or not at all.
const HIDDEN: [&str; 4] = ["category_id", "person_id", "attachable_sgid", "base_name"];

impl Render<'_> {
    /// Records of one kind inside `parent_id` that are in use, by position.
    pub(crate) fn inside(&self, parent_id: i64, kind: &str) -> Vec<&Record> {
        let mut found = self.account.records_in(parent_id);
        found.retain(|it| it.is_live() && record::family(&it.kind) == kind);
        found.sort_by_key(|it| (it.position, it.id));
        found
    }

    /// Where a record is, below its bucket.
    fn own_path(&self, it: &Record, kind: &Kind) -> String {
        let parent = it.parent_id;
        match kind.name {
            "Chat::Lines::Text" => format!("chats/{parent}/lines"),
            "Chatbot" => format!("chats/{parent}/integrations"),
            "Inbox::Reply" => format!("inbox_forwards/{parent}/replies"),
            "Client::Reply" => format!("client/recordings/{parent}/replies"),
            "Construction" => format!("templates/{parent}/project_constructions"),
            _ => kind.path.to_owned(),
        }
    }

    /// One record; nothing for a kind that is not in the table.
    pub(crate) fn record(&self, it: &Record) -> Value {
        let Some(kind) = record::kind(&it.kind) else { return Value::Null };
        let path = self.own_path(it, kind);
        let mut shown = if kind.parts.is_empty() {
            self.plain(it, &path)
        } else {
            self.recording(it, kind, &path)
        };
        for (name, holds, _) in kind.fields.iter().filter(|it| !HIDDEN.contains(&it.0)) {
            let value = it.fields.get(*name).cloned();
            match holds {
                Holds::People(alias) => {
                    shown.insert((*alias).into(), self.people(&it.people(name)).into());
                }
                Holds::Text => {
                    shown.insert((*name).into(), value.unwrap_or_else(|| "".into()));
                }
                Holds::Flag => {
                    shown.insert((*name).into(), value.unwrap_or_else(|| false.into()));
                }
                _ => {
                    shown.insert((*name).into(), value.unwrap_or_default());
                }
            }
        }
        shown.extend(self.extras(it, kind, &path));
        Value::Object(shown)
    }

    /// What belongs to the account and is not a recording.
    fn plain(&self, it: &Record, path: &str) -> Map<String, Value> {
        let inside = if it.project_id == 0 {
            format!("{path}/{}", it.id)
        } else {
            format!("buckets/{}/{path}/{}", it.project_id, it.id)
        };
        into_map(json!({
            "id": it.id, "created_at": iso(it.created_at), "updated_at": iso(it.updated_at),
            "url": format!("{}/{inside}.json", self.links.api),
            "app_url": format!("{}/{inside}", self.links.app)
        }))
    }

    fn recording(&self, it: &Record, kind: &Kind, path: &str) -> Map<String, Value> {
        let mut shown = self.envelope(&Envelope {
            id: it.id,
            project_id: it.project_id,
            kind: &it.kind,
            path,
            title: self.account.title(it),
            status: it.status,
            inherits_status: it.inherits_status,
            creator_id: it.creator_id,
            created_at: it.created_at,
            updated_at: it.updated_at,
        });
        if it.is_draft {
            shown.insert("status".into(), "drafted".into());
        }
        shown.insert("position".into(), it.position.into());
        shown.insert("parent".into(), self.parent(it.project_id, it.parent_id));
        keep_parts(&mut shown, kind.parts);
        shown
    }

    fn extras(&self, it: &Record, kind: &Kind, path: &str) -> Map<String, Value> {
        let under = |part: &str| self.url(it.project_id, &format!("{path}/{}/{part}", it.id));
        let shown = match kind.name {
            "Message" => {
                let category = self.account.record(it.number("category_id"));
                json!({"content_attachments": [], "category": category.map(|it| self.record(it))})
            }
            "Document" | "Question::Answer" => json!({"content_attachments": []}),
            "Upload" => self.upload(it),
            "Vault" => self.vault_counts(it.project_id, it.id),
            "Schedule::Entry" => {
                let link = it.fields.get("url").filter(|it| it.as_str() != Some(""));
                json!({
                    "recurrence_schedule": it.fields.get(repeats::FIELD), "description_attachments": [], "join_url": link, "url": self.url(it.project_id, &format!("{path}/{}", it.id)),
                    "bubble_up_url": format!("{}/my/readings/{}/bubble_up.json", self.links.api, it.id)
                })
            }
            "Kanban::Column" => self.column(it),
            "Kanban::Card" => self.card(it),
            "Kanban::Step" => self.step(it),
            "Question" => {
                let answers = self.inside(it.id, "Question::Answer").len();
                json!({"paused": it.is("paused"), "answers_count": answers, "answers_url": under("answers")})
            }
            "Inbox::Forward" | "Client::Correspondence" | "Client::Approval" => self.mail(it, path),
            "Inbox::Reply" | "Client::Reply" => {
                json!({"content": it.text("content"), "content_attachments": []})
            }
            "Timesheet::Entry" => {
                let person = self.account.person(it.number("person_id"));
                json!({"person": person.map(|it| self.person(it)), "billable_status": "billable"})
            }
            "Chatbot" => {
                let key = record::chatbot_key(&self.account.token_hash, it.id);
                let place = format!("buckets/{}/chats/{}/lines.json", it.project_id, it.parent_id);
                json!({"lines_url": format!("{}/integrations/{key}/{place}", self.links.api)})
            }
            "Template" => json!({"status": it.status.as_str(), "dock": []}),
            "Construction" => {
                let made = self.account.project(it.number("made_id")).map(|it| self.project(it));
                json!({"status": "completed", "project": made})
            }
            _ => json!({}),
        };
        into_map(shown)
    }

    fn upload(&self, it: &Record) -> Value {
        let name = it.text("filename");
        let link = format!("uploads/{}/download/{name}", it.id);
        json!({
            "description_attachments": [], "content_type": it.text("content_type"), "byte_size": it.number("byte_size"),
            "width": null, "height": null, "filename": name,
            "download_url": format!("{}/buckets/{}/{link}", self.links.api, it.project_id),
            "app_download_url": self.app_url(it.project_id, &link)
        })
    }

    pub(crate) fn vault_counts(&self, project_id: i64, id: i64) -> Value {
        let url = |part: &str| self.url(project_id, &format!("vaults/{id}/{part}"));
        json!({
            "documents_count": self.inside(id, "Document").len(), "documents_url": url("documents"),
            "uploads_count": self.inside(id, "Upload").len(), "uploads_url": url("uploads"),
            "vaults_count": self.inside(id, "Vault").len(), "vaults_url": url("vaults")
        })
    }

    fn mail(&self, it: &Record, path: &str) -> Value {
        let replies = if it.kind == "Inbox::Forward" { "Inbox::Reply" } else { "Client::Reply" };
        let mut shown = into_map(json!({
            "subject": it.text("subject"), "content": it.text("content"), "content_attachments": [],
            "replies_count": self.inside(it.id, replies).len(),
            "replies_url": self.url(it.project_id, &format!("{path}/{}/replies", it.id))
        }));
        match it.kind.as_str() {
            "Inbox::Forward" => drop(shown.insert("from".into(), it.text("from").into())),
            "Client::Approval" => {
                shown.insert("approval_status".into(), it.text("approval_status").into());
                shown.insert("due_on".into(), it.fields.get("due_on").cloned().unwrap_or_default());
                shown.insert("responses".into(), json!([]));
            }
            _ => {}
        }
        Value::Object(shown)
    }

    /// A column with its lane of waiting cards, when it has one.
    fn column(&self, it: &Record) -> Value {
        let cards_url = |id: i64| self.url(it.project_id, &format!("card_tables/lists/{id}/cards"));
        let lane = it.number("on_hold_id");
        let on_hold = (lane > 0).then(|| {
            json!({
                "id": lane, "status": "active", "inherits_status": true, "title": "On hold",
                "created_at": iso(it.updated_at), "updated_at": iso(it.updated_at),
                "cards_count": self.inside(lane, "Kanban::Card").len(), "cards_url": cards_url(lane)
            })
        });
        let watching = self.account.watchers.get(&it.id).cloned().unwrap_or_default();
        let mut shown = into_map(json!({
            "cards_count": self.inside(it.id, "Kanban::Card").len(), "comment_count": 0,
            "cards_url": cards_url(it.id), "color": it.fields.get("color"), "subscribers": self.people(&watching)
        }));
        shown.extend(on_hold.map(|it| ("on_hold".to_owned(), it)));
        Value::Object(shown)
    }

    fn card(&self, it: &Record) -> Value {
        let is_done =
            self.account.record(it.parent_id).is_some_and(|it| it.kind == "Kanban::DoneColumn");
        let steps: Vec<Value> =
            self.inside(it.id, "Kanban::Step").into_iter().map(|it| self.record(it)).collect();
        let comments = self.account.comments_in(it.id).len();
        let mut shown = into_map(json!({
            "description": it.text("content"), "description_attachments": [], "completed": is_done,
            "comment_count": comments, "completion_subscribers": [], "steps": steps,
            "completion_url": self.url(it.project_id, &format!("todos/{}/completion", it.id))
        }));
        if is_done {
            let by = self.account.person(it.number("completer_id")).map(|it| self.person(it));
            let at = it.fields.get("completed_at").cloned().unwrap_or_default();
            shown.insert("completion".into(), json!({"created_at": at, "creator": by}));
            shown.insert("completed_at".into(), at);
            shown.insert("completer".into(), by.into());
        }
        Value::Object(shown)
    }

    fn step(&self, it: &Record) -> Value {
        let path = format!("card_tables/steps/{}/completions", it.id);
        json!({"completed": it.is("completed"), "completion_url": self.url(it.project_id, &path)})
    }

    /// A tool of a dock, as its own record.
    pub(crate) fn tool(&self, project: &Project, tool: &Tool) -> Value {
        let (path, kind) = record::tool(&tool.name);
        let mut shown = self.envelope(&Envelope {
            id: tool.id,
            project_id: project.id,
            kind,
            path,
            title: &tool.title,
            status: project.status,
            inherits_status: true,
            creator_id: self.account.owner_id(),
            created_at: project.created_at,
            updated_at: project.updated_at,
        });
        keep_parts(&mut shown, if kind == "Kanban::Board" { "s" } else { "" });
        let place = project.dock.iter().position(|it| it.id == tool.id);
        shown.insert("position".into(), json!(place.map(|it| it + 1)));
        let count = |kind: &str| self.inside(tool.id, kind).len();
        let under = |part: &str| self.url(project.id, &format!("{path}/{}/{part}", tool.id));
        let app = |part: &str| self.app_url(project.id, &format!("{path}/{}/{part}", tool.id));
        let own = match kind {
            "Message::Board" => json!({
                "messages_count": count("Message"), "messages_url": under("messages"), "app_messages_url": app("messages")
            }),
            "Vault" => self.vault_counts(project.id, tool.id),
            "Schedule" => json!({
                "include_due_assignments": tool.includes_due, "entries_count": count("Schedule::Entry"),
                "entries_url": under("entries")
            }),
            "Chat::Transcript" => {
                json!({"topic": tool.title, "lines_url": under("lines"), "files_url": under("uploads")})
            }
            "Questionnaire" => json!({
                "name": tool.title, "questions_count": count("Question"), "questions_url": under("questions")
            }),
            "Inbox" => {
                json!({"forwards_count": count("Inbox::Forward"), "forwards_url": under("forwards")})
            }
            "Kanban::Board" => {
                let lists = self.inside(tool.id, "Kanban::Column").into_iter();
                let lists: Vec<Value> = lists.map(|it| self.record(it)).collect();
                json!({"lists": lists, "wormholes": [], "subscribers": [], "public_link_url": null})
            }
            _ => json!({}),
        };
        shown.extend(into_map(own));
        Value::Object(shown)
    }
}

/// Leaves only the links that a kind has.
pub(super) fn keep_parts(shown: &mut Map<String, Value>, parts: &str) {
    let links: [(char, &[&str]); 4] = [
        ('p', &["parent"]),
        ('s', &["subscription_url"]),
        ('c', &["comments_count", "comments_url"]),
        ('b', &["boosts_count", "boosts_url"]),
    ];
    for (part, names) in links {
        if !parts.contains(part) {
            for name in names {
                shown.shift_remove(*name);
            }
        }
    }
}
