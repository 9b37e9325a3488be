//! The browser's files: bundle, style sheet, icons.
//!
//! With the feature `embed` they are inside the binary, so one file is the whole product; without it they are read
//! from `target/site` below the current directory.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::collections::{BTreeSet, HashMap};
#[cfg(feature = "embed")]
use std::io::{Read, Write};
#[cfg(not(feature = "embed"))]
use std::path::PathBuf;
#[cfg(feature = "embed")]
use std::sync::{Mutex, PoisonError};

/// The name of the bundle's files.
pub(crate) const BUNDLE: &str = "pmos";

/// Which modules each lazily loaded page needs; leptos' own tool writes it under the same name.
const MANIFEST: &str = "__wasm_split_manifest.json";

/// What the name of a file's packed form ends in.
const PACKED: &str = ".br";

#[cfg(feature = "embed")]
static EMBEDDED: &[(&str, &[u8])] = &include!("../../target/site.rs");

/// The folder of the bundle, `pkg/VERSION`; only `pkg` before it is built, as in the tests of this crate.
///
/// The version is a hash of every file, so a new one has new addresses and the old ones may be kept for ever.
#[must_use]
pub fn folder() -> String {
    paths()
        .iter()
        .find_map(|path| Some(path.strip_prefix('/')?.strip_suffix("/pmos.css")?.to_owned()))
        .unwrap_or_else(|| "pkg".to_owned())
}

/// The modules that each lazily loaded page needs, by the name leptos gives the page; empty before the bundle is built.
pub(crate) fn modules_of_pages() -> HashMap<String, Vec<String>> {
    read(&format!("/{}/{MANIFEST}", folder()))
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

/// Routes for all that was built: everything below `/pkg/`, and each public file at the root.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let version = folder();
    let answer = move |request: Request| {
        let version = version.clone();
        async move { respond(request.uri().path(), request.headers(), &version) }
    };
    let mut router = Router::new().route("/pkg/{*path}", get(answer.clone()));
    for path in paths() {
        if !path.starts_with("/pkg/") {
            router = router.route(&path, get(answer.clone()));
        }
    }
    router
}

/// The style sheet without its version, for pages that are not made by the bundle.
const STYLE: &str = "/pkg/pmos.css";

fn respond(path: &str, headers: &HeaderMap, version: &str) -> Response {
    if path == STYLE && version != "pkg" {
        let now = [(CACHE_CONTROL, "no-cache")];
        return (now, Redirect::temporary(&format!("/{version}/pmos.css"))).into_response();
    }
    let is_hashed = path.starts_with("/pkg/");
    let tag = format!("\"{version}\"");
    if !is_hashed
        && headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let Some((body, encoding)) = find_encoded(path, headers) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::new(Body::from(body));
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    fields.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        fields.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let cache = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    fields.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let (false, Ok(tag)) = (is_hashed, HeaderValue::from_str(&tag)) {
        fields.insert(ETAG, tag);
    }
    response
}

/// The smallest form of the file that the browser takes, and the encoding's name unless it is the plain one.
fn find_encoded(path: &str, headers: &HeaderMap) -> Option<(Bytes, Option<&'static str>)> {
    let accepted =
        headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_accepted = |name: &str| accepted.split(',').any(|part| part.trim() == name);
    if is_accepted("br")
        && let Some(body) = read(&format!("{path}{PACKED}"))
    {
        return Some((body, Some("br")));
    }
    if is_accepted("gzip")
        && let Some(body) = gzipped(path)
    {
        return Some((body, Some("gzip")));
    }
    Some((read(path)?, None))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// The paths of all files, each once, however it is stored.
fn paths() -> BTreeSet<String> {
    stored().iter().map(|path| plain(path).to_owned()).collect()
}

/// The path that browsers ask for, of a stored form of a file.
fn plain(path: &str) -> &str {
    path.strip_suffix(PACKED).unwrap_or(path)
}

#[cfg(feature = "embed")]
fn stored() -> Vec<String> {
    EMBEDDED.iter().map(|(path, _)| (*path).to_owned()).collect()
}

/// The file as it is stored; what is stored only packed is unpacked for whoever asks for the plain one.
#[cfg(feature = "embed")]
fn read(path: &str) -> Option<Bytes> {
    match as_stored(path) {
        Some(body) => Some(Bytes::from_static(body)),
        None => unpacked(path).map(Bytes::from),
    }
}

#[cfg(feature = "embed")]
fn as_stored(path: &str) -> Option<&'static [u8]> {
    EMBEDDED.iter().find(|(known, _)| *known == path).map(|(_, body)| *body)
}

