(class name: (_) @name) @definition.class
(module name: (_) @name) @definition.module
(module body: (body_statement (method name: (_) @name) @definition.method))
(method name: (_) @name) @definition.function
(singleton_method name: (_) @name) @definition.method
((assignment left: (constant) @name
  right: (call receiver: (constant) @_struct method: (identifier) @_new)) @definition.class
  (#any-of? @_struct "Struct" "Class" "Data") (#any-of? @_new "new" "define"))
(assignment left: (constant) @name) @definition.constant
((call method: (identifier) @_attribute
  arguments: (argument_list (simple_symbol) @name @definition.field))
  (#any-of? @_attribute "attr_reader" "attr_accessor" "attr_writer"
    "mattr_accessor" "cattr_accessor" "class_attribute"))
((call method: (identifier) @_define
  arguments: (argument_list . (simple_symbol) @name)) @definition.method
  (#any-of? @_define "define_method" "scope" "alias_method" "delegate"))
(alias name: (identifier) @name) @definition.method
; references
(call method: [(identifier) (constant)] @call)
(call receiver: (constant) @type)
(call receiver: (scope_resolution name: (constant) @type))
(body_statement (identifier) @call)
(superclass (constant) @inherit)
(superclass (scope_resolution name: (constant) @inherit))
((call method: (identifier) @_include arguments: (argument_list (constant) @inherit))
  (#any-of? @_include "include" "extend" "prepend"))
((call method: (identifier) @_include
  arguments: (argument_list (scope_resolution name: (constant) @inherit)))
  (#any-of? @_include "include" "extend" "prepend"))
((call method: (identifier) @_require) @import
  (#any-of? @_require "require" "require_relative" "load" "autoload"))
