//! Policies about tools: whether the assistant asks, what waits when it is done by hand, and what would happen.

use crate::provider::{FakeProvider, Wire};
use crate::world::{World, actor, amara};
use agent::config::Config;
use domain::actor::{Actor, Role};
use domain::approval::ApprovalStatus;
use domain::ids::ApprovalId;
use domain::limit::{LimitChange, Measure, Period};
use domain::problem::Problem;
use serde_json::{Value, json};
use tools::tool::CallContext;

async fn ok(world: &World, by: &Actor, name: &str, args: Value) -> Value {
    let context = CallContext { source: "mcp", ..CallContext::default() };
    world.tools.call(by, name, &args, &context).await.unwrap()
}

async fn policy(world: &World, name: &str, rule: &str) -> Value {
    let made = ok(world, &amara(), "create_policy", json!({ "name": name, "rule": rule })).await;
    made["policy"]["id"].clone()
}

fn add(title: &str) -> String {
    format!("add a to-do called {title} to the Build list of the Website relaunch project")
}

#[tokio::test]
async fn a_policy_decides_whether_the_assistant_asks_acts_or_is_refused() {
    for world in World::both().await {
        world.say(None, &add("Order ink")).await;
        assert_eq!(world.pending().await.len(), 1, "writes to Basecamp ask");
        let id = policy(&world, "Adding is fine", "allow create_todo").await;
        world.say(None, &add("Order paper")).await;
        assert_eq!(world.pending().await.len(), 1, "{}", world.test.name);
        assert!(world.has_open("Order paper").await);

        let change = json!({ "policy_id": id, "rule": "ask before create_todo for admins" });
        ok(&world, &amara(), "update_policy", change).await;
        let risky = json!({ "approvals": { "mode": "risky" } });
        let before = world.agent.answering(&amara()).await.unwrap();
        assert_eq!(before.asks_first(), "Changes to Basecamp always ask first.");
        world.agent.change_workspace_settings(&amara(), risky, false).await.unwrap();
        // What the box says is what is so.
        let now = world.agent.answering(&amara()).await.unwrap();
        assert_eq!((now.mode.as_str(), now.asks_first() == before.asks_first()), ("risky", false));
        world.say(None, &add("Order pens")).await;
        assert_eq!(world.pending().await.len(), 2);
        assert!(!world.has_open("Order pens").await);

        let change = json!({ "policy_id": id, "rule": "refuse create_todo for admins" });
        ok(&world, &amara(), "update_policy", change).await;
        let refused = world.say(None, &add("Order tape")).await;
        assert!(refused.response.contains("Adding is fine"), "{}", refused.response);
        assert_eq!(world.pending().await.len(), 2, "nobody is asked about what is refused");
        assert!(!world.has_open("Order tape").await);
    }
}

#[tokio::test]
async fn what_a_policy_asks_about_waits_when_it_is_done_by_hand() {
    let world = World::new().await;
    let mika = actor("mika");
    let new = json!({ "name": "Watch", "goal": "What is late?", "schedule": "daily" });
    let agent = ok(&world, &mika, "create_agent", new).await["agent"]["id"].clone();
    let pause = json!({ "agent_id": agent, "action": "pause" });
    let by_hand = async || world.agent.may_or_waits(&mika, "pause_agent", &pause).await;
    by_hand().await.unwrap();
    policy(&world, "Agents go on", "ask before the tools of agents for members").await;
    let asked = async || match by_hand().await {
        Err(Problem::NeedsApproval { id }) => id,
        other => panic!("{other:?}"),
    };
    let id: ApprovalId = asked().await;
    assert_eq!(asked().await, id, "the same is asked about once");
    world.agent.may_or_waits(&amara(), "pause_agent", &pause).await.unwrap();
    world.agent.may_or_waits(&mika, "list_agents", &json!({})).await.unwrap();
    let viewer = world.agent.may_or_waits(&actor("vera"), "pause_agent", &pause).await;
    viewer.unwrap();
    let status =
        async || ok(&world, &mika, "list_agents", json!({})).await["agents"][0]["status"].clone();
    assert_eq!(status().await, "active");
    let decided = world.agent.approve(&amara(), &id, None, None).await.unwrap();
    assert_eq!(decided.approval.status, ApprovalStatus::Approved);
    assert_eq!(status().await, "paused", "{:?}", decided.approval.result);
}

#[tokio::test]
async fn what_would_happen_is_told_as_it_would() {
    let world = World::new().await;
    policy(&world, "Slowly", "ask before flow_create for members").await;
    policy(&world, "No bin", "refuse what deletes for members").await;
    let told = async |role, tool: &str| {
        let trial = world.agent.try_policies(&amara(), role, tool).await.unwrap();
        trial.doors.into_iter().map(|it| it.1).collect::<Vec<_>>()
    };
    let refused = "It is refused by the policy “No bin”.";
    assert_eq!(told(Role::Member, "trash_recording").await, [refused; 3]);
    let only_looks = "It is refused: this role may only look.";
    assert_eq!(told(Role::Viewer, "create_todo").await, [only_looks; 3]);
    let reads = "It is done at once: it only reads.";
    assert_eq!(told(Role::Viewer, "list_projects").await, [reads; 3]);
    let waits = "It waits for an approval, because of the policy “Slowly”.";
    assert_eq!(told(Role::Member, "flow_create").await[..2], [waits; 2]);
    let admin = told(Role::WorkspaceAdmin, "create_todo").await;
    assert!(admin[0].starts_with("It asks first, as the workspace wants"), "{admin:?}");
    assert_eq!(admin[2], "It is done at once.");
    let publishes = told(Role::Member, "flow_publish").await;
    assert_eq!(publishes[2], "It waits for somebody who manages.");
    let missing = world.agent.try_policies(&amara(), Role::Member, "fly").await;
    assert!(matches!(missing, Err(Problem::Invalid { .. })), "{missing:?}");
    let member = world.agent.try_policies(&actor("mika"), Role::Member, "create_todo").await;
    assert!(matches!(member, Err(Problem::Forbidden { .. })), "{member:?}");
}

#[tokio::test]
async fn a_person_who_used_up_their_tokens_asks_no_model_and_others_go_on() {
    let provider = FakeProvider::start(vec![Wire::Chat.says("Fine")]).await;
    let world = World::with_models(Config::default()).await;
    world.allow(&[&provider]).await;
    world.put_key(Wire::Chat, &provider).await;
    let limit = |most| LimitChange {
        person: Some(amara().user),
        measure: Measure::Tokens,
        period: Period::Month,
        most,
    };
    world.tools.set_limit(&amara(), &limit(Some(5.0))).await.unwrap();
    assert_eq!(world.say(None, "one").await.response, "Fine");
    let ended = world.say(None, "two").await;
    assert_eq!(ended.code.as_deref(), Some("SPEND_LIMIT"));
    let told = format!("{:?}", world.events(&ended.run.id).await);
    assert!(told.contains("5 tokens a month") && told.contains("Settings, Limits"), "{told}");
    assert_eq!(world.say_as(&actor("mika"), None, "three").await.response, "Fine");
    assert_eq!(provider.asked().len(), 2);
    world.tools.set_limit(&amara(), &limit(None)).await.unwrap();
    assert_eq!(world.say(None, "four").await.response, "Fine");
    let own = world.tools.own_use(&amara()).await.unwrap();
    let tokens = own.iter().find(|it| it.measure == Measure::Tokens).unwrap();
    assert!(tokens.used > 5.0 && tokens.most.is_none(), "{own:?}");
}
