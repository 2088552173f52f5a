(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.struct
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_member_declaration name: (identifier) @name) @definition.constant
(delegate_declaration name: (identifier) @name) @definition.type
(method_declaration name: (identifier) @name) @definition.method
(constructor_declaration name: (identifier) @name) @definition.method
(local_function_statement name: (identifier) @name) @definition.function
(property_declaration name: (identifier) @name) @definition.field
(event_declaration name: (identifier) @name) @definition.field
(event_field_declaration (variable_declaration
  (variable_declarator name: (identifier) @name))) @definition.field
((field_declaration (modifier) @_modifier (variable_declaration
  (variable_declarator name: (identifier) @name))) @definition.constant
  (#any-of? @_modifier "const" "readonly"))
(field_declaration (variable_declaration
  (variable_declarator name: (identifier) @name))) @definition.field
(record_declaration (parameter_list (parameter name: (identifier) @name) @definition.field))
; references
(invocation_expression function: (identifier) @call)
(invocation_expression function: (generic_name (identifier) @call))
(invocation_expression function: (member_access_expression name: (identifier) @call))
(invocation_expression function: (member_access_expression
  name: (generic_name (identifier) @call)))
(invocation_expression function: (conditional_access_expression
  (member_binding_expression name: (identifier) @call)))
(member_binding_expression name: (generic_name (identifier) @call))
(object_creation_expression type: (identifier) @call)
(object_creation_expression type: (generic_name (identifier) @call))
(object_creation_expression type: (qualified_name name: (identifier) @call))
(object_creation_expression type: (qualified_name name: (generic_name (identifier) @call)))
(base_list (identifier) @inherit)
(base_list (generic_name (identifier) @inherit))
(base_list (qualified_name name: (identifier) @inherit))
(base_list (qualified_name name: (generic_name (identifier) @inherit)))
(primary_constructor_base_type type: (identifier) @inherit)
(attribute name: (identifier) @type)
(attribute name: (qualified_name name: (identifier) @type))
(_ type: (identifier) @type)
(_ type: (qualified_name name: (identifier) @type))
(_ type: (nullable_type (identifier) @type))
(_ type: (array_type (identifier) @type))
(_ returns: (identifier) @type)
(_ returns: (qualified_name name: (identifier) @type))
(_ returns: (nullable_type (identifier) @type))
(_ returns: (array_type (identifier) @type))
(generic_name (identifier) @type)
(type_argument_list (identifier) @type)
(as_expression right: (identifier) @type)
(is_expression right: (identifier) @type)
(typeof_expression (identifier) @type)
(cast_expression type: (identifier) @type)
(type_parameter name: (identifier) @skip)
(using_directive) @import
(namespace_declaration name: (_) @package)
(file_scoped_namespace_declaration name: (_) @package)
