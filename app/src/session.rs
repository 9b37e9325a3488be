//! Who is asking: the signed-in person for pages, the actor and the running system for server functions.

use crate::shell::theme::Theme;
use crate::ui::time::Moment;
use domain::account::User;
use domain::actor::Permission;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What every signed-in page starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The signed-in person.
    pub user: User,
    /// What time it is in their workspace.
    pub moment: Moment,
    /// Their choice of light or dark.
    pub theme: Theme,
    /// The assistant was left open.
    pub has_open_panel: bool,
    /// The newest event before the page was read, as the event stream names it: what came later is still to be told.
    pub last_event: LastEvent,
}

/// An event of the workspace as the stream names it, `workspace:number`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastEvent(pub String);

/// The session the page started with; none for a visitor. The server finds it before anything is rendered and sends
/// it along, so nothing on the page waits for it.
#[derive(Clone)]
pub struct StartedWith(pub Option<Session>);

impl StartedWith {
    /// Makes it available to the whole page.
    pub(crate) fn provide() {
        provide_context(Self(SharedValue::new(started_with).into_inner()));
    }

    /// The session the page started with.
    pub fn session() -> Option<Session> {
        expect_context::<Self>().0
    }
}

fn started_with() -> Option<Session> {
    #[cfg(feature = "ssr")]
    return on_server::session();
    #[cfg(not(feature = "ssr"))]
    None
}

/// The signed-in person, for everything inside the frame.
#[derive(Clone, Copy)]
pub struct CurrentActor(pub RwSignal<User>);

/// The signed-in person. Only inside the frame.
pub fn current_user() -> RwSignal<User> {
    expect_context::<CurrentActor>().0
}

/// Whether the signed-in person's role includes `permission`; controls it does not are left out of the page.
pub fn can(permission: Permission) -> Signal<bool> {
    let user = current_user();
    Signal::derive(move || user.with(|it| it.role.can(permission)))
}

/// Where a signed-out visitor of `path` is sent.
pub fn sign_in_path(path: &str) -> String {
    if path == "/" { "/sign-in".to_owned() } else { format!("/sign-in?then={}", encode(path)) }
}

/// `then` if it is a path on this site, else the home page: never another site.
pub fn safe_then(then: &str) -> String {
    let inside = then.starts_with('/') && !then.starts_with("//") && !then.contains('\\');
    if inside && then.chars().all(|it| it.is_ascii_graphic()) {
        then.to_owned()
    } else {
        "/".to_owned()
    }
}

/// Percent-encodes everything that is not plain in a query.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                all.push(char::from(byte))
            }
            other => all.push_str(&format!("%{other:02X}")),
        }
        all
    })
}

