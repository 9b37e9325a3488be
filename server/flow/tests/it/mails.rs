//! E-mail over a real connection to a mail server of the test.

use crate::identity::Identity;
use crate::site::Site;
use crate::world::{World, admin, keep_going, on_webhook, piece};
use domain::flow::connection::NewConnection;
use domain::flow::run::{Run, RunStatus};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const GREETING: &str = "220 mail.test ESMTP\r\n";

/// How a server of the test answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It takes everything.
    Takes,
    /// It knows nobody.
    RefusesPeople,
    /// It goes away once it has the text.
    BreaksOff,
    /// It is encrypted from the first byte.
    Encrypted,
    /// It asks to be encrypted before anything else.
    BeginsPlainly,
}

/// A mail server that remembers what it was told.
pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub(crate) async fn open(manner: Manner) -> Self {
        Self::certified(manner, None).await
    }

    /// One that shows the certificate of `identity`.
    async fn certified(manner: Manner, identity: Option<&Identity>) -> Self {
        let acceptor = identity.map(Identity::acceptor);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, heard) = (listener.local_addr().unwrap(), Arc::default());
        let server = Self { address, heard: Arc::clone(&heard) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(served(stream, acceptor.clone(), manner, Arc::clone(&heard)));
            }
        });
        server
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    fn text(&self) -> String {
        self.heard().join("\n")
    }

    pub(crate) fn messages(&self) -> usize {
        self.heard().iter().filter(|it| *it == "DATA").count()
    }
}

async fn served(
    mut stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    manner: Manner,
    heard: Arc<Mutex<Vec<String>>>,
) {
    let Some(acceptor) = acceptor else { return talk(stream, manner, heard, GREETING).await };
    let greeting = match manner {
        Manner::BeginsPlainly => {
            if !asked_for_encryption(&mut stream, &heard).await {
                return;
            }
            ""
        }
        _ => GREETING,
    };
    // Whoever does not trust the certificate goes away.
    if let Ok(stream) = acceptor.accept(stream).await {
        talk(stream, manner, heard, greeting).await;
    }
}

/// Talks until the other side wants to be encrypted, and lets it begin.
async fn asked_for_encryption(stream: &mut TcpStream, heard: &Mutex<Vec<String>>) -> bool {
    stream.write_all(GREETING.as_bytes()).await.unwrap();
    let mut lines = BufReader::new(&mut *stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        heard.lock().unwrap().push(format!("plain: {line}"));
        let (answer, is_over): (&[u8], bool) = match line.split(' ').next() {
            Some("EHLO") => (b"250-mail.test\r\n250 STARTTLS\r\n", false),
            Some("STARTTLS") => (b"220 go on\r\n", true),
            _ => (b"530 encrypt first\r\n", false),
        };
        lines.get_mut().write_all(answer).await.unwrap();
        if is_over {
            return true;
        }
    }
    false
}

