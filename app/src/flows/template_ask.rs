//! What a template needs to know, asked before the flow is made.

use super::server_fns::load_choices;
use super::sketch::Sketch;
use super::template_fns::{TemplateCard, preview_template, start_from_template};
use crate::error::AppError;
use crate::session;
use crate::ui::button::{Button, Kind};
use crate::ui::combobox::{Combobox, Entry};
use crate::ui::dialog::Dialog;
use crate::ui::disclosure::Disclosure;
use crate::ui::problem::FormProblem;
use domain::actor::Permission;
use domain::flow::FlowVersion;
use domain::flow::catalog::BASECAMP;
use domain::flow::listing::OptionsRequest;
use domain::flow::templates::{Ask, AskKind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use serde_json::{Map, Value};

type Answers = RwSignal<Map<String, Value>>;

/// What the choices of an answer depend on.
fn needed(kind: AskKind) -> &'static [&'static str] {
    match kind {
        AskKind::Todolist | AskKind::Board => &["project"],
        AskKind::Column => &["project", "card_table"],
        AskKind::Project | AskKind::Person | AskKind::Hour | AskKind::Number => &[],
    }
}

/// Sets an answer; those that depended on it are asked again.
fn answered(answers: &mut Map<String, Value>, asks: &[Ask], key: &str, value: Value) {
    answers.insert(key.to_owned(), value);
    for ask in asks.iter().filter(|it| needed(it.kind).contains(&key)) {
        answers.remove(&ask.key);
    }
}

fn defaults(asks: &[Ask]) -> Map<String, Value> {
    asks.iter().filter_map(|it| Some((it.key.clone(), it.default.clone()?))).collect()
}

/// The first thing that has to be answered still.
fn lacking<'a>(answers: &Map<String, Value>, asks: &'a [Ask]) -> Option<&'a Ask> {
    asks.iter().find(|it| it.required && !answers.contains_key(&it.key))
}

