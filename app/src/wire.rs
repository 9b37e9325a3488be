//! How server functions send what they are given and what they answer: as JSON that is read as text.
//!
//! Pages find what the server loaded for them as JSON text too. What `server_fn` does by default reads bytes, so each
//! type that travels both ways would be read by two copies of the same code in the browser's bundle.

use leptos::server_fn::codec::Post;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};

/// JSON in the body of a `POST` request and of its answer: `input` and `output` of a server function.
pub type Json = Post<JsonText>;

/// JSON that is read as text.
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(std::str::from_utf8(&bytes).map_err(serde_json::Error::custom)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_read_again() {
        let sent = JsonText::encode(&vec!["Größe", "日本"]).unwrap();
        let read: Vec<String> = JsonText::decode(sent).unwrap();
        assert_eq!(read, ["Größe", "日本"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let broken = Bytes::from_static(b"\"\xff\"");
        let read: Result<String, _> = JsonText::decode(broken);
        assert!(read.is_err());
    }
}
