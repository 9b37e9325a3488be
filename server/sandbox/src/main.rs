//! The sandbox on its own, in memory, until it is stopped.
//!
//! `sandbox [small|medium|large] [ADDRESS:PORT] [at=ADDRESS:PORT] [app=ID:SECRET]`: `at` is where people reach it, when
//! something is in front of it. With an app it is also a sign-in service that knows that app and asks its people before
//! it lets it in. It prints where the account is, the token that opens it, and the key of the control requests.
//!
//! `sandbox activepieces [ADDRESS:PORT]` serves the flow engine of another maker instead, and prints who may sign in.
#![expect(clippy::print_stdout, reason = "what it prints is how it is reached")]

use sandbox::launchpad::Integration;
use sandbox::world::Size;
use sandbox::{Config, activepieces, serve};
use std::io;
use std::net::SocketAddr;

/// The account it serves.
const ACCOUNT: i64 = 4_100_123;

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut config = Config::default();
    let (mut size, mut listen, mut is_engine) = (Size::default(), None, false);
    for word in std::env::args().skip(1) {
        let app = word.strip_prefix("app=").and_then(|it| it.split_once(':'));
        if let Some(it) = Size::parse(&word) {
            size = it;
        } else if word == "activepieces" {
            is_engine = true;
        } else if let Some((id, secret)) = app {
            let integration =
                Integration { client_id: id.to_owned(), client_secret: secret.to_owned() };
            config.integration = Some(integration);
        } else if let Some(at) = word.strip_prefix("at=") {
            config.reached_at = Some(address(at)?);
        } else {
            listen = Some(address(&word)?);
        }
    }
    if is_engine {
        return serve_engine(listen).await;
    }
    config.listen = listen.unwrap_or(config.listen);
    let asks = config.integration.is_some();
    let running = serve(config).await?;
    if asks {
        running.sandbox.behave(|it| it.asks = true);
    }
    let token = format!("{:032x}", rand::random::<u128>());
    running.sandbox.create_world(ACCOUNT, &token, size).await?;
    println!("account {}/{ACCOUNT}", running.sandbox.base_url());
    println!("token {token}");
    println!("control {}", running.control_key);
    tokio::signal::ctrl_c().await
}

async fn serve_engine(listen: Option<SocketAddr>) -> io::Result<()> {
    let config = activepieces::Config::default();
    let config = activepieces::Config { listen: listen.unwrap_or(config.listen), ..config };
    let (people, key) = (config.people.clone(), config.api_key.clone());
    let running = activepieces::serve(config).await?;
    println!("address {}", running.engine.base_url());
    for (at, (email, password)) in people.iter().enumerate() {
        println!("person {email} {password} project {}", running.engine.project(at));
    }
    println!("key {key}");
    tokio::signal::ctrl_c().await
}

fn address(word: &str) -> io::Result<SocketAddr> {
    word.parse().map_err(|_| {
        let words = "neither small, medium, large, activepieces, an app nor an address such as 127.0.0.1:4000";
        io::Error::other(format!("{word} is {words}"))
    })
}
