//! Who made the change that one of this page's clashes with, in words.

use super::server_fns::list_flows;
use super::store::Studio;
use crate::session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;

/// Who changed the flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Author {
    /// It is not known, or not known yet.
    #[default]
    Unknown,
    /// Whoever looks at this page, elsewhere: in another window, or through the assistant.
    Myself,
    /// Somebody with this name.
    Named(String),
}

impl Author {
    /// At the beginning of a sentence.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Unknown => "Somebody else",
            Self::Myself => "Another window of yours, or your assistant,",
            Self::Named(name) => name,
        }
    }

    /// Above what they wrote.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Unknown => "Theirs".to_owned(),
            Self::Myself => "There".to_owned(),
            Self::Named(name) => name.clone(),
        }
    }

    /// Which one `id` is, for the person `me`, by who is here and who is in the workspace.
    fn of(id: Option<&str>, me: &str, here: Option<String>, members: &Members) -> Self {
        match id {
            None => Self::Unknown,
            Some(id) if id == me => Self::Myself,
            Some(id) => {
                here.or_else(|| members.get(id).cloned()).map_or(Self::Unknown, Self::Named)
            }
        }
    }
}

/// Names by id.
type Members = BTreeMap<String, String>;

impl Studio {
    /// Notes who changed the flow last: what is on screen now is theirs.
    pub(super) fn note_author(self) {
        self.changed_by.set(self.flow.with_untracked(|it| it.version.updated_by.clone()));
    }

    /// Who changed what `asked` is about. Those who are not in the flow any more are looked up once it is asked.
    pub(super) fn author(self, asked: Signal<bool>) -> Memo<Author> {
        let me = session::current_user();
        let members = RwSignal::new(Members::new());
        let here = move |id: &str| {
            self.others.with(|all| all.iter().find(|it| it.user_id == id).map(|it| it.name.clone()))
        };
        let author = Memo::new(move |_| {
            let id = self.changed_by.get();
            let here = id.as_deref().and_then(here);
            me.with(|me| members.with(|all| Author::of(id.as_deref(), me.id.as_str(), here, all)))
        });
        Effect::new(move |is_asked: Option<bool>| {
            let is_needed = asked.get() && author.with(|it| *it == Author::Unknown);
            if is_needed && is_asked != Some(true) {
                spawn_local(async move {
                    // Without an answer the question is asked without a name.
                    let people = list_flows().await.map(|it| it.people).unwrap_or_default();
                    members.try_set(people);
                });
            }
            is_asked == Some(true) || is_needed
        });
        author
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_also_after_they_left() {
        let members = Members::from([("a".to_owned(), "Amara Osei".to_owned())]);
        let of = |id, here: Option<&str>| Author::of(id, "me", here.map(str::to_owned), &members);
        assert_eq!(of(Some("a"), None).name(), "Amara Osei");
        assert_eq!(of(Some("b"), Some("Ben")).name(), "Ben");
        assert_eq!(of(Some("me"), None), Author::Myself);
        assert_eq!(of(Some("b"), None).name(), "Somebody else");
        assert_eq!(of(None, None), Author::Unknown);
    }
}
