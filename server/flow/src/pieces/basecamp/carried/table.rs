//! The changes of Basecamp that are one operation each, as data.

/// How a change is made.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// Something new, in the record it is on.
    Make,
    /// New values for some fields; read by this operation before and after.
    Change(&'static str),
    /// Anything else; the record is read by this operation afterwards, where there is one.
    Act(&'static str),
}

/// One change.
pub(super) struct Carried {
    /// What the step chooses.
    pub(super) operation: &'static str,
    pub(super) way: Way,
    /// Basecamp's name of it.
    pub(super) name: &'static str,
    /// What it is on, in the order of the address: pickers or details, `@vault` for a tool of the project.
    pub(super) on: &'static [&'static str],
    /// Details that go along: `name~` as rich text, `name#` as a number, `name@` as a list of ids, `name?` as yes or no.
    pub(super) fields: &'static [&'static str],
    /// Where Basecamp wants them under one name.
    pub(super) within: Option<&'static str>,
    /// What goes along whatever the step says.
    pub(super) always: &'static [(&'static str, &'static str)],
}

const fn carried(
    operation: &'static str,
    way: Way,
    name: &'static str,
    on: &'static [&'static str],
    fields: &'static [&'static str],
) -> Carried {
    Carried { operation, way, name, on, fields, within: None, always: &[] }
}

