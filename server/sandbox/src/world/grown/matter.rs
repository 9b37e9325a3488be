//! Messages, chat, files, dates, check-ins, hours and how far projects are.

use super::{Grower, PLACES, THINGS, html, number};
use crate::account::{Gauge, Needle};
use crate::world::plan::{Plan, day};
use serde_json::json;

impl Grower {
    pub(super) fn words(&mut self) {
        let truth = self.plan.truth();
        for at in 0..self.plan.messages {
            let place = self.tool(at % self.plan.projects, "message_board");
            let (subject, words) = if at == self.plan.messages / 2 {
                (
                    truth.decided_in.to_owned(),
                    format!("After two weeks we take the {}.", truth.decision),
                )
            } else {
                (
                    format!("About the {}", self.title(at + 100_000)),
                    "Numbers are in the table, questions below.".into(),
                )
            };
            let fields = json!({"subject": subject, "content": html(&words)});
            self.plant(place, "Message", (at, 1 + number(at % 300)), fields);
        }
        for at in 0..self.plan.lines {
            let place = self.tool(at % self.plan.projects, "chat");
            let line = json!({"content": format!("Who has the {}?", THINGS[at % THINGS.len()])});
            self.plant(place, "Chat::Lines::Text", (at, 1 + number(at % 9)), line);
        }
    }

    pub(super) fn files(&mut self) {
        for at in 0..self.plan.vaults {
            let place = self.tool(at % self.plan.projects, "vault");
            let fields = json!({"title": format!("Folder {}", at + 1)});
            self.plant(place, "Vault", (at, 200), fields);
        }
        for at in 0..self.plan.documents {
            let place = self.tool(at % self.plan.projects, "vault");
            let fields =
                json!({"title": self.title(at + 200_000), "content": html("Written together.")});
            self.plant(place, "Document", (at, 2 + number(at % 250)), fields);
        }
        for at in 0..self.plan.uploads {
            let place = self.tool(at % self.plan.projects, "vault");
            let name = format!("{}-{at}.pdf", THINGS[at % THINGS.len()].replace(' ', "-"));
            let fields = json!({
                "filename": name, "content_type": "application/pdf", "byte_size": 1_000 + at, "description": ""
            });
            self.plant(place, "Upload", (at, 2 + number(at % 250)), fields);
        }
    }

    pub(super) fn dates(&mut self) {
        for at in 0..self.plan.entries {
            let place = self.tool(at % self.plan.projects, "schedule");
            let on = day(self.today, number(self.draw(9, at) % 200) - 150);
            let fields = json!({
                "summary": format!("Meeting at the {}", PLACES[at % PLACES.len()]), "all_day": false,
                "starts_at": format!("{on}T10:00:00.000Z"), "ends_at": format!("{on}T11:00:00.000Z"),
                "description": "", "participant_ids": [self.who(at)], "highlighted": false
            });
            self.plant(place, "Schedule::Entry", (at, 160), fields);
        }
    }

    pub(super) fn questions(&mut self) {
        let schedule = json!({
            "frequency": "every_day", "days": [1, 2, 3, 4, 5], "hour": 16, "minute": 30, "week_instance": null,
            "week_interval": null, "month_interval": null, "start_date": day(self.today, -300).to_string(), "end_date": null
        });
        let mut asked = Vec::new();
        for at in 0..self.plan.questions {
            let place = self.tool(at, "questionnaire");
            let fields = json!({"title": "What did you work on today?", "schedule": schedule});
            asked.push((place.0, self.plant(place, "Question", (at, 300), fields)));
        }
        for at in 0..self.plan.answers {
            let Some(place) = asked.get(at % asked.len().max(1)).copied() else { return };
            let days = 1 + number((at / asked.len()) % 250);
            let fields = json!({
                "content": html(&format!("The {} and the {}.", THINGS[at % THINGS.len()], PLACES[at % PLACES.len()])),
                "group_on": day(self.today, -days).to_string()
            });
            self.plant(place, "Question::Answer", (at, days), fields);
        }
    }

    /// Hours on open to-dos, from eight days ago back.
    pub(super) fn hours(&mut self) {
        let open = self.account.todos.iter().take(self.plan.open.max(1));
        let todos: Vec<(i64, i64)> = open.map(|it| (it.project_id, it.id)).collect();
        for at in 0..self.plan.hours {
            let Some(place) = todos.get(at * 7 % todos.len().max(1)).copied() else { return };
            let (days, halves) = (8 + number(at % 180), Plan::half_hours(at));
            let fields = json!({
                "date": day(self.today, -days).to_string(), "hours": format!("{}.{}", halves / 2, halves % 2 * 5),
                "description": THINGS[at % THINGS.len()], "person_id": self.who(at)
            });
            self.plant(place, "Timesheet::Entry", (at, days), fields);
        }
    }

    /// Each was said something of three times.
    pub(super) fn gauges(&mut self) {
        for at in 0..self.plan.gauges {
            let mut needles = Vec::new();
            for turn in 0..3 {
                needles.push(Needle {
                    id: self.account.take_id(),
                    position: number(at % 40 + turn * 20),
                    colour: ["green", "yellow", "red"][(at + turn) % 3].into(),
                    description: html("As things are."),
                    creator_id: self.who(at + turn),
                    created_at: self.ago(60 - number(turn * 20), at),
                });
            }
            let id = self.account.take_id();
            if let Some(project) = self.account.projects.get_mut(at) {
                project.gauge = Some(Gauge { id, needles });
            }
        }
    }
}
