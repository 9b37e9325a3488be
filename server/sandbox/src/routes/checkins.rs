//! Check-ins: pausing, who is told, and who answered.

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::record::Record;
use crate::render::Render;
use serde_json::{Value, json};

fn find(account: &Account, call: &Call, id: &str) -> Option<i64> {
    let found = account.record(id.parse().ok()?)?;
    (found.kind == "Question" && call.holds(found.project_id)).then_some(found.id)
}

fn answers(account: &Account, question: i64) -> impl Iterator<Item = &Record> {
    account.records.iter().filter(move |it| it.parent_id == question && it.is_live())
}

/// Pauses a question, or lets it go on.
pub(super) fn pause(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(id) = find(account, call, id) else { return Answer::not_found() };
    let is_paused = call.method == "POST";
    for question in account.records.iter_mut().filter(|it| it.id == id) {
        question.fields.insert("paused".into(), is_paused.into());
    }
    Answer::Record(200, json!({"paused": is_paused}))
}

/// Who is told about answers, for the token's person.
pub(super) fn notifications(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(id) = find(account, call, id) else { return Answer::not_found() };
    let flag = |one: &str, other: &str| {
        [one, other].iter().find_map(|it| call.body.get(*it).and_then(Value::as_bool))
    };
    let responding = flag("responding", "notify_on_answer");
    let subscribed = flag("subscribed", "digest_include_unanswered");
    for question in account.records.iter_mut().filter(|it| it.id == id) {
        for (name, value) in [("responding", responding), ("subscribed", subscribed)] {
            if let Some(value) = value {
                question.fields.insert(name.into(), value.into());
            }
        }
    }
    let question = account.record(id);
    let is = |name: &str| question.is_some_and(|it| it.is(name));
    Answer::Record(200, json!({"responding": is("responding"), "subscribed": is("subscribed")}))
}

/// People who answered.
pub(super) fn answerers(account: &Account, call: &Call, id: &str) -> Answer {
    let Some(id) = find(account, call, id) else { return Answer::not_found() };
    let ids: Vec<i64> = answers(account, id).map(|it| it.creator_id).collect();
    let render = Render { account, links: &call.links };
    Answer::List(render.people(&account.known_people(&ids)))
}

/// One person's answers.
pub(super) fn answers_by(account: &Account, call: &Call, id: &str, person: &str) -> Answer {
    let (Some(id), Ok(person)) = (find(account, call, id), person.parse::<i64>()) else {
        return Answer::not_found();
    };
    let render = Render { account, links: &call.links };
    let own = answers(account, id).filter(|it| it.creator_id == person);
    Answer::List(own.map(|it| render.record(it)).collect())
}

/// Questions that wait for the token's person today.
pub(super) fn reminders(account: &Account, call: &Call) -> Answer {
    let (render, me) = (Render { account, links: &call.links }, account.owner_id());
    let today = call.today.to_string();
    let waiting = account.records.iter().filter(|it| it.kind == "Question" && it.is_live());
    let waiting = waiting.filter(|it| {
        let is_answered = answers(account, it.id)
            .any(|answer| answer.creator_id == me && answer.text("group_on") == today);
        !it.is("paused") && !is_answered
    });
    let shown = waiting.map(|it| {
        json!({
            "reminder_id": it.id, "remind_at": format!("{today}T16:30:00.000Z"), "group_on": today,
            "question": render.record(it)
        })
    });
    Answer::List(shown.collect())
}