async fn talk<S: AsyncRead + AsyncWrite>(
    stream: S,
    manner: Manner,
    heard: Arc<Mutex<Vec<String>>>,
    greeting: &str,
) {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    write.write_all(greeting.as_bytes()).await.unwrap();
    let mut is_text = false;
    while let Ok(Some(line)) = lines.next_line().await {
        heard.lock().unwrap().push(line.clone());
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let answer = match (is_text, word.as_str()) {
            (true, _) if line == "." && manner == Manner::BreaksOff => return,
            (true, _) if line == "." => {
                is_text = false;
                "250 queued"
            }
            (true, _) => continue,
            (false, "EHLO") => "250-mail.test\r\n250 AUTH PLAIN LOGIN",
            (false, "AUTH") => "235 welcome",
            (false, "RCPT") if manner == Manner::RefusesPeople => "550 no such user here",
            (false, "DATA") => {
                is_text = true;
                "354 go on"
            }
            (false, "QUIT") => "221 bye",
            _ => "250 fine",
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

pub(crate) async fn connected(world: &World, server: &MailServer) {
    connected_by(world, server, json!({})).await;
}

async fn connected_by(world: &World, server: &MailServer, more: Value) {
    let mut props = json!({
        "host": "127.0.0.1", "port": server.address.port(), "email": "studio@example.com", "password": "hunter2hunter2",
    });
    props.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    let value = json!({ "type": "CUSTOM_AUTH", "props": props });
    let new = NewConnection {
        name: "Mail".to_owned(),
        piece_name: "@activepieces/piece-smtp".to_owned(),
        external_id: Some("mail".to_owned()),
        value: value.as_object().cloned().unwrap(),
        ..NewConnection::default()
    };
    world.flows.connections().create(&admin(), new).await.unwrap();
}

fn mail(to: Value) -> Value {
    let input = json!({
        "auth": "{{connections['mail']}}", "from": "studio@example.com", "senderName": "Studio", "to": to,
        "subject": "Grüße von {{trigger.body.name}}", "body_type": "plain_text", "body": "Hello {{trigger.body.name}}",
    });
    piece("step_1", "@activepieces/piece-smtp", "send-email", input)
}

async fn ran(world: &World, step: Value) -> Run {
    let flow = world.published(on_webhook(step)).await;
    let run = world.fire(&flow, json!({ "name": "Ada" })).await;
    world.ended(&run).await
}

#[tokio::test]
async fn a_message_arrives_with_its_people_and_leaves_no_password_behind() {
    for world in World::both().await {
        let server = MailServer::open(Manner::Takes).await;
        world.allow(&[server.address.to_string()]).await;
        connected(&world, &server).await;
        let run = ran(&world, mail(json!(["a@example.com", "Bo <b@example.com>"]))).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        let text = server.text();
        for line in [
            "MAIL FROM:<studio@example.com>",
            "RCPT TO:<a@example.com>",
            "RCPT TO:<b@example.com>",
            "Hello Ada",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(text.contains("AUTH PLAIN"), "{text}");
        assert!(text.contains("Subject: =?utf-8?"), "{text}");
        let output = &run.steps["step_1"]["output"];
        assert_eq!(output["to"], json!(["a@example.com", "b@example.com"]));
        assert!(text.contains(output["messageId"].as_str().unwrap()));
        assert!(!serde_json::to_string(&run.steps).unwrap().contains("hunter2"));
    }
}

#[tokio::test]
async fn files_go_with_a_message() {
    for world in World::both().await {
        let server = MailServer::open(Manner::Takes).await;
        let site = Site::open().await;
        world.allow(&[server.address.to_string(), site.host()]).await;
        connected(&world, &server).await;
        let mut step = mail(json!(["a@example.com"]));
        step["settings"]["input"]["attachments"] = json!({
            "people.csv": "name\n{{trigger.body.name}}",
            "mark.bin": "{{trigger.body.file}}",
            "page.txt": site.url("/ok"),
        });
        let flow = world.published(on_webhook(step)).await;
        let file = json!({ "base64": "AAEC/w==", "contentType": "image/png" });
        let run = world.fire(&flow, json!({ "name": "Ada", "file": file })).await;
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        let text = server.text();
        for part in [
            "Content-Type: multipart/mixed",
            "Hello Ada",
            "filename=\"people.csv\"",
            "Content-Type: text/csv",
            "name\nAda",
            "filename=\"mark.bin\"",
            "Content-Type: image/png",
            "AAEC/w==",
            "filename=\"page.txt\"",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(site.count("/ok"), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_attached_is_named_and_nothing_is_sent() {
    let world = World::sqlite().await;
    let server = MailServer::open(Manner::Takes).await;
    world.allow(&[server.address.to_string()]).await;
    connected(&world, &server).await;
    let closed = Site::open().await;
    let big = "{{trigger.body.big}}";
    for (files, why) in [
        (json!({ "a.txt": "{{trigger.body.missing}}" }), "a.txt is empty"),
        (json!({ "a.bin": { "base64": "?" } }), "is not base64"),
        (json!({ "a": big, "b": big, "c": big }), "larger than 5 MB"),
        (json!({ "a.bin": closed.url("/ok") }), "A super admin can allow it"),
    ] {
        let mut step = mail(json!(["a@example.com"]));
        step["settings"]["input"]["attachments"] = files;
        let flow = world.published(on_webhook(step)).await;
        let body = json!({ "name": "Ada", "big": "x".repeat(2_000_000) });
        let run = world.fire(&flow, body).await;
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Failed);
        let error = run.error.unwrap();
        assert!(error.contains(why), "{error}");
    }
    assert_eq!((server.heard(), closed.count("/ok")), (Vec::<String>::new(), 0));
}

#[tokio::test]
async fn a_message_goes_encrypted_to_a_server_that_is_known() {
    let identity = Identity::new();
    for manner in [Manner::Encrypted, Manner::BeginsPlainly] {
        let known = identity.certificate.clone();
        let world = World::with(|it| it.mail_authorities = vec![known]).await;
        let server = MailServer::certified(manner, Some(&identity)).await;
        world.allow(&[server.address.to_string()]).await;
        connected_by(&world, &server, json!({ "TLS": manner == Manner::Encrypted })).await;
        let run = ran(&world, mail(json!(["a@example.com"]))).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
        assert_eq!(server.messages(), 1);
        let heard = server.heard();
        let plain: Vec<_> = heard.iter().filter_map(|it| it.strip_prefix("plain: ")).collect();
        assert_eq!(plain.contains(&"STARTTLS"), manner == Manner::BeginsPlainly, "{plain:?}");
        assert!(plain.iter().all(|it| !it.contains("AUTH") && !it.contains("MAIL")), "{plain:?}");
        assert!(heard.iter().any(|it| it.starts_with("AUTH PLAIN")), "{heard:?}");
    }
}

#[tokio::test]
async fn nothing_is_told_to_a_server_that_nobody_vouches_for() {
    let (identity, other) = (Identity::new(), Identity::new());
    for manner in [Manner::Encrypted, Manner::BeginsPlainly] {
        let known = other.certificate.clone();
        let world = World::with(|it| it.mail_authorities = vec![known]).await;
        let server = MailServer::certified(manner, Some(&identity)).await;
        world.allow(&[server.address.to_string()]).await;
        connected_by(&world, &server, json!({ "TLS": manner == Manner::Encrypted })).await;
        let run = ran(&world, mail(json!(["a@example.com"]))).await;
        assert_eq!(run.status, RunStatus::Failed);
        assert!(run.error.unwrap().contains("No connection to the mail server"));
        let heard = server.heard();
        assert!(heard.iter().all(|it| it.starts_with("plain: ")), "{heard:?}");
        assert!(heard.iter().all(|it| !it.contains("AUTH")), "{heard:?}");
    }
}

#[tokio::test]
async fn a_private_mail_server_is_not_reached_unless_it_is_allowed() {
    let world = World::sqlite().await;
    let server = MailServer::open(Manner::Takes).await;
    connected(&world, &server).await;
    let run = ran(&world, mail(json!(["a@example.com"]))).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error.unwrap().contains("A super admin can allow it"));
    assert_eq!(server.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_mail_server_refuses_is_told_in_its_words() {
    let world = World::sqlite().await;
    let server = MailServer::open(Manner::RefusesPeople).await;
    world.allow(&[server.address.to_string()]).await;
    connected(&world, &server).await;
    let run = ran(&world, mail(json!(["a@example.com"]))).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error.unwrap().contains("no such user here"));
    assert_eq!(server.messages(), 0);
}

/// The text was handed over, so it may have arrived: it is not sent again by itself.
#[tokio::test]
async fn a_message_that_may_have_arrived_needs_a_person() {
    let world = World::sqlite().await;
    let server = MailServer::open(Manner::BreaksOff).await;
    world.allow(&[server.address.to_string()]).await;
    connected(&world, &server).await;
    let mut step = mail(json!(["a@example.com"]));
    step["settings"]["errorHandlingOptions"] =
        json!({ "continueOnFailure": {}, "retryOnFailure": { "value": true } });
    let run = ran(&world, step).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error.unwrap().contains("needs a person"));
    assert_eq!(server.messages(), 1);
}

#[tokio::test]
async fn what_is_no_address_is_named_before_anything_is_sent() {
    let world = World::sqlite().await;
    let server = MailServer::open(Manner::Takes).await;
    world.allow(&[server.address.to_string()]).await;
    connected(&world, &server).await;
    let run = ran(&world, keep_going(mail(json!(["nobody"])))).await;
    let error = run.steps["step_1"]["errorMessage"].as_str().unwrap();
    assert!(error.contains("\"nobody\" is not a mail address"), "{error}");
    assert_eq!(server.heard(), Vec::<String>::new());
}
