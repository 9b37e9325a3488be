//! The tools of Basecamp: the rows of the catalogue's table that something here serves. A row that nothing serves is
//! not a tool.

use crate::error::ToolError;
use crate::tool::{Call, Doing, Done, Profile, ToolSpec, doing};
use crate::{
    basecamp_tools, board_tools, chatbot_tools, find_tools, meta, more_tools, payloads,
    people_tools, planned, plans, raw_tools, reach_tools, todo_tools,
};
use domain::approval::Risk;

/// Name, group, profile, risk, parameters, meaning, title; one tool a line.
const TABLE: &str = include_str!("basecamp.tsv");

macro_rules! handlers {
    ($($name:literal => $handler:path;)*) => {
        /// Tools that are more than one operation.
        const HANDLED: &[&str] = &[$($name),*];

        fn handle<'a>(name: &'a str, call: Call<'a>) -> Doing<'a> {
            match name {
                $($name => doing(|| $handler(call)),)*
                _ => doing(|| async {
                    Err(ToolError::UnknownTool { name: name.to_owned(), similar: Vec::new() })
                }),
            }
        }
    };
}

handlers! {
    "list_projects" => basecamp_tools::list_projects;
    "find_project" => basecamp_tools::find_project;
    "get_project" => basecamp_tools::get_project;
    "list_todolists" => basecamp_tools::list_todolists;
    "list_todos_for_project" => todo_tools::list_todos_for_project;
    "get_todo" => todo_tools::get_todo;
    "create_todo" => todo_tools::create_todo;
    "complete_todo" => todo_tools::complete_todo;
    "uncomplete_todo" => todo_tools::uncomplete_todo;
    "list_todos_due" => todo_tools::list_todos_due;
    "search_todos" => todo_tools::search_todos;
    "list_all_people" => basecamp_tools::list_all_people;
    "list_assigned_to_me" => todo_tools::list_assigned_to_me;
    "report_todos_assigned_person" => todo_tools::report_todos_assigned_person;
    "report_todos_overdue" => todo_tools::report_todos_overdue;
    "summarize_project" => todo_tools::summarize_project;
    "list_comments" => basecamp_tools::list_comments;
    "create_comment" => basecamp_tools::create_comment;
    "startbcgpt" => reach_tools::start;
    "whoami" => reach_tools::whoami;
    "list_accounts" => reach_tools::list_accounts;
    "smart_action" => reach_tools::smart_action;
    "mcp_call" => meta::call_another;
    "resolve_entity_from_url" => reach_tools::resolve_url;
    "get_cached_payload_chunk" => payloads::chunk;
    "export_cached_payload" => payloads::as_file;
    "run_regression_suite" => reach_tools::suite;
    "run_default_regression_suite" => reach_tools::default_suite;
    "get_project_structure" => reach_tools::structure;
    "basecamp_request" => raw_tools::request;
    "basecamp_raw" => raw_tools::request;
    "search_projects" => find_tools::projects;
    "search_project" => find_tools::in_project;
    "list_todos_for_list" => more_tools::todos_of_list;
    "complete_task_by_name" => more_tools::complete_by_name;
    "daily_report" => more_tools::daily_report;
    "search_people" => basecamp_tools::list_all_people;
    "assignment_report" => people_tools::assignment_report;
    "get_person_assignments" => people_tools::assignments;
    "list_person_projects" => people_tools::projects;
    "list_person_activity" => people_tools::activity;
    "audit_person" => people_tools::audit;
    "summarize_person" => people_tools::summary;
    "list_card_tables" => board_tools::tables;
    "list_card_table_cards" => board_tools::cards;
    "list_card_table_summaries" => board_tools::summaries;
    "list_card_table_summaries_iter" => board_tools::next_summary;
    "list_project_card_table_contents" => board_tools::contents;
    "create_card" => board_tools::create_card;
    "move_card" => board_tools::move_card;
    "search_cards" => find_tools::cards;
    "list_message_boards" => board_tools::message_boards;
    "list_campfires" => board_tools::campfires;
    "list_vaults" => board_tools::vaults;
    "create_attachment" => more_tools::attachment;
    "list_schedule_entries" => more_tools::entries;
    "get_recordings" => find_tools::of_type;
    "search_recordings" => find_tools::recordings;
    "search_entities" => find_tools::entities;
    "list_inboxes" => board_tools::inboxes;
    "post_chatbot_line" => chatbot_tools::post_line;
}

