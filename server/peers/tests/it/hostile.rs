//! Servers that lie, flood, hang and lead elsewhere: nothing is saved, nothing is reached, and it is said why.

use crate::fake::{Fake, Manner};
use crate::world::{CALLED, World, actor, new, owner};
use domain::actor::Role;
use domain::problem::Problem;
use domain::tool_server::{NewToolServer, ToolRisk};
use peers::call::NotDone;
use serde_json::json;

fn said(refused: &Problem) -> (&str, &str) {
    match refused {
        Problem::Invalid { issues } => (&issues[0].field, &issues[0].message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_misbehaves_is_not_added() {
    for world in World::both().await {
        let private = Fake::start(Manner::Good).await;
        let manners = [
            (Manner::Huge, "4 MB"),
            (Manner::Endless, "no end"),
            (Manner::Nonsense, "not an answer"),
            (Manner::Future, "revision"),
            (Manner::Redirects(private.url()), "not followed"),
            (Manner::Redirects("http://169.254.169.254/".to_owned()), "not followed"),
        ];
        for (manner, words) in manners {
            let fake = Fake::start(manner.clone()).await;
            let refused = world.peers.add(&owner(), new(&fake)).await.unwrap_err();
            let (field, message) = said(&refused);
            assert!(field == "url" && message.contains(words), "{manner:?}: {message}");
        }
        let silent = Fake::start(Manner::Silent).await;
        let refused = world.impatient().add(&owner(), new(&silent)).await.unwrap_err();
        assert!(said(&refused).1.contains("did not answer within"), "{refused:?}");
        assert_eq!(private.hits(), 0, "nobody is led to another address");
        assert_eq!(world.peers.list(&owner()).await.unwrap(), []);
        assert_eq!(world.events().await, [] as [&str; 0]);
    }
}

#[tokio::test]
async fn only_a_super_admin_names_a_private_address() {
    for world in World::both().await {
        let fake = Fake::start(Manner::Good).await;
        let admin = actor("w1", Role::WorkspaceAdmin);
        let refused = world.peers.add(&admin, new(&fake)).await.unwrap_err();
        assert_eq!((said(&refused).0, fake.hits()), ("url", 0));
        for url in ["http://[::1]/mcp", "http://10.0.0.1/mcp", "file:///etc/passwd", "crm"] {
            let new = NewToolServer { url: url.to_owned(), ..new(&fake) };
            let refused = world.peers.add(&admin, new).await.unwrap_err();
            assert_eq!(said(&refused).0, "url", "{url}");
        }
        let plain = NewToolServer {
            url: "http://example.com/mcp".to_owned(),
            secret: Some("Bearer x".to_owned()),
            ..new(&fake)
        };
        let refused = world.peers.add(&admin, plain).await.unwrap_err();
        assert!(said(&refused).1.contains("https://"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_call_ends_within_its_limits_and_says_what_is_not_known() {
    for world in World::both().await {
        let fake = Fake::start(Manner::Good).await;
        world.accepted(&fake, ToolRisk::Read).await;
        let args = json!({"name": "Ada"});
        let call = (CALLED, &args);
        for (manner, words) in [
            (Manner::HugeCall, "4 MB. It may have been done"),
            (Manner::Fails, "failed: No such contact"),
            (Manner::Redirects(fake.url()), "not followed"),
            (Manner::Nonsense, "not an answer"),
        ] {
            fake.behaves(manner.clone());
            match world.peers.call(&owner(), call, ToolRisk::Read).await {
                Err(NotDone::Failed(message)) => {
                    assert!(message.contains(words), "{manner:?}: {message}");
                }
                other => panic!("{manner:?}: {other:?}"),
            }
        }
        fake.behaves(Manner::SilentCall);
        let waited = world.impatient().call(&owner(), call, ToolRisk::Read).await;
        assert!(
            matches!(&waited, Err(NotDone::Failed(it)) if it.contains("It may have been done")),
            "{waited:?}"
        );
        fake.behaves(Manner::Streams);
        let streamed = world.peers.call(&owner(), call, ToolRisk::Read).await.unwrap();
        assert_eq!(streamed["text"], "Ada is on 4th floor");
    }
}
