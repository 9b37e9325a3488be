//! The pages: Leptos rendered on the server, with the running system in reach of server functions.

use crate::assets;
use crate::redraw::draw_again;
use api::error::Refusal;
use api::headers::PageNonce;
use app::App;
use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use leptos::WasmSplitManifest;
use leptos::config::LeptosOptions;
use leptos::nonce::Nonce;
use leptos::prelude::{ArcStoredValue, provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};

/// Pages that anybody may open.
const PUBLIC: [&str; 4] = ["/sign-in", "/sign-up", "/invite/", "/apps"];

/// Pages that only a super admin may open; they refuse others themselves.
const OF_SUPER_ADMINS: [&str; 3] = ["/shell", "/workspaces", "/settings/server"];

/// The script that loads the modules of pages, as leptos calls it.
const LOADER: &str = "__wasm_split.______________________.js";

/// Where a form is, for the answer to a plain post of it: our pages tell browsers not to say where they come from.
const FORMS: [(&str, &str); 4] = [
    ("/fn/sign_in", "/sign-in"),
    ("/fn/sign_up", "/sign-up"),
    ("/fn/change_password", "/settings/security"),
    ("/fn/save_workspace", "/settings/workspace"),
];

/// Every page and server function; other addresses answer with the page that says so, or as the API does.
pub(crate) fn routes(backend: Backend) -> Router {
    let folder = assets::folder();
    let options =
        LeptosOptions::builder().output_name(assets::BUNDLE).site_pkg_dir(folder.clone()).build();
    let modules = assets::modules_of_pages();
    let (shell, people, visited) = (options.clone(), backend.clone(), backend.clone());
    let doorkeeper = backend.clone();
    let document = move || app::shell::document(shell.clone());
    let context = move || {
        provide_context(backend.clone());
        provide_nonce();
        // Without it the modules of a page would be asked for only when the bundle runs.
        let modules = (format!("/{folder}"), modules.clone(), LOADER.to_owned());
        provide_context(WasmSplitManifest(ArcStoredValue::new(modules)));
    };
    let missing = render_app_async_with_context(context.clone(), document.clone());
    let fallback = move |request: Request| {
        let missing = missing.clone();
        async move {
            if api::request::is_api_path(request.uri().path()) {
                return api::error::unknown_path(OriginalUri(request.uri().clone()))
                    .await
                    .into_response();
            }
            missing(request).await
        }
    };
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), context, document)
        .with_state(options)
        .layer(middleware::from_fn(draw_again))
        .layer(middleware::from_fn_with_state(visited.clone(), note_refusals))
        .layer(middleware::from_fn_with_state(visited, note_missing))
        .layer(middleware::from_fn_with_state(doorkeeper, send_to_sign_in))
        .layer(middleware::from_fn(remember_form))
        .fallback_service(Router::new().fallback(fallback).layer(middleware::from_fn(draw_again)))
        .layer(middleware::from_fn_with_state(people, find_person))
}

/// Inline scripts of the page carry what its content security policy allows.
fn provide_nonce() {
    let parts = use_context::<Parts>();
    if let Some(PageNonce(nonce)) = parts.and_then(|it| it.extensions.get().cloned()) {
        provide_context(Nonce::from_value(nonce));
    }
}

/// Finds the person behind the actor, so that a page knows who asks before it is rendered.
async fn find_person(State(backend): State<Backend>, mut request: Request, next: Next) -> Response {
    let is_page = !api::request::is_api_path(request.uri().path());
    if let Some(actor) = request.extensions().get::<Actor>().filter(|_| is_page).cloned() {
        // Before anything of the page is read, so that no event falls between the page and its stream.
        let last_event = app::session::load_last_event(&backend, &actor).await;
        let user = app::session::load_user(&backend, &actor).await;
        match last_event.and_then(|event| user.map(|user| (event, user))) {
            Ok((last_event, user)) => {
                request.extensions_mut().insert(last_event);
                request.extensions_mut().insert(user);
            }
            Err(problem) => return Refusal::from(problem).into_response(),
        }
    }
    next.run(request).await
}

/// A page for signed-in people sends everybody else to sign in, before anything is rendered; to sign up while there is no
/// account at all.
async fn send_to_sign_in(State(backend): State<Backend>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_public = path.starts_with("/fn/") || PUBLIC.iter().any(|it| path.starts_with(it));
    if is_public || request.extensions().get::<Actor>().is_some() {
        return next.run(request).await;
    }
    let asked = request.uri().path_and_query().map_or(path, |it| it.as_str());
    let is_new = backend.auth.state().await.is_ok_and(|it| it.first_account);
    let to = if is_new { "/sign-up".to_owned() } else { app::session::sign_in_path(asked) };
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// Leaves a row in the audit log when somebody else opens a page of super admins.
async fn note_refusals(State(backend): State<Backend>, request: Request, next: Next) -> Response {
    let page = OF_SUPER_ADMINS.iter().find(|it| **it == request.uri().path());
    if let Some((page, actor)) = page.zip(request.extensions().get::<Actor>().cloned()) {
        let target = format!("{} {page}", request.method());
        match backend.auth.authorise(&actor, Permission::Platform, &target).await {
            // The page says it in a person's words.
            Ok(()) | Err(Problem::Forbidden { .. }) => {}
            Err(problem) => return Refusal::from(problem).into_response(),
        }
    }
    next.run(request).await
}

/// A page of a conversation or an approval that is not there, or is somebody else's, says so by its status too.
async fn note_missing(State(backend): State<Backend>, request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let actor = request.extensions().get::<Actor>().filter(|_| is_get).cloned();
    let path = request.uri().path().to_owned();
    let found = match actor {
        Some(actor) => look(&backend, &actor, &path).await,
        None => Ok(()),
    };
    let mut page = next.run(request).await;
    if let (Err(Problem::NotFound { .. }), StatusCode::OK) = (found, page.status()) {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}

/// Looks whether what the page at `path` is about is there for `actor`.
async fn look(backend: &Backend, actor: &Actor, path: &str) -> Result<(), Problem> {
    if let Some(id) = path.strip_prefix("/chat/") {
        return backend.agent.session(actor, &id.into(), None).await.map(drop);
    }
    match path.strip_prefix("/approvals/") {
        Some(id) => backend.agent.approval(actor, &id.into()).await.map(drop),
        None => Ok(()),
    }
}

/// A form posted before any script ran is answered with its own page, which shows what was wrong.
async fn remember_form(mut request: Request<Body>, next: Next) -> Response {
    let is_post = request.method() == Method::POST;
    if let Some(page) = form_page(request.uri().path(), request.headers()).filter(|_| is_post) {
        request.headers_mut().insert(header::REFERER, page);
    }
    next.run(request).await
}

fn form_page(path: &str, headers: &HeaderMap) -> Option<HeaderValue> {
    if !path.starts_with("/fn/") || headers.contains_key(header::REFERER) {
        return None;
    }
    let page = FORMS.iter().find(|it| it.0 == path).map_or("/", |it| it.1);
    let host = headers.get(header::HOST)?.to_str().ok()?;
    HeaderValue::from_str(&format!("http://{host}{page}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_form_comes_back_to_its_page() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("pmos.example"));
        assert_eq!(form_page("/fn/sign_in", &headers).unwrap(), "http://pmos.example/sign-in");
        assert_eq!(form_page("/fn/other", &headers).unwrap(), "http://pmos.example/");
        assert_eq!(form_page("/projects", &headers), None);
    }
}
