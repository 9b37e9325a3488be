//! Pieces that a workspace switched off: no flow with them goes live, and no step of theirs runs.

use crate::engine::Engine;
use crate::flows::{Flows, found};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::listing::PiecesOff;
use domain::flow::validate::{self, FlowProblem};
use domain::flow::{Action, ActionKind, FlowStatus, FlowVersion, TriggerKind, catalog, tree};
use domain::ids::{FlowId, WorkspaceId};
use domain::problem::Problem;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use store::{definitions, events, flows};

/// The kind of these definitions; each is named as its piece.
const KIND: &str = "piece_off";
/// For how long another node may not know yet, milliseconds.
const FRESH_MS: i64 = 5_000;
/// Workspaces remembered before all are read anew.
const REMEMBERED: usize = 10_000;

/// Names of pieces.
type Names = Arc<BTreeSet<String>>;

/// What each workspace switched off, with when it was read, epoch milliseconds.
#[derive(Default)]
pub(crate) struct Switched(Mutex<HashMap<WorkspaceId, (i64, Names)>>);

impl Switched {
    fn known(&self, workspace: &WorkspaceId, now_ms: i64) -> Option<Names> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, names) = all.get(workspace)?;
        (now_ms - read_at < FRESH_MS).then(|| Arc::clone(names))
    }

    fn keep(&self, workspace: &WorkspaceId, now_ms: i64, names: &Names) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(workspace.clone(), (now_ms, Arc::clone(names)));
    }

    fn forget(&self, workspace: &WorkspaceId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(workspace);
    }
}

impl Engine {
    /// The pieces that the workspace switched off.
    pub(crate) async fn switched_off(&self, workspace: &WorkspaceId) -> Result<Names, Problem> {
        match self.switched.known(workspace, self.now_ms()) {
            Some(known) => Ok(known),
            None => self.switched_off_now(workspace).await,
        }
    }

    /// The same as it is stored: a page that was told of a change asks at once.
    async fn switched_off_now(&self, workspace: &WorkspaceId) -> Result<Names, Problem> {
        let now_ms = self.now_ms();
        let mut conn = self.db.read().await?;
        let found = definitions::list(&mut conn, workspace, KIND).await?;
        let names = Arc::new(found.into_iter().map(|it| it.name).collect());
        self.switched.keep(workspace, now_ms, &names);
        Ok(names)
    }

    /// Why no step of `piece` runs in the workspace; none where it does.
    pub(crate) async fn refusal(
        &self,
        workspace: &WorkspaceId,
        piece: &str,
    ) -> Result<Option<String>, Problem> {
        Ok(self.switched_off(workspace).await?.contains(piece).then(|| off(piece)))
    }
}

impl Flows {
    /// The pieces that the workspace switched off, by name.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn pieces_off(&self, actor: &Actor) -> Result<Names, Problem> {
        actor.require(Permission::Read)?;
        self.engine.switched_off(&actor.workspace).await
    }

    /// The pieces that the workspace switched off, and which of them the flow's live version uses.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`].
    pub async fn pieces_off_for(&self, actor: &Actor, id: &FlowId) -> Result<PiecesOff, Problem> {
        actor.require(Permission::Read)?;
        if self.remote(actor, id).await?.is_some() {
            return Ok(PiecesOff::default());
        }
        let off = self.engine.switched_off_now(&actor.workspace).await?;
        let mut conn = self.engine.db.read().await?;
        let flow = found(&mut conn, actor, id).await?.flow;
        let live = match flow.published_version_id.filter(|_| flow.status == FlowStatus::Enabled) {
            Some(version) if !off.is_empty() => {
                flows::version(&mut conn, &actor.workspace, id, &version).await?
            }
            _ => None,
        };
        let live = live.map(|it| used(&it, &off)).unwrap_or_default();
        Ok(PiecesOff { off: off.as_ref().clone(), live })
    }

    /// Switches a piece on or off for the workspace; false when it was so already. Other nodes know it within seconds.
    /// Flows that are live and use it keep being started, and their runs fail at its steps.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; [`Problem::NotFound`] for a piece we do not have.
    pub async fn switch_piece(
        &self,
        actor: &Actor,
        piece: &str,
        is_on: bool,
    ) -> Result<bool, Problem> {
        actor.require(Permission::Manage)?;
        let meta = catalog::piece(piece).ok_or_else(|| Problem::not_found("Piece"))?;
        let (by, name) = (actor.clone(), meta.name);
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                let mut rows = definitions::list(conn, &by.workspace, KIND).await?;
                rows.retain(|it| it.name == name);
                if rows.is_empty() == is_on {
                    return Ok(false);
                }
                for row in &rows {
                    definitions::delete(conn, &by.workspace, (KIND, row.id.as_str())).await?;
                }
                if !is_on {
                    let row = definitions::made(&by, KIND, name, &json!({}));
                    definitions::insert(conn, &by.workspace, &row).await?;
                }
                let detail = json!({ "piece": name, "on": is_on });
                let event = Event::new(EventKind::PieceSwitched, name, meta.display_name);
                events::record(conn, &by, &event.with(detail)).await?;
                Ok::<_, Problem>(true)
            })
        });
        let changed = write.await?;
        self.engine.switched.forget(&actor.workspace);
        Ok(changed)
    }
}

/// Refuses a version that uses a piece in `names`.
pub(crate) fn refuse(version: &FlowVersion, names: &BTreeSet<String>) -> Result<(), Problem> {
    let found = validate::switched_off(version, names);
    if found.is_empty() {
        return Ok(());
    }
    Err(Problem::Invalid { issues: found.iter().map(FlowProblem::issue).collect() })
}

/// What people call the pieces in `names` that `version` uses, each once.
fn used(version: &FlowVersion, names: &BTreeSet<String>) -> Vec<String> {
    let of_step = |it: FlowProblem| match tree::find(&version.trigger, &it.step_name) {
        Some(Action { kind: ActionKind::Piece(it), .. }) => Some(it.piece_name.as_str()),
        Some(_) => None,
        None => match &version.trigger.kind {
            TriggerKind::Piece(it) => Some(it.piece_name.as_str()),
            TriggerKind::Empty(_) => None,
        },
    };
    let pieces: BTreeSet<&str> =
        validate::switched_off(version, names).into_iter().filter_map(of_step).collect();
    let shown = |it: &str| catalog::piece(it).map_or(it, |it| it.display_name).to_owned();
    pieces.into_iter().map(shown).collect()
}

fn off(piece: &str) -> String {
    let name = catalog::piece(piece).map_or(piece, |it| it.display_name);
    format!("The piece {name} is switched off in this workspace. An admin can switch it on again")
}
