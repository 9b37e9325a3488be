//! Settings of code steps: what they are given, in which language they are written, and what they say.

use super::code_box::CodeBox;
use super::code_inputs::CodeInputs;
use super::store::Studio;
use super::text::Writing;
use super::trial_fns::why_no_code;
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use domain::flow::engine::FlowEngine;
use domain::flow::{ActionKind, CodeSettings, tree};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};

/// Where a step names its language; without it, it is TypeScript, which other engines take it for too.
const LANGUAGE: &str = "language";
const JAVASCRIPT: &str = "javascript";

/// Whether the step is written in JavaScript.
pub fn is_javascript(settings: &CodeSettings) -> bool {
    settings.source_code.get(LANGUAGE).and_then(Value::as_str) == Some(JAVASCRIPT)
}

/// What the step says.
fn source(settings: &CodeSettings) -> String {
    settings.source_code.get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn set_source(settings: &mut CodeSettings, text: String) {
    match &mut settings.source_code {
        Value::Object(held) => {
            held.insert("code".to_owned(), text.into());
        }
        other => *other = json!({ "code": text, "packageJson": "{}" }),
    }
}

fn set_language(settings: &mut CodeSettings, word: &str) {
    let text = source(settings);
    set_source(settings, text);
    if let Value::Object(held) = &mut settings.source_code {
        if word == JAVASCRIPT {
            held.insert(LANGUAGE.to_owned(), word.into());
        } else {
            held.shift_remove(LANGUAGE);
        }
    }
}

impl Studio {
    /// What `read` finds in the settings of a code step; nothing for other steps.
    pub(super) fn with_code<T>(
        self,
        step: &str,
        read: impl FnOnce(&CodeSettings) -> T,
    ) -> Option<T> {
        self.flow.with(|it| match &tree::find(&it.version.trigger, step)?.kind {
            ActionKind::Code(settings) => Some(read(settings)),
            _ => None,
        })
    }

    /// Changes the settings of a code step; `field` groups the keystrokes of one field.
    pub(super) fn change_code(
        self,
        step: &str,
        field: Option<&str>,
        change: impl FnOnce(&mut CodeSettings),
    ) {
        self.change_action(step, field, |action| {
            if let ActionKind::Code(settings) = &mut action.kind {
                change(settings);
            }
        });
    }

    /// Learns once whether code steps of this flow run.
    pub fn ask_about_code(self) {
        Effect::new(move |asked: Option<()>| {
            if asked.is_some() {
                return;
            }
            let id = self.flow.with_untracked(|it| it.id.clone());
            spawn_local(async move {
                if let Ok(why) = why_no_code(id).await {
                    self.no_code.try_set(why);
                }
            });
        });
    }
}

/// The settings of a code step.
#[component]
pub fn CodePanel(
    /// The open flow.
    studio: Studio,
    /// The step.
    step: String,
) -> impl IntoView {
    let key = StoredValue::new(step.clone());
    let text = Memo::new(move |_| studio.with_code(&key.get_value(), source).unwrap_or_default());
    let field = format!("f-{step}-code");
    let id = field.clone();
    let store = Callback::new(move |text: String| {
        studio.change_code(&key.get_value(), Some(&field), |it| set_source(it, text));
    });
    let writing = Writing::new(studio, (&step, id), "Code", text, store);
    let is_ours = studio.flow.with_untracked(|it| it.engine == FlowEngine::Builtin);
    let barred = move || {
        studio.no_code.get().map(|why| {
            view! { <Callout tone=Tone::Warn title="This step does not run here"><p>{why}</p></Callout> }
        })
    };
    view! {
        {barred}
        <CodeInputs studio=studio step=key />
        {is_ours.then(|| view! { <LanguageField studio=studio step=key /> })}
        <CodeBox writing=writing />
    }
}

#[component]
fn LanguageField(studio: Studio, step: StoredValue<String>) -> impl IntoView {
    let is_plain =
        Memo::new(move |_| studio.with_code(&step.get_value(), is_javascript).unwrap_or_default());
    let id = format!("f-{}-language", step.get_value());
    let choose = move |word: String| {
        studio.change_code(&step.get_value(), None, |it| set_language(it, &word));
    };
    let hint = move || {
        if is_plain.get() {
            "It runs as it is written, so a type in it is a mistake."
        } else {
            "Types are taken away before it runs. Plain JavaScript is fine too."
        }
    };
    view! {
        <div class="field">
            <label class="label" for=id.clone()>"Language"</label>
            <select class="select" id=id on:change=move |event| choose(event_target_value(&event))>
                <option value="typescript" selected=move || !is_plain.get()>"TypeScript"</option>
                <option value=JAVASCRIPT selected=move || is_plain.get()>"JavaScript"</option>
            </select>
            <p class="hint">{hint}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_kept_beside_the_code_and_typescript_needs_no_word() {
        let mut it = CodeSettings {
            source_code: json!({ "code": "() => 1", "packageJson": "{}" }),
            ..CodeSettings::default()
        };
        set_language(&mut it, JAVASCRIPT);
        assert!(is_javascript(&it));
        set_source(&mut it, "() => 2".to_owned());
        assert!(is_javascript(&it));
        set_language(&mut it, "typescript");
        assert_eq!(it.source_code, json!({ "code": "() => 2", "packageJson": "{}" }));
    }

    #[test]
    fn code_that_is_no_object_becomes_one() {
        let mut it = CodeSettings::default();
        set_source(&mut it, "() => 1".to_owned());
        assert_eq!(source(&it), "() => 1");
    }
}
