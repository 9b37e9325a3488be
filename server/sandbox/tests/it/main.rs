//! The sandbox over plain HTTP: what the real service is known to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod activepieces;
mod asking;
mod behaviour;
mod doors;
mod feed;
mod launchpad;
mod receiver;
mod records;
mod rules;
mod viewers;
mod webhooks;
mod worlds;

use chrono::NaiveDate;
use sandbox::{Config, Running, serve};

/// The day every world of these tests is made on.
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();
const ACCOUNT: i64 = 4_100_123;
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

async fn running(config: Config) -> Running {
    let running = serve(Config { today: Some(TODAY), ..config }).await.unwrap();
    running.sandbox.create_account(ACCOUNT, TOKEN).await.unwrap();
    running
}
