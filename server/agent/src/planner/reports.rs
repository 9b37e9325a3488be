//! Steps that find something out, and steps that post: to a person, a message board or a chat; and new cards.

use super::actions::{choices, fields};
use super::build::{Builder, Spot, cannot};
use super::replay::Stop;
use super::report_words::{Finding, Target};
use super::say;
use basecamp::names::Purpose;
use domain::flow::Action;
use domain::flow::catalog::{BASECAMP, step};
use serde_json::{Value, json};

impl Builder<'_, '_> {
    /// Two steps, one after the other; the name of the last.
    pub(super) fn report(
        &mut self,
        (finding, target): (&Finding, &Target),
        spot: &Spot,
        depth: usize,
    ) -> Result<Option<String>, Stop> {
        let mut input = json!({ "operation": finding.operation });
        let mut place = String::new();
        if let Some(words) = &finding.project {
            let (name, project) = self.project("about", Some(words))?;
            input["project"] = project;
            place = format!(" in {}", say::plain(&name));
        }
        let mut inputs = json!({});
        if let Some(days) = finding.days {
            inputs["days"] = days.into();
        }
        if finding.operation == "recent_records" {
            inputs["kind"] = "Message".into();
        }
        input["inputs"] = inputs;
        let found = self.name();
        let title = finding.title;
        let text = format!("{{{{{found}['text']}}}}");
        let subject = format!("{title}: {{{{{found}['count']}}}}");
        let action = step::piece_action_with(&found, BASECAMP, "reports", fields(input));
        let (sent, said) = self.post(target, (&subject, &format!("{subject}\n{text}")))?;
        let Some((action, sent)) = action.zip(sent) else { return Err(cannot()) };
        self.say(depth, format!("Find out: {}{place}", title.to_lowercase()));
        let after = Spot::after(&self.place(action, spot));
        self.say(depth, said);
        Ok(Some(self.place(sent, &after)))
    }

    /// Words of the person, to a message board or a chat.
    pub(super) fn post_words(
        &mut self,
        target: &Target,
        text: &str,
    ) -> Result<(Option<Action>, String), Stop> {
        let text = self.references.value(text);
        self.post(target, (&subject_of(&text), &text))
    }

    fn post(
        &mut self,
        target: &Target,
        (subject, text): (&str, &str),
    ) -> Result<(Option<Action>, String), Stop> {
        let (action, input, place, project) = match target {
            Target::Person(who) => return self.tell_exactly(who.as_deref(), text),
            Target::Board(project) => {
                let (name, project) = self.project("board", project.as_deref())?;
                let inputs = json!({ "subject": subject, "content": text });
                let input =
                    json!({ "operation": "create_message", "project": project, "inputs": inputs });
                ("messages", input, "message board", name)
            }
            Target::Chat(project) => {
                let (name, project) = self.project("chat", project.as_deref())?;
                let inputs = json!({ "content": text });
                let input = json!({ "operation": "create_chat_line", "project": project, "inputs": inputs });
                ("chats", input, "chat", name)
            }
        };
        let name = self.name();
        let said = format!("Post it to the {place} of {}", say::plain(&project));
        Ok((step::piece_action_with(&name, BASECAMP, action, fields(input)), said))
    }

    /// The project that the words name; the one there is, or a question, without words.
    fn project(&mut self, what: &str, words: Option<&str>) -> Result<(String, Value), Stop> {
        let projects = self.projects()?;
        projects.choose(self.replay, &self.slot(what), words, Purpose::Write)
    }

    /// A card in the column that is named, else in the first one.
    pub(super) fn add_card(
        &mut self,
        title: &str,
        (project, column): (Option<&str>, Option<&str>),
    ) -> Result<(Option<Action>, String), Stop> {
        let (project_name, project) = self.project("project", project)?;
        let mut input = json!({ "operation": "create_card", "project": project });
        let boards =
            choices(self.replay, "board", (BASECAMP, "cards", "card_table"), input.clone())?;
        let (_, board) = boards.choose(self.replay, &self.slot("board"), None, Purpose::Write)?;
        input["card_table"] = board;
        let columns = choices(self.replay, "column", (BASECAMP, "cards", "column"), input.clone())?;
        let (column_name, column) = match (column, columns.all.first()) {
            (None, Some(first)) => first.clone(),
            (words, _) => {
                columns.choose(self.replay, &self.slot("column"), words, Purpose::Write)?
            }
        };
        input["column"] = column;
        input["inputs"] = json!({ "title": self.references.value(title) });
        let name = self.name();
        let said = format!(
            "Add a card “{}” to {} in {}",
            say::plain(title),
            say::plain(&column_name),
            say::plain(&project_name)
        );
        Ok((step::piece_action_with(&name, BASECAMP, "cards", fields(input)), said))
    }
}

/// The subject that a message needs: the beginning of its first line, without half an expression at the end.
fn subject_of(text: &str) -> String {
    let line: String = text.lines().next().unwrap_or_default().chars().take(80).collect();
    match line.rsplit_once("{{") {
        Some((before, open)) if !open.contains("}}") && !before.trim().is_empty() => {
            before.trim_end().to_owned()
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::subject_of;

    #[test]
    fn a_subject_is_short_and_holds_no_half_expression() {
        assert_eq!(subject_of("Shipped\nand more"), "Shipped");
        let long = format!("{} {{{{trigger['title']}}}} is done", "a".repeat(70));
        assert_eq!(subject_of(&long), "a".repeat(70));
        assert_eq!(subject_of("{{trigger['title']}} is done"), "{{trigger['title']}} is done");
    }
}
