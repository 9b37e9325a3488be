//! The browser's entry: hydrates the page that the server rendered.
#![cfg(target_arch = "wasm32")]

/// Takes over the server's HTML.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // A page in a module of its own is waited for.
    leptos::mount::hydrate_lazy(app::App);
}
