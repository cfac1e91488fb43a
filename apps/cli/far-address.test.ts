import { BlockList } from "node:net";
import process from "node:process";
import { afterEach, beforeEach } from "mocha";

/** For the tests of this folder: another address of this machine, which Linux alone has by itself. */
export const farAddress = "127.0.0.2";

/** In the tests around, that address counts as one of the public network. */
export function withAFarAddress(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { check } = BlockList.prototype;
  beforeEach(function () {
    if (process.platform !== "linux") this.skip();
    BlockList.prototype.check = function (this: BlockList, address: string, ...rest: never[]) {
      return address !== farAddress && check.call(this, address, ...rest);
    } as typeof check;
  });
  afterEach(() => {
    BlockList.prototype.check = check;
  });
}
