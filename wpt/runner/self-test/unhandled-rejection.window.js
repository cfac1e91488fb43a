setup({ explicit_done: true });
test(() => {}, "this passes");
addEventListener("unhandledrejection", () => setTimeout(done, 0));
Promise.reject(new Error("nobody looks"));
