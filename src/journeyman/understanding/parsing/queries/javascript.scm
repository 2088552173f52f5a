(field_definition
  property: [(property_identifier) (private_property_identifier)] @name
  value: [(arrow_function) (function_expression)]) @definition.method
(field_definition
  property: [(property_identifier) (private_property_identifier)] @name) @definition.field
; references
(class_heritage (identifier) @inherit)
(class_heritage (member_expression property: (property_identifier) @inherit))
