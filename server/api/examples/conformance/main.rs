//! The product's `/mcp` with the tools, resources and prompts that the official conformance suite asks for by name.
//!
//! `cargo run -p api --example conformance` serves it on a free port of this machine and prints the address; a number
//! after `--` chooses the port, and `product` after that leaves the fixtures away. Everything but those names is
//! answered by the product. The suite runs with Node 22 or newer, each revision by itself:
//!
//! `npx @modelcontextprotocol/conformance@0.2.0-alpha.12 server --url ADDRESS --requirements 2025-11-25`

mod answers;
mod asking;
mod fixture;
mod jobs;

use crate::fixture::Fixture;
use backend::Backend;
use backend::config::Config;
use mcp::handler::Handler;
use mcp::service::Mcp;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::args().nth(1).map_or(Ok(0), |it| it.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let folder = tempfile::tempdir()?;
    let data = folder.path().display().to_string();
    let config = Config::from_lookup(|name| match name {
        "PMOS_DATA" => Some(data.clone()),
        "APP_BASE_URL" => Some(address.clone()),
        _ => None,
    })?;
    let backend = Backend::start(config).await?;
    let router = match std::env::args().nth(2).as_deref() {
        Some("product") => api::router(&backend),
        _ => api::router_serving(&backend, |door| {
            let fixture = Fixture::over(Handler::new(door.clone()));
            let handler = move || fixture.for_session();
            let limit = backend.config.json_body_limit;
            Mcp::serving(handler, &door, limit, &backend.closing)
        }),
    };
    writeln!(std::io::stdout(), "{address}/mcp")?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
