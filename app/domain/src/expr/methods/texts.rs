//! Methods of texts; they count characters, not 16-bit units.

use super::super::eval::{Evaluated, Machine};
use super::super::global::count;
use super::super::limit::{Stop, nonsense};
use super::super::value::{Text, Val};
use super::{clamped, exact_place, of_anything, place};

/// Calls a method of a text.
pub(super) fn call<'a>(
    machine: &mut Machine<'_, 'a>,
    text: &Text<'a>,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    machine.budget.work(text.len() / 16)?;
    let argument = arguments.first();
    match name {
        "toUpperCase" | "toLocaleUpperCase" => machine.text(text.to_uppercase()),
        "toLowerCase" | "toLocaleLowerCase" => machine.text(text.to_lowercase()),
        "trim" => machine.text(text.trim().to_owned()),
        "trimStart" => machine.text(text.trim_start().to_owned()),
        "trimEnd" => machine.text(text.trim_end().to_owned()),
        "includes" | "startsWith" | "endsWith" | "indexOf" | "lastIndexOf" => {
            search(machine, text, name, arguments)
        }
        "slice" | "substring" | "substr" => part(machine, text, name, arguments),
        "at" | "charAt" | "charCodeAt" | "codePointAt" => character(machine, text, name, argument),
        "split" => split(machine, text, arguments),
        "replace" | "replaceAll" => replace(machine, text, name == "replaceAll", arguments),
        "repeat" => repeat(machine, text, argument),
        "padStart" | "padEnd" => pad(machine, text, name == "padStart", arguments),
        "concat" => {
            let mut all = text.to_string();
            for it in arguments {
                all.push_str(&machine.text_of(it)?);
            }
            machine.text(all)
        }
        "localeCompare" => {
            let other = machine.text_of(argument.unwrap_or(&Val::Undefined))?;
            let order = text
                .to_lowercase()
                .cmp(&other.to_lowercase())
                .then((**text).cmp(&*other).reverse());
            Ok(Val::Number(f64::from(order as i8)))
        }
        "normalize" => Ok(Val::Text(text.clone())),
        "match" | "matchAll" | "search" => nonsense("regular expressions are not supported"),
        _ => of_anything(machine, &Val::Text(text.clone()), name, arguments),
    }
}

fn search<'a>(
    machine: &mut Machine<'_, 'a>,
    text: &str,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let wanted = machine.text_of(arguments.first().unwrap_or(&Val::Undefined))?;
    let from = match arguments.get(1) {
        Some(it) => clamped(machine.number_of(it)?, text.len()),
        None => 0,
    };
    let start = text.char_indices().nth(from).map_or(text.len(), |it| it.0);
    let rest = text.get(start..).unwrap_or_default();
    let position = |found: Option<usize>| match found {
        Some(at) => count(text.get(..at).unwrap_or_default().chars().count()),
        None => Val::Number(-1.0),
    };
    Ok(match name {
        "includes" => Val::Bool(rest.contains(&wanted)),
        "startsWith" => Val::Bool(rest.starts_with(&wanted)),
        "indexOf" => position(rest.find(&wanted).map(|it| it + start)),
        "lastIndexOf" => position(text.rfind(&wanted)),
        _ => Val::Bool(text.ends_with(&wanted)),
    })
}

fn part<'a>(
    machine: &mut Machine<'_, 'a>,
    text: &str,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let len = text.chars().count();
    let (first, second) = (arguments.first(), arguments.get(1));
    let (from, to) = match name {
        "slice" => (place(machine, first, len, 0)?, place(machine, second, len, len)?),
        "substr" => {
            let from = place(machine, first, len, 0)?;
            let many = match second {
                Some(it) => clamped(machine.number_of(it)?, len),
                None => len,
            };
            (from, from.saturating_add(many).min(len))
        }
        _ => {
            let from = clamped(machine.number_of(first.unwrap_or(&Val::Undefined))?, len);
            let to = match second {
                Some(it) => clamped(machine.number_of(it)?, len),
                None => len,
            };
            (from.min(to), from.max(to))
        }
    };
    machine.text(text.chars().skip(from).take(to.saturating_sub(from)).collect())
}

