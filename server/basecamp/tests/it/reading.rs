//! Reading projects, lists, people and to-dos.

use crate::{TODAY, World};
use domain::todo::TodoQuery;
use sandbox::world::{DUE_TODAY, OVERDUE, OVERLOADED, UNASSIGNED};
use std::collections::HashSet;

#[tokio::test]
async fn projects_and_people_are_read_by_name() {
    let (world, admin) = World::connected().await;
    let projects = world.basecamp.projects(&admin).await.unwrap();
    let names: Vec<&str> = projects.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Halden Coffee rebrand", "Marlowe & Sons packaging", "Website relaunch"]);
    assert!(
        projects
            .iter()
            .all(|it| it.todoset_id.is_some() && it.app_url == format!("/projects/{}", it.id))
    );
    let people = world.basecamp.people(&admin).await.unwrap();
    assert_eq!((people.len(), people[0].name.as_str()), (8, "Amara Osei"));
    assert_eq!(people[0].email.as_deref(), Some("amara@fernhill.example"));
}

#[tokio::test]
async fn website_relaunch_has_several_lists_to_choose_from() {
    let (world, admin) = World::connected().await;
    let project = world.project(&admin, "Website relaunch").await;
    let lists = world.basecamp.lists(&admin, project.id).await.unwrap();
    assert_eq!(
        lists.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["Content", "Design", "Build", "Launch day"]
    );
}

#[tokio::test]
async fn every_todo_of_many_pages_is_read_exactly_once() {
    let (world, admin) = World::connected().await;
    let project = world.project(&admin, "Website relaunch").await;
    let query =
        |completed| TodoQuery { project_id: Some(project.id), completed, assignee_id: None };
    let open = world.basecamp.todos(&admin, &query(false)).await.unwrap();
    let done = world.basecamp.todos(&admin, &query(true)).await.unwrap();
    assert_eq!((open.len(), done.len()), (16, 6));
    let ids: HashSet<i64> = open.iter().chain(&done).map(|it| it.id).collect();
    assert_eq!(ids.len(), 22);
    assert_eq!(world.open_todos(&admin).await.len(), 44);
}

#[tokio::test]
async fn lists_come_with_their_todos_groups_and_loose_ones_behind() {
    let (world, admin) = World::connected().await;
    let project = world.project(&admin, "Halden Coffee rebrand").await;
    let lists = world.basecamp.lists_with_todos(&admin, project.id).await.unwrap();
    let shown: Vec<(&str, usize)> =
        lists.iter().map(|it| (it.name.as_str(), it.todos.len())).collect();
    assert_eq!(shown[..3], [("Brand identity", 7), ("Packaging", 7), ("Launch kit", 5)]);
    assert_eq!(shown[3..].iter().map(|(_, count)| count).sum::<usize>(), 3);
    let first = &lists[0].todos;
    assert_eq!(first[0].title, "Second-round logo routes");
    assert!(first[4..].iter().any(|it| it.completed) && first[..5].iter().all(|it| !it.completed));
}

#[tokio::test]
async fn planted_todos_are_found_as_planted() {
    let (world, admin) = World::connected().await;
    let todos = world.open_todos(&admin).await;
    let today = TODAY.to_string();
    let mut late: Vec<_> =
        todos.iter().filter(|it| it.due_on.as_ref().is_some_and(|due| *due < today)).collect();
    late.sort_by_key(|it| (it.due_on.clone(), it.id));
    assert_eq!(late.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), OVERDUE);
    let due: Vec<_> = todos
        .iter()
        .filter(|it| it.due_on.as_ref() == Some(&today))
        .map(|it| it.title.as_str())
        .collect();
    assert_eq!(due, DUE_TODAY);
    let nobody: Vec<_> =
        todos.iter().filter(|it| it.assignees.is_empty()).map(|it| it.title.as_str()).collect();
    assert_eq!(nobody, UNASSIGNED);
}

#[tokio::test]
async fn todos_of_one_person_are_theirs_in_every_project() {
    let (world, admin) = World::connected().await;
    let people = world.basecamp.people(&admin).await.unwrap();
    let person = people.iter().find(|it| it.name == OVERLOADED).unwrap();
    let query = TodoQuery { assignee_id: Some(person.id), ..TodoQuery::default() };
    let todos = world.basecamp.todos(&admin, &query).await.unwrap();
    assert_eq!(todos.len(), 13);
    assert!(todos.iter().all(|it| it.assignees.iter().any(|it| it.name == OVERLOADED)));
}

#[tokio::test]
async fn comments_are_plain_text_and_oldest_first() {
    let (world, admin) = World::connected().await;
    let todo = world.todo_called(&admin, "Second-round logo routes").await;
    assert_eq!(todo.comments_count, 3);
    assert_eq!(todo.description, "Two routes, both with the cup as a letter.");
    let comments = world.basecamp.comments(&admin, todo.id).await.unwrap();
    assert_eq!(
        comments.iter().map(|it| it.creator.as_str()).collect::<Vec<_>>(),
        ["Lucía Ferrer", "Sofia Duarte", "Priya Raman"]
    );
    assert_eq!(comments[0].content, "Route B needs one more day, the cup is too heavy.");
}
