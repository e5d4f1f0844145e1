/**
 * Builds the page: `ui/main.tsx` and its styles become `ui/dist/`, with a hash of the content in each asset's name, so that a
 * browser may keep assets for ever and only `index.html` is asked for again.
 *
 * ```sh
 * deno run -A deploy/tools/build_ui.ts [--force] [--no-lock]
 * ```
 *
 * It does nothing when no source has changed since. A build is made beside the old one and swapped in file by file,
 * `index.html` last: a server that reads the folder meanwhile serves the old page or the new one.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import plotStyles from "uplot/dist/uPlot.min.css" with { type: "text" };
import { PROJECT_ROOT } from "./_project.ts";
import { run } from "./_run.ts";

/** Largest script, compressed, that a page may have. */
export const SCRIPT_GZIP_BYTES_MAX = 150_000;
/** A bundle takes a second, and longer when the registry is asked for packages first. */
const BUNDLE_TIMEOUT_MS = 120_000;
const HASH_LENGTH = 10;
/** What was built from what. */
const MANIFEST = "build.json";

export interface BuildUiOptions {
  /** Where the page goes. @default {"ui/dist" in the project} */
  outDir?: string;
  /** Check packages against `deno.lock`, and add to it what it lacks. @default {true} */
  lock?: boolean;
  /** Build even when nothing has changed. @default {false} */
  force?: boolean;
}

export interface UiBuild {
  outDir: string;
  /** `false` when what was there is up to date. */
  built: boolean;
  /** Files a browser loads, largest first. */
  assets: readonly UiAsset[];
}

export interface UiAsset {
  name: string;
  bytes: number;
  gzipBytes: number;
}

interface Manifest {
  sources: string;
  assets: UiAsset[];
}

/** Builds the page if its sources have changed. Throws with the bundler's words when it cannot. */
export async function buildUi(options: BuildUiOptions = {}): Promise<UiBuild> {
  const { outDir = join(PROJECT_ROOT, "ui", "dist"), force = false, lock = true } = options;
  const sources = await hashSources();
  const manifest = await readManifest(outDir);
  if (!force && manifest?.sources === sources && await allThere(outDir, manifest)) {
    return { outDir, built: false, assets: manifest.assets };
  }
  await Deno.mkdir(outDir, { recursive: true });
  const stage = await Deno.makeTempDir({ dir: outDir, prefix: ".build-" });
  try {
    const assets = await build(stage, { lock });
    await Deno.writeTextFile(join(stage, MANIFEST), JSON.stringify({ sources, assets } satisfies Manifest, null, 2));
    await publish(stage, outDir, manifest);
    return { outDir, built: true, assets };
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

/** Makes every file of the page in `stage`. */
async function build(stage: string, { lock }: { lock: boolean }): Promise<UiAsset[]> {
  const ui = join(PROJECT_ROOT, "ui");
  const { script, map } = await bundle(stage, { lock });
  const styles = `${plotStyles.trim()}\n${await Deno.readTextFile(join(ui, "styles.css"))}`;
  const icon = await Deno.readTextFile(join(ui, "favicon.svg"));
  const scriptName = hashedName("app", "js", script);
  const stylesName = hashedName("app", "css", styles);
  const iconName = hashedName("favicon", "svg", icon);
  const page = (await Deno.readTextFile(join(ui, "index.html")))
    .replace('src="main.tsx"', `src="${scriptName}"`)
    .replace('href="styles.css"', `href="${stylesName}"`)
    .replace('href="favicon.svg"', `href="${iconName}"`);
  const files = { [scriptName]: script, [stylesName]: styles, [iconName]: icon, "index.html": page };
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(stage, name), text);
  // Nothing links to it: for one who debugs and loads it by hand.
  await Deno.writeTextFile(join(stage, `${scriptName}.map`), map);
  const assets = Object.entries(files).map(([name, text]) => measure(name, text));
  const scriptGzipBytes = assets[0]!.gzipBytes;
  if (scriptGzipBytes > SCRIPT_GZIP_BYTES_MAX) {
    throw new Error(`The script has ${scriptGzipBytes} bytes compressed; the limit is ${SCRIPT_GZIP_BYTES_MAX}`);
  }
  return assets;
}

/** Bundles into a folder of its own in `stage`, which is gone afterwards. */
async function bundle(stage: string, { lock }: { lock: boolean }): Promise<{ script: string; map: string }> {
  const dir = join(stage, "bundle");
  const lockArgs = lock ? [] : ["--no-lock"];
  const args = ["bundle", ...lockArgs, "--quiet", "--platform", "browser", "--minify", "--sourcemap", "external"];
  const entry = join(PROJECT_ROOT, "ui", "main.tsx");
  const { code, stderr, timedOut } = await run(Deno.execPath(), [...args, "--outdir", dir, entry], {
    cwd: PROJECT_ROOT,
    timeoutMs: BUNDLE_TIMEOUT_MS,
    env: { NO_COLOR: "1" },
  });
  if (timedOut) throw new Error(`Bundling the page took longer than ${BUNDLE_TIMEOUT_MS / 1000} s`);
  if (code !== 0) throw new Error(`Cannot bundle the page:\n${stderr.trim()}`);
  const script = await Deno.readTextFile(join(dir, "main.js"));
  const map = await Deno.readTextFile(join(dir, "main.js.map"));
  await Deno.remove(dir, { recursive: true });
  return { script, map };
}

/** Moves the new page in, assets before the page that names them, and removes what only the old page named. */
async function publish(stage: string, outDir: string, old: Manifest | undefined): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(stage))).map(({ name }) => name);
  const last = ["index.html", MANIFEST];
  for (const name of [...names.filter((name) => !last.includes(name)), ...last]) {
    await Deno.rename(join(stage, name), join(outDir, name));
  }
  for (const { name } of old?.assets ?? []) {
    if (names.includes(name)) continue;
    for (const file of [name, `${name}.map`]) {
      await Deno.remove(join(outDir, file)).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
  }
}

