//! Personas: the manner in which the assistant speaks to a person. A persona changes words, never what is done or asked
//! about. Each person has their own.

use crate::error::ToolError;
use crate::kept::body;
use crate::lists;
use crate::tool::{Call, Done};
use domain::event::{Event, EventKind};
use domain::ids::{SessionId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use store::chat::{self, Owner};
use store::db::Conn;
use store::definitions::{self, Definition};
use store::events;

type Outcome = Result<Done, ToolError>;

const KIND: &str = "persona";
/// The one a person chose; its name is the persona's.
const CHOSEN: &str = "persona_chosen";
/// The one that needs no words.
const STANDARD: &str = "standard";
/// Those that are always there.
const BUILT_IN: [(&str, &str); 5] = [
    (STANDARD, ""),
    ("brief", "Use as few words as possible: the result first, no greeting, nothing said twice."),
    ("friendly", "Be warm and encouraging, in everyday words."),
    ("formal", "Be polite and formal: whole sentences, no jokes, no exclamation marks."),
    ("detailed", "Explain each conclusion step by step, with the figures it rests on."),
];
/// Personas of one person, traits of one persona, letters of a trait and of a name.
const MOST: usize = 20;
const TRAITS: usize = 12;
const LETTERS: usize = 200;
const NAME: usize = 40;

/// What the model is told about the manner of a conversation: that of the conversation itself, else the one its person
/// chose; nothing for the standard one.
///
/// # Errors
/// When the database cannot be read.
pub async fn told(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    session: &SessionId,
) -> Result<Option<String>, Problem> {
    let mine = Owner { workspace: workspace.clone(), user: user.clone() };
    let of_session = chat::session(conn, &mine, session).await?.and_then(|it| it.persona_id);
    let name = match of_session {
        Some(name) => Some(name),
        None => own(conn, (workspace, user), CHOSEN).await?.into_iter().next().map(|it| it.name),
    };
    let Some(name) = name else { return Ok(None) };
    let saved = own(conn, (workspace, user), KIND).await?.into_iter().find(|it| it.name == name);
    let manner = match &saved {
        Some(it) => traits_in_words(&body(it)),
        None => built_in(&name).unwrap_or_default().to_owned(),
    };
    let is_any = !manner.is_empty();
    Ok(is_any.then(|| {
        format!(
            "How the person wants to be spoken to. It changes your words alone, never what you do, what is true or what \
             is asked first: {manner}"
        )
    }))
}

async fn own(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    kind: &str,
) -> Result<Vec<Definition>, Problem> {
    let mut all = definitions::list(conn, workspace, kind).await?;
    all.retain(|it| it.owner_id == user.as_str());
    Ok(all)
}

fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|it| it.0 == name).map(|it| it.1)
}

