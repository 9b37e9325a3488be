//! How a server is reached: what people enter of it, what is stored of it, and who may say so.

use crate::given;
use crate::peers::{NO_PROGRAMS, Peers};
use domain::actor::{Actor, Permission, Via};
use domain::ids::ConnectionId;
use domain::problem::Problem;
use domain::tool_server::{NewProgram, NewToolServer, ProgramUse, ToolServerChange};
use store::error::internal;
use store::tool_servers::ServerRow;

/// How a server is reached, before anything is stored.
pub(crate) enum Wanted {
    Web(Address),
    Program(NewProgram),
}

/// Where a server is and what it wants to see.
pub(crate) struct Address {
    /// As a person entered it.
    pub(crate) url: String,
    /// Header and value.
    pub(crate) secret: Option<(String, String)>,
    /// The connection that holds what a sign-in gave, which is the secret then.
    pub(crate) connection: Option<ConnectionId>,
    /// A super admin chose it.
    pub(crate) is_trusted: bool,
}

/// How a server is reached from now on.
pub(crate) struct Changed {
    pub(crate) wanted: Wanted,
    /// It is another server: nothing of it was accepted.
    pub(crate) is_other: bool,
}

impl Peers {
    /// Whether `actor` may add programs as servers.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage.
    pub fn program_use(&self, actor: &Actor) -> Result<ProgramUse, Problem> {
        actor.require(Permission::Manage)?;
        Ok(match (actor.role.can(Permission::Platform), self.programs.are_allowed()) {
            (false, _) => ProgramUse::NotYours,
            (true, false) => ProgramUse::SwitchedOff,
            (true, true) => ProgramUse::Allowed,
        })
    }

    /// Whoever starts a program on this machine is a super admin, with their own hands: no model, key or flow decides
    /// what runs here.
    pub(crate) fn check_may_start(&self, actor: &Actor) -> Result<(), Problem> {
        actor.require(Permission::Platform)?;
        if actor.via != Via::Ui {
            let words = "A program is added, changed and switched on by hand, under Integrations, Tool servers";
            return Err(Problem::Forbidden { message: words.to_owned() });
        }
        match self.programs.are_allowed() {
            true => Ok(()),
            false => Err(Problem::invalid("program", NO_PROGRAMS)),
        }
    }

    /// How a new server is reached.
    pub(crate) fn way_of_new(&self, actor: &Actor, new: NewToolServer) -> Result<Wanted, Problem> {
        let Some(program) = new.program else {
            let secret = given::secret(new.header.as_deref(), new.secret.as_deref())?;
            let is_trusted = actor.role.can(Permission::Platform);
            let url = new.url.trim().to_owned();
            return Ok(Wanted::Web(Address { url, secret, connection: None, is_trusted }));
        };
        self.check_may_start(actor)?;
        if !new.url.trim().is_empty() || new.header.is_some() || new.secret.is_some() {
            let words =
                "A server is a program or has an address. A program gets its secrets as variables";
            return Err(Problem::invalid("program", words));
        }
        given::program(program).map(Wanted::Program)
    }

    /// What is stored of a server, with its secrets open.
    pub(crate) fn stored(&self, row: &ServerRow) -> Result<Wanted, Problem> {
        let open = row.secret.as_ref().map(|it| {
            let open = self.key.open(it, &bound(&row.workspace_id, &row.id));
            open.map_err(|it| internal("a stored secret cannot be opened", &it))
        });
        let open = open.transpose()?;
        if row.program.is_none() {
            let secret = row.header.clone().zip(open);
            let is_trusted = row.is_trusted == 1;
            let connection = row.connection_id.clone().map(ConnectionId::from);
            let url = row.url.clone();
            return Ok(Wanted::Web(Address { url, secret, connection, is_trusted }));
        }
        let program = serde_json::from_str(open.as_deref().unwrap_or_default());
        let program = program.map_err(|it| internal("a stored program cannot be read", &it));
        program.map(Wanted::Program)
    }

    /// Puts how a server is reached into its row, the secrets sealed.
    pub(crate) fn seal(&self, row: &mut ServerRow, wanted: &Wanted) {
        let bound = bound(&row.workspace_id, &row.id);
        match wanted {
            Wanted::Web(Address { url, secret, connection, is_trusted }) => {
                row.url.clone_from(url);
                row.connection_id = connection.as_ref().map(ToString::to_string);
                row.is_trusted = (*is_trusted).into();
                row.program = None;
                row.secret = secret.as_ref().map(|it| self.key.seal(&it.1, &bound));
                row.header = secret.as_ref().map(|it| it.0.clone());
            }
            Wanted::Program(program) => {
                let whole = serde_json::json!(program).to_string();
                row.url = String::new();
                row.is_trusted = 1;
                row.program = Some(serde_json::json!(program.shown()).to_string());
                row.secret = Some(self.key.seal(&whole, &bound));
                row.header = None;
            }
        }
    }

    /// How a server is reached after `change`; none when that stays as it is.
    pub(crate) fn way_of_changed(
        &self,
        actor: &Actor,
        row: &ServerRow,
        change: &ToolServerChange,
    ) -> Result<Option<Changed>, Problem> {
        match self.stored(row)? {
            Wanted::Web(stored) => moved(actor, stored, change),
            Wanted::Program(stored) => {
                if change.is_enabled == Some(true) {
                    self.check_may_start(actor)?;
                }
                if change.url.is_some() || change.header.is_some() || change.secret.is_some() {
                    let words = "This server is a program: it has no address. Change the program, or add another server";
                    return Err(Problem::invalid("program", words));
                }
                let Some(program) = change.program.clone() else { return Ok(None) };
                self.check_may_start(actor)?;
                let program = given::program(program)?;
                let is_other =
                    program.command != stored.command || program.arguments != stored.arguments;
                Ok(Some(Changed { wanted: Wanted::Program(program), is_other }))
            }
        }
    }
}

/// A server with an address: what is given, in place of what is stored.
fn moved(
    actor: &Actor,
    stored: Address,
    change: &ToolServerChange,
) -> Result<Option<Changed>, Problem> {
    if change.program.is_some() {
        let words = "This server has an address. Add another server for a program";
        return Err(Problem::invalid("program", words));
    }
    let url = change.url.as_deref().map(str::trim).filter(|it| *it != stored.url);
    if url.is_none() && change.secret.is_none() && change.header.is_none() {
        return Ok(None);
    }
    if stored.connection.is_some() {
        let words = "People sign in to this server. To use another address or a secret, remove it and add it again";
        return Err(Problem::invalid("url", words));
    }
    let secret = match (&change.secret, &stored.secret) {
        (Some(value), before) => {
            let before = before.as_ref().map(|it| it.0.as_str());
            given::secret(change.header.as_deref().or(before), Some(value))?
        }
        (None, Some(_)) if url.is_some() => {
            let words = "Enter the secret again: it is not sent to another address by itself";
            return Err(Problem::invalid("secret", words));
        }
        (None, Some((header, value))) => {
            given::secret(Some(change.header.as_deref().unwrap_or(header)), Some(value))?
        }
        (None, None) => None,
    };
    let is_super = actor.role.can(Permission::Platform);
    let is_trusted = is_super || (stored.is_trusted && url.is_none());
    let url_now = url.unwrap_or(&stored.url).to_owned();
    let wanted = Address { url: url_now, secret, connection: None, is_trusted };
    Ok(Some(Changed { wanted: Wanted::Web(wanted), is_other: url.is_some() }))
}

/// What a secret is bound to, so that it opens nowhere else.
fn bound(workspace: &str, server: &str) -> String {
    format!("{workspace}|{server}|tool server")
}
