//! The browser's entry: hydrates the page that the server rendered.
#![cfg(target_arch = "wasm32")]

/// Takes over the server's HTML.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
