//! Reversals whose answer is lost or whose process dies: found out, told once, never sent twice.

use crate::outbox::{HOUR, killed_once, process};
use crate::undoing::{here, reversals};
use crate::world::{World, actor};
use domain::ids::OperationId;
use sandbox::faults::Fault;
use serde_json::{Value, json};
use std::time::Duration;
use store::error::StoreError;
use store::operations;
use store::testing::TestDb;
use store::undos;

/// A to-do that was just made, and the operation that made it.
struct Made {
    world: World,
    todo: i64,
    id: OperationId,
}

impl Made {
    async fn both() -> Vec<Self> {
        let mut all = Vec::new();
        for test in TestDb::both().await {
            let config = sandbox::Config { keeps_log: true, ..sandbox::Config::default() };
            let world = World::beside(test, config).await;
            let done = world.ok("create_todo", here(json!({ "task": "In doubt" }))).await;
            let id = OperationId::from(done["operation_id"].as_str().unwrap());
            all.push(Self { todo: done["todo"]["id"].as_i64().unwrap(), world, id });
        }
        all
    }

    async fn is_trashed(&self) -> bool {
        let path = json!({ "path": format!("/todos/{}", self.todo) });
        self.world.ok("basecamp_raw", path).await["data"]["status"] == "trashed"
    }

    /// How often it was put into the trash.
    fn sent(&self) -> usize {
        let path = format!("/recordings/{}/status/trashed", self.todo);
        let all = self.world.running.sandbox.requests();
        all.iter().filter(|it| it.starts_with("PUT") && it.contains(&path)).count()
    }

    async fn is_undone(&self) -> bool {
        let mut conn = self.world.test.db.read().await.unwrap();
        let row = operations::find(&mut conn, &actor("amara").workspace, &self.id).await.unwrap();
        row.unwrap().undone_at.is_some()
    }

    /// Whether somebody could begin to take it back when every claim of now is over.
    async fn is_free(&self) -> bool {
        let id = self.id.clone();
        let claim = self.world.test.db.write::<_, StoreError, _>(move |tx| {
            let times = (i64::MAX - 1, i64::MAX - 1);
            Box::pin(async move { undos::claim(tx, &"w1".into(), &id, times).await })
        });
        claim.await.unwrap().is_some()
    }

    fn undo(&self) -> Value {
        json!({ "operation_id": self.id.as_str() })
    }

    /// It is taken back, once, and that was told once.
    async fn assert_undone_once(&self) {
        let place = &self.world.test.name;
        assert!(self.is_trashed().await && self.is_undone().await, "{place}");
        assert_eq!((self.sent(), reversals(&self.world).await), (1, (1, 1)), "{place}");
        assert_eq!(self.world.code("pmos_undo", self.undo()).await, "CONFLICT", "{place}");
        assert_eq!(self.sent(), 1, "{place}");
    }
}

#[tokio::test]
async fn an_undo_whose_answer_is_lost_is_read_back_at_once() {
    for made in Made::both().await {
        made.world.running.sandbox.fail_while("PUT ", Fault::LostAnswer);
        let done = made.world.tools.undo(&actor("amara"), &made.id, None).await.unwrap();
        assert_eq!(done["ok"], true, "{}", made.world.test.name);
        made.world.running.sandbox.heal();
        made.assert_undone_once().await;
    }
}

#[tokio::test]
async fn an_undo_that_did_not_happen_may_be_tried_again() {
    for made in Made::both().await {
        made.world.running.sandbox.fail_while("PUT ", Fault::Status(500));
        let failed = made.world.tools.undo(&actor("amara"), &made.id, None).await.unwrap_err();
        assert!(failed.to_string().contains("nothing was done"), "{failed}");
        assert!(!made.is_undone().await, "{}", made.world.test.name);
        made.world.running.sandbox.heal();
        made.world.ok("pmos_undo", made.undo()).await;
        assert!(made.is_trashed().await && made.is_undone().await, "{}", made.world.test.name);
    }
}

#[tokio::test]
async fn an_undo_whose_caller_went_away_is_found_and_keeps_others_out_until_then() {
    for made in Made::both().await {
        let place = made.world.test.name;
        let process = process(&made.world, HOUR);
        made.world.running.sandbox.fail_while("PUT ", Fault::Slow(HOUR));
        let (tools, id) = (process.tools.clone(), made.id.clone());
        let call = tokio::spawn(async move { tools.undo(&actor("amara"), &id, None).await });
        for _ in 0..600 {
            if made.is_trashed().await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        call.abort();
        assert!(!made.is_free().await, "{place}: it could be sent again");
        made.world.running.sandbox.heal();
        let row = process.settled(&made.world).await;
        assert_eq!(
            (row.status.as_str(), row.undoes.as_deref()),
            ("completed", Some(made.id.as_str()))
        );
        made.assert_undone_once().await;
    }
}

#[tokio::test]
async fn an_undo_of_a_killed_process_is_found_and_repeats_get_its_answer() {
    for made in Made::both().await {
        let place = &made.world.test.name;
        let args = json!({ "operation_id": made.id.as_str(), "idempotency_key": "k1" });
        made.world.running.sandbox.fail_while("PUT ", Fault::Slow(HOUR));
        killed_once(&made.world, ("pmos_undo", &args), async || made.is_trashed().await).await;
        made.world.running.sandbox.heal();
        let next = process(&made.world, HOUR);
        let row = next.settled(&made.world).await;
        assert_eq!((row.tool.as_str(), row.status.as_str()), ("trash_recording", "completed"));
        let again = next.call("pmos_undo", &args).await.unwrap();
        assert_eq!(again["operation_id"], row.id.as_str(), "{place}: {again}");
        made.assert_undone_once().await;
    }
}
