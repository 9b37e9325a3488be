//! A connection to a mail server, judged like every other outgoing one, and encrypted wherever the server can.

use crate::outgoing::allowed::Allowed;
use crate::outgoing::dial::{self, Closed};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Ports that mail servers take messages on; others where a super admin opened them.
const PORTS: [u16; 4] = [25, 465, 587, 2525];
/// The port where the connection is encrypted from its first byte.
const ENCRYPTED: u16 = 465;
/// Bytes of one answer of a mail server.
const ANSWER: usize = 64 * 1024;
/// What lettre waits for at the beginning, when the server has said it already.
const GREETING: &[u8] = b"220 ready\r\n";

/// Where a mail server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Encrypted from the first byte, whatever the port.
    pub(crate) is_encrypted: bool,
    /// A password will be sent.
    pub(crate) has_password: bool,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) struct NoServer(pub(crate) String);

impl From<Closed> for NoServer {
    fn from(closed: Closed) -> Self {
        Self(closed.to_string())
    }
}

impl NoServer {
    fn broken(server: &Server, error: &dyn fmt::Display) -> Self {
        let Server { host, port, .. } = server;
        Self(format!("No connection to the mail server {host} on port {port}: {error}. Check both"))
    }
}

/// Connects and greets.
///
/// # Errors
/// Why not, in plain words; nothing was sent then.
pub(crate) async fn connect(
    server: &Server,
    allowed: &Allowed,
    authorities: &[CertificateDer<'static>],
) -> Result<AsyncSmtpConnection, NoServer> {
    let tcp = dial::reach((&server.host, server.port), &PORTS, allowed).await?;
    let peer = tcp.peer_addr().map_err(|it| NoServer::broken(server, &it))?;
    let stream: Box<dyn AsyncTokioStream> = if server.is_encrypted || server.port == ENCRYPTED {
        Box::new(Stream { inner: encrypted(server, tcp, authorities).await?, greeting: &[], peer })
    } else {
        let is_opened = allowed.has_host(&server.host, server.port);
        opened((server, authorities), tcp, peer, is_opened).await?
    };
    AsyncSmtpConnection::connect_with_transport(stream, &hello())
        .await
        .map_err(|it| NoServer::broken(server, &it))
}

fn hello() -> ClientId {
    ClientId::Domain("pmos.invalid".to_owned())
}

/// Begins plainly and encrypts where the server offers it.
async fn opened(
    (server, authorities): (&Server, &[CertificateDer<'static>]),
    mut tcp: TcpStream,
    peer: SocketAddr,
    is_opened: bool,
) -> Result<Box<dyn AsyncTokioStream>, NoServer> {
    let broken = |error: io::Error| NoServer::broken(server, &error);
    said(&mut tcp, "220").await.map_err(broken)?;
    tcp.write_all(format!("EHLO {}\r\n", hello()).as_bytes()).await.map_err(broken)?;
    let offers = said(&mut tcp, "250").await.map_err(broken)?;
    let has_tls = offers
        .lines()
        .any(|it| it.get(4..).is_some_and(|it| it.trim().eq_ignore_ascii_case("STARTTLS")));
    if has_tls {
        tcp.write_all(b"STARTTLS\r\n").await.map_err(broken)?;
        said(&mut tcp, "220").await.map_err(broken)?;
        let inner = encrypted(server, tcp, authorities).await?;
        return Ok(Box::new(Stream { inner, greeting: GREETING, peer }));
    }
    if server.has_password && !is_opened {
        let message = "The mail server does not encrypt, so the password is not sent to it. Use port 465 or a server with STARTTLS";
        return Err(NoServer(message.to_owned()));
    }
    Ok(Box::new(Stream { inner: tcp, greeting: GREETING, peer }))
}

async fn encrypted(
    server: &Server,
    tcp: TcpStream,
    authorities: &[CertificateDer<'static>],
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, NoServer> {
    // A second installation is refused, which is fine: there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(authorities.iter().cloned());
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(server.host.clone())
        .map_err(|_| NoServer(format!("{} is not the name of a server", server.host)))?;
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, tcp).await.map_err(|it| NoServer::broken(server, &it))
}

/// One answer of the server, which must begin with `code`.
async fn said(tcp: &mut TcpStream, code: &str) -> io::Result<String> {
    let mut answer = Vec::new();
    let mut chunk = [0; 1024];
    while !is_whole(&answer) {
        let read = tcp.read(&mut chunk).await?;
        if read == 0 || answer.len() > ANSWER {
            return Err(io::Error::other("it broke off"));
        }
        answer.extend(chunk.iter().take(read));
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    if answer.starts_with(code) {
        return Ok(answer);
    }
    Err(io::Error::other(format!("it said {}", answer.lines().next().unwrap_or_default())))
}

/// The last line has a space after its code.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    text.ends_with('\n') && text.lines().last().is_some_and(|it| it.get(3..4) != Some("-"))
}

/// A connection whose greeting was heard before.
struct Stream<S> {
    inner: S,
    greeting: &'static [u8],
    peer: SocketAddr,
}

impl<S> fmt::Debug for Stream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({})", self.peer)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Stream<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.inner).poll_read(cx, buf);
        }
        let (now, later) = self.greeting.split_at(self.greeting.len().min(buf.remaining()));
        buf.put_slice(now);
        self.greeting = later;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_line() {
        assert!(!is_whole(b""));
        assert!(!is_whole(b"250-one\r\n"));
        assert!(!is_whole(b"250-one\r\n250 tw"));
        assert!(is_whole(b"250-one\r\n250 two\r\n"));
        assert!(is_whole(b"220\r\n"));
    }
}
