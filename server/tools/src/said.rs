//! Answers from the mirror, written once and given again as long as nothing is written: chat clients ask the same over
//! and over.

use crate::error::ToolError;
use crate::sources;
use crate::tool::{CallContext, ToolSpec};
use crate::tools::Tools;
use domain::actor::{Actor, Permission};
use domain::approval::Risk;
use domain::ids::{UserId, WorkspaceId};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::sync::Arc;
use store::ids;
use store::memo::Memo;

/// Answers that are kept at most, and how long one of them may be, bytes.
const MOST: usize = 256;
const LONGEST: usize = 32 * 1024;
/// How long an answer is given again although nothing was written, ms: it says how old its data is and what is due
/// today.
const HOLDS_MS: i64 = 1_000;

/// What a tool answers, as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// A JSON object.
    pub data: String,
    /// The same as a JSON text, for those who read no data.
    pub text: String,
}

/// Who asked what, and in which second.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    who: (WorkspaceId, UserId, &'static str),
    tool: &'static str,
    args: String,
    moment: i64,
}

/// The answers that are kept.
pub(crate) type Answers = Memo<Question, Arc<Said>>;

/// An empty place for them.
pub(crate) fn none_yet() -> Answers {
    Memo::new(MOST)
}

impl Said {
    /// What is no object is given as the field `result` of one.
    pub fn of(value: &Value) -> Self {
        let value = match value.is_object() {
            true => Cow::Borrowed(value),
            false => Cow::Owned(json!({ "result": value })),
        };
        let data = value.to_string();
        let text = Value::from(data.as_str()).to_string();
        Self { data, text }
    }
}

impl Tools {
    /// Runs a tool as [`Tools::call`] does, and gives its answer as it is sent. Who may, and what rules say, is looked at
    /// each time.
    ///
    /// # Errors
    /// As [`Tools::call`].
    pub async fn said(
        &self,
        actor: &Actor,
        (name, args): (&str, &Value),
        context: &CallContext,
    ) -> Result<Arc<Said>, ToolError> {
        let spec = self.known(name)?;
        if spec.risk != Risk::Read || !sources::is_mirrored(name, args) {
            let value = self.call(actor, name, args, context).await?;
            return Ok(Arc::new(Said::of(&value)));
        }
        actor.require(Permission::Read)?;
        self.tool_rules(&actor.workspace).await?.admit(actor.role, spec, args)?;
        let question = question(actor, spec, args);
        let looked = self.said.look(&self.db, &question);
        if let Some(said) = looked.found {
            return Ok(said);
        }
        let value = self.call(actor, name, args, context).await?;
        let said = Arc::new(Said::of(&value));
        if value["source"] == "mirror" && said.data.len() <= LONGEST {
            self.said.keep(looked.age, question, Arc::clone(&said));
        }
        Ok(said)
    }
}

fn question(actor: &Actor, spec: &ToolSpec, args: &Value) -> Question {
    Question {
        who: (actor.workspace.clone(), actor.user.clone(), actor.role.as_str()),
        tool: spec.name,
        args: args.to_string(),
        moment: ids::now_ms().div_euclid(HOLDS_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_an_object_and_the_same_as_text() {
        let said = Said::of(&json!([1, "a \"b\""]));
        assert_eq!(said.data, r#"{"result":[1,"a \"b\""]}"#);
        assert_eq!(serde_json::from_str::<String>(&said.text).unwrap(), said.data);
    }
}
