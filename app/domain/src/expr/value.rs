//! Values while an expression is evaluated: data is borrowed, nothing can be changed, nothing is a host object.

use super::limit::Limit;
use super::number;
use super::tree::Arrow;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Val<'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    /// A number of the data that 53 bits cannot hold; counts as a number, but passes through unchanged.
    Exact(&'a Number),
    Text(Text<'a>),
    /// A list or an object of the data.
    Data(&'a Value),
    List(Rc<Items<'a>>),
    Object(Rc<Fields<'a>>),
    /// Milliseconds since 1970; NaN is no date.
    Date(f64),
    Function(Rc<Closure<'a>>),
    /// `Math`, `Math.max`, `parseInt`.
    Native(Rc<str>),
}

/// A text of the data or a new one.
#[derive(Clone, Debug)]
pub(super) enum Text<'a> {
    Data(&'a str),
    New(Rc<str>),
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Data(it) => it,
            Self::New(it) => it,
        }
    }
}

/// How deep values may be nested, so that dropping and writing them needs a bounded stack.
const NESTING: u32 = 128;

/// The items of a new list.
#[derive(Debug)]
pub(super) struct Items<'a> {
    items: Vec<Val<'a>>,
    depth: u32,
}

/// The keys and values of a new object, in the order they were set.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    entries: Vec<(Rc<str>, Val<'a>)>,
    places: BTreeMap<Rc<str>, usize>,
    depth: u32,
}

impl<'a> Fields<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&Val<'a>> {
        self.entries.get(*self.places.get(key)?).map(|it| &it.1)
    }

    pub(super) fn set(&mut self, key: Rc<str>, value: Val<'a>) {
        self.depth = self.depth.max(value.depth());
        match self.places.get(&key).and_then(|it| self.entries.get_mut(*it)) {
            Some(entry) => entry.1 = value,
            None => {
                self.places.insert(key.clone(), self.entries.len());
                self.entries.push((key, value));
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(Rc<str>, Val<'a>)> {
        self.entries.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// A function with what it can see.
#[derive(Debug)]
pub(super) struct Closure<'a> {
    pub(super) arrow: Rc<Arrow>,
    pub(super) names: Names<'a>,
}

/// Bound names, innermost first.
pub(super) type Names<'a> = Option<Rc<Bound<'a>>>;

/// One bound name.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    name: Rc<str>,
    value: Val<'a>,
    outer: Names<'a>,
    depth: u32,
}

/// `outer` with one more name.
pub(super) fn bind<'a>(
    outer: Names<'a>,
    name: Rc<str>,
    value: Val<'a>,
) -> Result<Names<'a>, Limit> {
    let depth = value.depth().max(outer.as_ref().map_or(0, |it| it.depth)) + 1;
    if depth > NESTING {
        return Err(Limit::Depth);
    }
    Ok(Some(Rc::new(Bound { name, value, outer, depth })))
}

/// The value bound to `name`.
pub(super) fn bound<'a>(names: &Names<'a>, name: &str) -> Option<Val<'a>> {
    let chain = std::iter::successors(names.as_deref(), |it| it.outer.as_deref());
    let mut found = chain.filter(|it| &*it.name == name);
    found.next().map(|it| it.value.clone())
}

