//! What the sample world has beside to-dos: boards, messages, files, dates, check-ins, mail, hours.

use super::Builder;
use crate::account::{Status, Time};
use crate::record::{Happening, Record};
use chrono::{NaiveTime, TimeDelta};
use serde_json::{Map, Value, json};

/// Card, column, initials, days until it is due, checklist.
type CardRow = (&'static str, &'static str, &'static str, Option<i64>, &'static [&'static str]);

/// The columns of every board.
const COLUMNS: [(&str, &str); 5] = [
    ("Triage", "Kanban::Triage"),
    ("In progress", "Kanban::Column"),
    ("Review", "Kanban::Column"),
    ("Not now", "Kanban::NotNowColumn"),
    ("Done", "Kanban::DoneColumn"),
];

/// Summary, days from today, hour, length in hours (0 is the whole day), initials.
type EntryRow = (&'static str, i64, i64, i64, &'static str);

/// Cards by project.
pub(super) const CARDS: [&[CardRow]; 3] = [
    &[
        ("Checkout copy", "In progress", "BO", Some(4), &["Draft", "Legal check"]),
        ("Search results page", "Triage", "", None, &[]),
        ("Footer links", "Review", "TM", Some(-2), &[]),
        ("Cookie banner", "Done", "TM", Some(-6), &["Wording", "Build"]),
        ("Dark theme", "Not now", "MT", None, &[]),
    ],
    &[
        ("Logo on dark background", "In progress", "LF", Some(3), &["Trace", "Proof"]),
        ("Cup sleeve pattern", "Triage", "JL", Some(9), &[]),
        ("Window lettering", "Done", "JL", Some(-4), &[]),
    ],
    &[
        ("Lid emboss", "In progress", "LF", Some(-3), &[]),
        ("Gift box inlay", "Triage", "JL", None, &[]),
    ],
];

/// Messages by project: subject, words, initials, days ago.
const MESSAGES: [&[(&str, &str, &str, i64)]; 3] = [
    &[
        ("Week 3 status", "Content is on track, redirects are late.", "PR", 9),
        ("Launch plan", "We go live on a Tuesday morning.", "AO", 4),
    ],
    &[("Halden review notes", "They like route B. Decision on Friday.", "SD", 2)],
    &[("Print dates", "The printer needs everything ten days before.", "PR", 6)],
];

/// Documents by project: title and words.
const DOCUMENTS: [&[(&str, &str)]; 3] = [
    &[
        ("Old addresses", "The list of old addresses and where they lead."),
        ("Tone of voice", "Plain words."),
    ],
    &[("Brand story", "Where the beans come from.")],
    &[("Label facts", "Ingredients and weights of six jars.")],
];

/// Files by project: name, type, bytes.
const FILES: [(&str, &str, i64); 3] = [
    ("wireframes.pdf", "application/pdf", 912_384),
    ("logo-routes.png", "image/png", 204_112),
    ("dieline.pdf", "application/pdf", 71_020),
];

/// Dates by project.
const ENTRIES: [&[EntryRow]; 3] = [
    &[("Design review", 1, 14, 1, "LF MT"), ("Launch day", 20, 0, 0, "")],
    &[("Client call", 2, 10, 1, "SD AO")],
    &[("Print handover", 9, 9, 2, "JL")],
];

/// Chat lines: initials and words.
const LINES: [(&str, &str); 4] = [
    ("BO", "Who has the final photos?"),
    ("LF", "On the shared drive since noon."),
    ("TM", "Staging is up again."),
    ("PR", "Stand-up in five minutes."),
];

/// Answers to "What did you work on today?": initials, words, days ago.
const ANSWERS: [(&str, &str, i64); 4] = [
    ("TM", "Redirects and the contact form.", 1),
    ("LF", "Logo routes, again.", 1),
    ("BO", "Team biographies.", 2),
    ("TM", "Page speed.", 2),
];

fn html(text: &str) -> String {
    format!("<div>{text}</div>")
}

impl Builder {
    /// Everything but to-dos and people.
    pub(super) fn extra(&mut self) {
        let projects: Vec<i64> = self.account.projects.iter().map(|it| it.id).collect();
        for (at, project) in projects.into_iter().enumerate() {
            self.board(project, CARDS[at]);
            self.words(project, MESSAGES[at], DOCUMENTS[at]);
            self.file(project, FILES[at]);
            self.dates(project, ENTRIES[at]);
        }
        self.first_project();
        self.of_the_account();
        self.history();
    }

    fn tool(&self, project: i64, name: &str) -> i64 {
        let dock = self.account.project(project).map(|it| it.dock.as_slice()).unwrap_or_default();
        dock.iter().find(|it| it.name == name).map_or(0, |it| it.id)
    }

    fn days_ago(&self, days: i64) -> Time {
        self.today.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(days) + TimeDelta::hours(11)
    }

    /// Adds a record by the person with these initials, some days ago.
    fn plant(
        &mut self,
        (project, parent, kind): (i64, i64, &str),
        (who, days): (&str, i64),
        fields: Value,
    ) -> i64 {
        let id = self.account.take_id();
        let at = self.days_ago(days);
        let siblings = self.account.records.iter().filter(|it| it.parent_id == parent);
        let position = siblings.map(|it| it.position).max().unwrap_or(0) + 1;
        let creator = self.assignees(who).first().copied();
        let creator_id = creator.unwrap_or_else(|| self.account.owner_id());
        self.account.records.push(Record {
            id,
            project_id: project,
            kind: kind.to_owned(),
            parent_id: parent,
            status: Status::Active,
            inherits_status: true,
            is_draft: false,
            position,
            creator_id,
            created_at: at,
            updated_at: at,
            fields: match fields {
                Value::Object(fields) => fields,
                _ => Map::new(),
            },
        });
        id
    }

    fn board(&mut self, project: i64, cards: &[CardRow]) {
        let board = self.tool(project, "kanban_board");
        let mut columns = Vec::new();
        for (title, kind) in COLUMNS {
            let id = self.plant((project, board, kind), ("", 38), json!({"title": title}));
            columns.push((title, id));
        }
        for (title, column, who, due, steps) in cards {
            let place = columns.iter().find(|it| it.0 == *column).map_or(0, |it| it.1);
            let due_on = due.map(|it| (self.today + TimeDelta::days(it)).to_string());
            let mut fields = json!({
                "title": title, "content": html(title), "due_on": due_on, "assignee_ids": self.assignees(who)
            });
            if *column == "Done" {
                fields["completed_at"] = crate::render::iso(self.days_ago(3)).into();
                fields["completer_id"] = self.assignees(who).first().copied().into();
            }
            let card = self.plant((project, place, "Kanban::Card"), (who, 18), fields);
            for (number, step) in steps.iter().enumerate() {
                let fields = json!({"title": step, "completed": number == 0, "assignee_ids": []});
                self.plant((project, card, "Kanban::Step"), (who, 17), fields);
            }
        }
    }

    fn words(
        &mut self,
        project: i64,
        messages: &[(&str, &str, &str, i64)],
        documents: &[(&str, &str)],
    ) {
        let kind = json!({"name": "Announcement", "icon": "📢"});
        let category = self.plant((project, 0, "Category"), ("", 39), kind);
        let board = self.tool(project, "message_board");
        for (subject, words, who, days) in messages {
            let fields =
                json!({"subject": subject, "content": html(words), "category_id": category});
            self.plant((project, board, "Message"), (who, *days), fields);
        }
        let vault = self.tool(project, "vault");
        for (title, words) in documents {
            let fields = json!({"title": title, "content": html(words)});
            self.plant((project, vault, "Document"), ("PR", 21), fields);
        }
        self.plant((project, vault, "Vault"), ("PR", 30), json!({"title": "Archive"}));
    }

    fn file(&mut self, project: i64, (name, kind, bytes): (&str, &str, i64)) {
        let vault = self.tool(project, "vault");
        let fields =
            json!({"filename": name, "content_type": kind, "byte_size": bytes, "description": ""});
        self.plant((project, vault, "Upload"), ("LF", 12), fields);
    }

    fn dates(&mut self, project: i64, entries: &[(&str, i64, i64, i64, &str)]) {
        let schedule = self.tool(project, "schedule");
        for (summary, days, hour, length, who) in entries {
            let day = self.today + TimeDelta::days(*days);
            let (starts_at, ends_at) = if *length == 0 {
                (day.to_string(), day.to_string())
            } else {
                let at = |hour: i64| format!("{day}T{hour:02}:00:00.000Z");
                (at(*hour), at(hour + length))
            };
            let fields = json!({
                "summary": summary, "starts_at": starts_at, "ends_at": ends_at, "all_day": *length == 0,
                "description": "", "participant_ids": self.assignees(who), "highlighted": *length == 0
            });
            self.plant((project, schedule, "Schedule::Entry"), ("PR", 15), fields);
        }
    }

    /// The chat, check-ins, client mail and hours of the first project.
    fn first_project(&mut self) {
        let Some(project) = self.account.projects.first().map(|it| it.id) else { return };
        let chat = self.tool(project, "chat");
        for (who, words) in LINES {
            self.plant((project, chat, "Chat::Lines::Text"), (who, 1), json!({"content": words}));
        }
        let schedule = json!({
            "frequency": "every_day", "days": [1, 2, 3, 4, 5], "hour": 16, "minute": 30, "week_instance": null,
            "week_interval": null, "month_interval": null, "start_date": self.days_ago(38).date_naive().to_string(),
            "end_date": null
        });
        let set = self.tool(project, "questionnaire");
        let question = json!({"title": "What did you work on today?", "schedule": schedule});
        let question = self.plant((project, set, "Question"), ("PR", 38), question);
        for (who, words, days) in ANSWERS {
            let day = self.days_ago(days).date_naive().to_string();
            let fields = json!({"content": html(words), "group_on": day});
            self.plant((project, question, "Question::Answer"), (who, days), fields);
        }
        self.mail(project);
        let todo = self.account.todos.iter().find(|it| it.content.starts_with("Set up redirects"));
        let Some(todo) = todo.map(|it| it.id) else { return };
        for (hours, days) in [("1.5", 3), ("2.0", 2)] {
            let fields = json!({
                "date": self.days_ago(days).date_naive().to_string(), "hours": hours, "description": "Redirects",
                "person_id": self.assignees("TM").first()
            });
            self.plant((project, todo, "Timesheet::Entry"), ("TM", days), fields);
        }
    }

    fn mail(&mut self, project: i64) {
        let inbox = self.tool(project, "inbox");
        let forward = json!({
            "subject": "Invoice question", "from": "Ana Ruiz <ana@juniper.example>", "content": html("Which number is right?")
        });
        let forward = self.plant((project, inbox, "Inbox::Forward"), ("SD", 8), forward);
        let reply = json!({"content": html("The second one.")});
        self.plant((project, forward, "Inbox::Reply"), ("SD", 7), reply);
        let letter = json!({"subject": "Photos for the case study", "content": html("They come on Monday.")});
        let letter = self.plant((project, 0, "Client::Correspondence"), ("SD", 10), letter);
        let answer = json!({"content": html("Thank you.")});
        self.plant((project, letter, "Client::Reply"), ("SD", 9), answer);
        let due = (self.today + TimeDelta::days(5)).to_string();
        let approval = json!({
            "subject": "Home page layout", "content": html("Please look."), "approval_status": "pending", "due_on": due
        });
        self.plant((project, 0, "Client::Approval"), ("SD", 5), approval);
    }

    fn of_the_account(&mut self) {
        let template = json!({"name": "Small site", "description": "Four lists and a board"});
        self.plant((0, 0, "Template"), ("AO", 35), template);
        let day = (self.today + TimeDelta::days(20)).to_string();
        self.plant(
            (0, 0, "Lineup::Marker"),
            ("AO", 35),
            json!({"name": "Site goes live", "date": day}),
        );
    }

    /// What happened to the to-dos, messages and cards, oldest first.
    fn history(&mut self) {
        let mut past = Vec::new();
        for it in self.account.todos.iter() {
            let at = (it.id, it.project_id);
            past.push(Happening::past(("created", "Todo"), at, (it.creator_id, it.created_at)));
            if let Some(done) = &it.completion {
                let by = (done.creator_id, done.created_at);
                past.push(Happening::past(("completed", "Todo"), at, by));
            }
        }
        for it in self.account.comments.iter() {
            let (at, by) = ((it.id, it.project_id), (it.creator_id, it.created_at));
            past.push(Happening::past(("created", "Comment"), at, by));
        }
        let told = [
            "Message",
            "Document",
            "Upload",
            "Kanban::Card",
            "Schedule::Entry",
            "Question::Answer",
        ];
        for it in self.account.records.iter().filter(|it| told.contains(&it.kind.as_str())) {
            let (at, by) = ((it.id, it.project_id), (it.creator_id, it.created_at));
            past.push(Happening::past(("created", &it.kind), at, by));
        }
        self.account.tell(past);
    }
}
