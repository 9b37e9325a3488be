//! Sticky notes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A sticky note on the canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The note.
    pub id: String,
    /// Its text.
    pub content: String,
    /// `orange`, `red`, `green`, `blue`, `purple`, `yellow`.
    pub color: String,
    /// Canvas units.
    pub position: Value,
    /// Canvas units.
    pub size: Value,
    /// Who wrote it.
    #[serde(default)]
    pub owner_id: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub created_at: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub updated_at: Option<String>,
}

impl Note {
    /// What a note can look like.
    pub const COLORS: [&str; 6] = ["yellow", "orange", "red", "green", "blue", "purple"];
    const USUAL: (i32, i32) = (200, 120);

    /// An empty note with its upper left corner at `(x, y)`, canvas units.
    pub fn new(id: String, at: (i32, i32)) -> Self {
        let (color, content) = (Self::COLORS[0].to_owned(), String::new());
        let (owner_id, created_at, updated_at) = (None, None, None);
        let (position, size) = (Value::Null, Value::Null);
        let empty = Self { id, content, color, position, size, owner_id, created_at, updated_at };
        empty.placed(at).sized(Self::USUAL)
    }

    /// Its upper left corner, canvas units.
    pub fn corner(&self) -> (i32, i32) {
        (number(&self.position, "x").unwrap_or(0), number(&self.position, "y").unwrap_or(0))
    }

    /// Its width and height, canvas units.
    pub fn extent(&self) -> (i32, i32) {
        let side = |name, usual: i32| number(&self.size, name).unwrap_or(usual).clamp(120, 1_200);
        (side("width", Self::USUAL.0), side("height", Self::USUAL.1))
    }

    /// The same note at another place.
    #[must_use]
    pub fn placed(self, (x, y): (i32, i32)) -> Self {
        Self { position: serde_json::json!({ "x": x, "y": y }), ..self }
    }

    /// The same note in another size.
    #[must_use]
    pub fn sized(self, (width, height): (i32, i32)) -> Self {
        Self { size: serde_json::json!({ "width": width, "height": height }), ..self }
    }
}

/// A whole number of an object that other editors wrote, perhaps with a fraction.
fn number(of: &Value, name: &str) -> Option<i32> {
    let exact = of.get(name)?.as_f64()?.clamp(-100_000.0, 100_000.0);
    format!("{exact:.0}").parse().ok()
}
