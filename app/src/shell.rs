//! The HTML document, and what stands around every page.

pub mod bar;
pub mod commands;
pub mod drawer;
pub mod frame;
pub mod helpers;
pub mod list_keys;
pub mod missing;
pub mod nav;
pub mod new_flow;
pub mod new_todo;
pub mod notices;
pub mod offline;
pub mod palette;
pub mod panel;
pub mod search_fns;
pub mod server_fns;
pub mod shortcuts;
pub mod signed_in;
pub mod theme;
pub mod user_menu;

use crate::App;
use crate::session;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The document. Its theme comes from the request, so that nothing flashes.
pub fn document(options: LeptosOptions) -> impl IntoView {
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=session::theme().attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=style />
                <HydrationScripts options=options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Says on the page that it is alive, for whoever drives it from outside.
pub fn mark_hydrated() {
    if let Some(body) = leptos::prelude::document().body() {
        let _ = body.set_attribute("data-hydrated", "true");
    }
}
