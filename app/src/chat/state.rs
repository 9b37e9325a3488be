//! One conversation on screen: what is stored, and what the run under way has said so far.

use crate::chat::known::joined;
use crate::chat::place::Place;
use crate::chat::server_fns::{ReadEarlier, Said, SendMessage, chat_project, open_conversation};
use crate::error::AppError;
use crate::live::use_live;
use crate::settings::assistant_fns::load_answering;
use crate::ui::kept::of_loading;
use domain::assistant::Answering;
use domain::attachment::NewAttachment;
use domain::chat::{ChatRunStatus, Conversation, Turn, TurnRun};
use domain::event::Topic;
use domain::ids::{ChatRunId, FlowId, MessageId, OperationId, SessionId};
use domain::trace::TraceStep;
use domain::undo::Reversible;
use leptos::prelude::*;

/// What the run under way has said so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// The run.
    pub run: TurnRun,
    /// The answer as far as it is written.
    pub text: String,
}

impl Live {
    /// A run that has just begun.
    pub fn begun(id: ChatRunId) -> Self {
        let status = ChatRunStatus::Running;
        let run = TurnRun {
            id,
            status,
            model: String::new(),
            trace: Vec::new(),
            approvals: Vec::new(),
            undos: Vec::new(),
            error: None,
        };
        Self { run, text: String::new() }
    }

    /// Puts a line in, or replaces the one with the same id.
    pub fn put_trace(&mut self, step: TraceStep) {
        match self.run.trace.iter_mut().find(|it| it.id == step.id) {
            Some(known) => *known = step,
            None => self.run.trace.push(step),
        }
    }
}

/// One conversation on screen. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Chat {
    /// Which conversation; none for a new one.
    pub session: RwSignal<Option<SessionId>>,
    /// What is stored of it.
    pub stored: Resource<Result<Option<Conversation>, AppError>>,
    /// What the run under way has said.
    pub live: RwSignal<Option<Live>>,
    /// Words sent and not stored yet, so that they show at once.
    pub sent: RwSignal<Option<String>>,
    /// Files that go with the next words.
    pub files: RwSignal<Vec<NewAttachment>>,
    /// Files that went with the words sent last, for when they are not taken.
    pub sent_files: RwSignal<Vec<NewAttachment>>,
    /// Sends words.
    pub send: ServerAction<SendMessage>,
    /// Whether the connection to the run is lost for now.
    pub lost: RwSignal<bool>,
    /// A project to name in questions to begin with.
    pub project: Resource<Result<Option<String>, AppError>>,
    /// What is on screen of it, oldest first.
    pub turns: Signal<Vec<Turn>>,
    /// Reads turns before those.
    pub earlier: ServerAction<ReadEarlier>,
    /// Where in it somebody reads.
    pub place: Place,
    /// Who answers the next question.
    pub answering: Resource<Result<Answering, AppError>>,
    /// Where on the page it stands: `page` or `panel`, for ids of its own.
    pub stands: &'static str,
    flow: Signal<Option<FlowId>>,
    version: RwSignal<u32>,
}

impl Chat {
    /// The conversation `session`, or a new one, beside `flow` if there is a canvas; it `stands` on a page or in a panel.
    pub fn new(
        session: RwSignal<Option<SessionId>>,
        flow: Signal<Option<FlowId>>,
        stands: &'static str,
    ) -> Self {
        let version = RwSignal::new(0);
        // Whoever answers is chosen on other pages too.
        let setup = use_live().version(Topic::Setup);
        let stored = Resource::new(
            move || (session.get(), version.get()),
            |(session, _)| async move {
                match session {
                    Some(session) => open_conversation(session).await.map(Some),
                    None => Ok(None),
                }
            },
        );
        let earlier = ServerAction::<ReadEarlier>::new();
        let turns = of_loading(move |known: Option<&Vec<Turn>>| {
            let known = known.map(Vec::as_slice).unwrap_or_default();
            let newest = match stored.get() {
                Some(Ok(it)) => it.map(|it| it.turns).unwrap_or_default(),
                // What could not be read again stays.
                Some(Err(_)) => return known.to_vec(),
                None => Vec::new(),
            };
            let page = earlier.value();
            page.with(|it| joined(known, it.as_ref().and_then(|it| it.as_ref().ok()), newest))
        });
        Self {
            session,
            stored,
            live: RwSignal::new(None),
            sent: RwSignal::new(None),
            files: RwSignal::new(Vec::new()),
            sent_files: RwSignal::new(Vec::new()),
            send: ServerAction::new(),
            lost: RwSignal::new(false),
            project: Resource::new(|| (), |()| chat_project()),
            turns,
            earlier,
            place: Place::default(),
            answering: Resource::new(move || (version.get(), setup.get()), |_| load_answering()),
            stands,
            flow,
            version,
        }
    }

