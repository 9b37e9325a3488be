//! What a conversation changed can be taken back from its trace and from the approval it needed.

use crate::changing::waiting;
use crate::world::{World, amara};
use domain::chat::TurnRun;
use domain::ids::SessionId;
use domain::undo::Reversible;

async fn runs(world: &World, session: &SessionId) -> Vec<TurnRun> {
    let all = world.agent.conversation(&amara(), session, 50).await.unwrap();
    all.turns.into_iter().filter_map(|it| it.run).collect()
}

fn offered(runs: &[TurnRun]) -> Vec<Reversible> {
    let mut all: Vec<_> = runs.iter().flat_map(|it| it.undos.clone()).collect();
    all.dedup();
    all
}

#[tokio::test]
async fn a_write_is_offered_to_be_undone_where_the_conversation_tells_of_it() {
    for world in World::both().await {
        let asked = world.say(None, "complete Mobile menu").await;
        let session = asked.run.session_id.clone();
        let before = runs(&world, &session).await;
        assert!(offered(&before).is_empty(), "nothing happened yet");

        let approval = waiting(&world, &asked).await;
        world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
        crate::approvals::told_after(&world, &asked).await;
        let done = runs(&world, &session).await;
        let found = offered(&done);
        assert_eq!(found.len(), 1, "{}", world.test.name);
        assert!(!found[0].is_undone && found[0].label.contains("“Mobile menu”"), "{found:?}");
        let lines = done.iter().flat_map(|it| &it.trace);
        let named = lines.filter(|it| it.operation_id.as_ref() == Some(&found[0].operation));
        assert_eq!(named.count(), 1, "one line of the trace is the write");
        let mut asked_for = done.iter().flat_map(|it| &it.approvals);
        let card = asked_for.find(|it| it.id == approval.id).unwrap();
        assert_eq!(card.operation_id.as_deref(), Some(found[0].operation.as_str()));

        let shown = world.agent.approval_shown(&amara(), &approval.id).await.unwrap();
        assert_eq!((shown.undo.as_ref(), shown.never_undone), (Some(&found[0]), None));

        world.tools.undo(&amara(), &found[0].operation, None).await.unwrap();
        let shown = world.agent.approval_shown(&amara(), &approval.id).await.unwrap();
        assert!(shown.undo.is_some_and(|it| it.is_undone));
        let undone = offered(&runs(&world, &session).await);
        assert!(undone.len() == 1 && undone[0].is_undone, "{undone:?}");
    }
}

#[tokio::test]
async fn what_only_reads_offers_nothing() {
    let world = World::new().await;
    let asked = world.say(None, "what is overdue?").await;
    assert!(offered(&runs(&world, &asked.run.session_id).await).is_empty());
}
