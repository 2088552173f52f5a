"""JavaScript and TypeScript as the families read them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from journeyman.tasks.syntax.grammar import Grammar, pairs, table, words


def _javascript() -> Any:
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


def _typescript() -> Any:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()


def _tsx() -> Any:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_tsx()


_NO_CODE = words(
    """comment hash_bang_line regex import import_statement import_alias export_specifier decorator
    type_annotation type_arguments type_parameters type_predicate_annotation asserts_annotation
    interface_declaration type_alias_declaration ambient_declaration implements_clause
    function_signature abstract_method_signature method_signature property_signature
    index_signature accessibility_modifier type_identifier predefined_type union_type
    intersection_type literal_type object_type array_type tuple_type generic_type type_query
    index_type_query lookup_type conditional_type function_type constructor_type readonly_type
    parenthesized_type template_literal_type nested_type_identifier opting_type_annotation
    omitting_type_annotation"""
)
"""Types change nothing at run time; imports and decorators break everything at once."""

JAVASCRIPT = Grammar(
    name="javascript",
    load=_javascript,
    functions={
        "function_declaration": "name",
        "generator_function_declaration": "name",
        "function_expression": "name",
        "generator_function": "name",
        "arrow_function": "",
        "method_definition": "name",
    },
    classes={"class_declaration": "name", "class": "name", "abstract_class_declaration": "name"},
    skipped=_NO_CODE,
    blocks=words(
        """statement_block for_statement for_in_statement catch_clause program switch_body
        class_body"""
    ),
    bindings={
        "variable_declarator": ("name",),
        "function_declaration": ("name", "parameters"),
        "generator_function_declaration": ("name", "parameters"),
        "function_expression": ("parameters",),
        "generator_function": ("parameters",),
        "method_definition": ("parameters",),
        "arrow_function": ("parameters", "parameter"),
        "catch_clause": ("parameter",),
        "for_in_statement": ("left",),
        "class_declaration": ("name",),
    },
    hoisted=words("variable_declaration"),
    receivers=words("this super arguments undefined exports module"),
    augmented=words("augmented_assignment_expression"),
    comparisons=table("< <= >, <= < >=, > >= <, >= > <=, === !==, !== ===, == !=, != =="),
    logical=table("&& ||, || &&, ?? &&"),
    arithmetic=table("+ -, - +, * / +, / *, % / *, ** *, << >>, >> <<, >>> >>, & |, | &, ^ |"),
    assigning=table(
        "+= -= =, -= += =, *= /= =, /= *= =, %= /=, |= &= =, &= |= =, <<= >>=, >>= <<=, "
        "||= &&=, ??= &&="
    ),
    stepping=pairs("++ --"),
    number=words("number"),
    string=words("string"),
    constants=table("true false, false true, null undefined"),
    member=words("member_expression"),
    subscript=words("subscript_expression"),
    length=".length",
    conditional=words("if_statement"),
    ternary=words("ternary_expression"),
    leaving=words("return_statement throw_statement break_statement continue_statement"),
    exits={"break_statement": ("continue;",), "continue_statement": ("break;",)},
    loops=words("for_statement for_in_statement while_statement do_statement"),
    statement=words("expression_statement"),
    container=words("statement_block program switch_case switch_default"),
    awaiting="await_expression",
    optional={"?.": (".",)},
    defaulting=words("?? ||"),
    conversions=words(
        """Number String Boolean parseInt parseFloat BigInt Array.from Math.trunc Math.abs
        encodeURIComponent decodeURIComponent JSON.stringify"""
    ),
    converting=words(
        "toString trim toLowerCase toUpperCase valueOf trimEnd trimStart flat reverse sort"
    ),
    copying=words("slice concat clone"),
    spreads={"array": "spread_element", "object": "spread_element"},
    exceptions=table(
        "Error TypeError, TypeError RangeError Error, RangeError TypeError Error, "
        "SyntaxError TypeError, ReferenceError TypeError"
    ),
    sibling_functions=pairs(
        "parseInt parseFloat, String Number, setTimeout setInterval, "
        "encodeURIComponent encodeURI, decodeURIComponent decodeURI"
    ),
    sibling_methods=pairs(
        "min max, floor ceil, push unshift, pop shift, some every, startsWith endsWith, "
        "toUpperCase toLowerCase, indexOf lastIndexOf, trimStart trimEnd, keys values, "
        "padStart padEnd, getMonth getDate, filter map, find findIndex, add delete, "
        "slice splice, reduce reduceRight, resolve reject, call bind"
    )
    | table(
        "round floor, trunc round, trim trimStart, entries values, includes startsWith, "
        "forEach map, flatMap map, flat slice, replaceAll replace, replace concat, test exec, "
        "concat push, has get, getTime getDate, charCodeAt charAt, findLast find, "
        "getOwnPropertyNames keys"
    ),
    cosmetic=("throw ", "console.", "process.emitWarning"),
    keywords=words(
        """await break case catch class const continue debugger default delete do else enum export
        extends false finally for function if import in instanceof let new null return static super
        switch this throw true try typeof var void while with yield of async get set"""
    ),
    globals=words(
        """Array Object String Number Boolean Symbol Map Set Date Math JSON Promise Error RegExp
        BigInt Proxy Reflect Intl URL name self top length event status process global globalThis
        require module exports undefined NaN Infinity"""
    ),
)

TYPESCRIPT = replace(JAVASCRIPT, load=_typescript)
TSX = replace(JAVASCRIPT, load=_tsx)


def grammar_of(path: str) -> Grammar:
    """Return the grammar that reads a file."""
    if path.endswith((".ts", ".mts", ".cts")):
        return TYPESCRIPT
    return TSX if path.endswith(".tsx") else JAVASCRIPT
