//! Settings: the policies of the workspace. Rules about tools in their order, rules about work, and what they come to.

pub mod desk;
pub mod form;
pub mod trial;

use crate::settings::policies::desk::{Desk, Sort};
use crate::settings::policies::form::PolicyForm;
use crate::settings::policies::trial::Trial;
use crate::settings::policy_fns::{PlacePolicy, RemovePolicy, load_policies};
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, IconButton, Size};
use crate::ui::choice::Switch;
use crate::ui::dialog::ConfirmOne;
use crate::ui::kept::{Kept, whole};
use crate::ui::skeleton::CardSkeleton;
use domain::policy::{Policy, PolicyBook, Severity};
use domain::words::capitalised;
use leptos::prelude::*;

/// Id of the list of tools that fields offer.
pub(crate) const TOOLS: &str = "policy-tools";

/// The section.
#[component]
pub(crate) fn PoliciesSection() -> impl IntoView {
    let desk = Desk::new();
    let version = desk.version();
    let book = Resource::new(move || version.get(), |_| load_policies());
    let gone = move |it: Policy| {
        desk.remove.dispatch(RemovePolicy { id: it.id });
    };
    view! {
        <p class="muted">
            "Policies hold for the assistant, for chat clients and scripts, and for pages that use tools. Steps of flows are not looked at."
        </p>
        <Kept of=book skeleton=|| view! { <CardSkeleton count=2 /> } let:book>
            <Cards book=book desk=desk />
        </Kept>
        <ConfirmOne
            asked=desk.removing
            title=|it: &Policy| format!("Remove {}?", it.name)
            body=|_: &Policy| "It holds no longer, at once. What it stopped or let happen stays in the audit log.".to_owned()
            action="Remove it"
            confirm=gone
        />
    }
}

#[component]
fn Cards(book: Signal<Option<PolicyBook>>, desk: Desk) -> impl IntoView {
    let tools = move || {
        let all = book.get().map(|it| it.tools).unwrap_or_default();
        all.into_iter().map(|it| view! { <option value=it.name>{it.title}</option> }).collect_view()
    };
    let order = "They are looked at from the first to the last, and the first that fits decides.";
    let work = "What is stopped, noted or counted when work is made or changed.";
    view! {
        <div class="cols cols--main">
            <div class="stack stack--6">
                <Rules title="Rules about tools" hint=order sort=Sort::Tools book=book desk=desk />
                <Rules title="Rules about work" hint=work sort=Sort::Work book=book desk=desk />
            </div>
            <Trial />
        </div>
        <datalist id=TOOLS>{tools}</datalist>
        <PolicyForm book=book desk=desk />
    }
}

/// One of the two lists.
#[component]
fn Rules(
    title: &'static str,
    hint: &'static str,
    sort: Sort,
    book: Signal<Option<PolicyBook>>,
    desk: Desk,
) -> impl IntoView {
    let id = sort.id();
    let rows = move || {
        let all = book.get().map(|it| it.policies).unwrap_or_default();
        let own = all.into_iter().filter(|it| Sort::of(it) == sort);
        own.enumerate().collect::<Vec<_>>()
    };
    let none = move || {
        let words = match sort {
            Sort::Tools => "No rule yet. What asks first is as the workspace says under Assistant.",
            Sort::Work => "No rule yet.",
        };
        view! { <li class="setrow"><span class="quiet">{words}</span></li> }
    };
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card__head">
                <h2 id=id>{title}</h2>
                <Button size=Size::Small icon="plus" attr:aria-label=sort.add()
                    on:click=move |_| desk.begin(sort, None)>"Add a rule"</Button>
            </div>
            <div class="card__body"><p class="sm muted">{hint}</p></div>
            <ul class="setrows">
                <Show when=move || !rows().is_empty() fallback=none>
                    <For each=rows key=whole let:it><Row at=it.0 policy=it.1 desk=desk /></For>
                </Show>
            </ul>
        </section>
    }
}

#[component]
fn Row(at: usize, policy: Policy, desk: Desk) -> impl IntoView {
    let sort = Sort::of(&policy);
    let id = policy.id.clone();
    let (name, rule, owner) =
        (policy.name.clone(), capitalised(&policy.rule), policy.owner.clone());
    let severity = policy.severity;
    let tone = if severity == Severity::Block { Tone::Warn } else { Tone::Plain };
    let holds = (sort == Sort::Work).then(|| view! { <Badge tone=tone>{severity.label()}</Badge> });
    let earlier = (sort == Sort::Tools && at > 0).then(|| {
        let label = format!("Look at {name} earlier");
        view! {
            <IconButton icon="arrow-up" label=label class="icon-btn--sm" on:click=move |_| {
                desk.place.dispatch(PlacePolicy { id: id.clone(), place: at });
            } />
        }
    });
    let number = (sort == Sort::Tools).then(|| format!("{}. ", at + 1));
    view! {
        <li class="setrow">
            <div class="grow">
                <b>{number}{name}</b>
                <p>{rule}</p>
                <div class="row row--wrap">{holds}<span class="xs quiet">{format!("by {owner}")}</span></div>
            </div>
            <div class="setrow__c row">
                {earlier}
                <Acts policy=policy.clone() desk=desk />
                <Active policy=policy desk=desk />
            </div>
        </li>
    }
}

/// Whether it is in force.
#[component]
fn Active(policy: Policy, desk: Desk) -> impl IntoView {
    let (active, label) = (policy.active, format!("{} is in force", policy.name));
    let change = move |on: bool| desk.switch(&policy, on);
    view! {
        <Switch on=Signal::stored(active) busy=desk.save.pending() change=change>
            <span class="sr">{label}</span>
        </Switch>
    }
}

#[component]
fn Acts(policy: Policy, desk: Desk) -> impl IntoView {
    let (change, remove) = (format!("Change: {}", policy.name), format!("Remove: {}", policy.name));
    let (changed, removed) = (policy.clone(), policy);
    view! {
        <IconButton icon="edit" label=change class="icon-btn--sm"
            on:click=move |_| desk.begin(Sort::of(&changed), Some(&changed)) />
        <IconButton icon="trash" label=remove class="icon-btn--sm"
            on:click=move |_| desk.removing.set(Some(removed.clone())) />
    }
}
