//! Every tool: one row each, in the words of `tools.tsv`.

use crate::tool::{Call, Doing, Profile, ToolSpec, doing};
use crate::{
    agent_tools, assign_tools, budget_tools, build_tools, change_tools, cross_tools, finding_tools,
    flow_connections, flow_edits, flow_folders, flow_pieces, flow_templates, flow_tools,
    flow_trials, flow_update, flow_versions, insight_tools, knowledge_tools, log_tools,
    memory_tools, meta, other_tools, page_tools, people_insight, personas, platform_tools,
    plugin_tools, pmos, policy_tools, query_tools, recipe_tools, references, report_tools,
    run_tools, sending_tools, subscription_tools, template_tools, undo,
};
use domain::approval::Risk;
use std::collections::HashMap;
use std::sync::LazyLock;

mod snapshot;

/// Every tool: those of Basecamp first.
static ALL: LazyLock<Vec<ToolSpec>> =
    LazyLock::new(|| snapshot::served().chain(OWN.iter().copied()).collect());

/// Every tool.
pub(crate) fn all() -> &'static [ToolSpec] {
    &ALL
}

/// The tool called `name`.
pub(crate) fn named(name: &str) -> Option<&'static ToolSpec> {
    static BY_NAME: LazyLock<HashMap<&str, &ToolSpec>> =
        LazyLock::new(|| ALL.iter().map(|it| (it.name, it)).collect());
    BY_NAME.get(name).copied()
}

macro_rules! catalog {
    ($($name:literal, $group:literal, $profile:ident, $risk:ident, $title:literal, $params:literal, $meaning:literal => $handler:path;)*) => {
        /// The tools of PM OS itself.
        static OWN: &[ToolSpec] = &[$(ToolSpec {
            name: $name,
            group: $group,
            profile: Profile::$profile,
            risk: Risk::$risk,
            title: $title,
            params: $params,
            meaning: $meaning,
        }),*];

        /// Runs the handler of a tool.
        pub(crate) fn dispatch<'a>(name: &'a str, call: Call<'a>) -> Doing<'a> {
            match name {
                $($name => doing(|| $handler(call)),)*
                _ => doing(|| snapshot::dispatch(name, call)),
            }
        }
    };
}

