use domain::project::Person;
use domain::record::{Act, Board, Column, Fields, Item, Kind, Tab, foresee_boards, foresee_items};

fn card(id: i64, column: i64) -> Item {
    let text = String::new;
    Item {
        id,
        kind: Kind::Card,
        project_id: 1,
        parent_id: column,
        place: text(),
        title: "Old".into(),
        text: text(),
        is_plain: true,
        completed: false,
        due_on: Some("2026-02-18".into()),
        starts_at: None,
        ends_at: None,
        position: 1,
        creator: text(),
        people: Vec::new(),
        comments: 0,
        bytes: None,
        is_removed: false,
        app_url: text(),
        created_at_ms: 0,
        updated_at_ms: 0,
    }
}

fn column(id: i64, cards: &[i64]) -> Column {
    let cards = cards.iter().map(|it| card(*it, id)).collect();
    Column { id, title: String::new(), is_done: false, cards }
}

fn cards(board: &Board) -> Vec<Vec<i64>> {
    board.columns.iter().map(|it| it.cards.iter().map(|it| it.id).collect()).collect()
}

#[test]
fn a_moved_card_is_foreseen_on_top_of_its_column_and_nowhere_else() {
    let columns = vec![column(10, &[1, 2]), column(20, &[3])];
    let mut boards = vec![Board { id: 5, title: String::new(), app_url: String::new(), columns }];
    foresee_boards(&mut boards, &[Act::MoveCard { id: 2, column: 20 }], &[]);
    assert_eq!(cards(&boards[0]), [vec![1], vec![2, 3]]);
    foresee_boards(&mut boards, &[Act::MoveCard { id: 2, column: 20 }], &[]);
    foresee_boards(&mut boards, &[Act::MoveCard { id: 1, column: 99 }], &[]);
    foresee_boards(&mut boards, &[Act::MoveCard { id: 9, column: 10 }], &[]);
    assert_eq!(cards(&boards[0]), [vec![1], vec![2, 3]], "no other column, no other card");
}

#[test]
fn only_the_fields_that_are_given_are_laid_over_a_record() {
    let known = [Person { id: 7, name: "Mika Holm".into(), email: None, title: None }];
    let fields = Fields {
        title: Some(" New ".into()),
        due_on: Some(String::new()),
        people: Some(vec![7, 8]),
        ..Fields::default()
    };
    let mut item = card(1, 10);
    Act::EditCard { id: 2, fields: fields.clone() }.foresee(&mut item, &known);
    assert_eq!(item, card(1, 10), "another record");
    Act::EditCard { id: 1, fields }.foresee(&mut item, &known);
    assert_eq!((item.title.as_str(), item.due_on, item.people.len()), ("New", None, 1));
}

#[test]
fn what_goes_to_the_trash_is_foreseen_as_gone_wherever_it_is_listed() {
    let columns = vec![column(10, &[1, 2])];
    let mut boards = vec![Board { id: 5, title: String::new(), app_url: String::new(), columns }];
    foresee_boards(&mut boards, &[Act::Trash { id: 2 }], &[]);
    assert_eq!(cards(&boards[0]), [vec![1]]);
    let mut items = vec![card(1, 10), card(2, 10)];
    foresee_items(&mut items, &[Act::Trash { id: 1 }], &[]);
    assert_eq!(items, [card(2, 10)]);
}

#[test]
fn a_date_that_moves_is_foreseen_with_its_new_days_and_words() {
    let times = ("2026-03-01".to_owned(), "2026-03-02".to_owned());
    let mut item = card(1, 10);
    let fields = Fields { title: Some("Fair".into()), ..Fields::default() };
    Act::EditEntry { id: 1, times: Some(times), fields }.foresee(&mut item, &[]);
    let days = (item.starts_at.as_deref(), item.ends_at.as_deref());
    assert_eq!((item.title.as_str(), days), ("Fair", (Some("2026-03-01"), Some("2026-03-02"))));
    Act::EditEntry { id: 1, times: None, fields: Fields::default() }.foresee(&mut item, &[]);
    assert_eq!(item.starts_at.as_deref(), Some("2026-03-01"), "it stays");
}

#[test]
fn kinds_and_tabs_are_read_back_from_their_words() {
    assert!(Kind::ALL.into_iter().all(|it| Kind::parse(it.as_str()) == Some(it)));
    assert!(Tab::ALL.into_iter().all(|it| Tab::parse(it.key()) == Some(it)));
    assert_eq!((Kind::parse("Door"), Tab::parse("doors")), (None, None));
}