#[cfg(feature = "embed")]
fn unpacked(path: &str) -> Option<Vec<u8>> {
    let packed = as_stored(&format!("{path}{PACKED}"))?;
    let mut body = Vec::new();
    brotli_decompressor::Decompressor::new(packed, 1 << 16).read_to_end(&mut body).ok()?;
    Some(body)
}

/// The gzip form of what is stored packed, for browsers that reach this server without TLS: they take no better one. Made
/// when it is first asked for.
#[cfg(feature = "embed")]
fn gzipped(path: &str) -> Option<Bytes> {
    static MADE: Mutex<Option<HashMap<String, Bytes>>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let made = made.get_or_insert_default();
    if let Some(body) = made.get(path) {
        return Some(body.clone());
    }
    let plain = unpacked(path)?;
    let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packing.write_all(&plain).ok()?;
    let body = Bytes::from(packing.finish().ok()?);
    made.insert(path.to_owned(), body.clone());
    Some(body)
}

/// Files beside the program are packed on their way.
#[cfg(not(feature = "embed"))]
fn gzipped(_path: &str) -> Option<Bytes> {
    None
}

#[cfg(not(feature = "embed"))]
fn stored() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::from("target/site"), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push((entry.path(), path));
            } else {
                found.push(path);
            }
        }
    }
    found
}

/// Only plain names are looked up, so no address leaves the folder.
#[cfg(not(feature = "embed"))]
fn read(path: &str) -> Option<Bytes> {
    let is_plain = |part: &str| {
        !part.starts_with('.')
            && part.chars().all(|it| it.is_ascii_alphanumeric() || "._-".contains(it))
    };
    let relative = path.strip_prefix('/')?;
    if !relative.split('/').all(|part| !part.is_empty() && is_plain(part)) {
        return None;
    }
    std::fs::read(format!("target/site/{relative}")).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_cannot_leave_the_folder() {
        for path in [
            "/../Cargo.toml",
            "/pkg/../../Cargo.toml",
            "/.env",
            "//etc/passwd",
            "/pkg/%2e%2e/x",
            "",
        ] {
            assert!(read(path).is_none(), "{path}");
        }
    }

    #[test]
    fn stored_forms_are_asked_for_by_their_plain_name() {
        for path in ["/pkg/1/pmos.css", "/pkg/1/pmos.css.br"] {
            assert_eq!(plain(path), "/pkg/1/pmos.css");
        }
    }

    #[cfg(feature = "embed")]
    #[test]
    fn who_takes_no_packed_form_gets_the_same() {
        let stored = stored();
        let path = plain(stored.iter().find(|it| it.ends_with(PACKED)).unwrap());
        let sent = |accepted: &'static str| {
            let headers = [(ACCEPT_ENCODING, HeaderValue::from_static(accepted))];
            find_encoded(path, &headers.into_iter().collect()).unwrap()
        };
        let (whole, encoding) = sent("identity");
        assert_eq!(encoding, None);
        assert_eq!(sent("gzip, deflate, br").1, Some("br"));
        for _ in 0..2 {
            let (body, encoding) = sent("gzip, deflate");
            assert_eq!(encoding, Some("gzip"));
            let mut again = Vec::new();
            flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut again).unwrap();
            assert_eq!(again, whole);
        }
    }

    #[test]
    fn missing_file_is_not_found() {
        let response = respond("/pkg/none.js", &HeaderMap::new(), "pmos");
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn known_version_of_a_public_file_is_not_sent_again() {
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, HeaderValue::from_static("\"pmos-1\""));
        assert_eq!(respond("/icons.svg", &headers, "pmos-1").status(), StatusCode::NOT_MODIFIED);
        assert_ne!(respond("/icons.svg", &headers, "pmos-2").status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn browser_runs_the_bundle_only_with_its_own_type() {
        assert_eq!(content_type("/pkg/1/pmos.wasm"), "application/wasm");
        assert_eq!(content_type("/pkg/1/pmos.js"), "text/javascript; charset=utf-8");
    }
}
