//! Running JavaScript: one function, its inputs, what it gives.

use crate::log::Log;
use crate::{Job, Limits, Outcome, Ran, erase};
use rquickjs::promise::MaybePromise;
use rquickjs::{
    CatchResultExt, CaughtError, Context, Ctx, Error, Function, Module, Object, Runtime, Value,
};

const MB: u64 = 1024 * 1024;
const STACK: usize = 512 * 1024;
/// Letters of an error that are told.
const SHOWN: usize = 4_000;
/// What the language has and a code step does not need.
const ABSENT: [&str; 2] = ["gc", "performance"];

/// Runs `job` here, in this process.
pub(crate) fn run(job: &Job, limits: &Limits) -> Ran {
    let log = Log::default();
    let outcome = match gave(job, limits, &log) {
        Ok(Some(value)) => Outcome::Gave(value),
        Ok(None) => Outcome::Nothing,
        Err(why) => Outcome::Failed(why.chars().take(SHOWN).collect()),
    };
    Ran { outcome, logged: log.taken() }
}

fn gave(job: &Job, limits: &Limits, log: &Log) -> Result<Option<serde_json::Value>, String> {
    let source = erase::javascript(&job.code, job.language)?;
    let engine = |error: Error| format!("The code could not be run: {error}");
    let runtime = Runtime::new().map_err(engine)?;
    runtime.set_memory_limit(usize::try_from(limits.memory_mb * MB).unwrap_or(usize::MAX));
    runtime.set_max_stack_size(STACK);
    let context = Context::full(&runtime).map_err(engine)?;
    context.with(|ctx| {
        let text = called(&ctx, &source, (job, log)).map_err(|error| said(error, limits))?;
        let Some(text) = text else { return Ok(None) };
        if text.len() > limits.output_bytes {
            let most = limits.output_bytes / 1024;
            return Err(format!("The code gave more than {most} kB. Give less"));
        }
        serde_json::from_str(&text).map(Some).map_err(|_| "The code gave no JSON".to_owned())
    })
}

/// Why the code gave nothing.
enum Silence {
    /// It threw, or the engine gave up.
    Threw(String),
    /// It waits for what cannot come.
    Waits,
    /// There is no such function.
    NoCode,
}

fn said(silence: Silence, limits: &Limits) -> String {
    match silence {
        Silence::Threw(text) if text.contains("out of memory") => {
            format!("The code used more than {} MB of memory", limits.memory_mb)
        }
        Silence::Threw(text) => text,
        Silence::Waits => {
            "The code waits for something that never comes: nothing outside can be reached from here".to_owned()
        }
        Silence::NoCode => {
            "The code has no function called code. Write export const code = async (inputs) => { ... }".to_owned()
        }
    }
}

/// What the function gives, as JSON text.
fn called(
    ctx: &Ctx<'_>,
    source: &str,
    (job, log): (&Job, &Log),
) -> Result<Option<String>, Silence> {
    prepare(ctx, log).catch(ctx).map_err(threw)?;
    let module = Module::declare(ctx.clone(), "code.js", source).catch(ctx).map_err(threw)?;
    let (module, evaluated) = module.eval().catch(ctx).map_err(threw)?;
    evaluated.finish::<()>().catch(ctx).map_err(threw)?;
    let exported: Object<'_> = module.namespace().catch(ctx).map_err(threw)?;
    let code: Option<Function<'_>> = exported.get("code").unwrap_or_default();
    let code = code.ok_or(Silence::NoCode)?;
    let inputs = serde_json::to_string(&job.inputs).unwrap_or_default();
    let inputs = ctx.json_parse(inputs).catch(ctx).map_err(threw)?;
    let begun: MaybePromise<'_> = code.call((inputs,)).catch(ctx).map_err(threw)?;
    let value: Value<'_> = begun.finish().catch(ctx).map_err(threw)?;
    if value.is_undefined() {
        return Ok(None);
    }
    let text = ctx.json_stringify(value).catch(ctx).map_err(threw)?;
    text.map(|it| it.to_string()).transpose().catch(ctx).map_err(threw)
}

fn prepare(ctx: &Ctx<'_>, log: &Log) -> Result<(), Error> {
    let globals = ctx.globals();
    for name in ABSENT {
        globals.remove(name)?;
    }
    log.listen(ctx)
}

