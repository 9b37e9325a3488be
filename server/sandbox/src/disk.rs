//! Accounts on disk: one snapshot file each, replaced whole, so that a crash leaves the old state or the new one.

use crate::account::Account;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

fn file_of(dir: &Path, account_id: i64) -> PathBuf {
    dir.join(format!("{account_id}.json"))
}

/// Every account in `dir`, which is made when missing. One that cannot be read does not keep the others out.
pub(crate) fn load(dir: &Path) -> io::Result<Vec<Account>> {
    fs::create_dir_all(dir)?;
    let mut accounts = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        match serde_json::from_slice(&fs::read(&path)?) {
            Ok(account) => accounts.push(account),
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "a sample account cannot be read")
            }
        }
    }
    Ok(accounts)
}

/// Writes `account` so that it survives a power cut once this returns.
pub(crate) fn save(dir: &Path, account: &Account) -> io::Result<()> {
    let target = file_of(dir, account.id);
    let draft = target.with_extension("draft");
    let mut file = File::create(&draft)?;
    file.write_all(&serde_json::to_vec(account)?)?;
    file.sync_all()?;
    fs::rename(&draft, &target)?;
    File::open(dir)?.sync_all()
}

/// Forgets an account; a missing one is fine.
pub(crate) fn remove(dir: &Path, account_id: i64) -> io::Result<()> {
    match fs::remove_file(file_of(dir, account_id)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => File::open(dir)?.sync_all(),
    }
}
