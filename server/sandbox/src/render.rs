//! Records as Basecamp's JSON. Links are inside the bucket and end in `.json`, as the real ones do.

use crate::account::{Account, Comment, Gauge, List, Person, Project, Status, Time, Todo, Tool};
use crate::call::Links;
use crate::record;
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

mod gauges;
mod records;

/// Renders the records of one account.
pub(crate) struct Render<'a> {
    pub(crate) account: &'a Account,
    pub(crate) links: &'a Links,
}

/// What every record says about itself.
struct Envelope<'a> {
    id: i64,
    project_id: i64,
    kind: &'a str,
    /// The part of the path: `todos`, `todolists`.
    path: &'a str,
    title: &'a str,
    status: Status,
    inherits_status: bool,
    creator_id: i64,
    created_at: Time,
    updated_at: Time,
}

pub(crate) fn iso(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Render<'_> {
    pub(crate) fn person(&self, person: &Person) -> Value {
        let links = self.links;
        let created = iso(self.account.created_at);
        json!({
            "id": person.id, "attachable_sgid": format!("BAh7SANDBOX{}--5a4d", person.id), "name": person.name,
            "email_address": person.email, "personable_type": if person.client { "Client" } else { "User" }, "title": person.title, "bio": null,
            "location": null, "created_at": created, "updated_at": created, "admin": person.owner,
            "owner": person.owner, "client": person.client, "employee": !person.client, "time_zone": "Etc/UTC",
            "avatar_url": format!("{}/people/{}/avatar", links.app, person.id),
            "company": {"id": 1_033_447_817_i64, "name": self.account.name},
            "can_ping": true, "can_manage_projects": true, "can_manage_people": person.owner,
            "can_access_timesheet": true, "can_access_hill_charts": true
        })
    }

    pub(crate) fn people(&self, ids: &[i64]) -> Vec<Value> {
        ids.iter().filter_map(|id| self.account.person(*id)).map(|it| self.person(it)).collect()
    }

    pub(crate) fn project(&self, project: &Project) -> Value {
        let links = self.links;
        let (last, earlier) = project.gauge.as_ref().map(Gauge::ends).unwrap_or_default();
        json!({
            "id": project.id, "status": project.status.as_str(), "created_at": iso(project.created_at),
            "updated_at": iso(project.updated_at), "name": project.name, "description": project.description,
            "purpose": "topic", "clients_enabled": false, "timesheet_enabled": false, "color": null,
            "all_access": true, "bookmark_url": format!("{}/my/bookmarks/{}.json", links.api, project.id),
            "url": format!("{}/projects/{}.json", links.api, project.id),
            "app_url": format!("{}/projects/{}", links.app, project.id),
            "dock": self.dock(project), "bookmarked": false, "people": self.team(project),
            "last_needle_color": last.map(|it| it.colour.as_str()), "last_needle_position": last.map(|it| it.position),
            "previous_needle_position": earlier.map(|it| it.position)
        })
    }

    fn team(&self, project: &Project) -> Value {
        let on_it = self.account.people.iter().filter(|it| project.has(it.id));
        let sample = on_it.clone().take(5).map(|it| json!({"id": it.id, "name": it.name}));
        json!({"team": {"count": on_it.count(), "sample": sample.collect::<Vec<_>>()}})
    }

    fn dock(&self, project: &Project) -> Vec<Value> {
        let tool = |position: usize, tool: &Tool| {
            let path = format!("buckets/{}/{}/{}", project.id, record::tool(&tool.name).0, tool.id);
            json!({
                "id": tool.id, "title": tool.title, "name": tool.name, "enabled": tool.enabled,
                "position": tool.enabled.then_some(position + 1),
                "url": format!("{}/{path}.json", self.links.api), "app_url": format!("{}/{path}", self.links.app)
            })
        };
        project.dock.iter().enumerate().map(|(position, it)| tool(position, it)).collect()
    }

    pub(crate) fn bucket(&self, project_id: i64) -> Value {
        let name = self.account.project(project_id).map_or("", |it| it.name.as_str());
        json!({"id": project_id, "name": name, "type": "Project"})
    }

    fn url(&self, project_id: i64, path: &str) -> String {
        format!("{}/buckets/{project_id}/{path}.json", self.links.api)
    }

    fn app_url(&self, project_id: i64, path: &str) -> String {
        format!("{}/buckets/{project_id}/{path}", self.links.app)
    }

    fn envelope(&self, it: &Envelope<'_>) -> Map<String, Value> {
        let own = format!("{}/{}", it.path, it.id);
        let recording = format!("recordings/{}", it.id);
        let creator = self.account.person(it.creator_id).map(|person| self.person(person));
        let comments = self.account.comments_in(it.id);
        let fields = json!({
            "id": it.id, "status": it.status.as_str(), "visible_to_clients": self.account.is_shown(it.id),
            "created_at": iso(it.created_at), "updated_at": iso(it.updated_at), "title": it.title,
            "inherits_status": it.inherits_status, "type": it.kind, "url": self.url(it.project_id, &own),
            "app_url": self.app_url(it.project_id, &own),
            "bookmark_url": format!("{}/my/bookmarks/{}.json", self.links.api, it.id),
            "subscription_url": self.url(it.project_id, &format!("{recording}/subscription")),
            "comments_count": comments.len(),
            "comments_url": self.url(it.project_id, &format!("{recording}/comments")),
            "boosts_count": 0, "boosts_url": self.url(it.project_id, &format!("{recording}/boosts")),
            "bucket": self.bucket(it.project_id), "creator": creator
        });
        into_map(fields)
    }

    /// What a record is in.
    fn parent(&self, project_id: i64, id: i64) -> Value {
        let Some(place) = self.account.place(id) else { return Value::Null };
        json!({
            "id": id, "title": place.title, "type": place.kind,
            "url": self.url(project_id, &place.path), "app_url": self.app_url(project_id, &place.path)
        })
    }

    pub(crate) fn todo(&self, todo: &Todo) -> Value {
        let mut record = self.envelope(&Envelope {
            id: todo.id,
            project_id: todo.project_id,
            kind: "Todo",
            path: "todos",
            title: &todo.content,
            status: todo.status,
            inherits_status: todo.inherits_status,
            creator_id: todo.creator_id,
            created_at: todo.created_at,
            updated_at: todo.updated_at,
        });
        let own = into_map(json!({
            "position": todo.position, "parent": self.parent(todo.project_id, todo.parent_id),
            "description": todo.description, "description_attachments": [], "completed": !todo.is_open(),
            "content": todo.content, "starts_on": todo.starts_on, "due_on": todo.due_on,
            "assignees": self.people(&todo.assignee_ids),
            "completion_subscribers": self.people(&todo.completion_subscriber_ids),
            "completion_url": self.url(todo.project_id, &format!("todos/{}/completion", todo.id)), "steps": []
        }));
        record.extend(own);
        if let Some(done) = &todo.completion {
            let creator = self.account.person(done.creator_id).map(|it| self.person(it));
            record.insert(
                "completion".into(),
                json!({"created_at": iso(done.created_at), "creator": creator}),
            );
        }
        Value::Object(record)
    }

    /// Completed and all to-dos of a list and its groups.
    fn counts(&self, list_id: i64) -> (usize, usize) {
        let groups = self.account.lists_in(list_id).into_iter().map(|it| it.id);
        let places = std::iter::once(list_id).chain(groups);
        let todos = places.flat_map(|it| self.account.todos_in(it));
        let todos = todos.filter(|it| it.status == Status::Active);
        let (done, all) =
            todos.fold((0, 0), |(done, all), it| (done + usize::from(!it.is_open()), all + 1));
        (done, all)
    }

    pub(crate) fn list(&self, list: &List) -> Value {
        let mut record = self.envelope(&Envelope {
            id: list.id,
            project_id: list.project_id,
            kind: "Todolist",
            path: "todolists",
            title: &list.name,
            status: list.status,
            inherits_status: list.inherits_status,
            creator_id: self.account.owner_id(),
            created_at: list.created_at,
            updated_at: list.updated_at,
        });
        let (done, all) = self.counts(list.id);
        let path = format!("todolists/{}", list.id);
        let own = into_map(json!({
            "bubble_up_url": format!("{}/my/readings/{}/bubble_up.json", self.links.api, list.id),
            "position": list.position, "parent": self.parent(list.project_id, list.parent_id),
            "description": list.description, "description_attachments": [], "completed": all > 0 && done == all,
            "completed_ratio": format!("{done}/{all}"), "name": list.name, "color": null,
            "todos_url": self.url(list.project_id, &format!("{path}/todos")),
            "app_todos_url": self.app_url(list.project_id, &format!("{path}/todos")),
            "comments_app_url": self.app_url(list.project_id, &format!("{path}#comments"))
        }));
        record.extend(own);
        let (name, link) = if self.account.list(list.parent_id).is_some() {
            ("group_position_url", format!("todolists/groups/{}/position", list.id))
        } else {
            ("groups_url", format!("{path}/groups"))
        };
        record.insert(name.into(), json!(self.url(list.project_id, &link)));
        Value::Object(record)
    }

    pub(crate) fn todoset(&self, project: &Project, set: &Tool) -> Value {
        let mut record = self.envelope(&Envelope {
            id: set.id,
            project_id: project.id,
            kind: "Todoset",
            path: "todosets",
            title: &set.title,
            status: project.status,
            inherits_status: true,
            creator_id: self.account.owner_id(),
            created_at: project.created_at,
            updated_at: project.updated_at,
        });
        let active = self
            .account
            .todos
            .iter()
            .filter(|it| it.project_id == project.id && it.status == Status::Active);
        let (done, all, loose_done) = active.fold((0, 0, 0), |(done, all, loose), it| {
            let is_done = usize::from(!it.is_open());
            (done + is_done, all + 1, loose + if it.parent_id == set.id { is_done } else { 0 })
        });
        let lists = self.account.lists_in(set.id);
        let lists = lists.into_iter().filter(|it| it.status == Status::Active);
        let path = format!("todosets/{}", set.id);
        record.extend(into_map(json!({
            "position": 2, "completed": all > 0 && done == all, "completed_ratio": format!("{done}/{all}"),
            "name": set.title, "todolists_count": lists.count(),
            "todolists_url": self.url(project.id, &format!("{path}/todolists")),
            "app_todolists_url": self.app_url(project.id, &format!("{path}/todolists")), "todos_count": all,
            "completed_loose_todos_count": loose_done,
            "todos_url": self.url(project.id, &format!("{path}/todos")),
            "app_todos_url": self.app_url(project.id, &format!("{path}/todos"))
        })));
        Value::Object(record)
    }

    pub(crate) fn comment(&self, comment: &Comment) -> Value {
        let parent = self.parent(comment.project_id, comment.parent_id);
        let about = parent.get("title").and_then(Value::as_str).unwrap_or_default();
        let mut record = self.envelope(&Envelope {
            id: comment.id,
            project_id: comment.project_id,
            kind: "Comment",
            path: "comments",
            title: &format!("Re: {about}"),
            status: comment.status,
            inherits_status: true,
            creator_id: comment.creator_id,
            created_at: comment.created_at,
            updated_at: comment.created_at,
        });
        for absent in ["subscription_url", "comments_count", "comments_url"] {
            record.shift_remove(absent);
        }
        record.insert("parent".into(), parent);
        record.insert("content".into(), json!(comment.content));
        record.insert("content_attachments".into(), json!([]));
        Value::Object(record)
    }
}

fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