fn traits_in_words(traits: &Value) -> String {
    let fields = traits.as_object().into_iter().flatten();
    let words = fields.map(|(name, it)| match it {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    words.collect::<Vec<_>>().join("; ")
}

fn checked(traits: Map<String, Value>) -> Result<Value, ToolError> {
    if traits.is_empty() || traits.len() > TRAITS {
        let words = format!("Give 1 to {TRAITS} traits, such as tone, length or language");
        return Err(Problem::invalid("traits", words).into());
    }
    for (name, value) in &traits {
        let is_plain = value.is_string() || value.is_number() || value.is_boolean();
        let is_short = value.to_string().chars().count() <= LETTERS && name.chars().count() <= NAME;
        if !is_plain || !is_short {
            let words =
                format!("Give a word, a number or a sentence of {LETTERS} characters at most");
            return Err(Problem::invalid(format!("traits.{name}"), words).into());
        }
    }
    Ok(Value::Object(traits))
}

/// Chooses, saves, reads, lists or deletes a manner of speaking.
pub(crate) async fn set_persona(call: Call<'_>) -> Outcome {
    match call.args.text("action").unwrap_or("set") {
        "get" => get(call).await,
        "list" => list(call).await,
        "delete" => delete(call).await,
        _ => set(call).await,
    }
}

/// The caller's own personas, and the name of the one they chose.
async fn mine(call: &Call<'_>) -> Result<(Vec<Definition>, Option<Definition>), ToolError> {
    let mut conn = call.tools.db.read().await?;
    let place = (&call.actor.workspace, &call.actor.user);
    let saved = own(&mut conn, place, KIND).await?;
    let chosen = own(&mut conn, place, CHOSEN).await?.into_iter().next();
    Ok((saved, chosen))
}

fn name_of(chosen: Option<&Definition>) -> String {
    chosen.map_or_else(|| STANDARD.to_owned(), |it| it.name.clone())
}

fn row(name: &str, saved: Option<&Definition>, chosen: &str) -> Value {
    let manner = saved.map_or_else(
        || built_in(name).unwrap_or_default().to_owned(),
        |it| traits_in_words(&body(it)),
    );
    json!({
        "name": name, "manner": manner, "traits": saved.map(body), "is_built_in": saved.is_none(),
        "is_chosen": name == chosen
    })
}

fn known(saved: &[Definition]) -> String {
    let names = BUILT_IN.iter().map(|it| it.0).chain(saved.iter().map(|it| it.name.as_str()));
    names.collect::<Vec<_>>().join(", ")
}

async fn get(call: Call<'_>) -> Outcome {
    let name = call.args.need("persona")?.trim().to_lowercase();
    let (saved, chosen) = mine(&call).await?;
    let chosen = name_of(chosen.as_ref());
    let name = if name == "current" { chosen.clone() } else { name };
    let found = saved.iter().find(|it| it.name == name);
    if found.is_none() && built_in(&name).is_none() {
        return Err(unknown(&saved).into());
    }
    Ok(Done::new(json!({ "persona": row(&name, found, &chosen) })))
}

fn unknown(saved: &[Definition]) -> Problem {
    let words = format!(
        "There is no such persona. Known: {}; with traits a new one is saved",
        known(saved)
    );
    Problem::invalid("persona", words)
}

async fn list(call: Call<'_>) -> Outcome {
    // Every call names one; a list needs none.
    call.args.text("persona");
    let (saved, chosen) = mine(&call).await?;
    let chosen = name_of(chosen.as_ref());
    let built = BUILT_IN.iter().map(|it| row(it.0, None, &chosen));
    let own = saved.iter().map(|it| row(&it.name, Some(it), &chosen));
    let rows: Vec<Value> = built.chain(own).collect();
    Ok(Done::new(lists::with(lists::all("personas", &rows), json!({ "chosen": chosen }))))
}

async fn set(call: Call<'_>) -> Outcome {
    let name = call.args.need("persona")?.trim().to_lowercase();
    if name.chars().count() > NAME {
        let words = format!("A name may have {NAME} characters at most");
        return Err(Problem::invalid("persona", words).into());
    }
    let traits = call.args.read("traits")?.map(checked).transpose()?;
    let (saved, chosen) = mine(&call).await?;
    let old = saved.iter().find(|it| it.name == name).cloned();
    match &traits {
        Some(_) if built_in(&name).is_some() || name == "current" => {
            let words = "This name is taken. Choose another one for yours";
            return Err(Problem::invalid("persona", words).into());
        }
        Some(_) if old.is_none() && saved.len() >= MOST => {
            let words = format!("There are {MOST} personas already. Delete one first");
            return Err(Problem::conflict(words).into());
        }
        None if old.is_none() && built_in(&name).is_none() => return Err(unknown(&saved).into()),
        _ => {}
    }
    let before = name_of(chosen.as_ref());
    let new = traits.as_ref().map(|it| definitions::made(call.actor, KIND, &name, it));
    let choice = definitions::made(call.actor, CHOSEN, &name, &json!({}));
    let mut gone: Vec<Definition> = chosen.into_iter().collect();
    gone.extend(old.filter(|_| new.is_some()));
    let is_new = new.is_some();
    change(&call, gone, new.into_iter().chain([choice]).collect(), &name).await?;
    let message = format!(
        "The assistant speaks to you as “{name}” from the next message on. A model follows it; the built-in rules keep \
         their own words"
    );
    let done = Done::new(json!({ "message": message, "persona": name, "traits": traits })).on(name);
    let back = json!({ "persona": before, "action": "set" });
    Ok(if is_new { done } else { done.undone_by("set_persona", &back) })
}

async fn delete(call: Call<'_>) -> Outcome {
    let name = call.args.need("persona")?.trim().to_lowercase();
    let (saved, chosen) = mine(&call).await?;
    if built_in(&name).is_some() {
        let words = "This one is always there. Choose another one instead";
        return Err(Problem::invalid("persona", words).into());
    }
    let found = saved.into_iter().find(|it| it.name == name);
    let mut gone = vec![found.ok_or_else(|| Problem::not_found("Persona"))?];
    gone.extend(chosen.filter(|it| it.name == name));
    change(&call, gone, Vec::new(), &name).await?;
    Ok(Done::new(json!({ "message": format!("Deleted “{name}”"), "persona": name })).on(name))
}

/// Deletes and stores definitions together.
async fn change(
    call: &Call<'_>,
    gone: Vec<Definition>,
    new: Vec<Definition>,
    name: &str,
) -> Result<(), ToolError> {
    let (actor, name) = (call.actor.clone(), name.to_owned());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            for it in &gone {
                definitions::delete(tx, &actor.workspace, (&it.kind, &it.id)).await?;
            }
            for it in &new {
                definitions::insert(tx, &actor.workspace, it).await?;
            }
            let event = Event::new(EventKind::DefinitionChanged, &actor.user, name);
            events::record(tx, &actor, &event).await?;
            Ok::<_, Problem>(())
        })
    });
    Ok(write.await?)
}
