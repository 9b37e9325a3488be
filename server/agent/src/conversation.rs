//! A conversation as its page shows it: what was said, and for each answer what was done and asked.

use crate::agent::{Agent, owner};
use crate::markdown;
use crate::sending::NewTurn;
use crate::trace::masked;
use domain::actor::{Actor, Permission};
use domain::approval::{ASKS, Approval};
use domain::attachment::{Attachment, NewAttachment};
use domain::chat::{
    ChatEvent, ChatRun, ChatRunStatus, Conversation, Turn, TurnRun, TurnsBefore, show_once,
};
use domain::ids::{ApprovalId, ChatRunId, FlowId, MessageId, OperationId, SessionId};
use domain::problem::Problem;
use domain::trace::TraceStep;
use serde_json::Value;
use store::chat::{Owner, StoredMessage, attachments, journal, runs};
use store::db::Conn;
use store::{approvals, chat};
use tools::reversible;

/// How many of the newest turns a page shows at most.
const MOST_TURNS: u32 = 2_000;

impl Agent {
    /// A conversation as its page shows it: the newest `count` turns.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn conversation(
        &self,
        actor: &Actor,
        id: &SessionId,
        count: u32,
    ) -> Result<Conversation, Problem> {
        actor.require(Permission::Read)?;
        let owner = &owner(actor);
        let conn = &mut self.0.db.read().await?;
        let missing = || Problem::not_found("Session");
        let session = chat::session(conn, owner, id).await?.ok_or_else(missing)?;
        let count = i64::from(count.min(MOST_TURNS));
        // First what is under way: a run that ends between the two is under way here, or its answer is there.
        let active = match runs::active(conn, id).await? {
            Some(active) => run(conn, owner, &active.run.id).await?,
            None => None,
        };
        let stored = chat::messages(conn, id, i64::MAX, count).await?;
        let last = stored.last().map(|it| it.seq);
        let mut turns = shown(conn, owner, id, (stored, last)).await?;
        let ended = |id: &ChatRunId| {
            let mut runs = turns.iter().filter_map(|it| it.run.as_ref());
            runs.any(|it| it.id == *id && it.status.is_over())
        };
        let active = active.filter(|it| !ended(&it.id)).map(|it| self.masked_run(it));
        self.mask(&mut turns);
        show_once(&mut turns);
        offer_undos(conn, actor, &mut turns).await?;
        Ok(Conversation { session, turns, active })
    }

    /// The `count` turns of a conversation before the turn `before`.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's conversation, and for a turn that is not in it.
    pub async fn turns_before(
        &self,
        actor: &Actor,
        id: &SessionId,
        (before, count): (&MessageId, u32),
    ) -> Result<TurnsBefore, Problem> {
        actor.require(Permission::Read)?;
        let owner = &owner(actor);
        let conn = &mut self.0.db.read().await?;
        let missing = || Problem::not_found("Session");
        let session = chat::session(conn, owner, id).await?.ok_or_else(missing)?;
        let known = chat::message_seq(conn, &session.id, before).await?;
        let mut until = known.ok_or_else(|| Problem::not_found("Message"))?;
        let count = i64::from(count.min(MOST_TURNS));
        let mut turns = Vec::new();
        // What tools answered has no turn of its own, so a stretch of those alone is passed over.
        while turns.is_empty() && until > 1 {
            let stored = chat::messages(conn, id, until, count).await?;
            let Some(first) = stored.first() else { break };
            until = first.seq;
            turns = shown(conn, owner, id, (stored, None)).await?;
        }
        self.mask(&mut turns);
        show_once(&mut turns);
        offer_undos(conn, actor, &mut turns).await?;
        Ok(TurnsBefore { before: before.clone(), turns })
    }

    /// What runs asked for, as people see it.
    pub(crate) fn mask(&self, turns: &mut [Turn]) {
        for turn in turns {
            turn.run = turn.run.take().map(|it| self.masked_run(it));
        }
    }

    fn masked_run(&self, mut run: TurnRun) -> TurnRun {
        for asked in &mut run.approvals {
            asked.remember = self.remembered_for(asked);
            asked.args = masked(&asked.args);
        }
        run
    }

    /// Takes what a person wrote on a page, beside `flow` if a canvas is open, and begins to answer it; by the built-in
    /// assistant, whoever was chosen, where it is `by_rules`.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn say(
        &self,
        actor: &Actor,
        session: Option<SessionId>,
        (text, files, by_rules): (String, Vec<NewAttachment>, bool),
        flow: Option<FlowId>,
    ) -> Result<ChatRun, Problem> {
        let turn = NewTurn { session, text, flow, files, by_rules, ..NewTurn::default() };
        Ok(self.send(actor, turn).await?.run)
    }
}

/// Messages as turns; the one numbered `last` offers its answers.
async fn shown(
    conn: &mut Conn,
    owner: &Owner,
    session: &SessionId,
    (stored, last): (Vec<StoredMessage>, Option<i64>),
) -> Result<Vec<Turn>, Problem> {
    let files = attachments::of_session(conn, owner, session).await?;
    let mut turns = Vec::with_capacity(stored.len());
    for message in stored.into_iter().filter(|it| it.message.role != "tool") {
        let is_last = Some(message.seq) == last;
        turns.push(turn(conn, owner, (message, &files), is_last).await?);
    }
    Ok(turns)
}

