//! The methods of the protocol, over the tools.

#![expect(deprecated, reason = "clients of the handshake era set a log level")]

use crate::door::{Caller, Door};
use crate::listing::{self, Wish};
use crate::messages::{bad_params, unknown_method};
use crate::service::SESSION;
use crate::tasks::{Owner, Tasks};
use crate::watching::{Watched, granted};
use crate::{completion, prompts, resources};
use domain::actor::Actor;
use domain::keys::KeyGrant;
use http::request::Parts;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, CustomRequest, CustomResult, ErrorData, Extensions, GetPromptRequestParams,
    GetPromptResponse, GetTaskParams, GetTaskResult, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProgressNotificationParam, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse,
    ServerCapabilities, ServerConfig, SetLevelRequestParams, SubscribeRequestParams,
    SubscriptionFilter, Tool, UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::transport::streamable_http_server::SessionRestoreMarker;
use rmcp::{RoleServer, ServerHandler};
use std::borrow::Cow;

const INSTRUCTIONS: &str = "PM OS holds projects and to-dos in Basecamp, and flows that do work by themselves. \
    Find a tool with tools_search, read its fields with tools_describe, and call it by its name or through mcp_call: \
    also tools that are not listed work. Projects, lists and people are taken by name or id. A write answers with an \
    operation_id. A failure has a code, a message and, where something can mend it, a link.";
/// Lists change with a new version of the server only.
const LISTS_FRESH_MS: u64 = 60 * 60 * 1000;
/// Methods that exist: a message of theirs that could not be read has wrong parameters.
const METHODS: [&str; 9] = [
    "tools/call",
    "tools/list",
    "prompts/get",
    "prompts/list",
    "resources/read",
    "resources/list",
    "completion/complete",
    "logging/setLevel",
    "initialize",
];

/// Those that only the handshake era has.
const OF_HANDSHAKE: [&str; 2] = ["initialize", "logging/setLevel"];

/// What answers the messages of one session, or the single messages of clients without one. Who calls comes with each
/// message.
#[derive(Clone)]
pub struct Handler {
    pub(crate) door: Door,
    pub(crate) watched: Watched,
    tasks: Tasks,
}

/// Who sends this message, as the layer in front found out, and the query of the address.
fn caller(context: &RequestContext<RoleServer>) -> (Caller, String) {
    let Some(parts) = context.extensions.get::<Parts>() else { return Default::default() };
    let caller = Caller {
        actor: parts.extensions.get::<Actor>().cloned(),
        grant: parts.extensions.get::<KeyGrant>().cloned(),
    };
    (caller, parts.uri.query().unwrap_or_default().to_owned())
}

/// In which session a message was sent.
fn session(extensions: &Extensions) -> Option<String> {
    let id = extensions.get::<Parts>()?.headers.get(SESSION)?;
    id.to_str().ok().map(str::to_owned)
}

/// Whose tasks they are.
pub(crate) fn owner(caller: &Caller) -> Owner {
    let actor = caller.actor.as_ref();
    actor.map(|it| (it.workspace.clone(), it.user.clone())).unwrap_or_default()
}

pub(crate) fn knows_tasks(context: &RequestContext<RoleServer>) -> bool {
    context.client_capabilities().is_some_and(|it| it.supports_tasks())
}

