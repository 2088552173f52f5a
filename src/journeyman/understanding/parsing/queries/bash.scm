(function_definition name: (word) @name) @definition.function
(program (declaration_command
  (variable_assignment name: (variable_name) @name)) @definition.constant)
(program (variable_assignment name: (variable_name) @name) @definition.constant)
; references
(command name: (command_name (word) @call))
((command name: (command_name (word) @_source)) @import (#any-of? @_source "source" "."))
