//! Where files lie: another origin than the API's, reached by an address that is signed, and by nobody's token.

use crate::account::Account;
use crate::record::Record;
use crate::{Sandbox, accounts};
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

/// The first part of its paths.
const PLACE: &str = "storage";
/// The longest file that is made up: only the size and the type of one are kept.
const MOST: usize = 64 * 1024 * 1024;

fn signature(account: &Account, upload: &Record) -> String {
    accounts::hash(&format!("{}|{}|{}", account.token_hash, account.id, upload.id))
}

/// The signed address of a file. Names lead to the same machine, and are another origin than numbers.
pub(crate) fn address(account: &Account, upload: &Record, api: &str) -> String {
    let port = api.rsplit_once('/').and_then(|(origin, _)| origin.rsplit_once(':'));
    let port = port.map_or("80", |(_, port)| port);
    let sign = signature(account, upload);
    format!("http://localhost:{port}/{PLACE}/{}/{}/{sign}", account.id, upload.id)
}

/// Answers what is asked of the storage; none for other addresses. Somebody's token there is a mistake, and refused.
pub(crate) async fn answer(sandbox: &Sandbox, parts: &Parts) -> Option<Response> {
    let mut segments = parts.uri.path().trim_matches('/').split('/');
    if segments.next() != Some(PLACE) || parts.method != Method::GET {
        return None;
    }
    if parts.headers.contains_key(AUTHORIZATION) {
        return Some((StatusCode::BAD_REQUEST, "A token has no business here").into_response());
    }
    let found = async {
        let account = sandbox.0.accounts.get(segments.next()?.parse().ok()?).await?;
        let upload = account.record(segments.next()?.parse().ok()?)?;
        let is_signed = segments.next() == Some(signature(&account, upload).as_str());
        is_signed.then(|| {
            let size = usize::try_from(upload.number("byte_size")).unwrap_or_default().min(MOST);
            let kind = [(CONTENT_TYPE, upload.text("content_type").to_owned())];
            (kind, Body::from(vec![b'.'; size])).into_response()
        })
    };
    Some(found.await.unwrap_or_else(|| StatusCode::FORBIDDEN.into_response()))
}
