//! The one live subscription of a page: events of the workspace, each topic with a version to load by.

use crate::session::{self, LastEvent};
use crate::ui::browser;
use domain::event::Topic;
use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

/// Where events come from.
const EVENTS: &str = "/api/pmos/events";

/// One thing that happened.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct LiveEvent {
    /// The topic: `flow`, `flow_run`, `approval`.
    #[serde(rename = "type")]
    pub topic: String,
    /// Id of what it happened to.
    #[serde(default)]
    pub id: String,
    /// Everything the server said.
    #[serde(flatten)]
    pub data: serde_json::Map<String, serde_json::Value>,
}

/// Whether events arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not tried yet.
    #[default]
    Starting,
    /// They do.
    Open,
    /// They do not; it is tried again.
    Lost,
}

/// What is known about one topic.
#[derive(Clone, Copy)]
struct Channel {
    version: RwSignal<u64>,
    last: RwSignal<Option<LiveEvent>>,
}

/// The live subscription. In the key of a resource, `live.version(Topic::Flow)` makes it load again.
#[derive(Clone, Copy)]
pub struct Live {
    channels: StoredValue<Vec<(Topic, Channel)>>,
    link: RwSignal<Link>,
    attempt: RwSignal<u32>,
    seen: StoredValue<String>,
}

const TOPICS: [Topic; 8] = [
    Topic::Account,
    Topic::Connector,
    Topic::Setup,
    Topic::Flow,
    Topic::FlowRun,
    Topic::Chat,
    Topic::Approval,
    Topic::Operation,
];

/// The live subscription. Only inside the frame.
pub fn use_live() -> Live {
    expect_context::<Live>()
}

impl Live {
    /// Subscribes for as long as the frame is on the page, to what came after `seen`.
    pub fn provide(seen: LastEvent) -> Self {
        let channel = || Channel { version: RwSignal::new(0), last: RwSignal::new(None) };
        let channels = TOPICS.into_iter().map(|it| (it, channel())).collect();
        let live = Self {
            channels: StoredValue::new(channels),
            link: RwSignal::new(Link::Starting),
            attempt: RwSignal::new(0),
            seen: StoredValue::new(seen.0),
        };
        provide_context(live);
        // A connection may have died unseen while there was no network: what failed meanwhile is read again.
        Effect::new(move || {
            let back = window_event_listener(leptos::ev::online, move |_| {
                live.link.set(Link::Lost);
                live.retry();
            });
            on_cleanup(move || back.remove());
        });
        Effect::new(move || {
            live.attempt.track();
            live.subscribe();
        });
        live
    }

    /// Grows with every event of `topic`, and with every connection after a lost one.
    pub fn version(self, topic: Topic) -> Signal<u64> {
        self.channel(topic).map_or_else(|| Signal::from(0), |it| it.version.into())
    }

    /// The newest event of `topic`.
    pub fn last(self, topic: Topic) -> Signal<Option<LiveEvent>> {
        self.channel(topic).map_or_else(|| Signal::from(None), |it| it.last.into())
    }

    /// Whether events arrive.
    pub fn link(self) -> Signal<Link> {
        self.link.into()
    }

    /// Tries to connect again, now.
    pub fn retry(self) {
        self.attempt.update(|it| *it += 1);
    }

    fn channel(self, topic: Topic) -> Option<Channel> {
        self.channels.with_value(|all| all.iter().find(|it| it.0 == topic).map(|it| it.1))
    }

    fn subscribe(self) {
        let after = session::encode(&self.seen.get_value());
        let Ok(source) = EventSource::new(&format!("{EVENTS}?after={after}")) else { return };
        let opened = Closure::<dyn FnMut(Event)>::new(move |_| self.opened());
        let failed = Closure::<dyn FnMut(Event)>::new(move |_| self.link.set(Link::Lost));
        let arrived =
            Closure::<dyn FnMut(MessageEvent)>::new(move |it: MessageEvent| self.arrived(&it));
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(failed.as_ref().unchecked_ref()));
        source.set_onmessage(Some(arrived.as_ref().unchecked_ref()));
        for (topic, _) in self.channels.get_value() {
            let _ = source
                .add_event_listener_with_callback(topic.as_str(), arrived.as_ref().unchecked_ref());
        }
        let kept = StoredValue::new_local((source, opened, failed, arrived));
        on_cleanup(move || {
            kept.try_update_value(|it| it.0.close());
        });
    }

    /// After a gap everything may have changed, so every topic grows.
    fn opened(self) {
        if self.link.get_untracked() == Link::Lost {
            self.channels
                .with_value(|all| all.iter().for_each(|it| it.1.version.update(|it| *it += 1)));
        }
        self.link.set(Link::Open);
    }

    fn arrived(self, message: &MessageEvent) {
        let Some(text) = message.data().as_string() else { return };
        let Ok(event) = serde_json::from_str::<LiveEvent>(&text) else { return };
        let number = message.last_event_id();
        if !number.is_empty() {
            self.seen.set_value(number);
        }
        let channel = TOPICS
            .into_iter()
            .find(|it| it.as_str() == event.topic)
            .and_then(|it| self.channel(it));
        if let Some(channel) = channel {
            channel.last.set(Some(event));
            channel.version.update(|it| *it += 1);
        }
    }
}

/// Whether the page must work from what it has: no network, or no events.
pub fn is_offline() -> Signal<bool> {
    let live = use_live();
    let online = RwSignal::new(true);
    Effect::new(move || {
        online.set(browser::is_online());
        let on = window_event_listener(leptos::ev::online, move |_| online.set(true));
        let off = window_event_listener(leptos::ev::offline, move |_| online.set(false));
        on_cleanup(move || {
            on.remove();
            off.remove();
        });
    });
    Signal::derive(move || !online.get() || live.link.get() == Link::Lost)
}
