//! The browser's entry: hydrates the page that the server rendered.
#![cfg(target_arch = "wasm32")]

use leptos::prelude::{Owner, document};
use std::cell::RefCell;
use std::rc::Rc;

/// Takes over the server's HTML.
///
/// The module of the page is loaded first. Then everything is taken over in one go, as the server drew it: what only
/// the browser knows, such as the width of the window, comes after.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let Some(body) = document().body() else { return };
    let path = document().location().and_then(|it| it.pathname().ok()).unwrap_or_default();
    app::preload(&path).await;
    let context = Rc::new(RefCell::new(None));
    let kept = context.clone();
    let start = move || {
        kept.replace(Owner::current_shared_context());
        app::App()
    };
    leptos::mount::hydrate_from_async(body, start).await.forget();
    // From now on nothing is read from the HTML any more.
    if let Some(context) = context.take() {
        context.hydration_complete();
    }
    app::mark_hydrated();
}
