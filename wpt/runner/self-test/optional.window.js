test(() => assert_implements_optional(false, "not here"), "this is optional");
