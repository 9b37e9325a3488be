//! Waiting for runs, told by what changes: nothing is looked at again before it can be different.

use crate::world::{PATIENCE, World, admin};
use domain::flow::run::{Run, RunStatus};
use domain::ids::RunId;
use flow::runs::Runs;
use store::db::Db;

impl World {
    /// Waits until the run is in one of `states`, told by its events.
    pub(crate) async fn until(&self, run: &RunId, states: &[RunStatus]) -> Run {
        self.reached(run, |it| states.contains(&it.status)).await
    }

    pub(crate) async fn ended(&self, run: &RunId) -> Run {
        self.reached(run, |it| it.status.is_terminal()).await
    }

    /// Waits until the run is as `is_there` says.
    pub(crate) async fn reached(&self, run: &RunId, is_there: impl Fn(&Run) -> bool) -> Run {
        reached(&self.db, &self.runs, run, is_there).await
    }
}

/// Waits until the run is as `is_there` says, told by what changes in `db`.
pub(crate) async fn reached(
    db: &Db,
    runs: &Runs,
    run: &RunId,
    is_there: impl Fn(&Run) -> bool,
) -> Run {
    let mut changes = db.changes();
    let waiting = async {
        loop {
            let now = runs.get(&admin(), run).await.unwrap();
            if is_there(&now) {
                return now;
            }
            drop(changes.recv().await);
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the run gets there")
}