catalog! {
    "flow_status", "flow", Focused, Read, "Check the flow engine",
        "", "Engine state: address, reachable or not, project, number of flows and connections" => run_tools::status;
    "flow_list", "flow", Focused, Read, "Read the flows",
        "project_id:string, status:enum(ENABLED|DISABLED), folder_id:string, name:string, limit:integer=50, cursor:string", "Flows of the caller's workspace" => flow_tools::list;
    "flow_get", "flow", Focused, Read, "Read a flow",
        "flow_id*:string, version_id:string", "One flow with its trigger and steps" => flow_tools::get;
    "flow_create", "flow", Focused, Write, "Make a flow",
        "name*:string, trigger:object, actions:[object], project_id:string, folder_id:string, template_id:string", "Creates a draft flow; steps are saved in order or nothing is saved" => flow_edits::create;
    "flow_update", "flow", Focused, Write, "Change a flow",
        "flow_id*:string, data:object, operation:object", "Renames, moves, limits, enables or disables a flow, or applies one edit operation" => flow_update::update;
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
    "flow_projects_list", "flow", Focused, Read, "Read the flow projects",
        "", "Flow projects of the caller's workspace only" => flow_pieces::projects;
    "flow_project_create", "flow", Focused, Write, "Add a flow project",
        "name*:string", "Adds a flow project when the engine supports it, else explains why not" => flow_pieces::project_create;
    "flow_pieces_list", "flow", Focused, Read, "Read the pieces",
        "search:string, category:string, limit:integer, cursor:string", "Pieces that steps can use, with their triggers and actions" => flow_pieces::list;
    "flow_piece_get", "flow", Full, Read, "Read a piece",
        "piece_name*:string, version:string", "One piece with the input fields of its triggers and actions" => flow_pieces::get;
    "flow_rollback", "flow", Full, Write, "Go back to a version",
        "flow_id*:string, version_id*:string", "Makes an earlier version the new draft, or publishes it when it was published before" => flow_versions::rollback;
    "flow_versions_list", "flow", Full, Read, "Read the versions of a flow",
        "flow_id*:string, limit:integer, cursor:string", "Versions of a flow with author, time and state" => flow_versions::list;
    "flow_version_get", "flow", Full, Read, "Read a version",
        "flow_id*:string, version_id*:string", "One version in full" => flow_versions::get;
    "flow_run_retry", "flow", Focused, Write, "Run a failed run again",
        "run_id*:string, strategy:enum(FROM_FAILED_STEP|ON_LATEST_VERSION)=FROM_FAILED_STEP", "Runs a failed run again" => run_tools::retry;
    "flow_flow_run_retry", "flow", Unlisted, Write, "Run a failed run again",
        "run_id*:string, strategy:enum(FROM_FAILED_STEP|ON_LATEST_VERSION)=FROM_FAILED_STEP", "Runs a failed run again" => run_tools::retry;
    "flow_run_cancel", "flow", Full, Write, "Stop a run",
        "run_id*:string", "Stops a queued, running or paused run" => run_tools::cancel;
    "flow_run_logs", "flow", Full, Read, "Read the log of a run",
        "run_id*:string, step_name:string, after:integer, limit:integer=200", "Log lines of a run, oldest first, with secrets masked" => run_tools::logs;
    "flow_step_test", "flow", Full, Write, "Test a step",
        "flow_id*:string, step_name*:string, input:object", "Runs one step of the draft for real and stores its sample output" => flow_trials::step_test;
    "flow_trigger_test", "flow", Full, Read, "Get a sample of the trigger",
        "flow_id*:string, payload:object", "Fetches or accepts a sample event for the trigger" => flow_trials::trigger_test;
    "flow_folders_list", "flow", Full, Read, "Read the flow folders",
        "project_id:string", "Flow folders with the number of flows in each" => flow_folders::list;
    "flow_folder_create", "flow", Full, Write, "Add a flow folder",
        "name*:string, project_id:string", "Adds a flow folder" => flow_folders::create;
    "flow_folder_update", "flow", Full, Write, "Rename a flow folder",
        "folder_id*:string, name*:string", "Renames a flow folder" => flow_folders::update;
    "flow_folder_delete", "flow", Full, Destructive, "Delete a flow folder",
        "folder_id*:string", "Deletes a flow folder; its flows move to no folder" => flow_folders::delete;
    "flow_templates_list", "flow", Full, Read, "Read the flow templates",
        "search:string, category:string, limit:integer, cursor:string", "Flow templates with the connections each one needs" => flow_templates::list;
    "flow_template_use", "flow", Full, Write, "Start from a template",
        "template_id*:string, name:string, inputs:object, connections:object", "Creates a complete draft flow from a template" => flow_templates::apply;
    "flow_step_update", "flow", Focused, Write, "Change a step",
        "flow_id*:string, step_name*:string, changes*:object", "Changes the given fields of a step" => flow_edits::step_update;
    "flow_step_move", "flow", Full, Write, "Move a step",
        "flow_id*:string, step_name*:string, after_step:string, inside:string, branch:integer", "Moves a step" => flow_edits::step_move;
    "flow_step_duplicate", "flow", Full, Write, "Copy a step",
        "flow_id*:string, step_name*:string", "Copies a step right after itself" => flow_edits::step_duplicate;
    "flow_flows_list", "flow", Unlisted, Read, "Read the flows",
        "project_id:string, status:enum(ENABLED|DISABLED), folder_id:string, name:string, limit:integer=50, cursor:string", "Flows of the caller's workspace" => flow_tools::list;
    "flow_flow_get", "flow", Unlisted, Read, "Read a flow",
        "flow_id*:string, version_id:string", "One flow with its trigger and steps" => flow_tools::get;
    "flow_copy", "flow", Unlisted, Write, "Copy a flow to the other engine",
        "flow_id*:string", "Copies a flow to the other engine as a draft; says what does not come along" => flow_update::copy;
    "flow_flow_create", "flow", Unlisted, Write, "Make a flow",
        "name*:string, trigger:object, actions:[object], project_id:string, folder_id:string, template_id:string", "Creates a draft flow; steps are saved in order or nothing is saved" => flow_edits::create;
    "flow_flow_operation", "flow", Unlisted, Write, "Change a flow",
        "flow_id*:string, data:object, operation:object", "Applies one edit operation to a flow" => flow_update::update;
    "flow_flow_delete", "flow", Unlisted, Destructive, "Delete a flow",
        "flow_id*:string", "Deletes a flow with its versions; runs stay readable" => flow_tools::delete;
    "flow_flow_trigger", "flow", Unlisted, Write, "Start a flow",
        "flow_id*:string, payload:object={}, sync:boolean=false, draft:boolean=false", "Starts a flow that has a webhook or manual trigger; explains why when it cannot" => run_tools::trigger;
    "flow_flow_run_get", "flow", Unlisted, Read, "Read a run",
        "run_id*:string", "One run with each step's state, input, output and error" => run_tools::get;
    "flow_connections_list", "flow", Focused, Read, "Read the connections",
        "project_id:string, piece_name:string, limit:integer, cursor:string", "Connections of the workspace; never their secrets" => flow_connections::list;
    "flow_connection_create", "flow", Focused, Write, "Store a connection",
        "name*:string, piece_name*:string, value*:object, project_id:string, type:enum(SECRET_TEXT|BASIC_AUTH|CUSTOM_AUTH|OAUTH2|NO_AUTH)=SECRET_TEXT, scope:enum(personal|workspace)=workspace", "Stores a connection, encrypted" => flow_connections::create;
    "flow_connection_upsert", "flow", Unlisted, Write, "Store a connection",
        "name*:string, piece_name*:string, value*:object, external_id:string, project_id:string, type:enum(SECRET_TEXT|BASIC_AUTH|CUSTOM_AUTH|OAUTH2|NO_AUTH)=SECRET_TEXT, scope:enum(personal|workspace)=workspace", "Stores a connection, or changes the one of that external id" => flow_connections::upsert;
    "flow_connection_test", "flow", Full, Read, "Test a connection",
        "connection_id*:string", "Uses a connection once and reports pass or the exact cause" => flow_connections::test;
    "flow_connection_update", "flow", Full, Write, "Change a connection",
        "connection_id*:string, name:string, value:object, metadata:object", "Renames a connection or replaces its secret" => flow_connections::update;
    "flow_connection_delete", "flow", Full, Destructive, "Delete a connection",
        "connection_id*:string, force:boolean=false", "Deletes a connection; refuses while flows use it unless force is set" => flow_connections::delete;
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
    "pmos_health_project", "pmos", Focused, Read, "Look at the health of a project",
        "project_id*:string", "Project health score with its four factors and status label" => insight_tools::health;
    "pmos_predict_completion", "pmos", Focused, Read, "Predict the end of a project",
        "project_id*:string", "Expected end date from past pace, with confidence" => insight_tools::completion;
    "pmos_predict_deadline_risk", "pmos", Focused, Read, "Look for deadlines at risk",
        "project_id*:string", "Dated to-dos at risk, by level" => insight_tools::deadline_risk;
    "pmos_predict_blockers", "pmos", Focused, Read, "Look for what is stuck",
        "project_id*:string", "To-dos that are likely stuck, with reasons" => insight_tools::blockers;
    "pmos_what_changed", "pmos", Focused, Read, "Look at what changed",
        "since*:string, until:string, project:string, entity_type:string, entity_id:string, person:string", "Changes since a moment, per record or per project" => change_tools::what_changed;
    "pmos_my_day", "pmos", Focused, Read, "Look at the day",
        "date:string, person:string", "The caller's day: overdue, due today, next best to-dos, changes since yesterday" => insight_tools::my_day;
    "pmos_pulse", "pmos", Focused, Read, "Take the pulse of projects",
        "project:string, period:string=2 weeks, sort_by:enum(score|risk|trend|name), limit:integer", "Pulse of one project, or of all projects when none is named" => insight_tools::pulse;
    "get_project_pulse", "insight", Full, Read, "Take the pulse of a project",
        "project*:string, period:string", "Pulse of one project: four parts, grade, trend, risks and advice" => insight_tools::project_pulse;
    "get_portfolio_pulse", "insight", Full, Read, "Take the pulse of every project",
        "sort_by:enum(score|risk|trend|name), limit:integer", "Pulse of every project with the average and the top risk of each" => insight_tools::portfolio;
    "my_day", "insight", Full, Read, "Look at the day",
        "date:string", "Same as pmos_my_day for the caller" => insight_tools::my_day;
    "what_should_i_work_on", "insight", Full, Read, "Choose what to do next",
        "limit:integer, project:string, energy_level:enum(high|medium|low)", "The caller's open work ranked by the priority score, each with its reason" => insight_tools::next_work;
    "detect_ghost_work", "insight", Full, Read, "Look for forgotten work",
        "project:string, stale_days:integer, include_completed:boolean", "Stale, unassigned, overdue and blocked work with counts and advice" => insight_tools::ghost_work;
    "predict_deadline", "build", Full, Read, "Predict a deadline",
        "project*:string, task:string, confidence:enum(optimistic|likely|pessimistic)", "Expected end date of a project or to-do for a chosen confidence" => insight_tools::predicted;
    "pmos_health_person", "pmos", Full, Read, "Look at how a person is doing",
        "person_id*:string", "Person health score with workload, responsiveness and completion" => people_insight::health;
    "pmos_patterns_work", "pmos", Full, Read, "Look for patterns of work",
        "project_id*:string", "Busy hours and days, completion time and conversation rate" => people_insight::work_patterns;
    "pmos_patterns_issues", "pmos", Full, Read, "Look for trouble that comes back",
        "project_id*:string", "How often problem words appear per week, or null when too few" => people_insight::trouble;
    "pmos_insights_list", "pmos", Focused, Read, "Read the insights",
        "limit:number=50, acknowledged:boolean=false", "Insights, most severe first" => finding_tools::list;
    "pmos_insights_acknowledge", "pmos", Full, Write, "Mark an insight as seen",
        "insight_id*:string", "Marks an insight as seen" => finding_tools::acknowledge;
    "pmos_cleanup", "pmos", Full, Destructive, "Delete old scores and insights",
        "days_to_keep:number=90", "Deletes old scores, predictions, patterns and acknowledged insights of the workspace" => finding_tools::cleanup;
    "get_alerts", "agents", Full, Read, "Look for alerts",
        "severity:enum(critical|warning|info|all), project:string, categories:[enum(overdue|stale|unassigned|workload|deadline|blocked|quality)]", "Current alerts by severity: overdue, stale, unassigned, due soon, uneven load" => people_insight::alerts;
    "predict_outcome", "reach", Full, Read, "Look ahead",
        "type*:enum(delivery|risk|burnout|bottleneck|comprehensive), project:string, horizon:string", "Outlook for delivery, risk, burnout or bottlenecks over a horizon" => people_insight::outcome;
    "pmos_insights_reopen", "pmos", Unlisted, Write, "Bring an insight back",
        "insight_id*:string", "Marks an insight as not seen" => finding_tools::reopen;
    "pmos_entity_detail", "pmos", Full, Read, "Read a record in full",
        "url:string, project:string, type:string, id:integer or string, include_comments:boolean, include_events:boolean, include_subscription:boolean", "One Basecamp record in full, by URL or by project, type and id" => page_tools::entity;
    "pmos_project_sync", "pmos", Full, Read, "Read a whole project",
        "project*:string, include_details:boolean, include_disabled_tools:boolean, include_todos:boolean, include_people:boolean, include_cards:boolean, include_messages:boolean, include_documents:boolean, include_schedule:boolean, include_campfires:boolean, max_cards_per_column:integer, message_limit:integer, document_limit:integer, schedule_limit:integer, campfire_lines_limit:integer", "Everything the project page shows, in one answer" => page_tools::project;
    "pmos_workspace_sync", "pmos", Full, Read, "Read the workspace",
        "preview_limit:integer=20, project_preview_limit:integer=4, max_projects:integer, max_age_ms:integer, force_refresh:boolean, wait_for_fresh:boolean, allow_stale_on_error:boolean, include_project_details:boolean, include_project_docks:boolean, include_disabled_tools:boolean", "Workspace totals, project cards and personal work buckets with the age of the data" => page_tools::workspace;
    "pmos_context_analyze", "pmos", Full, Read, "Look at what a project is about",
        "project_id*:string", "People, dates, topics and status of a project, with relevance" => page_tools::context;
    "pmos_context_related_projects", "pmos", Full, Read, "Look for related projects",
        "project_id*:string, limit:number=5", "Projects that share people, topics or dates with this one" => page_tools::related;
    "pmos_context_smart_search", "pmos", Full, Read, "Search what is known",
        "query*:string, entity_type:string, entity_id:string", "Stored context that matches the query" => knowledge_tools::smart_search;
    "search_knowledge", "knowledge", Full, Read, "Search what was written",
        "query*:string, scope:enum(all|messages|comments|tasks|projects), project:string, limit:number", "Searches messages, comments, to-dos and projects with ranking and source links" => knowledge_tools::search;
    "find_expert", "knowledge", Full, Read, "Look for who knows a topic",
        "topic*:string, limit:number", "People ranked by completed work and messages about a topic" => knowledge_tools::expert;
    "extract_decisions", "knowledge", Full, Read, "Look for what was decided",
        "project*:string, period:string, type:enum(decisions|action_items|outcomes|all)", "Decisions, action items and outcomes found in a project's messages and comments, each with its source" => knowledge_tools::decisions;
    "compare_snapshots", "knowledge", Full, Read, "Compare two days",
        "entity_type*:string, entity_id:string, from_date:string, to_date:string", "Differences of a record or project between two dates" => knowledge_tools::snapshots;
    "generate_retrospective", "knowledge", Full, Read, "Look back on a project",
        "project*:string, period:string, format:enum(standard|start_stop_continue|4ls|brief)", "Retrospective of a project for a period in a chosen layout" => report_tools::retrospective;
    "resolve_reference", "memory", Full, Read, "Find out what is meant",
        "ref*:string, type:enum(project|person|task|board|message|todolist|todo|comment)", "Turns a pronoun, a short form or a name into the record meant in this session, with confidence" => references::resolve;
    "what_changed_since", "memory", Full, Read, "Look at what changed",
        "entity_type*:string, entity_id:string, since*:string, until:string", "Field-by-field changes of a record since a moment, or logged operations when no id is given" => log_tools::changed_since;
    "who_did_what", "memory", Full, Read, "Look at who did what",
        "person:string, since*:string, until:string, project:string", "Operations of one person the caller may see, over a time span" => log_tools::who_did_what;
    "end_of_day", "insight", Full, Read, "Look back on the day",
        "date:string", "What the caller finished, created and wrote today, per project" => log_tools::end_of_day;
    "generate_dashboard", "insight", Full, Read, "Put figures together",
        "type*:enum(overview|project|team|velocity|risk), project:string, period:string", "Figures for an overview, project, team, velocity or risk board" => report_tools::dashboard;
    "generate_report", "governance", Full, Read, "Write a report",
        "type*:enum(status|velocity|team|executive|custom), project:string, period:string, format:enum(summary|detailed|data_only)", "Status, velocity, team or executive report with its figures" => report_tools::report;
    "audit_log", "governance", Full, Read, "Read the audit log",
        "user:string, operation:string, entity:string, period:string, limit:number", "Audit rows of the workspace, filtered" => log_tools::audit_log;
    "smart_assign", "build", Full, Write, "Choose who takes a to-do",
        "task:string, project*:string, mode:enum(assign|rebalance|suggest)", "Suggests who should take a to-do, assigns it, or proposes a rebalance" => assign_tools::smart_assign;
    "build_project", "build", Full, Write, "Build a project",
        "description*:string, dry_run:boolean, project:string", "Turns a description into a plan; with dry_run false creates the project, lists, messages and people through normal tools" => build_tools::build;
    "cross_query", "reach", Full, Read, "Search everything connected",
        "query*:string, platforms:[string], limit:number", "Searches synced data and every connected platform that supports search; names what was and was not searched" => cross_tools::query;
    "save_recipe", "build", Full, Write, "Keep a recipe",
        "name*:string, description:string, operation_count:integer", "Saves the caller's last logged writes as a recipe with variables" => recipe_tools::save;
    "list_recipes", "build", Full, Read, "Read the recipes",
        "limit:integer", "Recipes of the workspace" => recipe_tools::list;
    "run_recipe", "build", Full, Write, "Do a recipe",
        "recipe_id*:string, variables:object, auto_execute:boolean", "Shows what a recipe would do; with auto_execute runs it through the approval rules" => recipe_tools::run;
    "delete_recipe", "build", Full, Destructive, "Delete a recipe",
        "recipe_id*:string", "Deletes a recipe" => recipe_tools::delete;
    "create_policy", "governance", Full, Write, "Keep a policy",
        "name*:string, rule*:string, type:enum(task|project|assignment|deadline|custom), severity:enum(block|warn|info), active:boolean", "Saves a rule; severity block stops matching writes, warn adds a note, info only counts" => policy_tools::create;
    "list_policies", "governance", Full, Read, "Read the policies",
        "active_only:boolean", "Rules of the workspace" => policy_tools::list;
    "check_compliance", "governance", Full, Read, "Check the policies",
        "project:string, policy_id:string", "Checks projects against the rules and gives a score" => policy_tools::check;
    "track_budget", "governance", Full, Write, "Keep track of a budget",
        "action*:enum(set_budget|log_expense|get_summary|forecast), project*:string, amount:number, category:string, description:string", "Sets a budget, logs an expense, or reports spend and forecast" => budget_tools::track;
    "update_policy", "governance", Unlisted, Write, "Change a policy",
        "policy_id*:string, name:string, rule:string, severity:enum(block|warn|info), active:boolean, place:integer", "Changes what is given of a policy, and its place among the rules about tools" => policy_tools::update;
    "delete_policy", "governance", Unlisted, Destructive, "Delete a policy",
        "policy_id*:string", "Deletes a policy" => policy_tools::delete;
    "untrack_budget", "governance", Unlisted, Destructive, "Take an entry of a budget away",
        "definition_id*:string, kind*:enum(budget|expense)", "Takes a budget or an expense away" => budget_tools::untrack;
    "create_agent", "agents", Full, Write, "Make an agent",
        "name*:string, goal*:string, type:enum(pm|triage|quality|review|custom), strategy:string, auto_execute:boolean, schedule:enum(on_demand|hourly|daily|weekly)", "Saves an agent that really runs on its schedule" => agent_tools::create;
    "list_agents", "agents", Full, Read, "Read the agents",
        "status:enum(active|paused|all)", "Agents with state, last run, next run and counts" => agent_tools::list;
    "run_agent", "agents", Full, Write, "Run an agent",
        "agent_id*:string, dry_run:boolean", "Runs an agent now; dry_run, on by default, only reports what it would do" => agent_tools::run;
    "pause_agent", "agents", Full, Write, "Pause or resume an agent",
        "agent_id*:string, action*:enum(pause|resume)", "Pauses or resumes an agent" => agent_tools::pause;
    "update_agent", "agents", Unlisted, Write, "Change an agent",
        "agent_id*:string, name:string, goal:string, type:enum(pm|triage|quality|review|custom), strategy:string, auto_execute:boolean, schedule:enum(on_demand|hourly|daily|weekly)", "Changes what is given of an agent" => agent_tools::update;
    "delete_agent", "agents", Full, Destructive, "Delete an agent",
        "agent_id*:string", "Deletes an agent; its past runs stay in the audit log" => agent_tools::delete;
    "set_persona", "reach", Full, Write, "Choose how the assistant speaks",
        "persona*:string, traits:object, action:enum(set|get|list|delete)", "Chooses, saves, lists or deletes the tone the assistant uses" => personas::set_persona;
    "query", "insight", Full, Read, "Answer a plain question",
        "q*:string, project:string", "Answers a fixed set of plain questions from synced data, else searches; names the rule it used" => query_tools::query;
    "pmos_template_create", "library", Full, Write, "Keep a template",
        "name*:string, description:string, source_type*:enum(project|recipe|agent|policy), source_id*:string, tags:[string]", "Saves a recipe, agent, policy or project as a PM OS template with its full content" => template_tools::create;
    "pmos_template_list", "library", Full, Read, "Read the templates",
        "category:enum(project|recipe|agent|policy|all), search:string", "PM OS templates of the workspace: recipes, agents, policies, projects" => template_tools::list;
    "pmos_template_get", "pmos", Full, Read, "Read a template",
        "template_id*:string", "One PM OS template in full" => template_tools::get;
    "pmos_template_install", "pmos", Full, Write, "Use a template",
        "template_id*:string, customize:object, dry_run:boolean=true", "Creates the recipe, agent, policy or project that a PM OS template describes" => template_tools::install;
    "install_template", "library", Full, Write, "Use a template",
        "template_id*:string, customize:object, dry_run:boolean", "Same as pmos_template_install" => template_tools::install;
    "pmos_template_delete", "pmos", Full, Destructive, "Delete a template",
        "template_id*:string", "Deletes a PM OS template" => template_tools::delete;
    "subscribe_event", "agents", Full, Write, "Be told of an event",
        "event*:string, project:string, action:enum(subscribe|unsubscribe)", "Subscribes the caller to an event that is then delivered in the app and by the chosen channel" => subscription_tools::subscribe;
    "list_subscriptions", "agents", Full, Read, "Read the subscriptions",
        "", "The caller's event subscriptions with the last delivery" => subscription_tools::list;
    "pmos_approvals_list", "pmos", Focused, Read, "Read the approvals",
        "status:enum(pending|approved|rejected|expired|all)=pending, limit:integer=50, cursor:string", "Approvals of the workspace" => pmos::approvals_list;
    "pmos_approvals_decide", "pmos", Focused, Write, "Decide an approval",
        "approval_id*:string, decision*:enum(approve|reject), note:string", "Approves or rejects; only for people, never for the assistant or an agent" => pmos::approvals_decide;
    "list_plugins", "library", Full, Read, "Read the pieces and extensions",
        "status:enum(installed|available|all)", "Pieces and extensions with their state in the workspace" => plugin_tools::list;
    "manage_plugin", "library", Full, Write, "Switch a piece or extension",
        "plugin_id*:string, action*:enum(install|uninstall|enable|disable|configure), config:object", "Turns a piece or extension on or off for the workspace, or sets its options" => plugin_tools::manage;
    "connect_platform", "reach", Full, Write, "Connect another platform",
        "platform*:enum(github|jira|slack|linear|asana|trello|notion|custom), action*:enum(connect|disconnect|status|sync), config:object", "Starts, checks, refreshes or ends the connection to another platform through its piece" => platform_tools::connect;
    "send_notification", "reach", Full, Write, "Send a message",
        "platform*:enum(slack|email|webhook|github|basecamp), target*:string, message*:string, title:string", "Sends a message through a working connection or Basecamp and returns the delivery id; fails when nothing was sent" => sending_tools::send;
    "pmos_memory_save", "pmos", Focused, Write, "Keep a note",
        "memory_type*:string, content*:string, tags:[string], importance:number=0.5", "Stores a note the assistant may use later" => memory_tools::save;
    "pmos_memory_recall", "pmos", Focused, Read, "Look through the notes",
        "memory_type:string, min_importance:number=0.5, limit:number=50, query:string", "Stored notes, most important first" => memory_tools::recall;
    "pmos_memory_update", "pmos", Full, Write, "Change a note",
        "memory_id*:string, content:string, tags:[string], importance:number, scope:enum(user|project|workspace)", "Changes a stored note" => memory_tools::update;
    "pmos_memory_delete", "pmos", Full, Destructive, "Delete a note",
        "memory_id*:string", "Deletes a stored note" => memory_tools::delete;
    "pmos_memory_put", "pmos", Unlisted, Write, "Change a note and what it is about",
        "memory_id*:string, content:string, tags:[string], importance:number, scope:enum(user|project|workspace), project_id:string", "Changes a stored note and the project it is about" => memory_tools::update;
    "pmos_memory_restore", "pmos", Unlisted, Write, "Bring a note back",
        "memory_id*:string", "Brings a deleted note back" => memory_tools::restore;
    "tools_search", "tools", Focused, Read, "Find a tool",
        "query*:string, group:string, risk:enum(read|write|destructive), limit:integer=12", "Finds tools of the full catalogue by words; returns name, meaning, risk and required params" => meta::tools_search;
    "tools_describe", "tools", Focused, Read, "Read about tools",
        "names*:[string]", "Full input and output schema of up to 20 tools" => meta::tools_describe;
    "pmos_undo", "pmos", Focused, Write, "Undo a write",
        "operation_id:string, count:integer=1", "Reverses one logged write, or the last ones of the caller (5 at most)" => undo::undo;
    "other_tool_ask", "servers", Unlisted, Destructive, "Use a tool of another server",
        "tool*:string, args:object", "Runs a tool of another MCP server; an admin allows it each time" => other_tools::ask;
    "other_tool_write", "servers", Unlisted, Write, "Use a tool of another server",
        "tool*:string, args:object", "Runs a tool of another MCP server; somebody allows it each time" => other_tools::write;
    "other_tool_read", "servers", Unlisted, Read, "Use a tool of another server",
        "tool*:string, args:object", "Runs a tool of another MCP server that an admin lets run without a question" => other_tools::read;
    "undo_last", "memory", Full, Write, "Undo your last writes",
        "count:number", "Reverses the caller's last logged writes, newest first, five at most" => undo::undo;
    "undo_operation", "memory", Full, Write, "Undo a write",
        "operation_id*:string", "Reverses one logged write of the caller's workspace once; explains when it cannot" => undo::undo;
    "list_recent_operations", "memory", Full, Read, "Read the last writes",
        "limit:number, since:string, type:string", "Logged writes with target, time and whether each can be undone" => undo::recent;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_every_property_is_described() {
        let names: BTreeSet<&str> = all().iter().map(|it| it.name).collect();
        assert_eq!(names.len(), all().len());
        for spec in all() {
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
