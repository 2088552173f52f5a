(function_declaration name: (identifier) @name) @definition.function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @owner))
  name: (field_identifier) @name) @definition.method
(type_spec name: (type_identifier) @name type: (struct_type)) @definition.struct
(type_spec name: (type_identifier) @name type: (interface_type)) @definition.interface
(type_spec name: (type_identifier) @name) @definition.type
(type_alias name: (type_identifier) @name) @definition.type
(field_declaration name: (field_identifier) @name) @definition.field
(method_elem name: (field_identifier) @name) @definition.method
(source_file (const_declaration (const_spec name: (identifier) @name) @definition.constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @definition.constant))
(source_file (var_declaration
  (var_spec_list (var_spec name: (identifier) @name) @definition.constant)))
; references
(call_expression function: (identifier) @call)
(call_expression function: (selector_expression field: (field_identifier) @call))
(type_conversion_expression type: (generic_type type: (type_identifier) @call))
(field_declaration !name type: (type_identifier) @inherit)
(field_declaration !name type: (qualified_type name: (type_identifier) @inherit))
(field_declaration !name type: (generic_type type: (type_identifier) @inherit))
(interface_type (type_elem . (type_identifier) @inherit .))
(interface_type (type_elem . (qualified_type name: (type_identifier) @inherit) .))
(type_parameter_declaration name: (identifier) @skip)
(method_declaration receiver: (parameter_list (parameter_declaration type: [
  (generic_type type_arguments: (type_arguments (type_elem (type_identifier) @skip)))
  (pointer_type
    (generic_type type_arguments: (type_arguments (type_elem (type_identifier) @skip))))])))
(type_identifier) @type
(import_spec) @import
(package_clause (package_identifier) @package)