/** One hash of everything that the page is made of. */
async function hashSources(): Promise<string> {
  const hash = createHash("sha256").update(Deno.version.deno);
  const files = [
    ...await sourceFiles(join(PROJECT_ROOT, "ui")),
    ...await sourceFiles(join(PROJECT_ROOT, "actors", "contract")),
    join(PROJECT_ROOT, "deno.json"),
    fileURLToPath(import.meta.url),
  ];
  for (const file of files.sort()) {
    hash.update(`\n${file.slice(PROJECT_ROOT.length)}\n`).update(await Deno.readFile(file));
  }
  return hash.digest("hex");
}

async function sourceFiles(dir: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (isDirectory && name !== "dist") files.push(...await sourceFiles(join(dir, name)));
    if (/\.(tsx?|css|html|svg)$/.test(name) && !/_test\.tsx?$/.test(name)) files.push(join(dir, name));
  }
  return files;
}

async function readManifest(outDir: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(join(outDir, MANIFEST)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function allThere(outDir: string, { assets }: Manifest): Promise<boolean> {
  const stats = await Promise.all(assets.map(({ name }) => Deno.stat(join(outDir, name)).catch(() => undefined)));
  return stats.every((stat) => stat?.isFile);
}

function hashedName(stem: string, extension: string, text: string): string {
  return `${stem}-${createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH)}.${extension}`;
}

function measure(name: string, text: string): UiAsset {
  return { name, bytes: new TextEncoder().encode(text).length, gzipBytes: gzipSync(text).length };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { force: { type: "boolean" }, "no-lock": { type: "boolean" } } });
  const { built, outDir, assets } = await buildUi({ force: values.force, lock: !values["no-lock"] });
  console.log(built ? `Built ${outDir}` : `Up to date: ${outDir}`);
  for (const { name, bytes, gzipBytes } of assets) {
    console.log(`${name.padEnd(28)} ${kilobytes(bytes)}  ${kilobytes(gzipBytes)} gzip`);
  }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
}
