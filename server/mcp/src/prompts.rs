//! Ready-made questions for chat clients.

use crate::messages::bad_params;
use rmcp::model::{
    ErrorData, GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role,
};
use serde_json::Value;

struct Recipe {
    name: &'static str,
    title: &'static str,
    meaning: &'static str,
    /// Name, meaning, whether it is needed.
    arguments: &'static [(&'static str, &'static str, bool)],
    /// Arguments stand in braces; a sentence whose argument is missing is left out.
    sentences: &'static [&'static str],
}

const ALL: [Recipe; 3] = [
    Recipe {
        name: "status_report",
        title: "Status report",
        meaning: "How a project stands: what is done, due, late and unassigned",
        arguments: &[("project", "Name or id of the project", true)],
        sentences: &[
            "Write a status report about the project {project}.",
            "Read its to-dos with list_todos_for_project and its overdue ones with report_todos_overdue.",
            "Say in this order: what was finished, what is due next, what is late and who it waits for, what has no \
             assignee. Name to-dos by their titles, keep it under 200 words, and claim nothing that the tools did not \
             say.",
        ],
    },
    Recipe {
        name: "plan_my_week",
        title: "Plan my week",
        meaning: "What to do on which day, from what is assigned to me",
        arguments: &[("focus", "What matters most this week", false)],
        sentences: &[
            "Plan my week from the to-dos that are assigned to me.",
            "Read them with list_assigned_to_me.",
            "What matters most to me: {focus}.",
            "Put late and due ones first, give each working day at most five, and list what does not fit. Change \
             nothing before I agree.",
        ],
    },
    Recipe {
        name: "build_a_flow",
        title: "Build a flow",
        meaning: "From a sentence to a draft of a flow that can be tried out",
        arguments: &[("goal", "What should happen, and when", true)],
        sentences: &[
            "Build a flow for this goal: {goal}.",
            "Look with flow_list whether there is one already. Make a draft with flow_create, add its trigger and steps, \
             and check it with flow_validate until nothing is wrong.",
            "Tell me in plain words what it will do, and publish it only when I ask for it.",
        ],
    },
];

/// Every prompt.
pub(crate) fn all() -> Vec<Prompt> {
    ALL.iter().map(shown).collect()
}

fn shown(recipe: &Recipe) -> Prompt {
    let arguments = recipe.arguments.iter().map(|(name, meaning, is_required)| {
        PromptArgument::new(*name).with_description(*meaning).with_required(*is_required)
    });
    let arguments = Some(arguments.collect());
    Prompt::new(recipe.name, Some(recipe.meaning), arguments).with_title(recipe.title)
}

/// The prompt called `name` with its arguments filled in.
pub(crate) fn get(
    name: &str,
    arguments: Option<&JsonObject>,
) -> Result<GetPromptResult, ErrorData> {
    let Some(recipe) = ALL.iter().find(|it| it.name == name) else {
        let data = serde_json::json!({"code": "RESOURCE_NOT_FOUND"});
        return Err(ErrorData::invalid_params(format!("There is no prompt {name}"), Some(data)));
    };
    let given = |name: &str| {
        let text = arguments.and_then(|it| it.get(name)).and_then(Value::as_str).map(str::trim);
        text.filter(|it| !it.is_empty())
    };
    let is_missing = |it: &&(&str, &str, bool)| it.2 && given(it.0).is_none();
    if let Some((missing, meaning, _)) = recipe.arguments.iter().find(is_missing) {
        return Err(bad_params(format!("{missing} is missing: {meaning}")));
    }
    let filled = recipe.sentences.iter().filter_map(|sentence| {
        let mut text = (*sentence).to_owned();
        for (name, _, _) in recipe.arguments {
            let hole = format!("{{{name}}}");
            if text.contains(&hole) {
                text = text.replace(&hole, given(name)?);
            }
        }
        Some(text)
    });
    let text = filled.collect::<Vec<_>>().join(" ");
    let result = GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]);
    Ok(result.with_description(recipe.meaning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(name: &str, arguments: Value) -> Result<String, ErrorData> {
        let result = get(name, arguments.as_object())?;
        Ok(serde_json::to_value(&result.messages[0].content).unwrap()["text"].to_string())
    }

    #[test]
    fn arguments_are_filled_in_and_needed_ones_asked_for() {
        assert!(text("status_report", json!({"project": "Apollo"})).unwrap().contains("Apollo"));
        assert!(text("status_report", json!({"project": " "})).is_err());
        assert!(!text("plan_my_week", json!({})).unwrap().contains("focus"));
        assert!(text("plan_my_week", json!({"focus": "launch"})).unwrap().contains("launch"));
        assert!(text("nothing", json!({})).is_err());
    }
}
