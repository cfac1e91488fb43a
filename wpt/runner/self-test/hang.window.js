setup({ explicit_timeout: true });
async_test("this waits for something that never comes");