/// Sets the status of a server function's answer; does nothing in the browser and while a page is rendered.
pub(crate) fn answer_with(status: u16) {
    #[cfg(feature = "ssr")]
    on_server::answer_with(status);
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// Sets the status of the page being rendered; does nothing in the browser.
pub(crate) fn page_status(status: u16) {
    #[cfg(feature = "ssr")]
    on_server::page_status(status);
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// The id of the request, to pass on; empty in the browser.
pub(crate) fn request_id() -> String {
    #[cfg(feature = "ssr")]
    return on_server::request_id();
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// The theme the visitor chose; the system's in the browser, where the document is already drawn.
pub(crate) fn theme() -> Theme {
    #[cfg(feature = "ssr")]
    return on_server::cookie(crate::shell::theme::COOKIE)
        .map_or_else(Theme::default, |it| Theme::parse(&it));
    #[cfg(not(feature = "ssr"))]
    Theme::default()
}

#[cfg(feature = "ssr")]
pub use on_server::{actor, backend, load_last_event, load_user};

#[cfg(feature = "ssr")]
pub(crate) mod on_server {
    use crate::error::AppError;
    use crate::session::{LastEvent, Session, safe_then};
    use crate::shell::panel;
    use crate::ui::time::Moment;
    use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
    use backend::Backend;
    use domain::account::User;
    use domain::actor::Actor;
    use domain::client::Client;
    use domain::problem::Problem;
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;

    /// Who is asking, as the request layer found.
    ///
    /// # Errors
    /// [`Problem::NotSignedIn`].
    pub fn actor() -> Result<Actor, AppError> {
        Ok(visitor().ok_or(Problem::NotSignedIn)?)
    }

    /// Who is asking, if anybody is signed in.
    pub(crate) fn visitor() -> Option<Actor> {
        use_context::<Parts>()?.extensions.get::<Actor>().cloned()
    }

    /// The running system.
    pub fn backend() -> Backend {
        expect_context::<Backend>()
    }

    /// Where the request came from, for operations that need no actor.
    pub(crate) fn client() -> Client {
        use_context::<Parts>()
            .and_then(|it| it.extensions.get::<Client>().cloned())
            .unwrap_or_default()
    }

    /// The person behind `actor`, for the extensions of a request of a page.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load_user(backend: &Backend, actor: &Actor) -> Result<User, Problem> {
        backend.auth.me(actor).await
    }

    /// The newest event of the actor's workspace, for the extensions of a request of a page.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load_last_event(backend: &Backend, actor: &Actor) -> Result<LastEvent, Problem> {
        let number = backend.last_event(actor).await?;
        Ok(LastEvent(format!("{}:{number}", actor.workspace)))
    }

    /// What the page starts with, from the person that the server put into the request.
    pub(super) fn session() -> Option<Session> {
        let parts = use_context::<Parts>()?;
        let user = parts.extensions.get::<User>()?.clone();
        let last_event = parts.extensions.get::<LastEvent>()?.clone();
        let backend = backend();
        let clock = backend.auth.clock();
        Some(Session {
            moment: Moment {
                now_ms: clock.now_ms(),
                offset_minutes: clock.offset_minutes(&user.timezone),
            },
            user,
            theme: super::theme(),
            has_open_panel: cookie(panel::COOKIE).is_none_or(|it| it == "open"),
            last_event,
        })
    }

    /// Sends `cookie` and leads to `then`, a path on this site: a plain form by a redirect, our own script by the
    /// path it gets back and loads, so that the page starts anew with the session.
    pub(crate) fn enter(cookie: &str, then: &str) -> String {
        add_header(header::SET_COOKIE, cookie);
        lead(then)
    }

    /// Leads to `then`, a path on this site, with the page loaded anew.
    pub(crate) fn lead(then: &str) -> String {
        let path = safe_then(then);
        if is_plain_form() {
            leptos_axum::redirect(&path);
        }
        path
    }

    fn is_plain_form() -> bool {
        headers().get(header::ACCEPT).is_some_and(|it| it.as_bytes().starts_with(b"text/html"))
    }

    /// Headers of the request.
    pub(crate) fn headers() -> HeaderMap {
        use_context::<Parts>().map(|it| it.headers).unwrap_or_default()
    }

    /// Value of a cookie of the request.
    pub(crate) fn cookie(name: &str) -> Option<String> {
        let headers = headers();
        let all = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let mut pairs = all.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
        pairs.find(|it| it.0 == name).map(|it| it.1.to_owned())
    }

    /// Adds a header to the answer.
    pub(crate) fn add_header(name: HeaderName, value: &str) {
        if let (Some(response), Ok(value)) =
            (use_context::<ResponseOptions>(), HeaderValue::from_str(value))
        {
            response.append_header(name, value);
        }
    }

    /// A plain form post is answered with a redirect, so only requests of our own scripts get another status.
    pub(super) fn answer_with(status: u16) {
        let is_call = use_context::<Parts>().is_some_and(|it| it.uri.path().starts_with("/fn/"));
        if is_call && !is_plain_form() {
            page_status(if status < 400 { 409 } else { status });
        }
    }

    pub(super) fn page_status(status: u16) {
        if let (Some(response), Ok(status)) =
            (use_context::<ResponseOptions>(), StatusCode::from_u16(status))
        {
            response.set_status(status);
        }
    }

    pub(super) fn request_id() -> String {
        headers().get("x-request-id").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_stays_on_this_site() {
        assert_eq!(safe_then("/flows/1?run=2"), "/flows/1?run=2");
        for other in
            ["https://evil.example", "//evil.example", "/\\evil.example", "flows", "", "/a\r\nb"]
        {
            assert_eq!(safe_then(other), "/");
        }
    }

    #[test]
    fn the_page_asked_for_is_kept_for_after_signing_in() {
        assert_eq!(sign_in_path("/"), "/sign-in");
        assert_eq!(sign_in_path("/flows?x=1&y"), "/sign-in?then=/flows%3Fx%3D1%26y");
    }
}