    /// Reads the conversation again.
    pub fn refresh(self) {
        self.version.update(|it| *it += 1);
    }

    /// Leaves this conversation for another, or for a new one.
    pub fn open(self, session: Option<SessionId>) {
        self.live.set(None);
        self.sent.set(None);
        self.files.set(Vec::new());
        self.place.to_end();
        self.session.set(session);
    }

    /// Says `text`.
    pub fn say(self, text: String) {
        self.say_with(text, Vec::new());
    }

    /// Says `text`, with `files` beside it.
    pub fn say_with(self, text: String, files: Vec<NewAttachment>) {
        self.ask(text, files, false);
    }

    /// Says `text` to the built-in assistant, whoever else would answer.
    pub fn say_by_rules(self, text: String) {
        self.ask(text, Vec::new(), true);
    }

    fn ask(self, text: String, files: Vec<NewAttachment>, by_rules: bool) {
        self.place.to_end();
        self.sent.set(Some(text.clone()));
        self.sent_files.set(files.clone());
        let (session, flow) = (self.session.get_untracked(), self.flow.get_untracked());
        let said = Said { session, text, flow, files, by_rules };
        self.send.dispatch(SendMessage { said });
    }

    /// What the person said last before the turn `id`; none where that turn is not the last.
    pub fn question_of_last(self, id: &MessageId) -> Option<String> {
        self.turns.with(|all| {
            let (last, before) = all.split_last()?;
            let asked = before.iter().rev().find(|it| it.is_mine)?;
            (last.id == *id).then(|| asked.text.clone())
        })
    }

    /// What `read` makes of what is stored, without a copy of all its turns; none where nothing is.
    pub fn with_stored<T>(self, read: impl FnOnce(&Conversation) -> T) -> Option<T> {
        self.stored.with(|it| match it {
            Some(Ok(Some(stored))) => Some(read(stored)),
            _ => None,
        })
    }

    /// Whether the write `operation` may be taken back, or was.
    pub fn undo_of(self, operation: &OperationId) -> Option<Reversible> {
        self.turns.with(|all| {
            let runs = all.iter().rev().filter_map(|it| it.run.as_ref());
            runs.flat_map(|it| &it.undos).find(|it| it.operation == *operation).cloned()
        })
    }

    /// Whether there are turns before those on screen.
    pub fn has_earlier(self) -> bool {
        self.turns.with(|it| it.first().is_some_and(|it| it.seq > 1))
    }

    /// Reads the turns before those on screen; what is being read stays where it is.
    pub fn read_earlier(self) {
        let first = self.turns.with_untracked(|it| it.first().cloned());
        let first = first.filter(|it| it.seq > 1 && !self.earlier.pending().get_untracked());
        if let (Some(first), Some(session)) = (first, self.session.get_untracked()) {
            self.place.hold(&first.id);
            self.earlier.dispatch(ReadEarlier { session, before: first.id });
        }
    }

    /// The run under way, if there is one.
    pub fn working(self) -> Option<ChatRunId> {
        let live = self.live.with(|it| {
            it.as_ref().filter(|it| !it.run.status.is_over()).map(|it| it.run.id.clone())
        });
        live.or_else(|| self.with_stored(|it| it.active.as_ref().map(|it| it.id.clone()))?)
    }

    /// The title on top.
    pub fn title(self) -> String {
        let title = self.with_stored(|it| it.session.title.clone());
        title.unwrap_or_else(|| "New conversation".to_owned())
    }

    /// Nothing was said yet.
    pub fn is_new(self) -> bool {
        self.session.get().is_none() && self.sent.get().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::trace::TraceStatus;

    fn step(id: &str, status: TraceStatus) -> TraceStep {
        TraceStep {
            id: id.to_owned(),
            ts: String::new(),
            source: "tool".to_owned(),
            kind: "tool.call".to_owned(),
            status,
            title: "Read to-dos".to_owned(),
            detail: String::new(),
            run_id: "r".to_owned(),
            session_id: "s".to_owned(),
            parent_id: None,
            duration_ms: None,
            operation_id: None,
        }
    }

    #[test]
    fn a_line_with_a_known_id_replaces_the_earlier_one() {
        let mut live = Live::begun(ChatRunId::from("r"));
        live.put_trace(step("a", TraceStatus::Running));
        live.put_trace(step("b", TraceStatus::Running));
        live.put_trace(step("a", TraceStatus::Success));
        let states: Vec<_> = live.run.trace.iter().map(|it| (it.id.as_str(), it.status)).collect();
        assert_eq!(states, [("a", TraceStatus::Success), ("b", TraceStatus::Running)]);
    }
}
