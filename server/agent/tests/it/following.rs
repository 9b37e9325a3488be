//! The events of a run: numbered, ordered, each once, also after a cut.

use crate::world::{World, actor, amara};
use serde_json::Value;

#[tokio::test]
async fn events_come_in_the_order_of_the_contract() {
    for world in World::both().await {
        let answered = world.say(None, "what is overdue?").await;
        let events = world.events(&answered.run.id).await;
        let numbers: Vec<i64> = events.iter().map(|it| it.seq).collect();
        assert_eq!(
            numbers,
            (1..=i64::try_from(events.len()).unwrap()).collect::<Vec<_>>(),
            "{}",
            world.test.name
        );
        let names: Vec<&str> =
            events.iter().map(|it| it.event.as_str()).filter(|it| *it != "trace").collect();
        assert_eq!(names, ["start", "tool", "response", "done"]);
        let start = &events[0].data;
        assert_eq!(
            (start["runtime"].as_str(), start["model"].as_str()),
            (Some("v2"), Some("builtin"))
        );
        assert_eq!(start["runId"], answered.run.id.as_str());
        let tool = events.iter().find(|it| it.event == "tool").unwrap();
        assert_eq!(
            (tool.data["name"].as_str(), tool.data["success"].as_bool()),
            (Some("report_todos_overdue"), Some(true))
        );
        let kinds: Vec<&str> = events.iter().filter_map(|it| it.data["kind"].as_str()).collect();
        assert_eq!(
            kinds,
            ["chat.run", "model.call", "tool.call", "tool.call", "model.call", "chat.run"]
        );
        let done = &events.last().unwrap().data;
        assert_eq!(
            (done["status"].as_str(), done["sessionId"].as_str()),
            (Some("succeeded"), Some(answered.run.session_id.as_str()))
        );
    }
}

#[tokio::test]
async fn a_reader_that_was_cut_off_gets_every_later_event_once() {
    let world = World::new().await;
    let answered = world.say(None, "what is overdue?").await;
    let all = world.events(&answered.run.id).await;
    let mut again = world.agent.follow(&amara(), &answered.run.id, 3).await.unwrap();
    let mut rest = Vec::new();
    while let Some(event) = again.next().await.unwrap() {
        rest.push(event);
    }
    assert_eq!(rest, all[3..]);
    assert!(world.agent.follow(&actor("mika"), &answered.run.id, 0).await.is_err());
}

#[tokio::test]
async fn a_page_that_stays_open_hears_every_run_of_its_session() {
    let world = World::new().await;
    let first = world.say(None, "hello").await;
    let session = first.run.session_id.clone();
    let mut page = world.agent.follow_session(&amara(), &session, None).await.unwrap();
    let second = world.say(Some(&session), "list projects").await;
    let mut heard = Vec::new();
    while let Some(event) = page.next().await.unwrap() {
        assert_eq!(event.run_id, second.run.id);
        let is_last = event.event == "done";
        heard.push(event);
        if is_last {
            break;
        }
    }
    assert_eq!(heard, world.events(&second.run.id).await);
    assert_eq!(heard[0].data["message"], Value::from("list projects"));
}
