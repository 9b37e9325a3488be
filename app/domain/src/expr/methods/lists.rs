//! Methods of lists. Nothing is changed: `sort` and `reverse` give a new list.

use super::super::eval::{Evaluated, Machine};
use super::super::global::count;
use super::super::limit::{Stop, nonsense};
use super::super::operators;
use super::super::value::Val;
use super::{exact_place, of_anything, place};
use std::cmp::Ordering;

/// Calls a method of a list.
pub(super) fn call<'a>(
    machine: &mut Machine<'_, 'a>,
    value: &Val<'a>,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let items = machine.iterated(value)?;
    machine.budget.work(items.len())?;
    let list =
        List { machine, items, function: arguments.first().cloned().unwrap_or(Val::Undefined) };
    match name {
        "map" | "filter" | "find" | "findIndex" | "findLast" | "findLastIndex" | "some"
        | "every" | "forEach" | "flatMap" => list.each(name),
        "reduce" | "reduceRight" => list.reduce(name == "reduceRight", arguments),
        "sort" | "toSorted" => list.sort(),
        "reverse" | "toReversed" => {
            let List { machine, mut items, .. } = list;
            items.reverse();
            machine.list(items)
        }
        "includes" | "indexOf" | "lastIndexOf" => list.search(name),
        "join" => list.join(arguments),
        "flat" => list.flat(arguments),
        "slice" | "concat" | "with" | "at" | "pop" | "shift" | "keys" | "entries" => {
            list.part(name, arguments)
        }
        "push" | "unshift" | "splice" | "fill" => {
            nonsense(format!("{name} would change a list; write [...list, item] for a new one"))
        }
        _ => of_anything(list.machine, value, name, arguments),
    }
}

struct List<'m, 's, 'a> {
    machine: &'m mut Machine<'s, 'a>,
    items: Vec<Val<'a>>,
    function: Val<'a>,
}