impl<'a> Val<'a> {
    /// A value of the data.
    pub(super) fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(it) => Self::Bool(*it),
            Value::Number(it) => match it.as_f64() {
                Some(float) if it.is_f64() || float.abs() < 9_007_199_254_740_992.0 => {
                    Self::Number(float)
                }
                _ => Self::Exact(it),
            },
            Value::String(it) => Self::Text(Text::Data(it)),
            Value::Array(_) | Value::Object(_) => Self::Data(value),
        }
    }

    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(Text::New(text.into()))
    }

    pub(super) fn list(items: Vec<Self>) -> Result<Self, Limit> {
        let depth = items.iter().map(Self::depth).max().unwrap_or(0);
        if depth >= NESTING {
            Err(Limit::Depth)
        } else {
            Ok(Self::List(Rc::new(Items { items, depth: depth + 1 })))
        }
    }

    pub(super) fn object(mut fields: Fields<'a>) -> Result<Self, Limit> {
        fields.depth += 1;
        if fields.depth > NESTING { Err(Limit::Depth) } else { Ok(Self::Object(Rc::new(fields))) }
    }

    /// How deep it is nested; data counts as one level, because reading it was bounded.
    fn depth(&self) -> u32 {
        match self {
            Self::List(it) => it.depth,
            Self::Object(it) => it.depth,
            Self::Function(it) => it.names.as_ref().map_or(0, |it| it.depth) + 1,
            _ => 0,
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(it) => *it,
            Self::Number(it) => *it != 0.0 && !it.is_nan(),
            Self::Text(it) => !it.is_empty(),
            _ => true,
        }
    }

    /// How many items a list has; nothing for what is no list.
    pub(super) fn list_len(&self) -> Option<usize> {
        match self {
            Self::Data(Value::Array(items)) => Some(items.len()),
            Self::List(list) => Some(list.items.len()),
            _ => None,
        }
    }

    /// The item of a list.
    pub(super) fn item(&self, at: usize) -> Option<Self> {
        match self {
            Self::Data(Value::Array(items)) => items.get(at).map(Self::of),
            Self::List(list) => list.items.get(at).cloned(),
            _ => None,
        }
    }

    /// The items of a list; nothing for what is no list.
    pub(super) fn items(&self) -> Option<Vec<Self>> {
        match self {
            Self::Data(Value::Array(items)) => Some(items.iter().map(Self::of).collect()),
            Self::List(list) => Some(list.items.clone()),
            _ => None,
        }
    }

    /// Whether it is an object with keys.
    pub(super) fn is_object(&self) -> bool {
        matches!(self, Self::Data(Value::Object(_)) | Self::Object(_))
    }

    /// How many keys an object has.
    pub(super) fn field_count(&self) -> usize {
        match self {
            Self::Data(Value::Object(map)) => map.len(),
            Self::Object(fields) => fields.len(),
            _ => 0,
        }
    }

    /// The value of a key of an object.
    pub(super) fn field(&self, key: &str) -> Option<Self> {
        match self {
            Self::Data(Value::Object(map)) => map.get(key).map(Self::of),
            Self::Object(fields) => fields.get(key).cloned(),
            _ => None,
        }
    }

    /// The keys and values of an object; the places and items of a list.
    pub(super) fn fields(&self) -> Vec<(Rc<str>, Self)> {
        match self {
            Self::Data(Value::Object(map)) => {
                map.iter().map(|(key, it)| (Rc::from(key.as_str()), Self::of(it))).collect()
            }
            Self::Object(fields) => fields.iter().cloned().collect(),
            other => {
                let items = other.items().unwrap_or_default().into_iter().enumerate();
                items.map(|(at, it)| (Rc::from(at.to_string()), it)).collect()
            }
        }
    }

    /// As JSON; nothing for `undefined` and functions. Depth is bounded by what made it.
    pub(super) fn to_json(&self) -> Option<Value> {
        Some(match self {
            Self::Undefined | Self::Function(_) | Self::Native(_) => return None,
            Self::Null => Value::Null,
            Self::Bool(it) => Value::Bool(*it),
            Self::Number(it) => number::to_json(*it),
            Self::Exact(it) => Value::Number((*it).clone()),
            Self::Text(it) => Value::from(&**it),
            Self::Data(it) => (*it).clone(),
            Self::List(list) => {
                list.items.iter().map(|it| it.to_json().unwrap_or(Value::Null)).collect()
            }
            Self::Object(fields) => {
                let pairs =
                    fields.iter().filter_map(|(key, it)| Some((key.to_string(), it.to_json()?)));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
            Self::Date(it) => {
                super::date::moment(*it).map_or(Value::Null, |it| super::date::iso_text(it).into())
            }
        })
    }
}
