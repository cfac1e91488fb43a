setup({ explicit_done: true });
done();
