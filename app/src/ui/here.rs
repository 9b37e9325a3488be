//! What only the browser loads.

use leptos::prelude::*;

/// What `load` gives in the browser, again whenever what it reads changes; nothing until then, and on the server.
///
/// A [`LocalResource`] in a page that loads would send that page without its content: the server gives up on what it
/// cannot wait for, while it still walks it.
pub fn loaded_here<T, F>(load: impl Fn() -> F + 'static) -> Signal<Option<T>>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = T> + 'static,
{
    let resource = (!cfg!(feature = "ssr")).then(|| LocalResource::new(load));
    Signal::derive(move || resource.and_then(|it| it.get()))
}
