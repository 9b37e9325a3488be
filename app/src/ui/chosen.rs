//! Files that somebody chose, pasted or dropped, read in the browser.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// A file with what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// What is in it.
    pub base64: String,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotChosen {
    /// Nobody chose one.
    None,
    /// It has more bytes than may be read.
    TooLarge,
    /// The browser cannot read it.
    Unreadable,
}

/// Reads the file chosen in the input with this id, of at most `most` bytes.
pub fn read(id: &str, most: u32, done: Callback<Result<Chosen, NotChosen>>) {
    if let Err(why) = begin(id, most, done) {
        done.run(Err(why));
    }
}

/// Reads every file that `of` holds as its `files`: an input, or what was pasted or dropped. Gives how many there are.
pub fn read_all(of: &JsValue, most: u32, done: Callback<Result<Chosen, NotChosen>>) -> u32 {
    let Ok(files) = get(of, "files") else { return 0 };
    let mut at = 0;
    while let Ok(file) = Reflect::get_u32(&files, at)
        && file.is_object()
    {
        at += 1;
        if let Err(why) = read_one(&file, most, done) {
            done.run(Err(why));
        }
    }
    at
}

/// A file as the browser holds it, unread.
pub(super) struct Unread {
    pub(super) file: JsValue,
    /// Its name.
    pub(super) name: String,
    /// Its media type.
    pub(super) content_type: String,
}

/// The file chosen in the input with this id, of at most `most` bytes.
pub(super) fn first(id: &str, most: u32) -> Result<Unread, NotChosen> {
    let input = document().get_element_by_id(id).ok_or(NotChosen::None)?;
    let files = get(&input, "files")?;
    let file = Reflect::get_u32(&files, 0).map_err(|_| NotChosen::None)?;
    if file.is_object() { unread(&file, most) } else { Err(NotChosen::None) }
}

fn begin(id: &str, most: u32, done: Callback<Result<Chosen, NotChosen>>) -> Result<(), NotChosen> {
    read_unread(first(id, most)?, done)
}

fn read_one(
    file: &JsValue,
    most: u32,
    done: Callback<Result<Chosen, NotChosen>>,
) -> Result<(), NotChosen> {
    read_unread(unread(file, most)?, done)
}

fn unread(file: &JsValue, most: u32) -> Result<Unread, NotChosen> {
    let text = |name: &str| get(file, name).ok().and_then(|it| it.as_string());
    let size = get(file, "size")?.as_f64().unwrap_or(f64::INFINITY);
    if size > f64::from(most) {
        return Err(NotChosen::TooLarge);
    }
    let kind = text("type").filter(|it| !it.is_empty());
    let content_type = kind.unwrap_or_else(|| "application/octet-stream".to_owned());
    Ok(Unread { file: file.clone(), name: text("name").unwrap_or_default(), content_type })
}

fn read_unread(unread: Unread, done: Callback<Result<Chosen, NotChosen>>) -> Result<(), NotChosen> {
    let Unread { file, name, content_type } = unread;
    let maker: Function = call_of(&window(), "FileReader")?;
    let unreadable = |_| NotChosen::Unreadable;
    let reader = Reflect::construct(&maker, &Array::new()).map_err(unreadable)?;
    let read = reader.clone();
    let finished = Closure::once_into_js(move || {
        let url = get(&read, "result").ok().and_then(|it| it.as_string());
        let base64 = url.and_then(|it| it.split_once(',').map(|it| it.1.to_owned()));
        let chosen = base64.map(|base64| Chosen { name, content_type, base64 });
        done.run(chosen.ok_or(NotChosen::Unreadable));
    });
    Reflect::set(&reader, &"onloadend".into(), &finished).map_err(unreadable)?;
    call_of(&reader, "readAsDataURL")?.call1(&reader, &file).map_err(unreadable)?;
    Ok(())
}

pub(super) fn get(of: &JsValue, name: &str) -> Result<JsValue, NotChosen> {
    Reflect::get(of, &name.into()).map_err(|_| NotChosen::Unreadable)
}

pub(super) fn call_of(of: &JsValue, name: &str) -> Result<Function, NotChosen> {
    get(of, name)?.dyn_into().map_err(|_| NotChosen::Unreadable)
}