/// Every change that is one operation of Basecamp.
pub(super) const ALL: [Carried; 58] = [
    carried("reposition_todo", Way::Act("GetTodo"), "RepositionTodo", &["todo"], &["position#"]),
    carried(
        "update_todolist",
        Way::Change("GetTodolistOrGroup"),
        "UpdateTodolistOrGroup",
        &["todolist"],
        &["name", "description~"],
    ),
    carried("create_todolist_group", Way::Make, "CreateTodolistGroup", &["todolist"], &["name"]),
    carried("archive_card", Way::Act("GetCard"), "ArchiveRecording", &["card"], &[]),
    carried("trash_card", Way::Act("GetCard"), "TrashRecording", &["card"], &[]),
    carried("create_card_step", Way::Make, "CreateCardStep", &["card"], &["title", "due_on"]),
    carried(
        "create_card_table_column",
        Way::Make,
        "CreateCardColumn",
        &["card_table"],
        &["title", "description"],
    ),
    carried(
        "update_card_table_column",
        Way::Change("GetCardColumn"),
        "UpdateCardColumn",
        &["column"],
        &["title", "description"],
    ),
    carried(
        "update_card_table_column_color",
        Way::Act(""),
        "SetCardColumnColor",
        &["project", "column"],
        &["color"],
    ),
    carried(
        "update_message",
        Way::Change("GetMessage"),
        "UpdateMessage",
        &["message"],
        &["subject", "content~"],
    ),
    carried("pin_recording", Way::Act("GetMessage"), "PinMessage", &["message"], &[]),
    carried("unpin_recording", Way::Act("GetMessage"), "UnpinMessage", &["message"], &[]),
    carried(
        "update_comment",
        Way::Change("GetComment"),
        "UpdateComment",
        &["comment_id"],
        &["content~"],
    ),
    carried(
        "update_schedule_entry",
        Way::Change("GetScheduleEntry"),
        "ReplaceScheduleEntry",
        &["entry"],
        &["summary", "starts_at", "ends_at", "description~", "participant_ids@"],
    ),
    carried(
        "update_document",
        Way::Change("GetDocument"),
        "ReplaceDocument",
        &["document"],
        &["title", "content~"],
    ),
    carried("create_child_vault", Way::Make, "CreateVault", &["@vault"], &["title"]),
    carried(
        "update_project",
        Way::Change("GetProject"),
        "UpdateProject",
        &["project"],
        &["name", "description"],
    ),
    carried("trash_project", Way::Act("GetProject"), "TrashProject", &["project"], &[]),
    Carried {
        within: Some("project"),
        ..carried(
            "create_project_construction",
            Way::Make,
            "CreateProjectFromTemplate",
            &["template"],
            &["name", "description"],
        )
    },
    carried(
        "create_question_answer",
        Way::Make,
        "CreateAnswer",
        &["question"],
        &["content~", "group_on"],
    ),
    carried("pause_question", Way::Act("GetQuestion"), "PauseQuestion", &["question"], &[]),
    carried("resume_question", Way::Act("GetQuestion"), "ResumeQuestion", &["question"], &[]),
    carried("archive_recording", Way::Act(""), "ArchiveRecording", &["record"], &[]),
    carried("unarchive_recording", Way::Act(""), "UnarchiveRecording", &["record"], &[]),
    carried("trash_recording", Way::Act(""), "TrashRecording", &["record"], &[]),
    carried("subscribe_recording", Way::Act(""), "Subscribe", &["record"], &[]),
    carried("unsubscribe_recording", Way::Act(""), "Unsubscribe", &["record"], &[]),
    carried(
        "reposition_todolist_group",
        Way::Act("GetTodolistOrGroup"),
        "RepositionTodolistGroup",
        &["group"],
        &["position#"],
    ),
    carried(
        "subscribe_card_table_column",
        Way::Act("GetCardColumn"),
        "SubscribeToCardColumn",
        &["column"],
        &[],
    ),
    carried(
        "unsubscribe_card_table_column",
        Way::Act("GetCardColumn"),
        "UnsubscribeFromCardColumn",
        &["column"],
        &[],
    ),
    carried(
        "create_card_table_on_hold",
        Way::Act("GetCardColumn"),
        "EnableCardColumnOnHold",
        &["project", "column"],
        &[],
    ),
    carried(
        "delete_card_table_on_hold",
        Way::Act("GetCardColumn"),
        "DisableCardColumnOnHold",
        &["project", "column"],
        &[],
    ),
    carried("unarchive_card", Way::Act("GetCard"), "UnarchiveRecording", &["record"], &[]),
    carried(
        "update_card_step",
        Way::Change("GetCardStep"),
        "UpdateCardStep",
        &["card_step"],
        &["title", "due_on"],
    ),
    Carried {
        always: &[("completion", "on")],
        ..carried(
            "complete_card_step",
            Way::Act("GetCardStep"),
            "SetCardStepCompletion",
            &["card_step"],
            &[],
        )
    },
    Carried {
        always: &[("completion", "off")],
        ..carried(
            "uncomplete_card_step",
            Way::Act("GetCardStep"),
            "SetCardStepCompletion",
            &["card_step"],
            &[],
        )
    },
    carried("create_message_type", Way::Make, "CreateMessageType", &["project"], &["name", "icon"]),
    carried(
        "update_message_type",
        Way::Change("GetMessageType"),
        "UpdateMessageType",
        &["project", "message_type"],
        &["name", "icon"],
    ),
    carried(
        "delete_message_type",
        Way::Act(""),
        "DeleteMessageType",
        &["project", "message_type"],
        &[],
    ),
    carried("delete_campfire_line", Way::Act(""), "DeleteCampfireLine", &["@chat", "line_id"], &[]),
    carried(
        "update_upload",
        Way::Change("GetUpload"),
        "UpdateUpload",
        &["upload"],
        &["base_name", "description~"],
    ),
    carried("update_vault", Way::Change("GetVault"), "UpdateVault", &["folder"], &["title"]),
    carried(
        "update_schedule",
        Way::Change("GetSchedule"),
        "UpdateScheduleSettings",
        &["@schedule"],
        &["include_due_assignments?"],
    ),
    carried(
        "update_project_people",
        Way::Act(""),
        "UpdateProjectAccess",
        &["project"],
        &["grant@", "revoke@"],
    ),
    carried("create_template", Way::Make, "CreateTemplate", &[], &["name", "description"]),
    carried(
        "update_template",
        Way::Change("GetTemplate"),
        "UpdateTemplate",
        &["template"],
        &["name", "description"],
    ),
    carried("trash_template", Way::Act(""), "DeleteTemplate", &["template"], &[]),
    carried("update_dock_tool", Way::Change("GetTool"), "UpdateTool", &["tool"], &["title"]),
    carried("enable_dock_tool", Way::Act("GetTool"), "EnableTool", &["tool"], &[]),
    carried("disable_dock_tool", Way::Act("GetTool"), "DisableTool", &["tool"], &[]),
    carried("move_dock_tool", Way::Act("GetTool"), "RepositionTool", &["tool"], &["position#"]),
    carried("trash_dock_tool", Way::Act(""), "DeleteTool", &["tool"], &[]),
    carried("create_lineup_marker", Way::Make, "CreateLineupMarker", &[], &["name", "date"]),
    carried("delete_lineup_marker", Way::Act(""), "DeleteLineupMarker", &["marker"], &[]),
    carried(
        "update_question_notification_settings",
        Way::Act("GetQuestion"),
        "UpdateQuestionNotificationSettings",
        &["question"],
        &["notify_on_answer?", "digest_include_unanswered?"],
    ),
    carried(
        "update_question_answer",
        Way::Change("GetAnswer"),
        "UpdateAnswer",
        &["answer_id"],
        &["content~"],
    ),
    carried(
        "update_subscription",
        Way::Act(""),
        "UpdateSubscription",
        &["record"],
        &["subscriptions@", "unsubscriptions@"],
    ),
    carried(
        "update_client_visibility",
        Way::Act(""),
        "SetClientVisibility",
        &["record"],
        &["visible_to_clients?"],
    ),
];