/// Asks what the chosen template needs, makes the flow and opens it.
#[component]
pub fn UseDialog(chosen: RwSignal<Option<TemplateCard>>, open: RwSignal<bool>) -> impl IntoView {
    let may = session::can(Permission::Write);
    let answers: Answers = RwSignal::new(Map::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<AppError>));
    let navigate = use_navigate();
    Effect::new(move |_| {
        let asks = chosen.with(|it| it.as_ref().map(|it| defaults(&it.asks)));
        answers.set(asks.unwrap_or_default());
        failed.set(None);
    });
    let drawing = drawing(chosen);
    let title = Signal::derive(move || {
        chosen.with(|it| it.as_ref().map(|it| it.name.clone()).unwrap_or_default())
    });
    let lacks = still_lacking(chosen, answers);
    let start = move |_| {
        let Some(id) = chosen.with_untracked(|it| it.as_ref().map(|it| it.id.clone())) else {
            return;
        };
        let navigate = navigate.clone();
        let answers = answers.get_untracked();
        busy.set(true);
        spawn_local(async move {
            match start_from_template(id, answers).await {
                Ok(flow) => navigate(&format!("/flows/{}", flow.id), Default::default()),
                Err(error) => failed.set(Some(error)),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Dialog open=open title=title>
            <div class="dialog__body stack stack--4">
                {move || chosen.get().map(|it| view! { <p>{it.summary}</p> <Drawing of=drawing /> <Steps steps=it.steps drawn=drawing /> <Asks asks=it.asks answers=answers /> })}
                <FormProblem error=failed />
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Not now"</Button>
                <Show
                    when=move || may.get()
                    fallback=|| view! { <p class="sm muted">"Your role cannot make flows. Ask an admin."</p> }
                >
                    <span class="xs quiet" role="status">
                        {move || lacks.get().map(|it| format!("Still to choose: {}", lower_first(&it)))}
                    </span>
                    <Button
                        kind=Kind::Primary
                        busy=busy
                        disabled=Signal::derive(move || lacks.with(Option::is_some))
                        on:click=start.clone()
                    >
                        "Make the flow"
                    </Button>
                </Show>
            </div>
        </Dialog>
    }
}

/// The flow of the chosen template, once the server has told it.
fn drawing(chosen: RwSignal<Option<TemplateCard>>) -> RwSignal<Option<FlowVersion>> {
    let drawn = RwSignal::new(None);
    Effect::new(move |_| {
        drawn.set(None);
        let Some(id) = chosen.with(|it| it.as_ref().map(|it| it.id.clone())) else { return };
        spawn_local(async move {
            let found = preview_template(id.clone()).await;
            let is_still = |it: &Option<TemplateCard>| it.as_ref().is_some_and(|it| it.id == id);
            // Another one may have been chosen meanwhile; without a drawing the list of steps says it all.
            if chosen.try_with_untracked(is_still) == Some(true)
                && let Ok(found) = found
            {
                drawn.try_set(Some(found));
            }
        });
    });
    drawn
}

#[component]
fn Drawing(of: RwSignal<Option<FlowVersion>>) -> impl IntoView {
    move || of.get().map(|it| view! { <Sketch version=it /> })
}

/// What has to be said first: a project before a list of it.
fn still_lacking(chosen: RwSignal<Option<TemplateCard>>, answers: Answers) -> Memo<Option<String>> {
    Memo::new(move |_| {
        let asks = |it: &Option<TemplateCard>| {
            let asks = it.as_ref().map(|it| it.asks.as_slice()).unwrap_or_default();
            answers.with(|given| lacking(given, asks).map(|it| it.label.clone()))
        };
        chosen.with(asks)
    })
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |it| it.to_lowercase().chain(letters).collect())
}

/// Every step that the flow will have, before there is one; behind a line where the drawing shows them.
#[component]
fn Steps(steps: Vec<(usize, String)>, drawn: RwSignal<Option<FlowVersion>>) -> impl IntoView {
    let row = |(at, (depth, words)): (usize, (usize, String))| {
        view! {
            <li style=format!("padding-inline-start: {}rem", depth)>
                <span class="quiet num">{at + 1}</span>
                <span>{words}</span>
            </li>
        }
    };
    let steps = StoredValue::new(steps);
    let list = move || {
        let rows = steps.get_value().into_iter().enumerate().map(row).collect_view();
        view! { <ol class="changes" aria-label="Steps">{rows}</ol> }
    };
    view! {
        <Show when=move || drawn.with(Option::is_some) fallback=list>
            <Disclosure summary="The steps as a list">{list()}</Disclosure>
        </Show>
    }
}

#[component]
fn Asks(asks: Vec<Ask>, answers: Answers) -> impl IntoView {
    let all = StoredValue::new(asks.clone());
    let field = move |ask: Ask| match ask.kind {
        AskKind::Hour | AskKind::Number => {
            view! { <NumberAsk ask=ask answers=answers /> }.into_any()
        }
        _ => view! { <ChoiceAsk ask=ask all=all answers=answers /> }.into_any(),
    };
    view! { {asks.into_iter().map(field).collect_view()} }
}

#[component]
fn NumberAsk(ask: Ask, answers: Answers) -> impl IntoView {
    let (key, id) = (StoredValue::new(ask.key.clone()), format!("ask-{}", ask.key));
    let most = if ask.kind == AskKind::Hour { "23" } else { "10000" };
    let value = move || {
        let given = answers.with(|it| it.get(&key.get_value()).cloned());
        given.map(|it| it.to_string()).unwrap_or_default()
    };
    let typed = move |text: String| {
        answers.update(|it| {
            match text.trim().parse::<i64>() {
                Ok(number) => it.insert(key.get_value(), number.into()),
                Err(_) => it.remove(&key.get_value()),
            };
        });
    };
    view! {
        <div class="field">
            <label class="label" for=id.clone()>{ask.label}</label>
            <input
                class="input"
                id=id
                type="number"
                min="0"
                max=most
                prop:value=value
                on:input=move |event| typed(event_target_value(&event))
            />
        </div>
    }
}

/// One of what the server answers, asked again whenever what it depends on changes.
#[component]
fn ChoiceAsk(ask: Ask, all: StoredValue<Vec<Ask>>, answers: Answers) -> impl IntoView {
    let entries = RwSignal::new(Vec::<(Entry, Value)>::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let (key, kind) = (StoredValue::new(ask.key.clone()), ask.kind);
    let input = Memo::new(move |_| {
        let given = answers.read();
        let pairs = needed(kind).iter().filter_map(|it| given.get_key_value(*it));
        pairs.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>()
    });
    Effect::new(move |_| {
        let request = OptionsRequest {
            piece: BASECAMP.to_owned(),
            action: "todos".to_owned(),
            prop: key.get_value(),
            input: input.get(),
            search: None,
        };
        busy.set(true);
        spawn_local(async move {
            let answer = load_choices(request).await;
            busy.try_set(false);
            match answer {
                Ok(choices) => {
                    let entry = |it: domain::flow::listing::Choice| {
                        (Entry::new(it.value.to_string(), it.label), it.value)
                    };
                    entries.try_set(choices.into_iter().map(entry).collect());
                    failed.try_set(None);
                }
                Err(error) => {
                    failed.try_set(Some(format!("The list could not be loaded. {error}")));
                }
            }
        });
    });
    let value = Signal::derive(move || {
        let given = answers.with(|it| it.get(&key.get_value()).cloned());
        given.map(|it| it.to_string()).unwrap_or_default()
    });
    let choose = move |chosen: String| {
        let found =
            entries.with_untracked(|all| all.iter().find(|it| it.0.value == chosen).cloned());
        if let Some((_, value)) = found {
            answers.update(|it| all.with_value(|asks| answered(it, asks, &key.get_value(), value)));
        }
    };
    view! {
        <Combobox
            id=format!("ask-{}", ask.key)
            label=ask.label
            entries=Signal::derive(move || entries.with(|all| all.iter().map(|it| it.0.clone()).collect()))
            value=value
            choose=choose
            placeholder=if ask.required { "Choose" } else { "All" }
            empty="Nothing to choose from yet. Fill in what stands above first"
            busy=busy
            error=failed
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(key: &str, kind: AskKind) -> Ask {
        Ask { key: key.to_owned(), label: String::new(), kind, required: true, default: None }
    }

    #[test]
    fn another_project_asks_for_the_list_again() {
        let asks = [ask("project", AskKind::Project), ask("todolist", AskKind::Todolist)];
        let mut answers = Map::new();
        answered(&mut answers, &asks, "project", 1.into());
        assert_eq!(lacking(&answers, &asks).map(|it| it.key.as_str()), Some("todolist"));
        answered(&mut answers, &asks, "todolist", 2.into());
        assert_eq!(lacking(&answers, &asks), None);
        answered(&mut answers, &asks, "project", 3.into());
        assert!(!answers.contains_key("todolist"));
    }
}
