//! Starts PM OS.

use axum::serve::ListenerExt;
use backend::Backend;
use backend::config::Config;
use std::error::Error;
use std::io::IsTerminal;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

fn main() -> Result<(), Box<dyn Error>> {
    // The process of a code step: it must hold nothing of the server's, not even its threads.
    if std::env::args_os().nth(1).is_some_and(|it| it == code::worker::WORD) {
        return Ok(code::worker::serve()?);
    }
    serve()
}

#[tokio::main]
async fn serve() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let filter = EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(&config.log_level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Colours are for people who look on, not for files.
        .with_ansi(std::io::stdout().is_terminal())
        .with_writer(|| backend::logs::Kept)
        .init();
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "TLS is already set up")?;
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    // A streamed answer is several small writes: without this each waits until the one before is acknowledged.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::warn!(
                error = &error as &dyn Error,
                "small writes of a connection are held back"
            );
        }
    });
    let backend = Backend::start(config).await?;
    tracing::info!("PM OS is running at http://{address}");
    let closing = backend.closing.clone();
    let stop = async move {
        stop_signal().await;
        closing.cancel();
    };
    let service =
        server::router(backend.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    backend.stop().await;
    Ok(())
}

/// Waits for Ctrl-C or a polite kill.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
