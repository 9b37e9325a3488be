//! Reading projects, lists, people and to-dos.

use crate::{TODAY, World, client_as};
use basecamp::config::{Config, Paging};
use basecamp::records::Request;
use domain::todo::TodoQuery;
use sandbox::world::{DUE_TODAY, OVERDUE, OVERLOADED, UNASSIGNED};
use std::collections::HashSet;
use std::time::{Duration, Instant};

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
async fn a_list_ends_where_the_settings_say_and_tells_so() {
    const MANY: usize = 300;
    let (world, admin) = World::connected().await;
    let project = world.project(&admin, "Website relaunch").await;
    let list = world.basecamp.lists(&admin, project.id).await.unwrap().remove(0);
    world.running.sandbox.fill_list(list.id, MANY).await.unwrap();
    let request = Request::new("ListTodos", &[list.id.to_string()]).unwrap();
    let whole = world.basecamp.fetch_all(&admin, &request).await.unwrap();
    assert!(whole.items.len() >= MANY && whole.pages > 2 && whole.next_url.is_none());
    let pause = Duration::from_millis(40);
    let config = Config { paging: Paging { most: 2, pause }, ..Config::default() };
    let short = client_as(world.test.db.clone(), &world.running, config);
    let begun = Instant::now();
    let part = short.fetch_all(&admin, &request).await.unwrap();
    // One page after the first: whatever else takes time, the pause is in it.
    assert!(begun.elapsed() >= pause);
    assert_eq!((part.pages, part.max_pages, part.per_page), (2, 2, whole.per_page));
    assert!(part.next_url.is_some() && part.items.len() < whole.items.len());
    let first = short.fetch_page(&admin, &request).await.unwrap();
    assert_eq!((first.pages, first.items.len()), (1, whole.per_page));
    assert_eq!(first.items, part.items[..first.items.len()]);
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