pub(crate) async fn turn(
    conn: &mut Conn,
    owner: &Owner,
    (stored, files): (StoredMessage, &[(MessageId, Attachment)]),
    is_last: bool,
) -> Result<Turn, Problem> {
    let message = stored.message;
    let is_mine = message.role == "user";
    let run = match message.run_id.as_ref().filter(|_| !is_mine) {
        Some(id) => run(conn, owner, id).await?,
        None => None,
    };
    Ok(Turn {
        html: if is_mine {
            String::new()
        } else {
            markdown::to_html(before_asking(&message.content))
        },
        choices: if is_last { choices(stored.note.as_ref()) } else { Vec::new() },
        attachments: beside(files, &message.id),
        id: message.id,
        seq: stored.seq,
        is_mine,
        text: message.content,
        at: message.created_at,
        run,
    })
}

/// What of each run may be taken back by `actor`, or was.
async fn offer_undos(conn: &mut Conn, actor: &Actor, turns: &mut [Turn]) -> Result<(), Problem> {
    for run in turns.iter_mut().filter_map(|it| it.run.as_mut()) {
        let mut ids: Vec<OperationId> = run.operations().collect();
        ids.sort_unstable();
        ids.dedup();
        run.undos = reversible::of(conn, actor, ids).await?;
    }
    Ok(())
}

/// What an answer says besides asking for an approval, which is shown as a card of its own.
fn before_asking(text: &str) -> &str {
    match text.find("**").filter(|_| text.ends_with(ASKS)) {
        Some(at) => text.get(..at).unwrap_or(text),
        None => text,
    }
}

/// The files of a message, in their order.
pub(crate) fn beside(files: &[(MessageId, Attachment)], message: &MessageId) -> Vec<Attachment> {
    files.iter().filter(|(it, _)| it == message).map(|(_, file)| file.clone()).collect()
}

/// Answers offered to the question a turn ends with.
fn choices(note: Option<&Value>) -> Vec<String> {
    let offered = note.and_then(|it| it.get("choices")).and_then(Value::as_array);
    offered.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

async fn run(conn: &mut Conn, owner: &Owner, id: &ChatRunId) -> Result<Option<TurnRun>, Problem> {
    let Some(stored) = runs::find(conn, owner, id).await? else { return Ok(None) };
    let events = journal::events_shown(conn, id).await?;
    let mut asked = Vec::new();
    for id in approval_ids(&events) {
        let found = approvals::find(conn, &owner.workspace, &id).await?;
        asked.extend(found.map(|it| it.approval));
    }
    Ok(Some(TurnRun {
        id: stored.run.id,
        status: settled(stored.run.status, &asked),
        model: stored.run.model,
        trace: trace(&events),
        approvals: asked,
        undos: Vec::new(),
        error: stored.run.error,
    }))
}

/// A run whose question was answered waits no longer; the run after it goes on.
fn settled(status: ChatRunStatus, asked: &[Approval]) -> ChatRunStatus {
    let waits = asked.iter().any(|it| it.status == domain::approval::ApprovalStatus::Pending);
    match status {
        ChatRunStatus::WaitingApproval if !waits => ChatRunStatus::Succeeded,
        other => other,
    }
}

/// The newest state of each line, in the order of their first.
fn trace(events: &[ChatEvent]) -> Vec<TraceStep> {
    let mut lines: Vec<TraceStep> = Vec::new();
    for event in events.iter().filter(|it| it.event == "trace") {
        let Ok(line) = serde_json::from_value::<TraceStep>(event.data.clone()) else { continue };
        match lines.iter_mut().find(|it| it.id == line.id) {
            Some(known) => *known = line,
            None => lines.push(line),
        }
    }
    lines
}

fn approval_ids(events: &[ChatEvent]) -> Vec<ApprovalId> {
    let mut ids = Vec::new();
    for event in events.iter().filter(|it| it.event == "approval") {
        let id = event.data.get("approvalId").and_then(Value::as_str).map(ApprovalId::from);
        ids.extend(id.filter(|it| !ids.contains(it)));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(seq: i64, event: &str, data: Value) -> ChatEvent {
        ChatEvent { run_id: ChatRunId::from("r"), seq, event: event.to_owned(), data }
    }

    #[test]
    fn an_answer_that_asks_leaves_that_to_its_card() {
        let asks = format!("**Add a to-do** waits for your approval.\n\nIt is added. {ASKS}");
        assert_eq!(before_asking(&asks), "");
        let instead = format!("small did not answer.\n\n{asks}");
        assert_eq!(before_asking(&instead), "small did not answer.\n\n");
        assert_eq!(before_asking("**Done**."), "**Done**.");
    }

    #[test]
    fn an_approval_asked_and_decided_is_shown_once() {
        let events = [
            event(1, "approval", json!({"approvalId": "a1", "status": "pending"})),
            event(2, "approval", json!({"approvalId": "a1", "status": "approved"})),
        ];
        assert_eq!(approval_ids(&events), [ApprovalId::from("a1")]);
    }

    #[test]
    fn a_line_keeps_its_place_and_takes_its_newest_state() {
        let line = |id: &str, status: &str| {
            json!({"id": id, "ts": "", "source": "tool", "kind": "tool.call", "status": status, "title": "t",
                   "detail": "", "runId": "r", "sessionId": "s"})
        };
        let events = [
            event(1, "trace", line("a", "running")),
            event(2, "trace", line("b", "running")),
            event(3, "trace", line("a", "success")),
        ];
        let states: Vec<_> = trace(&events).into_iter().map(|it| (it.id, it.status)).collect();
        assert_eq!(states.len(), 2);
        assert_eq!(states[0], ("a".to_owned(), domain::trace::TraceStatus::Success));
    }
}