fn character<'a>(
    machine: &mut Machine<'_, 'a>,
    text: &str,
    name: &str,
    argument: Option<&Val<'a>>,
) -> Evaluated<'a> {
    let len = text.chars().count();
    let at = match argument {
        Some(it) if name != "at" && machine.number_of(it)? < 0.0 => None,
        it => exact_place(machine, it, len)?,
    };
    let found = at.and_then(|it| text.chars().nth(it));
    Ok(match (name, found) {
        ("at" | "charAt", Some(it)) => Val::text(it.to_string()),
        ("charAt", None) => Val::text(""),
        ("charCodeAt" | "codePointAt", Some(it)) => Val::Number(f64::from(u32::from(it))),
        ("charCodeAt", None) => Val::Number(f64::NAN),
        _ => Val::Undefined,
    })
}

fn split<'a>(machine: &mut Machine<'_, 'a>, text: &str, arguments: &[Val<'a>]) -> Evaluated<'a> {
    let Some(separator) = arguments.first().filter(|it| !matches!(it, Val::Undefined)) else {
        let whole = machine.text(text.to_owned())?;
        return machine.list(vec![whole]);
    };
    let separator = machine.text_of(separator)?;
    let most = match arguments.get(1) {
        Some(it) => clamped(machine.number_of(it)?, usize::MAX),
        None => usize::MAX,
    };
    let pieces: Vec<String> = if separator.is_empty() {
        machine.budget.make(text.len() * 24)?;
        text.chars().take(most).map(|it| it.to_string()).collect()
    } else {
        machine.budget.make(text.matches(&separator).count() * 24)?;
        text.split(&separator).take(most).map(str::to_owned).collect()
    };
    let mut items = Vec::with_capacity(pieces.len());
    for it in pieces {
        items.push(machine.text(it)?);
    }
    machine.list(items)
}

fn replace<'a>(
    machine: &mut Machine<'_, 'a>,
    text: &str,
    all: bool,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let wanted = machine.text_of(arguments.first().unwrap_or(&Val::Undefined))?;
    let with = arguments.get(1).cloned().unwrap_or(Val::Undefined);
    let places: Vec<usize> =
        text.match_indices(&wanted).take(if all { usize::MAX } else { 1 }).map(|it| it.0).collect();
    let (mut replaced, mut at) = (String::new(), 0);
    for place in places {
        machine.budget.work(1)?;
        let new = replacement(machine, &with, &wanted)?;
        machine.budget.make(new.len() + place.saturating_sub(at))?;
        replaced.push_str(text.get(at..place).unwrap_or_default());
        replaced.push_str(&new);
        at = place + wanted.len();
    }
    replaced.push_str(text.get(at..).unwrap_or_default());
    machine.text(replaced)
}

fn replacement<'a>(
    machine: &mut Machine<'_, 'a>,
    with: &Val<'a>,
    found: &str,
) -> Result<String, Stop> {
    if let Val::Function(_) = with {
        let found = machine.text(found.to_owned())?;
        let new = machine.invoke(with, &[found])?;
        return machine.text_of(&new);
    }
    let with = machine.text_of(with)?;
    machine.budget.make(with.matches("$&").count().saturating_mul(found.len()))?;
    Ok(with.replace("$&", found).replace("$$", "$"))
}

fn repeat<'a>(
    machine: &mut Machine<'_, 'a>,
    text: &str,
    argument: Option<&Val<'a>>,
) -> Evaluated<'a> {
    let many = machine.number_of(argument.unwrap_or(&Val::Undefined))?;
    if many < 0.0 || many.is_infinite() {
        return nonsense("a text cannot be repeated that often");
    }
    let many = clamped(many, usize::MAX);
    machine.budget.make(text.len().saturating_mul(many))?;
    Ok(Val::text(text.repeat(many)))
}

fn pad<'a>(
    machine: &mut Machine<'_, 'a>,
    text: &str,
    at_start: bool,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let width = machine.number_of(arguments.first().unwrap_or(&Val::Undefined))?;
    let filler = match arguments.get(1) {
        Some(it) => machine.text_of(it)?,
        None => " ".to_owned(),
    };
    let missing = clamped(width, usize::MAX).saturating_sub(text.chars().count());
    machine.budget.make(missing.saturating_mul(4))?;
    let padding: String = filler.chars().cycle().take(missing).collect();
    machine.text(if at_start { format!("{padding}{text}") } else { format!("{text}{padding}") })
}
