//! What would happen if somebody called a tool: the answer is made by the same rules that decide when somebody does.

use crate::agent::Agent;
use crate::policy::{self, Mode};
use crate::settings::Settings;
use domain::actor::{Actor, Permission, Role};
use domain::approval::Risk;
use domain::policy::{PolicyTrial, Verdict};
use domain::problem::Problem;
use tools::tool::ToolSpec;

const ONLY_LOOKS: &str = "It is refused: this role may only look.";

/// A call that is thought through.
struct Thought<'a> {
    role: Role,
    spec: &'a ToolSpec,
    mode: Mode,
    /// What the first policy that fits does, and its name.
    rule: Option<(Verdict, &'a str)>,
}

impl Agent {
    /// What would happen if somebody with `role` called `tool`, through each door. What it is called with is not looked
    /// at: rules about work decide when there is some.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage, [`Problem::Invalid`] for a tool that is not there.
    pub async fn try_policies(
        &self,
        actor: &Actor,
        role: Role,
        tool: &str,
    ) -> Result<PolicyTrial, Problem> {
        actor.require(Permission::Manage)?;
        let tool = tool.trim();
        let missing = || Problem::invalid("tool", "There is no such tool. Choose one of the list");
        let spec = self.0.tools.find(tool).ok_or_else(missing)?;
        let rules = self.0.tools.tool_rules(&actor.workspace).await?;
        let settings = Settings::of(&mut self.0.db.read().await?, &actor.workspace).await?;
        let rule = rules.at_worst(role, spec).map(|it| (it.0, it.1));
        let thought = Thought { role, spec, mode: settings.mode(), rule };
        let doors = [
            ("Asked of the assistant", thought.by_assistant()),
            ("Called by a chat client or a script", thought.by_key()),
            ("Done by hand on a page", thought.by_hand()),
        ];
        Ok(PolicyTrial {
            asked: format!("{}, {}", role.label(), spec.title),
            doors: doors.map(|(door, sentence)| (door.to_owned(), sentence)).to_vec(),
        })
    }
}

impl Thought<'_> {
    /// What holds through every door; none where the door matters.
    fn everywhere(&self) -> Option<String> {
        if !self.role.can(needed(self.spec)) {
            return Some(ONLY_LOOKS.to_owned());
        }
        if let Some((Verdict::Refuse, policy)) = self.rule {
            return Some(format!("It is refused by the policy “{policy}”."));
        }
        (self.spec.risk == Risk::Read).then(|| "It is done at once: it only reads.".to_owned())
    }

    fn is_for_admins(&self) -> bool {
        policy::needs_manage(self.spec.name) && !self.role.can(Permission::Manage)
    }

    fn asked_by_policy(&self) -> Option<String> {
        match self.rule {
            Some((Verdict::Ask, policy)) => {
                Some(format!("It waits for an approval, because of the policy “{policy}”."))
            }
            _ => None,
        }
    }

    fn by_assistant(&self) -> String {
        if let Some(sentence) = self.everywhere().or_else(|| self.asked_by_policy()) {
            return sentence;
        }
        let is_remembered = policy::may_be_remembered(self.spec);
        match self.rule {
            _ if !policy::asks(self.mode, self.spec, 0) => {
                "It is done without a question.".to_owned()
            }
            Some((Verdict::Allow, name)) if is_remembered && self.mode != Mode::All => {
                format!("It is done without a question, because of the policy “{name}”.")
            }
            _ if !is_remembered => {
                "It asks first, each time: it deletes, goes live or leaves the workspace.".to_owned()
            }
            _ => "It asks first, as the workspace wants of the assistant, unless an answer to it is remembered."
                .to_owned(),
        }
    }

    fn by_key(&self) -> String {
        if let Some(sentence) = self.everywhere().or_else(|| self.asked_by_policy()) {
            return sentence;
        }
        if self.is_for_admins() {
            return "It is refused: it takes somebody who manages.".to_owned();
        }
        match self.spec.risk == Risk::Destructive || self.spec.writes_to_basecamp() {
            true => "It is done at once, unless the key asks first.".to_owned(),
            false => "It is done at once.".to_owned(),
        }
    }

    fn by_hand(&self) -> String {
        if !self.role.can(needed(self.spec)) {
            return ONLY_LOOKS.to_owned();
        }
        if self.is_for_admins() {
            return "It waits for somebody who manages.".to_owned();
        }
        let is_used = self.spec.is_basecamp() || matches!(self.spec.group, "agents" | "governance");
        if !is_used {
            return "No policy looks at it: a page does the same without this tool.".to_owned();
        }
        let found = self.everywhere().or_else(|| self.asked_by_policy());
        found.unwrap_or_else(|| "It is done at once.".to_owned())
    }
}

fn needed(spec: &ToolSpec) -> Permission {
    if spec.risk == Risk::Read { Permission::Read } else { Permission::Write }
}
