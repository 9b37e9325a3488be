//! An address that webhooks call: it answers as told and keeps what came.

use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

pub(crate) struct Receiver {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Receiver {
    /// One that answers every call with `status`.
    pub(crate) async fn answering(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = heard.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut text = String::new();
                let mut buffer = [0; 4096];
                let body = loop {
                    let read = stream.read(&mut buffer).await.unwrap_or_default();
                    text.push_str(&String::from_utf8_lossy(&buffer[..read]));
                    let body = text.split_once("\r\n\r\n").map(|it| it.1);
                    if let Some(Ok(body)) = body.map(serde_json::from_str::<Value>) {
                        break body;
                    }
                    if read == 0 {
                        return;
                    }
                };
                assert!(text.contains("User-Agent: Basecamp3 Webhook"), "{text}");
                all.lock().unwrap().push(body);
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap_or_default();
            }
        });
        Self { url, heard }
    }

    pub(crate) fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until `count` calls came.
    pub(crate) async fn hears(&self, count: usize) -> Vec<Value> {
        for _ in 0..600 {
            if self.heard().len() >= count {
                return self.heard();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("only {} calls came", self.heard().len());
    }
}
