//! A server of 127.0.0.1 with a certificate of its own, made for one test.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

const SEQUENCE: u8 = 0x30;
const SIGNED_WITH: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const KEY_KIND: [u8; 19] = [
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
    0x03, 0x01, 0x07,
];
const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
const OTHER_NAMES: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x11];

/// A certificate that vouches for itself, and its key.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap().as_ref().to_vec();
        let pair = EcdsaKeyPair::from_pkcs8(kind, &key, &random).unwrap();
        let body = body(pair.public_key().as_ref());
        let signature = pair.sign(&random, &body).unwrap();
        let algorithm = part(SEQUENCE, &[&SIGNED_WITH]);
        let certificate = part(SEQUENCE, &[&body, &algorithm, &bits(signature.as_ref())]);
        Self { certificate: certificate.into(), key }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        // A second installation is refused, which is fine: there is one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![self.certificate.clone()], key).unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// What is signed (RFC 5280, 4.1): good for 127.0.0.1 until 2099.
fn body(key: &[u8]) -> Vec<u8> {
    let name = part(SEQUENCE, &[&COMMON_NAME, &part(0x0c, &[b"A server of a test"])]);
    let name = part(SEQUENCE, &[&part(0x31, &[&name])]);
    let from_to = [part(0x17, &[b"250101000000Z"]), part(0x18, &[b"20991231235959Z"])];
    let validity = part(SEQUENCE, &[&from_to[0], &from_to[1]]);
    let key = part(SEQUENCE, &[&part(SEQUENCE, &[&KEY_KIND]), &bits(key)]);
    let address = part(SEQUENCE, &[&part(0x87, &[&[127, 0, 0, 1]])]);
    let names = part(SEQUENCE, &[&OTHER_NAMES, &part(0x04, &[&address])]);
    let extensions = part(0xa3, &[&part(SEQUENCE, &[&names])]);
    let version = part(0xa0, &[&part(0x02, &[&[2]])]);
    let algorithm = part(SEQUENCE, &[&SIGNED_WITH]);
    part(
        SEQUENCE,
        &[&version, &part(0x02, &[&[1]]), &algorithm, &name, &validity, &name, &key, &extensions],
    )
}

fn bits(content: &[u8]) -> Vec<u8> {
    part(0x03, &[&[0], content])
}

/// One value in DER: its tag, its length, what it holds.
fn part(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = content.len();
    let mut part = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => part.push(short),
        Ok(one) => part.extend([0x81, one]),
        Err(_) => part.extend([0x82, (length >> 8).to_le_bytes()[0], length.to_le_bytes()[0]]),
    }
    part.extend(content);
    part
}
