//! The name of this node, kept in its data folder: after a restart it takes up its own runs at once.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use store::ids;

/// This node. Its file is locked while the process lives, whatever ends it.
pub(crate) struct Node {
    /// None when another process uses the same folder: then runs wait for the lease.
    pub(crate) name: Option<String>,
    _lock: File,
}

impl Node {
    /// The node of the data folder `folder`; its name is made at the first start.
    pub(crate) fn of(folder: &Path) -> io::Result<Self> {
        let path = folder.join("node");
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Self { name: None, _lock: file }),
            // A file system without locks cannot tell whether somebody else is there.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(Self { name: None, _lock: file });
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut name = String::new();
        file.read_to_string(&mut name)?;
        let mut name = name.trim().to_owned();
        if name.is_empty() {
            name = ids::fresh();
            file.write_all(name.as_bytes())?;
            file.sync_all()?;
        }
        Ok(Self { name: Some(name), _lock: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_keeps_its_name_and_lives_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = Node::of(folder.path()).unwrap();
        assert!(first.name.is_some());
        assert_eq!(Node::of(folder.path()).unwrap().name, None);
        let name = first.name.clone();
        drop(first);
        assert_eq!(Node::of(folder.path()).unwrap().name, name);
    }
}