fn threw(error: CaughtError<'_>) -> Silence {
    Silence::Threw(match error {
        CaughtError::Error(Error::WouldBlock) => return Silence::Waits,
        CaughtError::Error(Error::Allocation) => "out of memory".to_owned(),
        CaughtError::Error(error) => error.to_string(),
        CaughtError::Exception(exception) => {
            let name: String = exception.get("name").unwrap_or_else(|_| "Error".to_owned());
            let message = exception.message().unwrap_or_default();
            let stack = exception.stack().unwrap_or_default();
            format!("{name}: {message}\n{}", stack.trim_end()).trim_end().to_owned()
        }
        CaughtError::Value(value) => {
            let text = value.ctx().json_stringify(value.clone()).ok().flatten();
            let text = text.and_then(|it| it.to_string().ok());
            format!("The code threw {}", text.unwrap_or_else(|| "a value".to_owned()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use serde_json::json;

    fn whole(code: &str, language: Language) -> Ran {
        let inputs = json!({ "a": 2, "list": [1, 2, 3] }).as_object().cloned().unwrap_or_default();
        run(&Job { code: code.to_owned(), language, inputs }, &Limits::default())
    }

    fn ran(code: &str) -> Outcome {
        whole(code, Language::TypeScript).outcome
    }

    fn gives(code: &str) -> Option<serde_json::Value> {
        match ran(code) {
            Outcome::Gave(value) => Some(value),
            Outcome::Nothing => None,
            Outcome::Failed(why) => panic!("{code}: {why}"),
        }
    }

    fn fails(code: &str) -> String {
        match ran(code) {
            Outcome::Failed(why) => why,
            other => panic!("{code}: {other:?}"),
        }
    }

    #[test]
    fn what_a_function_gives_is_its_json() {
        assert_eq!(gives("export const code = async (inputs) => inputs.a * 21"), Some(json!(42)));
        assert_eq!(
            gives("(inputs: { list: number[] }) => inputs.list.map((it): number => it * 2)"),
            Some(json!([2, 4, 6]))
        );
        assert_eq!(
            gives("export function code() { return { a: [1, 'x', null] } }"),
            Some(json!({ "a": [1, "x", null] }))
        );
        assert_eq!(
            gives("async () => { await Promise.resolve(); return 'later' }"),
            Some(json!("later"))
        );
    }

    /// As recorded from the engine whose flows we run.
    #[test]
    fn values_that_json_does_not_have_become_what_the_recordings_say() {
        assert_eq!(gives("() => undefined"), None);
        assert_eq!(gives("() => null"), Some(json!(null)));
        assert_eq!(gives("() => new Date(0)"), Some(json!("1970-01-01T00:00:00.000Z")));
        assert_eq!(gives("() => new Map([[1, 2]])"), Some(json!({})));
        assert_eq!(gives("() => ({ n: NaN, u: undefined })"), Some(json!({ "n": null })));
    }

    #[test]
    fn nothing_outside_has_a_name() {
        for name in [
            "require",
            "process",
            "fetch",
            "setTimeout",
            "URL",
            "Buffer",
            "TextEncoder",
            "crypto",
            "structuredClone",
            "std",
            "os",
            "Deno",
            "WebAssembly",
            "performance",
            "Worker",
        ] {
            assert_eq!(gives(&format!("() => typeof {name}")), Some(json!("undefined")), "{name}");
        }
        assert_eq!(
            gives("() => { console.log('x'); return typeof console.error }"),
            Some(json!("function"))
        );
        assert!(fails("async () => (await import('os')).exec('ls')").contains("os"));
    }

    #[test]
    fn what_fails_says_why_and_where() {
        let thrown = fails("export const code = () => {\n  throw new TypeError('no paper')\n}");
        assert!(
            thrown.starts_with("TypeError: no paper") && thrown.contains("code.js:2"),
            "{thrown}"
        );
        assert_eq!(fails("() => { throw { a: 1 } }"), "The code threw {\"a\":1}");
        assert!(fails("async () => { await new Promise(() => {}) }").contains("never comes"));
        assert!(fails("const a = 1").contains("no function called code"));
        assert!(fails("() => {").starts_with("Line 1: "));
        assert!(fails("() => 1n").contains("BigInt"));
        assert!(fails("() => 'x'.repeat(6 * 1024 * 1024)").contains("more than"));
    }

    #[test]
    fn what_is_logged_is_kept_in_order_and_within_bounds() {
        let code = "() => { console.log('a', 1, { b: [2] }); console.warn(undefined); console.error(new Error('no')); \
                    throw new Error('end') }";
        let it = whole(code, Language::TypeScript);
        assert!(matches!(it.outcome, Outcome::Failed(_)));
        assert_eq!(it.logged, ["a 1 {\"b\":[2]}", "warning: undefined", "error: Error: no"]);
        let many = "() => { for (let i = 0; i < 150; i++) console.log('x'.repeat(9000)) }";
        let it = whole(many, Language::TypeScript);
        assert_eq!((it.logged.len(), it.logged[0].len()), (101, 400));
        assert_eq!(it.logged[100], "and 50 more");
        let odd = "() => { JSON.stringify = null; console.log('\\ud800 x', 1n, () => 1) }";
        assert_eq!(whole(odd, Language::TypeScript).logged, ["\u{fffd} x 1 () => 1"]);
    }

    #[test]
    fn types_are_a_mistake_in_javascript() {
        let typed = "(inputs: { a: number }) => inputs.a";
        assert_eq!(whole(typed, Language::TypeScript).outcome, Outcome::Gave(json!(2)));
        let Outcome::Failed(why) = whole(typed, Language::JavaScript).outcome else {
            panic!("ran")
        };
        assert!(why.starts_with("Line 1: "), "{why}");
        let plain = "(inputs) => inputs.a < 3 > (false)";
        assert_eq!(whole(plain, Language::JavaScript).outcome, Outcome::Gave(json!(true)));
    }

    #[test]
    fn memory_and_depth_are_bounded_by_the_engine_too() {
        let bomb = "() => { const a = []; for (;;) a.push('x'.repeat(1e6) + a.length) }";
        assert!(fails(bomb).contains("128 MB"));
        assert!(fails("() => { const f = () => f() + 1; return f() }").contains("stack"));
    }
}
