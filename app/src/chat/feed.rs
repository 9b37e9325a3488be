//! The events of a conversation's runs, from the server to the page. The browser reconnects by itself and tells the
//! server the last event it saw, so nothing is lost or seen twice.

use crate::chat::state::{Chat, Live};
use domain::chat::ChatRunStatus;
use domain::ids::{ChatRunId, SessionId};
use domain::trace::TraceStep;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{EventSource, MessageEvent};

/// Everything a stream may say; anything else is not listened to.
const EVENTS: [&str; 6] = ["start", "trace", "delta", "response", "error", "done"];

/// Follows whichever conversation is open, from the last answer that is stored of it.
pub fn follow(chat: Chat) {
    let ready = Memo::new(move |_| {
        let session = chat.session.get()?;
        let is_here = chat.with_stored(|it| it.session.id == session)?;
        is_here.then_some(session)
    });
    Effect::new(move |_: Option<Option<Stream>>| open(chat, &ready.get()?));
}

/// Where the stream begins: with the run under way, else behind the last one that has an answer.
fn after(chat: Chat) -> String {
    let Some(stored) = chat.stored.get_untracked().and_then(Result::ok).flatten() else {
        return String::new();
    };
    if let Some(active) = stored.active {
        return format!("?after={}:0", active.id);
    }
    let last = stored.turns.into_iter().rev().find_map(|turn| turn.run);
    last.map_or_else(String::new, |run| format!("?after={}:{}", run.id, i32::MAX))
}

/// Closes the stream when the page that listens goes.
struct Stream(EventSource);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn open(chat: Chat, session: &SessionId) -> Option<Stream> {
    let source =
        EventSource::new(&format!("/api/chat/sessions/{session}/events{}", after(chat))).ok()?;
    for name in EVENTS {
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            // The browser's own "error" has no data; ours has.
            match serde_json::from_str::<Value>(&text) {
                Ok(data) => take(chat, name, &data),
                Err(_) => chat.lost.set(true),
            }
        });
        source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref()).ok()?;
        // The listener lives as long as the stream, which the browser owns.
        listener.forget();
    }
    let opened = Closure::<dyn Fn()>::new(move || chat.lost.set(false));
    source.set_onopen(Some(opened.as_ref().unchecked_ref()));
    opened.forget();
    Some(Stream(source))
}

fn take(chat: Chat, name: &str, data: &Value) {
    let Some(run) = data.get("runId").and_then(Value::as_str).map(ChatRunId::from) else { return };
    if name == "done" {
        chat.refresh();
        return;
    }
    chat.live.update(|live| {
        let known = live.take().filter(|it| it.run.id == run);
        let mut now = known.unwrap_or_else(|| Live::begun(run));
        apply(&mut now, name, data);
        *live = Some(now);
    });
}

/// One event put into what is known of its run.
fn apply(live: &mut Live, name: &str, data: &Value) {
    let text = |field: &str| data.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    match name {
        "start" => {
            *live = Live::begun(live.run.id.clone());
            let (provider, model) = (text("provider"), text("model"));
            live.run.model =
                if provider == model { provider } else { format!("{provider}/{model}") };
        }
        "delta" => live.text.push_str(&text("text")),
        "response" => live.text = text("content"),
        "trace" => {
            if let Ok(step) = serde_json::from_value::<TraceStep>(data.clone()) {
                live.put_trace(step);
            }
        }
        "error" => {
            live.run.status = ChatRunStatus::Failed;
            live.run.error = Some(text("message"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn deltas_add_up_and_the_answer_replaces_them() {
        let mut live = Live::begun(ChatRunId::from("r"));
        apply(&mut live, "delta", &json!({"text": "Two to-dos"}));
        apply(&mut live, "delta", &json!({"text": " are late"}));
        assert_eq!(live.text, "Two to-dos are late");
        apply(&mut live, "response", &json!({"content": "Two to-dos are late."}));
        assert_eq!(live.text, "Two to-dos are late.");
    }

    #[test]
    fn a_run_that_starts_again_forgets_what_it_said_before() {
        let mut live = Live::begun(ChatRunId::from("r"));
        apply(&mut live, "delta", &json!({"text": "Half"}));
        apply(&mut live, "start", &json!({"message": "x", "provider": "openai", "model": "large"}));
        assert_eq!((live.text.as_str(), live.run.model.as_str()), ("", "openai/large"));
    }

    #[test]
    fn an_unknown_event_changes_nothing() {
        let mut live = Live::begun(ChatRunId::from("r"));
        let before = live.clone();
        apply(&mut live, "usage", &json!({"total": true}));
        assert_eq!(live, before);
    }
}
