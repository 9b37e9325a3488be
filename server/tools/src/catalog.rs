//! Every tool: one row each, in the words of `tools.tsv`.

use crate::error::ToolError;
use crate::tool::{Call, Done, Profile, ToolSpec};
use crate::{
    basecamp_tools, flow_edits, flow_tools, memory_tools, meta, pmos, run_tools, todo_tools,
};
use domain::approval::Risk;

macro_rules! catalog {
    ($($name:literal, $group:literal, $profile:ident, $risk:ident, $title:literal, $params:literal, $meaning:literal => $handler:path;)*) => {
        /// Every tool.
        pub(crate) static ALL: &[ToolSpec] = &[$(ToolSpec {
            name: $name,
            group: $group,
            profile: Profile::$profile,
            risk: Risk::$risk,
            title: $title,
            params: $params,
            meaning: $meaning,
        }),*];

        /// Runs the handler of a tool.
        pub(crate) async fn dispatch(name: &str, call: Call<'_>) -> Result<Done, ToolError> {
            match name {
                $($name => Box::pin($handler(call)).await,)*
                _ => Err(ToolError::UnknownTool { name: name.to_owned(), similar: Vec::new() }),
            }
        }
    };
}

catalog! {
    "list_projects", "projects", Focused, Read, "Read the projects",
        "archived:boolean", "Active projects, or archived ones when asked" => basecamp_tools::list_projects;
    "find_project", "projects", Focused, Read, "Find a project",
        "name*:string", "Project that best matches a name, or the candidates when several match" => basecamp_tools::find_project;
    "get_project", "projects", Focused, Read, "Read a project",
        "project_id*:integer", "One project by id" => basecamp_tools::get_project;
    "list_todolists", "todos", Focused, Read, "Read the lists of a project",
        "project*:string, compact:boolean, preview_limit:integer, inlineLimit:integer", "To-do lists of a project, without their items" => basecamp_tools::list_todolists;
    "list_todos_for_project", "todos", Focused, Read, "Read the to-dos of a project",
        "project*:string, compact:boolean, preview_limit:integer, inlineLimit:integer", "Every to-do of a project, grouped by list" => todo_tools::list_todos_for_project;
    "get_todo", "todos", Focused, Read, "Read a to-do",
        "project*:string, todo_id*:integer", "One to-do with assignees, dates and completion" => todo_tools::get_todo;
    "create_todo", "todos", Focused, Write, "Add a to-do",
        "project*:string, task:string, content:string, todolist:string, description:string, due_on:string, starts_on:string, assignee_ids:[integer], notify:boolean", "Adds a to-do; uses the first list unless todolist names another; text from task or content" => todo_tools::create_todo;
    "complete_todo", "todos", Focused, Write, "Complete a to-do",
        "project*:string, todo_id*:integer", "Marks a to-do done" => todo_tools::complete_todo;
    "uncomplete_todo", "todos", Focused, Write, "Reopen a to-do",
        "project*:string, todo_id*:integer", "Reopens a to-do" => todo_tools::uncomplete_todo;
    "list_todos_due", "todos", Focused, Read, "Read what is due",
        "date:string, include_overdue:boolean", "To-dos due on a date, with overdue ones when asked" => todo_tools::list_todos_due;
    "search_todos", "todos", Focused, Read, "Look through the to-dos",
        "query*:string", "Open to-dos in every project whose text matches" => todo_tools::search_todos;
    "list_all_people", "people", Focused, Read, "Read the people",
        "query*:string, deep_scan:boolean, include_archived_projects:boolean", "People directory; an empty query returns everyone" => basecamp_tools::list_all_people;
    "list_assigned_to_me", "people", Focused, Read, "Read your to-dos",
        "project:string", "The caller's own open to-dos" => todo_tools::list_assigned_to_me;
    "report_todos_assigned_person", "people", Focused, Read, "Read the to-dos of a person",
        "person_id:integer, person:string, assignee:string, compact:boolean", "To-dos assigned to one person across projects" => todo_tools::report_todos_assigned_person;
    "report_todos_overdue", "schedule", Focused, Read, "Read what is overdue",
        "", "Overdue to-dos in all projects, grouped by lateness" => todo_tools::report_todos_overdue;
    "summarize_project", "projects", Focused, Read, "Look at a project",
        "project*:string, include_todolists:boolean, include_card_tables:boolean, include_message_boards:boolean, include_vaults:boolean", "Counts per tool of a project: lists, boards, messages, folders" => todo_tools::summarize_project;
    "list_comments", "messages", Focused, Read, "Read the comments",
        "project*:string, recording_id*:integer or string", "Comments on any record; accepts an id, a URL, a to-do id or a card id" => basecamp_tools::list_comments;
    "create_comment", "messages", Focused, Write, "Add a comment",
        "project*:string, recording_id*:integer or string, recording_query:string, recording_title:string, content:string, body:object", "Comments on a record found by id, URL, exact title or query; refuses when several match" => basecamp_tools::create_comment;
    "trash_recording", "recordings", Full, Destructive, "Move a record to the trash",
        "project*:string, recording_id*:integer", "Moves any record to the trash" => basecamp_tools::trash_recording;
    "flow_status", "flow", Focused, Read, "Check the flow engine",
        "", "Engine state: address, reachable or not, project, number of flows and connections" => run_tools::status;
    "flow_list", "flow", Focused, Read, "Read the flows",
        "project_id:string, status:enum(ENABLED|DISABLED), folder_id:string, name:string, limit:integer=50, cursor:string", "Flows of the caller's workspace" => flow_tools::list;
    "flow_get", "flow", Focused, Read, "Read a flow",
        "flow_id*:string, version_id:string", "One flow with its trigger and steps" => flow_tools::get;
    "flow_create", "flow", Focused, Write, "Make a flow",
        "name*:string, trigger:object, actions:[object], project_id:string, folder_id:string, template_id:string", "Creates a draft flow; steps are saved in order or nothing is saved" => flow_edits::create;
    "flow_update", "flow", Focused, Write, "Change a flow",
        "flow_id*:string, data:object, operation:object", "Renames, moves, enables or disables a flow, or applies one edit operation" => flow_edits::update;
    "flow_delete", "flow", Focused, Destructive, "Delete a flow",
        "flow_id*:string", "Deletes a flow with its versions; runs stay readable" => flow_tools::delete;
    "flow_trigger", "flow", Focused, Write, "Start a flow",
        "flow_id*:string, payload:object={}, sync:boolean=false, draft:boolean=false", "Starts a flow that has a webhook or manual trigger; explains why when it cannot" => run_tools::trigger;
    "flow_runs_list", "flow", Focused, Read, "Read the runs of a flow",
        "flow_id*:string, status:[string], limit:integer=10, cursor:string", "Runs of a flow, newest first" => run_tools::list;
    "flow_flow_runs_list", "flow", Unlisted, Read, "Read the runs",
        "flow_id:string, status:[string], limit:integer=10, cursor:string", "Runs of a flow, or of all, newest first" => run_tools::list;
    "flow_run_get", "flow", Focused, Read, "Read a run",
        "run_id*:string", "One run with each step's state, input, output and error" => run_tools::get;
    "flow_publish", "flow", Focused, Write, "Publish a flow",
        "flow_id*:string", "Locks the draft as a new published version after it passes validation" => flow_tools::publish;
    "flow_enable", "flow", Focused, Write, "Switch a flow on",
        "flow_id*:string", "Switches a published flow on" => flow_tools::enable;
    "flow_disable", "flow", Focused, Write, "Switch a flow off",
        "flow_id*:string", "Switches a flow off; waiting runs finish" => flow_tools::disable;
    "flow_validate", "flow", Full, Read, "Check a flow",
        "flow_id*:string", "All problems of the draft, each with its step and a fix" => flow_tools::validate;
    "flow_apply", "flow", Full, Write, "Change a flow",
        "flow_id*:string, operations*:[object], base_version_id:string, dry_run:boolean=false", "Applies a list of edit operations in one transaction; saves nothing when one fails" => flow_edits::apply;
    "flow_trigger_set", "flow", Focused, Write, "Choose what starts a flow",
        "flow_id*:string, trigger*:object", "Sets or replaces the trigger of the draft" => flow_edits::trigger_set;
    "flow_step_add", "flow", Focused, Write, "Add a step",
        "flow_id*:string, step*:object, after_step:string, inside:string, branch:integer", "Adds a step after another, inside a loop or in a branch" => flow_edits::step_add;
    "flow_step_delete", "flow", Full, Write, "Delete a step",
        "flow_id*:string, step_name*:string", "Removes a step and joins its neighbours" => flow_edits::step_delete;
    "flow_piece_options", "flow", Full, Read, "Read the choices of a field",
        "piece_name*:string, action*:string, field*:string, input:object, connection_id:string, search:string", "Choices for a drop-down field of a step" => flow_tools::piece_options;
    "pmos_status", "pmos", Focused, Read, "Check the connections",
        "", "Service state, tool count and record counts of the workspace" => pmos::status;
    "pmos_approvals_list", "pmos", Focused, Read, "Read the approvals",
        "status:enum(pending|approved|rejected|expired|all)=pending, limit:integer=50, cursor:string", "Approvals of the workspace" => pmos::approvals_list;
    "pmos_memory_save", "pmos", Focused, Write, "Keep a note",
        "memory_type*:string, content*:string, tags:[string], importance:number=0.5", "Stores a note the assistant may use later" => memory_tools::save;
    "pmos_memory_recall", "pmos", Focused, Read, "Look through the notes",
        "memory_type:string, min_importance:number=0.5, limit:number=50, query:string", "Stored notes, most important first" => memory_tools::recall;
    "pmos_memory_update", "pmos", Full, Write, "Change a note",
        "memory_id*:string, content:string, tags:[string], importance:number, scope:enum(user|project|workspace)", "Changes a stored note" => memory_tools::update;
    "pmos_memory_delete", "pmos", Full, Destructive, "Delete a note",
        "memory_id*:string", "Deletes a stored note" => memory_tools::delete;
    "pmos_memory_restore", "pmos", Unlisted, Write, "Bring a note back",
        "memory_id*:string", "Brings a deleted note back" => memory_tools::restore;
    "tools_search", "tools", Focused, Read, "Find a tool",
        "query*:string, group:string, risk:enum(read|write|destructive), limit:integer=12", "Finds tools of the full catalogue by words; returns name, meaning, risk and required params" => meta::tools_search;
    "tools_describe", "tools", Focused, Read, "Read about tools",
        "names*:[string]", "Full input and output schema of up to 20 tools" => meta::tools_describe;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_every_property_is_described() {
        let names: BTreeSet<&str> = ALL.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), ALL.len());
        for spec in ALL {
            let schema = spec.input_schema();
            for (name, property) in schema["properties"].as_object().unwrap() {
                assert!(
                    property["description"].as_str().is_some_and(|it| !it.is_empty()),
                    "{}.{name}",
                    spec.name
                );
            }
        }
    }
}
