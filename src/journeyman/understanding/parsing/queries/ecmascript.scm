(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(variable_declarator
  name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(arguments (function_expression name: (identifier) @name) @definition.function)
(return_statement (function_expression name: (identifier) @name) @definition.function)
(variable_declarator name: (identifier) @name value: (class)) @definition.class
(assignment_expression
  left: [(identifier) (member_expression object: [(identifier) (this) (member_expression)])] @name
  right: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(assignment_expression
  left: [(identifier) (member_expression object: [(identifier) (this) (member_expression)])] @name
  right: (class)) @definition.class
(pair
  key: (property_identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)]) @definition.method
(method_definition
  name: [(property_identifier) (private_property_identifier)] @name) @definition.method
(class_declaration name: (_) @name) @definition.class
(program (lexical_declaration
  (variable_declarator name: (identifier) @name) @definition.constant))
(program (variable_declaration
  (variable_declarator name: (identifier) @name) @definition.constant))
(export_statement (lexical_declaration
  (variable_declarator name: (identifier) @name) @definition.constant))
(export_statement (variable_declaration
  (variable_declarator name: (identifier) @name) @definition.constant))
; references
(call_expression function: (identifier) @call)
(call_expression function: (member_expression
  property: [(property_identifier) (private_property_identifier)] @call))
(new_expression constructor: (identifier) @call)
(new_expression constructor: (member_expression property: (property_identifier) @call))
(decorator (identifier) @call)
(decorator (member_expression property: (property_identifier) @call))
(import_statement) @import
(export_statement source: (string)) @import
(variable_declarator value: [
  (call_expression function: (identifier) @_require)
  (member_expression object: (call_expression function: (identifier) @_require))
  (await_expression (call_expression function: (import)))
  ] (#eq? @_require "require")) @import
(call_expression function: (identifier) @_require (#eq? @_require "require")) @import
(call_expression function: (import)) @import