impl<'a> List<'_, '_, 'a> {
    fn ask(&mut self, at: usize) -> Evaluated<'a> {
        let item = self.items.get(at).cloned().unwrap_or(Val::Undefined);
        let function = self.function.clone();
        self.machine.invoke(&function, &[item, count(at)])
    }

    fn each(mut self, name: &str) -> Evaluated<'a> {
        let backwards = matches!(name, "findLast" | "findLastIndex");
        let len = self.items.len();
        let mut kept = Vec::new();
        for step in 0..len {
            let at = if backwards { len - 1 - step } else { step };
            let answer = self.ask(at)?;
            let item = self.items.get(at).cloned().unwrap_or(Val::Undefined);
            match name {
                "map" => kept.push(answer),
                "flatMap" if answer.list_len().is_some() => {
                    kept.extend(self.machine.iterated(&answer)?)
                }
                "flatMap" => kept.push(answer),
                "filter" if answer.is_truthy() => kept.push(item),
                "find" | "findLast" if answer.is_truthy() => return Ok(item),
                "findIndex" | "findLastIndex" if answer.is_truthy() => return Ok(count(at)),
                "some" if answer.is_truthy() => return Ok(Val::Bool(true)),
                "every" if !answer.is_truthy() => return Ok(Val::Bool(false)),
                _ => {}
            }
        }
        match name {
            "map" | "flatMap" | "filter" => self.machine.list(kept),
            "findIndex" | "findLastIndex" => Ok(Val::Number(-1.0)),
            "some" => Ok(Val::Bool(false)),
            "every" => Ok(Val::Bool(true)),
            _ => Ok(Val::Undefined),
        }
    }

    fn reduce(self, backwards: bool, arguments: &[Val<'a>]) -> Evaluated<'a> {
        let Self { machine, items, function } = self;
        let mut items: Vec<_> = items.into_iter().enumerate().collect();
        if backwards {
            items.reverse();
        }
        let mut items = items.into_iter();
        let mut result = match arguments.get(1) {
            Some(it) => it.clone(),
            None => match items.next() {
                Some(it) => it.1,
                None => return nonsense("an empty list cannot be reduced without a first value"),
            },
        };
        for (at, item) in items {
            result = machine.invoke(&function, &[result, item, count(at)])?;
        }
        Ok(result)
    }

    /// A merge sort, because the comparing function can stop or make no sense.
    fn sort(self) -> Evaluated<'a> {
        let Self { machine, items, function } = self;
        let (mut sorted, mut absent) = (Vec::new(), Vec::new());
        for it in items {
            if matches!(it, Val::Undefined) { absent.push(it) } else { sorted.push(vec![it]) }
        }
        while sorted.len() > 1 {
            let mut merged = Vec::with_capacity(sorted.len().div_ceil(2));
            let mut runs = sorted.into_iter();
            while let Some(left) = runs.next() {
                merged.push(match runs.next() {
                    Some(right) => merge(machine, &function, left, right)?,
                    None => left,
                });
            }
            sorted = merged;
        }
        let mut items = sorted.pop().unwrap_or_default();
        items.extend(absent);
        machine.list(items)
    }

    fn search(self, name: &str) -> Evaluated<'a> {
        if let Val::Text(text) = &self.function {
            self.machine.budget.work(self.items.len().saturating_mul(text.len() / 64))?;
        }
        let is_nan = |it: &Val<'_>| matches!(it, Val::Number(it) if it.is_nan());
        let fits = |it: &Val<'a>| {
            operators::same(it, &self.function)
                || (name == "includes" && is_nan(it) && is_nan(&self.function))
        };
        let found = if name == "lastIndexOf" {
            self.items.iter().rposition(fits)
        } else {
            self.items.iter().position(fits)
        };
        Ok(match found {
            _ if name == "includes" => Val::Bool(found.is_some()),
            Some(at) => count(at),
            None => Val::Number(-1.0),
        })
    }

    fn join(self, arguments: &[Val<'a>]) -> Evaluated<'a> {
        let separator = match arguments.first().filter(|it| !matches!(it, Val::Undefined)) {
            Some(it) => self.machine.text_of(it)?,
            None => ",".to_owned(),
        };
        let mut text = String::new();
        for (at, it) in self.items.iter().enumerate() {
            if at > 0 {
                self.machine.budget.make(separator.len())?;
                text.push_str(&separator);
            }
            if !it.is_nothing() {
                operators::write_text(self.machine, it, &mut text)?;
            }
        }
        self.machine.text(text)
    }

    fn flat(self, arguments: &[Val<'a>]) -> Evaluated<'a> {
        let levels = match arguments.first() {
            Some(it) => self.machine.number_of(it)?,
            None => 1.0,
        };
        let mut flat = Vec::new();
        flatten(self.machine, self.items, levels, &mut flat)?;
        self.machine.list(flat)
    }

    fn part(self, name: &str, arguments: &[Val<'a>]) -> Evaluated<'a> {
        let Self { machine, mut items, .. } = self;
        let len = items.len();
        match name {
            "at" => {
                let at = exact_place(machine, arguments.first(), len)?;
                Ok(at.and_then(|it| items.get(it).cloned()).unwrap_or(Val::Undefined))
            }
            "pop" => Ok(items.pop().unwrap_or(Val::Undefined)),
            "shift" => Ok(items.into_iter().next().unwrap_or(Val::Undefined)),
            "keys" => machine.list((0..len).map(count).collect()),
            "entries" => {
                let mut pairs = Vec::with_capacity(len);
                for (at, it) in items.into_iter().enumerate() {
                    pairs.push(machine.list(vec![count(at), it])?);
                }
                machine.list(pairs)
            }
            "with" => {
                let at = exact_place(machine, arguments.first(), len)?;
                let Some(slot) = at.and_then(|it| items.get_mut(it)) else {
                    return nonsense("the list has no such place");
                };
                *slot = arguments.get(1).cloned().unwrap_or(Val::Undefined);
                machine.list(items)
            }
            "concat" => {
                for it in arguments {
                    if it.list_len().is_some() {
                        items.extend(machine.iterated(it)?)
                    } else {
                        items.push(it.clone())
                    }
                }
                machine.list(items)
            }
            _ => {
                let from = place(machine, arguments.first(), len, 0)?;
                let to = place(machine, arguments.get(1), len, len)?;
                machine.list(items.into_iter().skip(from).take(to.saturating_sub(from)).collect())
            }
        }
    }
}

fn merge<'a>(
    machine: &mut Machine<'_, 'a>,
    function: &Val<'a>,
    left: Vec<Val<'a>>,
    right: Vec<Val<'a>>,
) -> Result<Vec<Val<'a>>, Stop> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let takes_right = order(machine, function, a, b)? == Ordering::Greater;
        merged.extend(if takes_right { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

fn order<'a>(
    machine: &mut Machine<'_, 'a>,
    function: &Val<'a>,
    a: &Val<'a>,
    b: &Val<'a>,
) -> Result<Ordering, Stop> {
    machine.budget.work(1)?;
    if let (Val::Undefined, Val::Text(a), Val::Text(b)) = (function, a, b) {
        machine.budget.work(a.len().min(b.len()) / 64)?;
        return Ok((**a).cmp(&**b));
    }
    if matches!(function, Val::Undefined) {
        return Ok(machine.text_of(a)?.cmp(&machine.text_of(b)?));
    }
    let answer = machine.invoke(function, &[a.clone(), b.clone()])?;
    Ok(machine.number_of(&answer)?.partial_cmp(&0.0).unwrap_or(Ordering::Equal))
}

fn flatten<'a>(
    machine: &mut Machine<'_, 'a>,
    items: Vec<Val<'a>>,
    levels: f64,
    flat: &mut Vec<Val<'a>>,
) -> Result<(), Stop> {
    for it in items {
        machine.budget.work(1)?;
        if levels >= 1.0 && it.list_len().is_some() {
            machine.enter()?;
            let inner = machine.iterated(&it)?;
            flatten(machine, inner, levels - 1.0, flat)?;
            machine.budget.leave();
        } else {
            flat.push(it);
        }
    }
    Ok(())
}
