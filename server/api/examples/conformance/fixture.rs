//! The fixtures in front of the product: what they do not know, it answers.

#![expect(deprecated, reason = "clients of the handshake era set a log level and subscribe")]

use crate::answers::{self, made, said};
use crate::asking::{States, field, on_stream, question};
use crate::jobs;
use mcp::handler::Handler;
use rmcp::model::*;
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

type Context = RequestContext<RoleServer>;

/// The fixtures over the product.
#[derive(Clone)]
pub(crate) struct Fixture {
    product: Handler,
    states: Arc<States>,
    changed: broadcast::Sender<()>,
}

impl Fixture {
    pub(crate) fn over(product: Handler) -> Self {
        let (changed, _) = broadcast::channel(16);
        Self { product, states: Arc::new(States::new()), changed }
    }

    pub(crate) fn for_session(&self) -> Self {
        Self { product: self.product.for_session(), ..self.clone() }
    }

    /// What a fixture answers; none for a tool of the product.
    async fn fixture(
        &self,
        request: &CallToolRequestParams,
        context: &Context,
    ) -> Result<Option<CallToolResponse>, ErrorData> {
        let args = Value::Object(request.arguments.clone().unwrap_or_default());
        let tool = request.name.as_ref();
        if let Some(fixed) = answers::fixed(tool, &args) {
            return made::<CallToolResult>(fixed).map(|it| Some(it.into()));
        }
        if let Some(told) = self.telling(tool, context).await? {
            return Ok(Some(told.into()));
        }
        let answers = request.input_responses.as_ref();
        let given = (answers, request.request_state.as_deref());
        if let Some(asked) = self.states.call(tool, given, context)? {
            return Ok(Some(asked));
        }
        if let Some(done) = on_stream(tool, &args, context).await? {
            return Ok(Some(done.into()));
        }
        jobs::call(self.product.tasks(), (tool, &args), answers, context).await
    }

    /// Tools that send notifications, or need something of the client.
    async fn telling(
        &self,
        tool: &str,
        context: &Context,
    ) -> Result<Option<CallToolResult>, ErrorData> {
        match tool {
            "test_tool_with_logging" => {
                log(
                    context,
                    &["Tool execution started", "Tool processing data", "Tool execution completed"],
                )
                .await;
            }
            "test_logging_tool" => {
                if context.meta.log_level().is_some() {
                    log(context, &["Asked for"]).await;
                }
            }
            "test_tool_with_progress" => progress(context).await,
            "test_missing_capability" => {
                let can = context.client_capabilities().unwrap_or_default();
                if can.sampling.is_none() {
                    let needed = made(json!({"sampling": {}}))?;
                    return Err(ErrorData::missing_required_client_capability(needed));
                }
            }
            "test_trigger_tool_change" => {
                // Nobody may be listening.
                let _ = self.changed.send(());
            }
            _ => return Ok(None),
        }
        said("Done").map(Some)
    }
}

async fn log(context: &Context, lines: &[&str]) {
    for line in lines {
        let message = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(line));
        let _ = context.peer.notify_logging_message(message).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn progress(context: &Context) {
    let Some(token) = context.meta.get_progress_token() else { return };
    for done in [0.0, 50.0, 100.0] {
        let told = ProgressNotificationParam::new(token.clone(), done).with_total(100.0);
        let _ = context.peer.notify_progress(told).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

impl ServerHandler for Fixture {
    fn get_info(&self) -> ServerConfig {
        self.product.get_info()
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut listed = self.product.list_tools(request, context).await?;
        for tool in answers::tools() {
            listed.tools.push(made(tool)?);
        }
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        match self.fixture(&request, &context).await? {
            Some(answer) => Ok(answer),
            None => self.product.call_tool(request, context).await,
        }
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let found = answers::tools().into_iter().find(|it| it["name"] == name);
        found.and_then(|it| made(it).ok()).or_else(|| self.product.get_tool(name))
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut listed = self.product.list_resources(request, context).await?;
        for resource in answers::resources() {
            listed.resources.push(made(resource)?);
        }
        Ok(listed)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let mut listed = self.product.list_resource_templates(request, context).await?;
        let template = json!({"uriTemplate": answers::TEMPLATE, "name": "template", "mimeType": "application/json"});
        listed.resource_templates.push(made(template)?);
        Ok(listed)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        match answers::read(&request.uri) {
            Some(contents) => Ok(made::<ReadResourceResult>(contents)?.into()),
            None => self.product.read_resource(request, context).await,
        }
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        let mut listed = self.product.list_prompts(request, context).await?;
        for prompt in answers::prompts() {
            listed.prompts.push(made(prompt)?);
        }
        Ok(listed)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        let args = Value::Object(request.arguments.clone().unwrap_or_default());
        if let Some(prompt) = answers::prompt(&request.name, &args) {
            return Ok(made::<GetPromptResult>(prompt)?.into());
        }
        if request.name != "test_input_required_result_prompt" {
            return self.product.get_prompt(request, context).await;
        }
        match field(request.input_responses.as_ref(), "user_context", "context") {
            Some(words) => {
                let content = json!({"type": "text", "text": format!("Use this: {words}")});
                let message = json!({"role": "user", "content": content});
                let messages = json!({"messages": [message], "resultType": "complete"});
                Ok(made::<GetPromptResult>(messages)?.into())
            }
            None => {
                let asked = question("What context should the prompt use?", "context", "string");
                Ok(crate::asking::again(json!({"user_context": asked}), None)?.into())
            }
        }
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: Context,
    ) -> Result<CompleteResult, ErrorData> {
        self.product.complete(request, context).await
    }

    async fn set_level(
        &self,
        request: SetLevelRequestParams,
        context: Context,
    ) -> Result<(), ErrorData> {
        self.product.set_level(request, context).await
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: Context,
    ) -> Result<(), ErrorData> {
        match request.uri == answers::WATCHED {
            true => Ok(()),
            false => self.product.subscribe(request, context).await,
        }
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        context: Context,
    ) -> Result<(), ErrorData> {
        self.product.unsubscribe(request, context).await
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        self.product.accepted_subscription_filter(requested)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let mut changed = self.changed.subscribe();
        loop {
            tokio::select! {
                () = context.cancelled() => return Ok(()),
                heard = changed.recv() => {
                    if heard.is_err() {
                        return Ok(());
                    }
                    // A stream that did not ask for it is not told.
                    let _ = context.sink().notify_tool_list_changed().await;
                }
            }
        }
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: Context,
    ) -> Result<GetTaskResult, ErrorData> {
        self.product.get_task(request, context).await
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        context: Context,
    ) -> Result<(), ErrorData> {
        self.product.update_task(request, context).await
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: Context,
    ) -> Result<(), ErrorData> {
        self.product.cancel_task(request, context).await
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: Context,
    ) -> Result<CustomResult, ErrorData> {
        self.product.on_custom_request(request, context).await
    }
}
