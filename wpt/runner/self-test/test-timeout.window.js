setup({ explicit_timeout: true });
const stuck = async_test("this never ends");
setTimeout(() => stuck.timeout(), 0);
