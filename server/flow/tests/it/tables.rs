//! Tables as people see and change them.

use crate::world::{World, actor, admin};
use domain::actor::Role;
use domain::flow::tables::TableEdit;
use domain::problem::Problem;
use serde_json::{Map, Value, json};

fn cells(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

async fn change(world: &World, edit: TableEdit) -> Result<(), Problem> {
    world.flows.change_table(&admin(), "Orders", edit).await
}

#[tokio::test]
async fn rows_are_added_changed_removed_and_shown_page_by_page() {
    for world in World::both().await {
        let row = |n: i32| cells(json!({ "Item": format!("Ink {n}"), "Count": n }));
        change(&world, TableEdit::Add((1..=60).map(row).collect())).await.unwrap();
        let tables = world.flows.tables(&admin()).await.unwrap();
        assert_eq!((tables[0].name.as_str(), tables[0].rows), ("Orders", 60), "{}", world.name);
        let first = world.flows.table(&admin(), "Orders", 1).await.unwrap();
        assert_eq!((first.rows.len(), first.total, first.columns.len()), (50, 60, 2));
        let rest = world.flows.table(&admin(), "Orders", 99).await.unwrap();
        assert_eq!((rest.rows.len(), rest.page), (10, 2), "{}", world.name);
        let id = rest.rows[0].id.clone();
        let new = cells(json!({ "Item": "Paper" }));
        change(&world, TableEdit::Replace(id.clone(), new.clone())).await.unwrap();
        let rest = world.flows.table(&admin(), "Orders", 2).await.unwrap();
        assert_eq!(rest.rows[0].cells, new, "what was there is replaced");
        change(&world, TableEdit::Delete(id.clone())).await.unwrap();
        let again = change(&world, TableEdit::Delete(id)).await;
        assert!(matches!(again, Err(Problem::NotFound { .. })), "{again:?}");
        assert_eq!(world.flows.table(&admin(), "Orders", 1).await.unwrap().total, 59);
    }
}

#[tokio::test]
async fn a_table_comes_from_csv_and_goes_to_csv() {
    for world in World::both().await {
        let text = "\u{feff}Item;Note\n=1+1;\"a; b\"\nPen\n";
        change(&world, TableEdit::Import(text.to_owned())).await.unwrap();
        let table = world.flows.table(&admin(), "Orders", 1).await.unwrap();
        assert_eq!(table.rows[0].cells, cells(json!({ "Item": "=1+1", "Note": "a; b" })));
        assert_eq!(table.rows[1].cells, cells(json!({ "Item": "Pen" })));
        let written = world.flows.export_table(&admin(), "Orders").await.unwrap();
        assert_eq!(written, "Item,Note\n'=1+1,a; b\nPen,\n", "{}", world.name);
        let empty = change(&world, TableEdit::Import("Item\n".to_owned())).await;
        assert!(matches!(empty, Err(Problem::Invalid { .. })), "{empty:?}");
        let many = format!("Item\n{}", "x\n".repeat(10_001));
        let refused = change(&world, TableEdit::Import(many)).await;
        assert!(matches!(refused, Err(Problem::Invalid { .. })), "{refused:?}");
        assert_eq!(world.flows.table(&admin(), "Orders", 1).await.unwrap().total, 2);
    }
}

#[tokio::test]
async fn a_table_is_its_workspaces_and_a_viewer_only_reads() {
    for world in World::both().await {
        let row = cells(json!({ "Item": "Ink" }));
        change(&world, TableEdit::Add(vec![row.clone()])).await.unwrap();
        let stranger = actor("w2", Role::WorkspaceAdmin);
        assert!(world.flows.tables(&stranger).await.unwrap().is_empty(), "{}", world.name);
        assert_eq!(world.flows.table(&stranger, "Orders", 1).await.unwrap().total, 0);
        let gone = world.flows.export_table(&stranger, "Orders").await;
        assert!(matches!(gone, Err(Problem::NotFound { .. })), "{gone:?}");
        let viewer = actor("w1", Role::Viewer);
        assert_eq!(world.flows.table(&viewer, "Orders", 1).await.unwrap().total, 1);
        let refused = world.flows.change_table(&viewer, "Orders", TableEdit::Add(vec![row])).await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{refused:?}");
    }
}
