//! The names of pieces on the wire.

/// The webhook piece.
pub const WEBHOOK: &str = "@activepieces/piece-webhook";
/// The schedule piece.
pub const SCHEDULE: &str = "@activepieces/piece-schedule";
/// The piece for flows started by hand.
pub const MANUAL: &str = "@activepieces/piece-manual-trigger";
/// The HTTP piece.
pub const HTTP: &str = "@activepieces/piece-http";
/// The delay piece.
pub const DELAY: &str = "@activepieces/piece-delay";
/// The piece that sets fields.
pub const DATA_MAPPER: &str = "@activepieces/piece-data-mapper";
/// The Basecamp piece.
pub const BASECAMP: &str = "@activepieces/piece-basecamp";
/// The text piece.
pub const TEXT: &str = "@activepieces/piece-text-helper";
/// The piece for numbers.
pub const MATH: &str = "@activepieces/piece-math-helper";
/// The piece for dates.
pub const DATES: &str = "@activepieces/piece-date-helper";
/// The JSON piece.
pub const JSON: &str = "@activepieces/piece-json";
/// The CSV piece.
pub const CSV: &str = "@activepieces/piece-csv";
/// The piece that keeps values.
pub const STORE: &str = "@activepieces/piece-store";
/// The piece for tables of the workspace.
pub const TABLES: &str = "@activepieces/piece-tables";
/// The piece that asks people.
pub const APPROVAL: &str = "@activepieces/piece-approval";
/// The piece for flows that call each other.
pub const SUBFLOWS: &str = "@activepieces/piece-subflows";
/// Our own piece for lists.
pub const LISTS: &str = "@pmos/piece-lists";
/// Our own piece that stops runs and leaves loops.
pub const CONTROL: &str = "@pmos/piece-control";
/// Our own piece for chats with incoming webhooks.
pub const CHAT_WEBHOOK: &str = "@pmos/piece-chat-webhook";
/// Our own piece for messages inside the product.
pub const NOTIFY: &str = "@pmos/piece-notify";
/// The piece that sends e-mail.
pub const SMTP: &str = "@activepieces/piece-smtp";
/// The piece for forms.
pub const FORMS: &str = "@activepieces/piece-forms";
/// Our own piece that asks the workspace's model.
pub const ASSISTANT: &str = "@pmos/piece-assistant";
