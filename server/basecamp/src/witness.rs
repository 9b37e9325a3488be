//! Sees what a session writes: before it is sent, when a write of an operation is stored, and when it is answered.

use crate::files::LocalFile;
use crate::outbox::{Kept, Posting};
use basecamp_sdk::Error;
use basecamp_sdk::http::{Body, Response};
use bytes::{Bytes, BytesMut};
use futures::stream;
use reqwest::Method;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::ids;

/// What the SDK itself would read of an answer.
const LIMIT: usize = basecamp_sdk::config::MAX_RESPONSE_BODY_BYTES;

/// Sees what a session wrote. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Witness {
    seen: Arc<Mutex<Seen>>,
    posting: Option<Arc<Posting>>,
}

#[derive(Default)]
struct Seen {
    written: Vec<Written>,
    sent: Option<Sent>,
    before: Option<Value>,
    /// The fields of the mirror that the writes of this session change; all of them where it is not said.
    changed: Option<Vec<&'static str>>,
    /// Where the write of this call is stored, sent or not.
    row: Option<String>,
    /// What an earlier try of the step got for the same write, which is not sent again.
    answer: Option<Value>,
    /// What goes out in place of the body of the next file.
    carried: Option<LocalFile>,
}

/// A write that succeeded.
pub(crate) struct Written {
    pub(crate) path: String,
    pub(crate) answer: Option<Value>,
}

/// A write that may have arrived.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Its row in the outbox; none outside an operation.
    pub(crate) row: Option<String>,
    /// `POST`, `PUT`, `DELETE`.
    pub(crate) method: String,
    /// The path inside the account.
    pub(crate) path: String,
    /// What was sent.
    pub(crate) body: Value,
    /// What writes the earlier values back.
    pub(crate) before: Option<Value>,
    /// Epoch milliseconds.
    pub(crate) at: i64,
}

impl Witness {
    /// One that stores each write before it is sent.
    pub(crate) fn storing(posting: Posting) -> Self {
        Self { posting: Some(Arc::new(posting)), ..Self::default() }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the next write would have to be sent to take itself back.
    pub(crate) fn was(&self, before: Value) {
        self.seen().before = Some(before);
    }

    /// The writes of this session change these fields of the mirror and no others.
    pub(crate) fn changes(&self, fields: Vec<&'static str>) {
        self.seen().changed = Some(fields);
    }

    /// The fields that the writes of this session change; none where that was not said.
    pub(crate) fn changed(&self) -> Option<Vec<&'static str>> {
        self.seen().changed.clone()
    }

    /// Whatever file this session sends is `file`.
    pub(crate) fn carry(&self, file: LocalFile) {
        self.seen().carried = Some(file);
    }

    /// The file that this session sends.
    pub(crate) fn carried(&self) -> Option<LocalFile> {
        self.seen().carried.clone()
    }

    /// A call begins: nothing of it was sent yet.
    pub(crate) fn begin(&self) {
        let mut seen = self.seen();
        (seen.sent, seen.row, seen.answer) = (None, None, None);
    }

    /// What an earlier try of the step got for the write of this call.
    pub(crate) fn before(&self) -> Option<Value> {
        self.seen().answer.take()
    }

    /// What stores its writes; none outside operations and steps.
    pub(crate) fn posting(&self) -> Option<&Posting> {
        self.posting.as_deref()
    }

    /// Whether a step of a run writes.
    pub(crate) fn is_of_step(&self) -> bool {
        self.posting().is_some_and(|it| it.step().is_some())
    }

    /// Keeps what the write of a step gave: a later try is given it. Where that fails, the later try looks for it.
    pub(crate) async fn answered(&self, found: &Value) {
        let row = self.seen().row.clone();
        if let (Some(posting), Some(row)) = (self.posting(), row) {
            posting.answered(&row, found).await;
        }
    }

    /// The write of a step did not happen, so a later try sends it.
    pub(crate) async fn undone(&self) {
        let row = self.seen().row.clone();
        if let (Some(posting), Some(row)) = (self.posting(), row) {
            posting.undone(&row).await;
        }
    }

    /// The write of this call that may have arrived.
    pub(crate) fn sent(&self) -> Option<Sent> {
        self.seen().sent.clone()
    }

    /// The request did not leave this machine.
    pub(crate) fn not_sent(&self) {
        self.seen().sent = None;
    }

    /// A write is about to be sent. What the SDK sends again is the same write.
    pub(crate) async fn post(
        &self,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
    ) -> Result<(), Error> {
        let path = path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
        let path = format!("/{path}");
        let is_same = |it: &Sent| it.method == method.as_str() && it.path == path;
        let before = {
            let mut seen = self.seen();
            if seen.sent.as_ref().is_some_and(is_same) {
                return Ok(());
            }
            seen.before.take()
        };
        let body = body.and_then(|it| serde_json::from_slice(it).ok()).unwrap_or_default();
        let method = method.as_str().to_owned();
        let mut sent = Sent { row: None, method, path, body, before, at: ids::now_ms() };
        if let Some(posting) = &self.posting {
            let kept = posting.keep(&sent).await.map_err(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "a write was not stored");
                Error::usage("The change could not be stored, so it was not sent")
            })?;
            match kept {
                Kept::Row(row) => {
                    self.seen().row = Some(row.clone());
                    sent.row = Some(row);
                }
                Kept::Before(answer) => {
                    self.seen().answer = Some(answer);
                    return Err(Error::usage("An earlier try of this step did the same"));
                }
                Kept::Open => {
                    let words = "It is not known whether an earlier try of this step did the same";
                    return Err(Error::usage(words));
                }
            }
        }
        self.seen().sent = Some(sent);
        Ok(())
    }

    /// Looks at the answer to a write, and passes it on as it is.
    pub(crate) async fn see(
        &self,
        method: &Method,
        path: &str,
        mut answer: reqwest::Response,
    ) -> Result<Response<Body>, reqwest::Error> {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > LIMIT {
                break;
            }
        }
        let body = body.freeze();
        tracing::trace!(%method, path, "written");
        let written = Written { path: path.to_owned(), answer: serde_json::from_slice(&body).ok() };
        self.seen().written.push(written);
        let length = u64::try_from(body.len()).ok();
        let chunks = stream::iter([Ok::<Bytes, Error>(body)]);
        let mut response = Response::new(Body::from_stream(chunks, length));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// What was written since the last time.
    pub(crate) fn take(&self) -> Vec<Written> {
        std::mem::take(&mut self.seen().written)
    }
}
