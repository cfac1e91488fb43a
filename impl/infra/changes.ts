/** What several may wait for: the next change of something that they look at again then. */
export interface Changes {
  /** Wakes all who wait. */
  tell(): void;
  next(): Promise<undefined>;
}

export function aNewSeriesOfChanges(): Changes {
  let upcoming = Promise.withResolvers<undefined>();
  return {
    tell() {
      upcoming.resolve(undefined);
      upcoming = Promise.withResolvers();
    },
    next: () => upcoming.promise,
  };
}
