(class_declaration "interface" name: (identifier) @name) @definition.interface
(class_declaration name: (identifier) @name (enum_class_body)) @definition.enum
(class_declaration name: (identifier) @name) @definition.class
(object_declaration name: (identifier) @name) @definition.class
(companion_object name: (identifier) @name) @definition.class
(enum_entry (identifier) @name) @definition.constant
(type_alias (identifier) @name) @definition.type
(function_declaration
  [(user_type) (nullable_type)] @owner . "." . name: (identifier) @name) @definition.method
(enum_entry (class_body (function_declaration name: (identifier) @name) @definition.method))
(function_declaration name: (identifier) @name) @definition.function
(secondary_constructor "constructor" @name) @definition.method
(class_body (property_declaration
  (variable_declaration (identifier) @name)) @definition.field)
(class_parameter ["val" "var"] (identifier) @name) @definition.field
(source_file (property_declaration
  (variable_declaration (identifier) @name)) @definition.constant)
; references
(call_expression . (unary_expression (identifier) @call))
(call_expression . (identifier) @call)
(call_expression . (navigation_expression (identifier) @call .))
(callable_reference (identifier) @call .)
(infix_expression (_) . (identifier) @call . (_))
(constructor_invocation (user_type (identifier) @call .))
(delegation_specifier (user_type (identifier) @inherit .))
(delegation_specifier (constructor_invocation (user_type (identifier) @inherit .)))
(delegation_specifier (explicit_delegation (user_type (identifier) @inherit .)))
(type_parameter . (identifier) @skip)
(user_type (identifier) @type)
(import) @import
(package_header (_) @package)
