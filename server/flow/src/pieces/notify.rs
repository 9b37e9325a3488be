//! The piece that tells a person something inside PM OS.

use crate::engine::journal;
use crate::pieces::{Call, Done, Failed};
use domain::event::{Event, EventKind};
use domain::ids::UserId;
use serde_json::json;
use store::error::StoreError;
use store::events;
use store::notifications::{self, NewNotification};

/// Tells a person; whoever has the flow's rights when none is chosen. Told once, however often it is tried.
pub(crate) async fn notify_person(call: &Call<'_>) -> Result<Done, Failed> {
    let message = call.input.required_text("message", "The message")?;
    let link = format!("/runs/{}", call.run.id);
    let (user, name) = tell(call, call.input.text("person"), (message.clone(), link)).await?;
    let output = json!({ "person": { "id": user, "name": name }, "message": message });
    Ok(Done::Output(output))
}

/// Tells a person `message` with a link; who it was.
pub(crate) async fn tell(
    call: &Call<'_>,
    person: Option<String>,
    (message, link): (String, String),
) -> Result<(UserId, String), Failed> {
    let user = person.map_or_else(|| call.run.acting_user.clone(), UserId::from);
    let person = call.engine.member(&call.run.workspace, &user).await;
    let person = person.map_err(|problem| Failed::new(problem.to_string()))?.ok_or_else(|| {
        Failed::new("The person to tell is not a member of this workspace. Choose somebody else")
    })?;
    let new = NewNotification {
        user: user.clone(),
        title: call.run.flow_name.clone(),
        body: message,
        link: Some(link),
        once: Some(call.key.to_owned()),
    };
    let actor = journal::acting(call.run);
    let written: Result<(), StoreError> = call
        .engine
        .db
        .write(move |conn| {
            Box::pin(async move {
                if notifications::insert(conn, &actor.workspace, &new).await? {
                    let event =
                        Event::new(EventKind::NotificationSent, &new.user, new.title.as_str());
                    events::record(conn, &actor, &event).await?;
                }
                Ok(())
            })
        })
        .await;
    written?;
    Ok((user, person.name))
}
