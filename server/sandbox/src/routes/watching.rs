//! What can be done with a record of any kind: watching, pinning, showing to clients, its history.

use crate::account::{Account, Place};
use crate::call::{Answer, Call};
use crate::paging;
use crate::record::Happening;
use crate::render::{Render, iso};
use serde_json::{Value, json};

/// The record with `id`, when the path allows it.
pub(super) fn place(account: &Account, call: &Call, id: &str) -> Option<(i64, Place)> {
    let id = id.parse().ok()?;
    let place = account.place(id)?;
    call.holds(place.project_id).then_some((id, place))
}

/// Makes the token's person watch a record, or stop.
pub(super) fn set(account: &mut Account, id: i64, is_on: bool) {
    let me = account.owner_id();
    let watching = account.watchers.entry(id).or_default();
    watching.retain(|it| *it != me);
    if is_on {
        watching.push(me);
    }
}

pub(super) fn subscription(account: &Account, call: &Call, id: &str) -> Answer {
    let Some((id, place)) = place(account, call, id) else { return Answer::not_found() };
    let watching = account.watchers.get(&id).cloned().unwrap_or_default();
    let render = Render { account, links: &call.links };
    let url = format!(
        "{}/buckets/{}/recordings/{id}/subscription.json",
        call.links.api, place.project_id
    );
    Answer::Record(
        200,
        json!({
            "subscribed": watching.contains(&account.owner_id()), "count": watching.len(), "url": url,
            "subscribers": render.people(&watching)
        }),
    )
}

pub(super) fn subscribe(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some((number, _)) = place(account, call, id) else { return Answer::not_found() };
    match call.method.as_str() {
        "POST" => set(account, number, true),
        "DELETE" => {
            set(account, number, false);
            return Answer::Empty;
        }
        _ => {
            let ids = |field: &str| -> Vec<i64> {
                let ids = call.body.get(field).and_then(Value::as_array);
                ids.into_iter().flatten().filter_map(Value::as_i64).collect()
            };
            let (more, fewer) =
                (account.known_people(&ids("subscriptions")), ids("unsubscriptions"));
            let watching = account.watchers.entry(number).or_default();
            watching.retain(|it| !fewer.contains(it) && !more.contains(it));
            watching.extend(more);
        }
    }
    subscription(account, call, id)
}

/// Pins a message, or takes the pin away.
pub(super) fn pin(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some((id, _)) = place(account, call, id) else { return Answer::not_found() };
    let is_on = call.method == "POST";
    let Some(record) = account.records.iter_mut().find(|it| it.id == id) else {
        return Answer::unprocessable("recording", "cannot be pinned");
    };
    record.fields.insert("pinned".into(), is_on.into());
    Answer::Empty
}

pub(super) fn show_to_clients(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some((number, _)) = place(account, call, id) else { return Answer::not_found() };
    let Some(is_shown) = call.body.get("visible_to_clients").and_then(Value::as_bool) else {
        return Answer::missing("visible_to_clients");
    };
    if is_shown {
        account.shown_to_clients.insert(number);
    } else {
        account.shown_to_clients.remove(&number);
    }
    super::recordings::get(account, call, id)
}

/// What happened to a record, the newest first.
pub(super) fn events(account: &Account, call: &Call, id: &str) -> Answer {
    let Some((id, _)) = place(account, call, id) else { return Answer::not_found() };
    let own: Vec<&Happening> = account.happenings_of(id).into_iter().rev().collect();
    Answer::Page(paging::geared(own, call.page()).map(|it| event(account, call, it)))
}

fn event(account: &Account, call: &Call, it: &Happening) -> Value {
    let render = Render { account, links: &call.links };
    let mut details = json!({"notified_recipient_ids": []});
    if it.action == "assignment_changed" {
        details = json!({
            "added_person_ids": it.added_person_ids, "removed_person_ids": it.removed_person_ids,
            "notified_recipient_ids": it.added_person_ids
        });
    }
    json!({
        "id": it.id, "recording_id": it.recording_id, "action": it.action, "details": details,
        "created_at": iso(it.created_at), "creator": account.person(it.creator_id).map(|it| render.person(it)),
        "boosts_count": 0,
        "boosts_url": format!(
            "{}/buckets/{}/recordings/{}/events/{}/boosts.json", call.links.api, it.project_id, it.recording_id, it.id
        )
    })
}
