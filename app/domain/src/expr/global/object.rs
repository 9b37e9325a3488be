//! `Object.…`, `Array.…` and `flattenNestedKeys`.

use super::super::eval::{Evaluated, Machine};
use super::super::limit::{Stop, nonsense};
use super::super::value::{Fields, Val};
use std::rc::Rc;

/// A function of `Object` or `Array`.
pub(super) fn call<'a>(
    machine: &mut Machine<'_, 'a>,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let first = arguments.first().cloned().unwrap_or(Val::Undefined);
    match name {
        "Array.isArray" => Ok(Val::Bool(first.list_len().is_some())),
        "Array.of" => machine.list(arguments.to_vec()),
        "Array.from" => from(machine, &first, arguments.get(1)),
        "Object.keys" => {
            let keys = machine.fields(&first)?.into_iter().map(|it| Val::text(it.0)).collect();
            machine.list(keys)
        }
        "Object.values" => {
            let values = machine.fields(&first)?.into_iter().map(|it| it.1).collect();
            machine.list(values)
        }
        "Object.entries" => entries(machine, &first),
        "Object.fromEntries" => from_entries(machine, &first),
        "Object.assign" => assign(machine, arguments),
        _ => nonsense(format!("{name} is not supported")),
    }
}

fn entries<'a>(machine: &mut Machine<'_, 'a>, value: &Val<'a>) -> Evaluated<'a> {
    let mut pairs = Vec::new();
    for (key, value) in machine.fields(value)? {
        pairs.push(machine.list(vec![Val::text(key), value])?);
    }
    machine.list(pairs)
}

fn from_entries<'a>(machine: &mut Machine<'_, 'a>, pairs: &Val<'a>) -> Evaluated<'a> {
    let mut fields = Fields::default();
    for pair in machine.iterated(pairs)? {
        let key: Rc<str> = machine.text_of(&pair.item(0).unwrap_or(Val::Undefined))?.into();
        machine.budget.make(64)?;
        fields.set(key, pair.item(1).unwrap_or(Val::Undefined));
    }
    Ok(Val::object(fields)?)
}

fn assign<'a>(machine: &mut Machine<'_, 'a>, objects: &[Val<'a>]) -> Evaluated<'a> {
    let mut fields = Fields::default();
    for object in objects {
        for (key, value) in machine.fields(object)? {
            fields.set(key, value);
        }
    }
    Ok(Val::object(fields)?)
}

/// A list from a list, a text or `{length: n}`.
fn from<'a>(
    machine: &mut Machine<'_, 'a>,
    source: &Val<'a>,
    map: Option<&Val<'a>>,
) -> Evaluated<'a> {
    let items = match source.field("length") {
        Some(length) => {
            let length = machine.number_of(&length)?;
            let wanted = if length.is_finite() { length.max(0.0) } else { 0.0 };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative; paid for below"
            )]
            let wanted = wanted as usize;
            machine.budget.make(wanted.saturating_mul(32))?;
            vec![Val::Undefined; wanted]
        }
        None => machine.iterated(source)?,
    };
    let Some(map) = map else { return machine.list(items) };
    let mut mapped = Vec::with_capacity(items.len());
    for (at, it) in items.into_iter().enumerate() {
        mapped.push(machine.invoke(map, &[it, super::count(at)])?);
    }
    machine.list(mapped)
}

/// `flattenNestedKeys(value, ['a', 'b'])`: what is at the path, through lists, as one flat list.
pub(super) fn flatten_nested_keys<'a>(
    machine: &mut Machine<'_, 'a>,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let mut path = Vec::new();
    for it in arguments.get(1).and_then(Val::items).unwrap_or_default() {
        path.push(machine.text_of(&it)?);
    }
    let mut found = Vec::new();
    let value = arguments.first().cloned().unwrap_or(Val::Undefined);
    let is_list = collect(machine, &value, &path, &mut found)?;
    if is_list {
        return machine.list(found);
    }
    match found.into_iter().next() {
        Some(it) => Ok(it),
        None => machine.list(Vec::new()),
    }
}

/// Whether a list was passed on the way.
fn collect<'a>(
    machine: &mut Machine<'_, 'a>,
    value: &Val<'a>,
    path: &[String],
    found: &mut Vec<Val<'a>>,
) -> Result<bool, Stop> {
    machine.budget.work(1)?;
    machine.enter()?;
    let mut is_list = false;
    if let Some(len) = value.list_len() {
        is_list = true;
        for at in 0..len {
            collect(machine, &value.item(at).unwrap_or(Val::Undefined), path, found)?;
        }
    } else if let Some((key, rest)) = path.split_first() {
        if let Some(inner) = value.field(key) {
            is_list = collect(machine, &inner, rest, found)?;
        }
    } else {
        machine.budget.make(32)?;
        found.push(value.clone());
    }
    machine.budget.leave();
    Ok(is_list)
}
