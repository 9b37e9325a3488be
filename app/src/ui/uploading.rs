//! Sends a file that somebody chose as it is, without reading it first, and tells meanwhile how much of it has gone.

use crate::ui::chosen::{NotChosen, Unread, call_of, first, get};
use js_sys::{Array, Function, Reflect, encode_uri_component};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// What the server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The name of the file.
    pub name: String,
    /// The status; 0 when the server was not reached.
    pub status: u32,
    /// The body.
    pub body: String,
}

/// Who hears of an upload.
#[derive(Clone, Copy)]
pub struct Hearers {
    /// How much of it has gone, from 0 to 100; the server still works on it then.
    pub sent: RwSignal<u32>,
    /// What came back, or why nothing was sent.
    pub done: Callback<Result<Answered, NotChosen>>,
}

/// Sends the file chosen in the input with this id, of at most `most` bytes, to `address`, with its `name` and `type`
/// in the query.
pub fn upload(id: &str, most: u32, address: &str, hearers: Hearers) {
    let sent = first(id, most).and_then(|it| send(it, address, hearers));
    if let Err(why) = sent {
        hearers.done.run(Err(why));
    }
}

/// A number of the browser that is whole and not below zero.
fn whole(number: f64) -> u32 {
    format!("{number:.0}").parse().unwrap_or_default()
}

fn encoded(text: &str) -> String {
    encode_uri_component(text).into()
}

fn send(unread: Unread, address: &str, hearers: Hearers) -> Result<(), NotChosen> {
    let Unread { file, name, content_type } = unread;
    let failed = |_| NotChosen::Unreadable;
    let join = if address.contains('?') { '&' } else { '?' };
    let url = format!("{address}{join}name={}&type={}", encoded(&name), encoded(&content_type));
    let maker: Function = call_of(&window(), "XMLHttpRequest")?;
    let request = Reflect::construct(&maker, &Array::new()).map_err(failed)?;
    call_of(&request, "open")?.call2(&request, &"POST".into(), &url.into()).map_err(failed)?;
    // Whatever it is, the server takes it as bytes: its type is in the address.
    let bytes = ("content-type".into(), "application/octet-stream".into());
    call_of(&request, "setRequestHeader")?.call2(&request, &bytes.0, &bytes.1).map_err(failed)?;
    let moved = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        let number = |name: &str| get(&event, name).ok().and_then(|it| it.as_f64());
        if let (Some(loaded), Some(total)) = (number("loaded"), number("total"))
            && total > 0.0
        {
            let _ = hearers.sent.try_set(whole((100.0 * loaded / total).floor()));
        }
    });
    let way = get(&request, "upload")?;
    Reflect::set(&way, &"onprogress".into(), moved.as_ref()).map_err(failed)?;
    let answer = request.clone();
    let ended = Closure::once_into_js(move || {
        drop(moved);
        let status = get(&answer, "status").ok().and_then(|it| it.as_f64()).unwrap_or_default();
        let body = get(&answer, "responseText").ok().and_then(|it| it.as_string());
        let answered = Answered { name, status: whole(status), body: body.unwrap_or_default() };
        let _ = hearers.done.try_run(Ok(answered));
    });
    Reflect::set(&request, &"onloadend".into(), &ended).map_err(failed)?;
    let send: Function = get(&request, "send")?.dyn_into().map_err(failed)?;
    send.call1(&request, &file).map_err(failed)?;
    Ok(())
}
