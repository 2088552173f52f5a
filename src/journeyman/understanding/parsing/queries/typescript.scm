(public_field_definition
  name: [(property_identifier) (private_property_identifier)] @name
  value: [(arrow_function) (function_expression)]) @definition.method
(public_field_definition
  name: [(property_identifier) (private_property_identifier)] @name) @definition.field
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.field
(abstract_class_declaration name: (_) @name) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(type_alias_declaration name: (_) @name) @definition.type
(enum_declaration name: (_) @name) @definition.enum
(enum_body name: (property_identifier) @name @definition.constant)
(enum_body (enum_assignment name: (property_identifier) @name) @definition.constant)
(internal_module name: [(identifier) (nested_identifier)] @name) @definition.module
(module name: [(identifier) (nested_identifier)] @name) @definition.module
(function_signature name: (identifier) @name) @definition.function
(abstract_method_signature
  name: [(property_identifier) (private_property_identifier)] @name) @definition.method
(method_signature
  name: [(property_identifier) (private_property_identifier)] @name) @definition.method
(interface_body (property_signature name: (property_identifier) @name) @definition.field)
(type_alias_declaration value: (object_type
  (property_signature name: (property_identifier) @name) @definition.field))
(ambient_declaration (lexical_declaration
  (variable_declarator name: (identifier) @name) @definition.constant))
; references
(call_expression function: (await_expression (identifier) @call))
(call_expression function: (await_expression
  (member_expression property: (property_identifier) @call)))
(extends_clause value: (identifier) @inherit)
(extends_clause value: (member_expression property: (property_identifier) @inherit))
(implements_clause (type_identifier) @inherit)
(implements_clause (nested_type_identifier name: (type_identifier) @inherit))
(implements_clause (generic_type name: (type_identifier) @inherit))
(implements_clause (generic_type name: (nested_type_identifier name: (type_identifier) @inherit)))
(extends_type_clause (type_identifier) @inherit)
(extends_type_clause (nested_type_identifier name: (type_identifier) @inherit))
(extends_type_clause (generic_type name: (type_identifier) @inherit))
(type_parameter name: (type_identifier) @skip)
(type_identifier) @type
