//! Forms that carry files (`multipart/form-data`), as browsers and other programs send them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::{FutureExt, future, stream};
use multer::Multipart;
use serde_json::{Value, json};
use std::convert::Infallible;

/// Parts of one form.
const MOST: usize = 1_000;

/// One part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of the field.
    pub name: String,
    /// What the file is called; none for a field that is no file, empty where none was chosen.
    pub file: Option<String>,
    /// Its content type, as it was sent.
    pub kind: Option<String>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Part {
    /// The text, or the file as steps see it: `{name, contentType, base64}`; null where none was chosen.
    pub(crate) fn value(&self) -> Value {
        let Some(name) = &self.file else {
            return String::from_utf8_lossy(&self.bytes).into_owned().into();
        };
        if name.is_empty() && self.bytes.is_empty() {
            return Value::Null;
        }
        json!({ "name": name, "contentType": self.kind(), "base64": self.base64() })
    }

    /// What is in it, encoded.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// Its content type, or that of bytes of any kind.
    pub fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or("application/octet-stream")
    }
}

/// The parts of a whole body, by the content type that names their boundary; none when it is no such form.
pub fn read(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    let whole = stream::once(future::ready(Ok::<_, Infallible>(body.to_vec())));
    // All of it is there, so nothing is waited for.
    parts(Multipart::new(whole, boundary)).now_or_never()?
}

async fn parts(mut form: Multipart<'_>) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.ok()? {
        if parts.len() == MOST {
            return None;
        }
        let name = field.name()?.to_owned();
        let file = field.file_name().map(str::to_owned);
        let kind = field.content_type().map(ToString::to_string);
        let bytes = field.bytes().await.ok()?.to_vec();
        parts.push(Part { name, file, kind, bytes });
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=XyZ";

    #[test]
    fn fields_and_files_are_told_apart() {
        let body = b"--XyZ\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAda\r\n\
            --XyZ\r\nContent-Disposition: form-data; name=\"cv\"; filename=\"cv.pdf\"\r\n\
            Content-Type: application/pdf\r\n\r\n\x00\x01\r\n\
            --XyZ\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--XyZ--\r\n";
        let parts = read(KIND, body).expect("a form");
        let values: Vec<_> = parts.iter().map(|it| (it.name.as_str(), it.value())).collect();
        let file = json!({ "name": "cv.pdf", "contentType": "application/pdf", "base64": "AAE=" });
        assert_eq!(values, [("name", json!("Ada")), ("cv", file), ("none", Value::Null)]);
    }

    #[test]
    fn what_is_no_form_is_none() {
        for (kind, body) in [
            ("multipart/form-data", b"--XyZ--".as_slice()),
            (KIND, b"name=Ada".as_slice()),
            (KIND, b"--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut".as_slice()),
        ] {
            assert_eq!(read(kind, body), None, "{kind}");
        }
        let part = "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        let many = format!("{}--XyZ--", part.repeat(MOST + 1));
        assert_eq!(read(KIND, many.as_bytes()), None);
    }
}
