//! Files on their way to Basecamp: read from the disk while they are sent, so that memory stays as it is however large
//! they are.

use basecamp_sdk::Error;
use reqwest::Body;
use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::sync::Arc;

/// A file on this machine that is to be stored at Basecamp. Cheap to clone; the file goes with the last one, where it has
/// no name.
#[derive(Clone, Debug)]
pub struct LocalFile {
    file: Arc<File>,
    length: u64,
}

impl LocalFile {
    /// The first `length` bytes of `file`.
    pub fn new(file: File, length: u64) -> Self {
        Self { file: Arc::new(file), length }
    }

    /// Bytes in it.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Makes it the body of a request, which may be sent more than once, each time from the beginning.
    pub(crate) fn fill(&self, request: &mut reqwest::Request) -> Result<(), Error> {
        let body = self.whole().map_err(|error| {
            tracing::error!(%error, "a file on its way cannot be read");
            Error::usage("The file could not be read again, so it was not sent")
        })?;
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(self.length));
        *request.body_mut() = Some(body);
        Ok(())
    }

    fn whole(&self) -> io::Result<Body> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Body::from(tokio::fs::File::from_std(file)))
    }
}
