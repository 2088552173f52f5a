(function_declaration name: (_) @name) @definition.function
(assignment_statement
  (variable_list . name: (_) @name)
  (expression_list . value: (function_definition))) @definition.function
(field name: (identifier) @name value: (function_definition)) @definition.method
(chunk (variable_declaration (assignment_statement
  (variable_list name: (identifier) @name)) @definition.constant))
(chunk (assignment_statement
  (variable_list name: [(identifier) (dot_index_expression table: (identifier))] @name))
  @definition.constant)
; references
(function_call name: (identifier) @call)
(function_call name: (dot_index_expression field: (identifier) @call))
(function_call name: (method_index_expression method: (identifier) @call))
(variable_declaration (assignment_statement (expression_list value: [
  (function_call name: (identifier) @_require)
  (dot_index_expression table: (function_call name: (identifier) @_require))]))
  (#eq? @_require "require")) @import
((function_call name: (identifier) @_require) @import (#eq? @_require "require"))
