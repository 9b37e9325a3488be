//! What holds for everybody: what a month may cost, who is asked next, and whether the built-in assistant steps in.

use crate::settings::assistant::fields::NumberField;
use crate::settings::assistant_fns::SaveRules;
use crate::ui::button::{Button, IconButton};
use crate::ui::choice::Switch;
use crate::ui::field::SelectField;
use crate::ui::progress::{Progress, percent};
use domain::assistant::{Rules, title_of};
use leptos::prelude::*;

/// What may be asked about first.
const MODES: [(&str, &str); 3] = [
    ("basecamp", "it changes Basecamp"),
    ("risky", "it does something risky"),
    ("all", "it changes anything"),
];

/// What the month cost so far, and its limits.
#[component]
pub(crate) fn SpendingCard(
    /// As stored.
    rules: Rules,
    /// Saves them.
    save: ServerAction<SaveRules>,
) -> impl IntoView {
    let words = |it: Option<f64>| it.map_or_else(String::new, |it| it.to_string());
    let usd = RwSignal::new(words(rules.limit_usd));
    let tokens = RwSignal::new(words(rules.limit_tokens));
    let spent = format!("${:.2}", rules.spent_usd);
    let so_far = format!("and {} tokens in {}", rules.spent_tokens, rules.month);
    let used = used(&rules).map(
        |it| view! { <Progress label=format!("{it} % of this month's limit is used") value=it /> },
    );
    let (usd_now, tokens_now) = (usd.get_untracked(), tokens.get_untracked());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let limit = |it: RwSignal<String>| it.get_untracked().trim().parse::<f64>().ok();
        let rules = Rules { limit_usd: limit(usd), limit_tokens: limit(tokens), ..rules.clone() };
        save.dispatch(SaveRules { rules });
    };
    view! {
        <section class="card" aria-labelledby="as-sp">
            <div class="card__head"><h2 id="as-sp">"Spending this month"</h2></div>
            <form class="card__body stack stack--4" on:submit=send>
                <div class="stat"><span class="stat__v">{spent}</span><span class="stat__d">{so_far}</span></div>
                {used}
                <NumberField label="Limit in US dollars a month" id="limit-usd" value=usd_now
                    hint="Counts models whose prices are entered." change=move |it| usd.set(it) />
                <NumberField label="Limit in tokens a month" id="limit-tokens" value=tokens_now
                    hint="Empty means no limit. At 80 % each answer says so; at 100 % models are no longer asked."
                    change=move |it| tokens.set(it) />
                <div class="row"><Button r#type="submit" busy=save.pending()>"Save the limits"</Button></div>
            </form>
        </section>
    }
}

/// How much of the limits is used, in percent; none without a limit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share need not be exact"
)]
fn used(rules: &Rules) -> Option<u32> {
    let share = |spent: f64, limit: Option<f64>| limit.map(|it| (spent / it * 1_000.0) as u32);
    let all = [
        share(rules.spent_usd, rules.limit_usd),
        share(rules.spent_tokens as f64, rules.limit_tokens),
    ];
    all.into_iter().flatten().max().map(|it| percent(it, 1_000))
}

/// Who is asked when the chosen model does not answer.
#[component]
pub(crate) fn RulesCard(
    /// As stored.
    rules: Rules,
    /// Saves them.
    save: ServerAction<SaveRules>,
) -> impl IntoView {
    let falls_back = rules.falls_back;
    let all = StoredValue::new(rules.clone());
    let switch = move |on: bool| {
        save.dispatch(SaveRules { rules: Rules { falls_back: on, ..all.get_value() } });
    };
    let raise = move |at: usize| {
        let mut rules = all.get_value();
        rules.order.swap(at, at - 1);
        save.dispatch(SaveRules { rules });
    };
    let row = move |(at, name): (usize, String)| {
        let label = format!("Ask {} earlier", title_of(&name));
        view! {
            <li class="setrow">
                <div class="grow"><b>{format!("{}. {}", at + 1, title_of(&name))}</b></div>
                {(at > 0).then(|| view! {
                    <IconButton icon="arrow-up" label=label class="icon-btn--sm" on:click=move |_| raise(at) />
                })}
            </li>
        }
    };
    let order = (rules.order.len() > 1)
        .then(|| rules.order.into_iter().enumerate().map(row).collect_view());
    view! {
        <section class="card" aria-labelledby="as-or">
            <div class="card__head"><h2 id="as-or">"When a model does not answer"</h2></div>
            <ul class="setrows">
                <li class="setrow">
                    <div class="grow">
                        <b>"Let the built-in assistant answer instead"</b>
                        <p>"After the other keys of the workspace were tried, in the order below. Its answers then begin with the name of the model that did not answer. While this is off, an answer that fails says why and can be asked for again."</p>
                    </div>
                    <div class="setrow__c">
                        <Switch on=Signal::stored(falls_back) busy=save.pending() change=switch>
                            <span class="sr">"Let the built-in assistant answer instead"</span>
                        </Switch>
                    </div>
                </li>
                {order}
            </ul>
        </section>
    }
}

/// What the assistant asks about before it does it, and who may answer.
#[component]
pub(crate) fn ApprovalsCard(
    /// As stored.
    rules: Rules,
    /// Saves them.
    save: ServerAction<SaveRules>,
) -> impl IntoView {
    let four_eyes = rules.four_eyes;
    let mode = rules.approvals_mode.clone();
    let all = StoredValue::new(rules);
    let switch = move |on: bool| {
        save.dispatch(SaveRules { rules: Rules { four_eyes: on, ..all.get_value() } });
    };
    let choose = move |event: leptos::ev::Event| {
        let approvals_mode = event_target_value(&event);
        save.dispatch(SaveRules { rules: Rules { approvals_mode, ..all.get_value() } });
    };
    let options = MODES.map(|(key, words)| (key.to_owned(), words.to_owned())).to_vec();
    view! {
        <section class="card" aria-labelledby="as-ap">
            <div class="card__head"><h2 id="as-ap">"Approvals"</h2></div>
            <div class="card__body">
                <SelectField label="The assistant asks before" name="approvals_mode" options=options value=mode
                    hint="What deletes, goes live or leaves the workspace is asked about in each case." on:change=choose />
            </div>
            <ul class="setrows">
                <li class="setrow">
                    <div class="grow">
                        <b>"Four eyes"</b>
                        <p>"Nobody allows for themselves what deletes"</p>
                    </div>
                    <div class="setrow__c">
                        <Switch on=Signal::stored(four_eyes) busy=save.pending() change=switch>
                            <span class="sr">"Four eyes"</span>
                        </Switch>
                    </div>
                </li>
                <li class="setrow">
                    <div class="grow"><a class="link" href="/approvals?tab=rules">"Remembered answers"</a></div>
                </li>
            </ul>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_that_is_nearer_counts() {
        let rules = Rules {
            spent_usd: 3.0,
            limit_usd: Some(10.0),
            spent_tokens: 900,
            limit_tokens: Some(1_000.0),
            ..Rules::default()
        };
        assert_eq!(used(&rules), Some(90));
        assert_eq!(used(&Rules { limit_usd: None, limit_tokens: None, ..rules }), None);
    }
}
