test(() => {}, "this passes");
throw new Error("outside of any test");
