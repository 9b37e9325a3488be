//! Messages in a stream of events.

/// A stream that is being read.
#[derive(Debug, Default)]
pub(crate) struct Events {
    rest: Vec<u8>,
}

impl Events {
    /// Takes a piece, and gives the data of every event that is complete now.
    pub(crate) fn take(&mut self, piece: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(piece);
        let mut found = Vec::new();
        while let Some((event, after)) = cut(&self.rest) {
            found.extend(data(&String::from_utf8_lossy(&event)));
            self.rest.drain(..after);
        }
        found
    }
}

/// The first event that ends with an empty line, and where the next one begins.
fn cut(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    const ENDS: [&[u8]; 3] = [b"\n\n", b"\r\n\r\n", b"\r\r"];
    let ends = ENDS.iter().filter_map(|end| {
        let at = bytes.windows(end.len()).position(|it| it == *end)?;
        Some((at, at + end.len()))
    });
    let (at, after) = ends.min_by_key(|it| it.0)?;
    Some((bytes.get(..at)?.to_vec(), after))
}

fn data(event: &str) -> Option<String> {
    let lines: Vec<&str> = event
        .split(['\n', '\r'])
        .filter_map(|it| it.strip_prefix("data:"))
        .map(|it| it.strip_prefix(' ').unwrap_or(it))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_however_they_arrive() {
        let text = ": hello\n\nid: 1\ndata: {\"a\":\r\ndata: 1}\r\n\r\nevent: x\ndata:2\n\ndata: 3";
        for size in 1..text.len() {
            let mut events = Events::default();
            let found: Vec<String> =
                text.as_bytes().chunks(size).flat_map(|it| events.take(it)).collect();
            assert_eq!(found, ["{\"a\":\n1}", "2"], "{size}");
        }
    }
}
