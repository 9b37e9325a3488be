//! Servers that a person signs in to with the browser. What they are given is kept as a connection of the workspace,
//! which renews itself; a server is used with the access of that connection.

use crate::discovery::{self, Discovery, Ourselves};
use crate::given;
use crate::peers::Peers;
use crate::ways::{Address, Wanted};
use domain::actor::{Actor, Permission};
use domain::ids::{ConnectionId, ToolServerId};
use domain::problem::Problem;
use domain::tool_server::{AddedServer, NewToolServer, ToolServer};
use flow::connections::Connections;
use flow::connections::oauth::CALLBACK;
use http::header::AUTHORIZATION;
use serde_json::Value;
use store::ids;
use store::tool_servers as rows;

/// What signing in needs besides the servers themselves.
#[derive(Clone)]
pub(crate) struct SigningIn {
    pub(crate) connections: Connections,
    /// Where people reach this server, without a slash at its end.
    pub(crate) base_url: String,
}

impl SigningIn {
    fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.base_url)
    }
}

impl Peers {
    /// The same, where people may sign in to servers; what those give is kept in `connections`. `base_url` is where
    /// people reach this server, without a slash at its end.
    #[must_use]
    pub fn signing_in(mut self, connections: Connections, base_url: impl Into<String>) -> Self {
        self.signing_in = Some(SigningIn { connections, base_url: base_url.into() });
        self
    }

    /// Adds a server, also one that a person first signs in to: then the answer has the page to open. `session` is the
    /// token of the session that the sign-in counts in.
    ///
    /// # Errors
    /// As [`Self::add`]; [`Problem::Invalid`] for a server that takes no sign-in, with what it takes.
    pub async fn add_in_browser(
        &self,
        actor: &Actor,
        new: NewToolServer,
        session: Option<&str>,
    ) -> Result<AddedServer, Problem> {
        if !new.sign_in {
            let server = self.add(actor, new).await?;
            return Ok(AddedServer { server, authorize_url: None });
        }
        actor.require(Permission::Manage)?;
        let session = session.ok_or(Problem::NotSignedIn)?;
        let name = given::name(&new.name)?;
        let Wanted::Web(address) = self.way_of_new(actor, new)? else {
            let words = "A program is not signed in to: it gets its secrets as variables";
            return Err(Problem::invalid("program", words));
        };
        if address.secret.is_some() {
            let words = "Give a secret, or sign in: not both";
            return Err(Problem::invalid("secret", words));
        }
        let signing = self.signing()?;
        let (client, allowed, url) = self.judged(&address).await?;
        let (base_url, redirect_uri) = (signing.base_url.clone(), signing.redirect_uri());
        let ourselves = Ourselves { base_url, redirect_uri };
        let listed = self.listed().await?;
        let discovery = Discovery {
            client: &client,
            allowed: &allowed,
            listed: &listed,
            is_trusted: address.is_trusted,
            ourselves: &ourselves,
        };
        let value = discovery.of(&url).await?;
        let id = ToolServerId::from(ids::fresh());
        let mut row = self.new_row(actor, &id, name).await?;
        let access = signing.connections.create_access(actor, &row.name, &value).await?;
        let wanted = Wanted::Web(Address { connection: Some(access.clone()), ..address });
        self.seal(&mut row, &wanted);
        let stored = self.store_new(actor, row, Vec::new()).await;
        if stored.is_err() {
            signing.connections.delete(actor, &access, true).await?;
        }
        stored?;
        let page = signing.connections.begin_sign_in(actor, &access, session).await?;
        Ok(AddedServer { server: self.one(actor, &id).await?, authorize_url: Some(page) })
    }

    /// Who we are to servers that people sign in to, for those that read it in place of registering us.
    ///
    /// # Errors
    /// [`Problem::Conflict`] where nobody signs in to servers.
    pub fn client_document(&self) -> Result<Value, Problem> {
        let signing = self.signing()?;
        Ok(discovery::client_document(&signing.base_url, &signing.redirect_uri()))
    }

    /// Begins a sign-in anew; gives the page to open.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`]; [`Problem::Invalid`] for a server that takes none.
    pub async fn sign_in(
        &self,
        actor: &Actor,
        id: &ToolServerId,
        session: &str,
    ) -> Result<String, Problem> {
        actor.require(Permission::Manage)?;
        let row = self.row(actor, id).await?;
        let Some(access) = row.connection_id.map(ConnectionId::from) else {
            let words = "Nobody signs in to this server. Change its secret instead";
            return Err(Problem::invalid("id", words));
        };
        self.signing()?.connections.begin_sign_in(actor, &access, session).await
    }

    /// Reads what a server offers after somebody signed in with the connection `access`; none when no server is
    /// reached with it. A server that does not answer is no error.
    ///
    /// # Errors
    /// As [`Self::test`].
    pub async fn signed_in(
        &self,
        actor: &Actor,
        access: &ConnectionId,
    ) -> Result<Option<ToolServer>, Problem> {
        let mut conn = self.db.read().await?;
        let all = rows::list(&mut conn, &actor.workspace).await?;
        drop(conn);
        let of_it = |it: &&rows::ServerRow| it.connection_id.as_deref() == Some(access.as_str());
        match all.iter().find(of_it) {
            Some(row) => self.test(actor, &ToolServerId::from(row.id.as_str())).await.map(Some),
            None => Ok(None),
        }
    }

    /// `wanted` with the access that a sign-in gave, where it takes one.
    pub(crate) async fn entered(&self, actor: &Actor, wanted: Wanted) -> Result<Wanted, Problem> {
        match wanted {
            Wanted::Web(address) => {
                let Some(access) = &address.connection else { return Ok(Wanted::Web(address)) };
                let token = self.signing()?.connections.access(actor, access).await?;
                let secret = Some((AUTHORIZATION.to_string(), format!("Bearer {token}")));
                Ok(Wanted::Web(Address { secret, ..address }))
            }
            program @ Wanted::Program(_) => Ok(program),
        }
    }

    /// Takes the access away that a server was used with.
    pub(crate) async fn leave(&self, actor: &Actor, access: Option<String>) -> Result<(), Problem> {
        let (Some(access), Some(signing)) = (access, &self.signing_in) else { return Ok(()) };
        match signing.connections.delete(actor, &access.into(), true).await {
            // Somebody took it away under Integrations before.
            Ok(()) | Err(Problem::NotFound { .. }) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    fn signing(&self) -> Result<&SigningIn, Problem> {
        let words = "PM OS cannot sign in to servers here";
        self.signing_in.as_ref().ok_or_else(|| Problem::conflict(words))
    }
}
