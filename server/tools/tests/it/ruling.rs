//! Rules about tools, and how much each person may use.

use crate::world::{World, actor};
use domain::limit::{LimitChange, Measure, Period};
use domain::problem::Problem;
use serde_json::{Value, json};

async fn policy(world: &World, name: &str, rule: &str) -> Value {
    let made = world.ok("create_policy", json!({ "name": name, "rule": rule })).await;
    made["policy"]["id"].clone()
}

#[tokio::test]
async fn the_first_rule_that_fits_decides_who_may_call_a_tool() {
    for world in World::both().await {
        let make =
            async |who: &str| world.call_as(who, "flow_create", json!({ "name": "F" })).await;
        let refuse = policy(&world, "Flows are for admins", "refuse flow_create for members").await;
        let refused = make("mika").await.unwrap_err();
        assert_eq!(refused.code(), "POLICY_BLOCKED");
        assert!(refused.to_string().contains("“Flows are for admins”"), "{refused}");
        let log = world.ok("list_recent_operations", json!({ "type": "flow_create" })).await;
        assert_eq!(log["operations"][0]["status"], "failed", "{log}");
        make("amara").await.unwrap();
        make("otto").await.unwrap();

        let allow = policy(&world, "But they may", "allow flow_create for members").await;
        assert_eq!(make("mika").await.unwrap_err().code(), "POLICY_BLOCKED", "it is the second");
        let first = json!({ "policy_id": allow, "place": 1 });
        let moved = world.ok("update_policy", first).await;
        make("mika").await.unwrap();
        let book = world.tools.policy_book(&actor("amara")).await.unwrap();
        let names: Vec<&str> = book.policies.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["But they may", "Flows are for admins"]);
        world.ok("pmos_undo", json!({ "operation_id": moved["operation_id"] })).await;
        assert_eq!(make("mika").await.unwrap_err().code(), "POLICY_BLOCKED");

        let off = json!({ "policy_id": refuse, "active": false });
        let off = world.ok("update_policy", off).await;
        make("mika").await.unwrap();
        world.ok("pmos_undo", json!({ "operation_id": off["operation_id"] })).await;
        assert_eq!(make("mika").await.unwrap_err().code(), "POLICY_BLOCKED");
        world.ok("delete_policy", json!({ "policy_id": refuse })).await;
        make("mika").await.unwrap();
    }
}

#[tokio::test]
async fn reading_can_be_refused_and_nobody_is_kept_from_the_rules() {
    let world = World::new().await;
    policy(&world, "Recipes are ours", "refuse the tools of build for viewers").await;
    let read = async |who: &str| world.call_as(who, "list_recipes", json!({})).await;
    assert_eq!(read("vera").await.unwrap_err().code(), "POLICY_BLOCKED");
    read("mika").await.unwrap();
    let all = policy(&world, "Nothing", "refuse every change").await;
    assert_eq!(world.code("flow_create", json!({ "name": "F" })).await, "POLICY_BLOCKED");
    let renamed = json!({ "policy_id": all, "name": "Quiet week", "rule": "refuse what deletes" });
    let now = world.ok("update_policy", renamed).await;
    assert_eq!(now["policy"]["name"], "Quiet week");
    world.ok("flow_create", json!({ "name": "F" })).await;
    for (rule, code) in [
        ("refuse fly_to_the_moon", "INVALID_INPUT"),
        ("refuse the tools of alchemy", "INVALID_INPUT"),
        ("refuse create_policy", "INVALID_INPUT"),
        ("allow what deletes", "INVALID_INPUT"),
        ("allow flow_publish", "INVALID_INPUT"),
        ("allow late work", "NOT_UNDERSTOOD"),
    ] {
        let args = json!({ "name": "Wrong", "rule": rule });
        assert_eq!(world.code("create_policy", args).await, code, "{rule}");
    }
    let warns = json!({ "name": "Soft", "rule": "refuse flow_create", "severity": "warn" });
    assert_eq!(world.code("create_policy", warns).await, "INVALID_INPUT");
    let change = json!({ "policy_id": all, "active": false });
    for (who, code) in [("mika", "FORBIDDEN"), ("otto", "RESOURCE_NOT_FOUND")] {
        let refused = world.call_as(who, "update_policy", change.clone()).await.unwrap_err();
        assert_eq!(refused.code(), code, "{who}");
    }
    let book = world.tools.policy_book(&actor("mika")).await;
    assert!(matches!(book, Err(Problem::Forbidden { .. })), "{book:?}");
    assert!(world.tools.policy_book(&actor("otto")).await.unwrap().policies.is_empty());
}

