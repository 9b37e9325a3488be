//! `encodeURIComponent` and its like.

use super::super::eval::{Evaluated, Machine};
use super::super::limit::nonsense;
use super::super::value::Val;
use std::fmt::Write as _;

/// What stays as it is everywhere.
const PLAIN: &str = "-_.!~*'()";
/// What stays as it is in a whole address.
const IN_ADDRESS: &str = ";,/?:@&=+$#";

pub(super) fn call<'a>(
    machine: &mut Machine<'_, 'a>,
    name: &str,
    value: &Val<'a>,
) -> Evaluated<'a> {
    let text = machine.text_of(value)?;
    machine.budget.work(text.len() / 16)?;
    match name {
        "encodeURIComponent" => machine.text(encoded(&text, "")),
        "encodeURI" => machine.text(encoded(&text, IN_ADDRESS)),
        _ => match decoded(&text) {
            Some(it) => machine.text(it),
            None => nonsense("it decodes a text that is not encoded properly"),
        },
    }
}

fn encoded(text: &str, also_plain: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for it in text.chars() {
        if it.is_ascii_alphanumeric() || PLAIN.contains(it) || also_plain.contains(it) {
            encoded.push(it);
            continue;
        }
        let mut buffer = [0; 4];
        for byte in it.encode_utf8(&mut buffer).bytes() {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}
