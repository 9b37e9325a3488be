//! Messages, files, dates, and what can be done with any record.

use crate::plan::{Back, Plan, act, change, create, get, list, short};

const LEFT: &str = "Basecamp keeps no copy of it";

pub(super) const PLANS: &[Plan] = &[
    get("get_message_board", "GetMessageBoard", "board_id", "message_board"),
    list("list_messages", "ListMessages", "message_board_id|message_board", "messages"),
    get("get_message", "GetMessage", "message_id", "message"),
    create("create_message", "CreateMessage", "board_id", ("message", "GetMessageBoard"))
        .taking(&["subject", "content~", "status"]),
    change("update_message", "UpdateMessage", "message_id", ("message", "GetMessage"))
        .taking(&["subject", "content~", "status"]),
    short("summarize_message", "GetMessage", "message_id", "message"),
    list("list_message_types", "ListMessageTypes", "project", "message_types"),
    get("get_message_type", "GetMessageType", "project message_type_id", "message_type"),
    create("create_message_type", "CreateMessageType", "project", ("message_type", ""))
        .back(Back::Remove("delete_message_type", "message_type_id")),
    change(
        "update_message_type",
        "UpdateMessageType",
        "project message_type_id",
        ("message_type", "GetMessageType"),
    ),
    act(
        "delete_message_type",
        "DeleteMessageType",
        "project message_type_id",
        ("message_type", "GetMessageType"),
    )
    .back(Back::Again("create_message_type", &["name", "icon"])),
    get("get_comment", "GetComment", "comment_id", "comment"),
    change("update_comment", "UpdateComment", "comment_id", ("comment", "GetComment"))
        .taking(&["content~"]),
    get("get_campfire", "GetCampfire", "campfire_id|chat", "campfire"),
    list("list_campfire_lines", "ListCampfireLines", "chat_id", "lines"),
    get("get_campfire_line", "GetCampfireLine", "chat_id line_id", "line"),
    create("create_campfire_line", "CreateCampfireLine", "chat_id", ("line", "GetCampfire"))
        .taking(&["content"])
        .back(Back::Remove("delete_campfire_line", "line_id")),
    act(
        "delete_campfire_line",
        "DeleteCampfireLine",
        "chat_id line_id",
        ("line", "GetCampfireLine"),
    )
    .back(Back::Never(LEFT)),
    list("list_chatbots", "ListChatbots", "project chat_id", "chatbots"),
    get("get_chatbot", "GetChatbot", "project chat_id chatbot_id", "chatbot"),
    create("create_chatbot", "CreateChatbot", "project chat_id", ("chatbot", ""))
        .back(Back::Remove("delete_chatbot", "chatbot_id")),
    change(
        "update_chatbot",
        "UpdateChatbot",
        "project chat_id chatbot_id",
        ("chatbot", "GetChatbot"),
    ),
    act("delete_chatbot", "DeleteChatbot", "project chat_id chatbot_id", ("chatbot", "GetChatbot"))
        .back(Back::Never("a new chatbot would get another address")),
    get("get_vault", "GetVault", "vault_id", "vault"),
    list("list_child_vaults", "ListVaults", "vault_id", "vaults"),
    create("create_child_vault", "CreateVault", "vault_id", ("vault", "GetVault")),
    change("update_vault", "UpdateVault", "vault_id", ("vault", "GetVault")),
    list("list_documents", "ListDocuments", "@vault", "documents"),
    get("get_document", "GetDocument", "document_id", "document"),
    create("create_document", "CreateDocument", "vault_id", ("document", "GetVault")),
    change("update_document", "ReplaceDocument", "document_id", ("document", "GetDocument")),
    short("summarize_document", "GetDocument", "document_id", "document"),
    list("list_uploads", "ListUploads", "vault_id|vault", "uploads"),
    get("get_upload", "GetUpload", "upload_id", "upload"),
    create("create_upload", "CreateUpload", "vault_id", ("upload", "GetVault")),
    change("update_upload", "UpdateUpload", "upload_id", ("upload", "GetUpload")),
    short("summarize_upload", "GetUpload", "upload_id", "upload"),
    get("get_schedule", "GetSchedule", "schedule_id", "schedule"),
    change("update_schedule", "UpdateScheduleSettings", "schedule_id", ("schedule", "GetSchedule")),
    get("get_schedule_entry", "GetScheduleEntry", "entry_id", "schedule_entry"),
    create(
        "create_schedule_entry",
        "CreateScheduleEntry",
        "schedule_id",
        ("schedule_entry", "GetSchedule"),
    ),
    change(
        "update_schedule_entry",
        "ReplaceScheduleEntry",
        "entry_id",
        ("schedule_entry", "GetScheduleEntry"),
    ),
    get("report_schedules_upcoming", "GetUpcomingSchedule", "", "upcoming"),
    list("report_timeline", "GetProgressReport", "", "events"),
    list("project_timeline", "GetProjectTimeline", "project", "events"),
    list("user_timeline", "GetPersonProgress", "person_id", "events"),
    list("report_timesheet", "GetTimesheetReport", "", "entries"),
    list("project_timesheet", "GetProjectTimesheet", "project", "entries"),
    list("recording_timesheet", "GetRecordingTimesheet", "recording_id", "entries"),
    list("list_timesheet_report", "GetTimesheetReport", "", "entries"),
    list("list_project_timesheet", "GetProjectTimesheet", "project", "entries"),
    list("list_recording_timesheet", "GetRecordingTimesheet", "recording_id", "entries"),
    act("trash_recording", "TrashRecording", "recording_id", ("record", "any"))
        .back(Back::Tool("unarchive_recording")),
    act("archive_recording", "ArchiveRecording", "recording_id", ("record", "any"))
        .back(Back::Tool("unarchive_recording")),
    act("unarchive_recording", "UnarchiveRecording", "recording_id", ("record", "any"))
        .back(Back::Tool("archive_recording")),
    act("pin_recording", "PinMessage", "recording_id", ("record", "any"))
        .back(Back::Tool("unpin_recording")),
    act("unpin_recording", "UnpinMessage", "recording_id", ("record", "any"))
        .back(Back::Tool("pin_recording")),
    list("list_recording_events", "ListEvents", "recording_id", "events"),
    act("update_client_visibility", "SetClientVisibility", "recording_id", ("record", "any"))
        .back(Back::Earlier),
    get("get_subscription", "GetSubscription", "recording_id", "subscription"),
    act("subscribe_recording", "Subscribe", "recording_id", ("record", "any"))
        .back(Back::Tool("unsubscribe_recording")),
    act("unsubscribe_recording", "Unsubscribe", "recording_id", ("record", "any"))
        .back(Back::Tool("subscribe_recording")),
    act("update_subscription", "UpdateSubscription", "recording_id", ("record", "any"))
        .back(Back::Exchange("subscriptions", "unsubscriptions")),
    list("list_client_correspondences", "ListClientCorrespondences", "project", "correspondences"),
    get(
        "get_client_correspondence",
        "GetClientCorrespondence",
        "correspondence_id",
        "correspondence",
    ),
    list("list_client_approvals", "ListClientApprovals", "project", "approvals"),
    get("get_client_approval", "GetClientApproval", "approval_id", "approval"),
    list("list_client_replies", "ListClientReplies", "project recording_id", "replies"),
    get("get_client_reply", "GetClientReply", "project recording_id reply_id", "reply"),
    get("get_inbox", "GetInbox", "inbox_id", "inbox"),
    list("list_inbox_forwards", "ListForwards", "inbox_id", "forwards"),
    get("get_inbox_forward", "GetForward", "forward_id", "forward"),
    list("list_inbox_replies", "ListForwardReplies", "forward_id", "replies"),
    get("get_inbox_reply", "GetForwardReply", "forward_id reply_id", "reply"),
    get("get_questionnaire", "GetQuestionnaire", "questionnaire_id", "questionnaire"),
    list("list_questions", "ListQuestions", "questionnaire_id", "questions"),
    get("get_question", "GetQuestion", "question_id", "question"),
    create(
        "create_question",
        "CreateQuestion",
        "questionnaire_id",
        ("question", "GetQuestionnaire"),
    ),
    change("update_question", "UpdateQuestion", "question_id", ("question", "GetQuestion")),
    act("pause_question", "PauseQuestion", "question_id", ("question", "GetQuestion"))
        .back(Back::Tool("resume_question")),
    act("resume_question", "ResumeQuestion", "question_id", ("question", "GetQuestion"))
        .back(Back::Tool("pause_question")),
    act(
        "update_question_notification_settings",
        "UpdateQuestionNotificationSettings",
        "question_id",
        ("question", "GetQuestion"),
    )
    .back(Back::Never("Basecamp does not say what the settings were before")),
    list("list_question_answers", "ListAnswers", "question_id", "answers"),
    list("list_question_answers_by", "ListQuestionAnswerers", "question_id", "people"),
    list(
        "list_question_answers_by_person",
        "GetAnswersByPerson",
        "question_id person_id",
        "answers",
    ),
    get("get_question_answer", "GetAnswer", "answer_id", "answer"),
    create("create_question_answer", "CreateAnswer", "question_id", ("answer", "GetQuestion")),
    change("update_question_answer", "UpdateAnswer", "answer_id", ("answer", "GetAnswer")),
    list("list_question_reminders", "GetQuestionReminders", "", "reminders"),
    list("list_webhooks", "ListWebhooks", "project", "webhooks"),
    get("get_webhook", "GetWebhook", "webhook_id", "webhook"),
    create("create_webhook", "CreateWebhook", "project", ("webhook", ""))
        .back(Back::Remove("delete_webhook", "webhook_id")),
    change("update_webhook", "UpdateWebhook", "webhook_id", ("webhook", "GetWebhook")),
    act("delete_webhook", "DeleteWebhook", "webhook_id", ("webhook", "GetWebhook"))
        .back(Back::Again("create_webhook", &["payload_url", "types"])),
];
