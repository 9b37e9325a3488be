//! Who is in a flow, as live pages learn it, on one node and across several.

use crate::caller::Server;
use backend::Backend;
use domain::actor::Actor;
use domain::flow::listing::NewFlow;
use domain::flow::presence::Here;
use domain::ids::FlowId;
use std::time::Duration;
use store::db::Change;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

async fn flow(backend: &Backend, actor: &Actor) -> FlowId {
    let new = NewFlow { name: "Together".to_owned(), ..NewFlow::default() };
    backend.flows.create(actor, new).await.unwrap().id
}

/// Waits until the pages of a node are told to look again who is in `flow`.
async fn told(changes: &mut Receiver<Change>, flow: &FlowId) {
    let target = format!("here:{flow}");
    let told = async { while changes.recv().await.unwrap().target != target {} };
    timeout(Duration::from_secs(30), told).await.expect("pages are told");
}

fn pages(here: &[Here]) -> Vec<&str> {
    here.iter().map(|it| it.page.as_str()).collect()
}

#[tokio::test]
async fn those_in_a_flow_see_each_other_and_nobody_elses() {
    for server in Server::all().await {
        let (amara, eve) = (server.signs_up("Amara").await, server.signs_up("Eve").await);
        let (amara, eve) = (amara.actor().await, eve.actor().await);
        let presence = &server.backend.presence;
        let flow = flow(&server.backend, &amara).await;
        let mut changes = server.backend.db.changes();
        presence.beat(&amara, &flow, "one", Some("step_1".to_owned())).await.unwrap();
        told(&mut changes, &flow).await;
        let here = presence.beat(&amara, &flow, "two", None).await.unwrap();
        assert_eq!(pages(&here), ["one", "two"], "{}", server.name);
        assert_eq!(here[0].step.as_deref(), Some("step_1"));
        assert!(presence.beat(&eve, &flow, "three", None).await.is_err());
        assert!(presence.leave(&eve, &flow, "one").await.is_err());
        let long = presence.beat(&amara, &flow, &"x".repeat(81), None).await;
        assert!(long.is_err());
        presence.leave(&amara, &flow, "one").await.unwrap();
        let here = presence.beat(&amara, &flow, "two", None).await.unwrap();
        assert_eq!(pages(&here), ["two"], "{}", server.name);
    }
}

#[tokio::test]
async fn people_see_those_who_are_on_other_nodes() {
    let Some(server) = Server::postgres().await else { return };
    let other = server.other_node().await;
    let amara = server.signs_up("Amara").await.actor().await;
    let flow = flow(&server.backend, &amara).await;
    let (mut here, mut there) = (server.backend.db.changes(), other.db.changes());

    let presence = &server.backend.presence;
    presence.beat(&amara, &flow, "one", Some("step_1".to_owned())).await.unwrap();
    told(&mut there, &flow).await;
    told(&mut here, &flow).await;
    let seen = other.presence.beat(&amara, &flow, "two", None).await.unwrap();
    assert_eq!(pages(&seen), ["one", "two"]);
    assert_eq!(seen[0].step.as_deref(), Some("step_1"));
    told(&mut here, &flow).await;
    let seen = presence.beat(&amara, &flow, "one", Some("step_1".to_owned())).await.unwrap();
    assert_eq!(pages(&seen), ["one", "two"]);

    other.presence.leave(&amara, &flow, "two").await.unwrap();
    told(&mut here, &flow).await;
    let seen = presence.beat(&amara, &flow, "one", None).await.unwrap();
    assert_eq!(pages(&seen), ["one"]);
    other.stop().await;
}