/// A message of the era without handshakes.
fn is_of_stateless_era(context: &RequestContext<RoleServer>) -> bool {
    let version = context.protocol_version().or_else(|| context.meta.protocol_version());
    version.is_some_and(|it| it.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

impl Handler {
    /// The tools behind `door`.
    pub fn new(door: Door) -> Self {
        let tasks = Tasks::new(door.db.clone());
        Self { door, watched: Watched::default(), tasks }
    }

    /// The same for another session, which watches things of its own; tasks are found from every session.
    #[must_use]
    pub fn for_session(&self) -> Self {
        Self { watched: Watched::default(), ..self.clone() }
    }

    /// Whose tasks the call of a message begins.
    pub fn owner_of(context: &RequestContext<RoleServer>) -> Owner {
        owner(&caller(context).0)
    }

    /// The tasks of this process.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    async fn progress(&self, context: &RequestContext<RoleServer>, progress: f64, message: &str) {
        let Some(token) = context.meta.get_progress_token() else { return };
        let told = ProgressNotificationParam::new(token, progress).with_total(1.0);
        // A client that went away needs no progress.
        let _ = context.peer.notify_progress(told.with_message(message)).await;
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_logging()
            .enable_tasks()
            .build();
        let server = Implementation::new("pmos", env!("CARGO_PKG_VERSION")).with_title("PM OS");
        let config = ServerConfig::new(capabilities).with_server_info(server);
        let mut config = config.with_instructions(INSTRUCTIONS);
        let wanted = self.door.revision.as_deref();
        let known = ProtocolVersion::KNOWN_VERSIONS.iter().find(|it| Some(it.as_str()) == wanted);
        if let Some(revision) = known {
            config.protocol_version = revision.clone();
        }
        config
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let (caller, query) = caller(&context);
        let wish = Wish::of(&query, self.door.tools())?;
        let cursor = request.as_ref().and_then(|it| it.cursor.as_deref());
        let (tools, next) = listing::page(self.door.tools(), &caller, &wish, cursor)?;
        let mut result = ListToolsResult::with_all_items(tools)
            .with_ttl_ms(LISTS_FRESH_MS)
            .with_cache_scope(CacheScope::Private);
        result.next_cursor = next;
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (caller, _) = caller(&context);
        let title = self.door.tools().find(&request.name).map_or("", |it| it.title);
        self.progress(&context, 0.0, title).await;
        let response = self.call_asking(&caller, request, &context).await?;
        self.progress(&context, 1.0, title).await;
        Ok(response)
    }

    /// The schemas are the same for everybody.
    fn get_tool(&self, name: &str) -> Option<Tool> {
        listing::described(self.door.tools().find(name)?).ok()
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let all = resources::all(self.door.tools());
        let result = ListResourcesResult::with_all_items(all).with_ttl_ms(LISTS_FRESH_MS);
        Ok(result.with_cache_scope(CacheScope::Public))
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let all = resources::templates(self.door.tools());
        let result = ListResourceTemplatesResult::with_all_items(all).with_ttl_ms(LISTS_FRESH_MS);
        Ok(result.with_cache_scope(CacheScope::Public))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let (caller, _) = caller(&context);
        let read = resources::read(&self.door, &caller, &request.uri).await?;
        Ok(read.with_ttl_ms(0).with_cache_scope(CacheScope::Private).into())
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let result = ListPromptsResult::with_all_items(prompts::all()).with_ttl_ms(LISTS_FRESH_MS);
        Ok(result.with_cache_scope(CacheScope::Public))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        Ok(prompts::get(&request.name, request.arguments.as_ref())?.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let (caller, _) = caller(&context);
        Ok(CompleteResult::new(completion::of(&self.door, &caller, &request).await))
    }

    /// A tool says everything in its answer and nothing is logged to clients, so every level holds.
    async fn set_level(
        &self,
        _request: SetLevelRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        match is_of_stateless_era(&context) {
            true => Err(unknown_method("logging/setLevel")),
            false => Ok(()),
        }
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let (caller, _) = caller(&context);
        let session = session(&context.extensions);
        self.watch((&caller, session.as_deref()), &request.uri, &context.peer).await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let (caller, _) = caller(&context);
        self.unwatch((&caller, session(&context.extensions).as_deref()), &request.uri).await
    }

    /// A session that comes back after a restart, or after a rest, is told again of what it subscribed to.
    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let Some(before) = context.extensions.get::<SessionRestoreMarker>() else { return };
        let actor = context.extensions.get::<Parts>().and_then(|it| it.extensions.get::<Actor>());
        if let Some(actor) = actor {
            self.watch_again(actor, &before.id, &context.peer).await;
        }
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        let (caller, _) = caller(&context);
        self.take_up(&caller, &request.task_id).await?;
        self.tasks.get(&owner(&caller), &request.task_id).await.map(GetTaskResult::new)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let owner = owner(&caller(&context).0);
        self.tasks.update(&owner, &request.task_id, request.input_responses).await
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let owner = owner(&caller(&context).0);
        self.tasks.cancel(&owner, &request.task_id).await
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(granted(requested))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let (caller, _) = caller(context.request_context());
        self.tell(&caller, &context).await;
        Ok(())
    }

    /// What rmcp could not read: an unknown method, or a known one with parameters that do not fit.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let method: Cow<'_, str> = request.method.as_str().into();
        let is_over = is_of_stateless_era(&context) && OF_HANDSHAKE.contains(&method.as_ref());
        if is_over || !METHODS.contains(&method.as_ref()) {
            return Err(unknown_method(&method));
        }
        let has_name = request.params.as_ref().is_some_and(|it| it.get("name").is_some());
        Err(match method.as_ref() {
            "tools/call" if !has_name => bad_params("name is missing: which tool?"),
            _ => bad_params(format!("The parameters of {method} do not fit")),
        })
    }
}