fn row(line: &'static str) -> Option<ToolSpec> {
    let mut cells = line.split('\t');
    Some(ToolSpec {
        name: cells.next()?,
        group: cells.next()?,
        profile: if cells.next()? == "focused" { Profile::Focused } else { Profile::Full },
        risk: match cells.next()? {
            "read" => Risk::Read,
            "write" => Risk::Write,
            _ => Risk::Destructive,
        },
        params: cells.next()?,
        meaning: cells.next()?,
        title: cells.next()?,
    })
}

fn rows() -> impl Iterator<Item = ToolSpec> {
    TABLE.lines().skip(1).filter_map(row)
}

fn is_served(spec: &ToolSpec) -> bool {
    spec.group == "api" || HANDLED.contains(&spec.name) || plans::find(spec.name).is_some()
}

/// The rows that are tools.
pub(super) fn served() -> impl Iterator<Item = ToolSpec> {
    rows().filter(is_served)
}

/// Runs a tool of Basecamp.
pub(super) async fn dispatch(name: &str, call: Call<'_>) -> Result<Done, ToolError> {
    if let Some(plan) = plans::find(name) {
        return Box::pin(planned::run(call, plan)).await;
    }
    match call.tools.find(name).filter(|it| it.group == "api") {
        Some(spec) => Box::pin(raw_tools::endpoint(call, spec)).await,
        None => handle(name, call).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Back, Does};

    #[test]
    fn every_row_is_a_tool() {
        let missing: Vec<&str> = rows().filter(|it| !is_served(it)).map(|it| it.name).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert_eq!(rows().count(), 291);
        assert_eq!(rows().filter(|it| it.group == "api").count(), 73);
    }

    #[test]
    fn nothing_is_served_that_has_no_row_and_nothing_twice() {
        let names: Vec<&str> = rows().map(|it| it.name).collect();
        for name in HANDLED {
            assert!(names.contains(name), "{name}");
            assert!(plans::find(name).is_none(), "{name} is served twice");
        }
        for plan in plans::all() {
            assert!(names.contains(&plan.tool), "{}", plan.tool);
        }
    }

    #[test]
    fn every_plan_fits_its_operation_and_its_arguments() {
        for plan in plans::all() {
            let spec = rows().find(|it| it.name == plan.tool).unwrap();
            let ids: Vec<String> = plan.from.split_whitespace().map(|_| "1".to_owned()).collect();
            assert!(
                basecamp::records::Request::new(plan.operation, &ids).is_some(),
                "{}",
                plan.tool
            );
            let params = crate::schema::params(&spec);
            let known: Vec<&str> = params.iter().map(|it| it.name.as_str()).collect();
            for word in plan.from.split_whitespace().filter(|it| !it.starts_with('@')) {
                let arg = word.split('|').next().unwrap();
                assert!(known.contains(&arg), "{}: {arg}", plan.tool);
            }
            let Does::Write(writing) = plan.does else { continue };
            if let Back::Tool(tool) | Back::Remove(tool, _) | Back::Again(tool, _) = writing.back {
                assert!(
                    rows().any(|it| it.name == tool && is_served(&it)),
                    "{}: {tool}",
                    plan.tool
                );
            }
        }
    }

    #[test]
    fn every_raw_tool_names_a_route_of_the_api() {
        for spec in rows().filter(|it| it.group == "api") {
            let (method, path) =
                spec.meaning.strip_prefix("Basecamp endpoint ").unwrap().split_once(' ').unwrap();
            let filled: String = path
                .split('/')
                .map(|it| if it.starts_with('{') { "1" } else { it })
                .collect::<Vec<_>>()
                .join("/");
            assert!(basecamp::records::Request::recognise(method, &filled).is_some(), "{path}");
        }
    }
}
