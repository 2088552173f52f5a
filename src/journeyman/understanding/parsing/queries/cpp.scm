((function_definition declarator: (function_declarator
  declarator: (identifier) @_test
  parameters: (parameter_list
    . (parameter_declaration type: (type_identifier) @owner)
    . (parameter_declaration type: (type_identifier) @name) .))) @definition.function
  (#match? @_test "^[A-Z_]*TEST[A-Z_]*$"))
(class_specifier name: (_) @name body: (_)) @definition.class
(struct_specifier name: (template_type) @name body: (_)) @definition.struct
(struct_specifier name: (qualified_identifier) @name body: (_)) @definition.struct
(namespace_definition
  name: [(namespace_identifier) (nested_namespace_specifier)] @name) @definition.module
(alias_declaration name: (type_identifier) @name) @definition.type
(concept_definition name: (identifier) @name) @definition.type
(function_definition declarator: (reference_declarator
  (function_declarator declarator: (_) @name))) @definition.function
(function_definition declarator: (operator_cast "operator" @name)) @definition.function
(function_definition declarator: (qualified_identifier
  name: (operator_cast)) @name) @definition.function
(field_declaration declarator: [
  (function_declarator declarator: (field_identifier) @name)
  (function_declarator declarator: (operator_name) @name)
  (pointer_declarator declarator: (function_declarator declarator: (_) @name))
  (reference_declarator (function_declarator declarator: (_) @name))
  ]) @definition.method
(field_declaration_list (declaration
  declarator: (function_declarator declarator: (_) @name)) @definition.method)
(field_declaration declarator: (reference_declarator (field_identifier) @name)) @definition.field
(translation_unit (declaration declarator: [
  (function_declarator declarator: [(identifier) (qualified_identifier) (operator_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (reference_declarator (function_declarator declarator: (_) @name))
  ]) @definition.function)
(translation_unit (declaration declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)])
  ]) @definition.constant)
(preproc_ifdef (declaration declarator: [
  (function_declarator declarator: [(identifier) (qualified_identifier) (operator_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (reference_declarator (function_declarator declarator: (_) @name))
  ]) @definition.function)
(preproc_ifdef (declaration declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)])
  ]) @definition.constant)
(preproc_if (declaration declarator: [
  (function_declarator declarator: [(identifier) (qualified_identifier) (operator_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (reference_declarator (function_declarator declarator: (_) @name))
  ]) @definition.function)
(preproc_if (declaration declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)])
  ]) @definition.constant)
(preproc_else (declaration declarator: [
  (function_declarator declarator: [(identifier) (qualified_identifier) (operator_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (reference_declarator (function_declarator declarator: (_) @name))
  ]) @definition.function)
(preproc_else (declaration declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)])
  ]) @definition.constant)
(linkage_specification (declaration declarator: [
  (function_declarator declarator: [(identifier) (qualified_identifier) (operator_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (reference_declarator (function_declarator declarator: (_) @name))
  ]) @definition.function)
(linkage_specification (declaration declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)])
  ]) @definition.constant)
(declaration_list (declaration declarator: [
  (function_declarator declarator: [(identifier) (qualified_identifier) (operator_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (reference_declarator (function_declarator declarator: (_) @name))
  ]) @definition.function)
(declaration_list (declaration declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)])
  ]) @definition.constant)
(template_declaration (declaration declarator: [
  (function_declarator declarator: [(identifier) (qualified_identifier) (operator_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (reference_declarator (function_declarator declarator: (_) @name))
  ]) @definition.function)
(template_declaration (declaration declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)])
  ]) @definition.constant)
; references
(call_expression function: (field_expression
  field: (template_method name: (field_identifier) @call)))
(call_expression function: (template_function name: (identifier) @call))
(call_expression function: (qualified_identifier name: [
  (identifier) @call
  (template_function name: (identifier) @call)
  (qualified_identifier name: [
    (identifier) @call
    (template_function name: (identifier) @call)
    (qualified_identifier name: [
      (identifier) @call
      (template_function name: (identifier) @call)])])]))
(new_expression type: (type_identifier) @call)
(new_expression type: (template_type name: (type_identifier) @call))
(new_expression type: (qualified_identifier name: (type_identifier) @call))
(base_class_clause (type_identifier) @inherit)
(base_class_clause (template_type name: (type_identifier) @inherit))
(base_class_clause (qualified_identifier name: [
  (type_identifier) @inherit
  (template_type name: (type_identifier) @inherit)
  (qualified_identifier name: [
    (type_identifier) @inherit
    (template_type name: (type_identifier) @inherit)])]))
(type_parameter_declaration (type_identifier) @skip)
(optional_type_parameter_declaration name: (type_identifier) @skip)
(using_declaration) @import
