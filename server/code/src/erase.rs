//! TypeScript to JavaScript by taking types away: each becomes blanks, so every line and column stays where it was.
//! What is more than a type (`enum`, `namespace`, parameter properties, decorators) is refused with what to write.

use crate::Language;
use oxc_allocator::Allocator;
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_ast_visit::walk;
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use oxc_syntax::scope::ScopeFlags;

/// JavaScript that exports `code`.
///
/// # Errors
/// What is wrong with the text, and in which line.
pub(crate) fn javascript(source: &str, language: Language) -> Result<String, String> {
    let allocator = Allocator::default();
    let kind = match language {
        Language::TypeScript => SourceType::ts().with_module(true),
        Language::JavaScript => SourceType::mjs(),
    };
    let parsed = Parser::new(&allocator, source, kind).parse();
    if let Some(error) = parsed.diagnostics.iter().next() {
        let at = error.labels.first().map_or(0, |it| it.offset() as usize);
        return Err(format!("Line {}: {}", line_of(source, at), error.message));
    }
    let mut eraser = Eraser { source, bytes: source.as_bytes().to_vec(), refused: None };
    eraser.visit_program(&parsed.program);
    if let Some((at, why)) = eraser.refused {
        return Err(format!("Line {}: {why}", line_of(source, at)));
    }
    let mut text = String::from_utf8(eraser.bytes)
        .map_err(|_| "The code holds letters that cannot be read".to_owned())?;
    if let Some(at) = lone_function(&parsed.program) {
        text.insert_str(at, "export const code = ");
    }
    Ok(text)
}

fn line_of(source: &str, at: usize) -> usize {
    source.bytes().take(at).filter(|it| *it == b'\n').count() + 1
}

/// Where the one function begins that is the whole program.
fn lone_function(program: &Program<'_>) -> Option<usize> {
    let [Statement::ExpressionStatement(statement)] = program.body.as_slice() else { return None };
    let is_function = matches!(
        statement.expression.get_inner_expression(),
        Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_)
    );
    is_function.then(|| statement.span.start as usize)
}

struct Eraser<'s> {
    source: &'s str,
    bytes: Vec<u8>,
    refused: Option<(usize, &'static str)>,
}

