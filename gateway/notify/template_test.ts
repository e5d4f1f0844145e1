import assert from "node:assert/strict";
import { exampleAlert, textOf, titleOf, wordsOf } from "./alert_words.ts";
import { RENDERED_CHARS_MAX, Template, TemplateError } from "./template.ts";

const words = wordsOf({
  ...exampleAlert(Date.UTC(2026, 0, 2)),
  id: "default-1/2",
  kind: "quote-stuffing",
  severity: "critical",
  sentence: 'He said "no" & <left>\n',
}, { pageUrl: "https://fx.example.com/" });

Deno.test("`Template` writes the fields of an alert, escaped for where they go", () => {
  const text = "{{SEVERITY}} {{label}} {{what}}{{#isOpen}}!{{/isOpen}}{{#assignee}} for {{assignee}}{{/assignee}}";
  assert.equal(new Template(text).render(words), "CRITICAL EUR/USD quote stuffing!");
  assert.equal(new Template("{{sentence}}", "slack").render(words), 'He said "no" &amp; &lt;left&gt;\n');
  const json = new Template('{"text": "{{sentence}}", "n": {{count}}}', "json").render(words);
  assert.deepEqual(JSON.parse(json), { text: words.sentence, n: 1 });
});

Deno.test("`Template` refuses what is not closed, no field, or no JSON, and says where", () => {
  const message = (text: string) => {
    try {
      new Template(text, "json");
    } catch (error) {
      assert(error instanceof TemplateError);
      return error.message;
    }
    assert.fail(text);
  };
  assert.match(message("{{#isOpen}}x"), /Unclosed section "isOpen" at 12/);
  assert.match(message("{{pair"), /Unclosed tag at 6/);
  assert.match(message("{{kind}} {{colour}}"), /"colour" at 9 is no field; expected of id, severity/);
  assert.match(message("{{#isOpen}}{{constructor}}{{/isOpen}}"), /"constructor" at 11 is no field/);
  assert.match(message("{{>other}}"), /partials/);
  assert.match(message('{"text": {{sentence}}}'), /makes none/);
});

Deno.test("`Template.render()` is cut where it is too long", () => {
  const long = { ...words, sentence: "x".repeat(10_000) };
  assert.equal(new Template("{{sentence}}{{sentence}}").render(long).length, RENDERED_CHARS_MAX);
});

Deno.test("`textOf()` is what a person wants to know, and where to look", () => {
  assert.equal(titleOf(words), "Critical: EUR/USD quote stuffing");
  assert.deepEqual(textOf(words).split("\n").slice(-2), [
    "Since 2026-01-02T00:00:00.000Z, rule test",
    "https://fx.example.com/#/?alert=default-1%2F2",
  ]);
});
