//! A site on loopback that counts requests and answers as told.

use crate::world::PATIENCE;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

#[derive(Default)]
struct Shared {
    arrived: Mutex<Vec<Arrived>>,
    came: Notify,
    failures: AtomicUsize,
    held: AtomicUsize,
    is_open: AtomicBool,
    opened: Notify,
}

impl Shared {
    async fn pass_gate(&self) {
        loop {
            let opened = self.opened.notified();
            if self.is_open.load(Ordering::SeqCst) {
                return;
            }
            opened.await;
        }
    }
}

/// `/ok...` answers 200, `/gate...` too once it is open, `/fail...` 500 as often as told and then 200, `/hang...`
/// never, `/to?...` redirects there, `/echo` refuses and repeats who asked, `/endless` answers without end, `/packed`
/// with little that unpacks to much.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

impl Site {
    pub(crate) async fn open() -> Self {
        let shared = Arc::new(Shared::default());
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // A thread of its own: it outlives the runtime of a process that is killed.
        std::thread::spawn({
            let listener = listener.into_std().unwrap();
            move || {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async move {
                    let listener = TcpListener::from_std(listener).unwrap();
                    axum::serve(listener, app).await.unwrap();
                });
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// The next `count` requests to `/fail` fail.
    pub(crate) fn fail(&self, count: usize) {
        self.shared.failures.store(count, Ordering::SeqCst);
    }

    /// The request number `at`, from 1, is never answered.
    pub(crate) fn hold(&self, at: usize) {
        self.shared.held.store(at, Ordering::SeqCst);
    }

    /// Answers who waits at `/gate`, and whoever comes later.
    pub(crate) fn open_gate(&self) {
        self.shared.is_open.store(true, Ordering::SeqCst);
        self.shared.opened.notify_waiters();
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.shared.arrived.lock().unwrap().clone()
    }

    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.arrived().iter().filter(|it| it.path == path).count()
    }

    /// Waits until `count` requests came in all.
    pub(crate) async fn came(&self, count: usize) {
        let all = async {
            loop {
                let next = self.shared.came.notified();
                if self.arrived().len() >= count {
                    return;
                }
                next.await;
            }
        };
        tokio::time::timeout(PATIENCE, all).await.expect("the requests come");
    }
}

/// 12 MB in 12 kB.
fn packed() -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(&vec![0; 12 * 1024 * 1024]).unwrap();
    packing.finish().unwrap()
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().to_owned();
    let signed = headers.get("authorization").and_then(|it| it.to_str().ok()).map(str::to_owned);
    let number = {
        let mut arrived = shared.arrived.lock().unwrap();
        arrived.push(Arrived { path: path.clone(), headers });
        arrived.len()
    };
    shared.came.notify_waiters();
    if path.starts_with("/hang") || number == shared.held.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    if path.starts_with("/gate") {
        shared.pass_gate().await;
    }
    if path.starts_with("/to") {
        let target = uri.query().unwrap_or_default().to_owned();
        return (StatusCode::FOUND, [("location", target)]).into_response();
    }
    if path.starts_with("/endless") {
        let chunk = || Ok::<_, std::io::Error>(vec![b'x'; 64 * 1024]);
        return Body::from_stream(futures::stream::repeat_with(chunk)).into_response();
    }
    if path.starts_with("/packed") {
        return ([("content-encoding", "gzip")], packed()).into_response();
    }
    if path.starts_with("/echo") {
        return (StatusCode::UNAUTHORIZED, axum::Json(serde_json::json!({ "asked": signed })))
            .into_response();
    }
    let fails = || {
        shared
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |it| it.checked_sub(1))
            .is_ok()
    };
    if path.starts_with("/fail") && fails() {
        return (StatusCode::INTERNAL_SERVER_ERROR, "not now").into_response();
    }
    axum::Json(serde_json::json!({ "path": path })).into_response()
}
