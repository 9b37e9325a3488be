//! N-01: two hundred references, in the order in which somebody works. More than 95 of 100 lead to the right thing; the
//! rest is asked about, and none leads to a wrong one.

use crate::world::{PROJECT, World};
use serde_json::{Value, json};

const HALDEN: &str = "Halden Coffee rebrand";
const MARLOWE: &str = "Marlowe & Sons packaging";
/// Nothing fits, or several do: the person is asked.
const ASKED: &str = "?";

/// References, separated by `|`, and what all of them mean.
type Rows = &'static [(&'static str, &'static str)];

const BEFORE_ANYTHING: Rows = &[
    ("it|that|this|them|those|that one|this one|the last one|the same|the same one", ASKED),
    (
        "that project|this project|the same project|the project|that to-do|that task|the last to-do",
        ASKED,
    ),
    ("that card|the card|that message|that comment|the last list|that flow|him|her", ASKED),
    ("her last to-do|his next task|their last to-do|that person", ASKED),
    ("Narnia|the moon project|project Apollo|quarterly synergy|Zaphod|Zaphod's last task", ASKED),
    ("artwork|the printer task|final artwork|Marlowe", ASKED),
    (
        "Website relaunch|website|the website project|project website|our website|the relaunch",
        PROJECT,
    ),
    (
        "Halden|the Halden project|Halden Coffee|the coffee project|the rebrand|Halden rebrand",
        HALDEN,
    ),
    ("the Marlowe project|Marlowe & Sons|project Marlowe|the packaging project", MARLOWE),
    ("Priya|Priya Raman|Raman|priya raman", "Priya Raman"),
    ("Theo|Marsh|theo marsh|Theo Marsh", "Theo Marsh"),
    ("Sofia|Duarte", "Sofia Duarte"),
    ("Mei|Tanaka", "Mei Tanaka"),
    ("Ben Okafor|Okafor", "Ben Okafor"),
    ("Lucía|Ferrer", "Lucía Ferrer"),
    ("Mobile menu|the mobile menu|the mobile menu to-do|mobile menu", "Mobile menu"),
    ("Menu board copy|menu board|the menu board task|board copy", "Menu board copy"),
    ("loyalty card|the loyalty card task|loyalty wording", "Loyalty card wording"),
    ("foil test|the foil test|the foil test to-do|lid", "Foil test on the lid"),
    ("cookie notice|the cookie notice|cookie", "Approve the cookie notice wording"),
    ("staff apron|the apron|apron sketch", "Staff apron sketch"),
    ("Shop window vinyl|the shop window|vinyl", "Shop window vinyl"),
    ("second printer|the second printer", "Quote from second printer"),
    ("team biographies|the biographies", "Edit the team biographies"),
    ("cup supplier|the ceramic cup", "Ceramic cup supplier"),
    ("case study|the case study task", "Case study: Juniper Hotels"),
    ("Amara|Osei|Amara Osei|amara", "Amara Osei"),
    ("Jonas|Lindqvist|Jonas Lindqvist", "Jonas Lindqvist"),
    ("gift box|the gift box|the gift box task", "Gift box, final artwork"),
    ("spelling check|labels", "Spelling check of all labels"),
    ("barcode proof|the barcode proof", "Barcode proof from the client"),
    ("sticker sheet|opening day", "Sticker sheet for opening day"),
    ("kraft stock|colour proof", "Colour proof on kraft stock"),
    ("recycled card|the recycled card", "Decide on the recycled card"),
    ("Ben's next to-do|Ben's first task", "Collect the last case-study photos"),
    ("Theo's next task|Theo Marsh's next to-do", "Set up redirects from the old site"),
    ("Theo's last task|Theo's newest to-do", "Rehearse the switch-over"),
    ("Mei's only to-do|Mei Tanaka's last task", "Mobile menu"),
    ("Jonas's next task|Jonas' next to-do", "Foil test on the lid"),
    ("Theo's overdue task|Theo Marsh's overdue to-do", "Set up redirects from the old site"),
    ("Sofia's overdue to-do|Sofia's only task", ASKED),
    ("my next to-do|my first task", "Type licence for web and print"),
    ("my last to-do|my newest task", "Decide on the recycled card"),
];

