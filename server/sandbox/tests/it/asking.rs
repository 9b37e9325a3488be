//! A client of a few lines, so that a test sees every header.

use crate::{ACCOUNT, TOKEN};
use sandbox::Running;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
pub(crate) struct Heard {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Value,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line =
            self.head.lines().find(|it| it.to_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(": ").map(|(_, value)| value)
    }

    /// The items of a list, by one field.
    pub(crate) fn all(&self, field: &str) -> Vec<&str> {
        self.body.as_array().unwrap().iter().map(|it| it[field].as_str().unwrap()).collect()
    }
}

/// Sends a request as it is written.
pub(crate) async fn send(running: &Running, request: &str) -> Heard {
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Heard { status, head: head.to_owned(), body: serde_json::from_str(body).unwrap_or_default() }
}

/// A well-behaved request to a path of the account, with more headers.
pub(crate) async fn ask_with(
    running: &Running,
    method: &str,
    path: &str,
    extra: &str,
    body: &str,
) -> Heard {
    let size = body.len();
    let request = format!(
        "{method} /{ACCOUNT}{path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\
         User-Agent: tests (tests@example.test)\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Length: {size}\r\n{extra}\r\n{body}"
    );
    send(running, &request).await
}

pub(crate) async fn get(running: &Running, path: &str) -> Heard {
    ask_with(running, "GET", path, "", "").await
}

pub(crate) async fn write(running: &Running, method: &str, path: &str, body: &Value) -> Heard {
    ask_with(running, method, path, "Content-Type: application/json\r\n", &body.to_string()).await
}

/// The id of the first record of a list with this title or name.
pub(crate) async fn id_in(running: &Running, path: &str, title: &str) -> i64 {
    let heard = get(running, path).await;
    let found = heard.body.as_array().unwrap().iter();
    let mut found = found.filter(|it| it["title"] == title || it["name"] == title);
    found.next().unwrap()["id"].as_i64().unwrap()
}