impl Eraser<'_> {
    fn blank(&mut self, from: u32, to: u32) {
        for byte in self.bytes.iter_mut().take(to as usize).skip(from as usize) {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    fn blank_span(&mut self, span: Span) {
        self.blank(span.start, span.end);
    }

    fn refuse(&mut self, span: Span, why: &'static str) {
        self.refused.get_or_insert((span.start as usize, why));
    }

    /// Blanks the first `mark` between two places.
    fn blank_mark(&mut self, mark: u8, from: u32, to: u32) {
        let between = self.bytes.iter().take(to as usize).skip(from as usize);
        if let Some(at) = between.clone().position(|it| *it == mark) {
            let at = from + u32::try_from(at).unwrap_or_default();
            self.blank(at, at + 1);
        }
    }

    /// Blanks words of TypeScript before the name of a class member; a semicolon keeps members apart.
    fn blank_words(&mut self, from: u32, to: u32) {
        const WORDS: [&str; 7] =
            ["public", "private", "protected", "readonly", "override", "declare", "abstract"];
        let Some(text) = self.source.get(from as usize..to as usize) else { return };
        let mut at = from;
        for (index, word) in text.split_inclusive(char::is_whitespace).enumerate() {
            let length = u32::try_from(word.len()).unwrap_or_default();
            if WORDS.contains(&word.trim_end()) {
                self.blank(at, at + length);
                if index == 0
                    && let Some(byte) = self.bytes.get_mut(at as usize)
                {
                    *byte = b';';
                }
            }
            at += length;
        }
    }

    /// A member with words before its name and marks after it.
    fn member(&mut self, span: Span, key: Span, after: Option<u32>, marked: bool) {
        self.blank_words(span.start, key.start);
        if marked {
            let to = after.unwrap_or(span.end);
            self.blank_mark(b'?', key.end, to);
            self.blank_mark(b'!', key.end, to);
        }
    }
}

impl<'a> Visit<'a> for Eraser<'_> {
    fn visit_ts_type_annotation(&mut self, it: &TSTypeAnnotation<'a>) {
        // The colon stands before the span of some annotations and in that of others.
        let before = self.source.get(..it.span.start as usize).unwrap_or_default().trim_end();
        if before.ends_with(':') {
            self.blank(u32::try_from(before.len() - 1).unwrap_or_default(), it.span.start);
        }
        self.blank_span(it.span);
    }

    fn visit_ts_type_parameter_declaration(&mut self, it: &TSTypeParameterDeclaration<'a>) {
        self.blank_span(it.span);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.blank_span(it.span);
    }

    fn visit_ts_interface_declaration(&mut self, it: &TSInterfaceDeclaration<'a>) {
        self.blank_span(it.span);
    }

    fn visit_ts_type_alias_declaration(&mut self, it: &TSTypeAliasDeclaration<'a>) {
        self.blank_span(it.span);
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        self.blank(it.expression.span().end, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        self.blank(it.expression.span().end, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        self.blank(it.span.start, it.expression.span().start);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.blank(it.expression.span().end, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_this_parameter(&mut self, it: &TSThisParameter<'a>) {
        let rest = self.source.get(it.span.end as usize..).unwrap_or_default();
        let gap = rest.len() - rest.trim_start().len();
        let comma = u32::from(rest.trim_start().starts_with(','));
        let gap = if comma == 1 { u32::try_from(gap).unwrap_or_default() } else { 0 };
        self.blank(it.span.start, it.span.end + gap + comma);
    }

    fn visit_ts_index_signature(&mut self, it: &TSIndexSignature<'a>) {
        self.blank_span(it.span);
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        if it.accessibility.is_some() || it.readonly || it.r#override {
            self.refuse(it.span, "A parameter cannot be a property. Set it in the constructor");
        }
        if it.optional {
            self.blank_mark(b'?', it.pattern.span().end, it.span.end);
        }
        walk::walk_formal_parameter(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if it.definite {
            self.blank_mark(b'!', it.id.span().end, it.span.end);
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        if it.declare {
            return self.blank_span(it.span);
        }
        walk::walk_variable_declaration(self, it);
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        // An overload or a declaration alone.
        if it.body.is_none() {
            return self.blank_span(it.span);
        }
        walk::walk_function(self, it, flags);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        if it.declare {
            return self.blank_span(it.span);
        }
        if it.r#abstract {
            let keyword = self.source.get(it.span.start as usize..).unwrap_or_default();
            let length = keyword.find("class").unwrap_or_default();
            self.blank(it.span.start, it.span.start + u32::try_from(length).unwrap_or_default());
        }
        if let (Some(first), Some(last)) = (it.implements.first(), it.implements.last()) {
            let before = self.source.get(..first.span.start as usize).unwrap_or_default();
            let from = before.rfind("implements").unwrap_or_default();
            self.blank(u32::try_from(from).unwrap_or_default(), last.span.end);
        }
        walk::walk_class(self, it);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        if it.value.body.is_none() {
            return self.blank_span(it.span);
        }
        let to = it.value.params.span.start;
        self.member(it.span, it.key.span(), Some(to), it.optional);
        walk::walk_method_definition(self, it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        let is_abstract = it.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition;
        if it.declare || is_abstract {
            return self.blank_span(it.span);
        }
        let to = it.type_annotation.as_ref().map(|it| it.span.start);
        let to = to.or_else(|| it.value.as_ref().map(|it| it.span().start));
        self.member(it.span, it.key.span(), to, it.optional || it.definite);
        walk::walk_property_definition(self, it);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        match it.import_kind {
            ImportOrExportKind::Type => self.blank_span(it.span),
            ImportOrExportKind::Value => self.refuse(
                it.span,
                "Packages cannot be imported into a code step. Write what you need into the step",
            ),
        }
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        if it.export_kind == ImportOrExportKind::Type {
            self.blank_span(it.span);
        }
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        let is_type = matches!(
            it.declaration,
            Declaration::TSInterfaceDeclaration(_) | Declaration::TSTypeAliasDeclaration(_)
        );
        if is_type {
            return self.blank_span(it.span);
        }
        walk::walk_export_declaration(self, it);
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        self.refuse(
            it.span,
            "An enum is more than a type. Write an object: const Kind = { A: 'a' }",
        );
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        self.refuse(it.span, "A namespace is more than a type. Write an object or functions");
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.refuse(it.span, "Packages cannot be imported into a code step");
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        self.refuse(it.span, "Write export const code = async (inputs) => { ... }");
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.refuse(it.span, "Decorators cannot be used here. Call the function yourself");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erased(source: &str) -> String {
        javascript(source, Language::TypeScript).unwrap()
    }

    /// Without the blanks, which stand where the types stood.
    fn squeezed(source: &str) -> String {
        erased(source).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn types_become_blanks_and_nothing_moves() {
        let source = "interface A { x: number }\nexport const code = async (inputs: A): Promise<number> => {\n  return inputs.x as number;\n};";
        let text = erased(source);
        assert_eq!(text.len(), source.len());
        assert_eq!(text.lines().count(), source.lines().count());
        assert_eq!(
            squeezed(source),
            "export const code = async (inputs ) => { return inputs.x ; };"
        );
    }

    #[test]
    fn every_kind_of_type_goes() {
        for (typed, plain) in [
            ("let a: Map<string, number[]> = new Map<string, number[]>();", "let a = new Map ();"),
            ("let b!: string;", "let b ;"),
            (
                "function f<T>(this: T, a?: number, ...b: T[]): a is number { return a!; }",
                "function f ( a , ...b ) { return a ; }",
            ),
            ("const c = <T,>(x: T) => x satisfies T;", "const c = (x ) => x ;"),
            ("const d = (e as any) as string;", "const d = (e ) ;"),
            ("type X = { a: string }; export type Y = X;", ""),
            (
                "class G<T> extends H<T> implements I, J { private readonly k: number = 1; static l?: T; m?(n: T): void {} }",
                "class G extends H { ; k = 1; static l ; m (n ) {} }",
            ),
            (
                "abstract class O { abstract p(): void; declare q: string; r() { return 1; } }",
                "class O { r() { return 1; } }",
            ),
            ("function s(a: string): void; function s(a: any) {}", "function s(a ) {}"),
            (
                "declare const t: string; import type { U } from 'u'; let v = w?.x!.y;",
                "let v = w?.x .y;",
            ),
            ("const z = a < b ? c : d;", "const z = a < b ? c : d;"),
        ] {
            let given = squeezed(typed);
            let given = given.trim_start_matches("; ").to_owned();
            assert_eq!(given.trim(), plain, "{typed}");
            assert!(
                javascript(&erased(typed), Language::JavaScript).is_ok(),
                "{typed} becomes {}",
                erased(typed)
            );
        }
    }

    #[test]
    fn a_function_alone_is_the_code() {
        for source in [
            "async (inputs) => inputs.a",
            "(async function (inputs) { return 1 })",
            "(x: number) => x;",
        ] {
            assert!(erased(source).starts_with("export const code = "), "{source}");
        }
        assert!(!erased("export const code = () => 1").contains("code = export"));
    }

    #[test]
    fn what_is_more_than_a_type_is_refused_with_its_line() {
        for (source, why) in [
            ("\nenum A { B }", "Line 2: An enum"),
            ("namespace N { export const a = 1 }", "Line 1: A namespace"),
            ("class A { constructor(private b: string) {} }", "Line 1: A parameter"),
            ("import x from 'x';", "Line 1: Packages"),
            ("const a = ;", "Line 1: "),
        ] {
            let refused = javascript(source, Language::TypeScript).unwrap_err();
            assert!(refused.starts_with(why), "{refused}");
        }
    }
}
