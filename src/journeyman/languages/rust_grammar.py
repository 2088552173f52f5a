"""Rust as the families read it."""

from __future__ import annotations

from typing import Any

from journeyman.tasks.syntax.grammar import Grammar, pairs, table, words


def _rust() -> Any:
    import tree_sitter_rust

    return tree_sitter_rust.language()


RUST = Grammar(
    name="rust",
    load=_rust,
    functions={"function_item": "name"},
    classes={"impl_item": "type", "mod_item": "name", "trait_item": "name"},
    skipped=words(
        """attribute_item inner_attribute_item use_declaration type_arguments type_parameters
        reference_type generic_type primitive_type lifetime line_comment block_comment
        match_pattern macro_definition where_clause const_item static_item struct_item enum_item"""
    ),
    blocks=words("block match_arm for_expression closure_expression"),
    bindings={
        "let_declaration": ("pattern",),
        "parameter": ("pattern",),
        "for_expression": ("pattern",),
        "closure_expression": ("parameters",),
    },
    receivers=words("self super crate"),
    augmented=words("compound_assignment_expr"),
    comparisons=table("< <= >, <= < >=, > >= <, >= > <=, == !=, != =="),
    logical=table("&& ||, || &&"),
    arithmetic=table("+ -, - +, * + /, / *, % /, << >>, >> <<, & |, | &, ^ |"),
    assigning=table("+= -=, -= +=, *= +=, |= &=, &= |="),
    number=words("integer_literal"),
    string=words("string_literal char_literal"),
    constants=pairs("true false"),
    member=words("field_expression"),
    object="value",
    property="field",
    conditional=words("if_expression"),
    leaving=words("return_expression break_expression continue_expression"),
    returning=("return_expression", "return"),
    exits={"break_expression": ("continue",), "continue_expression": ("break",)},
    loops=words("for_expression while_expression loop_expression"),
    statement=words("expression_statement"),
    container=words("block"),
    sibling_methods=pairs(
        "min max, any all, push_front push_back, pop_front pop_back, first last, "
        "starts_with ends_with, trim_start trim_end, to_lowercase to_uppercase, is_some is_none, "
        "is_ok is_err, take skip, find rfind, floor ceil, saturating_add saturating_sub, "
        "wrapping_add wrapping_sub, and or, keys values"
    ),
    cosmetic=("panic!", "println!", "eprintln!", "unreachable!"),
    keywords=words("fn let mut if else match for in while loop"),
)
