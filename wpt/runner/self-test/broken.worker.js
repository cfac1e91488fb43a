throw new Error("before the harness");
