import assert from "node:assert/strict";
import { ConfigError } from "../contract/mod.ts";
import { recordingArgs } from "./recording_args.ts";

Deno.test("recordingArgs() reads options and files in any order", () => {
  assert.deepEqual(
    recordingArgs(["a.csv", "--pair", "eur/usd", "--speed", "2.5", "--format=csv", "--no-progress", "b.csv"], {
      takesSpeed: true,
    }),
    {
      files: ["a.csv", "b.csv"],
      pair: "EURUSD",
      format: "csv",
      zone: undefined,
      map: undefined,
      merge: false,
      speed: 2.5,
      progress: false,
      options: undefined,
      against: undefined,
      hours: false,
    },
  );
  assert.deepEqual(recordingArgs(["a.csv", "--options", "o.json", "--hours"], { forAnalysis: true }), {
    files: ["a.csv"],
    pair: undefined,
    format: undefined,
    zone: undefined,
    map: undefined,
    merge: false,
    speed: "max",
    progress: true,
    options: "o.json",
    against: undefined,
    hours: true,
  });
});

Deno.test("recordingArgs() tells everything that is wrong at once", () => {
  assert.throws(
    () => recordingArgs(["--pair=XX", "--format=xml", "--speed=fast"], { takesSpeed: true }),
    (error: Error) => {
      assert(error instanceof ConfigError);
      assert.equal(error.problems.length, 4);
      return true;
    },
  );
  for (const args of [["--speed=1", "a"], ["--options=o", "a"], ["--what", "a"], ["a", "--pair"]]) {
    assert.throws(() => recordingArgs(args, {}), ConfigError, args.join(" "));
  }
  assert.throws(() => recordingArgs(["--map={}", "--format=csv", "a"], {}), /exclude each other/);
  assert.throws(() => recordingArgs(["--zone=Mars/Base", "a"], {}), /--zone "Mars\/Base": expected UTC/);
  assert.throws(() => recordingArgs(["--against=o", "--hours", "a"], { forAnalysis: true }), ConfigError);
  for (const speed of ["0", "-1", "NaN", "Infinity", "1e9", ""]) {
    assert.throws(() => recordingArgs([`--speed=${speed}`, "a"], { takesSpeed: true }), ConfigError, speed);
  }
});

Deno.test("recordingArgs() reads how files are played", () => {
  const { merge, zone, map } = recordingArgs(["--merge", "--zone=America/New_York", "--map", "m.json", "a"], {});
  assert.deepEqual([merge, zone, map], [true, "America/New_York", "m.json"]);
});
