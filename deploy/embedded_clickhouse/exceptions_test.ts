import assert from "node:assert/strict";
import { EngineError } from "./errors.ts";
import { exceptionBlock, exceptionText, httpStatusOf } from "./exceptions.ts";

Deno.test("EngineError.parse() reads the code, and calls a message without one STD_EXCEPTION", () => {
  assert.equal(EngineError.parse("Code: 60. DB::Exception: Table t does not exist. (UNKNOWN_TABLE)").code, 60);
  assert.equal(EngineError.parse("out of luck").code, 1001);
});

Deno.test("httpStatusOf() maps codes as the server does", () => {
  const codes = [62, 60, 115, 194, 516, 159, 48, 229, 395, 202];
  assert.deepEqual(codes.map(httpStatusOf), [400, 404, 404, 401, 403, 408, 501, 413, 500, 500]);
});

Deno.test("exceptionText() adds the version once", () => {
  const once = exceptionText(EngineError.of("ABORTED", "Gone."), "26.7");
  assert.equal(once, "Code: 236. DB::Exception: Gone. (ABORTED) (version 26.7)\n");
  assert.equal(exceptionText(EngineError.parse(once), "26.7"), once);
});

Deno.test("exceptionBlock() counts bytes, with the line break", () => {
  const block = new TextDecoder().decode(exceptionBlock("boom £", "tagtagtagtagtagt"));
  assert.equal(block, "\r\n__exception__\r\ntagtagtagtagtagt\r\nboom £\n8 tagtagtagtagtagt\r\n__exception__\r\n");
});
