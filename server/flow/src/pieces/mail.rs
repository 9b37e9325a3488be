//! E-mail over a mail server of the workspace's own.

use crate::engine::Engine;
use crate::outgoing::mail::{self, NoServer, Server};
use crate::outgoing::send::TOTAL;
use crate::pieces::attachments;
use crate::pieces::input::{Input, as_text};
use crate::pieces::{Again, Call, Done, Failed};
use domain::flow::connection::ConnectionType;
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use serde_json::{Map, Value, json};

/// The port for messages that are handed in.
const SUBMISSION: u16 = 587;
/// People of one message.
const MOST_PEOPLE: usize = 100;
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// Sends one message. Mail knows no idempotency key, so a try that was cut off needs a person.
pub(crate) async fn send(call: &Call<'_>) -> Result<Done, Failed> {
    if call.is_unsure {
        return Err(needs_person("PM OS stopped while this e-mail was being sent"));
    }
    post(call.engine, &call.input, call.key).await.map(Done::Output)
}

/// Sends the message of `input`, whose id is made of `key`, and says to whom it went.
pub(crate) async fn post(engine: &Engine, input: &Input<'_>, key: &str) -> Result<Value, Failed> {
    let (server, credentials) = server(input)?;
    let id = format!("<{key}@pmos.invalid>");
    let files = attachments::parts(engine, input).await?;
    let (message, people) = message(input, &id, files)?;
    let allowed = engine.allowed().await.map_err(|it| Failed::new(it.to_string()))?;
    let beginning = async {
        let mut connection =
            mail::connect(&server, &allowed, &engine.config.mail_authorities).await?;
        if let Some(credentials) = &credentials {
            let signed = connection.auth(&MECHANISMS, credentials).await;
            signed.map_err(|it| NoServer(format!("The mail server refused the password: {it}")))?;
        }
        Ok::<_, NoServer>(connection)
    };
    let begun = tokio::time::timeout(TOTAL, beginning).await;
    let begun = begun.map_err(|_| Failed::new(slow()))?;
    let connection = begun.map_err(|NoServer(message)| Failed::new(message))?;
    let given = tokio::time::timeout(TOTAL, handed_over(connection, &message)).await;
    given.map_err(|_| needs_person("The mail server gave no answer in time"))??;
    Ok(json!({ "sent": true, "to": people, "messageId": id }))
}

fn slow() -> String {
    format!("The mail server gave no answer within {} seconds. Try again later", TOTAL.as_secs())
}

fn needs_person(what: &str) -> Failed {
    let message = format!(
        "{what}, so it is not known whether it arrived. This needs a person: ask whom it was for, then retry the run from \
         this step, or leave it"
    );
    Failed { message, again: Again::NeedsPerson }
}

/// A refusal means that nothing was sent; anything else may mean that it was.
async fn handed_over(mut connection: AsyncSmtpConnection, message: &Message) -> Result<(), Failed> {
    let sent = connection.send(message.envelope(), &message.formatted()).await;
    connection.abort().await;
    match sent {
        Ok(_) => Ok(()),
        Err(error) if error.status().is_some() => {
            Err(Failed::new(format!("The mail server refused the message: {error}")))
        }
        Err(_) => Err(needs_person("The connection broke while this e-mail was being sent")),
    }
}

/// The server and who signs in, from the connection; where that is only a name and password, from the step.
fn server(input: &Input<'_>) -> Result<(Server, Option<Credentials>), Failed> {
    let none = || {
        Failed::new(
            "The connection is not one for mail. It needs the fields host, port, email and password, or a name and password",
        )
    };
    let connection = input.value("auth").ok_or_else(none)?;
    let kind = connection["type"].as_str().and_then(ConnectionType::parse).ok_or_else(none)?;
    let empty = Map::new();
    let fields = match kind {
        ConnectionType::CustomAuth => connection["props"].as_object().unwrap_or(&empty),
        ConnectionType::BasicAuth => connection.as_object().unwrap_or(&empty),
        _ => return Err(none()),
    };
    let fields = Input::new(fields);
    let host = fields.text("host").or_else(|| input.text("host")).ok_or_else(|| {
        Failed::new(
            "No mail server is named. Fill in Mail server, or the field host of the connection",
        )
    })?;
    let port = fields.integer("port").or_else(|| input.integer("port"));
    let port = port.map_or(Ok(SUBMISSION), u16::try_from);
    let port = port.map_err(|_| Failed::new("The port of the mail server is not one"))?;
    let user = ["email", "username", "user"].into_iter().find_map(|it| fields.text(it));
    let credentials = user.zip(fields.text("password"));
    let server = Server {
        host: host.trim().to_ascii_lowercase(),
        port,
        is_encrypted: fields.flag("TLS") || fields.flag("tls"),
        has_password: credentials.is_some(),
    };
    Ok((server, credentials.map(|(user, password)| Credentials::new(user, password))))
}