fn limit(person: Option<&str>, most: Option<f64>) -> LimitChange {
    let (measure, period) = (Measure::Changes, Period::Day);
    LimitChange { person: person.map(Into::into), measure, period, most }
}

#[tokio::test]
async fn a_person_makes_as_many_changes_as_their_limit_lets_them() {
    for world in World::both().await {
        let set =
            async |person, most| world.tools.set_limit(&actor("amara"), &limit(person, most)).await;
        let make =
            async |who: &str| world.call_as(who, "flow_create", json!({ "name": "F" })).await;
        set(None, Some(2.0)).await.unwrap();
        set(Some("mika"), Some(1.0)).await.unwrap();
        make("mika").await.unwrap();
        let over = make("mika").await.unwrap_err();
        assert_eq!(over.code(), "RATE_LIMITED");
        let told = over.to_string();
        assert!(told.contains("1 change a day") && told.contains("Settings, Limits"), "{told}");
        let Err(Problem::UsedUp { retry_after_s, .. }) = Err::<(), Problem>(over.into()) else {
            panic!("{told}")
        };
        assert!((1..=25 * 3_600).contains(&retry_after_s), "{retry_after_s}");
        world.call_as("mika", "list_recipes", json!({})).await.unwrap();
        make("amara").await.unwrap();
        make("amara").await.unwrap();
        assert_eq!(make("amara").await.unwrap_err().code(), "RATE_LIMITED");
        make("otto").await.unwrap();

        let own = world.tools.own_use(&actor("mika")).await.unwrap();
        assert_eq!((own[0].words().as_str(), own[0].percent()), ("1 change of 1 today", Some(100)));
        let book = world.tools.limit_book(&actor("amara")).await.unwrap();
        let whose: Vec<Option<&str>> = book.limits.iter().map(|it| it.name.as_deref()).collect();
        assert_eq!(whose, [None, Some("Mika Holm")]);
        let used: Vec<(&str, String)> =
            book.people.iter().map(|it| (it.name.as_str(), it.meters[0].words())).collect();
        let wanted = [
            ("Amara Osei", "2 changes of 2 today"),
            ("Mika Holm", "1 change of 1 today"),
            ("Vera Lund", "0 changes of 2 today"),
        ];
        assert_eq!(used, wanted.map(|(name, words)| (name, words.to_owned())));

        set(Some("mika"), Some(5.0)).await.unwrap();
        make("mika").await.unwrap();
        set(None, None).await.unwrap();
        make("amara").await.unwrap();
        assert!(world.tools.limit_book(&actor("otto")).await.unwrap().limits.is_empty());
    }
}

#[tokio::test]
async fn a_limit_is_set_by_who_manages_for_people_who_are_there() {
    let world = World::new().await;
    let set =
        async |who: &str, change: LimitChange| world.tools.set_limit(&actor(who), &change).await;
    for most in [0.0, -1.0, 1.5, f64::NAN] {
        let wrong = set("amara", limit(None, Some(most))).await;
        assert!(matches!(wrong, Err(Problem::Invalid { .. })), "{most}: {wrong:?}");
    }
    for change in [limit(Some("otto"), Some(1.0)), limit(Some("mika"), None)] {
        let missing = set("amara", change).await;
        assert!(matches!(missing, Err(Problem::NotFound { .. })), "{missing:?}");
    }
    let refused = set("mika", limit(Some("mika"), Some(9.0))).await;
    assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{refused:?}");
    let money = LimitChange { measure: Measure::Usd, ..limit(Some("mika"), Some(1.5)) };
    set("amara", money).await.unwrap();
    let own = world.tools.own_use(&actor("mika")).await.unwrap();
    let words: Vec<String> = own.iter().map(domain::limit::Meter::words).collect();
    assert!(words.contains(&"$0.00 of $1.50 today".to_owned()), "{words:?}");
}
