//! Projects, to-dos, people and boards.

use crate::plan::{Back, Plan, act, change, create, get, list, part, short};

const BODY: &[&str] = &[];

pub(super) const PLANS: &[Plan] = &[
    get("search_metadata", "GetSearchMetadata", "", "metadata"),
    create("create_project", "CreateProject", "", ("project", ""))
        .back(Back::Remove("trash_project", "project_id")),
    change("update_project", "UpdateProject", "project_id", ("project", "GetProject")),
    act("trash_project", "TrashProject", "project_id", ("project", "GetProject"))
        .back(Back::Raw("PUT", "/projects/{}/status/active.json")),
    act("update_project_people", "UpdateProjectAccess", "project", ("access", ""))
        .taking(BODY)
        .back(Back::Exchange("grant", "revoke")),
    list("list_templates", "ListTemplates", "", "templates"),
    get("get_template", "GetTemplate", "template_id", "template"),
    create("create_template", "CreateTemplate", "", ("template", ""))
        .back(Back::Remove("trash_template", "template_id")),
    change("update_template", "UpdateTemplate", "template_id", ("template", "GetTemplate")),
    act("trash_template", "DeleteTemplate", "template_id", ("template", "GetTemplate"))
        .back(Back::Never("Basecamp has no call that restores a template")),
    create(
        "create_project_construction",
        "CreateProjectFromTemplate",
        "template_id",
        ("construction", ""),
    )
    .back(Back::Never("trash the new project instead")),
    get(
        "get_project_construction",
        "GetProjectConstruction",
        "template_id construction_id",
        "construction",
    ),
    get("get_dock_tool", "GetTool", "tool_id", "tool"),
    create("create_dock_tool", "CreateTool", "project", ("tool", ""))
        .back(Back::Remove("trash_dock_tool", "tool_id")),
    change("update_dock_tool", "UpdateTool", "tool_id", ("tool", "GetTool")),
    act("enable_dock_tool", "EnableTool", "recording_id", ("tool", "GetTool"))
        .back(Back::Tool("disable_dock_tool")),
    act("move_dock_tool", "RepositionTool", "recording_id", ("tool", "GetTool"))
        .back(Back::Earlier),
    act("disable_dock_tool", "DisableTool", "recording_id", ("tool", "GetTool"))
        .back(Back::Tool("enable_dock_tool")),
    act("trash_dock_tool", "DeleteTool", "tool_id", ("tool", "GetTool"))
        .back(Back::Never("Basecamp has no call that restores a tool")),
    get("get_hill_chart", "GetHillChart", "@todoset", "hill_chart"),
    list("list_lineup_markers", "ListLineupMarkers", "", "markers"),
    create("create_lineup_marker", "CreateLineupMarker", "", ("marker", ""))
        .back(Back::Remove("delete_lineup_marker", "marker_id")),
    change(
        "update_lineup_marker",
        "UpdateLineupMarker",
        "marker_id",
        ("marker", "ListLineupMarkers"),
    )
    .reading("ListLineupMarkers", ""),
    act("delete_lineup_marker", "DeleteLineupMarker", "marker_id", ("marker", ""))
        .reading("ListLineupMarkers", "")
        .back(Back::Again("create_lineup_marker", &["name", "date"])),
    change("update_todo_details", "ReplaceTodo", "todo_id", ("todo", "GetTodo")).taking(&[
        "content",
        "description~",
        "due_on",
        "starts_on",
        "assignee_ids",
        "completion_subscriber_ids",
        "notify",
    ]),
    act("reposition_todo", "RepositionTodo", "todo_id", ("todo", "GetTodo"))
        .taking(&["position"])
        .back(Back::Earlier),
    get("get_todoset", "GetTodoset", "todoset_id", "todoset"),
    get("get_todolist", "GetTodolistOrGroup", "todolist_id", "todolist"),
    create("create_todolist", "CreateTodolist", "todoset_id", ("todolist", "GetTodoset")),
    change(
        "update_todolist",
        "UpdateTodolistOrGroup",
        "todolist_id",
        ("todolist", "GetTodolistOrGroup"),
    ),
    list("list_todolist_groups", "ListTodolistGroups", "todolist_id", "groups"),
    get("get_todolist_group", "GetTodolistOrGroup", "group_id", "group"),
    create(
        "create_todolist_group",
        "CreateTodolistGroup",
        "todolist_id",
        ("group", "GetTodolistOrGroup"),
    ),
    act(
        "reposition_todolist_group",
        "RepositionTodolistGroup",
        "group_id",
        ("group", "GetTodolistOrGroup"),
    )
    .taking(&["position"])
    .back(Back::Earlier),
    short("summarize_todo", "GetTodo", "todo_id", "todo"),
    get("get_person", "GetPerson", "person_id", "person"),
    get("get_my_profile", "GetMyProfile", "", "person"),
    list("list_pingable_people", "ListPingablePeople", "", "people"),
    list("list_project_people", "ListProjectPeople", "project", "people"),
    list("report_todos_assigned", "ListAssignablePeople", "", "people"),
    get("get_card_table", "GetCardTable", "card_table_id", "card_table"),
    part("list_card_table_columns", "GetCardTable", "card_table_id", ("lists", "columns")),
    get("get_card_table_column", "GetCardColumn", "column_id", "column"),
    create(
        "create_card_table_column",
        "CreateCardColumn",
        "card_table_id",
        ("column", "GetCardTable"),
    ),
    change(
        "update_card_table_column",
        "UpdateCardColumn",
        "column_id",
        ("column", "GetCardColumn"),
    ),
    act(
        "move_card_table_column",
        "MoveCardColumn",
        "card_table_id",
        ("card_table", "GetCardTable"),
    )
    .back(Back::Earlier),
    act(
        "update_card_table_column_color",
        "SetCardColumnColor",
        "project column_id",
        ("column", ""),
    )
    .reading("GetCardColumn", "column_id")
    .back(Back::Earlier),
    act(
        "subscribe_card_table_column",
        "SubscribeToCardColumn",
        "column_id",
        ("column", "GetCardColumn"),
    )
    .back(Back::Tool("unsubscribe_card_table_column")),
    act(
        "unsubscribe_card_table_column",
        "UnsubscribeFromCardColumn",
        "column_id",
        ("column", "GetCardColumn"),
    )
    .back(Back::Tool("subscribe_card_table_column")),
    act("create_card_table_on_hold", "EnableCardColumnOnHold", "project column_id", ("column", ""))
        .reading("GetCardColumn", "column_id")
        .back(Back::Tool("delete_card_table_on_hold")),
    act(
        "delete_card_table_on_hold",
        "DisableCardColumnOnHold",
        "project column_id",
        ("column", ""),
    )
    .reading("GetCardColumn", "column_id")
    .back(Back::Never(
        "its cards went back to the column and Basecamp does not say which they were",
    )),
    get("get_card", "GetCard", "card_id", "card"),
    change("update_card", "UpdateCard", "card_id", ("card", "GetCard")),
    act("archive_card", "ArchiveRecording", "card_id", ("card", "GetCard"))
        .back(Back::Tool("unarchive_card")),
    act("unarchive_card", "UnarchiveRecording", "card_id", ("card", "GetCard"))
        .back(Back::Tool("archive_card")),
    act("trash_card", "TrashRecording", "card_id", ("card", "GetCard"))
        .back(Back::Tool("unarchive_card")),
    short("summarize_card", "GetCard", "card_id", "card"),
    part("list_card_steps", "GetCard", "card_id", ("steps", "steps")),
    create("create_card_step", "CreateCardStep", "card_id", ("step", "GetCard")),
    change("update_card_step", "UpdateCardStep", "step_id", ("step", "GetCardStep")),
    act("complete_card_step", "SetCardStepCompletion", "step_id", ("step", "GetCardStep"))
        .always(&[("completion", "on")])
        .back(Back::Tool("uncomplete_card_step")),
    act("uncomplete_card_step", "SetCardStepCompletion", "step_id", ("step", "GetCardStep"))
        .always(&[("completion", "off")])
        .back(Back::Tool("complete_card_step")),
    act("reposition_card_step", "RepositionCardStep", "card_id", ("step", ""))
        .reading("GetCardStep", "step_id")
        .taking(&["step_id=source_id", "position"])
        .back(Back::Earlier),
];