/// The message with its files, and whom it goes to.
fn message(
    input: &Input<'_>,
    id: &str,
    files: Vec<SinglePart>,
) -> Result<(Message, Vec<String>), Failed> {
    let from = mailbox(&input.required_text("from", "From")?, input.text("senderName"))?;
    let to = people(input, "to", "To")?;
    let copies = people(input, "cc", "Copy to")?;
    let hidden = people(input, "bcc", "Hidden copy to")?;
    if to.is_empty() {
        return Err(Failed::new("To is empty. Fill it in, or check the value it is taken from"));
    }
    let all: Vec<String> =
        to.iter().chain(&copies).chain(&hidden).map(|it| it.email.to_string()).collect();
    if all.len() > MOST_PEOPLE {
        return Err(Failed::new(format!(
            "The e-mail goes to {} people, more than {MOST_PEOPLE}. Send it in parts",
            all.len()
        )));
    }
    let builder = Message::builder().from(from).message_id(Some(id.to_owned()));
    let builder = to.into_iter().fold(builder, MessageBuilder::to);
    let builder = copies.into_iter().fold(builder, MessageBuilder::cc);
    let mut builder = hidden.into_iter().fold(builder, MessageBuilder::bcc);
    if let Some(answers) = input.text("replyTo") {
        builder = builder.reply_to(mailbox(&answers, None)?);
    }
    let kind = match input.text("body_type").as_deref() {
        Some("html") => ContentType::TEXT_HTML,
        _ => ContentType::TEXT_PLAIN,
    };
    let subject = input.required_text("subject", "The subject")?;
    let body = input.required_text("body", "The text")?;
    let builder = builder.subject(subject);
    let built = if files.is_empty() {
        builder.header(kind).body(body)
    } else {
        let text = SinglePart::builder().header(kind).body(body);
        let all = MultiPart::mixed().singlepart(text);
        builder.multipart(files.into_iter().fold(all, MultiPart::singlepart))
    };
    let built = built.map_err(|it| Failed::new(format!("The e-mail cannot be written: {it}")))?;
    Ok((built, all))
}

/// Addresses of a list, or of one text with commas.
fn people(input: &Input<'_>, name: &str, label: &str) -> Result<Vec<Mailbox>, Failed> {
    let given = match input.json(name) {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().map(as_text).collect(),
        Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
        Some(_) => return Err(Failed::new(format!("{label} must be a list of addresses"))),
    };
    let given = given.iter().filter(|it| !it.trim().is_empty());
    given.map(|it| mailbox(it, None)).collect()
}

fn mailbox(text: &str, name: Option<String>) -> Result<Mailbox, Failed> {
    let mut read: Mailbox = text.trim().parse().map_err(|_| {
        Failed::new(format!("{text:?} is not a mail address. Check the value it is taken from"))
    })?;
    if name.is_some() {
        read.name = name;
    }
    Ok(read)
}

/// The inputs without the connection, and without what is in long attachments.
pub(crate) fn shown_input(input: &Map<String, Value>) -> Value {
    let mut shown = input.clone();
    attachments::shorten(&mut shown);
    if let Some(connection) = shown.get_mut("auth") {
        *connection = domain::expr::REDACTED.into();
    }
    Value::Object(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(input: &Value, reading: impl FnOnce(&Input<'_>) -> T) -> T {
        let fields = input.as_object().cloned().unwrap_or_default();
        reading(&Input::new(&fields))
    }

    #[test]
    fn a_name_with_a_line_break_adds_no_header() {
        let input = json!({
            "from": "a@example.com", "to": ["b@example.com"], "subject": "x\r\nBcc: c@example.com", "body": "hi",
        });
        let (letter, people) =
            read(&input, |it| message(it, "<1@pmos.invalid>", Vec::new())).unwrap();
        let text = String::from_utf8(letter.formatted()).unwrap();
        assert!(!text.contains("\r\nBcc:"), "{text}");
        assert_eq!(people, ["b@example.com"]);
        let broken =
            json!({ "from": "a@example.com\r\nBcc: c@example.com", "to": "b@example.com" });
        assert!(read(&broken, |it| message(it, "<1@pmos.invalid>", Vec::new())).is_err());
    }

    #[test]
    fn the_server_stands_in_the_connection_or_in_the_step() {
        let custom = json!({ "auth": { "type": "CUSTOM_AUTH", "props": {
            "host": "Mail.example.com", "port": "465", "email": "a", "password": "secret", "TLS": true } } });
        let (found, credentials) = read(&custom, server).unwrap();
        assert_eq!((found.host.as_str(), found.port), ("mail.example.com", 465));
        assert!(found.is_encrypted && found.has_password && credentials.is_some());
        let basic = json!({ "host": "mail.example.com",
            "auth": { "type": "BASIC_AUTH", "username": "a", "password": "secret" } });
        let (found, _) = read(&basic, server).unwrap();
        assert_eq!((found.port, found.is_encrypted), (587, false));
        let other = json!({ "auth": { "type": "SECRET_TEXT", "secret_text": "x" } });
        assert!(read(&other, server).is_err());
    }
}
