//! People of two workspaces, and the servers they added.

use crate::fake::Fake;
use domain::actor::{Actor, Role, Via};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use domain::tool_server::{NewToolServer, ServerTool, ServerToolChange, ToolRisk, ToolServer};
use peers::peers::{Patience, Peers};
use std::time::Duration;
use store::events;
use store::secrets::SecretKey;
use store::testing::TestDb;

pub(crate) const CALLED: &str = "crm__find_contact_c77b6472";

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) peers: Peers,
}

pub(crate) fn actor(workspace: &str, role: Role) -> Actor {
    Actor {
        user: UserId::from("amara"),
        name: "Amara Osei".to_owned(),
        workspace: WorkspaceId::from(workspace),
        role,
        via: Via::Ui,
        request_id: "r1".to_owned(),
        ip: None,
    }
}

/// Who may reach addresses of this machine.
pub(crate) fn owner() -> Actor {
    actor("w1", Role::SuperAdmin)
}

pub(crate) fn new(fake: &Fake) -> NewToolServer {
    NewToolServer { name: "CRM".to_owned(), url: fake.url(), ..NewToolServer::default() }
}

impl World {
    pub(crate) async fn both() -> Vec<Self> {
        let worlds = TestDb::both().await.into_iter().map(|test| {
            let key = SecretKey::from_text("key of the tests");
            let peers = Peers::new(test.db.clone(), key, Patience::default());
            Self { test, peers }
        });
        worlds.collect()
    }

    /// Somebody who waits only a moment.
    pub(crate) fn impatient(&self) -> Peers {
        let moment = Duration::from_millis(500);
        self.with(Patience { listing: moment, call: moment, ..Patience::default() })
    }

    /// Somebody else on the same database.
    pub(crate) fn with(&self, patience: Patience) -> Peers {
        Peers::new(self.test.db.clone(), SecretKey::from_text("key of the tests"), patience)
    }

    /// The server with its tool accepted.
    pub(crate) async fn accepted(&self, fake: &Fake, risk: ToolRisk) -> ToolServer {
        let added = self.peers.add(&owner(), new(fake)).await.unwrap();
        self.accept(&added, Some(risk)).await.unwrap()
    }

    pub(crate) async fn accept(
        &self,
        server: &ToolServer,
        risk: Option<ToolRisk>,
    ) -> Result<ToolServer, Problem> {
        let ServerTool { name, hash, .. } = server.tools[0].clone();
        let change = ServerToolChange { name, accept: Some(hash), risk };
        self.peers.decide(&owner(), &server.id, change).await
    }

    /// What happened, in order.
    pub(crate) async fn events(&self) -> Vec<&'static str> {
        let mut conn = self.test.db.read().await.unwrap();
        let all = events::after(&mut conn, &owner().workspace, 0, 100).await.unwrap();
        all.iter().map(|it| it.event.kind.as_str()).collect()
    }
}
