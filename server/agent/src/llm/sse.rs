//! Server-sent events, as model providers send them: framed by blank lines, comments left out.
//!
//! Stricter than a browser: bytes that are not text, and a frame that the stream ends inside, are errors.

use crate::llm::failure::LlmError;

/// The largest frame.
const FRAME_BYTES: usize = 1024 * 1024;

/// One event of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The name, when there is one.
    pub(crate) event: String,
    /// The data, its lines joined.
    pub(crate) data: String,
}

/// Bytes in, frames out.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    waiting: Vec<u8>,
    frame: Frame,
    has_data: bool,
}

impl Frames {
    /// Takes the next bytes and gives the frames that are complete.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, LlmError> {
        let mut frames = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                self.waiting.push(*byte);
                if self.waiting.len() + self.frame.data.len() > FRAME_BYTES {
                    return Err(LlmError::protocol("one piece is larger than 1 MB"));
                }
                continue;
            }
            let line = std::mem::take(&mut self.waiting);
            let line = String::from_utf8(line).map_err(|_| LlmError::protocol("it is not text"))?;
            frames.extend(self.line(line.strip_suffix('\r').unwrap_or(&line)));
        }
        Ok(frames)
    }

    /// The stream ended; gives a last frame whose blank line is missing.
    pub(crate) fn end(&mut self) -> Result<Option<Frame>, LlmError> {
        if !self.waiting.is_empty() {
            let line = std::mem::take(&mut self.waiting);
            let line = String::from_utf8(line).map_err(|_| LlmError::protocol("it is not text"))?;
            drop(self.line(&line));
        }
        Ok(self.line(""))
    }

    fn line(&mut self, line: &str) -> Option<Frame> {
        if line.is_empty() {
            let frame = std::mem::take(&mut self.frame);
            return std::mem::take(&mut self.has_data).then_some(frame);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.frame.event),
            "data" => {
                if self.has_data {
                    self.frame.data.push('\n');
                }
                self.frame.data.push_str(value);
                self.has_data = true;
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, step: usize) -> Vec<(String, String)> {
        let mut frames = Frames::default();
        let mut found = Vec::new();
        for bytes in text.as_bytes().chunks(step) {
            found.extend(frames.take(bytes).unwrap());
        }
        found.extend(frames.end().unwrap());
        found.into_iter().map(|it| (it.event, it.data)).collect()
    }

    #[test]
    fn frames_are_the_same_however_they_are_cut() {
        let text =
            ": hello\n\nevent: a\r\ndata: {\"x\":\r\ndata: \"é\"}\r\n\r\ndata:[DONE]\n\ndata: last";
        let expected = [
            ("a".to_owned(), "{\"x\":\n\"é\"}".to_owned()),
            (String::new(), "[DONE]".to_owned()),
            (String::new(), "last".to_owned()),
        ];
        for step in 1..text.len() {
            assert_eq!(all(text, step), expected, "{step}");
        }
    }

    #[test]
    fn what_is_not_text_or_too_large_is_refused() {
        assert!(Frames::default().take(b"data: \xff\n").is_err());
        assert!(Frames::default().take(&vec![b'a'; FRAME_BYTES + 1]).is_err());
    }
}