const AFTER_A_TO_DO: Rows = &[
    ("it|that|this|that one|this one|the last one|the same|It.", "Order the cake"),
    (
        "that to-do|that task|this to-do|the to-do|the last to-do|the new task|the same task",
        "Order the cake",
    ),
    ("the task I just added|the to-do we just made|That task?", "Order the cake"),
    ("that project|this project|the same project|the last project|the project", PROJECT),
    ("her|him|that person", "Priya Raman"),
    (
        "her last to-do|their latest task|Priya's last to-do|Priya Raman's newest task",
        "Order the cake",
    ),
    ("her next to-do|Priya's next task", "Book the studio for the product photos"),
    ("that card|that message|that comment|the last flow", ASKED),
];

const AFTER_A_COMMENT: Rows = &[
    ("that project|the same project|this project", HALDEN),
    ("that to-do|the last task|this to-do", "Order the cake"),
    ("him|that person", "Priya Raman"),
    ("her last to-do", "Order the cake"),
];

const AFTER_COMPLETING: Rows = &[
    ("it|that|that one|the same|this", "Foil test on the lid"),
    ("that to-do|the last task|the task we just completed|that task", "Foil test on the lid"),
    ("that project|this project|the project", MARLOWE),
    ("Jonas's next task|Jonas' next to-do", "Shop window vinyl"),
];

/// Another person, who changed nothing.
const OF_ANOTHER: Rows = &[("it|that|that project|that to-do|her last to-do|the same", ASKED)];

#[derive(Default)]
struct Score {
    asked: usize,
    right: usize,
    unanswered: Vec<String>,
}

impl Score {
    async fn count(&mut self, world: &World, user: &str, rows: Rows) {
        for (texts, meant) in rows {
            for text in texts.split('|') {
                let told = world.call_as(user, "resolve_reference", json!({ "ref": text })).await;
                let told = told.unwrap_or_else(|error| panic!("{text}: {error}"));
                let found = told["resolved"]["name"].as_str().unwrap_or(ASKED);
                assert!(found == *meant || found == ASKED, "“{text}” means {meant}, not {found}");
                if found == ASKED {
                    let question = told["message"].as_str().unwrap_or_default();
                    assert!(!question.is_empty() && told["resolved"] == Value::Null, "{told}");
                }
                self.asked += 1;
                self.right += usize::from(found == *meant);
                if found != *meant {
                    self.unanswered.push(format!("{text} ({meant})"));
                }
            }
        }
    }
}

#[tokio::test]
async fn two_hundred_references_mean_what_people_mean() {
    for world in World::both().await {
        world.sync().await;
        let mut score = Score::default();
        score.count(&world, "amara", BEFORE_ANYTHING).await;
        let priya = world.ok("resolve_reference", json!({ "ref": "Priya" })).await;
        let cake = json!({
            "project": PROJECT, "task": "Order the cake", "assignee_ids": [priya["resolved"]["id"]]
        });
        world.ok("create_todo", cake).await;
        // What fails changes nothing, and is not what "it" means.
        let refused = json!({ "project": PROJECT, "todo_id": 1 });
        world.call("complete_todo", refused).await.unwrap_err();
        score.count(&world, "amara", AFTER_A_TO_DO).await;
        let menu = world.ok("search_todos", json!({ "query": "Menu board copy" })).await;
        let said = json!({
            "project": HALDEN, "recording_id": menu["todos"][0]["id"], "content": "Prices are in"
        });
        world.ok("create_comment", said).await;
        score.count(&world, "amara", AFTER_A_COMMENT).await;
        let foil = world.ok("search_todos", json!({ "query": "Foil test" })).await;
        let done = json!({ "project": MARLOWE, "todo_id": foil["todos"][0]["id"] });
        world.ok("complete_todo", done).await;
        score.count(&world, "amara", AFTER_COMPLETING).await;
        score.count(&world, "mika", OF_ANOTHER).await;
        let Score { asked, right, unanswered } = score;
        assert!(asked >= 200, "{asked} references");
        assert!(right * 100 > asked * 95, "{right} of {asked}, not: {unanswered:#?}");
    }
}
