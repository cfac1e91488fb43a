/** A file of the benchmark's server, and what is known of it. */
export interface BenchFile {
  readonly url: string;
  readonly size: number;
  readonly chunkSize: number;
  readonly wholeFileDigest: string;
  readonly treeDigest: string;
  readonly chunkTableURL: string;
  /** Some of its bytes, by their position. */
  readonly samples: readonly (readonly [position: number, byte: number])[];
}

/** One way for a page to come by a large file. */
export interface Arm {
  /** Brings it over the network, stores it where the arm stores at all, and has it in memory. */
  cold(file: BenchFile): Promise<ArrayBuffer>;
  /** Brings it over the network and stores it; nobody needs it in memory. */
  store?(file: BenchFile): Promise<unknown>;
  /** Has in memory what an earlier page has stored. */
  warm?(file: BenchFile): Promise<ArrayBuffer>;
}

export type Task = keyof Arm;

/** What the worker of the file system is asked to do. */
export interface FileSystemTask {
  readonly task: Task;
  readonly file: BenchFile;
  /** Whether what was written is to be on the disk, not only on its way there. */
  readonly flush: boolean;
}
